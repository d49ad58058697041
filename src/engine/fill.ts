/** @file The op that makes a tensor of one value. */
import type { DataType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { checkShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { defineOp } from "./op.js";

const fillOp = /* @__PURE__ */ defineOp<{ shape: readonly number[]; value: number; dtype: DataType }>("fill", {
  shape: (_, { shape }) => shape,
  dtype: (_, { dtype }) => dtype,
  run: (k, _, y, { value, dtype }) => {
    if (dtype === "float32") k.fill(y.size, value, y);
    else if (dtype === "int32") k.fillI32(y.size, Math.trunc(value), y);
    else k.fillBytes(y.size, dtype === "bool" ? Number(value !== 0) : value, y);
  },
  grad: null,
});

/** Types that `fill` writes; the other storage types are made by casting. */
const fillable: readonly DataType[] = ["float32", "int32", "bool", "uint8", "int8"];

/**
 * A tensor whose elements are all `value`.
 * @throws when the shape is not whole numbers >= 0
 * @example
 * ```ts
 * import { fill } from "engram";
 * assert.deepEqual(fill([2, 2], 7).arraySync(), [[7, 7], [7, 7]]);
 * ```
 */
export function fill(shape: readonly number[], value: number, dtype: DataType = "float32"): Tensor {
  if (!fillable.includes(dtype)) throw error("fill", `dtype must be one of ${fillable.join(", ")}`, `dtype=${dtype}`, "fill float32 and cast.");
  return fillOp([], { shape: checkShape("fill", shape), value, dtype });
}
