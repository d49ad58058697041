/** @file Running sums and products along an axis. */
import type { Apply } from "../engine/op.js";
import { resolveAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { cumprodOp, cumsumOp, type Scan } from "./scanOps.js";

function scanOf(name: string, op: Apply<Scan>, x: TensorLike, axis: number, exclusive: boolean, reverse: boolean): Tensor {
  const input = toTensor(name, "x", x);
  return op([castTo(input, input.dtype === "float32" ? "float32" : "int32")], { axis: resolveAxis(name, axis, input.shape), exclusive, reverse });
}

/**
 * Running sums along an axis: y_r = x_0 + ... + x_r.
 * @param exclusive leaves out x_r itself
 * @param reverse sums from the end
 * @returns float32, or int32 for int32 and bool
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { cumsum } from "engram";
 * assert.deepEqual(cumsum([1, 2, 3]).arraySync(), [1, 3, 6]);
 * assert.deepEqual(cumsum([1, 2, 3], 0, true, true).arraySync(), [5, 3, 0]);
 * ```
 */
export function cumsum(x: TensorLike, axis = 0, exclusive = false, reverse = false): Tensor {
  return scanOf("cumsum", cumsumOp, x, axis, exclusive, reverse);
}

/**
 * Running products along an axis: y_r = x_0 * ... * x_r. The gradient is right where elements are 0.
 * @param exclusive leaves out x_r itself
 * @param reverse multiplies from the end
 * @returns float32, or int32 for int32 and bool
 * @throws when the axis does not exist
 */
export function cumprod(x: TensorLike, axis = 0, exclusive = false, reverse = false): Tensor {
  return scanOf("cumprod", cumprodOp, x, axis, exclusive, reverse);
}
