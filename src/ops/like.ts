/** @file Constant tensors in the shape and dtype of another. */
import { fill } from "../engine/fill.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";

/** Zeros of x's shape and dtype. */
export function zerosLike(x: TensorLike): Tensor {
  const { shape, dtype } = toTensor("zerosLike", "x", x);
  return fill(shape, 0, dtype);
}

/** Ones of x's shape and dtype. */
export function onesLike(x: TensorLike): Tensor {
  const { shape, dtype } = toTensor("onesLike", "x", x);
  return fill(shape, 1, dtype);
}
