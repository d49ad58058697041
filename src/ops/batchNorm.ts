/** @file Batch and local response normalisation, as TensorFlow.js has them. */
import { fill } from "../engine/fill.js";
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { pow } from "./arithmetic.js";
import { bandOp } from "./band.js";
import { toFloat } from "./castTo.js";
import { channelNorm } from "./channelNorm.js";
import type { TensorLike } from "./convert.js";
import { add, mul, square } from "./elementwise.js";
import { rsqrt } from "./math.js";
import { matMul } from "./matmul.js";

/** A tensor whose shape broadcasts to x's without more axes. */
function parameter(what: string, value: TensorLike, x: Tensor): Tensor {
  const p = toFloat("batchNorm", what, value);
  if (p.rank > x.rank || p.shape.some((size, i) => size !== 1 && size !== x.shape[i + x.rank - p.rank]))
    throw error("batchNorm", `${what} must broadcast to x`, `shape [${p.shape}] for x of shape [${x.shape}]`);
  return p;
}

/**
 * (x - mean) / sqrt(variance + varianceEpsilon) * scale + offset (Ioffe and Szegedy 2015), with parameters of x's last axis, or of any
 * shape that broadcasts to x's.
 * @param offset 0 when not given
 * @param scale 1 when not given
 * @throws when a parameter does not broadcast to x
 * @example
 * ```ts
 * import { batchNorm } from "engram";
 * assert.deepEqual(batchNorm([[1, 4], [3, 8]], [2, 6], [4, 16], [0, 1], [2, 2], 0).arraySync(), [[-1, 0], [1, 2]]);
 * ```
 */
export function batchNorm(
  x: TensorLike,
  mean: TensorLike,
  variance: TensorLike,
  offset?: TensorLike | null,
  scale?: TensorLike | null,
  varianceEpsilon = 1e-3,
): Tensor {
  const input = toFloat("batchNorm", "x", x);
  const average = parameter("mean", mean, input);
  let factor = rsqrt(add(parameter("variance", variance, input), varianceEpsilon));
  if (scale != null) factor = mul(factor, parameter("scale", scale, input));
  return channelNorm(input, average, factor, offset == null ? null : parameter("offset", offset, input));
}

/**
 * x / (bias + alpha sum(x^2))^beta, with the sum over the elements of the last axis that are up to `depthRadius` away.
 * @throws when x has neither three nor four axes
 */
export function localResponseNormalization(x: TensorLike, depthRadius = 5, bias = 1, alpha = 1, beta = 0.5): Tensor {
  const input = toFloat("localResponseNormalization", "x", x);
  if ((input.rank !== 3 && input.rank !== 4) || !Number.isInteger(depthRadius))
    throw error("localResponseNormalization", "x must have 3 or 4 axes, and depthRadius be whole", `shape [${input.shape}], depthRadius=${depthRadius}`);
  const depth = input.shape[input.rank - 1] as number;
  const near = bandOp([fill([depth, depth], 1)], { lower: depthRadius, upper: depthRadius });
  const sums = add(mul(matMul(square(input), near), alpha), bias);
  return mul(input, beta === 0.5 ? rsqrt(sums) : pow(sums, -beta));
}
