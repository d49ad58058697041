/** @file Memory of models: those that are dropped give theirs back. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { input, layers, memory, model, sequential, tensor } from "../src/index.js";
import { heap } from "../src/wasm/heap.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const x = tensor([
  [1, 2, 3, 4],
  [4, 3, 2, 1],
]);
const y = tensor([[1], [0]]);

/** A model with about every kind of state there is: weights, averages, the optimizer's, plans. */
async function use(i: number): Promise<void> {
  const hidden = [layers.dense({ units: 64, activation: "relu", inputShape: [4] }), layers.batchNormalization(), layers.dropout({ rate: 0.5 })];
  const last = layers.dense({ units: 1, activation: "sigmoid" });
  const made = sequential({ layers: [...hidden, last] });
  made.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
  if (i % 2 === 0) await made.trainOnBatch(x, y);
  else await made.fit(x, y, { epochs: 1, verbose: 0, validationData: [x, y] });
  made.predict(x);
  if (i % 10 > 0) return;
  const start = input({ shape: [4] });
  model({ inputs: start, outputs: layers.add().apply([made.apply(start), last.apply(hidden[0]?.apply(start) as typeof start)]) }).predict(x);
}

/** Lets dropped memory be given back: finalization runs between turns of the event loop, some time after a collection. */
async function settled(rounds = 10): Promise<{ numBytes: number; host: number }> {
  for (let i = 0; i < rounds; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { numBytes: memory().numBytes, host: heapUsed + arrayBuffers };
}

test("1,000 models built, trained a step and dropped leave memory flat", async () => {
  for (let i = 0; i < 100; i++) await use(i);
  const before = await settled();
  const reserved = heap.memory.buffer.byteLength;
  for (let i = 0; i < 1000; i++) {
    await use(i);
    if (i % 100 === 0) await settled(3);
  }
  const after = await settled();
  // What a model has in WebAssembly memory is about 10 kB; in JavaScript the nursery's entries are added, until it turns.
  expect(after.numBytes - before.numBytes).toBeLessThan(20_000);
  expect(after.host - before.host).toBeLessThan(5_000_000);
  expect(heap.memory.buffer.byteLength).toBe(reserved);
}, 60_000);
