/** @file fit against an oracle in float64 and against TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import {
  data,
  model as functional,
  input,
  type Layer,
  layers,
  type Model,
  regularizers,
  type Sequential,
  sequential,
  type Tensor,
  tensor,
  train,
} from "../src/index.js";

import { close, column, LinearOracle, linear, matrix, noise, numbersOf, weightsOf, xs, ys } from "./linear.js";

describe("against an oracle in float64", () => {
  test("loss of an epoch with a ragged last batch is the mean over samples; so is that of evaluate", async () => {
    const oracle = new LinearOracle(0.1);
    const model = linear();
    model.compile({ optimizer: train.sgd(0.1), loss: "meanSquaredError", metrics: ["mae"] });
    const { history, epoch } = await model.fit(xs, column, {
      epochs: 3,
      batchSize: 4,
      shuffle: false,
      verbose: 0,
      validationData: [xs.slice(0, 3), column.slice(0, 3)],
      validationBatchSize: 2,
    });
    const expected = [0, 1, 2].map(() => [oracle.epoch(xs, ys, 4), oracle.loss(xs.slice(0, 3), ys.slice(0, 3))]);
    close(
      history.loss as number[],
      expected.map(([loss]) => loss as number),
    );
    close(
      history.val_loss as number[],
      expected.map(([, loss]) => loss as number),
    );
    expect(epoch).toEqual([0, 1, 2]);
    expect(Object.keys(history)).toEqual(["loss", "mae", "val_loss", "val_mae"]);
    const [loss, mae] = model.evaluate(xs, column, { batchSize: 4 }) as Tensor[];
    close([loss?.item() as number], [oracle.loss(xs, ys)]);
    close([mae?.item() as number], [xs.reduce((sum, x, i) => sum + Math.abs(oracle.predict(x) - (ys[i] as number)), 0) / 10]);
    close(weightsOf(model), [...oracle.w, oracle.b]);
  });

  test("sample weights, of training and of validation", async () => {
    const weights = noise(10, 3).map((x) => 1 + x);
    const oracle = new LinearOracle(0.1);
    const model = linear();
    model.compile({ optimizer: train.sgd(0.1), loss: "meanSquaredError", metrics: ["mse"], weightedMetrics: ["mse"] });
    const { history } = await model.fit(xs, column, {
      epochs: 2,
      batchSize: 4,
      shuffle: false,
      verbose: 0,
      sampleWeight: weights,
      validationData: [xs, column, weights],
    });
    const unweighted = new LinearOracle(0.1);
    unweighted.w = [...oracle.w];
    const expected = [0, 1].map(() => [oracle.epoch(xs, ys, 4, weights), oracle.loss(xs, ys, weights), oracle.loss(xs, ys)]);
    close(
      history.loss as number[],
      expected.map(([loss]) => loss as number),
    );
    close(
      history.val_loss as number[],
      expected.map(([, loss]) => loss as number),
    );
    close(
      history.val_mse as number[],
      expected.map(([, , plain]) => plain as number),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    close(
      history.val_mse_1 as number[],
      expected.map(([, loss]) => ((loss as number) * 10) / sum),
    );
    close(
      [model.evaluate(xs, column, { sampleWeight: weights, batchSize: 3 })]
        .flat()
        .map((x) => x.item())
        .slice(0, 1),
      [oracle.loss(xs, ys, weights)],
    );
    close([await model.trainOnBatch(xs, column, weights)].flat().slice(0, 1), [oracle.step(xs, ys, weights)]);
    close(weightsOf(model), [...oracle.w, oracle.b]);
  });

  test("validationSplit holds the last samples back, with their weights but without those of classes", async () => {
    const classes = ys.map((y) => Number(y > 0));
    const weights = noise(10, 4).map((x) => 1.5 + x);
    const oracle = new LinearOracle(0.05);
    const model = linear();
    model.compile({ optimizer: train.sgd(0.05), loss: "meanSquaredError" });
    const { history } = await model.fit(
      xs,
      classes.map((y) => [y]),
      {
        epochs: 2,
        batchSize: 4,
        shuffle: false,
        verbose: 0,
        validationSplit: 0.3,
        sampleWeight: weights,
        classWeight: { 0: 0.5, 1: 3 },
      },
    );
    const both = weights.map((w, i) => w * (classes[i] ? 3 : 0.5));
    const expected = [0, 1].map(() => [
      oracle.epoch(xs.slice(0, 7), classes.slice(0, 7), 4, both.slice(0, 7)),
      oracle.loss(xs.slice(7), classes.slice(7), weights.slice(7)),
    ]);
    close(
      history.loss as number[],
      expected.map(([loss]) => loss as number),
    );
    close(
      history.val_loss as number[],
      expected.map(([, loss]) => loss as number),
    );
  });

  test("class weights of class numbers, of one-hot rows and of a dataset are the same as sample weights; classes without one count 1", async () => {
    const labels = [0, 2, 1, 1, 0, 2, 2, 1, 0, 0];
    const oneHot = labels.map((label) => [0, 1, 2].map((i) => Number(i === label)));
    const classWeight = { 0: 0.25, 2: 4 };
    const sampleWeight = labels.map((label) => ({ 0: 0.25, 2: 4 })[label] ?? 1);
    const start = matrix(3, 3, 9);
    const run = async (loss: string, fit: (model: Sequential) => Promise<unknown>): Promise<number[]> => {
      const model = sequential({ layers: [layers.dense({ units: 3, activation: "softmax", inputShape: [3] })] });
      model.setWeights([tensor(start), tensor([0, 0, 0])]);
      model.compile({ optimizer: train.sgd(0.5), loss });
      await fit(model);
      return weightsOf(model);
    };
    const options = { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 } as const;
    const reference = await run("sparseCategoricalCrossentropy", (model) => model.fit(xs, labels, { ...options, sampleWeight }));
    expect(await run("sparseCategoricalCrossentropy", (model) => model.fit(xs, labels, { ...options, classWeight }))).toEqual(reference);
    close(await run("categoricalCrossentropy", (model) => model.fit(xs, oneHot, { ...options, classWeight })), reference);
    const batches = data.zip({ xs: data.array(xs), ys: data.array(labels) }).batch(4);
    expect(await run("sparseCategoricalCrossentropy", (model) => model.fitDataset(batches, { epochs: 2, verbose: 0, classWeight }))).toEqual(reference);
    const weighted = data.zip({ xs: data.array(xs), ys: data.array(labels), sampleWeight: data.array(sampleWeight) }).batch(4);
    expect(await run("sparseCategoricalCrossentropy", (model) => model.fitDataset(weighted, { epochs: 2, verbose: 0 }))).toEqual(reference);
  });

  test("regularizers, activity regularizers and constraints", async () => {
    const oracle = new LinearOracle(0.1, 0.03);
    const model = linear({ kernelRegularizer: regularizers.l2({ l2: 0.03 }) });
    model.compile({ optimizer: train.sgd(0.1), loss: "meanSquaredError" });
    const { history } = await model.fit(xs, column, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
    close(history.loss as number[], [oracle.epoch(xs, ys, 4), oracle.epoch(xs, ys, 4)]);
    close(weightsOf(model), [...oracle.w, oracle.b]);

    const active = linear({ activityRegularizer: regularizers.l2({ l2: 0.5 }) });
    active.compile({ optimizer: train.sgd(0.1), loss: "meanSquaredError" });
    const fresh = new LinearOracle(0.1);
    const penalty = xs.slice(0, 4).reduce((sum, x) => sum + 0.5 * fresh.predict(x) ** 2, 0) / 4;
    close([(await active.trainOnBatch(xs.slice(0, 4), column.slice(0, 4))) as number], [fresh.loss(xs.slice(0, 4), ys.slice(0, 4)) + penalty]);

    const limited = linear({ kernelConstraint: { apply: (w: Tensor) => w.clipByValue(-0.3, 0.3), traceable: true }, biasConstraint: "nonNeg" });
    limited.compile({ optimizer: train.sgd(0.5), loss: "meanSquaredError" });
    await limited.fit(xs, column, { epochs: 3, verbose: 0 });
    const [kernel, bias] = limited.getWeights().map(numbersOf) as [number[], number[]];
    expect(Math.max(...kernel.map(Math.abs))).toBeCloseTo(0.3, 6);
    expect(bias[0]).toBeGreaterThanOrEqual(0);
  });
});

describe("against TensorFlow.js", () => {
  test("two inputs, two outputs, losses with weights, metrics by output: names and values", async () => {
    const start = [matrix(3, 4, 2), noise(4, 3), matrix(2, 4, 4), noise(4, 5), matrix(8, 1, 6), [0.1], matrix(8, 3, 7), [0, 0.1, 0.2]];
    const build = (library: typeof tf | undefined): tf.LayersModel => {
      const l = (library?.layers ?? layers) as typeof tf.layers;
      const make = (library?.input ?? input) as typeof tf.input;
      const [a, b] = [make({ shape: [3], name: "a" }), make({ shape: [2], name: "b" })];
      const hidden = l
        .concatenate()
        .apply([
          l.dense({ units: 4, activation: "tanh" }).apply(a) as tf.SymbolicTensor,
          l.dense({ units: 4, activation: "sigmoid" }).apply(b) as tf.SymbolicTensor,
        ]) as tf.SymbolicTensor;
      const outputs = [
        l.dense({ units: 1, name: "value" }).apply(hidden),
        l.dense({ units: 3, activation: "softmax", name: "kind" }).apply(hidden),
      ] as tf.SymbolicTensor[];
      const made = ((library?.model ?? functional) as typeof tf.model)({ inputs: [a, b], outputs });
      made.setWeights(start.map((values) => ((library?.tensor ?? tensor) as typeof tf.tensor)(values as number[])));
      return made;
    };
    const [x1, x2, y1, y2] = [
      matrix(11, 3, 11),
      matrix(11, 2, 12),
      matrix(11, 1, 13),
      Array.from({ length: 11 }, (_, i) => [0, 1, 2].map((k) => Number(k === (i * 7) % 3))),
    ];
    const compileArgs = {
      loss: { value: "meanSquaredError", kind: "categoricalCrossentropy" },
      lossWeights: { value: 0.5, kind: 2 },
      metrics: { value: ["mse"], kind: ["accuracy"] },
    };
    const options = { epochs: 3, batchSize: 4, shuffle: false, verbose: 0 } as const;
    const [theirs, ours] = [build(tf), build(undefined) as unknown as Model];
    // TensorFlow.js has no weights of losses in its types' names, but takes none: the sum of both is what it minimises.
    theirs.compile({ optimizer: tf.train.sgd(0.2), loss: compileArgs.loss, metrics: compileArgs.metrics as never });
    ours.compile({ ...compileArgs, lossWeights: [1, 1], optimizer: train.sgd(0.2) });
    const expected = (await theirs.fit({ a: tf.tensor2d(x1), b: tf.tensor2d(x2) }, { value: tf.tensor2d(y1), kind: tf.tensor2d(y2) }, options)).history;
    const { history } = await ours.fit({ b: x2, a: x1 }, { kind: y2, value: y1 }, options);
    expect(ours.metricsNames).toEqual(["loss", "value_loss", "kind_loss", "value_mse", "kind_acc"]);
    expect(Object.keys(history)).toEqual(ours.metricsNames);
    for (const name of ["loss", "value_loss", "kind_loss", "value_mse", "kind_acc"]) close(history[name] as number[], expected[name] as number[]);
    const [value, kind] = ours.predict<Tensor[]>([x1, x2]) as [Tensor, Tensor];
    const theirOutputs = theirs.predict([tf.tensor2d(x1), tf.tensor2d(x2)]) as tf.Tensor[];
    close(
      [...numbersOf(value), ...numbersOf(kind)],
      theirOutputs.flatMap((x) => [...x.dataSync()]),
    );

    // With weights the total is the weighted sum, while each output's loss is reported as it is.
    ours.compile({ ...compileArgs, optimizer: train.sgd(0.2) });
    const [total, first, second] = (ours.evaluate([x1, x2], [y1, y2]) as Tensor[]).map((x) => x.item()) as [number, number, number];
    expect(total).toBeCloseTo(0.5 * first + 2 * second, 5);
  });

  test("class and sample weights where it agrees", async () => {
    const labels = [0, 1, 1, 0, 1, 1, 0, 0];
    const start = matrix(3, 2, 21);
    const oneHot = labels.map((label) => [1 - label, label]);
    const theirs = tf.sequential({ layers: [tf.layers.dense({ units: 2, activation: "softmax", inputShape: [3] })] });
    theirs.setWeights([tf.tensor2d(start), tf.tensor1d([0, 0])]);
    theirs.compile({ optimizer: tf.train.sgd(0.5), loss: "categoricalCrossentropy" });
    const ours = sequential({ layers: [layers.dense({ units: 2, activation: "softmax", inputShape: [3] })] });
    ours.setWeights([tensor(start), tensor([0, 0])]);
    ours.compile({ optimizer: train.sgd(0.5), loss: "categoricalCrossentropy" });
    const options = { epochs: 2, batchSize: 4, shuffle: false, verbose: 0, classWeight: { 0: 3, 1: 0.5 } } as const;
    const expected = await theirs.fit(tf.tensor2d(xs.slice(0, 8)), tf.tensor2d(oneHot), options);
    const { history } = await ours.fit(xs.slice(0, 8), oneHot, options);
    close(history.loss as number[], expected.history.loss as number[]);
    close(
      weightsOf(ours),
      theirs.getWeights().flatMap((w) => [...w.dataSync()]),
    );
  });
});

describe("weights that are frozen", () => {
  test("trainable counts when a step is traced: toggled after compile, frozen weights stay and others go on", async () => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] }), layers.dense({ units: 1 })] });
    model.compile({ optimizer: "adam", loss: "mse" });
    const changed = async (): Promise<boolean[]> => {
      const before = model.getWeights().map(numbersOf);
      await model.fit(xs, column, { shuffle: false, verbose: 0, epochs: 2, batchSize: 10 });
      return model.getWeights().map((w, i) => String(numbersOf(w)) !== String(before[i]));
    };
    const [first] = model.layers as [Layer];
    expect(await changed()).toEqual([true, true, true, true]);
    first.trainable = false;
    expect(await changed()).toEqual([false, false, true, true]);
    first.trainable = true;
    expect(await changed()).toEqual([true, true, true, true]);
    // A callback may freeze layers for the epochs that follow.
    const kept: string[] = [];
    const onEpochEnd = (): void => {
      kept.push(String(numbersOf(model.getWeights()[0] as Tensor)));
      first.trainable = false;
    };
    await model.fit(xs, column, { shuffle: false, verbose: 0, epochs: 3, callbacks: { onEpochEnd } });
    expect(new Set(kept).size).toBe(1);
  });
});
