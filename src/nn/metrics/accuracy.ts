/** @file Accuracies: one value a sample. */

import { takeAlongAxis } from "../../ops/alongAxis.js";
import { castTo } from "../../ops/castTo.js";
import { equal, greater, less } from "../../ops/compare.js";
import { reshape } from "../../ops/movement.js";
import { argMax, sum } from "../../ops/reduce.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { aligned, meanOver, type SampleFunction } from "../losses/samples.js";

const asFloat = (x: Tensor): Tensor => castTo(x, "float32");

/** Share of the last axis on which predictions above the threshold are targets of 1. */
export function binaryAccuracy(yTrue: Tensor, yPred: Tensor, { threshold }: { threshold: number }): Tensor {
  return meanOver(asFloat(equal(aligned("binaryAccuracy", yTrue, yPred), asFloat(greater(yPred, threshold)))), -1);
}

/** Share of the last axis on which predictions equal targets. */
export const equality: SampleFunction = (yTrue, yPred) => meanOver(asFloat(equal(aligned("accuracy", yTrue, yPred), yPred)), -1);

/** Whether the greatest prediction is the greatest target. */
export const categoricalAccuracy: SampleFunction = (yTrue, yPred) => asFloat(equal(argMax(yTrue, -1), argMax(yPred, -1)));

/** Whether the greatest prediction is the label's. */
export const sparseCategoricalAccuracy: SampleFunction = (yTrue, yPred) =>
  asFloat(equal(aligned("sparseCategoricalAccuracy", yTrue, yPred, true), argMax(yPred, -1)));

/** Whether fewer than k predictions are greater than the label's. */
export function sparseTopKCategoricalAccuracy(yTrue: Tensor, yPred: Tensor, { k }: { k: number }): Tensor {
  if (!(k > 0)) throw error("topKCategoricalAccuracy", "k must be > 0", `k=${describe(k)}`);
  const labels = aligned("sparseTopKCategoricalAccuracy", yTrue, yPred, true);
  const own = takeAlongAxis(yPred, reshape(labels, [...labels.shape, 1]));
  return asFloat(less(sum(greater(yPred, own), -1), k));
}

/** The same for one-hot targets. */
export const topKCategoricalAccuracy = (yTrue: Tensor, yPred: Tensor, options: { k: number }): Tensor =>
  sparseTopKCategoricalAccuracy(argMax(yTrue, -1), yPred, options);

/**
 * Keras 3's rule for "accuracy" and "crossentropy": binary for one output or after binaryCrossentropy, sparse where targets are
 * class numbers, else categorical.
 */
export function formOf(lossName: string, yTrue: Tensor, yPred: Tensor): "binary" | "sparseCategorical" | "categorical" {
  const classes = yPred.shape[yPred.rank - 1] as number;
  if (lossName.startsWith("binary") || classes === 1) return "binary";
  return yTrue.size !== yPred.size && yTrue.size * classes === yPred.size ? "sparseCategorical" : "categorical";
}
