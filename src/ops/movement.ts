/** @file Ops that move or repeat elements: reshape, expandDims, squeeze, transpose, broadcastTo, clone. */
import { type Apply, alias, defineOp, type Op, recordNode } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { broadcastStrides, checkShape, inverse, reducedShape, resolveAxes, resolveAxis, type Shape, sameShape, sizeOf, stridesOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { unbroadcast } from "./broadcast.js";
import { type TensorLike, toTensor } from "./convert.js";
import { copyView, view } from "./strided.js";

// ---- reshape ----

const reshapeOp: Op = { name: "reshape", grad: (dy, [x]) => [reshape(dy, x.shape)], inplace: false };

/**
 * The same elements under another shape; no copy.
 * @param shape one size may be -1 and is inferred
 * @throws when the sizes differ
 * @example
 * ```ts
 * import { tensor } from "engram";
 * assert.deepEqual(tensor([1, 2, 3, 4]).reshape([2, -1]).arraySync(), [[1, 2], [3, 4]]);
 * ```
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const input = toTensor("reshape", "x", x);
  const wanted = inferMinusOne(input, Array.isArray(shape) ? shape : checkShape("reshape", shape));
  return recordNode(reshapeOp, [input], alias(input, wanted, "reshape"));
}

function inferMinusOne(x: Tensor, shape: Shape): number[] {
  const unknown = shape.indexOf(-1);
  if (unknown < 0) {
    if (sizeOf(checkShape("reshape", shape)) !== x.size)
      throw error("reshape", `shape must have x's ${x.size} elements`, `shape=[${shape}] for x of shape [${x.shape}]`);
    return [...shape];
  }
  const others = shape.filter((_, i) => i !== unknown);
  const known = sizeOf(checkShape("reshape", others));
  if (others.length !== shape.length - 1 || known === 0 || x.size % known !== 0)
    throw error("reshape", `the sizes besides -1 must divide x's ${x.size} elements`, `shape=[${shape}] for x of shape [${x.shape}]`);
  return shape.map((size) => (size === -1 ? x.size / known : size));
}

/**
 * x with an axis of size 1 inserted.
 * @param axis of the result
 * @throws when the result has no such axis
 * @example
 * ```ts
 * import { expandDims } from "engram";
 * assert.deepEqual(expandDims([1, 2], 1).shape, [2, 1]);
 * ```
 */
export function expandDims(x: TensorLike, axis = 0): Tensor {
  const input = toTensor("expandDims", "x", x);
  const shape = [...input.shape];
  shape.splice(resolveAxis("expandDims", axis, [...shape, 1]), 0, 1);
  return reshape(input, shape);
}

/**
 * x without axes of size 1.
 * @param axis those to drop; by default all of size 1
 * @throws when a named axis is not of size 1
 * @example
 * ```ts
 * import { squeeze } from "engram";
 * assert.deepEqual(squeeze([[[1], [2]]], [0]).shape, [2, 1]);
 * ```
 */
export function squeeze(x: TensorLike, axis?: number | readonly number[]): Tensor {
  const input = toTensor("squeeze", "x", x);
  const { shape } = input;
  const axes = axis === undefined ? shape.flatMap((size, i) => (size === 1 ? [i] : [])) : resolveAxes("squeeze", axis, shape);
  if (axes.some((i) => shape[i] !== 1)) throw error("squeeze", "axes must be of size 1", `axis=[${axis}] for x of shape [${shape}]`);
  return reshape(input, reducedShape(shape, axes, false));
}

// ---- transpose ----

const transposeOp: Apply<{ perm: readonly number[] }> = /* @__PURE__ */ defineOp<{ perm: readonly number[] }>("transpose", {
  shape: ([x], { perm }) => perm.map((axis) => x.shape[axis] as number),
  run: (k, [x], y, { perm }) => {
    const strides = stridesOf(x.shape);
    const from = { ref: x, strides: perm.map((axis) => strides[axis] as number), start: 0 };
    copyView(k, y.shape, from, view(y, y.shape), bytesPerElement(x.dtype));
  },
  grad: (dy, _, __, { perm }) => [transposeOp([dy], { perm: inverse(perm) })],
});

/**
 * Axes in another order: y.shape[i] = x.shape[perm[i]].
 * @param perm by default reversed
 * @throws when perm does not name each axis once
 * @example
 * ```ts
 * import { transpose } from "engram";
 * assert.deepEqual(transpose([[1, 2, 3], [4, 5, 6]]).arraySync(), [[1, 4], [2, 5], [3, 6]]);
 * ```
 */
export function transpose(x: TensorLike, perm?: readonly number[]): Tensor {
  const input = toTensor("transpose", "x", x);
  const order = perm ? [perm].flat().map((axis) => resolveAxis("transpose", axis, input.shape)) : input.shape.map((_, i) => input.rank - 1 - i);
  if (order.length !== input.rank || new Set(order).size !== input.rank)
    throw error("transpose", "perm must name each axis once", `perm=[${perm}] for x of shape [${input.shape}]`);
  return transposeOp([input], { perm: order });
}

// ---- broadcastTo ----

const broadcastToOp = /* @__PURE__ */ defineOp<{ shape: Shape }>("broadcastTo", {
  shape: (_, { shape }) => shape,
  run: (k, [x], y) => {
    const from = { ref: x, strides: broadcastStrides(x.shape, y.shape), start: 0 };
    copyView(k, y.shape, from, view(y, y.shape), bytesPerElement(x.dtype));
  },
  grad: (dy, [x]) => [unbroadcast(dy, x.shape)],
});

/**
 * x repeated along axes of size 1 and along new leading ones.
 * @throws when x's shape does not broadcast to `shape`
 * @example
 * ```ts
 * import { broadcastTo } from "engram";
 * assert.deepEqual(broadcastTo([1, 2], [2, 2]).arraySync(), [[1, 2], [1, 2]]);
 * ```
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const input = toTensor("broadcastTo", "x", x);
  checkShape("broadcastTo", shape);
  const lead = shape.length - input.rank;
  if (lead < 0 || input.shape.some((size, i) => size !== 1 && size !== shape[i + lead]))
    throw error("broadcastTo", "x's sizes must be 1 or those of shape, counted from the last", `x of shape [${input.shape}] and shape=[${shape}]`);
  return sameShape(input.shape, shape) ? reshape(input, shape) : broadcastToOp([input], { shape: [...shape] });
}

// ---- clone ----

const cloneOp: Apply = /* @__PURE__ */ defineOp("clone", {
  run: (k, [x], y) => k.copy(y.size * bytesPerElement(y.dtype), x, y),
  grad: (dy) => [dy],
  inplace: true,
});

/** A copy that does not share memory with x, and that a step returns. */
export const clone = (x: TensorLike): Tensor => cloneOp([toTensor("clone", "x", x)]);
