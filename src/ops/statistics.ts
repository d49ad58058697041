/** @file Reductions that are made of more than one pass: logSumExp, variance, std, norms. */
import { defineOp, scratchOf } from "../engine/op.js";
import { error } from "../tensor/errors.js";
import { reducedShape, resolveAxes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { runBinary } from "./broadcast.js";
import { castTo, toFloat } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { abs, exp, mul, sub } from "./elementwise.js";
import { reshape } from "./movement.js";
import { max, min, sum } from "./reduce.js";
import { type Axis, MAX, type Reduction, reduceAxes, SUM, shapeOf } from "./reduceAxes.js";
import { kept, meanAndVariance, rootOp, squaresOp } from "./squares.js";

// ---- logSumExp ----

const LARGEST = 3.4028234663852886e38;

const logSumExpOp = /* @__PURE__ */ defineOp<Reduction>("logSumExp", {
  shape: shapeOf,
  run: (k, [x], y, { axes }) => {
    const most = scratchOf(reducedShape(x.shape, axes, true));
    const powers = scratchOf(x.shape);
    reduceAxes(k, x.shape, axes, x, most, MAX);
    // Finite, so that x - most is not NaN where both are infinite.
    k.activation(y.size, 0, 0, -LARGEST, LARGEST, 1, most, most);
    runBinary(k, "sub", x, most, powers);
    k.exp(x.size, powers, powers);
    reduceAxes(k, x.shape, axes, powers, y, SUM);
    k.log(y.size, y, y);
    k.scaleAdd(y.size, 1, most, y);
  },
  grad: (dy, [x], y, { axes }) => {
    return [mul(exp(sub(x, kept(y, x, axes))), kept(dy, x, axes))];
  },
});

/**
 * log(sum(e^x)) over axes, computed without overflow; over all axes when none is given. Of nothing it is -Infinity.
 * @throws when an axis does not exist or is named twice
 * @example
 * ```ts
 * import { logSumExp } from "engram";
 * assert.ok(Math.abs(logSumExp([1000, 1000]).item() - (1000 + Math.log(2))) < 1e-4);
 * ```
 */
export function logSumExp(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const input = toFloat("logSumExp", "x", x);
  return logSumExpOp([input], { axes: resolveAxes("logSumExp", axis, input.shape), keepDims });
}

// ---- spread ----

/**
 * mean((x - mean(x))^2) over axes, in two passes; over all axes when none is given.
 * @param ddof the sum of squares is divided by the count less this: 0, or 1 for the unbiased estimate
 * @throws when an axis does not exist or is named twice
 * @example
 * ```ts
 * import { variance } from "engram";
 * assert.deepEqual(variance([[1, 3], [2, 8]], 1).arraySync(), [1, 9]);
 * ```
 */
export function variance(x: TensorLike, axis: Axis = null, keepDims = false, ddof = 0): Tensor {
  return meanAndVariance("variance", x, axis, keepDims, ddof)[1];
}

/** The square root of `variance`, with the same arguments; its gradient is 0 where the variance is. */
export function std(x: TensorLike, axis: Axis = null, keepDims = false, ddof = 0): Tensor {
  return rootOp([meanAndVariance("std", x, axis, keepDims, ddof)[1]]);
}

// ---- norms ----

/** What a vector norm is: sum(|x|), max(|x|), min(|x|) or the length. */
function vectorNorm(x: Tensor, ord: number | string, axes: readonly number[]): Tensor | null {
  if (ord === 1) return sum(abs(x), axes, true);
  if (ord === Number.POSITIVE_INFINITY) return max(abs(x), axes, true);
  if (ord === Number.NEGATIVE_INFINITY) return min(abs(x), axes, true);
  if (ord === 2 || ord === "euclidean" || ord === "fro") return rootOp([squaresOp([castTo(x, "float32")], { axes, keepDims: true, scale: 1 })]);
  return null;
}

/** What a matrix norm is: the greatest sum of |x| of a column or a row, the least of a row, or the length of all elements. */
function matrixNorm(x: Tensor, ord: number | string, rows: number, columns: number): Tensor | null {
  if (ord === 1) return max(sum(abs(x), rows, true), columns, true);
  if (ord === Number.POSITIVE_INFINITY) return max(sum(abs(x), columns, true), rows, true);
  if (ord === Number.NEGATIVE_INFINITY) return min(sum(abs(x), columns, true), rows, true);
  return ord === 2 ? null : vectorNorm(x, ord, [rows, columns]);
}

/**
 * Norm of vectors along an axis, or of matrices along a pair of axes; of all elements as one vector when no axis is given.
 * | ord | vectors | matrices |
 * |---|---|---|
 * | 'euclidean', 'fro' | sqrt(sum(x^2)) | sqrt(sum(x^2)) |
 * | 1 | sum(abs(x)) | the greatest sum(abs(x)) of a column |
 * | 2 | sqrt(sum(x^2)) | |
 * | Infinity | max(abs(x)) | the greatest sum(abs(x)) of a row |
 * | -Infinity | min(abs(x)) | the least sum(abs(x)) of a row |
 *
 * The gradient of sqrt(sum(x^2)) is 0 where all x are.
 * @param axis of vectors; or the axes of a matrix, that of its rows first; or any for 'euclidean'
 * @throws when an axis does not exist, there are more than two, or there is no norm of this order
 * @example
 * ```ts
 * import { norm } from "engram";
 * assert.equal(norm([3, 4]).item(), 5);
 * assert.deepEqual(norm([[1, -2], [3, 4]], 1, 1).arraySync(), [3, 7]);
 * ```
 */
export function norm(x: TensorLike, ord: number | "euclidean" | "fro" = "euclidean", axis: Axis = null, keepDims = false): Tensor {
  const input = toTensor("norm", "x", x);
  const axes = resolveAxes("norm", axis, input.shape);
  const given = Array.isArray(axis) && axis.length === 2 ? axis.map((at: number) => (at < 0 ? at + input.rank : at)) : null;
  if (typeof ord === "number" && Array.isArray(axis) && (axis.length === 0 || axis.length > 2))
    throw error("norm", `axis must be one axis or two for ord=${ord}`, `axis=[${axis}]`);
  const y = given === null ? vectorNorm(input, ord, axes) : matrixNorm(input, ord, given[0] as number, given[1] as number);
  if (y === null) throw error("norm", `ord must be 'euclidean', 'fro', 1, Infinity, -Infinity${given === null ? " or 2" : ""}`, `ord=${ord}`);
  return reshape(y, reducedShape(input.shape, axes, keepDims));
}

/** sqrt(sum(x^2)) over axes; over all of them when none is given. The gradient is 0 where all x are. */
export function euclideanNorm(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  return norm(x, "euclidean", axis, keepDims);
}
