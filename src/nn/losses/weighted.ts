/** @file The losses of TensorFlow.js's namespace tf.losses: weighted and reduced at once. */
import { step } from "../../engine/step.js";
import { toFloat } from "../../ops/castTo.js";
import { notEqual } from "../../ops/compare.js";
import { type TensorLike, toTensor } from "../../ops/convert.js";
import { abs, add, div, log, mul, neg, relu, square, sub } from "../../ops/elementwise.js";
import { crossEntropy } from "../../ops/loss.js";
import { sum } from "../../ops/reduce.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { binaryElements, smoothed } from "./crossentropy.js";
import { huberElements } from "./named.js";
import { aligned, EPSILON } from "./samples.js";

/** How the functions of `losses` that TensorFlow.js has reduce: not, by the weighted mean, by the sum, by the sum over the number of weights that are not 0. */
export enum Reduction {
  NONE,
  MEAN,
  SUM,
  SUM_BY_NONZERO_WEIGHTS,
}

/** What every loss of this file takes after its own arguments. */
type Weights = TensorLike | null | undefined;

function reduceWeighted(losses: Tensor, weights: Weights, reduction: Reduction): Tensor {
  if (!(reduction in Reduction)) throw error("computeWeightedLoss", "reduction must be one of Reduction", describe(reduction));
  const w = weights === null || weights === undefined ? undefined : toFloat("computeWeightedLoss", "weights", weights);
  const weighted = w === undefined ? losses : mul(losses, w);
  if (reduction === Reduction.NONE) return weighted;
  const total = sum(weighted);
  if (reduction === Reduction.SUM) return total;
  // Every weight counts for as many losses as it is broadcast to.
  const count = w === undefined ? losses.size : mul(sum(reduction === Reduction.MEAN ? w : notEqual(w, 0)), losses.size / w.size);
  return div(total, count);
}

/** Labels and predictions, then weights that broadcast to the losses' shape, and how they reduce. */
type Weighted = (labels: TensorLike, predictions: TensorLike, weights?: Weights, reduction?: Reduction) => Tensor;
/** The same with a number before the reduction. */
type WeightedBy = (labels: TensorLike, predictions: TensorLike, weights?: Weights, parameter?: number, reduction?: Reduction) => Tensor;

const weightedBy =
  (name: string, parameter: number, f: (t: Tensor, p: Tensor, parameter: number) => Tensor): WeightedBy =>
  (labels, predictions, weights, given = parameter, reduction = Reduction.SUM_BY_NONZERO_WEIGHTS) =>
    step(name, () => {
      const p = toFloat(name, "predictions", predictions);
      return reduceWeighted(f(aligned(name, toTensor(name, "labels", labels), p), p, given), weights, reduction);
    });

const weighted =
  (name: string, f: (t: Tensor, p: Tensor) => Tensor): Weighted =>
  (labels, predictions, weights, reduction) =>
    weightedBy(name, 0, f)(labels, predictions, weights, 0, reduction);

/** TensorFlow.js's losses. `weights` broadcast to the losses' shape; the reduction is SUM_BY_NONZERO_WEIGHTS by default. */
export const weightedLosses = {
  /** |labels - predictions| */
  absoluteDifference: /* @__PURE__ */ weighted("absoluteDifference", (t, p) => abs(sub(t, p))),
  /** Losses of one's own, weighted and reduced. */
  computeWeightedLoss: (losses: TensorLike, weights?: Weights, reduction?: Reduction): Tensor =>
    weighted("computeWeightedLoss", (x) => x)(losses, losses, weights, reduction),
  /** 1 - sum(labels predictions) along an axis that is kept, for vectors of length 1. */
  cosineDistance: (labels: TensorLike, predictions: TensorLike, axis: number, weights?: Weights, reduction?: Reduction): Tensor =>
    weighted("cosineDistance", (t, p) => sub(1, sum(mul(t, p), axis, true)))(labels, predictions, weights, reduction),
  /** max(0, 1 - y predictions) with y = 2 labels - 1 for labels 0 and 1 */
  hingeLoss: /* @__PURE__ */ weighted("hingeLoss", (t, p) => relu(sub(1, mul(sub(mul(t, 2), 1), p)))),
  /** 0.5 e^2 up to |e| = delta, the parameter, 1 by default; from there on delta (|e| - 0.5 delta) */
  huberLoss: /* @__PURE__ */ weightedBy("huberLoss", 1, huberElements),
  /** -labels log(predictions + epsilon) - (1 - labels) log(1 - predictions + epsilon); the parameter is epsilon, 1e-7 by default */
  logLoss: /* @__PURE__ */ weightedBy("logLoss", EPSILON, (t, p, epsilon) =>
    neg(add(mul(t, log(add(p, epsilon))), mul(sub(1, t), log(add(sub(1, p), epsilon))))),
  ),
  /** (labels - predictions)^2 */
  meanSquaredError: /* @__PURE__ */ weighted("meanSquaredError", (t, p) => square(sub(t, p))),
  /** -labels log(p) - (1 - labels) log(1 - p) with p = sigmoid(logits), without loss of digits; the parameter smooths labels towards 0.5 */
  sigmoidCrossEntropy: /* @__PURE__ */ weightedBy("sigmoidCrossEntropy", 0, (t, x, smoothing) => binaryElements(smoothed(t, smoothing, 2), x, true)),
  /** -sum(labels log(softmax(logits))) over the last axis; the parameter smooths labels towards equal shares */
  softmaxCrossEntropy: /* @__PURE__ */ weightedBy("softmaxCrossEntropy", 0, (t, x, smoothing) => crossEntropy(smoothed(t, smoothing), x)),
};
