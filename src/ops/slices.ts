/** @file Ops that take parts of a tensor: slice, stridedSlice, reverse, split, unstack. */
import { error, isCount } from "../tensor/errors.js";
import { reducedShape, resolveAxes, resolveAxis, type Shape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { reshape } from "./movement.js";
import { takeWindow } from "./window.js";

// ---- slice ----

/**
 * The part of x from `begin` on, of `size` elements along each axis.
 * @param begin one whole number >= 0 an axis; axes that are left out begin at 0
 * @param size one an axis; -1, or one that is left out, takes what is left of the axis
 * @throws when the part is not inside x
 * @example
 * ```ts
 * import { slice } from "engram";
 * assert.deepEqual(slice([[1, 2, 3], [4, 5, 6]], [0, 1], [-1, 2]).arraySync(), [[2, 3], [5, 6]]);
 * ```
 */
export function slice(x: TensorLike, begin: number | readonly number[], size?: number | readonly number[]): Tensor {
  const input = toTensor("slice", "x", x);
  const { shape } = input;
  const listOf = (n: number | readonly number[] = []): readonly number[] => (Array.isArray(n) ? n : [n as number]);
  const [from, count] = [listOf(begin), listOf(size)];
  const start = shape.map((_, i) => from[i] ?? 0);
  const wanted = shape.map((length, i) => ((count[i] ?? -1) === -1 ? length - (start[i] as number) : (count[i] as number)));
  const isInside = (n: number, limit: number): boolean => isCount(n) && n <= limit;
  if (
    from.length > shape.length ||
    count.length > shape.length ||
    !wanted.every((n, i) => isInside(start[i] as number, shape[i] as number) && isInside(n, (shape[i] as number) - (start[i] as number)))
  )
    throw error("slice", "begin and begin + size must be inside x", `begin=[${begin}], size=[${size ?? ""}] for x of shape [${shape}]`);
  return takeWindow(input, wanted, { begin: start });
}

// ---- stridedSlice ----

/** What is taken of one axis; one that shrinks is dropped. */
interface Cut {
  begin: number;
  step: number;
  size: number;
  shrinks: boolean;
}

const uncut = (size: number): Cut => ({ begin: 0, step: 1, size, shrinks: false });

/** The range of an axis as Python cuts it: negative positions count from the end, excess is cut off; null takes all. */
function range(length: number, begin: number | null, end: number | null, step: number): Cut {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const inside = (position: number): number => Math.min(high, Math.max(low, position < 0 ? position + length : position));
  const first = begin === null ? (step > 0 ? low : high) : inside(begin);
  const limit = end === null ? (step > 0 ? high : low) : inside(end);
  const size = Math.max(0, Math.ceil((limit - first) / step));
  return { begin: size === 0 ? 0 : first, step, size, shrinks: false };
}

/**
 * Every `strides`-th element from `begin` up to but without `end`, along each axis, as TensorFlow's strided_slice and Python's
 * x[begin:end:stride]: negative positions count from the end, negative strides go back. Bit i of a mask is about entry i.
 * @param begin one an entry; entries that are left out take their axes whole
 * @param strides by default 1
 * @param beginMask entries whose begin is ignored: they start at the first element (the last, where the stride is negative)
 * @param endMask entries whose end is ignored
 * @param ellipsisMask the entry that stands for all axes which the others do not name
 * @param newAxisMask entries that insert an axis of size 1
 * @param shrinkAxisMask entries that take the one element at begin and drop the axis
 * @throws when a stride is 0, there are more entries than axes, or an element to shrink to is not inside x
 * @example
 * ```ts
 * import { stridedSlice } from "engram";
 * assert.deepEqual(stridedSlice([1, 2, 3, 4, 5], [4], [0], [-2]).arraySync(), [5, 3]);
 * ```
 */
export function stridedSlice(
  x: TensorLike,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[] = begin.map(() => 1),
  beginMask = 0,
  endMask = 0,
  ellipsisMask = 0,
  newAxisMask = 0,
  shrinkAxisMask = 0,
): Tensor {
  const input = toTensor("stridedSlice", "x", x);
  const refuse = (expectation: string): Error =>
    error("stridedSlice", expectation, `begin=[${begin}], end=[${end}], strides=[${strides}] for x of shape [${input.shape}]`);
  if (begin.length !== end.length || begin.length !== strides.length) throw refuse("begin, end and strides must be of one length");
  if (![...begin, ...end, ...strides].every(Number.isInteger)) throw refuse("begin, end and strides must be whole numbers");
  if (ellipsisMask & (ellipsisMask - 1)) throw refuse("there must be one ellipsis at most");
  const has = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;
  const named = begin.filter((_, i) => !has(ellipsisMask, i) && !has(newAxisMask, i)).length;
  if (named > input.rank) throw refuse("there must not be more entries than axes");
  let axis = 0;
  /** null for a new axis. */
  const cuts: (Cut | null)[] = strides.flatMap((step, i) => {
    if (has(ellipsisMask, i)) {
      const first = axis;
      axis += input.rank - named;
      return input.shape.slice(first, axis).map(uncut);
    }
    if (has(newAxisMask, i)) return [null];
    const length = input.shape[axis++] as number;
    const [first, limit] = [begin[i] as number, end[i] as number];
    if (step === 0) throw refuse("strides must not be 0");
    if (!has(shrinkAxisMask, i)) return [range(length, has(beginMask, i) ? null : first, has(endMask, i) ? null : limit, step)];
    if (step < 0 || first < -length || first >= length) throw refuse("an element to shrink to must be inside x, its stride positive");
    return [{ begin: first < 0 ? first + length : first, step: 1, size: 1, shrinks: true }];
  });
  cuts.push(...input.shape.slice(axis).map(uncut));
  const taken = cuts.filter((cut) => cut !== null);
  const size = taken.map((cut) => cut.size);
  const y = takeWindow(input, size, { begin: taken.map((cut) => cut.begin), steps: taken.map((cut) => cut.step) });
  const shape = cuts.flatMap((cut) => (cut === null ? [1] : cut.shrinks ? [] : [cut.size]));
  return sameShape(shape, y.shape) ? y : reshape(y, shape);
}

// ---- reverse ----

/**
 * x with the order of its elements reversed along axes.
 * @param axis one or several; all by default
 * @throws when an axis does not exist or is named twice
 * @example
 * ```ts
 * import { reverse } from "engram";
 * assert.deepEqual(reverse([[1, 2], [3, 4]], 1).arraySync(), [[2, 1], [4, 3]]);
 * ```
 */
export function reverse(x: TensorLike, axis?: number | readonly number[]): Tensor {
  const input = toTensor("reverse", "x", x);
  const axes = resolveAxes("reverse", axis, input.shape);
  const { shape } = input;
  const begin = shape.map((length, i) => (axes.includes(i) ? length - 1 : 0));
  return takeWindow(input, shape, { begin, steps: shape.map((_, i) => (axes.includes(i) ? -1 : 1)) });
}

// ---- unstack, split ----

/**
 * The slices of x along an axis, without the axis: as many as its size.
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { unstack } from "engram";
 * assert.deepEqual(unstack([[1, 2], [3, 4]]).map((row) => row.arraySync()), [[1, 2], [3, 4]]);
 * ```
 */
export function unstack(x: TensorLike, axis = 0): Tensor[] {
  const input = toTensor("unstack", "x", x);
  const along = resolveAxis("unstack", axis, input.shape);
  const shape = reducedShape(input.shape, [along], false);
  return split(input, input.shape[along] as number, along).map((piece) => reshape(piece, shape));
}

/** The sizes of the pieces of an axis of `length`. */
function piecesOf(length: number, pieces: number | readonly number[], shape: Shape): number[] {
  const refuse = (): Error =>
    error(
      "split",
      `numOrSizeSplits must divide the axis's ${length} elements, or add up to them with one -1 at most`,
      `${JSON.stringify(pieces)} for x of shape [${shape}]`,
    );
  if (typeof pieces === "number") {
    if (!isCount(pieces) || (length > 0 && length % pieces !== 0)) throw refuse();
    return new Array<number>(pieces).fill(length / pieces);
  }
  if (!Array.isArray(pieces)) throw refuse();
  const known = pieces.reduce((sum, size) => sum + Math.max(0, size), 0);
  const sizes = pieces.map((size) => (size === -1 ? length - known : size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (pieces.filter((size) => size === -1).length > 1 || total !== length || !sizes.every((size) => isCount(size))) throw refuse();
  return sizes;
}

/**
 * x cut into pieces along an axis.
 * @param numOrSizeSplits the number of equal pieces, or their sizes, of which one may be -1 and takes what is left
 * @throws when the pieces do not add up to the axis
 * @example
 * ```ts
 * import { split } from "engram";
 * assert.deepEqual(split([1, 2, 3, 4], 2).map((piece) => piece.arraySync()), [[1, 2], [3, 4]]);
 * assert.deepEqual(split([1, 2, 3, 4], [1, -1]).map((piece) => piece.arraySync()), [[1], [2, 3, 4]]);
 * ```
 */
export function split(x: TensorLike, numOrSizeSplits: number | readonly number[], axis = 0): Tensor[] {
  const input = toTensor("split", "x", x);
  const along = resolveAxis("split", axis, input.shape);
  let start = 0;
  return piecesOf(input.shape[along] as number, numOrSizeSplits, input.shape).map((size) => {
    const begin = input.shape.map((_, i) => (i === along ? start : 0));
    start += size;
    return takeWindow(input, input.shape.with(along, size), { begin });
  });
}
