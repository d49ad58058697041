/** @file The arena of plans of real models: little more than what lives at once. */

import { expect, test } from "vitest";
import type { Plan } from "../src/engine/plan.js";
import { input, type Layer, layers, type Model, model, randomUniform, sequential } from "../src/index.js";
import { batchOf } from "../src/train/source.js";

const { dense, dropout, batchNormalization, layerNormalization, activation, add, concatenate, embedding, flatten, reshape, gaussianNoise } = layers;

const stack = (inputs: number, widths: readonly number[], between: () => Layer[] = () => []): Model =>
  sequential({
    layers: [
      ...widths.flatMap((units, i) => [dense({ units, activation: "relu", ...(i === 0 && { inputShape: [inputs] }) }), ...between()]),
      dense({ units: 10, activation: "softmax" }),
    ],
  });

/** Blocks whose input is added to their output. */
function residual(width: number, blocks: number): Model {
  const x = input({ shape: [width] });
  let y = x;
  for (let i = 0; i < blocks; i++) y = add().apply([y, dense({ units: width, activation: "tanh" }).apply(y)] as never) as typeof x;
  return model({ inputs: x, outputs: dense({ units: 10, activation: "softmax" }).apply(y) as typeof x });
}

/** Each layer sees all before it. */
function densely(width: number, count: number): Model {
  const x = input({ shape: [width] });
  let y = x;
  for (let i = 0; i < count; i++) y = concatenate().apply([y, dense({ units: width >> 1, activation: "relu" }).apply(y)] as never) as typeof x;
  return model({ inputs: x, outputs: dense({ units: 10, activation: "softmax" }).apply(y) as typeof x });
}

/** Layers, rows of a batch and numbers of a row of each model. */
const MODELS: Record<string, [Model, batch: number, inputs: number]> = {
  "784-32": [stack(784, [32]), 32, 784],
  "784-128": [stack(784, [128]), 32, 784],
  "784-256": [stack(784, [256]), 128, 784],
  "784-512-256-128": [stack(784, [512, 256, 128]), 64, 784],
  "8-8": [stack(8, [8]), 4, 8],
  "13-64-64": [stack(13, [64, 64]), 32, 13],
  "one row": [stack(100, [50, 20]), 1, 100],
  "ten layers": [stack(64, new Array(10).fill(64)), 32, 64],
  growing: [stack(16, [32, 64, 128, 256, 512]), 32, 16],
  shrinking: [stack(512, [256, 128, 64, 32, 16]), 32, 512],
  bottleneck: [stack(256, [128, 16, 128, 256]), 100, 256],
  "odd sizes": [stack(37, [71, 13, 101, 3]), 17, 37],
  "wide batch": [stack(20, [40, 40]), 2000, 20],
  dropout: [stack(128, [128, 64], () => [dropout({ rate: 0.5 })]), 64, 128],
  batchNormalization: [stack(64, [96, 48], () => [batchNormalization()]), 64, 64],
  layerNormalization: [stack(64, [96, 48], () => [layerNormalization(), activation({ activation: "gelu" })]), 64, 64],
  noise: [stack(32, [64, 64], () => [gaussianNoise({ stddev: 0.1 })]), 128, 32],
  residual: [residual(64, 6), 64, 64],
  "densely connected": [densely(32, 4), 64, 32],
  "rows of words": [
    sequential({
      layers: [
        embedding({ inputDim: 500, outputDim: 16, inputLength: 20 }),
        flatten(),
        dense({ units: 32, activation: "relu" }),
        dense({ units: 10, activation: "softmax" }),
      ],
    }),
    32,
    20,
  ],
  "over time": [
    sequential({
      layers: [
        reshape({ targetShape: [8, 16], inputShape: [128] }),
        dense({ units: 24, activation: "swish" }),
        layerNormalization(),
        flatten(),
        dense({ units: 10, activation: "softmax" }),
      ],
    }),
    32,
    128,
  ],
};

test.each(Object.entries(MODELS))("%s: the arena is at most 1.15 times what lives at once", (name, [net, batch, inputs]) => {
  net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = name === "rows of words" ? randomUniform([batch, inputs], 0, 500, "int32") : randomUniform([batch, inputs]);
  const { layout } = net.compiled("fit").steps.train.planOf(batchOf([x], [randomUniform([batch], 0, 10, "int32")], [], batch)) as Plan;
  expect(layout.bytes / layout.lowerBound).toBeLessThanOrEqual(1.15);
});
