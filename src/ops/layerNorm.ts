/** @file Layer and root-mean-square normalisation. */
import { fill } from "../engine/fill.js";
import { error } from "../tensor/errors.js";
import { inverse, resolveAxes, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { toFloat } from "./castTo.js";
import type { TensorLike } from "./convert.js";
import { reshape, transpose } from "./movement.js";
import { DEVIATION, isInOrder, layerNormOp, MEAN_SQUARE, type RowNorm } from "./rowNorm.js";

/** A scale or offset as a vector over the normalised axes. */
function vector(name: string, what: string, value: TensorLike | null | undefined, otherwise: number, shape: readonly number[]): Tensor {
  const size = sizeOf(shape);
  if (value === null || value === undefined) return fill([size], otherwise);
  const given = toFloat(name, what, value);
  if (given.size !== size) throw error(name, `${what} must have the normalised axes' shape [${shape}]`, `shape [${given.shape}]`);
  return reshape(given, [size]);
}

function normalizeAxes(
  name: string,
  x: TensorLike,
  axis: number | readonly number[],
  scale: TensorLike | null | undefined,
  offset: TensorLike | null | undefined,
  attributes: RowNorm,
): Tensor {
  const input = toFloat(name, "x", x);
  const axes = resolveAxes(name, axis, input.shape);
  if (axes.length === 0) throw error(name, "expected an axis to normalise", `axis=[${axis}] for x of shape [${input.shape}]`);
  const sizes = axes.map((i) => input.shape[i] as number);
  const parameters = [vector(name, "scale", scale, 1, sizes), vector(name, "offset", offset, 0, sizes)];
  const kept = input.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const perm = [...kept, ...axes];
  const isLast = isInOrder(perm, input.shape);
  const arranged = isLast ? input : transpose(input, perm);
  const y = layerNormOp([reshape(arranged, [...kept.map((i) => input.shape[i] as number), sizeOf(sizes)]), ...parameters], attributes);
  const full = reshape(y, arranged.shape);
  return isLast ? full : transpose(full, inverse(perm));
}

/**
 * Layer normalisation: (x - mean) / sqrt(variance + epsilon) * scale + offset, with mean and variance over `axis` (Ba et al. 2016).
 * @param axis one or more axes; the last by default
 * @param scale of the normalised axes' shape; 1 when not given
 * @param offset of the normalised axes' shape; 0 when not given
 * @throws when an axis does not exist, or the shapes do not fit
 * @example
 * ```ts
 * import { layerNorm } from "engram";
 * assert.deepEqual(layerNorm([[1, 3], [20, 10]], -1, null, null, 0).arraySync(), [[-1, 1], [1, -1]]);
 * ```
 */
export const layerNorm = (
  x: TensorLike,
  axis: number | readonly number[] = -1,
  scale?: TensorLike | null,
  offset?: TensorLike | null,
  epsilon = 1e-3,
): Tensor => normalizeAxes("layerNorm", x, axis, scale, offset, { epsilon, kind: DEVIATION });

/**
 * Root-mean-square normalisation: x / sqrt(mean(x^2) + epsilon) * scale, with the mean over `axis` (Zhang and Sennrich 2019).
 * @param axis one or more axes; the last by default
 * @param scale of the normalised axes' shape; 1 when not given
 * @throws when an axis does not exist, or the shapes do not fit
 * @example
 * ```ts
 * import { rmsNorm } from "engram";
 * assert.deepEqual(rmsNorm([[3, 3], [0, 0]], -1, null, 7).arraySync(), [[0.75, 0.75], [0, 0]]);
 * ```
 */
export const rmsNorm = (x: TensorLike, axis: number | readonly number[] = -1, scale?: TensorLike | null, epsilon = 1e-6): Tensor =>
  normalizeAxes("rmsNorm", x, axis, scale, null, { epsilon, kind: MEAN_SQUARE });
