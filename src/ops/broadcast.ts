/** @file Broadcasting: binary kernels over operands of different shapes, and its reverse in gradients. */
import { loop } from "../engine/loop.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { broadcastStrides, collapse, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Ref } from "../wasm/kernels.js";
import { reshape } from "./movement.js";
import { sum } from "./reduce.js";

/** y = f(a, b) over `count` elements; a step of 0 repeats one element. */
export type PlainKernel = (count: number, a: Ref, b: Ref, y: Ref, aStep: number, bStep: number) => void;
/** The same over rows of a broadcast [d0, d1, d2, inner]; see assembly/kernels/elementwise.ts. */
export type RowsKernel = (
  rows: number,
  d1: number,
  d2: number,
  inner: number,
  a: Ref,
  a0: number,
  a1: number,
  a2: number,
  aStep: number,
  b: Ref,
  b0: number,
  b1: number,
  b2: number,
  bStep: number,
  y: Ref,
) => void;

/** Runs a binary kernel, broadcasting by strides. Axes beyond the four that a kernel walks are walked here. */
export function runBinary(plain: PlainKernel, rows: RowsKernel, a: Tensor, b: Tensor, y: Tensor): void {
  const { size } = y;
  if (a.size === size && b.size === size) plain(size, a, b, y, 1, 1);
  else if (b.size === 1 && a.size === size) plain(size, a, b, y, 1, 0);
  else if (a.size === 1 && b.size === size) plain(size, a, b, y, 0, 1);
  else if (size > 0) runRows(rows, a, b, y);
}

function runRows(rows: RowsKernel, a: Tensor, b: Tensor, y: Tensor): void {
  const { shape, strides } = collapse(y.shape, [broadcastStrides(a.shape, y.shape), broadcastStrides(b.shape, y.shape)]);
  const [s, t] = strides as [number[], number[]];
  walkRows(rows, shape, { ref: a, bytes: bytesPerElement(a.dtype) }, s, { ref: b, bytes: bytesPerElement(b.dtype) }, t, {
    ref: y,
    bytes: bytesPerElement(y.dtype),
  });
}

interface Operand {
  ref: Ref;
  /** Of one element. */
  bytes: number;
}

function walkRows(rows: RowsKernel, shape: readonly number[], a: Operand, s: readonly number[], b: Operand, t: readonly number[], y: Operand): void {
  if (shape.length > 4) {
    const rest = shape.slice(1);
    const moving = [
      { ref: a.ref, stride: (s[0] as number) * a.bytes },
      { ref: b.ref, stride: (t[0] as number) * b.bytes },
      { ref: y.ref, stride: sizeOf(rest) * y.bytes },
    ];
    loop(shape[0] as number, moving, ([p, q, r]) =>
      walkRows(rows, rest, { ...a, ref: p as Ref }, s.slice(1), { ...b, ref: q as Ref }, t.slice(1), { ...y, ref: r as Ref }),
    );
    return;
  }
  const pad = 4 - shape.length;
  const at = (list: readonly number[], i: number, absent: number): number => (i < pad ? absent : (list[i - pad] as number));
  const d0 = at(shape, 0, 1);
  const d1 = at(shape, 1, 1);
  const d2 = at(shape, 2, 1);
  rows(
    d0 * d1 * d2,
    d1,
    d2,
    at(shape, 3, 1),
    a.ref,
    at(s, 0, 0),
    at(s, 1, 0),
    at(s, 2, 0),
    at(s, 3, 0),
    b.ref,
    at(t, 0, 0),
    at(t, 1, 0),
    at(t, 2, 0),
    at(t, 3, 0),
    y.ref,
  );
}

/** The sum of dy over the axes along which `shape` was broadcast. */
export function unbroadcast(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const lead = dy.shape.length - shape.length;
  const axes = dy.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && dy.shape[i] !== 1));
  return reshape(sum(dy, axes), shape);
}
