/** @file Normalisations beside batchNorm: of ranks, while training, of groups of channels, of single ones, and to unit length. */
import { error } from "../tensor/errors.js";
import { resolveAxes, resolveAxis, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { toFloat } from "./castTo.js";
import { channelNorm, ownNorm } from "./channelNorm.js";
import type { TensorLike } from "./convert.js";
import { add, maximum, mul, neg } from "./elementwise.js";
import { layerNorm } from "./layerNorm.js";
import { rsqrt } from "./math.js";
import { moments } from "./moments.js";
import { broadcastTo, reshape } from "./movement.js";
import { mean } from "./reduce.js";
import { unitRows } from "./rowNorm.js";
import { softmax } from "./softmax.js";
import { squaresOp } from "./squares.js";

type Optional = TensorLike | null | undefined;

/** softmax(-x) along an axis. */
export const softmin = (logits: TensorLike, dim = -1): Tensor => softmax(neg(logits), dim);

/**
 * x / sqrt(max(sum(x^2), epsilon)) over axes, all of them when axis is null.
 * @throws when an axis does not exist or is named twice
 * @example
 * ```ts
 * import { l2Normalize } from "engram";
 * assert.deepEqual(l2Normalize([[0, 2], [0, 0]]).arraySync(), [[0, 1], [0, 0]]);
 * ```
 */
export function l2Normalize(x: TensorLike, axis: number | readonly number[] | null = -1, epsilon = 1e-12): Tensor {
  const input = toFloat("l2Normalize", "x", x);
  const axes = resolveAxes("l2Normalize", axis, input.shape);
  return unitRows(input, axes, epsilon) ?? mul(input, rsqrt(maximum(squaresOp([input], { axes, keepDims: true, scale: 1 }), epsilon)));
}

/** A vector with axes of size 1 after it, so that it is along an axis of y. */
function along(name: string, what: string, value: Optional, y: Tensor, axis: number): Tensor | null {
  if (value == null) return null;
  const vector = toFloat(name, what, value);
  const { size } = vector;
  if (size !== y.shape[axis]) throw error(name, `${what} must have the ${y.shape[axis]} elements of axis ${axis}`, `shape [${vector.shape}]`);
  return reshape(vector, [size, ...y.shape.slice(axis + 1).map(() => 1)]);
}

/**
 * Batch normalisation by the batch's own moments, over all axes but one: as a layer trains.
 * @param scale one number a channel; 1 when not given
 * @param offset one number a channel; 0 when not given
 * @param axis of the channels
 * @returns y, and mean and variance (of the population) of each channel
 * @throws when the axis does not exist or the parameters do not fit
 * @example
 * ```ts
 * import { batchNormTraining } from "engram";
 * const { y, mean, variance } = batchNormTraining([[1, 4], [3, 8]], [1, 1], [0, 10], -1, 0);
 * assert.deepEqual(y.arraySync(), [[-1, 9], [1, 11]]);
 * assert.deepEqual([mean.arraySync(), variance.arraySync()], [[2, 6], [1, 4]]);
 * ```
 */
export function batchNormTraining(
  x: TensorLike,
  scale?: TensorLike | null,
  offset?: TensorLike | null,
  axis = -1,
  epsilon = 1e-3,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const input = toFloat("batchNormTraining", "x", x);
  const channel = resolveAxis("batchNormTraining", axis, input.shape);
  const others = input.shape.flatMap((_, i) => (i === channel ? [] : [i]));
  const { mean: average, variance } = moments(input, others, true);
  const size = [average.size];
  const factor = rsqrt(add(variance, epsilon));
  const scales = along("batchNormTraining", "scale", scale, input, channel);
  const offsets = along("batchNormTraining", "offset", offset, input, channel);
  return {
    y:
      channel === input.rank - 1
        ? ownNorm(input, average, factor, scales, offsets)
        : channelNorm(input, average, scales === null ? factor : mul(factor, scales), offsets),
    mean: reshape(average, size),
    variance: reshape(variance, size),
  };
}

/**
 * Group normalisation: each sample's channels are split into groups, each of which is normalised over its channels and all other
 * axes (Wu and He 2018). x: [batch, ..., channels].
 * @param scale one number a channel; 1 when not given
 * @param offset one number a channel; 0 when not given
 * @param axis of the channels; the last by default
 * @throws when the groups do not divide the channels, or shapes do not fit
 * @example
 * ```ts
 * import { groupNorm } from "engram";
 * assert.deepEqual(groupNorm([[1, 3, 10, 20]], 2, null, null, 0).arraySync(), [[-1, 1, -1, 1]]);
 * ```
 */
export const groupNorm = (x: TensorLike, groups = 32, scale?: TensorLike | null, offset?: TensorLike | null, epsilon = 1e-3, axis = -1): Tensor =>
  normalizeGroups("groupNorm", x, groups, scale, offset, epsilon, axis);

/** Instance normalisation: each channel of each sample by itself, over all other axes (Ulyanov et al. 2016). x: [batch, ..., channels]. */
export const instanceNorm = (x: TensorLike, scale?: TensorLike | null, offset?: TensorLike | null, epsilon = 1e-3, axis = -1): Tensor =>
  normalizeGroups("instanceNorm", x, null, scale, offset, epsilon, axis);

/** As many groups as channels where `groups` is null. */
function normalizeGroups(name: string, x: TensorLike, groups: number | null, scale: Optional, offset: Optional, epsilon: number, axis: number): Tensor {
  const input = toFloat(name, "x", x);
  const { shape } = input;
  const channel = resolveAxis(name, axis, shape);
  const channels = shape[channel] as number;
  const count = groups ?? channels;
  if (channel === 0 || !Number.isInteger(channels / count))
    throw error(name, "expected an axis of samples, and groups that divide the channels", `groups=${count}, axis=${axis} for x of shape [${shape}]`);
  const split = [shape[0] as number, sizeOf(shape.slice(1, channel)), count, channels / count, sizeOf(shape.slice(channel + 1))];
  const scales = along(name, "scale", scale, input, channel);
  const offsets = along(name, "offset", offset, input, channel);
  if (channel === shape.length - 1 && (split[1] as number) > 1 && input.size > 0) return normalizeColumns(input, count, scales, offsets, epsilon);
  const y = reshape(layerNorm(reshape(input, split), [1, 3, 4], null, null, epsilon), shape);
  const scaled = scales === null ? y : mul(y, scales);
  return offsets === null ? scaled : add(scaled, offsets);
}

/** Groups of the last axis, without bringing them together: their moments are means of the channels' ones. */
function normalizeColumns(x: Tensor, groups: number, scale: Tensor | null, offset: Tensor | null, epsilon: number): Tensor {
  const samples = x.shape[0] as number;
  const channels = x.shape[x.rank - 1] as number;
  const columns = [samples, 1, channels];
  const grouped = [samples, groups, channels / groups];
  const rows = reshape(x, [samples, x.size / samples / channels, channels]);
  const ofGroups = (y: Tensor): Tensor => mean(reshape(y, grouped), -1, true);
  const ofColumns = (y: Tensor): Tensor => reshape(broadcastTo(y, grouped), columns);
  const average = ofColumns(ofGroups(mean(rows, 1)));
  const squares = squaresOp([rows, average], { axes: [1], keepDims: true, scale: 1 / (rows.shape[1] as number) });
  const factor = ofColumns(rsqrt(add(ofGroups(squares), epsilon)));
  return reshape(ownNorm(rows, average, factor, scale, offset, channels / groups), x.shape);
}
