/** @file Runs in real browsers: training in a worker, with shared memory and without. */
import { beforeAll, expect, inject, test } from "vitest";
import * as engram from "../../src/index.js";
import { data, init, type Layer, type LayerArgs, layers, sequential, setSeed, tensor } from "../../src/index.js";
import { network, rows, y } from "../worker/network.js";
import register from "../worker/scale.mjs";

beforeAll(() => init({ relaxed: false, threads: 1 }));

const x = tensor(
  Array.from({ length: rows * 6 }, (_, i) => ((i * 37) % 101) / 50 - 1),
  [rows, 6],
);

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

test("a layer and a loss of the page's own, by a module", async () => {
  const Scale = register(engram) as unknown as new (args: LayerArgs) => Layer;
  const run = async (worker: boolean): Promise<unknown> => {
    setSeed(1);
    const model = sequential({ layers: [new Scale({ inputShape: [6] }), layers.dense({ units: 1 })] });
    model.compile({ optimizer: "adam", loss: "cubic" });
    const { history } = await model.fit(x, tensor(Array.from({ length: rows }, (_, i) => [i / rows])), {
      epochs: 3,
      verbose: 0,
      worker,
      modules: "/modules/scale.mjs",
    });
    return [history, model.getWeights().map((weight) => [...weight.dataSync()])];
  };
  expect(await run(true)).toEqual(await run(false));
});

test("a dataset that stays on the page", async () => {
  const run = async (worker: boolean): Promise<unknown> => {
    setSeed(4);
    const model = network();
    const pairs = data.zip({ xs: data.array(x.arraySync() as number[][]), ys: data.array(y.arraySync() as number[]) });
    const { history } = await model.fitDataset(pairs.shuffle(50).batch(32), { epochs: 3, verbose: 0, worker });
    return [history, model.getWeights().map((weight) => [...weight.dataSync()])];
  };
  expect(await run(true)).toEqual(await run(false));
});

test("a script that is not there: an error, and the model can be trained", async () => {
  const model = network();
  await expect(model.fit(x, y, { epochs: 1, verbose: 0, worker: "/none/trainer.js" })).rejects.toThrow(/expected a worker to train in.*trainerUrl/s);
  expect((await model.fit(x, y, { epochs: 1, verbose: 0, worker: true })).epoch).toEqual([0]);
});

// Another program may take the page's core for a moment.
test("while digits train the page stays awake, hears of progress, and ends it at once", { retry: 4 }, async () => {
  const images = 4096;
  const pixels = tensor(
    Uint8Array.from({ length: images * 784 }, (_, i) => (i * 31) % 251),
    [images, 784],
    "uint8",
  );
  const labels = tensor(
    Array.from({ length: images }, (_, i) => i % 10),
    [images],
    "int32",
  );
  const model = sequential({
    layers: [layers.dense({ units: 128, activation: "relu", inputShape: [784] }), layers.dense({ units: 10, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  let [told, longest, last] = [0, 0, performance.now()];
  const end = new AbortController();
  const callbacks = { onBatchEnd: () => void told++ };
  const training = model.fit(pixels, labels, { epochs: 1e6, verbose: 0, worker: true, signal: end.signal, callbacks });
  const timer = setInterval(() => {
    const time = performance.now();
    longest = Math.max(longest, time - last);
    last = time;
  }, 4);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  clearInterval(timer);
  const ending = performance.now();
  end.abort();
  await training;
  const cancel = performance.now() - ending;
  console.log(`longest gap ${longest.toFixed(0)} ms, ${(told / 1.5).toFixed(0)} times a second told, ended after ${cancel.toFixed(0)} ms`);
  expect(longest).toBeLessThan(50);
  expect(told).toBeGreaterThan(7);
  expect(cancel).toBeLessThan(100);
});
