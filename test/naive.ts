/** @file The slow, obviously right mathematics that tests compare with: float64, plain loops, no code of the library. */
import type { DataType } from "../src/index.js";

/** A tensor as plain numbers. */
export interface Values {
  shape: readonly number[];
  dtype: DataType;
  data: ArrayLike<number>;
}

/** What an op should give. */
export interface Expected {
  shape: readonly number[];
  data: ArrayLike<number>;
  /** What rounding errors are relative to, where it is not the result itself: for a sum, the sum of absolute values. */
  magnitude?: ArrayLike<number>;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides.unshift(stride);
    stride *= shape[i] as number;
  }
  return strides;
}

/** Calls `visit` with the position of every element, in row-major order. */
export function eachPosition(shape: readonly number[], visit: (position: readonly number[], index: number) => void): void {
  const position = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let index = 0; index < size; index++) {
    visit(position, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      position[axis] = 0;
    }
  }
}

/** Row-major index of a position in a tensor that is broadcast to more or longer axes. */
export function indexIn(shape: readonly number[], position: readonly number[]): number {
  const lead = position.length - shape.length;
  let index = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis] as number;
    index = index * size + (size === 1 ? 0 : (position[axis + lead] as number));
  }
  return index;
}

/** numpy's rule; null when the shapes do not fit. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return null;
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

export function map(x: Values, f: (value: number) => number): Expected {
  return { shape: x.shape, data: Array.from(x.data, f) };
}

export function zip(a: Values, b: Values, f: (a: number, b: number) => number): Expected {
  const shape = broadcastShape(a.shape, b.shape);
  if (shape === null) throw new Error(`[${a.shape}] and [${b.shape}] do not broadcast`);
  const data: number[] = [];
  eachPosition(shape, (position) => data.push(f(a.data[indexIn(a.shape, position)] as number, b.data[indexIn(b.shape, position)] as number)));
  return { shape, data };
}

export const axesOf = (axis: number | readonly number[] | null | undefined, rank: number): number[] =>
  axis === null || axis === undefined
    ? Array.from({ length: rank }, (_, i) => i)
    : (typeof axis === "number" ? [axis] : [...axis]).map((a) => (a < 0 ? a + rank : a));

/** Gathers the values of each result of a reduction, in order, and applies `f` to them. */
export function reduce(x: Values, axis: number | readonly number[] | null | undefined, keepDims: boolean, f: (values: number[]) => number): Expected {
  const axes = axesOf(axis, x.shape.length);
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const groups: number[][] = Array.from({ length: sizeOf(kept) }, () => []);
  eachPosition(x.shape, (position, index) => groups[indexIn(kept, position)]?.push(x.data[index] as number));
  return { shape: keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i)), data: groups.map(f) };
}

export function transpose(x: Values, perm: readonly number[]): Expected {
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis] as number);
  const data: number[] = [];
  eachPosition(shape, (position) => data.push(x.data[perm.reduce((sum, axis, i) => sum + (position[i] as number) * (strides[axis] as number), 0)] as number));
  return { shape, data };
}

export function broadcastTo(x: Values, shape: readonly number[]): Expected {
  const data: number[] = [];
  eachPosition(shape, (position) => data.push(x.data[indexIn(x.shape, position)] as number));
  return { shape, data };
}

const swapLast = (x: Values): Values => {
  const rank = x.shape.length;
  return { ...transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]), dtype: x.dtype };
};

/** numpy.matmul, with the sums of absolute products as magnitude. */
export function matMul(a: Values, b: Values, transposeA = false, transposeB = false): Required<Expected> {
  let left = transposeA && a.shape.length > 1 ? swapLast(a) : a;
  let right = transposeB && b.shape.length > 1 ? swapLast(b) : b;
  if (a.shape.length === 1) left = { ...left, shape: [1, ...left.shape] };
  if (b.shape.length === 1) right = { ...right, shape: [...right.shape, 1] };
  const [m, inner] = left.shape.slice(-2) as [number, number];
  const n = right.shape[right.shape.length - 1] as number;
  const batch = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (batch === null || inner !== right.shape[right.shape.length - 2]) throw new Error(`matMul: [${a.shape}] and [${b.shape}]`);
  const data: number[] = [];
  const magnitude: number[] = [];
  eachPosition(batch, (position) => {
    const atA = indexIn(left.shape.slice(0, -2), position) * m * inner;
    const atB = indexIn(right.shape.slice(0, -2), position) * inner * n;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let absolute = 0;
        for (let k = 0; k < inner; k++) {
          const product = (left.data[atA + i * inner + k] as number) * (right.data[atB + k * n + j] as number);
          sum += product;
          absolute += Math.abs(product);
        }
        data.push(sum);
        magnitude.push(absolute);
      }
    }
  });
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  return { shape, data, magnitude };
}

