/** @file Metrics of the confusion matrix. */
import { castTo } from "../../ops/castTo.js";
import { greaterEqual, less, notEqual } from "../../ops/compare.js";
import { add, mul } from "../../ops/elementwise.js";
import { logicalAnd } from "../../ops/logical.js";
import { reshape } from "../../ops/movement.js";
import { argMax } from "../../ops/reduce.js";
import { where } from "../../ops/where.js";
import { checkCount } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { addCounts, type Gathering, int, type MetricValue, total, weightedMean } from "./metric.js";

export interface MatrixOptions {
  numClasses?: number;
  /** A target whose samples do not count. */
  ignoreClass?: number;
}

/** Weights of samples by target (rows) and prediction (columns), of class numbers or of scores, one a class; and the result from them. */
export function byClass(
  name: string,
  { numClasses = 0, ignoreClass = -1 }: MatrixOptions,
  ofScores: boolean,
  finish: (matrix: number[][]) => MetricValue,
): Gathering {
  checkCount(name, "numClasses", numClasses);
  const classes = (x: Tensor): Tensor => (ofScores ? argMax(x, -1) : castTo(x, "int32"));
  const limit = numClasses * numClasses;
  return {
    least: limit,
    add(totals, t, p, weights) {
      const predicted = classes(p);
      const targets = reshape(classes(t), predicted.shape);
      // A wrong prediction must not fall into the next row.
      const counts = logicalAnd(logicalAnd(greaterEqual(predicted, 0), less(predicted, numClasses)), notEqual(targets, ignoreClass));
      addCounts(name, totals, where(counts, add(mul(targets, int(numClasses)), predicted), int(-1)), limit, weights);
    },
    read: (sums) => finish(Array.from({ length: numClasses }, (_, i) => sums.slice(i * numClasses, (i + 1) * numClasses))),
  };
}

/** Mean over the classes that occur, or the target classes among them, of intersection over union. */
export const overlap =
  (ofScores: boolean) =>
  (name: string, { targetClassIds, ...options }: MatrixOptions & { targetClassIds?: readonly number[] }): Gathering =>
    byClass(name, options, ofScores, (matrix) =>
      weightedMean(
        (targetClassIds ?? matrix.map((_, c) => c)).flatMap((c) => {
          const row = matrix[c] as number[];
          const both = row[c] as number;
          const union = total(row) + total(matrix.map((other) => other[c] as number)) - both;
          return union > 0 ? both / union : [];
        }),
      ),
    );
