/** @file Many steps of fit in one call: the same bits as steps made one by one. */
import { afterAll, describe, expect, test, vi } from "vitest";
import { Plan } from "../src/engine/plan.js";
import type { FitArgs, Layer, Model, Optimizer } from "../src/index.js";
import {
  fromBytes,
  init,
  layers,
  callbacks as library,
  model as makeModel,
  randomUniform,
  schedules,
  sequential,
  setSeed,
  type Tensor,
  tensor,
  train,
} from "../src/index.js";
import { isPage } from "./files.js";
import { captureOutput } from "./output.js";

const rows = 23;
const inputOf = (width: number): Tensor => randomUniform([rows, width], -1, 1, "float32", 5);
const x = inputOf(6);
const labels = randomUniform([rows], 0, 3, "int32", 9);
const dense = (units: number, activation: "tanh" | "softmax") => layers.dense({ units, activation });

function classifier(optimizer: Optimizer = train.adam(0.01), extra: Layer = layers.dropout({ rate: 0.4 })): Model {
  const made = sequential({ layers: [layers.dense({ units: 7, activation: "tanh", inputShape: [6] }), extra, dense(3, "softmax")] });
  made.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return made;
}

function twoInputs(): Model {
  const [a, b] = [layers.input({ shape: [6] }), layers.input({ shape: [2] })];
  const joined = layers.concatenate().apply([a, b]);
  const first = layers.dense({ units: 3, activation: "softmax", name: "first" }).apply(joined);
  const second = layers.dense({ units: 2, name: "second" }).apply(joined);
  const made = makeModel({ inputs: [a, b], outputs: [first, second] } as never);
  made.compile({ optimizer: "rmsprop", loss: ["sparseCategoricalCrossentropy", "meanSquaredError"] });
  return made;
}

interface Case {
  make(): Model;
  x?: Tensor | Tensor[];
  y?: Tensor | Tensor[];
  args?: FitArgs;
}

const schedule = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.8 });
const cases: Record<string, Case> = {
  "dropout, shuffled, a ragged batch": { make: () => classifier() },
  "order kept": { make: () => classifier(), args: { shuffle: false } },
  "whole batches": { make: () => classifier(), x: x.slice([0, 0], [20, 6]), y: labels.slice([0], [20]) },
  "one batch larger than the data": { make: () => classifier(), args: { batchSize: 100, epochs: 24 } },
  "batch 1": { make: () => classifier(), args: { batchSize: 1, epochs: 3 } },
  "a schedule, weights' average, accumulated gradients": {
    make: () => classifier(train.nadam({ learningRate: schedule, useEma: true, emaOverwriteFrequency: 2, gradientAccumulationSteps: 3 })),
  },
  "batch normalisation, momentum": { make: () => classifier(train.momentum(0.05, 0.9), layers.batchNormalization()) },
  "weights of classes and samples": {
    make: () => classifier(),
    args: { classWeight: { 0: 2, 2: 0.5 }, sampleWeight: randomUniform([rows], 0, 2, "float32", 4) },
  },
  bytes: {
    make: () => classifier(),
    x: fromBytes(
      Uint8Array.from({ length: rows * 6 }, (_, i) => (i * 37) % 251),
      [rows, 6],
      "uint8",
    ),
  },
  "several inputs and outputs": { make: twoInputs, x: [x, inputOf(2)], y: [labels, inputOf(2)] },
  "fewer steps than there are batches": { make: () => classifier(), args: { stepsPerEpoch: 3 } },
  validation: { make: () => classifier(), args: { validationSplit: 0.3 } },
};

async function result({ make, x: given = x, y = labels, args = {} }: Case, more: FitArgs, fits = 2): Promise<unknown> {
  setSeed(11);
  const made = make();
  const histories = [];
  for (let i = 0; i < fits; i++) {
    const { history } = await made.fit(given, y, { batchSize: 4, epochs: 6, verbose: 0, yieldEvery: 1e9, ...args, ...more });
    histories.push(history);
  }
  return {
    histories,
    iterations: made.optimizer.iterations,
    weights: made.getWeights().map((weight) => [...weight.dataSync()]),
    next: [...randomUniform([3]).dataSync()],
  };
}

/** Keeps steps apart. */
const onBatchEnd = (): void => {};

async function check(each: Case): Promise<void> {
  const runs = vi.spyOn(Plan.prototype, "run");
  const expected = await result(each, { callbacks: { onBatchEnd } });
  const apart = runs.mock.calls.length;
  runs.mockClear();
  expect(await result(each, {})).toEqual(expected);
  expect(runs.mock.calls.length, "runs by themselves").toBeLessThan(apart / 2);
  // A progress bar guards the loss.
  expect(await result(each, { verbose: 2 })).toEqual(expected);
  expect(await result(each, { callbacks: { onEpochEnd: () => {} } })).toEqual(expected);
  runs.mockRestore();
}

describe("the bits of steps made one by one", () => {
  for (const [name, each] of Object.entries(cases)) test(name, () => check(each));

  test("fits of one model on other arrays, and of another model, in turns", async () => {
    const others = inputOf(6).mul(0.5);
    const weights = async (more: FitArgs): Promise<number[][]> => {
      setSeed(11);
      const models = [classifier(), classifier()];
      for (let i = 0; i < 12; i++) {
        const args = { batchSize: 4, epochs: 8, verbose: 0, yieldEvery: 1e9, shuffle: i % 4 === 3 } as const;
        await (models[Number(i % 5 === 4)] as Model).fit(i % 3 === 2 ? others : x, labels, { ...args, ...more });
      }
      return models.flatMap((made) => made.getWeights().map((weight) => [...weight.dataSync()]));
    };
    expect(await weights({})).toEqual(await weights({ callbacks: { onBatchEnd } }));
  });

  test("a loss that is not finite in the middle: the same is said, and training goes on or ends", async () => {
    const broken = x.clone().arraySync() as number[][];
    (broken[13] as number[])[2] = Number.NaN;
    for (const callbacks of [[], [library.terminateOnNaN()]]) {
      const each: Case = { make: () => classifier(), x: tensor(broken), args: { verbose: 2, epochs: 2 } };
      const { said, restore } = captureOutput();
      const saidBut = (): string[] => said.splice(0).map((text) => text.replace(/(\S+ samples.*)?\d+:\d+\s*$/, ""));
      try {
        const expected = await result(each, { callbacks: [...callbacks, { onBatchEnd }] }, 1);
        const first = saidBut();
        expect(await result(each, { callbacks }, 1)).toEqual(expected);
        expect(saidBut()).toEqual(first);
        expect(first.join("")).toMatch(/batch \d.*NaN in it already/);
      } finally {
        restore();
      }
    }
  });

  describe("shared by threads", () => {
    afterAll(() => init({ threads: 1 }));
    for (const name of ["dropout, shuffled, a ragged batch", "order kept", "several inputs and outputs"])
      test(name, async () => {
        const expected = await result(cases[name] as Case, { callbacks: { onBatchEnd } });
        const { threads } = await import("../src/wasm/threads.js");
        const usual = { ...threads.least };
        // On a page that computes, more threads than cores wait for each other long.
        await init({ threads: isPage ? 2 : 3 });
        Object.assign(threads.least, { record: 0, plan: 0, call: 0 });
        try {
          for (const more of [{}, { verbose: 2 }, { callbacks: { onEpochEnd: () => {} } }] as FitArgs[])
            expect(await result(cases[name] as Case, more)).toEqual(expected);
        } finally {
          Object.assign(threads.least, usual);
        }
      });
  });
});
