/** @file Arguments of the wrong kind, as programs without types give them. */
import { expect, test } from "vitest";
import {
  callbacks,
  celu,
  compile,
  constraints,
  data,
  elu,
  type FitArgs,
  fill,
  model as functional,
  initializers,
  input,
  layers,
  leakyRelu,
  losses,
  type ModelCompileArgs,
  metrics,
  regularizers,
  sequential,
  serialization,
  setSeed,
  step,
  swish,
  type Tensor,
  tensor,
  tidy,
  train,
  variable,
  zeros,
} from "../src/index.js";

test("what is no tensor, shape, function or number is named in the error", async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: "sgd", loss: "mse" });
  const wrong = undefined as unknown as Tensor;
  expect(() => model.predict(wrong)).toThrow("predict: x must be a tensor or values. Got undefined.");
  await expect(model.fit([[1]], wrong)).rejects.toThrow("fit: y must be a tensor or values. Got undefined.");
  expect(() => variable(3 as unknown as Tensor)).toThrow("variable: initial must be a tensor. Got 3.");
  expect(() => variable(tensor([1])).assign(3 as unknown as Tensor)).toThrow("assign: value must be a tensor. Got 3.");
  expect(() => zeros(3 as unknown as number[])).toThrow("fill: shape must be whole numbers >= 0. Got shape=3.");
  expect(() => compile(wrong as never)).toThrow("compile: expected a function. Got undefined.");
  expect(() => serialization.registerClass(wrong as never)).toThrow("registerClass: expected a class with a static className. Got undefined.");
  expect(() => tidy("step", wrong as never)).toThrow("step: expected a function. Got undefined.");
  expect(() => train.sgd("a" as unknown as number)).toThrow('SGD: learningRate must be >= 0. Got "a".');
  expect(() => train.momentum(0.1, Number.NaN)).toThrow("Momentum: momentum must be >= 0. Got NaN.");
  expect(() => layers.dense(undefined as never)).toThrow("units must be a whole number >= 1. Got units=undefined.");
  expect(() => initializers.varianceScaling({ mode: "foo" as "fanIn" }).apply([2, 2])).toThrow("varianceScaling: scale must be > 0 and mode fanIn");
  // TensorFlow.js takes a number for a shape of one axis.
  expect(layers.dense({ units: 1, inputShape: 3 as unknown as number[] }).batchInputShape).toEqual([null, 3]);
});

test("what is no function, no object or no option is told by name", async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  const three = 3 as never;
  expect(() => train.sgd(0.1).minimize(three)).toThrow("minimize: expected a function. Got 3.");
  expect(() => data.array([1]).map(three)).toThrow("map: expected a function. Got 3.");
  expect(() => data.array([1]).filter(three)).toThrow("filter: expected a function. Got 3.");
  expect(() => model.compile(undefined as never)).toThrow("compile: expected an object of options. Got undefined.");
  expect(() => model.compile(three)).toThrow("compile: expected an object of options. Got 3.");
  expect(() => model.compile({ optimiser: "sgd" } as ModelCompileArgs)).toThrow(/compile: options must be among optimizer, loss, .*\. Got optimiser\./);
  model.compile({ optimizer: "sgd", loss: "mse" });
  await expect(model.fit([[1]], [[1]], { epoch: 7 } as FitArgs)).rejects.toThrow(/fit: options must be among epochs, .*\. Got epoch\./);
  await expect(model.fitDataset(data.array([]), { batchSize: 7 } as FitArgs)).rejects.toThrow(/fitDataset: options must be among .*\. Got batchSize\./);
});

test("samples that are none, or of different numbers, are refused by name", async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: "sgd", loss: "mse" });
  const [none, two] = [zeros([0, 1]), zeros([2, 1])];
  const got = "all arrays must have the same number of samples, above 0. Got x of shape";
  await expect(model.fit(none, none)).rejects.toThrow(`fit: ${got} [0,1], y of shape [0,1].`);
  await expect(model.fit(two, two, { validationData: [none, none] })).rejects.toThrow(`fit: ${got} [0,1]`);
  await expect(model.fit(two, zeros([3, 1]))).rejects.toThrow(`fit: ${got} [2,1], y of shape [3,1].`);
  await expect(model.trainOnBatch(none, none)).rejects.toThrow(`trainOnBatch: ${got} [0,1]`);
  expect(() => model.evaluate(none, none)).toThrow(`evaluate: ${got} [0,1]`);
  expect(model.predict(none).shape).toEqual([0, 1]);
  const [a, b] = [input({ shape: [2] }), input({ shape: [1] })];
  const both = functional({ inputs: [a, b], outputs: layers.concatenate().apply([a, b]) });
  for (const batchSize of [1, 32])
    expect(() => both.predict([zeros([3, 2]), two], { batchSize })).toThrow(
      "predict: all arrays must have the same number of samples. Got x of shape [3,2] [2,1].",
    );
});

