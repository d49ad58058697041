/** @file Tensors from JavaScript values, and constant tensors. */
import { fill } from "../engine/fill.js";
import { bytesPerElement, checkDtype, type DataArray, type DataType, inferDtype } from "../tensor/dtype.js";
import { describe, error } from "../tensor/errors.js";
import { checkShape, sizeOf } from "../tensor/shape.js";
import { Tensor, writeValues } from "../tensor/tensor.js";
import { flatten, inferShape, type Nested } from "../tensor/values.js";
import { allocate } from "../wasm/block.js";

export { fill } from "../engine/fill.js";

/** What ops take: a tensor, or values to make one of. */
export type TensorLike = Tensor | Nested;

/** A tensor of values that already are in the dtype's array, or of its bytes. */
function fromArray(values: DataArray | Uint8Array, shape: readonly number[], dtype: DataType): Tensor {
  const block = allocate(values.byteLength);
  writeValues(block, values);
  return new Tensor([...shape], dtype, sizeOf(shape), block, "tensor");
}

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

function make(op: string, values: TensorLike, shape: readonly number[] | undefined, dtype: DataType | undefined, rank?: number): Tensor {
  if (values instanceof Tensor) return values;
  if (values === null || values === undefined || typeof values === "string" || typeof values === "function")
    throw error(op, "values must be numbers or booleans, in arrays of equal lengths", describe(values));
  const implied = inferShape(op, values);
  const wanted = shape === undefined ? implied : checkShape(op, shape);
  if (shape !== undefined && implied.length > 1 && (implied.length !== shape.length || implied.some((size, i) => size !== shape[i]))) {
    throw error(op, `shape must be that of the nested values, [${implied}]`, `shape=[${shape}]`);
  }
  if (rank !== undefined && wanted.length !== rank) throw error(op, `expected values nested ${rank} deep, or a shape of ${rank} axes`, `shape [${wanted}]`);
  const type = checkDtype(op, dtype ?? inferDtype(values));
  return fromArray(flatten(op, values, wanted, type), wanted, type);
}

/** Makes an argument a tensor, in its inferred dtype or `dtype`. */
export function toTensor(op: string, name: string, value: TensorLike, dtype?: DataType): Tensor {
  if (value instanceof Tensor) return value;
  if (value === null || value === undefined || typeof value === "string") throw error(op, `${name} must be a tensor or values`, describe(value));
  return make(op, value, undefined, dtype);
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
/** Zeros of another tensor's shape and dtype. */
export const zerosLike = (x: Tensor): Tensor => fill(x.shape, 0, x.dtype);
/** Ones of another tensor's shape and dtype. */
export const onesLike = (x: Tensor): Tensor => fill(x.shape, 1, x.dtype);

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
