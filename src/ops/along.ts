/** @file Elements taken along an axis by indices, and the reverse: elements added to the places that indices name. */
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

const innerOf = ({ shape }: Tensor, axis: number): number => sizeOf(shape.slice(axis + 1));
/** The shape with another size of one axis. */
export const withSize = (shape: readonly number[], axis: number, size: number): number[] => shape.map((other, i) => (i === axis ? size : other));

/** y[..., j, ...] = x[..., indices[..., j, ...], ...]; 0 where the index is outside the axis. x and indices agree in the other axes. */
export const takeAlongOp: Apply<{ axis: number }> = /* @__PURE__ */ defineOp<{ axis: number }>("takeAlong", {
  shape: ([_, indices]) => (indices as Tensor).shape,
  run: (k, inputs, y, { axis }) => {
    const [x, indices] = inputs as [Tensor, Tensor];
    k.takeAlong(y.size, x.shape[axis] as number, y.shape[axis] as number, innerOf(y, axis), bytesPerElement(x.dtype), x, indices, y);
  },
  grad: (dy, inputs, _, { axis }) => {
    const [x, indices] = inputs as [Tensor, Tensor];
    return [addAlongOp([dy, indices], { axis, limit: x.shape[axis] as number }), null];
  },
});

/**
 * y[..., indices[..., j, ...], ...] += x[..., j, ...] on zeros with `limit` places along the axis, in order of j, so that sums are
 * reproducible; indices outside the axis are left out. x is float32 or int32 and has the shape of indices.
 */
export const addAlongOp: Apply<{ axis: number; limit: number }> = /* @__PURE__ */ defineOp<{ axis: number; limit: number }>("addAlong", {
  shape: ([x], { axis, limit }) => withSize((x as Tensor).shape, axis, limit),
  run: (k, inputs, y, { axis, limit }) => {
    const [x, indices] = inputs as [Tensor, Tensor];
    const inner = innerOf(x, axis);
    const count = x.shape[axis] as number;
    k.fill(y.size, 0, y);
    if (x.size > 0) k.addAlong(x.size / count, limit, count, inner, Number(x.dtype === "int32"), x, indices, y);
  },
  grad: (dy, [_, indices], __, { axis }) => [takeAlongOp([dy, indices as Tensor], { axis }), null],
});
