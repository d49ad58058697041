/** @file Checks of index tensors. */
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { heap } from "../wasm/heap.js";

/** Throws when a value of an int32 tensor in memory is outside [0, limit). */
export function checkIndices(op: string, indices: Tensor, limit: number): void {
  const start = indices.block.ptr >> 2;
  for (let i = 0; i < indices.size; i++) {
    const value = heap.i32[start + i] as number;
    if (value < 0 || value >= limit) throw error(op, `indices must be in [0, ${limit})`, `${value} at position ${i}`);
  }
}
