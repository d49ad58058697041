/** @file Ops on indices beyond the op table: results whose size depends on values, errors, indices outside, gradients of written places. */
import { describe, expect, test } from "vitest";
import {
  booleanMask,
  booleanMaskAsync,
  compile,
  embeddingLookup,
  gather,
  gatherND,
  grad,
  grads,
  oneHot,
  scatterND,
  searchSorted,
  setdiff1d,
  setdiff1dAsync,
  sparseToDense,
  sum,
  type Tensor,
  tensor,
  tensorScatterUpdate,
  unsortedSegmentSum,
  whereAsync,
  zeros,
} from "../src/index.js";

const int = (values: number[] | number[][]): Tensor => tensor(values, undefined, "int32");

describe("results whose size depends on values", () => {
  test("whereAsync gives coordinates in row-major order", async () => {
    const found = await whereAsync([
      [
        [true, false],
        [false, true],
      ],
      [
        [false, false],
        [true, true],
      ],
    ]);
    expect([found.dtype, found.shape]).toEqual(["int32", [4, 3]]);
    expect(found.arraySync()).toEqual([
      [0, 0, 0],
      [0, 1, 1],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect((await whereAsync([false, false])).shape).toEqual([0, 1]);
    expect((await whereAsync(true)).shape).toEqual([1, 0]);
    expect((await whereAsync(int([0, 3, -1]))).arraySync()).toEqual([[1], [2]]);
    expect((await whereAsync(zeros([0, 2]))).shape).toEqual([0, 2]);
  });

  test("booleanMask takes slices along one axis or several", async () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(booleanMask(x, [false, true]).arraySync()).toEqual([[4, 5, 6]]);
    expect(booleanMask(x, [true, false, true], 1).arraySync()).toEqual([
      [1, 3],
      [4, 6],
    ]);
    expect(booleanMask(x, [true, false, true], -1).shape).toEqual([2, 2]);
    const mask = [
      [true, false, true],
      [false, false, true],
    ];
    expect(booleanMask(x, mask).arraySync()).toEqual([1, 3, 6]);
    expect((await booleanMaskAsync(x, mask)).arraySync()).toEqual([1, 3, 6]);
    expect(booleanMask(x, [false, false]).shape).toEqual([0, 3]);
    expect(booleanMask(tensor([1, 2], [2], "int32"), [true, false]).dtype).toBe("int32");
  });

  test("booleanMask has a gradient", () => {
    const slope = grad((x: Tensor) => sum(booleanMask(x, [true, false, true]).square()));
    expect(slope(tensor([1, 2, 3])).arraySync()).toEqual([2, 0, 6]);
  });

  test("setdiff1d keeps order and duplicates, and gives positions", async () => {
    const [values, positions] = setdiff1d([5, 1, 5, 2, Number.NaN], [2, Number.NaN]);
    expect([values.arraySync(), positions.arraySync(), positions.dtype]).toEqual([[5, 1, 5], [0, 1, 2], "int32"]);
    const [rest, at] = await setdiff1dAsync(int([1, 2]), int([1, 2]));
    expect([rest.shape, rest.dtype, at.shape]).toEqual([[0], "int32", [0]]);
  });

  test.each([
    ["booleanMask", (x: Tensor) => booleanMask(x, x)],
    ["setdiff1d", (x: Tensor) => setdiff1d(x, x)],
  ])("%s says that it cannot be traced", (name, fn) => {
    expect(() => compile(fn as (x: Tensor) => Tensor)(tensor([1, 0]))).toThrow(`${name}: expected values, which are not known inside compile`);
  });

  test("whereAsync says that it cannot be traced", async () => {
    let promise: Promise<Tensor> | undefined;
    compile((x: Tensor) => {
      promise = whereAsync(x);
      return x.mul(1);
    })(tensor([1, 0]));
    await expect(promise).rejects.toThrow("whereAsync: expected values, which are not known inside compile");
  });
});

describe("indices outside", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const outside: [string, () => unknown, string][] = [
    ["gather", () => gather(x, [0, 2]), "gather: indices must be in [0, 2). Got 2 at position 1."],
    ["embeddingLookup", () => embeddingLookup(x, [[-1]]), "embeddingLookup: indices must be in [0, 2). Got -1 at position 0."],
    // TensorFlow.js takes [0, 2] for [1, 0].
    [
      "gatherND",
      () =>
        gatherND(x, [
          [1, 1],
          [0, 2],
        ]),
      "gatherND: indices must be within [2,2]. Got [0,2] at position 1.",
    ],
    ["scatterND", () => scatterND([[3]], [1], [3]), "scatterND: indices must be within [3]. Got [3] at position 0."],
    ["tensorScatterUpdate", () => tensorScatterUpdate(x, [[-1, 0]], [1]), "tensorScatterUpdate: indices must be within [2,2]. Got [-1,0] at position 0."],
    ["sparseToDense", () => sparseToDense([4], [1], [4]), "sparseToDense: indices must be within [4]. Got [4] at position 0."],
  ];
  test.each(outside)("%s names them", (_, call, message) => {
    expect(call).toThrow(message);
  });

  test("in a plan read zeros and write nothing", () => {
    const wild = int([0, 2, -1, 2 ** 31 - 1, -(2 ** 31)]);
    const run = (fn: (indices: Tensor) => Tensor, indices: Tensor): unknown => compile(fn, { poison: true })(indices).arraySync();
    expect(run((i) => gather(x, i), wild)).toEqual([
      [1, 2],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const pairs = int([
      [0, 1],
      [0, 2],
      [-1, 1],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ]);
    expect(run((i) => gatherND(x, i), pairs)).toEqual([2, 0, 0, 0]);
    expect(run((i) => scatterND(i, [1, 2, 3, 4], [2, 2]), pairs)).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(run((i) => tensorScatterUpdate(x, i, [9, 8, 7, 6]), pairs)).toEqual([
      [1, 9],
      [3, 4],
    ]);
    expect(run((i) => unsortedSegmentSum([1, 2, 3, 4, 5], i, 2), wild)).toEqual([1, 0]);
    expect(run((i) => oneHot(i, 2), int([1, 7, -1]))).toEqual([
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
  });
});

test("sums are made in order of position", () => {
  // In another order the ones would not be lost.
  const values = [1e8, 1, 1, 1, -1e8, 1];
  expect(unsortedSegmentSum(values, int([0, 0, 0, 0, 0, 0]), 1).item()).toBe(1);
  expect(scatterND(int([[0], [0], [0], [0], [0], [0]]), values, [1]).item()).toBe(1);
});

test("only the last update of a place has a gradient", () => {
  const slopes = grads((x: Tensor, updates: Tensor) => sum(tensorScatterUpdate(x, int([[1], [0], [1]]), updates).mul([1, 2, 3])));
  const [dx, updates] = slopes([tensor([1, 1, 1]), tensor([5, 6, 7])]);
  expect([dx?.arraySync(), updates?.arraySync()]).toEqual([
    [0, 0, 3],
    [0, 1, 2],
  ]);
});

test("oneHot of computed classes stops the gradient without an error", () => {
  const slope = grad((x: Tensor) => sum(oneHot(x.toInt(), 3, 1, 0, "float32").mul(x.reshape([2, 1]))));
  expect(slope(tensor([1, 2])).arraySync()).toEqual([1, 1]);
});

test("searchSorted compares int32 with float32, and bools", () => {
  expect(searchSorted(int([1, 2, 3]), [2.5, 5]).arraySync()).toEqual([2, 3]);
  expect(searchSorted([false, true], [true], "right").arraySync()).toEqual([2]);
});

const refused: [string, () => unknown, RegExp][] = [
  ["batch axes of other sizes", () => gather(zeros([2, 3]), int([[0], [0], [0]]), 1, 1), /gather: batchDims must be in \[0, 1\] and name equal sizes/],
  ["more batch axes than axis", () => gather(zeros([2, 3]), int([[0], [0]]), 0, 1), /gather: batchDims must be in \[0, 0\]/],
  ["float indices", () => scatterND(tensor([[0]]), [1], [1]), /scatterND: indices must be int32/],
  ["deep tuples", () => gatherND([1, 2], int([[0, 0]])), /gatherND: indices must be \[\.\.\., depth\] with depth at most x's rank/],
  ["updates that do not fit", () => scatterND(int([[0]]), [1, 2], [3]), /scatterND: updates must have the shape/],
  ["no axes", () => scatterND(int([[0]]), [1], []), /scatterND: updates must have the shape/],
  ["storage types", () => scatterND(int([[0]]), tensor([1]).cast("float16"), [3]), /scatterND: expected float32, int32 or bool/],
  ["updates of another type", () => tensorScatterUpdate([1, 2], int([[0]]), int([1])), /updates must be float32, as the tensor/],
  ["a default of another type", () => sparseToDense(int([0]), [1], [2], int([0]).asScalar()), /sparseToDense: .*defaultValue of sparseValues' dtype/],
  ["ids that do not fit", () => unsortedSegmentSum(zeros([2, 3]), int([0, 1, 1]), 2), /segmentIds must have the shape of x's leading axes/],
  ["a negative number of segments", () => unsortedSegmentSum([1], int([0]), -1), /numSegments must be a whole number/],
  ["no depth", () => oneHot(int([0]), 0), /oneHot: depth must be a whole number >= 1/],
  ["other rows", () => searchSorted(zeros([2, 3]), zeros([3, 3])), /searchSorted: values must have sortedSequence's axes but the last/],
  ["another side", () => searchSorted([1], [1], "middle" as "left"), /side must be one of left, right/],
  ["a scalar mask", () => booleanMask([1], true), /booleanMask: mask must have the shape/],
  ["a mask that does not fit", () => booleanMask([1, 2], [true]), /booleanMask: mask must have the shape/],
  ["other types", () => setdiff1d([1], int([1])), /setdiff1d: x and y must have one axis and the same dtype/],
  ["a table without rows", () => embeddingLookup([1, 2], int([0])), /embeddingLookup: table must have rows/],
];
test.each(refused)("refused: %s", (_, call, message) => {
  expect(call).toThrow(message);
});
