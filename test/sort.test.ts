/** @file What the op table cannot say of orders, counts and reductions: unique, errors. */
import { describe, expect, test } from "vitest";
import {
  argMax,
  argSort,
  bincount,
  compile,
  confusionMatrix,
  denseBincount,
  grad,
  inTopK,
  inTopKAsync,
  math,
  norm,
  sort,
  std,
  sum,
  type Tensor,
  takeAlongAxis,
  tensor,
  topk,
  unique,
} from "../src/index.js";
import { argSortLine, randomOf } from "./naive.js";

describe("unique", () => {
  test("keeps the order in which values come, for every dtype", () => {
    const { values, indices } = unique(tensor([4, 1, 4, Number.NaN, -0, 1, Number.NaN, 0]));
    expect(values.arraySync()).toEqual([4, 1, Number.NaN, -0]);
    expect(indices.arraySync()).toEqual([0, 1, 0, 2, 3, 1, 2, 3]);
    expect(indices.dtype).toBe("int32");
    expect(unique(tensor([true, true, false])).values.arraySync()).toEqual([1, 0]);
    expect(unique(tensor([3, 3], [2], "int32")).values.dtype).toBe("int32");
    expect(unique(tensor([], [0])).values.shape).toEqual([0]);
  });

  test("finds slices along any axis", () => {
    const x = tensor([
      [1, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
    ]);
    expect(unique(x, 0).values.arraySync()).toEqual([
      [1, 0, 0],
      [2, 0, 0],
    ]);
    expect(unique(x, 0).indices.arraySync()).toEqual([0, 0, 1]);
    expect(unique(x, -1).values.arraySync()).toEqual([
      [1, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(unique(x, 1).indices.arraySync()).toEqual([0, 1, 1]);
  });

  test("passes gradients to the elements it keeps", () => {
    expect(grad((x: Tensor) => sum(unique(x).values))(tensor([3, 1, 3])).arraySync()).toEqual([1, 1, 0]);
  });

  test("says that it cannot be traced", () => {
    expect(() => compile((x: Tensor) => unique(x).values)(tensor([1, 2]))).toThrow("unique: expected values, which are not known inside compile");
  });
});

test("NaN, infinities and zeros have their places in both directions", () => {
  const x = tensor([Number.NaN, 0, -0, Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY, Number.NaN, -1]);
  expect([...sort(x).dataSync()].map((value) => (Object.is(value, -0) ? "-0" : String(value)))).toEqual("-Infinity -1 -0 0 1 Infinity NaN NaN".split(" "));
  expect([...sort(x, 0, true).dataSync()].map((value) => (Object.is(value, -0) ? "-0" : String(value)))).toEqual(
    "NaN NaN Infinity 1 0 -0 -1 -Infinity".split(" "),
  );
  expect(argSort(x).arraySync()).toEqual([3, 7, 2, 1, 4, 5, 0, 6]);
});

test("long rows are sorted as typed arrays sort them, and argSort is stable", () => {
  const random = randomOf(7);
  const values = Float32Array.from({ length: 100_003 }, () => Math.fround((random() - 0.5) * 10 ** Math.floor(random() * 20 - 10)));
  expect(Buffer.compare(Buffer.from(sort(values).dataSync().buffer), Buffer.from(values.slice().sort().buffer))).toBe(0);
  const few = Array.from({ length: 5000 }, () => Math.floor(random() * 10));
  expect(argSort(few).arraySync()).toEqual(argSortLine(few));
  expect(topk(few, 500).indices.arraySync()).toEqual(argSortLine(few, true).slice(0, 500));
});

test("a column that is sorted, or taken along, agrees with the row", () => {
  const random = randomOf(3);
  const rows = tensor(Float32Array.from({ length: 40 * 60 }, random), [40, 60]);
  const columns = rows.transpose();
  expect(argSort(columns, 0).transpose().arraySync()).toEqual(argSort(rows).arraySync());
  expect(takeAlongAxis(columns, argSort(columns, 0), 0).arraySync()).toEqual(sort(columns, 0).arraySync());
});

test("methods are the functions", () => {
  const x = tensor([
    [3, 1, 2],
    [0, 5, 4],
  ]);
  expect(x.sort(0).arraySync()).toEqual([
    [0, 1, 2],
    [3, 5, 4],
  ]);
  expect(x.topk(1).indices.arraySync()).toEqual([[0], [1]]);
  expect(x.cumsum(1, true, true).arraySync()).toEqual([
    [3, 2, 0],
    [9, 4, 0],
  ]);
  expect(x.norm(1, 1, true).arraySync()).toEqual([[6], [9]]);
  expect(x.variance(1, false, 1).arraySync()).toEqual([1, 7]);
  expect(x.greater(4).any(1).arraySync()).toEqual([0, 1]);
  expect(x.prod().item()).toBe(0);
  expect(x.logSumExp(0).shape).toEqual([3]);
});

test("inTopKAsync and math.confusionMatrix are what TensorFlow.js calls them", async () => {
  const scores = [
    [20, 10, 40, 30],
    [30, 50, -20, 10],
  ];
  expect((await inTopKAsync(scores, [2, 0])).arraySync()).toEqual([1, 0]);
  expect((await inTopKAsync(scores, [3, 0], 2)).arraySync()).toEqual([1, 1]);
  expect(math.confusionMatrix).toBe(confusionMatrix);
});

test("gradients of norm and std are 0 where all elements are equal or 0", () => {
  expect(grad((x: Tensor) => norm(x))(tensor([0, 0, 0])).arraySync()).toEqual([0, 0, 0]);
  expect(grad((x: Tensor) => std(x))(tensor([2, 2, 2])).arraySync()).toEqual([0, 0, 0]);
});

test("a bincount of integers is exact and wraps", () => {
  const weights = tensor([2 ** 31 - 1, 1, 16777217], [3], "int32");
  expect(bincount(tensor([0, 0, 1], [3], "int32"), weights, 2).arraySync()).toEqual([-(2 ** 31), 16777217]);
});

describe("errors name what was given", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const integers = tensor([1, 2], [2], "int32");
  const cases: [string, () => unknown, string][] = [
    ["sort", () => sort(x, 2), "sort: axis must be in [-2, 2). Got axis=2"],
    ["topk", () => topk(x, 3), "topk: k must be in [0, 2]. Got k=3"],
    ["topk of a scalar", () => topk(1), "topk: axis must be in"],
    ["inTopK", () => inTopK(x, [1, 2, 3]), "inTopK: predictions must be [..., classes] and targets [...]. Got shapes [2,2] and [3]"],
    ["inTopK, k", () => inTopK(x, [1, 1], 0), "inTopK: k must be a whole number >= 1"],
    ["norm, ord", () => norm(x, 3), "norm: ord must be 'euclidean', 'fro', 1, Infinity, -Infinity or 2. Got ord=3"],
    ["norm of matrices", () => norm(x, 2, [0, 1]), "norm: ord must be 'euclidean', 'fro', 1, Infinity, -Infinity. Got ord=2"],
    ["norm, axes", () => norm(x, 1, []), "norm: axis must be one axis or two"],
    ["bincount, dtype", () => bincount(x, [], 3), "bincount: x must be int32"],
    ["bincount, weights", () => bincount(integers, [1, 2, 3], 3), "bincount: weights must have x's shape, or no elements. Got weights [3] and x [2]"],
    ["bincount, size", () => bincount(integers, [], -1), "bincount: size must be a whole number >= 0"],
    ["denseBincount", () => denseBincount(integers.reshape([2, 1, 1]), [], 3), "denseBincount: x must be of rank 1 or 2"],
    ["confusionMatrix", () => confusionMatrix([1, 2], [1], 3), "confusionMatrix: labels and predictions must be two vectors of one length"],
    ["confusionMatrix, classes", () => confusionMatrix([1], [1], 0), "confusionMatrix: numClasses must be a whole number >= 1"],
    ["takeAlongAxis", () => takeAlongAxis(x, tensor([[0, 2]], [1, 2], "int32"), 1), "takeAlongAxis: indices must be in [0, 2). Got 2"],
    ["takeAlongAxis, rank", () => takeAlongAxis(x, integers), "takeAlongAxis: indices must have x's rank 2"],
    ["argMax", () => argMax(tensor([], [0, 2])), "argMax: the axis must have elements"],
  ];
  for (const [name, call, text] of cases) {
    test(name, () => {
      expect(call).toThrow(text);
    });
  }
});
