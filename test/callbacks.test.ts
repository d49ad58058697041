/** @file Callbacks: when their hooks are called, and what those of the library do. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { type Callback, Callback as CallbackClass, CustomCallback, callbacks, type Logs, type Model, train } from "../src/index.js";
import { close, column, linear, weightsOf, xs } from "./linear.js";

const scratch = mkdtempSync(join(tmpdir(), "engram-callbacks-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const compiled = (rate = 0.1): Model => {
  const model = linear();
  model.compile({ optimizer: train.sgd(rate), loss: "mse", metrics: ["mae"] });
  return model;
};
const fitted = (model: Model, list: Callback | Callback[], args: object = {}) =>
  model.fit(xs, column, { epochs: 3, batchSize: 4, shuffle: false, verbose: 0, callbacks: list, ...args });

describe("hooks", () => {
  test("are called in order, each waited for, with the logs of TensorFlow.js", async () => {
    const calls: string[] = [];
    const logged: Record<string, Logs | undefined> = {};
    let pending = 0;
    const note = async (name: string, logs?: Logs): Promise<void> => {
      expect(pending++).toBe(0);
      await new Promise((done) => setTimeout(done, 1));
      pending--;
      calls.push(name);
      logged[name.replace(/ .*/, "")] = logs;
    };
    const spy: Callback = {
      onTrainBegin: (logs) => note("trainBegin", logs),
      onTrainEnd: (logs) => note("trainEnd", logs),
      onEpochBegin: (epoch, logs) => note(`epochBegin ${epoch}`, logs),
      onEpochEnd: (epoch, logs) => note(`epochEnd ${epoch}`, logs),
      onBatchBegin: (batch, logs) => note(`batchBegin ${batch}`, logs),
      onBatchEnd: (batch, logs) => note(`batchEnd ${batch}`, logs),
      onYield: (epoch, batch, logs) => note(`yield ${epoch} ${batch}`, logs),
    };
    const second: Callback = { onEpochEnd: (epoch) => note(`second ${epoch}`) };
    await fitted(compiled(), [spy, second], { epochs: 2, batchSize: 5, validationSplit: 0.2, yieldEvery: "epoch" });
    const epoch = (i: number): string[] => [
      `epochBegin ${i}`,
      "batchBegin 0",
      "batchEnd 0",
      "batchBegin 1",
      "batchEnd 1",
      `epochEnd ${i}`,
      `second ${i}`,
      `yield ${i} 1`,
    ];
    expect(calls).toEqual(["trainBegin", ...epoch(0), ...epoch(1), "trainEnd"]);
    expect([logged.trainBegin, logged.epochBegin, logged.trainEnd]).toEqual([{}, {}, {}]);
    expect(logged.batchBegin).toEqual({ batch: 1, size: 3 });
    expect(Object.keys(logged.batchEnd as Logs)).toEqual(["batch", "size", "loss", "mae"]);
    expect(Object.keys(logged.epochEnd as Logs)).toEqual(["loss", "mae", "val_loss", "val_mae"]);
  });

  test("misspelt ones are refused, in objects and in classes; so is what is no callback", async () => {
    class Misspelt extends CustomCallback {
      onEpochFinished(): void {}
    }
    for (const wrong of [{ onEpochEnds: () => {} }, new Misspelt()])
      await expect(fitted(compiled(), wrong as Callback)).rejects.toThrow(/'onEpoch(Ends|Finished)'/);
    await expect(fitted(compiled(), [3] as never)).rejects.toThrow("callbacks must be objects");
  });

  test("custom callbacks have model and params; what they throw ends the fit, and another may follow", async () => {
    expect(CallbackClass).toBe(CustomCallback);
    class Own extends CallbackClass {
      seen: unknown[] = [];
      override onTrainBegin = (): void => void this.seen.push(this.model, this.params);
    }
    const model = compiled();
    const own = new Own();
    await fitted(model, own);
    expect(own.seen).toEqual([model, { epochs: 3, initialEpoch: 0, steps: 3, samples: 10, batchSize: 4, verbose: 0, metrics: ["loss", "mae"] }]);
    const failing = (): never => {
      throw new Error("mine");
    };
    await expect(fitted(model, { onBatchEnd: failing })).rejects.toThrow("mine");
    expect((await fitted(model, [])).epoch).toEqual([0, 1, 2]);
  });

  test("stopTraining ends after the batch; the epoch counts", async () => {
    const model = compiled();
    const onBatchEnd = (batch: number): void => {
      if (batch === 1) model.stopTraining = true;
    };
    const { epoch } = await fitted(model, { onBatchEnd });
    expect([epoch, model.optimizer.iterations]).toEqual([[0], 2]);
  });
});

/** Puts values into the logs of the epochs, before other callbacks see them. */
const values = (name: string, list: readonly number[]): Callback => ({
  onEpochEnd(epoch, logs = {}) {
    logs[name] = list[epoch] as number;
  },
});

