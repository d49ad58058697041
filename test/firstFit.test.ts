/** @file The first fit of a program, whose code is imported meanwhile: nothing of what the caller does before it is there gets lost. */
import { beforeEach, expect, test, vi } from "vitest";

type Engram = typeof import("../src/index.js");

const rows = (count: number): number[][] => Array.from({ length: count }, (_, i) => [i / count, (i * i) / count]);

let engram: Engram;

/** The library as a program has it that has not trained yet. */
beforeEach(async () => {
  vi.resetModules();
  engram = await import("../src/index.js");
  engram.setSeed(1);
});

const compiled = () => {
  const { layers, sequential } = engram;
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return model;
};

const args = { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 } as const;

test("arrays are those that were given, even if they are disposed or written over meanwhile", async () => {
  const { setSeed, tensor, tidy } = engram;
  const losses: number[][] = [];
  for (const turn of [0, 1]) {
    setSeed(1);
    const model = compiled();
    const targets = new Float32Array(rows(10).map(([a, b]) => (a as number) - (b as number)));
    const x = tensor(rows(10));
    const training = tidy(() => ({ of: model.fit(x, targets, { ...args, validationData: [tensor(rows(5)), tensor(rows(5)).sum(1)] }) })).of;
    x.dispose();
    targets.fill(turn);
    const { history } = await training;
    losses.push([...(history.loss as number[]), ...(history.val_loss as number[])]);
  }
  expect(losses[0]).toEqual(losses[1]);
  expect(losses[0]).not.toContain(Number.NaN);
});

test("their memory is free afterwards", async () => {
  const { memory, tensor } = engram;
  const model = compiled();
  const x = engram.keep(tensor(rows(1000)));
  await model.fit(x, new Float32Array(1000), args);
  const before = memory().numBytes;
  x.dispose();
  expect(before - memory().numBytes).toBe(8000);
});

test("with a validationSplit too, of arrays that are disposed", async () => {
  const x = engram.tensor(rows(10));
  const training = compiled().fit(x, x.sum(1), { ...args, validationSplit: 0.5 });
  x.dispose();
  expect((await training).history.val_loss).toHaveLength(2);
});

test("it may be told to stop, held and let go at once", async () => {
  const model = compiled();
  const stopped = model.fit(rows(10), new Float32Array(10), args);
  model.stopTraining = true;
  expect((await stopped).epoch).toEqual([]);

  vi.resetModules();
  engram = await import("../src/index.js");
  const training = compiled().fit(rows(10), new Float32Array(10), args);
  await training.pause();
  expect(training.paused).toBe(true);
  training.resume();
  expect((await training).epoch).toEqual([0, 1]);
});

test("a second one at once is refused, and a wrong argument", async () => {
  const model = compiled();
  const y = new Float32Array(10);
  const [first, second, other] = await Promise.allSettled([
    model.fit(rows(10), y, args),
    model.fit(rows(10), y, args),
    model.fit(rows(10), y, { epoch: 2 } as object),
  ]);
  expect(first.status).toBe("fulfilled");
  expect(second).toMatchObject({ reason: { message: expect.stringContaining("one fit at a time") } });
  expect(other).toMatchObject({ reason: { message: expect.stringContaining("epoch") } });
  await expect(model.fit(rows(10), y, args)).resolves.toMatchObject({ epoch: [0, 1] });
});

test("a dataset trains", async () => {
  const { data } = engram;
  const dataset = data.zip({ xs: data.array(rows(8)), ys: data.array(rows(8).map(([a]) => [a as number])) }).batch(4);
  expect((await compiled().fitDataset(dataset, { epochs: 2, verbose: 0 })).epoch).toEqual([0, 1]);
});
