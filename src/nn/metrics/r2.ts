/** @file The coefficient of determination. */
import { mul, sub } from "../../ops/elementwise.js";
import { broadcastTo } from "../../ops/movement.js";
import { tally } from "../../ops/tally.js";
import type { Tensor } from "../../tensor/tensor.js";
import { aligned } from "../losses/samples.js";
import { type Gathering, offsets, ratio, spread, weightedMean } from "./metric.js";

export interface R2Options {
  /** How the outputs' scores become one: their mean (by default), their mean weighted by the targets' variance, or not at all (null). */
  classAggregation?: "uniformAverage" | "varianceWeightedAverage" | null;
}

/** 1 - sum (y - p)^2 / sum (y - mean y)^2 for each output. The totals of each output: targets, weights, squares of targets and of errors. */
export function r2(name: string, { classAggregation = "uniformAverage" }: R2Options): Gathering {
  return {
    least: 4,
    add(totals, yTrue, p, weights) {
      const t = aligned(name, yTrue, p);
      const outputs = p.rank < 2 ? 1 : (p.shape[p.rank - 1] as number);
      const count = t.size;
      const w = spread(name, weights, p);
      const index = broadcastTo(offsets(outputs, 1), [count / outputs, outputs]);
      const errors = sub(t, p);
      const add = (x: Tensor, by: Tensor, at: number, counts = 0): void =>
        tally([totals(4 * outputs), x, by, index], { count, limit: outputs, at: at * outputs, counts });
      // Squares are float64 products: for targets far from 0 their sum is a difference of large numbers.
      add(t, w, 0, outputs);
      add(t, mul(t, w), 2);
      add(errors, mul(errors, w), 3);
    },
    read(sums) {
      const outputs = sums.length / 4;
      const of = (what: number, output: number): number => sums[what * outputs + output] as number;
      const variances = sums.slice(0, outputs).map((sum, i) => of(2, i) - ratio(sum * sum, of(1, i)));
      const scores = variances.map((variance, i) => (variance === 0 ? 0 : 1 - of(3, i) / variance));
      if (classAggregation === null) return scores;
      return weightedMean(scores, classAggregation === "uniformAverage" ? undefined : variances);
    },
  };
}