test("weights of classes go by the targets' own numbers, and what is no class is refused", async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "zeros" })] });
  model.compile({ optimizer: train.sgd(0), loss: "mse" });
  const weighted = async (labels: number[], classWeight: unknown): Promise<number | undefined> =>
    (await model.fit(zeros([2, 1]), labels, { verbose: 0, classWeight } as FitArgs)).history.loss?.[0];
  expect(await weighted([-1, 1], { "-1": 3, 1: 1 })).toBe(2);
  expect(await weighted([0, 1], { 4e9: 2 })).toBe(0.5);
  expect(await weighted([0, 1e9], { 0: 2 })).toBeCloseTo(5e17, -12);
  const needs = "fit: classWeight needs targets that are class numbers or one-hot. Got a target of";
  await expect(weighted([-1, 1], { 0: 1, 1: 2 })).rejects.toThrow(`${needs} -1. HINT: give it a weight, or use sampleWeight.`);
  await expect(weighted([0.5, 1], { 1: 2 })).rejects.toThrow(`${needs} 0.5.`);
  for (const wrong of [3, "balanced", { cat: 1 }, { 0: Number.NaN }])
    await expect(weighted([0, 1], wrong)).rejects.toThrow("fit: classWeight must be numbers by class, { 0: 1, 1: 5 }. Got");
});

test("TensorFlow.js's losses may be metrics", () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" })] });
  model.compile({ optimizer: "sgd", loss: losses.meanSquaredError, metrics: [losses.absoluteDifference, losses.meanSquaredError] });
  expect([model.evaluate([1, 2], [3, 1])].flat().map((value) => value.item())).toEqual([2.5, 1.5, 2.5]);
});

test("misspelt options are told, of whatever takes some", async () => {
  const dense = layers.dense({ units: 1, inputShape: [1] });
  const fitted = sequential({ layers: [dense] });
  fitted.compile({ optimizer: "sgd", loss: "mse" });
  const x = zeros([2, 1]);
  const wrong: [make: (options: never) => unknown, options: unknown, message: string][] = [
    [layers.dense, { units: 1, activaton: "relu" }, "useBias. Got activaton."],
    [layers.dropout, { rate: 0.5, noise_shape: [1] }, "noiseShape. Got noise_shape."],
    [layers.flatten, { shape: [1] }, "flatten: options must be among inputShape, "],
    [sequential, [dense], "sequential: options must be among layers, name, trainable. Got 0."],
    [functional, { input: dense }, "model: options must be among inputs, outputs, name, trainable. Got input."],
    [functional, undefined, "model: expected an object of options. Got undefined."],
    [input, { inputShape: [1] }, "input: options must be among shape, batchShape, name, dtype. Got inputShape."],
    [initializers.randomNormal, { std: 1 }, "randomNormal: options must be among mean, stddev, seed. Got std."],
    [initializers.glorotUniform, null, "glorotUniform: expected an object of options. Got null."],
    [constraints.maxNorm, { max: 1 }, "maxNorm: options must be among maxValue, axis. Got max."],
    [regularizers.l2, { lambda: 0.1 }, "l2: options must be among l2. Got lambda."],
    [(options) => callbacks.csvLogger("log.csv", options), { seperator: ";" }, "csvLogger: options must be among separator, append. Got seperator."],
    [(options) => callbacks.learningRateScheduler(() => 0.1, options), { loud: 1 }, "learningRateScheduler: options must be among verbose. Got loud."],
    [callbacks.learningRateScheduler, 0.1, "learningRateScheduler: expected a function. Got 0.1."],
    [callbacks.csvLogger, undefined, "csvLogger: target must be a path or a function. Got undefined."],
    [callbacks.earlyStopping, { patiance: 3 }, "earlyStopping: options must be among monitor, "],
    [callbacks.reduceLROnPlateau, { patiance: 3 }, "cooldown, minLr. Got patiance."],
    [callbacks.modelCheckpoint, { file: "x" }, "modelCheckpoint: options must be among monitor, "],
    [callbacks.backupAndRestore, { path: "file://x", savefreq: 1 }, "backupAndRestore: options must be among path, "],
    [callbacks.earlyStopping, null, "earlyStopping: expected an object of options. Got null."],
    [callbacks.reduceLROnPlateau, null, "reduceLROnPlateau: expected an object of options. Got null."],
    [callbacks.modelCheckpoint, undefined, "modelCheckpoint: expected an object of options. Got undefined."],
    [callbacks.backupAndRestore, undefined, "backupAndRestore: expected an object of options. Got undefined."],
    [(options) => fitted.predict(x, options), { batchsize: 3 }, "predict: options must be among batchSize, verbose. Got batchsize."],
    [(options) => fitted.evaluate(x, x, options), { steps: 3 }, "evaluate: options must be among batchSize, sampleWeight, verbose. Got steps."],
  ];
  for (const [make, options, message] of wrong) expect(() => make(options as never), message).toThrow(message);
  expect(layers.leakyReLU({ negativeSlope: 0.1 }).getConfig()).toMatchObject({ alpha: 0.1 });
  await expect(fitted.fit(x, x, { validationData: { x } as never })).rejects.toThrow("fit: validationData must be [x, y] or a dataset. Got a Object.");
  await expect(data.table([[1, 2]], { label: 1 } as never)).rejects.toThrow("data.table: options must be among target, features, missing. Got label.");
  await expect(data.table(null as never, { target: 0 })).rejects.toThrow("data.table: expected rows. Got null.");
});

