/** @file What fit, evaluate and predict take, and what they do with parts of one's own. */
import { describe, expect, test } from "vitest";
import {
  data,
  model as functional,
  input,
  Layer,
  Loss,
  layers,
  losses,
  Metric,
  Model,
  metrics,
  sequential,
  setSeed,
  type Tensor,
  tensor,
  train,
} from "../src/index.js";

import { close, column, LinearOracle, linear, matrix, noise, numbersOf, weightsOf, xs, ys } from "./linear.js";
import { captureOutput } from "./output.js";

const quiet = { verbose: 0, shuffle: false } as const;

describe("arguments", () => {
  test("numbers are samples of an input of one column, and targets of an output of one, also for losses of one's own", async () => {
    const lossOf = async (loss: "mse" | typeof losses.meanSquaredError, flat: boolean): Promise<number[]> => {
      const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" })] });
      model.compile({ optimizer: train.sgd(0.1), loss, metrics: [(t: Tensor, p: Tensor) => t.sub(p).abs().mean()] });
      const x = flat ? [1, 2, 4] : [[1], [2], [4]];
      const { history } = await model.fit(x, flat ? [0, 3, 1] : [[0], [3], [1]], { ...quiet, epochs: 2 });
      return [...Object.values(history).flat(), ...numbersOf(model.predict(x) as Tensor)];
    };
    for (const loss of ["mse", losses.meanSquaredError] as const) expect(await lossOf(loss, true)).toEqual(await lossOf(loss, false));
  });

  test("shuffle: every epoch has another order of the same samples, which the seed decides", async () => {
    const seen: number[][] = [];
    class Spy extends Layer {
      override call(x: Tensor): Tensor {
        seen.push(numbersOf(x));
        return x;
      }
    }
    const model = sequential({ layers: [new Spy({ inputShape: [1] }), layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const x = Array.from({ length: 9 }, (_, i) => [i]);
    const run = async (): Promise<number[][]> => {
      setSeed(3);
      seen.length = 0;
      await model.fit(x, x, { epochs: 3, batchSize: 4, verbose: 0 });
      expect(seen.map(({ length }) => length)).toEqual([4, 4, 1, 4, 4, 1, 4, 4, 1]);
      return [0, 3, 6].map((i) => seen.slice(i, i + 3).flat());
    };
    const orders = await run();
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(x.flat());
    expect(new Set(orders.map(String)).size).toBe(3);
    expect(await run()).toEqual(orders);
  });

  test("getLayer by name, by position, or by TensorFlow.js's second argument", () => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [1], name: "first" }), layers.dense({ units: 1, name: "last" })] });
    const [first, last] = model.layers;
    expect([model.getLayer("first"), model.getLayer(0), model.getLayer(null, 0), model.getLayer(undefined, 1)]).toEqual([first, first, first, last]);
    expect(() => model.getLayer(null, 2)).toThrow("getLayer expected one of first, last or a position. Got 2.");
  });

  test("initialEpoch, stepsPerEpoch, yieldEvery and their errors", async () => {
    const model = linear();
    model.compile({ optimizer: "sgd", loss: "mse" });
    let batches = 0;
    let yields = 0;
    const callbacks = { onBatchEnd: () => void batches++, onYield: () => void yields++ };
    const { epoch } = await model.fit(xs, column, { ...quiet, initialEpoch: 3, epochs: 5, batchSize: 3, stepsPerEpoch: 2, yieldEvery: "batch", callbacks });
    expect([epoch, batches, yields]).toEqual([[3, 4], 4, 6]);
    for (const [yieldEvery, expected] of [
      ["epoch", 2],
      ["never", 0],
      [1e9, 0],
    ] as const) {
      yields = 0;
      await model.fit(xs, column, { ...quiet, epochs: 2, yieldEvery, callbacks });
      expect(yields).toBe(expected);
    }
    const bad = [
      { epochs: 0.5 },
      { batchSize: 0 },
      { initialEpoch: -1 },
      { stepsPerEpoch: 0 },
      { validationSplit: 1 },
      { validationSplit: 0.999 },
      { yieldEvery: "often" },
    ];
    for (const args of bad) await expect(model.fit(xs, column, { ...quiet, ...args } as never)).rejects.toThrow(Object.keys(args)[0]);
    await expect(model.fit(xs, column.slice(1), quiet)).rejects.toThrow("same number of samples");
    await expect(
      model.fit(
        xs.map((x) => x.slice(1)),
        column,
        quiet,
      ),
    ).rejects.toThrow("[batch,3]");
    await expect(model.fit(xs, column, { ...quiet, sampleWeight: [1, 2] })).rejects.toThrow("10 samples");
    await expect(model.fit(data.array(xs) as never, column, quiet)).rejects.toThrow("fitDataset");
    await expect(linear().fit(xs, column)).rejects.toThrow("compile");
  });

  test("a signal ends a fit between batches; an epoch that it cut short is not one; two fits at once are refused", async () => {
    const model = linear();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const abort = new AbortController();
    const ended: true[] = [];
    const onBatchEnd = (batch: number): void => {
      if (batch === 1 && model.optimizer.iterations > 5) abort.abort();
    };
    const running = model.fit(xs, column, {
      ...quiet,
      epochs: 9,
      batchSize: 2,
      signal: abort.signal,
      callbacks: { onBatchEnd, onTrainEnd: () => void ended.push(true) },
    });
    await expect(model.fit(xs, column)).rejects.toThrow("one fit at a time");
    const { epoch, history } = await running;
    expect([epoch, history.loss?.length, model.optimizer.iterations, ended]).toEqual([[0], 1, 7, [true]]);
    expect((await model.fit(xs, column, { ...quiet, signal: abort.signal })).epoch).toEqual([]);
  });

  test("verbose writes nothing, or a line an epoch where there is no terminal", async () => {
    const model = linear();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const { said, restore } = captureOutput();
    try {
      for (const verbose of [0, 1, 2] as const) {
        said.length = 0;
        await model.fit(xs, column, { epochs: 2, verbose });
        const lines = said.join("").split("\n").slice(0, -1);
        expect(lines.length).toBe(verbose === 0 ? 0 : 2);
        for (const [i, line] of lines.entries()) expect(line).toMatch(new RegExp(`^epoch ${i + 1}/2 .*1 batches.*loss \\d`));
      }
    } finally {
      restore();
    }
  });

  test("targets and weights by name and in lists for several outputs; compile refuses what does not fit", async () => {
    const x = input({ shape: [3] });
    const outputs = ["one", "two"].map((name) => layers.dense({ units: 1, name, kernelInitializer: "zeros" }).apply(x));
    const model = functional({ inputs: x, outputs });
    model.compile({ optimizer: train.sgd(0), loss: ["mse", "mae"], metrics: [["mae"], ["mse"]] });
    const [one, two] = [ys.map((y) => [y]), ys.map((y) => [2 * y])];
    const half = ys.map((_, i) => Number(i % 2 === 0));
    const zeros = ys.map(() => 0);
    const fit = async (y: never, sampleWeight: never): Promise<number[]> => {
      const { history } = await model.fit(xs, y, { ...quiet, batchSize: 10, sampleWeight });
      return ["loss", "one_loss", "two_loss", "one_mae", "two_mse"].map((name) => history[name]?.[0] as number);
    };
    const square = ys.reduce((sum, y, i) => sum + (half[i] as number) * y * y, 0) / 10;
    const expected = [square, square, 0, ys.reduce((s, y) => s + Math.abs(y), 0) / 10, ys.reduce((s, y) => s + 4 * y * y, 0) / 10];
    close(await fit([one, two] as never, [half, zeros] as never), expected);
    close(await fit({ two, one } as never, { two: zeros, one: half } as never), expected);
    await expect(model.fit(xs, [one] as never)).rejects.toThrow("fit: y must be a list of arrays for ");
    await expect(model.fit(xs, { one, three: two })).rejects.toThrow(". Got one, three.");
    expect(() => model.compile({ loss: ["mse"] })).toThrow("2 outputs");
    expect(() => model.compile({ loss: { three: "mse" } })).toThrow("'three'");
    expect(() => model.compile({ loss: "nonsense" })).toThrow("nonsense");
    expect(() => model.compile({ loss: "mse", metrics: "nonsense" })).toThrow("nonsense");
    expect(() => model.compile({ loss: "mse", optimizer: "nonsense" })).toThrow("nonsense");
    expect(() => model.compile({ loss: "mse", metrics: [metrics.auc()] })).toThrow("each output");
    // Only the first output has a loss.
    model.compile({ optimizer: "sgd", loss: { one: "mse" } });
    expect(model.metricsNames).toEqual(["loss", "one_loss"]);
  });
});

