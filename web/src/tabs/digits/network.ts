/** @file The network that reads digits: how it is made, what it answers, what its hidden units look for. */
import { fromBytes, initializers, layers, type Sequential, sequential, tidy, train } from "engram";
import { PIXELS } from "./shards.js";

export const optimizers = ["adam", "sgd", "momentum", "rmsprop", "adagrad"] as const;
export type OptimizerName = (typeof optimizers)[number];

export interface Settings {
  /** Hidden layers. */
  depth: number;
  /** Units of each. */
  units: number;
  activation: "relu" | "tanh" | "sigmoid" | "gelu";
  optimizer: OptimizerName;
  rate: number;
  batchSize: number;
  epochs: number;
}

/** The rate that an optimizer does well with here. */
export const usualRate: Record<OptimizerName, number> = { adam: 0.001, sgd: 0.1, momentum: 0.03, rmsprop: 0.001, adagrad: 0.03 };

export const initialSettings: Settings = { depth: 1, units: 64, activation: "relu", optimizer: "adam", rate: 0.001, batchSize: 32, epochs: 10 };

export function makeNetwork({ depth, units, activation }: Settings): Sequential {
  // Images stay bytes until they are in the network: a quarter of the memory.
  const network = sequential({ layers: [layers.inputLayer({ inputShape: [PIXELS], dtype: "uint8" }), layers.rescaling({ scale: 1 / 255 })] });
  for (let i = 0; i < depth; i++) {
    // Pixels at the border teach nothing, so their weights stay as they begin: small ones leave the pictures of units clear.
    const kernelInitializer = i === 0 ? initializers.randomNormal({ stddev: 0.02 }) : initializers.glorotUniform();
    network.add(layers.dense({ units, activation, kernelInitializer }));
  }
  network.add(layers.dense({ units: 10, activation: "softmax" }));
  return network;
}

export function compile(network: Sequential, { optimizer, rate }: Settings): void {
  const made = optimizer === "momentum" ? train.momentum(rate, 0.9) : train[optimizer](rate);
  network.compile({ optimizer: made, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
}

/** Probabilities of the ten digits for each image. */
export function answers(network: Sequential, images: Uint8Array): Float32Array {
  const x = fromBytes(images, [images.length / PIXELS, PIXELS], "uint8");
  try {
    return tidy(() => (network.predict(x) as ReturnType<typeof fromBytes>).dataSync());
  } finally {
    x.dispose();
  }
}

/** Index of the largest of ten numbers from `offset` on. */
export function largest(values: Float32Array, offset = 0): number {
  let best = 0;
  for (let i = 1; i < 10; i++) if ((values[offset + i] as number) > (values[offset + best] as number)) best = i;
  return best;
}

/** Weights of the first hidden layer: [784, units], row by row. */
export const hiddenWeights = (network: Sequential): Float32Array => network.weights[0]?.val.dataSync() ?? new Float32Array(0);
