/** @file takeAlongAxis: elements along an axis by indices. */
import { error } from "../tensor/errors.js";
import { broadcastShapes, resolveAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { checkIndices, indicesOf } from "./indices.js";
import { swapLast, takeLast } from "./lastAxis.js";
import { broadcastTo } from "./movement.js";

/**
 * Elements of x along an axis, by indices of their own at every place: y[..., j, ...] = x[..., indices[..., j, ...], ...], as
 * numpy's take_along_axis. The other axes of x and indices are equal or broadcast. The gradient sums, in order, over elements that are
 * taken more than once.
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
  const index = indicesOf("takeAlongAxis", "indices", indices);
  const along = resolveAxis("takeAlongAxis", axis, input.shape);
  if (index.rank !== input.rank) throw error("takeAlongAxis", `indices must have x's rank ${input.rank}`, `shape [${index.shape}]`);
  const others = broadcastShapes("takeAlongAxis", input.shape.with(along, 1), index.shape.with(along, 1));
  const prepare = (part: Tensor): Tensor => swapLast(broadcastTo(part, others.with(along, part.shape[along] as number)), along);
  const places = prepare(index);
  const y = takeLast(prepare(input), places);
  checkIndices("takeAlongAxis", places, input.shape[along] as number);
  return swapLast(y, along);
}
