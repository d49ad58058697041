/** @file fit in a worker, in Node: the same bits as without, pauses, ends, lost workers. */
import { beforeAll, describe, expect, test } from "vitest";
import { getRandomState } from "../src/engine/random.js";
import { type Callback, type FitArgs, init, type Sequential, setSeed, type Training, tensor } from "../src/index.js";
import { network, rows, y } from "./worker/network.js";
import { trainerUrl } from "./worker/trainerUrl.js";

beforeAll(async () => {
  await init({ relaxed: false, threads: 1, trainerUrl: await trainerUrl() });
});

const x = tensor(
  Array.from({ length: rows * 6 }, (_, i) => Math.sin(i * 1.7)),
  [rows, 6],
);

const hash = (model: Sequential): string =>
  model
    .getWeights()
    .map((weight) => [...new Uint8Array(weight.dataSync().buffer)].join())
    .join(";");

/** All that a fit leaves behind. */
async function outcome(args: FitArgs, make = network): Promise<object> {
  setSeed(5);
  const model = make();
  const { history, epoch } = await model.fit(x, y, { epochs: 3, verbose: 0, ...args });
  const slots = (await model.optimizer.getWeights()).map(({ tensor: slot }) => [...slot.dataSync()]);
  return { history, epoch, weights: hash(model), slots, random: getRandomState() };
}

describe("the same bits as without a worker", () => {
  const cases: Record<string, FitArgs> = {
    plain: {},
    "a validation split": { validationSplit: 0.2, batchSize: 7 },
    "validation data, class weights, order kept": { validationData: [x, y], classWeight: { 1: 2 }, shuffle: false },
    "sample weights": { sampleWeight: Array.from({ length: rows }, (_, i) => i % 2), initialEpoch: 1, stepsPerEpoch: 4 },
  };
  test.each(Object.entries(cases))("%s", async (_, args) => {
    expect(await outcome({ ...args, worker: true })).toEqual(await outcome(args));
  });
});

/** A training that would take minutes. */
const long: FitArgs = { epochs: 1e6, verbose: 0 };

describe.each([false, true])("worker: %s", (worker) => {
  test("pause and resume", async () => {
    const model = network();
    const seen: number[] = [];
    const controller = new AbortController();
    const callbacks: Callback = { needsWeights: false, onEpochEnd: (epoch) => void seen.push(epoch) };
    const training: Training = model.fit(x, y, { ...long, worker, callbacks, signal: controller.signal });
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await training.pause();
    expect(training.paused).toBe(true);
    const count = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen.length).toBe(count);
    await training.weights();
    training.resume();
    expect(training.paused).toBe(false);
    while (seen.length < count + 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await training.pause();
    controller.abort();
    const { epoch } = await training;
    expect(epoch.length).toBeGreaterThanOrEqual(count + 2);
    expect(training.paused).toBe(false);
    await training.pause();
  });

  test("a signal ends it soon", async () => {
    const model = network();
    const controller = new AbortController();
    const training = model.fit(x, y, { ...long, worker, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    controller.abort();
    await training;
    expect(performance.now() - began).toBeLessThan(500);
  });
});
