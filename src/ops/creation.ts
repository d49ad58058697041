/** @file Tensors from JavaScript values, and constant tensors. */
import { fill } from "../engine/fill.js";
import { bytesPerElement, checkDtype, type DataType } from "../tensor/dtype.js";
import { checkCount, error } from "../tensor/errors.js";
import { checkShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Nested } from "../tensor/values.js";
import { castTo } from "./castTo.js";
import { fromArray, make, type TensorLike } from "./convert.js";
import { broadcastTo, reshape } from "./movement.js";
import { sequence } from "./sequence.js";
import { putWindow } from "./window.js";

export { fill } from "../engine/fill.js";

/**
 * A tensor of the values.
 * @param values nested arrays, a typed array, or one number
 * @param shape needed for a flat array that is to have more axes
 * @param dtype by default float32; bool for booleans, int32 for Int32Array and Uint8Array
 * @throws when the values do not fill the shape
 * @example
 * ```ts
 * import { tensor } from "engram";
 * assert.deepEqual(tensor([[1, 2], [3, 4]]).shape, [2, 2]);
 * assert.deepEqual(tensor([1, 2, 3, 4], [2, 2]).arraySync(), [[1, 2], [3, 4]]);
 * ```
 */
export function tensor(values: TensorLike, shape?: readonly number[], dtype?: DataType): Tensor {
  return make("tensor", values, shape, dtype);
}

/** A tensor of one number. */
export const scalar = (value: number | boolean, dtype?: DataType): Tensor => make("scalar", value, [], dtype);
/** A tensor of one axis. */
export const tensor1d = (values: Nested, dtype?: DataType): Tensor => make("tensor1d", values, undefined, dtype, 1);
/** A tensor of two axes. */
export const tensor2d = (values: Nested, shape?: readonly number[], dtype?: DataType): Tensor => make("tensor2d", values, shape, dtype, 2);
/** A tensor of three axes. */
export const tensor3d = (values: Nested, shape?: readonly number[], dtype?: DataType): Tensor => make("tensor3d", values, shape, dtype, 3);
/** A tensor of four axes. */
export const tensor4d = (values: Nested, shape?: readonly number[], dtype?: DataType): Tensor => make("tensor4d", values, shape, dtype, 4);
/** A tensor of five axes. */
export const tensor5d = (values: Nested, shape?: readonly number[], dtype?: DataType): Tensor => make("tensor5d", values, shape, dtype, 5);
/** A tensor of six axes. */
export const tensor6d = (values: Nested, shape?: readonly number[], dtype?: DataType): Tensor => make("tensor6d", values, shape, dtype, 6);

/** Zeros of a shape. */
export const zeros = (shape: readonly number[], dtype: DataType = "float32"): Tensor => fill(shape, 0, dtype);
/** Ones of a shape. */
export const ones = (shape: readonly number[], dtype: DataType = "float32"): Tensor => fill(shape, 1, dtype);
/**
 * Ones where row and column are the same, else zeros.
 * @param numColumns by default numRows
 * @param batchShape leading axes along which the matrix is repeated
 * @returns [...batchShape, numRows, numColumns]
 * @throws when a size is not a whole number >= 0
 * @example
 * ```ts
 * import { eye } from "engram";
 * assert.deepEqual(eye(2, 3).arraySync(), [[1, 0, 0], [0, 1, 0]]);
 * ```
 */
export function eye(numRows: number, numColumns = numRows, batchShape: readonly number[] = [], dtype: DataType = "float32"): Tensor {
  const shape = checkShape("eye", [...batchShape, numRows, numColumns]);
  const diagonal = fill([Math.min(numRows, numColumns)], 1);
  const flat = putWindow(diagonal, [numRows * numColumns], { begin: [0], steps: [numColumns + 1] });
  return broadcastTo(castTo(reshape(flat, [numRows, numColumns]), dtype), shape);
}

/**
 * `num` numbers at equal distances, from start to stop, both included.
 * @throws when num is not a whole number above 0
 * @example
 * ```ts
 * import { linspace } from "engram";
 * assert.deepEqual(linspace(0, 9, 4).arraySync(), [0, 3, 6, 9]);
 * ```
 */
export function linspace(start: number, stop: number, num: number): Tensor {
  checkCount("linspace", "num", num);
  return sequence(start, num === 1 ? 0 : (stop - start) / (num - 1), num, "float32");
}

/**
 * The numbers start, start + step, ... before stop. A step of 1 counts down where stop is below start.
 * @throws when step is 0, or the numbers never end
 * @example
 * ```ts
 * import { range } from "engram";
 * assert.deepEqual(range(0, 9, 2).arraySync(), [0, 2, 4, 6, 8]);
 * assert.deepEqual(range(3, 0).arraySync(), [3, 2, 1]);
 * ```
 */
export function range(start: number, stop: number, step = 1, dtype: DataType = "float32"): Tensor {
  const by = step === 1 && stop < start ? -1 : step;
  const count = Math.max(0, Math.ceil((stop - start) / by));
  if (by === 0 || !Number.isFinite(count)) throw error("range", "step must lead from start to stop", `start=${start}, stop=${stop}, step=${step}`);
  return sequence(start, by, count, dtype);
}

/**
 * A tensor over bytes as files store them, little-endian.
 * @throws when the number of bytes is not that of the shape
 * @example
 * ```ts
 * import { fromBytes } from "engram";
 * assert.deepEqual(fromBytes(new Uint8Array([7, 8]), [2], "uint8").cast("float32").arraySync(), [7, 8]);
 * ```
 */
export function fromBytes(bytes: Uint8Array, shape: readonly number[], dtype: DataType): Tensor {
  const expected = sizeOf(checkShape("fromBytes", shape)) * bytesPerElement(checkDtype("fromBytes", dtype));
  if (bytes.length !== expected) throw error("fromBytes", `shape [${shape}] of ${dtype} needs ${expected} bytes`, `${bytes.length} bytes`);
  return fromArray(bytes, shape, dtype);
}
