/** @file Casting between element types. */
import { alias, type Op, recordNode } from "../engine/op.js";
import type { DataType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";

/**
 * x in another dtype. float32 to int32 drops the fraction; to bool gives x != 0.
 * @throws when the dtype is unknown
 * @example
 * ```ts
 * import { tensor } from "engram";
 * assert.deepEqual(tensor([1.7, -1.7, 0]).cast("int32").arraySync(), [1, -1, 0]);
 * assert.deepEqual(tensor([1.7, -1.7, 0]).cast("bool").arraySync(), [1, 1, 0]);
 * ```
 */
export function cast(x: TensorLike, dtype: DataType): Tensor {
  const input = toTensor("cast", "x", x);
  const y = castTo(input, dtype);
  // A tensor of its own, so that disposing of x leaves it alive.
  return y === input ? recordNode(identityOp, [input], alias(input, input.shape, "cast")) : y;
}

const identityOp: Op = { name: "cast", grad: (dy) => [dy], inplace: false };
