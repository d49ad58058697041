/** @file Comparisons: bool results, with broadcasting. */
import { defineOp } from "../engine/op.js";
import { type NumericDtype, upcastType } from "../tensor/dtype.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import { type PlainKernel, type RowsKernel, runBinary } from "./broadcast.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";

type Choice = "equal" | "notEqual" | "greater" | "greaterEqual" | "less" | "lessEqual";

/** Defines a comparison; float32, int32 and bool have kernels of their own. */
function comparison(
  name: Choice,
  choose: (k: CoreKernels, dtype: NumericDtype) => readonly [PlainKernel, RowsKernel],
  swapped: boolean,
): (a: TensorLike, b: TensorLike) => Tensor {
  const apply = defineOp(name, {
    shape: ([a, b]) => broadcastShapes(name, (a as Tensor).shape, (b as Tensor).shape),
    dtype: "bool",
    run: (k, inputs, y) => {
      const [a, b] = inputs as [Tensor, Tensor];
      const [plain, rows] = choose(k, a.dtype as NumericDtype);
      runBinary(plain, rows, swapped ? b : a, swapped ? a : b, y);
    },
    grad: null,
  });
  return (a, b) => {
    const x = toTensor(name, "a", a);
    const y = toTensor(name, "b", b);
    const common = upcastType(name, x.dtype, y.dtype);
    // Order of bools is that of 0 and 1.
    const dtype = common === "bool" && name !== "equal" && name !== "notEqual" ? "int32" : common;
    return apply([castTo(x, dtype), castTo(y, dtype)], {});
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
export const equal = /* @__PURE__ */ comparison(
  "equal",
  (k, dtype) => (dtype === "float32" ? [k.equal, k.equalRows] : dtype === "int32" ? [k.equalI32, k.equalI32Rows] : [k.equalU8, k.equalU8Rows]),
  false,
);

/** a != b, elementwise with broadcasting; NaN differs from everything. */
export const notEqual = /* @__PURE__ */ comparison(
  "notEqual",
  (k, dtype) =>
    dtype === "float32" ? [k.notEqual, k.notEqualRows] : dtype === "int32" ? [k.notEqualI32, k.notEqualI32Rows] : [k.notEqualU8, k.notEqualU8Rows],
  false,
);

const lessKernels = (k: CoreKernels, dtype: NumericDtype): readonly [PlainKernel, RowsKernel] =>
  dtype === "float32" ? [k.less, k.lessRows] : [k.lessI32, k.lessI32Rows];
const lessEqualKernels = (k: CoreKernels, dtype: NumericDtype): readonly [PlainKernel, RowsKernel] =>
  dtype === "float32" ? [k.lessEqual, k.lessEqualRows] : [k.lessEqualI32, k.lessEqualI32Rows];

/** a < b, elementwise with broadcasting; false where either is NaN. */
export const less = /* @__PURE__ */ comparison("less", lessKernels, false);
/** a <= b, elementwise with broadcasting; false where either is NaN. */
export const lessEqual = /* @__PURE__ */ comparison("lessEqual", lessEqualKernels, false);
/** a > b, elementwise with broadcasting; false where either is NaN. */
export const greater = /* @__PURE__ */ comparison("greater", lessKernels, true);
/** a >= b, elementwise with broadcasting; false where either is NaN. */
export const greaterEqual = /* @__PURE__ */ comparison("greaterEqual", lessEqualKernels, true);
