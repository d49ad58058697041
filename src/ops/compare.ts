/** @file Comparisons: bool results, with broadcasting. */
import { defineOp } from "../engine/op.js";
import { type NumericDtype, upcastType } from "../tensor/dtype.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type BinaryKernel, runBinary } from "./broadcast.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";

type Choice = "equal" | "notEqual" | "greater" | "greaterEqual" | "less" | "lessEqual";

/** Defines a comparison; float32, int32 and bool have kernels of their own. */
function comparison(name: Choice, kernels: Partial<Record<NumericDtype, BinaryKernel>>, swapped: boolean): (a: TensorLike, b: TensorLike) => Tensor {
  const apply = defineOp(name, {
    shape: ([a, b]) => broadcastShapes(name, a.shape, b.shape),
    dtype: "bool",
    run: (k, [a, b], y) => runBinary(k, kernels[a.dtype as NumericDtype] as BinaryKernel, swapped ? b : a, swapped ? a : b, y),
    grad: null,
  });
  return (a, b) => {
    const x = toTensor(name, "a", a);
    const y = toTensor(name, "b", b);
    const common = upcastType(name, x.dtype, y.dtype);
    // Order of bools is that of 0 and 1.
    const dtype = common in kernels ? common : "int32";
    return apply([castTo(x, dtype), castTo(y, dtype)]);
  };
}

/**
 * a == b, elementwise with broadcasting; NaN equals nothing.
 * @returns bool
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { equal } from "engram";
 * assert.deepEqual(equal([1, 2, 3], [1, 0, 3]).arraySync(), [1, 0, 1]);
 * ```
 */
export const equal = /* @__PURE__ */ comparison("equal", { float32: "equal", int32: "equalI32", bool: "equalU8" }, false);

/** a != b, elementwise with broadcasting; NaN differs from everything. */
export const notEqual = /* @__PURE__ */ comparison("notEqual", { float32: "notEqual", int32: "notEqualI32", bool: "notEqualU8" }, false);

const lessKernels = { float32: "less", int32: "lessI32" } as const;
const lessEqualKernels = { float32: "lessEqual", int32: "lessEqualI32" } as const;

/** a < b, elementwise with broadcasting; false where either is NaN. */
export const less = /* @__PURE__ */ comparison("less", lessKernels, false);
/** a <= b, elementwise with broadcasting; false where either is NaN. */
export const lessEqual = /* @__PURE__ */ comparison("lessEqual", lessEqualKernels, false);
/** a > b, elementwise with broadcasting; false where either is NaN. */
export const greater = /* @__PURE__ */ comparison("greater", lessKernels, true);
/** a >= b, elementwise with broadcasting; false where either is NaN. */
export const greaterEqual = /* @__PURE__ */ comparison("greaterEqual", lessEqualKernels, true);
