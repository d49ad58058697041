/** @file The effect that adds to running totals in float64. */
import { defineEffect } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";

interface Tally {
  /** How many values are added; x, w and index have as many, or one that is repeated. */
  count: number;
  /** Indices outside [0, limit) are left out; 1 by default. */
  limit?: number;
  /** The total that index 0 means; the first by default. */
  at?: number;
  /** Where above 0: the weights are added up too, in the totals this far behind. */
  counts?: number;
}

/** totals[at + index[i]] += x[i] w[i], in float64. Targets: totals (two float32 words each), x, w, and index where there is more than one total. */
export const tally = /* @__PURE__ */ defineEffect("tally", (k, [totals, x, w, index], { count, limit = 1, at = 0, counts = 0 }: Tally) => {
  const step = (operand: Tensor): number => Number(operand.size > 1);
  k.tally(limit, count, at, counts, x, step(x), w, step(w), index ?? x, Number(index !== undefined), totals);
});
