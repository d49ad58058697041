/** @file gather, unsortedSegmentSum and oneHot: the ops on indices that chain. */
import { defineOp } from "../engine/op.js";
import type { DataType } from "../tensor/dtype.js";
import { checkCount, error, isCount } from "../tensor/errors.js";
import { resolveAxis, sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { checkIndices, indicesOf, summable } from "./indices.js";
import { reshape } from "./movement.js";
import { FIRST, gatherOp, scatterAddOp } from "./rows.js";

/**
 * Slices of x along an axis: y[..., i, ...] = x[..., indices[i], ...].
 * @param indices int32; any shape, which takes the axis's place
 * @param batchDims number of leading axes that x and indices share: y[b, ..., i, ...] = x[b, ..., indices[b, i], ...]; at most axis
 * @throws when an index is outside [0, size of the axis); inside `compile`, where values are not known, such slices are zeros
 * @example
 * ```ts
 * import { gather } from "engram";
 * assert.deepEqual(gather([[1, 2], [3, 4], [5, 6]], [2, 0]).arraySync(), [[5, 6], [1, 2]]);
 * assert.deepEqual(gather([[1, 2], [3, 4]], [[1], [0]], 1, 1).arraySync(), [[2], [3]]);
 * ```
 */
export function gather(x: TensorLike, indices: TensorLike, axis = 0, batchDims = 0): Tensor {
  const input = toTensor("gather", "x", x);
  const index = indicesOf("gather", "indices", indices);
  const along = resolveAxis("gather", axis, input.shape);
  const shared = batchDims < 0 ? batchDims + index.rank : batchDims;
  const most = Math.min(along, index.rank);
  if (!isCount(shared) || shared > most || !sameShape(input.shape.slice(0, shared), index.shape.slice(0, shared)))
    throw error("gather", `batchDims must be in [0, ${most}] and name equal sizes`, `${batchDims} for x [${input.shape}] and indices [${index.shape}]`);
  const y = gatherOp([input, index], { axis: along, batchDims: shared });
  checkIndices("gather", index, input.shape[along] as number);
  return y;
}

/**
 * Sums of slices by segment: y[s, ...] = sum of x[i, ...] over all i whose segmentIds[i] is s, added in order of i.
 * @param segmentIds int32, of x's leading axes; slices with ids outside [0, numSegments) are left out
 * @returns float32, or int32 for int32 and bool, of shape [numSegments, ...rest of x]
 * @throws when segmentIds does not have the shape of x's leading axes
 * @example
 * ```ts
 * import { unsortedSegmentSum } from "engram";
 * assert.deepEqual(unsortedSegmentSum([1, 2, 3], [1, 0, 1], 2).arraySync(), [2, 4]);
 * ```
 */
export function unsortedSegmentSum(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const input = summable("unsortedSegmentSum", "x", x);
  const ids = indicesOf("unsortedSegmentSum", "segmentIds", segmentIds);
  checkCount("unsortedSegmentSum", "numSegments", numSegments, 0);
  if (ids.rank === 0 || !sameShape(ids.shape, input.shape.slice(0, ids.rank)))
    throw error("unsortedSegmentSum", "segmentIds must have the shape of x's leading axes", `segmentIds [${ids.shape}] for x [${input.shape}]`);
  const rest = input.shape.slice(ids.rank);
  const inner = sizeOf(rest);
  const sums = scatterAddOp([reshape(input, [ids.size, inner]), reshape(ids, [ids.size])], { ...FIRST, shape: [numSegments, inner] });
  return reshape(sums, [numSegments, ...rest]);
}

const word = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(4));

/** A value's 4 bytes. */
function bitsOf(value: number, dtype: DataType): number {
  if (dtype === "int32") return value;
  word.setFloat32(0, value);
  return word.getInt32(0);
}

const oneHotOp = /* @__PURE__ */ defineOp<{ depth: number; on: number; off: number; dtype: DataType }>("oneHot", {
  shape: ([indices], { depth }) => [...indices.shape, depth],
  dtype: (_, { dtype }) => dtype,
  run: (k, [indices], y, { depth, on, off, dtype }) => k.oneHot(indices.size, depth, bitsOf(on, dtype), bitsOf(off, dtype), indices, y),
  grad: () => [null],
});

/**
 * y[..., c] = onValue where c is indices[...], else offValue; a row without onValue for an index outside [0, depth).
 * @param indices int32
 * @throws when depth is not a whole number above 0
 * @example
 * ```ts
 * import { oneHot } from "engram";
 * assert.deepEqual(oneHot([2, 0], 3).arraySync(), [[0, 0, 1], [1, 0, 0]]);
 * ```
 */
export function oneHot(indices: TensorLike, depth: number, onValue = 1, offValue = 0, dtype: DataType = "int32"): Tensor {
  const index = indicesOf("oneHot", "indices", indices);
  checkCount("oneHot", "depth", depth);
  return castTo(oneHotOp([index], { depth, on: onValue, off: offValue, dtype: dtype === "int32" ? dtype : "float32" }), dtype);
}
