/** @file What a training in a worker is given: datasets that stay here, layers and losses of one's own; and workers that are lost. */
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, test } from "vitest";
import * as engram from "../src/index.js";
import {
  type Dataset,
  data,
  type FitArgs,
  type FitDatasetArgs,
  init,
  type Layer,
  type LayerArgs,
  layers,
  type Sequential,
  sequential,
  setSeed,
  type Tensor,
  tensor,
} from "../src/index.js";
import { patience } from "../src/train/trainers.js";
import register from "./worker/scale.mjs";
import { trainerUrl } from "./worker/trainerUrl.js";

beforeAll(async () => {
  await init({ relaxed: false, threads: 1, trainerUrl: await trainerUrl() });
});

const rows = 60;
const xs = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(i * 2), i / rows]);
const ys = Array.from({ length: rows }, (_, i) => [Math.sin(i * 3)]);
const scale = pathToFileURL("test/worker/scale.mjs");
const ending = pathToFileURL("test/worker/ending.mjs");

function network(...first: Layer[]): Sequential {
  const model = sequential({ layers: [...first, layers.dense({ units: 4, activation: "tanh", inputShape: [3] }), layers.dense({ units: 1 })] });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  return model;
}

const weightsOf = (model: Sequential): number[][] => model.getWeights().map((weight) => [...weight.dataSync()]);

