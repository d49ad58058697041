/** @file The model that the tests of saving use, and inputs for it. */
import { layers, randomNormal, type Sequential, sequential, setSeed, type tensor } from "../../src/index.js";

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

export const input = (): ReturnType<typeof tensor> => {
  setSeed(99);
  return randomNormal([4, 2, 3]);
};
