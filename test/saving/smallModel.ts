/** @file The model that the tests of saving use, and inputs for it. */
import { layers, randomNormal, type Sequential, sequential, setSeed, type Tensor, tensor, train } from "../../src/index.js";

/** A small model with every kind of layer that there is. */
export function model(seed = 1): Sequential {
  setSeed(seed);
  return sequential({
    name: "small",
    layers: [
      layers.flatten({ inputShape: [2, 3] }),
      layers.dense({ units: 5, activation: "relu", kernelInitializer: "heNormal" }),
      layers.dense({ units: 4, useBias: false }),
      layers.activation({ activation: "tanh" }),
      layers.dense({ units: 3, activation: "softmax", biasInitializer: "ones", trainable: false }),
    ],
  });
}

export const input = (): Tensor => {
  setSeed(99);
  return randomNormal([4, 2, 3]);
};

export const targets = (): Tensor => tensor([0, 1, 2, 0], [4], "int32");

/** The same with an optimizer that has taken a step, and that changes nothing. */
export function compiled(seed = 1): Sequential {
  const one = model(seed);
  one.compile({ optimizer: train.adam(0), loss: "sparseCategoricalCrossentropy" });
  one.optimizer.track(one.trainableWeights);
  return one;
}