describe("datasets", () => {
  const pairs = (): Dataset => data.zip({ xs: data.array(xs), ys: data.array(ys) });
  const cases: Record<string, () => { dataset: Dataset; args?: FitDatasetArgs }> = {
    "a pass an epoch, shuffled": () => ({ dataset: pairs().shuffle(20).batch(8) }),
    "without end": () => ({ dataset: pairs().shuffle(10).repeat().batch(7), args: { batchesPerEpoch: 5 } }),
    "a validation dataset": () => ({ dataset: pairs().batch(8), args: { validationData: pairs().batch(16), validationBatches: 2 } }),
    "validation arrays": () => ({ dataset: pairs().batch(8), args: { validationData: [tensor(xs), tensor(ys)] } }),
    "a generator of random numbers": () => ({ dataset: data.generator(() => random()).batch(6) }),
  };
  function* random() {
    for (let i = 0; i < 30; i++) {
      const x = engram.randomNormal([3]);
      yield { xs: x, ys: x.sum().reshape([1]) };
    }
  }

  test.each(Object.entries(cases))("%s", async (_, make) => {
    const run = async (worker: boolean): Promise<unknown> => {
      setSeed(9);
      const model = network();
      const { dataset, args } = make();
      const { history } = await model.fitDataset(dataset, { epochs: 3, verbose: 0, worker, ...args });
      return [history, weightsOf(model), engram.randomUniform([2]).arraySync()];
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("no more than a few batches are ahead of the training", async () => {
    let made = 0;
    let most = 0;
    let done = 0;
    async function* batches() {
      for (; made < 40; made++) {
        most = Math.max(most, made - done);
        yield { xs: tensor(xs), ys: tensor(ys) };
      }
    }
    const callbacks = { everyBatch: true, onBatchEnd: () => new Promise<void>((resolve) => setTimeout(() => resolve(void done++), 2)) };
    await network().fitDataset(data.generator(batches), { epochs: 1, verbose: 0, worker: true, callbacks });
    expect(done).toBe(40);
    expect(most).toBeLessThan(8);
  });

  test("what a generator throws is what fitDataset throws", async () => {
    function* batches() {
      yield { xs: tensor(xs), ys: tensor(ys) };
      throw new Error("no more");
    }
    await expect(network().fitDataset(data.generator(batches), { epochs: 1, verbose: 0, worker: true })).rejects.toThrow("no more");
  });
});

test("a validation dataset beside arrays", async () => {
  const run = async (worker: boolean): Promise<unknown> => {
    setSeed(9);
    const model = network();
    const validationData = data
      .zip({ xs: data.array(xs), ys: data.array(ys) })
      .shuffle(9)
      .batch(8);
    const { history } = await model.fit(tensor(xs), tensor(ys), { epochs: 3, verbose: 0, worker, validationData });
    return [history, weightsOf(model)];
  };
  expect(await run(true)).toEqual(await run(false));
});

test("bytes stay bytes, and tensors can be given away", async () => {
  const pixels = tensor(
    Uint8Array.from({ length: rows * 3 }, (_, i) => i),
    [rows, 3],
    "uint8",
  );
  const targets = tensor(ys);
  const run = async (args: FitArgs): Promise<unknown> => {
    setSeed(1);
    const model = network();
    await model.fit(pixels, targets, { epochs: 2, verbose: 0, ...args });
    return weightsOf(model);
  };
  const expected = await run({});
  expect(await run({ worker: true })).toEqual(expected);
  expect(await run({ worker: true, transfer: true })).toEqual(expected);
  expect([pixels.isDisposed, targets.isDisposed]).toEqual([true, true]);
});

describe("parts of one's own", () => {
  const Scale = register(engram) as unknown as new (args: LayerArgs) => Layer;

  test("a layer and a loss from a module", async () => {
    const run = async (args: FitArgs): Promise<unknown> => {
      setSeed(1);
      const model = network(new Scale({ inputShape: [3] }));
      model.compile({ optimizer: "adam", loss: "cubic", metrics: ["cubic", "mae"] });
      const { history } = await model.fit(tensor(xs), tensor(ys), { epochs: 2, verbose: 0, ...args });
      return [history, weightsOf(model)];
    };
    expect(await run({ worker: true, modules: scale })).toEqual(await run({}));
  });

  test("without the module: an error that says what to do", async () => {
    class Unknown extends engram.Layer {
      static className = "Unknown";
      override call(input: Tensor): Tensor {
        return input;
      }
    }
    const fit = (model: Sequential): Promise<unknown> => model.fit(tensor(xs), tensor(ys), { verbose: 0, worker: true });
    await expect(fit(network(new Unknown({ inputShape: [3] })))).rejects.toThrow(/'Unknown'.*modules/s);
    const model = network();
    model.compile({ optimizer: "sgd", loss: (y, p) => y.sub(p).square().mean(-1) });
    await expect(fit(model)).rejects.toThrow(/worker needs losses and metrics.*modules/s);
    await expect(fit(network(layers.lambda({ function: (x) => x, inputShape: [3] })))).rejects.toThrow(/worker needs a model.*modules/s);
    await expect(network().fit(tensor(xs), tensor(ys), { worker: true, modules: "./none.mjs", verbose: 0 })).rejects.toThrow(/none\.mjs/);
  });
});

describe("a worker that is lost", () => {
  const answering = (workerData: string) => () => new Worker("./test/worker/answering.mjs", { workerData });

  /** The model is as it was, and can be trained. */
  async function fails(model: Sequential, args: FitArgs, expected: RegExp): Promise<void> {
    const before = weightsOf(model);
    await expect(model.fit(tensor(xs), tensor(ys), { epochs: 1000, verbose: 0, ...args })).rejects.toThrow(expected);
    expect(weightsOf(model)).toEqual(before);
    expect((await model.fit(tensor(xs), tensor(ys), { epochs: 1, verbose: 0, ...(args.modules ? {} : { worker: true }) })).epoch).toEqual([0]);
  }

  test.each([
    ["no such file", pathToFileURL("none.js"), /none\.js.*trainerUrl/s],
    ["one that throws", answering("throws"), /it throws/],
    ["one that ends", answering("ends"), /exit code 3/],
  ])("%s", async (_, worker, expected) => {
    await fails(network(), { worker }, expected);
  });

  test("one that does not answer", async () => {
    const usual = { ...patience };
    patience.start = 400;
    await fails(network(), { worker: answering("silent") }, /no sign of it within 0\.4 s/).finally(() => Object.assign(patience, usual));
  });

  /** A layer that does nothing here. */
  function own(name: string): Layer {
    class Own extends engram.Layer {
      static className = name;
      override call(input: Tensor): Tensor {
        return input.mul(1);
      }
    }
    return new Own({ inputShape: [3] });
  }

  test("one that ends in the midst of a training", async () => {
    await fails(network(own("Ending")), { worker: true, modules: ending }, /exit code 7.*can be trained again/s);
  });

  test("one that hangs in the midst of a training", async () => {
    const usual = { ...patience };
    patience.silence = 1500;
    await fails(network(own("Stuck")), { worker: true, modules: ending }, /no sign of it within 1\.5 s/).finally(() => Object.assign(patience, usual));
  });
});

test("a worker of one's own making, which is kept for the next training", async () => {
  const url = await trainerUrl();
  let made = 0;
  const worker = (): Worker => {
    made++;
    return new Worker(url);
  };
  for (let i = 0; i < 3; i++) await network().fit(tensor(xs), tensor(ys), { epochs: 1, verbose: 0, worker });
  expect(made).toBe(1);
});

test("two trainings at once, and two of one model", async () => {
  const [one, other] = [network(), network()];
  const args: FitArgs = { epochs: 3, verbose: 0, worker: true };
  const both = [one.fit(tensor(xs), tensor(ys), args), other.fit(tensor(xs), tensor(ys), args)];
  await expect(one.fit(tensor(xs), tensor(ys), args)).rejects.toThrow(/one fit at a time/);
  expect((await Promise.all(both)).map(({ epoch }) => epoch.length)).toEqual([3, 3]);
});
