/** @file Sequential models whose layers change after they were used. */
import { expect, test } from "vitest";
import { layers, sequential } from "../src/index.js";

const x = [[1], [2]];
const ones = (units: number) => layers.dense({ units, kernelInitializer: "ones", useBias: false });
const linear = () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" })] });

test("predict follows layers that are added and removed", () => {
  const model = linear();
  expect(model.predict(x).arraySync()).toEqual([[1], [2]]);
  model.add(ones(2));
  expect(model.predict(x).arraySync()).toEqual([
    [1, 1],
    [2, 2],
  ]);
  model.pop();
  model.add(ones(3));
  expect(model.predict(x).arraySync()).toEqual([
    [1, 1, 1],
    [2, 2, 2],
  ]);
  model.pop();
  expect(model.predict(x).arraySync()).toEqual([[1], [2]]);
  expect(model.outputShape).toEqual([null, 1]);
});

test("so do evaluate and fit, of layers without weights too", async () => {
  const model = linear();
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const loss = async (): Promise<unknown[]> => {
    const rate = model.optimizer.learningRate;
    model.optimizer.learningRate = 0;
    const { history } = await model.fit(x, [[0], [0]], { verbose: 0 });
    model.optimizer.learningRate = rate;
    return [model.evaluate(x, [[0], [0]]), history.loss?.[0]].map((value) => (typeof value === "object" ? [value].flat()[0]?.item() : value));
  };
  expect(await loss()).toEqual([2.5, 2.5]);
  model.add(layers.rescaling({ scale: 2 }));
  expect(await loss()).toEqual([10, 10]);
  model.pop();
  expect(await loss()).toEqual([2.5, 2.5]);
});

test("one from which all was removed begins anew", () => {
  const model = linear();
  model.pop();
  model.add(layers.dense({ units: 2, kernelInitializer: "ones" }));
  expect(model.predict([[1, 2, 3]]).arraySync()).toEqual([[6, 6]]);
});