describe("datasets", () => {
  const batches = data.zip({ xs: data.array(xs), ys: data.array(column) }).batch(4);

  test("give the same bits as arrays, with validation arrays or datasets; evaluateDataset is evaluate", async () => {
    const [one, two] = [linear(), linear()];
    for (const model of [one, two]) model.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
    const held = [xs.slice(0, 5), column.slice(0, 5), noise(5).map(Math.abs)] as const;
    const weighted = data.zip({ xs: data.array(held[0]), ys: data.array(held[1]), sampleWeight: data.array(held[2]) });
    const first = await one.fit(xs, column, { ...quiet, epochs: 3, batchSize: 4, validationData: held, validationBatchSize: 3 });
    const second = await two.fitDataset(batches, { epochs: 2, verbose: 0, validationData: weighted.batch(3) });
    const third = await two.fitDataset(batches, { initialEpoch: 2, epochs: 3, verbose: 0, validationData: held, validationBatchSize: 3 });
    for (const [name, values] of Object.entries(first.history))
      expect([...(second.history[name] as number[]), ...(third.history[name] as number[])]).toEqual(values);
    expect(weightsOf(two)).toEqual(weightsOf(one));
    const [ours, theirs] = [one.evaluate(xs, column, { batchSize: 4 }), await two.evaluateDataset(batches)];
    expect([theirs].flat().map((x) => x.item())).toEqual([ours].flat().map((x) => x.item()));
  });

  test("batchesPerEpoch goes on in the next epoch; generators; what is refused", async () => {
    const model = linear();
    model.compile({ optimizer: "sgd", loss: "mse" });
    let given = 0;
    const endless = data.generator(function* () {
      for (;;) {
        given++;
        yield { xs: tensor(xs.slice(0, 2)), ys: tensor(column.slice(0, 2)) };
      }
    });
    const { epoch } = await model.fitDataset(endless, { epochs: 3, batchesPerEpoch: 4, verbose: 0 });
    expect([epoch, given, model.optimizer.iterations]).toEqual([[0, 1, 2], 12, 12]);
    await expect(model.fitDataset(batches.repeat(), { verbose: 0 })).rejects.toThrow("batchesPerEpoch");
    await expect(model.fitDataset(batches, { batchesPerEpoch: 2, epochs: 2, verbose: 0 })).rejects.toThrow("repeat");
    await expect(model.fitDataset(data.array([1, 2]), { verbose: 0 })).rejects.toThrow("{ xs, ys }");
    await expect(model.fitDataset([] as never, { verbose: 0 })).rejects.toThrow("dataset");
    const [x, y] = [xs.slice(0, 8), column.slice(0, 8)];
    await expect(model.fitDataset(data.array([{ xs: tensor(x), ys: tensor(y.slice(1)) }]), { verbose: 0 })).rejects.toThrow("same number");
  });
});

