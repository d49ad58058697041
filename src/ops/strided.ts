/** @file Copies between strided views of tensors: how an op that moves elements calls the kernel. */
import { loop } from "../engine/loop.js";
import { collapse, type Shape, sizeOf, stridesOf } from "../tensor/shape.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";

/** Elements of a tensor as a copy walks them: `strides` elements between neighbours along each axis, from element `start` on. */
export interface View {
  ref: Ref;
  strides: readonly number[];
  start: number;
}

/** Elements of a tensor: from position `begin` on, `steps` apart (negative ones go back), 1 by default. */
export interface Window {
  begin: readonly number[];
  steps?: readonly number[] | undefined;
}

/** The elements of a tensor of `shape` from a window's position on; all of them by default. */
export function view(ref: Ref, shape: Shape, { begin, steps }: Window = { begin: [] }): View {
  const strides = stridesOf(shape);
  const start = strides.reduce((sum, stride, i) => sum + stride * (begin[i] ?? 0), 0);
  return { ref, strides: steps === undefined ? strides : strides.map((stride, i) => stride * (steps[i] as number)), start };
}

/** Copies a view to another of the same shape, of elements of `bytes` bytes. The views do not overlap. */
export function copyView(k: CoreKernels, shape: Shape, from: View, to: View, bytes: number): void {
  if (sizeOf(shape) === 0) return;
  // The kernel moves words of 4 bytes or 1; those of a longer element are one more axis.
  const word = bytes % 4 === 0 ? 4 : 1;
  const split = bytes === word ? [] : [bytes / word];
  const inBytes = (strides: readonly number[]): number[] => [...strides.map((stride) => stride * bytes), ...split.map(() => word)];
  const flat = collapse([...shape, ...split], [inBytes(from.strides), inBytes(to.strides)]);
  const [s, t] = flat.strides as [number[], number[]];
  let [xStart, yStart] = [from.start * bytes, to.start * bytes];
  // What is written backward is written forward from the other end.
  for (const [i, length] of flat.shape.entries()) {
    const [p, q] = [s[i] as number, t[i] as number];
    if (q >= 0) continue;
    xStart += p * (length - 1);
    yStart += q * (length - 1);
    s[i] = -p;
    t[i] = -q;
  }
  moveLast(flat.shape, s, t, word);
  copyAxes(k, word, flat.shape, from.ref, s, xStart, to.ref, t, yStart);
}

/** Rows that are too few for a loop of their own, and bytes that stay in the L1 cache. */
const FEW = 8;
const NEAR = 32768;

/** Of a transpose the two axes along which x and y are contiguous come last, the longer one before the shorter. */
function moveLast(shape: number[], s: number[], t: number[], word: number): void {
  const last = shape.length - 1;
  const [rows, before] = [shape[last - 1] as number, shape[last - 2] as number];
  // Of runs of words a few rows at a time are slow: the axis before them is walked instead, where what it spans stays in the L1 cache.
  if (s[last] === word && t[last] === word && rows < FEW && before > rows && before * (t[last - 2] as number) <= NEAR)
    for (const list of [shape, s, t]) list.splice(last - 2, 0, ...list.splice(last - 1, 1));
  const axis = s.indexOf(word);
  if (axis < 0 || axis === last || t[last] !== word || s[last] === 0) return;
  const at = (shape[axis] as number) > (shape[last] as number) ? last - 1 : last;
  for (const list of [shape, s, t]) list.splice(at, 0, ...list.splice(axis, 1));
}

/** Axes that the kernel walks. */
const AXES = 5;

function copyAxes(
  k: CoreKernels,
  word: number,
  shape: readonly number[],
  x: Ref,
  s: readonly number[],
  xStart: number,
  y: Ref,
  t: readonly number[],
  yStart: number,
): void {
  const lead = AXES - shape.length;
  if (lead < 0) {
    const moving = [
      { ref: x, stride: s[0] as number },
      { ref: y, stride: t[0] as number },
    ];
    loop(shape[0] as number, moving, ([from, to]) => copyAxes(k, word, shape.slice(1), from as Ref, s.slice(1), xStart, to as Ref, t.slice(1), yStart));
    return;
  }
  const d = (i: number): number => (i < lead ? 1 : (shape[i - lead] as number));
  const p = (i: number): number => (i < lead ? 0 : (s[i - lead] as number));
  const q = (i: number): number => (i < lead ? 0 : (t[i - lead] as number));
  const rows = d(0) * d(1) * d(2) * d(3);
  k.copyRegion(rows, word, d(1), d(2), d(3), d(4), p(0), p(1), p(2), p(3), p(4), q(0), q(1), q(2), q(3), q(4), xStart, yStart, x, y);
}
