/** @file Sum of a list of tensors. */

import { describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add } from "./elementwise.js";
import { clone } from "./movement.js";

/**
 * The sum of tensors of one shape and type, elementwise.
 * @throws when there are none, or their shapes or types differ
 * @example
 * ```ts
 * import { addN, tensor } from "engram";
 * assert.deepEqual(addN([tensor([1, 2]), tensor([10, 20])]).arraySync(), [11, 22]);
 * ```
 */
export function addN(tensors: readonly TensorLike[]): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) throw error("addN", "tensors must be a list of one or more", describe(tensors));
  const xs = tensors.map((x) => toTensor("addN", "tensors", x as TensorLike));
  const [first] = xs as [Tensor];
  for (const { shape, dtype } of xs) {
    if (!sameShape(shape, first.shape) || dtype !== first.dtype)
      throw error("addN", `expected ${first.dtype} of shape [${first.shape}], as the first is`, `${dtype} of shape [${shape}]`);
  }
  return xs.length === 1 ? clone(first) : xs.reduce((sum, x) => add(sum, x));
}
