/** @file Arguments of the wrong kind, as programs without types give them. */
import { expect, test } from "vitest";
import {
  data,
  type FitArgs,
  fill,
  initializers,
  layers,
  type ModelCompileArgs,
  metrics,
  sequential,
  setSeed,
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
  expect(() => tidy("step", wrong as never)).toThrow("step: expected a function. Got undefined.");
  expect(() => train.sgd("a" as unknown as number)).toThrow('SGD: learningRate must be >= 0. Got "a".');
  expect(() => train.momentum(0.1, Number.NaN)).toThrow("Momentum: momentum must be >= 0. Got NaN.");
  expect(() => layers.dense(undefined as never)).toThrow("units must be a whole number > 0. Got units=undefined.");
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

test("numbers that are none are refused", () => {
  const text = "a" as unknown as number;
  expect(() => fill([2], text)).toThrow('fill: value must be a number. Got "a".');
  expect(() => initializers.constant({ value: text }).apply([2])).toThrow('fill: value must be a number. Got "a".');
  expect(() => setSeed(text)).toThrow('setSeed: seed must be a whole number. Got "a".');
  const accuracy = metrics.topKCategoricalAccuracy({ k: -1 });
  expect(() => accuracy.updateState(tensor([[1, 0]]), tensor([[1, 0]]))).toThrow("k must be > 0. Got k=-1.");
});
