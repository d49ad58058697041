/** @file Ops about diagonals of matrices: tril, triu, diag. */
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { bandOp } from "./band.js";
import { type TensorLike, toTensor } from "./convert.js";
import { reshape } from "./movement.js";
import { putWindow } from "./window.js";

/** Beyond any diagonal of a tensor. */
const ALL = 0x3fffffff;

function matrices(op: string, x: TensorLike, k: number): Tensor {
  const input = toTensor(op, "x", x);
  if (input.rank < 2 || !Number.isInteger(k))
    throw error(op, "x must have two axes or more, and k be a whole number", `x of shape [${input.shape}] and k=${k}`);
  return input;
}

/**
 * The lower triangle of the matrices in the last two axes: 0 where column - row > k.
 * @param k the diagonal, counted upwards from the main one, above which everything is 0
 * @throws when x has less than two axes
 * @example
 * ```ts
 * import { tril } from "engram";
 * assert.deepEqual(tril([[1, 2], [3, 4]]).arraySync(), [[1, 0], [3, 4]]);
 * ```
 */
export function tril(x: TensorLike, k = 0): Tensor {
  return bandOp([matrices("tril", x, k)], { lower: ALL, upper: k });
}

/**
 * The upper triangle of the matrices in the last two axes: 0 where column - row < k.
 * @param k the diagonal, counted upwards from the main one, below which everything is 0
 * @throws when x has less than two axes
 * @example
 * ```ts
 * import { triu } from "engram";
 * assert.deepEqual(triu([[1, 2], [3, 4]]).arraySync(), [[1, 2], [0, 4]]);
 * ```
 */
export function triu(x: TensorLike, k = 0): Tensor {
  return bandOp([matrices("triu", x, k)], { lower: -k, upper: ALL });
}

/**
 * A tensor of zeros with x on its diagonal: y[i..., i...] = x[i...], of shape [...x.shape, ...x.shape].
 * @example
 * ```ts
 * import { diag } from "engram";
 * assert.deepEqual(diag([1, 2]).arraySync(), [[1, 0], [0, 2]]);
 * ```
 */
export function diag(x: TensorLike): Tensor {
  const input = toTensor("diag", "x", x);
  const n = input.size;
  const flat = putWindow(reshape(input, [n]), [n * n], { begin: [0], steps: [n + 1] });
  return reshape(flat, [...input.shape, ...input.shape]);
}
