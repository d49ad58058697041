/** @file Shapes: sizes, strides, axes, broadcasting. */
import { describe, error, isCount } from "./errors.js";

export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Elements between neighbours along each axis of a contiguous tensor. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i] as number;
  }
  return strides;
}

/** Where along each axis an element of a contiguous tensor is. */
export const coordinatesOf = (index: number, shape: Shape): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % (shape[axis] as number));

/** The shape itself, checked: whole numbers that are not negative. */
export function checkShape(op: string, shape: Shape): Shape {
  if (!Array.isArray(shape) || !shape.every((size) => isCount(size))) throw error(op, "shape must be whole numbers >= 0", `shape=${describe(shape)}`);
  return shape;
}

/** One axis in [0, rank). */
export function resolveAxis(op: string, axis: number, shape: Shape): number {
  const rank = shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw error(op, `axis must be in [${-rank}, ${rank})`, `axis=${describe(axis)} for x of shape [${shape}]`);
  return axis < 0 ? axis + rank : axis;
}

/** Sorted axes in [0, rank), each once; all of them when none are given. */
export function resolveAxes(op: string, axis: number | readonly number[] | null | undefined, shape: Shape): number[] {
  if (axis === undefined || axis === null) return shape.map((_, i) => i);
  const axes = (Array.isArray(axis) ? (axis as readonly number[]) : [axis as number]).map((a) => resolveAxis(op, a, shape)).sort((a, b) => a - b);
  for (let i = 1; i < axes.length; i++) {
    if (axes[i] === axes[i - 1]) throw error(op, "axis must name each axis once", `axis=[${axis}] for x of shape [${shape}]`);
  }
  return axes;
}

/** The order of axes that undoes one. */
export const inverse = (perm: readonly number[]): number[] => perm.map((_, i) => perm.indexOf(i));

/** The shape after reducing `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  const result: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    if (!axes.includes(i)) result.push(shape[i] as number);
    else if (keepDims) result.push(1);
  }
  return result;
}

/** The shape that numpy's rules broadcast two shapes to. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw error(op, "shapes must be equal or 1 along each axis, counted from the last", `a of shape [${a}] and b of shape [${b}]`);
    result[rank - i] = x === 1 ? y : x;
  }
  return result;
}

/** Element strides of `shape` seen as `target`: 0 along axes that are broadcast. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : (strides[i - lead] as number)));
}

/** Drops axes of size 1 and joins neighbours that every operand walks in one stride. */
export function collapse(shape: Shape, strides: readonly (readonly number[])[]): { shape: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const out: number[][] = strides.map(() => []);
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i] as number;
    if (size === 1) continue;
    const last = sizes.length - 1;
    const joins = last >= 0 && strides.every((s, operand) => (out[operand] as number[])[last] === (s[i] as number) * size);
    if (joins) {
      sizes[last] = (sizes[last] as number) * size;
      strides.forEach((s, operand) => {
        (out[operand] as number[])[last] = s[i] as number;
      });
    } else {
      sizes.push(size);
      strides.forEach((s, operand) => (out[operand] as number[]).push(s[i] as number));
    }
  }
  return { shape: sizes, strides: out };
}
