/** @file Sums of squares around a center or 0, and what variances and norms share. */
import { type Apply, defineOp, scratch } from "../engine/op.js";
import { reducedShape, resolveAxes, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Ref } from "../wasm/kernels.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { div, maximum, mul, sub } from "./elementwise.js";
import { reshape } from "./movement.js";
import { mean } from "./reduce.js";
import { type Axis, groupsOf, type Reduction, shapeOf, sumGroup, sumSquaresOfGroup } from "./reduceAxes.js";

/** A result with the reduced axes back, as size 1. */
export const kept = (y: Tensor, x: Tensor, axes: readonly number[]): Tensor => reshape(y, reducedShape(x.shape, axes, true));

/** scale * sum((x - center)^2); the center is x's mean, with the reduced axes as size 1, or absent for 0. */
export const squaresOp: Apply<Reduction & { scale: number }> = /* @__PURE__ */ defineOp<Reduction & { scale: number }>("sumSquares", {
  shape: shapeOf,
  run: (k, inputs, y, { axes, scale }) => {
    const [x, center] = inputs as [Tensor, Tensor | undefined];
    const groups = groupsOf(x.shape, axes);
    let from: Ref = x;
    let squares: Ref | null = null;
    let count = 1;
    // Of several groups, squares around the partial means are added to those of the partial means around the mean of them.
    for (const [i, group] of groups.entries()) {
      const isLast = i === groups.length - 1;
      const factor = isLast ? scale : 1;
      const to = isLast ? y : scratch(group.outputs * 4);
      const around = center === undefined || isLast ? center : scratch(group.outputs * 4);
      if (around !== undefined && !isLast) sumGroup(k, group, 1 / group.rows, from, around);
      if (around !== undefined || squares === null) sumSquaresOfGroup(k, group, factor * count, from, around ?? 0, to);
      if (squares !== null) {
        const sums = around === undefined ? to : scratch(group.outputs * 4);
        sumGroup(k, group, factor, squares, sums);
        if (sums !== to) k.scaleAdd(group.outputs, 1, sums, to);
      }
      squares = to;
      from = around ?? to;
      count *= group.rows;
    }
  },
  // Moving the mean changes nothing: the distances from it add up to 0.
  grad: (dy, inputs, _, { axes, scale }) => {
    const [x, center] = inputs as [Tensor, Tensor | undefined];
    return [mul(center === undefined ? x : sub(x, center), kept(mul(dy, 2 * scale), x, axes)), null];
  },
});

/** Below the square root of the least float32. */
const TINY = 1e-23;

/** The square root of a sum of squares. Its slope at 0 is finite, so that the gradient of a norm is 0 there. */
export const rootOp = /* @__PURE__ */ defineOp("root", {
  shape: ([x]) => (x as Tensor).shape,
  run: (k, [x], y) => k.sqrt(y.size, x as Tensor, y),
  grad: (dy, _, y) => [div(dy, mul(maximum(y, TINY), 2))],
  inplace: true,
});

/** The mean with the reduced axes as size 1, and the variance. */
export function meanAndVariance(op: string, x: TensorLike, axis: Axis, keepDims: boolean, ddof: number): [Tensor, Tensor] {
  const input = castTo(toTensor(op, "x", x), "float32");
  const axes = resolveAxes(op, axis, input.shape);
  const average = mean(input, axes, true);
  const count = sizeOf(axes.map((at) => input.shape[at] as number));
  return [average, squaresOp([input, average], { axes, keepDims, scale: 1 / (count - ddof) })];
}
