/** @file Moving averages with exponentially falling weights. */
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { pow } from "./arithmetic.js";
import type { TensorLike } from "./convert.js";
import { add, div, mul, sub } from "./elementwise.js";

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
  const change = mul(sub(x, v), sub(1, decay));
  if (!zeroDebias) return add(v, change);
  if (step === undefined) throw error("movingAverage", "step must be given with zeroDebias", "undefined");
  return add(v, div(change, sub(1, pow(decay, step))));
}
