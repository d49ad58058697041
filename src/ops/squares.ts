/** @file Sums of squares around a center or 0, and what variances and norms share. */
import { type Apply, defineOp } from "../engine/op.js";
import { reducedShape, resolveAxes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { toFloat } from "./castTo.js";
import type { TensorLike } from "./convert.js";
import { div, maximum, mul, neg, sub } from "./elementwise.js";
import { reshape } from "./movement.js";
import { mean, sum } from "./reduce.js";
import { type Axis, axisSize, type Reduction, shapeOf, sumProducts } from "./reduceAxes.js";

/** A result with the reduced axes back, as size 1. */
export const kept = (y: Tensor, x: Tensor, axes: readonly number[]): Tensor => reshape(y, reducedShape(x.shape, axes, true));

/** scale * sum((x - center)^2); the center is x's mean, with the reduced axes as size 1, or absent for 0. */
export const squaresOp: Apply<Reduction & { scale: number }> = /* @__PURE__ */ defineOp<Reduction & { scale: number }>("sumSquares", {
  shape: shapeOf,
  run: (k, inputs, y, { axes, scale }) => sumProducts(k, axes, [inputs[0], ...(inputs as Tensor[])], true, y, scale),
  // Moving the mean changes nothing: the distances from it add up to 0.
  grad: (dy, [x, center], _, { axes, scale }) => {
    return [mul(center === undefined ? x : sub(x, center), kept(mul(dy, 2 * scale), x, axes)), null];
  },
});

/** sum((x - center) z) of tensors of one shape; the center has the reduced axes as size 1, or is absent for 0. */
export const productsOp: Apply<Reduction> = /* @__PURE__ */ defineOp<Reduction>("sumProducts", {
  shape: shapeOf,
  run: (k, inputs, y, { axes }) => sumProducts(k, axes, inputs, false, y, 1),
  grad: (dy, [x, z, center], _, { axes }, needs) => {
    const upstream = kept(dy, x, axes);
    return [
      needs[0] ? mul(z, upstream) : null,
      needs[1] ? mul(center === undefined ? x : sub(x, center), upstream) : null,
      center !== undefined && needs[2] ? reshape(neg(mul(sum(z, axes, true), upstream)), center.shape) : null,
    ];
  },
});

/** Below the square root of the least float32. */
const TINY = 1e-23;

/** The square root of a sum of squares. Its slope at 0 is finite, so that the gradient of a norm is 0 there. */
export const rootOp = /* @__PURE__ */ defineOp("root", {
  run: (k, [x], y) => k.sqrt(y.size, x, y),
  grad: (dy, _, y) => [div(dy, mul(maximum(y, TINY), 2))],
  inplace: true,
});

/** The mean with the reduced axes as size 1, and the variance. */
export function meanAndVariance(op: string, x: TensorLike, axis: Axis, keepDims: boolean, ddof: number): [Tensor, Tensor] {
  const input = toFloat(op, "x", x);
  const axes = resolveAxes(op, axis, input.shape);
  const average = mean(input, axes, true);
  return [average, squaresOp([input, average], { axes, keepDims, scale: 1 / (axisSize(input, axes) - ddof) })];
}