function eachRow(inputs: readonly Values[], visit: (...rows: number[][]) => void): void {
  const { shape } = inputs[0] as Values;
  const columns = shape[shape.length - 1] as number;
  const count = sizeOf(shape.slice(0, -1));
  for (let r = 0; r < count; r++) visit(...inputs.map(({ data }) => Array.from({ length: columns }, (_, c) => data[r * columns + c] as number)));
}

/** Applies `f` to each row (last axis) of the inputs, which have one shape; `f` gives a row of results. */
export function rows(inputs: readonly Values[], f: (...rows: number[][]) => number[]): Expected {
  const data: number[] = [];
  eachRow(inputs, (...values) => data.push(...f(...values)));
  return { shape: (inputs[0] as Values).shape, data };
}

/** The same where `f` gives one number a row. */
export function rowValues(inputs: readonly Values[], f: (...rows: number[][]) => number): Expected {
  const data: number[] = [];
  eachRow(inputs, (...values) => data.push(f(...values)));
  return { shape: (inputs[0] as Values).shape.slice(0, -1), data };
}

export function softmaxRow(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / total);
}

export function logSoftmaxRow(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return row.map((value) => value - most - total);
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** |got - expected| as a fraction of what is accepted; NaN must meet NaN and an infinity its like. */
export function errorOf(got: number, expected: number, accepted: number): number {
  if (Number.isNaN(expected)) return Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  const rounded = Math.fround(expected);
  if (!Number.isFinite(rounded)) return got === rounded ? 0 : Number.POSITIVE_INFINITY;
  const difference = Math.abs(got - expected);
  return difference === 0 ? 0 : difference / accepted;
}

/** Applies `f` to each line of values along an axis; a result's line may have another length, the same for all. A scalar is a line of one. */
export function lines(x: Values, axis: number, f: (line: number[]) => number[]): Expected {
  if (x.shape.length === 0) return { shape: [], data: f([x.data[0] as number]) };
  const at = axis < 0 ? axis + x.shape.length : axis;
  const count = x.shape[at] as number;
  const inner = sizeOf(x.shape.slice(at + 1));
  const outer = sizeOf(x.shape.slice(0, at));
  const size = f(new Array<number>(count).fill(0)).length;
  const data = new Array<number>(outer * size * inner);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const line = Array.from({ length: count }, (_, j) => x.data[(o * count + j) * inner + i] as number);
      for (const [j, value] of f(line).entries()) data[(o * size + j) * inner + i] = value;
    }
  return { shape: x.shape.with(at, size), data };
}

/** a before b as engram sorts: -0 before 0, NaN last. */
export function before(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return !Number.isNaN(a) && Number.isNaN(b);
  return a < b || (a === 0 && b === 0 && Object.is(a, -0) && Object.is(b, 0));
}

/** Indices that sort a line, equals in order. */
export function argSortLine(line: readonly number[], descending = false, comes = before): number[] {
  const ahead = (i: number, j: number): boolean => (descending ? comes(line[j] as number, line[i] as number) : comes(line[i] as number, line[j] as number));
  return line.map((_, i) => i).sort((i, j) => (ahead(i, j) ? -1 : ahead(j, i) ? 1 : i - j));
}

/** Running results of a line: each combines `f` over the elements so far. */
export function scanLine(line: readonly number[], none: number, f: (a: number, b: number) => number, exclusive: boolean, reverse: boolean): number[] {
  const values = reverse ? [...line].reverse() : line;
  let so = none;
  const result = values.map((value) => {
    const earlier = so;
    so = f(so, value);
    return exclusive ? earlier : so;
  });
  return reverse ? result.reverse() : result;
}
