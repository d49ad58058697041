/** @file Mean and variance together. */
import type { Tensor } from "../tensor/tensor.js";
import type { TensorLike } from "./convert.js";
import { reshape } from "./movement.js";
import type { Axis } from "./reduceAxes.js";
import { meanAndVariance } from "./squares.js";

/**
 * Mean and variance over axes; over all of them when none is given.
 * @throws when an axis does not exist or is named twice
 * @example
 * ```ts
 * import { moments } from "engram";
 * const { mean, variance } = moments([[1, 3], [2, 8]], 1);
 * assert.deepEqual(mean.arraySync(), [2, 5]);
 * assert.deepEqual(variance.arraySync(), [1, 9]);
 * ```
 */
export function moments(x: TensorLike, axis: Axis = null, keepDims = false): { mean: Tensor; variance: Tensor } {
  const [mean, variance] = meanAndVariance("moments", x, axis, keepDims, 0);
  return { mean: reshape(mean, variance.shape), variance };
}
