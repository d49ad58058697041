/** @file Operations on the bits of int32. */
import { type Apply, defineOp } from "../engine/op.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { runBinary } from "./broadcast.js";
import type { TensorLike } from "./convert.js";
import { indicesOf } from "./indices.js";

const andOp: Apply = /* @__PURE__ */ defineOp("bitwiseAnd", {
  shape: ([a, b]) => broadcastShapes("bitwiseAnd", a.shape, b.shape),
  run: (k, [a, b], y) => runBinary(k, "andI32", a, b, y),
  grad: null,
  inplace: true,
});

/**
 * The bits that a and b share, elementwise with broadcasting.
 * @param a int32
 * @param b int32
 * @throws when either is of another type, or the shapes do not broadcast
 * @example
 * ```ts
 * import { bitwiseAnd } from "engram";
 * assert.deepEqual(bitwiseAnd([12, -1], [10, 7]).arraySync(), [8, 7]);
 * ```
 */
export const bitwiseAnd = (a: TensorLike, b: TensorLike): Tensor => andOp([indicesOf("bitwiseAnd", "a", a), indicesOf("bitwiseAnd", "b", b)]);
