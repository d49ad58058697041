/** @file takeAlongAxis: elements along an axis by indices. */
import { engine } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { broadcastShapes, resolveAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { takeAlongOp, withSize } from "./along.js";
import { type TensorLike, toTensor } from "./convert.js";
import { checkIndices } from "./indices.js";
import { broadcastTo } from "./movement.js";

/**
 * Elements of x along an axis, by indices of their own at every place: y[..., j, ...] = x[..., indices[..., j, ...], ...], as
 * numpy's take_along_axis. The other axes of x and indices are equal or broadcast.
 * @param indices int32, of x's rank
 * @throws when an index is outside [0, size of the axis); inside `compile`, where values are not known, such elements are 0
 * @example
 * ```ts
 * import { takeAlongAxis } from "engram";
 * assert.deepEqual(takeAlongAxis([[1, 2, 3], [4, 5, 6]], [[2], [0]], 1).arraySync(), [[3], [4]]);
 * ```
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis = -1): Tensor {
  const input = toTensor("takeAlongAxis", "x", x);
  const index = toTensor("takeAlongAxis", "indices", indices, "int32");
  if (index.dtype !== "int32" || index.rank !== input.rank)
    throw error("takeAlongAxis", `indices must be int32 of x's rank ${input.rank}`, `dtype ${index.dtype}, rank ${index.rank}`);
  if (![1, 4].includes(bytesPerElement(input.dtype))) throw error("takeAlongAxis", "x must have elements of 1 or 4 bytes", `dtype ${input.dtype}`);
  const along = resolveAxis("takeAlongAxis", axis, input.shape);
  const shape = broadcastShapes("takeAlongAxis", withSize(input.shape, along, 1), withSize(index.shape, along, 1));
  const limit = input.shape[along] as number;
  const spread = broadcastTo(index, withSize(shape, along, index.shape[along] as number));
  const y = takeAlongOp([broadcastTo(input, withSize(shape, along, limit)), spread], { axis: along });
  if (engine.tracer === null) checkIndices("takeAlongAxis", spread, limit);
  return y;
}
