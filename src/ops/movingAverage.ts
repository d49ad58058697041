/** @file Moving averages with exponentially falling weights. */
import { error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { pow } from "./arithmetic.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add, div, mul, sub } from "./elementwise.js";
import { movedTowards } from "./pairSlope.js";

/**
 * v + (x - v)(1 - decay), and with `zeroDebias` the second term / (1 - decay^step), for a v that began at 0. v and x broadcast.
 * @param step number of this update, from 1; needed with zeroDebias
 * @throws when zeroDebias is true and step is not given
 * @example
 * ```ts
 * import { movingAverage, scalar } from "engram";
 * assert.equal(movingAverage(scalar(1), scalar(3), 0.5, undefined, false).item(), 2);
 * ```
 */
export function movingAverage(v: TensorLike, x: TensorLike, decay: TensorLike, step?: TensorLike, zeroDebias = true): Tensor {
  if (zeroDebias && step === undefined) throw error("movingAverage", "step must be given with zeroDebias", "undefined");
  const from = toTensor("movingAverage", "v", v);
  const to = toTensor("movingAverage", "x", x);
  // By plain numbers in one pass.
  if (typeof decay === "number" && (!zeroDebias || typeof step === "number") && from.dtype === "float32" && to.dtype === "float32") {
    if (sameShape(from.shape, to.shape)) return movedTowards((1 - decay) / (zeroDebias ? 1 - decay ** (step as number) : 1), from, to);
  }
  const change = mul(sub(to, from), sub(1, decay));
  return add(from, zeroDebias ? div(change, sub(1, pow(decay, step as TensorLike))) : change);
}
