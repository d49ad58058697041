/** @file The network that the tests of training in a worker train, in Node and in browsers, and its targets. */
import { layers, type Sequential, sequential, tensor } from "../../src/index.js";

export const rows = 300;

export const y = tensor(
  Array.from({ length: rows }, (_, i) => i % 3),
  [rows],
  "int32",
);

export function network(): Sequential {
  const model = sequential({
    layers: [
      layers.dense({ units: 12, activation: "relu", inputShape: [6] }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}
