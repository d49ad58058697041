/** @file How a reduction over any axes becomes passes over one axis each, without transposing. */
import { scratch } from "../engine/op.js";
import { reducedShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref, Source } from "../wasm/kernels.js";

/** Any axes to reduce: one, several, or null for all. */
export type Axis = number | readonly number[] | null;

/** Attributes of a reduction. */
export interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

/** The shape of its result. */
export const shapeOf = ([x]: readonly Tensor[], { axes, keepDims }: Reduction): number[] => reducedShape((x as Tensor).shape, axes, keepDims);

// Kinds of the kernel `reduce`, for float32; those of int32 are two more.
export const MAX = 0;
export const PROD = 1;
export const I32 = 2;
export const SUM_I32 = 4;
export const SUM_BYTES = 5;

/** One pass: [outer, rows, inner], of which `rows` is reduced and outer * inner = outputs. */
export interface Group {
  outputs: number;
  rows: number;
  inner: number;
}

/** Reduces a group's rows in chunks; see assembly/kernels/reduce.ts. `first` reads x, `last` writes the result. */
export type Pass = (outputs: number, rows: number, inner: number, chunk: number, chunks: number, x: Ref, y: Ref, first: boolean, last: boolean) => void;

/** Rows of a chunk, when few outputs have many rows. Fixed by the shape alone, so that sums do not depend on threads. */
const CHUNK = 4096;
const FEW_OUTPUTS = 64;

/** The passes of a reduction, last axes first: neighbouring axes are reduced together, and axes of size 1 join any. */
export function groupsOf(shape: readonly number[], axes: readonly number[]): Group[] {
  const size = sizeOf(shape);
  if (size === 0) return [{ outputs: sizeOf(shape.filter((_, i) => !axes.includes(i))), rows: 0, inner: 1 }];
  const groups: Group[] = [];
  let outputs = size;
  let inner = 1;
  let joins = false;
  for (let i = shape.length - 1; i >= 0; i--) {
    const rows = shape[i] as number;
    if (rows === 1) continue;
    const reduced = axes.includes(i);
    if (reduced) {
      outputs /= rows;
      const before = joins ? (groups.pop() as Group).rows : 1;
      groups.push({ outputs, rows: rows * before, inner });
    } else inner *= rows;
    joins = reduced;
  }
  return groups.length > 0 ? groups : [{ outputs, rows: 1, inner: 1 }];
}

/** Reduces one group, in chunks first where few outputs have many rows. */
export function reduceGroup({ outputs, rows, inner }: Group, x: Ref, y: Ref, pass: Pass): void {
  const chunks = rows > 2 * CHUNK && outputs <= FEW_OUTPUTS ? Math.ceil(rows / CHUNK) : 1;
  if (chunks === 1) return pass(outputs, rows, inner, Math.max(1, rows), 1, x, y, true, true);
  const partial = scratch(outputs * chunks * 4);
  pass(outputs * chunks, rows, inner, CHUNK, chunks, x, partial, true, false);
  pass(outputs, chunks, inner, chunks, 1, partial, y, false, true);
}

/** Runs a reduction group by group; results of passes have 4 bytes an element. */
export function reduceAxes(x: Tensor, axes: readonly number[], y: Tensor, pass: Pass): void {
  const groups = groupsOf(x.shape, axes);
  let from: Ref = x;
  for (const [i, group] of groups.entries()) {
    const isLast = i === groups.length - 1;
    const to = isLast ? y : scratch(group.outputs * 4);
    reduceGroup(group, from, to, (outputs, rows, inner, chunk, chunks, p, q, first, last) =>
      pass(outputs, rows, inner, chunk, chunks, p, q, first && i === 0, last && isLast),
    );
    from = to;
  }
}

/** y = scale * sum of x over a group's rows. */
export function sumGroup(k: CoreKernels, group: Group, scale: number, x: Ref, y: Ref): void {
  reduceGroup(group, x, y, (outputs, rows, inner, chunk, chunks, from, to, _first, last) =>
    k.sum(outputs, rows, inner, chunk, chunks, last ? scale : 1, from, to),
  );
}

/** y = scale * sum of (x - center)^2 over a group's rows; center has y's elements. */
export function sumSquaresOfGroup(k: CoreKernels, group: Group, scale: number, x: Ref, center: Source, y: Ref): void {
  reduceGroup(group, x, y, (outputs, rows, inner, chunk, chunks, from, to, first, last) => {
    if (first) k.sumSquares(outputs, rows, inner, chunk, chunks, last ? scale : 1, from, center, to);
    else k.sum(outputs, rows, inner, chunk, chunks, scale, from, to);
  });
}
