/** @file What the op table does not show of ops that move runs of elements: errors, names of fixed rank, methods, aliases. */
import { describe, expect, test } from "vitest";
import {
  batchToSpaceND,
  broadcastArgs,
  compile,
  concat,
  concat1d,
  concat2d,
  concat3d,
  concat4d,
  depthToSpace,
  ensureShape,
  expandDims,
  meshgrid,
  mirrorPad,
  pad,
  pad1d,
  pad2d,
  pad3d,
  pad4d,
  repeat,
  reverse,
  reverse1d,
  reverse2d,
  reverse3d,
  reverse4d,
  roll,
  slice,
  slice1d,
  slice2d,
  slice3d,
  slice4d,
  spaceToBatchND,
  spaceToDepth,
  split,
  squeeze,
  stack,
  stridedSlice,
  type Tensor,
  tensor,
  tile,
  tril,
  unstack,
} from "../src/index.js";

const counting = (shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    shape,
  );

describe("names of a fixed rank are their general op", () => {
  const ranks = [1, 2, 3, 4] as const;
  const shapeOf = (rank: number): number[] => [2, 3, 4, 5].slice(0, rank);

  test("slice1d to slice4d", () => {
    const ops = [(x: Tensor) => slice1d(x, 1, 1), ...[slice2d, slice3d, slice4d].map((op) => (x: Tensor) => op(x, [1, 1], [1, 2]))];
    for (const rank of ranks) {
      const x = counting(shapeOf(rank));
      expect(ops[rank - 1]?.(x).arraySync()).toEqual(slice(x, [1, 1].slice(0, rank), [1, 2].slice(0, rank)).arraySync());
    }
  });

  test("pad1d to pad4d", () => {
    for (const rank of ranks) {
      const x = counting(shapeOf(rank));
      const paddings = x.shape.map((_, i): [number, number] => [i, 1]);
      const got = rank === 1 ? pad1d(x, [0, 1], 7) : [pad2d, pad3d, pad4d][rank - 2]?.(x, paddings, 7);
      expect(got?.arraySync()).toEqual(pad(x, paddings, 7).arraySync());
    }
  });

  test("reverse1d to reverse4d", () => {
    for (const rank of ranks) {
      const x = counting(shapeOf(rank));
      const got = rank === 1 ? reverse1d(x) : [reverse2d, reverse3d, reverse4d][rank - 2]?.(x, [0, -1]);
      expect(got?.arraySync()).toEqual(reverse(x, rank === 1 ? 0 : [0, -1]).arraySync());
    }
  });

  test("concat1d to concat4d", () => {
    for (const rank of ranks) {
      const x = counting(shapeOf(rank));
      const got = rank === 1 ? concat1d([x, x]) : [concat2d, concat3d, concat4d][rank - 2]?.([x, x], 1);
      expect(got?.arraySync()).toEqual(concat([x, x], rank === 1 ? 0 : 1).arraySync());
    }
    // concat1d has no axis: map gives a number.
    const lists = [
      [[1], [2]],
      [[3], [4]],
    ];
    expect(lists.map(concat1d).map((x) => x.arraySync())).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("refuse other ranks", () => {
    const x = counting([2, 3]);
    for (const call of [() => slice3d(x, 0, 1), () => pad1d(x, [1, 1]), () => reverse4d(x), () => concat1d([x])])
      expect(call).toThrow(/must be of rank \d\. Got shape \[2,3\]/);
  });
});

test("methods", () => {
  const x = counting([2, 3]);
  expect(x.concat(x, 1).shape).toEqual([2, 6]);
  expect(x.concat([x, x]).shape).toEqual([6, 3]);
  expect(x.stack(x, 2).shape).toEqual([2, 3, 2]);
  expect(x.stack([x, x]).shape).toEqual([3, 2, 3]);
  expect(x.stridedSlice([0, 0], [0, 0], [1, 1], 0, 2, 1, 0, 2).arraySync()).toEqual([0, 3]);
  expect(x.unstack(1).map((column) => column.arraySync())).toEqual([
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
});

test("a list of one is copied, and one of a lower type takes the higher", () => {
  expect(concat([counting([3])]).arraySync()).toEqual([0, 1, 2]);
  expect(concat([tensor([true]), tensor([2], [1], "int32")]).dtype).toBe("int32");
});

test("arguments that are values", () => {
  expect(concat([[1, 2], new Float32Array([3])]).arraySync()).toEqual([1, 2, 3]);
  expect(broadcastArgs([2, 1, 1], [4, 1]).arraySync()).toEqual([2, 4, 1]);
  expect(broadcastArgs([0], [1]).dtype).toBe("int32");
  expect(meshgrid()).toEqual([]);
  expect(meshgrid([1, 2]).map((x) => x.arraySync())).toEqual([[1, 2]]);
});

test("ensureShape gives x itself", () => {
  const x = counting([2, 3]);
  expect(ensureShape(x, [null, 3])).toBe(x);
  expect(() => ensureShape(x, [2])).toThrow("ensureShape: x must be of shape [2]. Got shape [2,3]");
  expect(() => ensureShape(x, [null, 2])).toThrow("any,2");
});

test("arguments that do not fit are refused", () => {
  const x = counting([2, 3]);
  const wrong: (() => unknown)[] = [
    () => expandDims(x, 3),
    () => squeeze(x, [1]),
    () => squeeze(x, 2),
    () => concat([]),
    () => concat([x, counting([2])]),
    () => concat([x, counting([3, 3])], 1),
    () => concat([x, x], 2),
    () => stack([x, counting([3, 2])]),
    () => stack([x, x], 3),
    () => slice(x, [0, 0, 0]),
    () => slice(x, [-1, 0]),
    () => slice(x, [0, 2], [1, 2]),
    () => slice(x, [0, 0], [1, -2]),
    () => slice(x, [0.5, 0]),
    () => stridedSlice(x, [0], [1], [0]),
    () => stridedSlice(x, [0], [1, 2]),
    () => stridedSlice(x, [0, 0, 0], [1, 1, 1]),
    () => stridedSlice(x, [0, 0], [1, 1], [1, 1], 0, 0, 3),
    () => stridedSlice(x, [2], [3], [1], 0, 0, 0, 0, 1),
    () => reverse(x, [0, 0]),
    () => reverse(x, 2),
    () => unstack(x, 2),
    () => split(x, 2, 1),
    () => split(x, [1, 1], 1),
    () => split(x, [-1, -1], 1),
    () => split(x, [4, -1], 1),
    () => pad(x, [[1, 1]]),
    () =>
      pad(x, [
        [1, 1],
        [-1, 1],
      ]),
    () => pad(tensor([1]).cast("float16"), [[1, 1]], 2),
    () =>
      mirrorPad(
        x,
        [
          [2, 0],
          [0, 0],
        ],
        "reflect",
      ),
    () => mirrorPad(x, [], "reflect"),
    () =>
      mirrorPad(
        x,
        [
          [0, 0],
          [0, 0],
        ],
        "edge" as "reflect",
      ),
    () => tile(x, [1]),
    () => tile(x, [1, -1]),
    () => repeat(x, [1, 2], 1),
    () => repeat(x, -1),
    () => roll(x, [1, 2], 0),
    () => roll(x, 0.5, 0),
    () => roll(x, 1, 2),
    () => spaceToBatchND(x, [2], [[0, 0]]),
    () =>
      batchToSpaceND(
        x,
        [2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    () => batchToSpaceND(x, [3], [[0, 0]]),
    () => batchToSpaceND(counting([2, 1]), [2], [[2, 1]]),
    () => depthToSpace(counting([1, 1, 1, 3]), 2),
    () => depthToSpace(x, 2),
    () => spaceToDepth(counting([1, 2, 3, 1]), 2),
    () => spaceToDepth(counting([1, 2, 2, 1]), 2, "HWC" as "NHWC"),
    () => tril([1, 2]),
    () => tril(x, 0.5),
    () => broadcastArgs([2], [3]),
    () => broadcastArgs(2, [3]),
    () => meshgrid([1], [2], { indexing: "yx" as "xy" }),
    () => compile((s: Tensor) => broadcastArgs(s, s))(tensor([1], [1], "int32")),
  ];
  for (const call of wrong) expect(call, String(call)).toThrow(/^\w+: .+ Got .+/);
});
