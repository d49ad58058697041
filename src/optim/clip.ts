/** @file Gradients kept within limits. */
import { add, clipByValue, div, maximum, mul, sqrt, square, sub } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * Scales tensors by limit / max(norm, limit), where norm is that of all of them together (TensorFlow's clip_by_global_norm).
 * @returns the scaled tensors and the norm; when it is not finite, all are NaN
 * @throws when clipNorm is not > 0
 * @example
 * ```ts
 * import { clipByGlobalNorm, tensor } from "engram";
 * const [[a, b], norm] = clipByGlobalNorm([tensor([3]), tensor([4])], 1);
 * assert.equal(norm.item(), 5);
 * assert.ok(Math.abs(a.item() - 0.6) < 1e-6 && Math.abs(b.item() - 0.8) < 1e-6);
 * ```
 */
export function clipByGlobalNorm(tensors: readonly Tensor[], clipNorm: number): [Tensor[], Tensor] {
  if (!(clipNorm > 0)) throw error("clipByGlobalNorm", "clipNorm must be > 0", `clipNorm=${clipNorm}`);
  const norm = sqrt(tensors.map((x) => sum(square(x))).reduce(add));
  // An overflow must not pass for a gradient of 0.
  const factor = add(div(clipNorm, maximum(norm, clipNorm)), sub(norm, norm));
  return [tensors.map((x) => mul(x, factor)), norm];
}

/** Gradients within the limits that are not 0. */
export function clipGradients(
  gradients: readonly Tensor[],
  { clipNorm, clipValue, globalClipNorm }: { clipNorm: number; clipValue: number; globalClipNorm: number },
): readonly Tensor[] {
  const clipped = gradients.map((x) => {
    const within = clipValue ? clipByValue(x, -clipValue, clipValue) : x;
    return clipNorm ? (clipByGlobalNorm([within], clipNorm)[0][0] as Tensor) : within;
  });
  return globalClipNorm && clipped.length ? clipByGlobalNorm(clipped, globalClipNorm)[0] : clipped;
}