describe("earlyStopping", () => {
  const run = async (list: number[], args: Parameters<typeof callbacks.earlyStopping>[0], name = "val_loss"): Promise<number> =>
    (await fitted(compiled(), [values(name, list), callbacks.earlyStopping(args)], { epochs: list.length })).epoch.length;

  test("stops after patience, as Keras", async () => {
    expect(await run([3, 2, 1, 2, 1, 0], {})).toBe(4);
    expect(await run([3, 2, 1, 2, 1, 0], { patience: 2 })).toBe(5);
    expect(await run([3, 2, 1, 2, 0, 0, 0, 0], { patience: 2 })).toBe(7);
    expect(await run([3, 2.9, 2.8, 2.7], { minDelta: 0.5, patience: 2 })).toBe(3);
    expect(await run([1, 2, 3, 3, 3], { monitor: "val_acc" }, "val_acc")).toBe(4);
    expect(await run([1, 2, 3, 3, 3], { monitor: "score", mode: "max" }, "score")).toBe(4);
    expect(await run([3, 2, 1, 0.5], { baseline: 0.1, patience: 2 })).toBe(4);
    expect(await run([3, 2, 2, 0.5], { baseline: 0.1, patience: 2 })).toBe(3);
    expect(await run([1, 2, 3, 4, 5], { startFromEpoch: 2, patience: 1 })).toBe(4);
    expect(await run([Number.NaN, Number.NaN, 1], { patience: 1 })).toBe(2);
  });

  test("puts the weights of the best epoch back, also where it did not stop", async () => {
    for (const [list, patience] of [
      [[3, 1, 2, 2, 2], 2],
      [[3, 1, 2], 9],
      [[Number.NaN, Number.NaN], 1],
    ] as const) {
      const model = compiled();
      const kept: number[][] = [];
      const keep = { onEpochEnd: () => void kept.push(weightsOf(model)) };
      await fitted(model, [keep, values("loss", list), callbacks.earlyStopping({ monitor: "loss", patience, restoreBestWeights: true })], {
        epochs: list.length,
      });
      expect(weightsOf(model)).toEqual(kept[list.length === 2 ? 0 : 1]);
    }
  });

  test("says so, and says once where the value is not there", async () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await run([1, 2, 3], { verbose: 1 });
    await fitted(compiled(), callbacks.earlyStopping({ monitor: "nothing" }));
    const text = write.mock.calls.map(([line]) => line);
    expect(text).toEqual(["epoch 2: early stopping\n", "earlyStopping: expected 'nothing' in the logs. Got loss, mae.\n"]);
    expect(() => callbacks.earlyStopping({ mode: "up" as "min" })).toThrow("mode");
    expect(() => callbacks.earlyStopping({ patience: -1 })).toThrow("patience");
  });
});

describe("learning rates", () => {
  test("reduceLROnPlateau as Keras, in the logs too", async () => {
    const rates = async (list: number[], args: object): Promise<number[]> =>
      (await fitted(compiled(1), [values("val_loss", list), callbacks.reduceLROnPlateau({ patience: 1, factor: 0.5, ...args })], { epochs: list.length }))
        .history.lr as number[];
    // The rate of an epoch is what it was trained with.
    expect(await rates([3, 2, 2, 2, 1, 1], {})).toEqual([1, 1, 1, 0.5, 0.25, 0.25]);
    expect(await rates([3, 3, 3, 3, 3], { minLr: 0.4 })).toEqual([1, 1, 0.5, 0.4, 0.4]);
    expect(await rates([3, 3, 3, 3, 3, 3], { cooldown: 2 })).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(await rates([3, 3, 3, 3], { patience: 2 })).toEqual([1, 1, 1, 0.5]);
    expect(() => callbacks.reduceLROnPlateau({ factor: 1 })).toThrow("factor");
  });

  test("learningRateScheduler sets the rate of each epoch; a compiled step follows", async () => {
    const model = compiled(8);
    const { history } = await fitted(
      model,
      callbacks.learningRateScheduler((epoch, rate) => (epoch === 0 ? rate / 80 : 0)),
    );
    expect(history.lr).toEqual([0.1, 0, 0]);
    expect(history.loss?.[1]).toBeCloseTo(history.loss?.[2] as number, 6);
    const reference = compiled(0.1);
    await fitted(reference, [], { epochs: 1 });
    close(weightsOf(model), weightsOf(reference), 6);
    await expect(
      fitted(
        model,
        callbacks.learningRateScheduler(() => Number.NaN),
      ),
    ).rejects.toThrow("finite");
  });
});

test("terminateOnNaN ends at the batch whose loss is no number", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const model = compiled(1e30);
  const { epoch } = await fitted(model, callbacks.terminateOnNaN(), { epochs: 50 });
  expect(epoch).toEqual([0]);
  expect(model.optimizer.iterations).toBeLessThan(4);
  expect(String(write.mock.calls[0]?.[0])).toMatch(/the loss is (NaN|Infinity)/);
});

