/** @file How elementwise ops of one and two tensors are defined. */
import { defineOp } from "../engine/op.js";
import { upcastType } from "../tensor/dtype.js";
import { broadcastShapes } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { type BinaryKernel, runBinary, unbroadcast } from "./broadcast.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";

// ---- two tensors ----

type BinaryGrad = (dy: Tensor, a: Tensor, b: Tensor, y: Tensor, needs: readonly boolean[]) => [Tensor | null, Tensor | null];

/**
 * Defines a binary op with numpy's broadcasting, of the kernel of its name; its gradient is written for equal shapes. Where there is no kernel for
 * int32, other types than float32 are cast to it.
 */
export function binary(
  name: BinaryKernel,
  grad: BinaryGrad,
  int32: BinaryKernel | null = `${name}I32` as BinaryKernel,
): (a: TensorLike, b: TensorLike) => Tensor {
  const apply = defineOp(name, {
    shape: ([a, b]) => broadcastShapes(name, a.shape, b.shape),
    run: (k, inputs, y) => runBinary(k, y.dtype === "float32" ? name : (int32 as BinaryKernel), inputs[0], inputs[1], y),
    grad: (dy, [a, b], y, _, needs) => {
      const [da, db] = grad(dy, a, b, y, needs);
      return [da && unbroadcast(da, a.shape), db && unbroadcast(db, b.shape)];
    },
    inplace: true,
  });
  return (a, b) => {
    const [x, y] = operands(name, a, b, int32 === null);
    return apply([x, y]);
  };
}

/** Both operands as tensors of one type: float32 or int32. */
function operands(name: string, a: TensorLike, b: TensorLike, floatOnly: boolean): [Tensor, Tensor] {
  const x = a instanceof Tensor ? a : toTensor(name, "a", a);
  const y = b instanceof Tensor ? b : toTensor(name, "b", b);
  if (x.dtype === "float32" && y.dtype === "float32") return [x, y];
  const type = upcastType(name, x.dtype, y.dtype) === "float32" || floatOnly ? "float32" : "int32";
  return [castTo(x, type), castTo(y, type)];
}

// ---- one tensor ----

type UnaryKernel = (count: number, x: Ref, y: Ref) => void;
type UnaryName = { [K in keyof CoreKernels]: CoreKernels[K] extends UnaryKernel ? K : never }[keyof CoreKernels];

/**
 * Defines an op y = f(x), by default of the kernel of its name, whose `grad` gives dx from dy, x and y, or null for a slope of 0. Other types than
 * float32 are cast to int32 where there is a kernel for that, of the same name with I32, else to float32.
 */
export function unary(
  name: string,
  grad: (dy: Tensor, x: Tensor, y: Tensor) => Tensor | null,
  hasInt32 = false,
  kernel: (k: CoreKernels) => UnaryKernel = (k) => k[name as UnaryName],
): (x: TensorLike) => Tensor {
  const int32 = `${name}I32` as UnaryName;
  const apply = defineOp(name, {
    run: (k, [x], y) => (y.dtype === "int32" ? k[int32] : kernel(k))(y.size, x, y),
    grad: (dy, [x], y) => [grad(dy, x, y)],
    inplace: true,
  });
  return (value) => {
    const x = value instanceof Tensor ? value : toTensor(name, "x", value);
    if (x.dtype === "float32") return apply([x]);
    return apply([castTo(x, hasInt32 ? "int32" : "float32")]);
  };
}
