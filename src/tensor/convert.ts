/** @file What ops take, made tensors. */

import { allocate } from "../wasm/block.js";
import { checkDtype, type DataArray, type DataType, inferDtype } from "./dtype.js";
import { describe, error } from "./errors.js";
import { checkShape, sizeOf } from "./shape.js";
import { Tensor, writeValues } from "./tensor.js";
import { flatten, inferShape, type Nested } from "./values.js";

/** What ops take: a tensor, or values to make one of. */
export type TensorLike = Tensor | Nested;

/** A tensor of values that already are in the dtype's array, or of its bytes. */
export function fromArray(values: DataArray | Uint8Array, shape: readonly number[], dtype: DataType): Tensor {
  const block = allocate(values.byteLength);
  writeValues(block, values);
  return new Tensor([...shape], dtype, sizeOf(shape), block, "tensor");
}

/** The tensor of the values; `rank` when the function has a fixed one. */
export function make(op: string, values: TensorLike, shape: readonly number[] | undefined, dtype: DataType | undefined, rank?: number): Tensor {
  if (values instanceof Tensor) return values;
  const implied = inferShape(op, values);
  const wanted = shape === undefined ? implied : checkShape(op, shape);
  if (shape !== undefined && implied.length > 1 && (implied.length !== shape.length || implied.some((size, i) => size !== shape[i]))) {
    throw error(op, `shape must be that of the nested values, [${implied}]`, `shape=[${shape}]`);
  }
  if (rank !== undefined && wanted.length !== rank) throw error(op, `expected values nested ${rank} deep, or a shape of ${rank} axes`, `shape [${wanted}]`);
  const type = checkDtype(op, dtype ?? inferDtype(values));
  return fromArray(flatten(op, values, wanted, type), wanted, type);
}

/** Makes an argument a tensor of as many axes as one of `ranks`. */
export function ofRank(op: string, name: string, value: TensorLike, ...ranks: number[]): Tensor {
  const x = toTensor(op, name, value);
  if (!ranks.includes(x.rank)) throw error(op, `${name} must be of rank ${ranks.join(" or ")}`, `shape [${x.shape}]`);
  return x;
}

/** Makes an argument a tensor, in its inferred dtype or `dtype`. */
export function toTensor(op: string, name: string, value: TensorLike, dtype?: DataType): Tensor {
  if (value instanceof Tensor) return value;
  if (value === null || value === undefined || typeof value === "string") throw error(op, `${name} must be a tensor or values`, describe(value));
  return make(op, value, undefined, dtype);
}
