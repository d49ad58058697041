/** @file The op that keeps a band of diagonals of matrices. */
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";

/** Of the matrices in the last two axes, elements with -lower <= column - row <= upper; 0 elsewhere. Bounds may be negative. */
export const bandOp: Apply<{ lower: number; upper: number }> = /* @__PURE__ */ defineOp<{ lower: number; upper: number }>("band", {
  run: (k, [x], y, { lower, upper }) => {
    const [rows, cols] = y.shape.slice(-2) as [number, number];
    if (y.size > 0) k.band(sizeOf(y.shape.slice(0, -1)), rows, cols, bytesPerElement(y.dtype), lower, upper, x, y);
  },
  grad: (dy, _, __, attributes) => [bandOp([dy], attributes)],
  inplace: true,
});
