/** @file The op that makes a tensor of one value. */
import { bytesPerElement, type DataType } from "../tensor/dtype.js";
import { checkOneOf, describe, error } from "../tensor/errors.js";
import { checkShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import { defineOp } from "./op.js";

/** All of y = value, cut to y's type. Of the types that no kernel writes only 0 is possible: its bytes are 0. */
export function fillWith(k: CoreKernels, y: Tensor, value: number): void {
  if (y.dtype === "float32") k.fill(y.size, value, y);
  else if (y.dtype === "int32") k.fillI32(y.size, Math.trunc(value), y);
  else k.fillBytes(y.size * bytesPerElement(y.dtype), y.dtype === "bool" ? Number(value !== 0) : value, y);
}

const fillOp = /* @__PURE__ */ defineOp<{ shape: readonly number[]; value: number; dtype: DataType }>("fill", {
  shape: (_, { shape }) => shape,
  dtype: (_, { dtype }) => dtype,
  run: (k, _, y, { value }) => fillWith(k, y, value),
  grad: null,
});

/** Types that can be filled with any value; the other storage types are made by casting. */
export const fillable: readonly DataType[] = ["float32", "int32", "bool", "uint8", "int8"];

/**
 * A tensor whose elements are all `value`, of float32 or, for true and false, bool.
 * @throws when the shape is not whole numbers >= 0
 * @example
 * ```ts
 * import { fill } from "engram";
 * assert.deepEqual(fill([2, 2], 7).arraySync(), [[7, 7], [7, 7]]);
 * ```
 */
export function fill(shape: readonly number[], value: number | boolean, dtype: DataType = typeof value === "boolean" ? "bool" : "float32"): Tensor {
  checkOneOf("fill", "dtype", dtype, fillable, "fill float32 and cast.");
  if (typeof value !== "number" && typeof value !== "boolean") throw error("fill", "value must be a number", describe(value));
  return fillOp([], { shape: checkShape("fill", shape), value: Number(value), dtype });
}
