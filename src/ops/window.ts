/** @file The two ops behind slices and padding: a window of a tensor taken out, and a tensor put into the window of another. */
import { fillWith } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { copyView, view } from "./strided.js";

/** Elements of a tensor: from position `begin` on, `steps` apart (negative ones go back), 1 by default. */
interface Window {
  begin: readonly number[];
  steps?: readonly number[] | undefined;
}

export const sliceOp: Apply<Window & { size: Shape }> = /* @__PURE__ */ defineOp<Window & { size: Shape }>("slice", {
  shape: (_, { size }) => size,
  run: (k, inputs, y, { begin, steps }) => {
    const [x] = inputs as [Tensor];
    copyView(k, y.shape, view(x, x.shape, begin, steps), view(y, y.shape), bytesPerElement(x.dtype));
  },
  grad: (dy, [x], _, { begin, steps }) => [padOp([dy], { begin, steps, shape: (x as Tensor).shape, value: 0 })],
});

/** x at a window of a tensor of `shape` that is `value` elsewhere. */
export const padOp: Apply<Window & { shape: Shape; value: number }> = /* @__PURE__ */ defineOp<Window & { shape: Shape; value: number }>("pad", {
  shape: (_, { shape }) => shape,
  run: (k, inputs, y, { begin, steps, value }) => {
    const [x] = inputs as [Tensor];
    if (x.size < y.size) fillWith(k, y, value);
    copyView(k, x.shape, view(x, x.shape), view(y, y.shape, begin, steps), bytesPerElement(x.dtype));
  },
  grad: (dy, [x], _, { begin, steps }) => [sliceOp([dy], { begin, steps, size: (x as Tensor).shape })],
});