describe("single batches and predict", () => {
  test("trainOnBatch and testOnBatch give loss and metrics of the batch; an epoch that runs is left alone", async () => {
    const oracle = new LinearOracle(0.1);
    const model = linear();
    model.compile({ optimizer: train.sgd(0.1), loss: "mse", metrics: ["mae"] });
    const [before] = (model.testOnBatch(xs, column) as Tensor[]).map((x) => x.item());
    close([before as number], [oracle.loss(xs, ys)]);
    close([((await model.trainOnBatch(xs, column)) as number[])[0] as number], [oracle.step(xs, ys)]);
    close([((await model.trainOnBatch(xs, column)) as number[])[0] as number], [oracle.step(xs, ys)]);

    const [watched, plain] = [linear(), linear()];
    for (const each of [watched, plain]) each.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
    const onBatchEnd = async (): Promise<void> => {
      watched.evaluate(xs, column);
      watched.testOnBatch(xs, column);
      await watched.evaluateDataset(data.array([{ xs: tensor(xs), ys: tensor(column) }]));
    };
    const { history } = await watched.fit(xs, column, { ...quiet, epochs: 2, batchSize: 4, callbacks: { onBatchEnd } });
    expect(history).toEqual((await plain.fit(xs, column, { ...quiet, epochs: 2, batchSize: 4 })).history);
  });

  test("predict does not depend on the batch size, eager or compiled; without samples it gives none", () => {
    class Eager extends Layer {
      override call(x: Tensor): Tensor {
        return x.mul(2);
      }
    }
    for (const extra of [[], [new Eager()]]) {
      const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3], activation: "tanh" }), ...extra] });
      const whole = numbersOf(model.predictOnBatch(xs));
      for (const batchSize of [1, 3, 10, 100]) expect(numbersOf(model.predict(xs, { batchSize }))).toEqual(whole);
      expect(model.predict(tensor([], [0, 3])).shape).toEqual([0, 2]);
      for (const batchSize of [0, -1, 1.5, Number.NaN])
        expect(() => model.predict(xs, { batchSize })).toThrow("predict: batchSize must be a whole number >= 1");
      expect(() => model.predict([[1]])).toThrow("[batch,3]");
    }
  });
});

