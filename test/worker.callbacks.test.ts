/** @file Callbacks of a training in a worker: they run here, see the model as it is there, and act on it. */
import { rmSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import {
  type Callback,
  type FitArgs,
  init,
  layers,
  callbacks as library,
  randomUniform,
  Sequential,
  schedules,
  sequential,
  setSeed,
  tensor,
  train,
} from "../src/index.js";
import { trainerUrl } from "./worker/trainerUrl.js";

beforeAll(async () => {
  await init({ relaxed: false, threads: 1, trainerUrl: await trainerUrl() });
});

const rows = 96;
const x = tensor(
  Array.from({ length: rows * 4 }, (_, i) => Math.sin(i * 1.3)),
  [rows, 4],
);
const y = tensor(
  Array.from({ length: rows }, (_, i) => Math.cos(i)),
  [rows, 1],
);

function network(rate = 0.01): Sequential {
  const model = sequential({ layers: [layers.dense({ units: 5, activation: "tanh", inputShape: [4] }), layers.dense({ units: 1 })] });
  model.compile({ optimizer: train.adam(rate), loss: "meanSquaredError" });
  return model;
}

const values = (model: Sequential): number[][] => model.getWeights().map((weight) => [...weight.dataSync()]);

/** What a fit with callbacks leaves, and what they saw. */
async function outcome(worker: boolean, make: (model: Sequential, seen: unknown[]) => Callback | Callback[], args: FitArgs = {}): Promise<object> {
  setSeed(5);
  const model = network();
  const seen: unknown[] = [];
  const { history, epoch } = await model.fit(x, y, { epochs: 6, verbose: 0, worker, callbacks: make(model, seen), ...args });
  return { history, epoch, seen, weights: values(model), rate: model.optimizer.learningRate, iterations: model.optimizer.iterations };
}

const cases: Record<string, (model: Sequential, seen: unknown[]) => Callback | Callback[]> = {
  "hooks in their order, with what they are told": (_, seen) => ({
    setParams: (params) => void seen.push({ ...params }),
    onTrainBegin: () => void seen.push("begin"),
    onEpochBegin: (epoch) => void seen.push(epoch),
    onEpochEnd: (epoch, logs) => void seen.push([epoch, { ...logs }]),
    onTrainEnd: () => void seen.push("end"),
  }),
  "hooks of every batch": (_, seen) => ({
    everyBatch: true,
    onBatchBegin: (batch, logs) => void seen.push([batch, logs]),
    onBatchEnd: (batch, logs) => void seen.push([batch, logs]),
  }),
  "the weights of the epoch": (model, seen) => ({ onEpochEnd: () => void seen.push(values(model)) }),
  "weights that are set": (model) => ({
    onTrainBegin: () => model.setWeights(model.getWeights().map((weight) => weight.mul(0.5))),
    onEpochEnd: () => model.setWeights(model.getWeights().map((weight) => weight.mul(0.9))),
  }),
  "what they add to the logs, and the end": (model) => ({
    onEpochEnd(epoch, logs = {}) {
      logs.twice = 2 * (logs.loss as number);
      model.stopTraining = epoch === 3;
    },
  }),
  "layers that are frozen": (model) => ({
    onEpochBegin(epoch) {
      (model.layers[0] as { trainable: boolean }).trainable = epoch % 2 === 0;
    },
  }),
  "a schedule": (model) => ({
    onEpochEnd(epoch) {
      if (epoch === 2) model.optimizer.learningRate = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 });
    },
  }),
  "early stopping": () => library.earlyStopping({ monitor: "loss", minDelta: 0.05, patience: 1, restoreBestWeights: true }),
  "a lower rate": () => library.reduceLROnPlateau({ monitor: "loss", minDelta: 1, patience: 1 }),
  "a rate by epoch": () => library.learningRateScheduler((epoch, rate) => rate * (epoch % 2 === 0 ? 0.5 : 1.5)),
  "lines of text": (_, seen) => library.csvLogger((line) => void seen.push(line)),
};

test.each(Object.entries(cases))("%s", async (_, make) => {
  expect(await outcome(true, make)).toEqual(await outcome(false, make));
});

test("model checkpoints, also of batches and with the optimizer", async () => {
  const saved = async (worker: boolean): Promise<unknown> => {
    const found: unknown[] = [];
    const keep = (name: string) => ({
      async save({ weightData, weightSpecs }: { weightData?: unknown; weightSpecs?: { name: string }[] }) {
        found.push([name, weightSpecs?.length, [...new Uint8Array(weightData as ArrayBuffer)]]);
        return {
          modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" as const, modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 },
        };
      },
    });
    await outcome(worker, () => [
      library.modelCheckpoint({ path: keep("epochs"), includeOptimizer: true }),
      library.modelCheckpoint({ path: keep("batches"), saveFreq: 4 }),
    ]);
    return found;
  };
  expect(await saved(true)).toEqual(await saved(false));
});

