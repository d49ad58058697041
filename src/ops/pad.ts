/** @file Ops that put a tensor into a larger one: pad, mirrorPad. */
import { fillable } from "../engine/fill.js";
import { type Apply, defineOp, scratch } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { checkOneOf, error, isCount } from "../tensor/errors.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import { type TensorLike, toTensor } from "./convert.js";
import { copyView, view } from "./strided.js";
import { putWindow } from "./window.js";

/** Elements before and after x along each axis. */
export type Paddings = readonly (readonly [before: number, after: number] | readonly number[])[];

function checkPaddings(op: string, x: Tensor, paddings: Paddings): void {
  if (paddings?.length !== x.rank || !paddings.every((pair) => pair?.length === 2 && pair.every((n) => isCount(n))))
    throw error(op, "paddings must be [before, after], whole numbers >= 0, for each axis", `${JSON.stringify(paddings)} for x of shape [${x.shape}]`);
}

const paddedShape = (x: Tensor, paddings: Paddings): number[] => x.shape.map((length, i) => (paddings[i] as readonly number[]).reduce((a, b) => a + b, length));

/**
 * x with `constantValue` before and after it along each axis.
 * @param paddings [before, after] for each axis
 * @throws when paddings are not two whole numbers >= 0 an axis
 * @example
 * ```ts
 * import { pad } from "engram";
 * assert.deepEqual(pad([1, 2], [[1, 2]], 9).arraySync(), [9, 1, 2, 9, 9]);
 * ```
 */
export function pad(x: TensorLike, paddings: Paddings, constantValue = 0): Tensor {
  const input = toTensor("pad", "x", x);
  checkPaddings("pad", input, paddings);
  if (constantValue !== 0 && !fillable.includes(input.dtype))
    throw error("pad", `constantValue must be 0 for ${input.dtype}`, `${constantValue}`, "cast x first: x.cast('float32').");
  const begin = paddings.map(([before]) => before as number);
  return putWindow(input, paddedShape(input, paddings), { begin }, constantValue);
}

/** Mirrors an axis of y, where `before` elements are missing at its front and `after` at its end, from what is between them. */
function mirrorAxis(
  k: CoreKernels,
  y: Tensor,
  axis: number,
  size: Shape,
  begin: readonly number[],
  [before, after]: readonly [number, number],
  skip: number,
): void {
  const middle = (y.shape[axis] as number) - before - after;
  const steps = y.shape.map((_, i) => (i === axis ? -1 : 1));
  const copy = (count: number, from: number, to: number): void => {
    const at = (position: number): number[] => begin.map((start, i) => (i === axis ? position : start));
    const part = size.map((length, i) => (i === axis ? count : length));
    copyView(k, part, view(y, y.shape, { begin: at(from), steps }), view(y, y.shape, { begin: at(to) }), bytesPerElement(y.dtype));
  };
  copy(before, before + skip + before - 1, 0);
  copy(after, before + middle - 1 - skip, before + middle);
}

/** `skip` is 1 where the edge itself is not repeated. */
const mirrorPadOp: Apply<{ paddings: Paddings; skip: number }> = /* @__PURE__ */ defineOp<{ paddings: Paddings; skip: number }>("mirrorPad", {
  shape: ([x], { paddings }) => paddedShape(x, paddings),
  run: (k, [x], y, { paddings, skip }) => {
    const begin = paddings.map(([before]) => before as number);
    const size = [...x.shape];
    copyView(k, size, view(x, size), view(y, y.shape, { begin }), bytesPerElement(x.dtype));
    // Axis by axis: the mirror of one includes those of the axes behind it.
    for (let axis = x.rank - 1; axis >= 0; axis--) {
      mirrorAxis(k, y, axis, size, begin, paddings[axis] as [number, number], skip);
      size[axis] = y.shape[axis] as number;
      begin[axis] = 0;
    }
  },
  grad: (dy, [x], _, { paddings, skip }) => [mirrorPadGradOp([dy], { paddings, skip, shape: x.shape })],
});

/** The inside of dy, to which is added what each mirror, along one axis or several, received of it. */
const mirrorPadGradOp = /* @__PURE__ */ defineOp<{ paddings: Paddings; skip: number; shape: Shape }>("mirrorPadGrad", {
  shape: (_, { shape }) => shape,
  run: (k, [dy], y, { paddings, skip }) => {
    // Of each axis the inside, and the mirrors before and after it.
    let blocks: { size: number; from: number; step: number; to: number }[][] = [[]];
    y.shape.forEach((length, axis) => {
      const [before, after] = paddings[axis] as [number, number];
      const parts = [
        { size: length, from: before, step: 1, to: 0 },
        { size: before, from: before - 1, step: -1, to: skip },
        { size: after, from: before + length + after - 1, step: -1, to: length - skip - after },
      ].filter(({ size, step }) => size > 0 || step > 0);
      blocks = blocks.flatMap((block) => parts.map((part) => [...block, part]));
    });
    for (const [i, block] of blocks.entries()) {
      const size = block.map((part) => part.size);
      const from = view(dy, dy.shape, { begin: block.map((part) => part.from), steps: block.map(({ step }) => step) });
      const to = view(y, y.shape, { begin: block.map((part) => part.to) });
      if (i === 0) copyView(k, size, from, to, 4);
      else {
        const count = sizeOf(size);
        const [received, sum] = [scratch(4 * count), scratch(4 * count)];
        copyView(k, size, from, view(received, size), 4);
        copyView(k, size, to, view(sum, size), 4);
        k.scaleAdd(count, 1, received, sum);
        copyView(k, size, view(sum, size), to, 4);
      }
    }
  },
  grad: (dy, _, __, { paddings, skip }) => [mirrorPadOp([dy], { paddings, skip })],
});

/**
 * x with its mirror image before and after it along each axis.
 * @param paddings [before, after] for each axis
 * @param mode "reflect" without the edge itself: 3 2 | 1 2 3; "symmetric" with it: 2 1 | 1 2 3
 * @throws when a padding is longer than the axis (in "reflect", longer than the axis without its edge)
 * @example
 * ```ts
 * import { mirrorPad } from "engram";
 * assert.deepEqual(mirrorPad([1, 2, 3], [[2, 1]], "reflect").arraySync(), [3, 2, 1, 2, 3, 2]);
 * assert.deepEqual(mirrorPad([1, 2, 3], [[2, 1]], "symmetric").arraySync(), [2, 1, 1, 2, 3, 3]);
 * ```
 */
export function mirrorPad(x: TensorLike, paddings: Paddings, mode: "reflect" | "symmetric"): Tensor {
  const input = toTensor("mirrorPad", "x", x);
  checkOneOf("mirrorPad", "mode", mode, ["reflect", "symmetric"]);
  checkPaddings("mirrorPad", input, paddings);
  const skip = mode === "reflect" ? 1 : 0;
  if (paddings.some((pair, i) => Math.max(...pair) > Math.max(0, (input.shape[i] as number) - skip)))
    throw error(
      "mirrorPad",
      `paddings must not be longer than the axes${skip ? " without their edges" : ""}`,
      `${JSON.stringify(paddings)} for x of shape [${input.shape}]`,
    );
  return mirrorPadOp([input], { paddings, skip });
}