describe("what is not traceable is computed anew in each step", () => {
  const fitted = async (model: Model, args: object): Promise<number[]> => {
    model.compile({ optimizer: train.sgd(0), ...args } as never);
    const { history } = await model.fit(xs, column, { ...quiet, epochs: 4, batchSize: 10 });
    return Object.values(history).at(-1) as number[];
  };
  const areDifferent = (values: readonly number[]): void => expect(new Set(values).size).toBe(values.length);

  test("losses and metrics that use Math.random or change themselves; layers, regularizers and constraints", async () => {
    const random = (t: Tensor, p: Tensor): Tensor => p.sub(t).square().mean(-1).mul(Math.random());
    areDifferent(await fitted(linear(), { loss: random }));
    class Rising extends Loss {
      beta = 0;
      override call(t: Tensor, p: Tensor): Tensor {
        return p
          .sub(t)
          .abs()
          .mean(-1)
          .mul(++this.beta);
      }
    }
    const rising = await fitted(linear(), { loss: new Rising() });
    close(
      rising,
      [1, 2, 3, 4].map((beta) => beta * (rising[0] as number)),
    );
    areDifferent(await fitted(linear(), { loss: "mse", metrics: [random] }));
    class Calls extends Metric {
      private calls = 0;
      override updateState(): void {
        this.calls++;
      }
      override value(): number {
        return this.calls;
      }
      override resetState(): void {}
    }
    expect(await fitted(linear(), { loss: "mse", metrics: [new Calls("calls")] })).toEqual([1, 2, 3, 4]);
    class Scaled extends Layer {
      factor = 0;
      override call(x: Tensor): Tensor {
        return x.mul(++this.factor);
      }
    }
    const start = linear();
    areDifferent(await fitted(sequential({ layers: [new Scaled({ inputShape: [3] }), ...start.layers] }), { loss: "mse" }));
    let l2 = 0;
    areDifferent(await fitted(linear({ kernelRegularizer: { apply: (w: Tensor) => w.square().sum().mul(++l2) } }), { loss: "mse" }));
    areDifferent(await fitted(linear({ activityRegularizer: { apply: (w: Tensor) => w.square().sum().mul(++l2) } }), { loss: "mse" }));
    areDifferent(await fitted(linear({ kernelConstraint: { apply: (w: Tensor) => w.mul(1 + ++l2) } }), { loss: "mse" }));
  });

  test("what declares itself traceable is traced once", async () => {
    let calls = 0;
    const own = Object.assign(
      (t: Tensor, p: Tensor): Tensor => {
        calls++;
        return p.sub(t).square().mean(-1);
      },
      { traceable: true },
    );
    close(await fitted(linear(), { loss: own }), await fitted(linear(), { loss: "mse" }));
    expect(calls).toBe(1);
    class Half extends Layer {
      static readonly traceable = true;
      override call(x: Tensor): Tensor {
        calls++;
        return x.mul(0.5);
      }
    }
    await fitted(sequential({ layers: [new Half({ inputShape: [3] }), layers.dense({ units: 1 })] }), { loss: own });
    expect(calls).toBe(3);
  });

  test("dropout differs between steps, and drops nothing in evaluation", async () => {
    setSeed(5);
    const model = sequential({ layers: [layers.dropout({ rate: 0.5, inputShape: [3] }), ...linear().layers] });
    areDifferent(await fitted(model, { loss: "mse" }));
    const values = [1, 2, 3].map(() => ([model.evaluate(xs, column)].flat()[0] as Tensor).item());
    expect(new Set(values).size).toBe(1);
    close(values.slice(0, 1), [new LinearOracle(0).loss(xs, ys)]);
  });
});

