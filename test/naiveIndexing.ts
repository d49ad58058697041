/** @file The slow, obviously right versions of ops on indices: gather, scatter, binary search, one-hot. */
import { type Expected, eachPosition, indexIn, sizeOf, stridesOf, type Values } from "./naive.js";

/** y[..., i, ...] = x[..., indices[..., i], ...], `batchDims` leading axes shared; 0 for an index outside. */
export function gatherOf(x: Values, indices: Values, axis: number, batchDims = 0): Expected {
  const along = axis < 0 ? axis + x.shape.length : axis;
  const strides = stridesOf(x.shape);
  const named = indices.shape.length - batchDims;
  const shape = [...x.shape.slice(0, along), ...indices.shape.slice(batchDims), ...x.shape.slice(along + 1)];
  const data: number[] = [];
  eachPosition(shape, (position) => {
    const at = flat(stridesOf(indices.shape), [...position.slice(0, batchDims), ...position.slice(along, along + named)]);
    const index = indices.data[at] as number;
    const source = [...position.slice(0, along), index, ...position.slice(along + named)];
    data.push(index >= 0 && index < (x.shape[along] as number) ? (x.data[flat(strides, source)] as number) : 0);
  });
  return { shape, data };
}

const flat = (strides: readonly number[], position: readonly number[]): number => position.reduce((sum, at, i) => sum + at * (strides[i] as number), 0);

/** Zeros of `shape` to which x's slices are added at their indices along an axis: what gather does to gradients. */
export function scatterOf(x: Values, indices: Values, axis: number, shape: readonly number[], batchDims = 0): Required<Expected> {
  const data = new Float64Array(sizeOf(shape));
  const magnitude = new Float64Array(sizeOf(shape));
  const strides = stridesOf(shape);
  const named = indices.shape.length - batchDims;
  eachPosition(x.shape, (position, i) => {
    const index = indices.data[flat(stridesOf(indices.shape), [...position.slice(0, batchDims), ...position.slice(axis, axis + named)])] as number;
    if (index < 0 || index >= (shape[axis] as number)) return;
    const target = flat(strides, [...position.slice(0, axis), index, ...position.slice(axis + named)]);
    data[target] = (data[target] as number) + (x.data[i] as number);
    magnitude[target] = (magnitude[target] as number) + Math.abs(x.data[i] as number);
  });
  return { shape, data, magnitude };
}

/** Calls `visit` for every tuple of indices with the tuple, or null where it is outside `sizes`. */
function eachTuple(indices: Values, sizes: readonly number[], visit: (tuple: number[] | null, number: number) => void): void {
  const depth = indices.shape.at(-1) as number;
  for (let i = 0; i < sizeOf(indices.shape.slice(0, -1)); i++) {
    const tuple = Array.from({ length: depth }, (_, j) => indices.data[i * depth + j] as number);
    visit(tuple.every((at, j) => at >= 0 && at < (sizes[j] as number)) ? tuple : null, i);
  }
}

/** x[indices[..., 0], indices[..., 1], ...]; zeros for a tuple outside. */
export function gatherNDOf(x: Values, indices: Values): Expected {
  const depth = indices.shape.at(-1) as number;
  const rest = x.shape.slice(depth);
  const data: number[] = [];
  eachTuple(indices, x.shape, (tuple) => {
    for (let i = 0; i < sizeOf(rest); i++) data.push(tuple === null ? 0 : (x.data[flat(stridesOf(x.shape), tuple) + i] as number));
  });
  return { shape: [...indices.shape.slice(0, -1), ...rest], data };
}

/** x with updates added (`sum`) or put at tuples of indices, in order; [n] indices are [n, 1]. */
export function scatterNDOf(x: Values, indices: Values, updates: Values, sum: boolean): Required<Expected> {
  const tuples = indices.shape.length === 1 ? { ...indices, shape: [...indices.shape, 1] } : indices;
  const data = Float64Array.from(x.data);
  const magnitude = data.map(Math.abs);
  const inner = sizeOf(x.shape.slice(tuples.shape.at(-1)));
  eachTuple(tuples, x.shape, (tuple, number) => {
    if (tuple === null) return;
    for (let i = 0; i < inner; i++) {
      const at = flat(stridesOf(x.shape), tuple) + i;
      const value = updates.data[updates.shape.length === 0 ? 0 : number * inner + i] as number;
      data[at] = sum ? (data[at] as number) + value : value;
      magnitude[at] = sum ? (magnitude[at] as number) + Math.abs(value) : Math.abs(value);
    }
  });
  return { shape: x.shape, data, magnitude };
}

export const filled = (shape: readonly number[], value: number): Values => ({ shape, dtype: "float32", data: new Array(sizeOf(shape)).fill(value) });

/** How many elements of a sorted row are < (left) or <= (right) each value. */
export function searchSortedOf(sequence: Values, values: Values, right: boolean): Expected {
  const length = sequence.shape.at(-1) as number;
  const data: number[] = [];
  eachPosition(values.shape, (position, i) => {
    const row = indexIn(sequence.shape.slice(0, -1), position.slice(0, -1)) * length;
    const value = values.data[i] as number;
    let count = 0;
    for (let j = 0; j < length; j++) {
      const element = sequence.data[row + j] as number;
      if (right ? element <= value : element < value) count++;
    }
    data.push(count);
  });
  return { shape: values.shape, data };
}

export function oneHotOf(indices: Values, depth: number, on: number, off: number): Expected {
  const data = Array.from(indices.data).flatMap((index) => Array.from({ length: depth }, (_, i) => (i === index ? on : off)));
  return { shape: [...indices.shape, depth], data };
}
