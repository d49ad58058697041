/** @file Casting between element types, as ops use it on their operands. */
import { type Apply, defineOp } from "../engine/op.js";
import { checkDtype, type DataType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import { type TensorLike, toTensor } from "./convert.js";

/** The kernel from one type to another; a pair that is missing goes by way of float32 or int32. */
const kernels: Partial<Record<string, keyof CoreKernels>> = {
  "float32 int32": "castF32ToI32",
  "float32 bool": "castF32ToBool",
  "float32 float16": "castF32ToF16",
  "float32 bfloat16": "castF32ToBF16",
  "float32 uint8": "castF32ToU8",
  "float32 int8": "castF32ToI8",
  "int32 float32": "castI32ToF32",
  "int32 bool": "castI32ToBool",
  "int32 uint8": "castI32ToU8",
  "int32 int8": "castI32ToI8",
  "int32 int64": "castI32ToI64",
  "bool float32": "castBoolToF32",
  "bool int32": "castBoolToI32",
  "uint8 float32": "castU8ToF32",
  "uint8 int32": "castU8ToI32",
  "int8 float32": "castI8ToF32",
  "int8 int32": "castI8ToI32",
  "float16 float32": "castF16ToF32",
  "bfloat16 float32": "castBF16ToF32",
  "int64 float32": "castI64ToF32",
  "int64 int32": "castI64ToI32",
};

const isFloat = (dtype: DataType): boolean => dtype === "float32" || dtype === "float16" || dtype === "bfloat16";

type CastKernel = (count: number, x: Tensor, y: Tensor) => void;

const castOp: Apply<{ dtype: DataType }> = /* @__PURE__ */ defineOp<{ dtype: DataType }>("cast", {
  dtype: (_, { dtype }) => dtype,
  run: (k, [x], y) => (k[kernels[`${x.dtype} ${y.dtype}`] as "castF32ToI32"] as CastKernel)(y.size, x, y),
  // Between floats the slope is 1; from or to anything else there is none.
  grad: (dy, [x], y) => [isFloat(x.dtype) && isFloat(y.dtype) ? dy : null],
});

/** x in another dtype; x itself when it has it already. */
export function castTo(input: Tensor, dtype: DataType): Tensor {
  checkDtype("cast", dtype);
  if (input.dtype === dtype) return input;
  if (`${input.dtype} ${dtype}` in kernels) return castOp([input], { dtype });
  for (const between of ["float32", "int32"] as const) {
    if (`${input.dtype} ${between}` in kernels && `${between} ${dtype}` in kernels) return castOp([castOp([input], { dtype: between })], { dtype });
  }
  // The 16-bit floats reach int64 by way of both.
  if (`${input.dtype} float32` in kernels) return castTo(castOp([input], { dtype: "float32" }), dtype);
  throw error("cast", "expected a pair of types that can be cast", `${input.dtype} to ${dtype}`);
}

/** A tensor or values as float32. @param name of the argument, for error messages */
export const toFloat = (op: string, name: string, value: TensorLike): Tensor => castTo(toTensor(op, name, value), "float32");

/** An argument as int32. */
export const toInt = (op: string, name: string, value: TensorLike): Tensor => castTo(toTensor(op, name, value), "int32");

/** An argument as bool: what is not 0. */
export const toBool = (op: string, name: string, value: TensorLike): Tensor => castTo(toTensor(op, name, value, "bool"), "bool");