describe("csvLogger", () => {
  const text = (path: string): string => readFileSync(path, "utf8");

  test("writes a heading and a line an epoch, to a file or a function; append goes on", async () => {
    const path = join(scratch, "log.csv");
    const { history } = await fitted(compiled(), callbacks.csvLogger(path), { epochs: 2 });
    const line = (i: number, separator = ","): string => [i, history.loss?.[i], history.mae?.[i]].join(separator);
    expect(text(path)).toBe(`epoch,loss,mae\n${line(0)}\n${line(1)}\n`);
    const first = text(path);
    await fitted(compiled(), callbacks.csvLogger(path, { append: true }), { epochs: 1 });
    expect(text(path)).toBe(`${first}${line(0)}\n`);
    await fitted(compiled(), callbacks.csvLogger(path), { epochs: 1 });
    expect(text(path)).toBe(`epoch,loss,mae\n${line(0)}\n`);
    const fresh = join(scratch, "fresh.csv");
    await fitted(compiled(), callbacks.csvLogger(fresh, { append: true, separator: ";" }), { epochs: 1 });
    expect(text(fresh)).toBe(`epoch;loss;mae\n${line(0, ";")}\n`);
    const lines: string[] = [];
    await fitted(
      compiled(),
      callbacks.csvLogger(async (each) => void lines.push(each)),
      { epochs: 1 },
    );
    expect(lines).toEqual(["epoch,loss,mae\n", `${line(0)}\n`]);
    lines.length = 0;
    await fitted(
      compiled(),
      callbacks.csvLogger((each) => void lines.push(each), { append: true }),
      { epochs: 1 },
    );
    expect(lines).toEqual([`${line(0)}\n`]);
    await expect(fitted(compiled(), callbacks.csvLogger(join(scratch, "no", "where.csv")))).rejects.toThrow("ENOENT");
  });
});

describe("modelCheckpoint", () => {
  test("saves each epoch, the best only, or every so many batches, under names with values", async () => {
    const saved = (name: string): boolean => existsSync(join(scratch, name, "model.json"));
    const url = (name: string): string => `file://${join(scratch, name)}`;
    const loadWeights = (name: string): number[] => Array.from(new Float32Array(new Uint8Array(readFileSync(join(scratch, name, "weights.bin"))).buffer));
    const model = compiled();
    const kept: number[][] = [];
    const keep = { onEpochEnd: () => void kept.push(weightsOf(model)) };
    const list = values("val_loss", [2, 1, 3]);
    await fitted(model, [
      keep,
      list,
      callbacks.modelCheckpoint({ path: url("each-{epoch}-{val_loss}") }),
      callbacks.modelCheckpoint({ path: url("best"), saveBestOnly: true }),
    ]);
    expect(["each-1-2.0000", "each-2-1.0000", "each-3-3.0000"].map(saved)).toEqual([true, true, true]);
    expect(loadWeights("best")).toEqual(kept[1]);
    await fitted(compiled(), callbacks.modelCheckpoint({ path: url("batch-{epoch}-{batch}"), saveFreq: 4 }));
    expect(["batch-2-0.0000", "batch-3-1.0000", "batch-1-0.0000"].map(saved)).toEqual([true, true, false]);
    let artifacts = 0;
    const save = async (): Promise<never> => {
      artifacts++;
      return undefined as never;
    };
    await fitted(compiled(), callbacks.modelCheckpoint({ path: { save } }));
    expect(artifacts).toBe(3);
    expect(() => callbacks.modelCheckpoint({ path: "x", saveFreq: 1.5 })).toThrow("saveFreq");
  });
});

test("a checkpoint of the best goes on from the best of before, though nothing has called it yet", async () => {
  let saves = 0;
  const handler = {
    save: async (): Promise<never> => {
      saves++;
      return undefined as never;
    },
  };
  const make = (): ReturnType<typeof callbacks.modelCheckpoint> => callbacks.modelCheckpoint({ path: handler, saveBestOnly: true });
  const before = make();
  await fitted(compiled(), [values("val_loss", [2, 1, 3]), before]);
  expect(saves).toBe(2);
  const after = make();
  after.setState(before.getState());
  expect(after.getState()).toEqual(before.getState());
  await fitted(compiled(), [values("val_loss", [2, 1.5, 0.5]), after]);
  expect(saves).toBe(3);
});

test("what they do is there when the first hook is called, by whomever", async () => {
  const callback = callbacks.earlyStopping({ monitor: "loss", patience: 1 });
  expect(callback).toBeInstanceOf(CustomCallback);
  expect([callback.stoppedEpoch, callback.getState()]).toEqual([0, { numbers: {} }]);
  const model = compiled();
  callback.setModel(model);
  await callback.onTrainBegin();
  for (const [epoch, loss] of [3, 2, 2.5].entries()) await callback.onEpochEnd(epoch, { loss });
  expect([callback.stoppedEpoch, model.stopTraining]).toEqual([2, true]);
  expect(callback.getState().numbers).toMatchObject({ best: 2, wait: 1 });
  const other = callbacks.earlyStopping({ monitor: "loss" });
  await other.onTrainBegin();
  other.setState(callback.getState());
  expect(other.getState()).toEqual(callback.getState());
});
