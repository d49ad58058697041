/** @file Runs in real browsers: training in a worker, with shared memory and without. */
import { beforeAll, expect, inject, test } from "vitest";
import { init, layers, type Sequential, sequential, setSeed, tensor } from "../../src/index.js";

beforeAll(() => init({ relaxed: false, threads: 1 }));

const rows = 300;
const x = tensor(
  Array.from({ length: rows * 6 }, (_, i) => ((i * 37) % 101) / 50 - 1),
  [rows, 6],
);
const y = tensor(
  Array.from({ length: rows }, (_, i) => i % 3),
  [rows],
  "int32",
);

function network(): Sequential {
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

test("the page is cross-origin isolated as this run wants it", () => {
  expect(globalThis.crossOriginIsolated).toBe(inject("isolated"));
});

test("the same bits as on the page", async () => {
  const outcome = async (worker: boolean): Promise<unknown> => {
    setSeed(5);
    const model = network();
    const { history } = await model.fit(x, y, { epochs: 5, verbose: 0, validationSplit: 0.1, worker });
    return { history, weights: model.getWeights().map((weight) => [...weight.dataSync()]) };
  };
  expect(await outcome(true)).toEqual(await outcome(false));
});

test("paused and ended at once", async () => {
  const model = network();
  const controller = new AbortController();
  let epochs = 0;
  const training = model.fit(x, y, { epochs: 1e6, verbose: 0, worker: true, signal: controller.signal, callbacks: { onEpochEnd: () => void epochs++ } });
  while (epochs < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await training.pause();
  const paused = epochs;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(epochs).toBe(paused);
  training.resume();
  while (epochs < paused + 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const began = performance.now();
  controller.abort();
  await training;
  expect(performance.now() - began).toBeLessThan(100);
});
