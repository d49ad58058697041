/** @file Order along an axis: sort, argSort, topk, unique. */
import { defineOp, scratch } from "../engine/op.js";
import { error, isCount } from "../tensor/errors.js";
import { resolveAxis, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { fromArray, type TensorLike, toTensor } from "./convert.js";
import { gather } from "./gather.js";
import { known } from "./indices.js";
import { swapLast, takeLast } from "./lastAxis.js";

interface Order {
  /** How many of a row are wanted. */
  k: number;
  descending: boolean;
  /** Zero to add to elements: -0 keeps -0 less than 0, 0 makes them equal. */
  zero: number;
}

/** Results of a row up to which the kernel needs no scratch. */
const FEW = 32;
/** Bytes of scratch for all groups of rows that may be sorted at the same time, unless one row needs more. */
const SCRATCH = 1 << 22;

/** Indices of the first k elements of rows in order; equals stay in order. */
const argSortOp = /* @__PURE__ */ defineOp<Order>("argSort", {
  shape: ([x], { k }) => [...x.shape.slice(0, -1), k],
  dtype: "int32",
  run: (kernels, [x], y, { k, descending, zero }) => {
    if (y.size === 0) return;
    const columns = x.shape[x.rank - 1] as number;
    const rows = x.size / columns;
    const bytes = 4096 + 16 * columns;
    const groups = Math.max(1, Math.min(16, rows, Math.floor(SCRATCH / bytes)));
    const room = scratch(k > FEW ? groups * bytes : 16);
    kernels.argSort(groups, groups, rows, columns, k, Number(x.dtype === "float32"), zero, descending ? -1 : 0, x, room, y);
  },
  grad: null,
});

/** x with the axis last, and the order of its elements there. */
function ordered(op: string, x: TensorLike, axis: number, order: (size: number) => Order): { x: Tensor; indices: Tensor; axis: number } {
  const input = toTensor(op, "x", x);
  const along = resolveAxis(op, axis, input.shape);
  const rows = swapLast(input, along);
  const keys = castTo(rows, input.dtype === "float32" ? "float32" : "int32");
  return { x: rows, indices: argSortOp([keys], order(rows.shape[rows.rank - 1] as number)), axis: along };
}

/**
 * The elements in order along an axis: -0 before 0, NaN last; descending the reverse.
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { sort } from "engram";
 * assert.deepEqual(sort([3, 1, 2]).arraySync(), [1, 2, 3]);
 * assert.deepEqual(sort([[3, 1], [2, 4]], 0, true).arraySync(), [[3, 4], [2, 1]]);
 * ```
 */
export function sort(x: TensorLike, axis = -1, descending = false): Tensor {
  const order = ordered("sort", x, axis, (k) => ({ k, descending, zero: -0 }));
  return swapLast(takeLast(order.x, order.indices), order.axis);
}

/**
 * Indices that sort along an axis, as `sort` orders: sort(x) is takeAlongAxis(x, argSort(x)). Equal elements stay in order.
 * @returns int32
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { argSort } from "engram";
 * assert.deepEqual(argSort([3, 1, 2, 1]).arraySync(), [1, 3, 2, 0]);
 * ```
 */
export function argSort(x: TensorLike, axis = -1, descending = false): Tensor {
  const order = ordered("argSort", x, axis, (k) => ({ k, descending, zero: -0 }));
  return swapLast(order.indices, order.axis);
}

/**
 * The k largest elements along an axis and their indices, the largest first; of equals the first comes first. NaN counts as the largest.
 * @param _sorted accepted; they are always sorted
 * @throws when the axis does not exist or k is outside [0, its size]
 * @example
 * ```ts
 * import { topk } from "engram";
 * const { values, indices } = topk([[1, 5, 3], [4, 3, 4]], 2);
 * assert.deepEqual(values.arraySync(), [[5, 3], [4, 4]]);
 * assert.deepEqual(indices.arraySync(), [[1, 2], [0, 2]]);
 * ```
 */
export function topk(x: TensorLike, k = 1, _sorted = true, axis = -1): { values: Tensor; indices: Tensor } {
  const order = ordered("topk", x, axis, (size) => {
    if (!isCount(k) || k > size) throw error("topk", `k must be in [0, ${size}]`, `k=${k}`);
    return { k, descending: true, zero: 0 };
  });
  return { values: swapLast(takeLast(order.x, order.indices), order.axis), indices: swapLast(order.indices, order.axis) };
}

/** Number of the first position that holds the same, for each position along the middle axis of [outer, count, inner]. */
function firstOccurrences(values: ArrayLike<number | bigint>, outer: number, count: number, inner: number): { first: number[]; ids: Int32Array<ArrayBuffer> } {
  const seen = new Map<unknown, number>();
  const first: number[] = [];
  const ids = new Int32Array(count);
  for (let j = 0; j < count; j++) {
    let key: unknown = values[j];
    if (outer * inner !== 1) {
      const slice: unknown[] = [];
      for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) slice.push(values[(o * count + j) * inner + i]);
      key = slice.join();
    }
    let id = seen.get(key);
    if (id === undefined) {
      id = first.length;
      seen.set(key, id);
      first.push(j);
    }
    ids[j] = id;
  }
  return { first, ids };
}

/**
 * The different elements of a vector, or slices along an axis, in the order in which they come first; indices says which of them stands
 * at each position. NaN equals NaN. Not inside `compile`, where values are not known.
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { unique } from "engram";
 * const { values, indices } = unique([1, 1, 2, 4, 4, 2]);
 * assert.deepEqual(values.arraySync(), [1, 2, 4]);
 * assert.deepEqual(indices.arraySync(), [0, 0, 1, 2, 2, 1]);
 * ```
 */
export function unique(x: TensorLike, axis = 0): { values: Tensor; indices: Tensor } {
  const input = toTensor("unique", "x", x);
  const along = resolveAxis("unique", axis, input.shape);
  const count = input.shape[along] as number;
  const { first, ids } = firstOccurrences(known("unique", input), sizeOf(input.shape.slice(0, along)), count, sizeOf(input.shape.slice(along + 1)));
  return { values: gather(input, fromArray(Int32Array.from(first), [first.length], "int32"), along), indices: fromArray(ids, [count], "int32") };
}