describe("models of their own class", () => {
  class Own extends Model {
    readonly hidden = layers.dense({ units: 4, activation: "tanh" });
    readonly last = layers.dense({ units: 1 });
    override call(x: Tensor): Tensor {
      return this.last.apply(this.hidden.apply(x));
    }
  }

  test("with call alone train, evaluate and predict", async () => {
    setSeed(1);
    const model = new Own();
    model.compile({ optimizer: train.adam(0.05), loss: "mse", metrics: ["mae"] });
    const { history } = await model.fit(xs, column, { ...quiet, epochs: 60, validationSplit: 0.2 });
    expect(Object.keys(history)).toEqual(["loss", "mae", "val_loss", "val_mae"]);
    expect(history.loss?.at(-1) as number).toBeLessThan(0.1 * (history.loss?.[0] as number));
    expect(model.predict(xs).shape).toEqual([10, 1]);
    expect(model.weights.length).toBe(4);
  });

  test("with several outputs have as many losses", async () => {
    class Two extends Model {
      readonly one = layers.dense({ units: 1 });
      readonly two = layers.dense({ units: 2 });
      override call(x: Tensor): Tensor[] {
        return [this.one.apply(x), this.two.apply(x)];
      }
    }
    const model = new Two();
    model.compile({ optimizer: "sgd", loss: ["mse", "mae"], metrics: [["mae"], []] });
    const { history } = await model.fit(tensor(xs), [tensor(column), tensor(matrix(10, 2))], { ...quiet });
    expect(Object.keys(history)).toEqual(["loss", "output_1_loss", "output_2_loss", "output_1_mae"]);
    expect(model.predict<Tensor[]>(tensor(xs)).map(({ shape }) => shape)).toEqual([
      [10, 1],
      [10, 2],
    ]);
  });

  test("with a trainStep and testStep report what those give, averaged over samples", async () => {
    class Stepping extends Own {
      private readonly descent = train.sgd(0.1);
      override trainStep({ xs: [x], ys: [y] }: Parameters<NonNullable<Model["trainStep"]>>[0]): Record<string, Tensor | number> {
        const loss = this.descent.minimize(() => losses.meanSquaredError(y as Tensor, this.call(x as Tensor)), true) as Tensor;
        return { loss, size: (x as Tensor).shape[0] as number };
      }
      override testStep({ xs: [x] }: Parameters<NonNullable<Model["trainStep"]>>[0]): Record<string, number> {
        return { size: (x as Tensor).shape[0] as number };
      }
    }
    const model = new Stepping();
    model.compile({});
    const { history } = await model.fit(xs, column, { ...quiet, epochs: 20, batchSize: 4, validationData: [xs, column], validationBatchSize: 5 });
    expect(Object.keys(history)).toEqual(["loss", "size", "val_size"]);
    expect(history.size?.[0]).toBeCloseTo((16 + 16 + 4) / 10, 6);
    expect(history.val_size?.[0]).toBe(5);
    expect(history.loss?.at(-1) as number).toBeLessThan(history.loss?.[0] as number);
  });
});
