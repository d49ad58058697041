/** @file How a reduction over any axes becomes passes over one axis each, without transposing. */
import { scratch } from "../engine/op.js";
import { broadcastStrides, reducedShape, type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { copyView, view } from "./strided.js";

/** Any axes to reduce: one, several, or null for all. */
export type Axis = number | readonly number[] | null;

/** Elements along axes. */
export const axisSize = (x: Tensor, axes: readonly number[]): number => sizeOf(axes.map((axis) => x.shape[axis] as number));

/** Attributes of a reduction. */
export interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

/** The shape of its result. */
export const shapeOf = ([x]: readonly Tensor[], { axes, keepDims }: Reduction): number[] => reducedShape(x.shape, axes, keepDims);

// Kinds of the kernel `reduce`, for float32; MAX and PROD of int32 are two more.
export const MAX = 0;
export const PROD = 1;
export const I32 = 2;
export const SUM_I32 = 4;
export const SUM_BYTES = 5;
/** How many floats are not 0. */
export const COUNT = 6;
export const SUM = 7;

/** One pass: [outer, rows, inner], of which the rows are reduced, in chunks, to [outer, chunks, inner]. */
interface Pass {
  outputs: number;
  rows: number;
  inner: number;
  chunk: number;
  chunks: number;
}

/** Rows of a chunk, when few outputs have many rows. Fixed by the shape alone, so that sums do not depend on threads. */
const CHUNK = 4096;
const FEW_OUTPUTS = 64;

/** One group of neighbouring axes, in chunks first where few outputs have many rows. */
function passesOf(outputs: number, rows: number, inner: number): Pass[] {
  const chunks = rows > 2 * CHUNK && outputs <= FEW_OUTPUTS ? Math.ceil(rows / CHUNK) : 1;
  const last = chunks === 1 ? rows : chunks;
  const pass = { outputs, rows: last, inner, chunk: Math.max(1, last), chunks: 1 };
  return chunks === 1 ? [pass] : [{ outputs: outputs * chunks, rows, inner, chunk: CHUNK, chunks }, pass];
}

/** The passes of a reduction, last axes first: neighbouring axes are reduced together, and axes of size 1 join any. */
function passesOver(shape: Shape, axes: readonly number[]): Pass[] {
  let outputs = sizeOf(shape);
  if (outputs === 0) return passesOf(sizeOf(reducedShape(shape, axes, false)), 0, 1);
  const passes: Pass[] = [];
  let inner = 1;
  let rows = 1;
  const reduceRows = (): void => {
    if (rows === 1) return;
    outputs /= rows;
    passes.push(...passesOf(outputs, rows, inner));
    rows = 1;
  };
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    if (axes.includes(i)) rows *= size;
    else if (size > 1) {
      reduceRows();
      inner *= size;
    }
  }
  reduceRows();
  return passes.length > 0 ? passes : passesOf(outputs, 1, 1);
}

/** Calls each pass from x to y; results of passes have 4 bytes an element. The last one's scale is `scale`. */
function overPasses(shape: Shape, axes: readonly number[], x: Ref, y: Ref, scale: number, call: Call): void {
  const passes = passesOver(shape, axes);
  let from = x;
  passes.forEach((pass, i) => {
    const isLast = i === passes.length - 1;
    const to = isLast ? y : scratch(pass.outputs * 4);
    call(pass, i === 0, isLast ? scale : 1, from, to);
    from = to;
  });
}

type Call = (pass: Pass, isFirst: boolean, scale: number, from: Ref, to: Ref) => void;

const reduceBy =
  (k: CoreKernels, kind: number, flip = 0): Call =>
  ({ outputs, rows, inner, chunk, chunks }, isFirst, scale, from, to) =>
    k.reduce(outputs, rows, inner, chunk, chunks, !isFirst && (kind === SUM_BYTES || kind === COUNT) ? SUM_I32 : kind, flip, scale, from, to);

/** Reduces axes of x, which has that shape, to y. */
export function reduceAxes(k: CoreKernels, shape: Shape, axes: readonly number[], x: Ref, y: Ref, kind: number, flip = 0, scale = 1): void {
  // A sum of one number is that number, -0 too.
  if (kind === SUM && scale === 1 && x.block.bytes === y.block.bytes) return k.copy(y.block.bytes, x, y);
  overPasses(shape, axes, x, y, scale, reduceBy(k, kind, flip));
}

/** y = scale * sum((x - center) z), or of (x - center) (z - center) for `both`; the center has the reduced axes as size 1, or is absent for 0. */
export function sumProducts(k: CoreKernels, axes: readonly number[], [x, z, center]: readonly Tensor[], both: boolean, y: Ref, scale: number): void {
  const { shape } = x;
  const about = center === undefined ? 0 : both ? 2 : 1;
  const sum = reduceBy(k, SUM);
  overPasses(shape, axes, x, y, scale, (pass, isFirst, factor, from, to) => {
    const { outputs, rows, inner, chunk, chunks } = pass;
    if (!isFirst) sum(pass, isFirst, factor, from, to);
    else k.sumProducts(outputs, rows, inner, chunk, chunks, about, factor, from, z, center === undefined ? from : spread(k, shape, axes, center), to);
  });
}

/** The center repeated along the reduced axes that the first pass leaves. */
function spread(k: CoreKernels, shape: Shape, axes: readonly number[], center: Tensor): Ref {
  const left = [...shape];
  let i = left.length - 1;
  while (i >= 0 && (left[i] === 1 || !axes.includes(i))) i--;
  for (; i >= 0 && (left[i] === 1 || axes.includes(i)); i--) left[i] = 1;
  const size = sizeOf(left);
  if (size === center.size) return center;
  const ref = scratch(size * 4);
  copyView(k, left, { ref: center, strides: broadcastStrides(center.shape, left), start: 0 }, view(ref, left), 4);
  return ref;
}