test.each(["epoch", 2] as const)("a run that is taken up again: a backup by %s", async (saveFreq) => {
  const run = async (worker: boolean, isCut: boolean): Promise<object> => {
    const folder = `build/worker-backup-${worker}-${saveFreq}`;
    if (isCut) {
      rmSync(folder, { recursive: true, force: true });
      const cut: Callback = {
        onEpochEnd(epoch) {
          if (epoch === 2) throw new Error("cut");
        },
      };
      await expect(outcome(worker, () => [library.backupAndRestore({ path: `file://${folder}`, saveFreq }), cut])).rejects.toThrow("cut");
    }
    const { history, weights } = (await outcome(worker, () => library.backupAndRestore({ path: `file://${folder}`, saveFreq }))) as Record<string, unknown>;
    return { history, weights };
  };
  const whole = await run(false, false);
  expect(await run(true, true)).toEqual(whole);
});

test("hooks of batches are called now and then, with the last batch", async () => {
  const seen: number[] = [];
  const model = network();
  await model.fit(x, y, { epochs: 4000, batchSize: 4, verbose: 0, worker: true, callbacks: { onBatchEnd: (batch) => void seen.push(batch) } });
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.length).toBeLessThan(4000);
  expect(Math.max(...seen)).toBeLessThan(24);
});

test("what a callback throws is what fit throws, and the model can be trained again", async () => {
  const model = network();
  const failure = new Error("mine");
  const fails = (hook: "onTrainBegin" | "onEpochEnd" | "onBatchEnd" | "onTrainEnd"): Promise<unknown> =>
    model.fit(x, y, {
      epochs: 2000,
      verbose: 0,
      worker: true,
      callbacks: {
        [hook]() {
          throw failure;
        },
      },
    });
  for (const hook of ["onTrainBegin", "onEpochEnd", "onBatchEnd"] as const) await expect(fails(hook)).rejects.toBe(failure);
  expect((await model.fit(x, y, { epochs: 1, verbose: 0, worker: true })).epoch).toEqual([0]);
});

test("a loss that is not finite ends it, with the weights before, and is told here", async () => {
  const run = async (worker: boolean): Promise<unknown> => {
    setSeed(2);
    const model = network(1e20);
    const { history } = await model.fit(x, y, { epochs: 50, verbose: 0, worker, callbacks: library.terminateOnNaN() });
    return [history, values(model)];
  };
  expect(await run(true)).toEqual(await run(false));
});

test("weights asked for before the first step and after the last come, and are the training's", async () => {
  setSeed(5);
  const model = network();
  const before = values(model);
  let atEnd: number[][] = [];
  const training = model.fit(x, y, {
    epochs: 2,
    verbose: 0,
    worker: true,
    callbacks: {
      async onTrainEnd() {
        await training.weights();
        atEnd = values(model);
      },
    },
  });
  const early = training.weights();
  await early;
  await training;
  expect(atEnd).toEqual(values(model));
  expect(atEnd).not.toEqual(before);
  await training.weights();
});

test("a training that never begins leaves weights and random numbers as they are", async () => {
  setSeed(5);
  const model = network();
  const before = values(model);
  await expect(model.fit(x, y, { worker: true, modules: "./none.mjs", verbose: 0 })).rejects.toThrow(/none\.mjs/);
  expect(values(model)).toEqual(before);
  const drawn = [...randomUniform([4]).dataSync()];
  setSeed(5);
  network();
  expect(drawn).toEqual([...randomUniform([4]).dataSync()]);
});

test("beside a callback of every batch another hears of each batch once at most", async () => {
  const heard: number[] = [];
  const every: number[] = [];
  const note: Callback[] = [{ everyBatch: true, onBatchEnd: (batch) => void every.push(batch) }, { onBatchEnd: (batch) => void heard.push(batch) }];
  await network().fit(x, y, { epochs: 1, batchSize: 8, verbose: 0, worker: true, callbacks: note });
  expect(every).toEqual(Array.from({ length: rows / 8 }, (_, i) => i));
  expect(heard).toEqual([...new Set(heard)]);
});

test("a model of a class without a name, or with a step of its own, is not taken for one of the library", async () => {
  class Own extends Sequential {}
  const own = new Own({ layers: [layers.dense({ units: 1, inputShape: [4] })] });
  own.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  await expect(own.fit(x, y, { worker: true, verbose: 0 })).rejects.toThrow(/a worker needs a model.*className/);
});