test("what an argument of a layer or an op must be is told where nothing, or something else, is given", () => {
  const none = undefined as never;
  const x = zeros([2, 2]);
  const wrong: [() => unknown, string][] = [
    [() => layers.reshape({} as never), "targetShape must be whole numbers, with one -1 at most. Got targetShape=undefined."],
    [() => layers.permute({} as never), "dims must be the numbers from 1 on in some order. Got dims=undefined."],
    [() => layers.einsumDense({} as never), 'equation must be like "abc,cd->abd". Got equation=undefined.'],
    [() => sequential({ layers: [layers.dense({ units: 1, inputShape: [Number.NaN] })] }), "must be known. Got shape [NaN,1]."],
    [() => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }).setWeights(none), "setWeights expected shapes [1,1] [1]. Got none."],
    [() => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }).loadWeights(none), "loadWeights expected tensors for "],
    [() => x.sum({ axis: 1 } as never), "sum: axis must be in [-2, 2). Got axis=a Object for x of shape [2,2]."],
    [() => x.reshape(4 as never), "reshape: shape must be whole numbers >= 0. Got shape=4."],
    [() => x.reshape(none), "reshape: shape must be whole numbers >= 0. Got shape=undefined."],
    [() => x.transpose(1 as never), "transpose: perm must name each axis once. Got perm=[1] for x of shape [2,2]."],
    [() => x.tile(none), "tile: reps must be one whole number >= 0 for each axis. Got reps=[undefined]"],
    [() => x.pad(none), "pad: paddings must be [before, after], whole numbers >= 0, for each axis. Got undefined"],
    [() => x.slice({} as never), "slice: begin and begin + size must be inside x."],
    [() => x.split(none), "split: numOrSizeSplits must divide the axis's 2 elements"],
  ];
  for (const [run, message] of wrong) expect(run, message).toThrow(message);
  // One variable is a list of one.
  const w = variable(tensor([2]));
  train.sgd(0.25).minimize(() => w.square().sum(), false, w as never);
  expect(w.arraySync()).toEqual([1]);
});

test("numbers that are none are refused", () => {
  const text = "a" as unknown as number;
  expect(() => fill([2], text)).toThrow('fill: value must be a number. Got "a".');
  expect(() => initializers.constant({ value: text }).apply([2])).toThrow('fill: value must be a number. Got "a".');
  expect(() => setSeed(text)).toThrow('setSeed: seed must be a whole number. Got "a".');
  const one = tensor([1]);
  for (const [name, op] of Object.entries({ leakyRelu, elu, celu, swish, step }))
    expect(() => op(one, one as never), name).toThrow(/: what follows x must be numbers\. Got a tensor/);
  const accuracy = metrics.topKCategoricalAccuracy({ k: -1 });
  expect(() => accuracy.updateState(tensor([[1, 0]]), tensor([[1, 0]]))).toThrow("k must be > 0. Got k=-1.");
});
