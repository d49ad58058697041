/** @file Arrays that can be written element by element, and made a tensor then. */
import { checkDtype, type DataType, type DataTypeMap, newArray } from "../tensor/dtype.js";
import { error, isCount } from "../tensor/errors.js";
import { checkShape, coordinatesOf, sizeOf, stridesOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { make } from "./convert.js";

/**
 * Values in row-major order that can be read and written by their coordinates. They are no tensor: `toTensor` copies them into one.
 * @example
 * ```ts
 * import { buffer } from "engram";
 * const b = buffer([2, 2]);
 * b.set(5, 1, 0);
 * assert.equal(b.get(1, 0), 5);
 * assert.deepEqual(b.toTensor().arraySync(), [[0, 0], [5, 0]]);
 * ```
 */
export class TensorBuffer<D extends DataType = "float32"> {
  /** Length of each axis. */
  readonly shape: number[];
  readonly dtype: D;
  /** Number of elements. */
  readonly size: number;
  /** Elements between neighbours along each axis but the last. */
  readonly strides: number[];
  /** The array that was given, or a new one. */
  readonly values: DataTypeMap[D];

  constructor(shape: readonly number[], dtype: D, values?: DataTypeMap[D]) {
    this.shape = [...checkShape("buffer", shape)];
    this.dtype = checkDtype("buffer", dtype) as D;
    this.size = sizeOf(shape);
    this.strides = stridesOf(shape).slice(0, -1);
    this.values = values ?? newArray(dtype, this.size);
    if (this.values.length !== this.size) throw error("buffer", `shape [${shape}] needs ${this.size} values`, `${this.values.length}`);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Writes a value; throws when the coordinates are outside. */
  set(value: DataTypeMap[D][number], ...locs: number[]): void {
    this.values[this.locToIndex(locs)] = value;
  }

  /** Reads a value; throws when the coordinates are outside. */
  get(...locs: number[]): DataTypeMap[D][number] {
    return this.values[this.locToIndex(locs)] as DataTypeMap[D][number];
  }

  /** Position in `values` of an element's coordinates; throws when they are outside. */
  locToIndex(locs: readonly number[]): number {
    const { shape } = this;
    if (locs.length !== shape.length || locs.some((at, axis) => !isCount(at) || at >= (shape[axis] as number)))
      throw error("TensorBuffer", `expected coordinates within [${shape}]`, `[${locs}]`);
    return locs.reduce((sum, at, axis) => sum + at * (this.strides[axis] ?? 1), 0);
  }

  /** Coordinates of an element at a position in `values`. */
  indexToLoc(index: number): number[] {
    return coordinatesOf(index, this.shape);
  }

  /** A tensor of the values, copied. */
  toTensor(): Tensor {
    return make("buffer", this.values, this.shape, this.dtype);
  }
}

/**
 * A TensorBuffer of zeros, or over values.
 * @param values an array of dtype's kind, which is not copied
 * @throws when there are not as many values as the shape needs
 */
export const buffer = <D extends DataType = "float32">(shape: readonly number[], dtype = "float32" as D, values?: DataTypeMap[D]): TensorBuffer<D> =>
  new TensorBuffer(shape, dtype, values);
