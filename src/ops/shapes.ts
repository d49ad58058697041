/** @file Ops about shapes themselves: ensureShape, broadcastArgs, meshgrid. */
import { checkOneOf, error } from "../tensor/errors.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { ofRank, type TensorLike, toTensor } from "./convert.js";
import { known } from "./indices.js";
import { broadcastTo, reshape } from "./movement.js";

/**
 * x itself, once its shape has been checked.
 * @param shape sizes; null for any
 * @throws when x's shape is another one
 */
export function ensureShape(x: TensorLike, shape: readonly (number | null)[]): Tensor {
  const input = toTensor("ensureShape", "x", x);
  if (input.rank !== shape.length || shape.some((size, i) => size !== null && size !== input.shape[i]))
    throw error("ensureShape", `x must be of shape [${shape.map((size) => size ?? "any")}]`, `shape [${input.shape}]`);
  return input;
}

/**
 * The shape that two shapes broadcast to, as an int32 tensor. Not inside `compile`, where values are not known.
 * @param s0 a shape, as values or as an int32 tensor
 * @param s1 another one
 * @throws when they do not broadcast
 * @example
 * ```ts
 * import { broadcastArgs } from "engram";
 * assert.deepEqual(broadcastArgs([3, 1], [1, 4]).arraySync(), [3, 4]);
 * ```
 */
export function broadcastArgs(s0: TensorLike, s1: TensorLike): Tensor {
  const [a, b] = [s0, s1].map((s, i) => {
    const input = ofRank("broadcastArgs", `s${i}`, toTensor("broadcastArgs", `s${i}`, s, "int32"), 1);
    return Array.from(known("broadcastArgs", input), Number);
  }) as [number[], number[]];
  return toTensor("broadcastArgs", "shape", Int32Array.from(broadcastShapes("broadcastArgs", a, b)));
}

/**
 * The coordinates of a grid: for indexing "xy" two tensors of [size of y, size of x], X[i,j] = x[j] and Y[i,j] = y[i]; for "ij" of
 * [size of x, size of y], X[i,j] = x[i] and Y[i,j] = y[j]. Without y only x, without both nothing.
 * @throws when indexing is another
 * @example
 * ```ts
 * import { meshgrid } from "engram";
 * const [x, y] = meshgrid([1, 2, 3], [4, 5]);
 * assert.deepEqual(x.arraySync(), [[1, 2, 3], [1, 2, 3]]);
 * assert.deepEqual(y.arraySync(), [[4, 4, 4], [5, 5, 5]]);
 * ```
 */
export function meshgrid(x?: TensorLike, y?: TensorLike, { indexing = "xy" }: { indexing?: "xy" | "ij" } = {}): Tensor[] {
  checkOneOf("meshgrid", "indexing", indexing, ["xy", "ij"]);
  if (x === undefined) return [];
  const a = toTensor("meshgrid", "x", x);
  if (y === undefined) return [a];
  const b = toTensor("meshgrid", "y", y);
  const row = (t: Tensor): Tensor => reshape(t, [1, t.size]);
  const column = (t: Tensor): Tensor => reshape(t, [t.size, 1]);
  if (indexing === "xy") return [broadcastTo(row(a), [b.size, a.size]), broadcastTo(column(b), [b.size, a.size])];
  return [broadcastTo(column(a), [a.size, b.size]), broadcastTo(row(b), [a.size, b.size])];
}
