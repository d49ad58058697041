/** @file Sum of a list of tensors. */

import { describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add } from "./elementwise.js";
import { clone } from "./movement.js";
import { addThree } from "./pairSlope.js";

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
  if (!Array.isArray(tensors) || tensors.length === 0) throw error("addN", "expected a list of one tensor or more", describe(tensors));
  const xs = tensors.map((x) => toTensor("addN", "tensors", x as TensorLike));
  const [first] = xs as [Tensor];
  for (const { shape, dtype } of xs) {
    if (!sameShape(shape, first.shape) || dtype !== first.dtype)
      throw error("addN", `expected ${first.dtype} of shape [${first.shape}], as the first is`, `${dtype} of shape [${shape}]`);
  }
  if (xs.length === 1) return clone(first);
  let y = first;
  for (let i = 1; i < xs.length; i += 2) {
    const [a, b] = [xs[i] as Tensor, xs[i + 1]];
    y = b === undefined ? add(y, a) : first.dtype === "float32" ? addThree(y, a, b) : add(add(y, a), b);
  }
  return y;
}
