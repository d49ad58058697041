/** @file Work along an axis that is brought last: elements taken by indices, or added to the places that indices name. */
import type { Tensor } from "../tensor/tensor.js";
import { transpose } from "./movement.js";
import { type Along, gatherOp, scatterAddOp } from "./rows.js";

/** x with an axis and the last one exchanged; twice gives x back. */
export function swapLast(x: Tensor, axis: number): Tensor {
  const last = x.rank - 1;
  if (axis === last) return x;
  return transpose(
    x,
    x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i)),
  );
}

const last = (x: Tensor): Along => ({ axis: x.rank - 1, batchDims: x.rank - 1 });

/** y[..., j] = x[..., indices[..., j]]; 0 for an index outside. The other axes of x and indices are equal. */
export const takeLast = (x: Tensor, indices: Tensor): Tensor => gatherOp([x, indices], last(x));

/** y[..., indices[..., j]] += x[..., j] from zeros, `size` along the last axis; an index outside is left out. */
export const addLast = (x: Tensor, indices: Tensor, size: number): Tensor => scatterAddOp([x, indices], { ...last(x), shape: [...x.shape.slice(0, -1), size] });
