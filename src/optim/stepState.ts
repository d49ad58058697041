/** @file What the kernels of optimizers read of one step. */
import { type Tensor, viewAt } from "../tensor/tensor.js";
import { allocateResident, type Block } from "../wasm/block.js";

/**
 * Up to 12 coefficients of the optimizer, float32; those of the average of weights, a gradient descent towards them; and as int32 whether the
 * gradients so far make an update, and whether the weights then become their average. They lie one after another in `all`. A plan with several
 * steps has as many.
 */
export type StepState = readonly [row: Tensor, average: Tensor, updates: Tensor, overwrites: Tensor, all: Block];

export function stepState(): StepState {
  const all = allocateResident(64);
  const part = (from: number, size: number): Tensor => viewAt(all, 4 * from, [size], from < 14 ? "float32" : "int32");
  return [part(0, 12), part(12, 2), part(14, 1), part(15, 1), all];
}
