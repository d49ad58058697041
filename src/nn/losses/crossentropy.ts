/** @file Cross-entropies of probabilities and of logits. */

import { softplus } from "../../ops/activations.js";
import { pow } from "../../ops/arithmetic.js";
import { notEqual } from "../../ops/compare.js";
import { add, clipByValue, div, exp, log, maximum, mul, neg, sigmoid, sub } from "../../ops/elementwise.js";
import { binaryCrossEntropy, crossEntropy, sparseCrossEntropy } from "../../ops/loss.js";
import { mean, sum } from "../../ops/reduce.js";
import { logSoftmax } from "../../ops/softmax.js";
import { where } from "../../ops/where.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { LossDefinition } from "./loss.js";
import { EPSILON, meanOver } from "./samples.js";

export interface CrossentropyOptions {
  /** Whether predictions are logits rather than probabilities; false by default. */
  fromLogits: boolean;
  /** Share of the target that is spread over all classes alike; 0 by default. */
  labelSmoothing: number;
}

export interface BinaryOptions extends CrossentropyOptions {
  /** Factor of the term of positives, for all outputs or for each; 1 by default. */
  posWeight: number | Tensor;
}

export interface FocalOptions extends CrossentropyOptions {
  /** 0.25 by default. */
  alpha: number;
  /** 2 by default. */
  gamma: number;
}

export interface BinaryFocalOptions extends FocalOptions {
  /** Whether positives count alpha and negatives 1 - alpha; false by default. */
  applyClassBalancing: boolean;
}

export interface SparseOptions extends CrossentropyOptions {
  /** A label whose samples have no loss and do not count in the mean. */
  ignoreClass: number | null;
}

const defaults: CrossentropyOptions = { fromLogits: false, labelSmoothing: 0 };
const focal = { ...defaults, alpha: 0.25, gamma: 2 };

const clipped = (p: Tensor): Tensor => clipByValue(p, EPSILON, 1 - EPSILON);

/** Logits with these probabilities, along the last axis, once they sum to 1 (Keras). */
const logarithms = (p: Tensor): Tensor => log(clipped(div(p, sum(p, -1, true))));

/** Targets of which a share is spread over all classes, in the last axis unless their number is given. */
export const smoothed = (t: Tensor, share: number, classes = t.shape[t.rank - 1] as number): Tensor =>
  share === 0 ? t : add(mul(t, 1 - share), share / classes);

/** -(w t log(p) + (1 - t) log(1 - p)); from logits both logarithms are softplus, which keeps all digits. */
export function binaryElements(t: Tensor, p: Tensor, fromLogits: boolean, positiveWeight: number | Tensor = 1): Tensor {
  if (fromLogits && positiveWeight === 1) return binaryCrossEntropy(t, p);
  const [positives, negatives] = fromLogits ? [softplus(neg(p)), softplus(p)] : [clipped(p), sub(1, clipped(p))].map((q) => neg(log(q)));
  return add(mul(mul(t, positiveWeight), positives as Tensor), mul(sub(1, t), negatives as Tensor));
}

/** Which samples have another label than the ignored one. */
const counting = (labels: Tensor, { ignoreClass }: SparseOptions): Tensor | null => (ignoreClass === null ? null : notEqual(labels, ignoreClass));

const binary: LossDefinition<BinaryOptions> = {
  values: (t, p, { fromLogits, labelSmoothing, posWeight }) => meanOver(binaryElements(smoothed(t, labelSmoothing, 2), p, fromLogits, posWeight), -1),
  defaults: { ...defaults, posWeight: 1 },
  activation: "sigmoid",
};

const binaryFocal: LossDefinition<BinaryFocalOptions> = {
  values: (t, x, { gamma, alpha, applyClassBalancing, fromLogits, labelSmoothing }) => {
    const y = smoothed(t, labelSmoothing, 2);
    // y (1 - p) + (1 - y) p
    const wrong = sub(y, mul(fromLogits ? sigmoid(x) : x, sub(mul(y, 2), 1)));
    const losses = mul(pow(wrong, gamma), binaryElements(y, x, fromLogits));
    return meanOver(applyClassBalancing ? mul(losses, add(mul(y, 2 * alpha - 1), 1 - alpha)) : losses, -1);
  },
  defaults: { ...focal, applyClassBalancing: false },
  activation: "sigmoid",
};

const categorical: LossDefinition<CrossentropyOptions> = {
  values: (t, p, { fromLogits, labelSmoothing }) => {
    const y = smoothed(t, labelSmoothing);
    return fromLogits ? crossEntropy(y, p) : neg(sum(mul(y, logarithms(p)), -1));
  },
  defaults,
  activation: "softmax",
};

const categoricalFocal: LossDefinition<FocalOptions> = {
  values: (t, x, { alpha, gamma, fromLogits, labelSmoothing }) => {
    const logP = fromLogits ? logSoftmax(x) : logarithms(x);
    return sum(mul(mul(smoothed(t, labelSmoothing), logP), mul(pow(sub(1, exp(logP)), gamma), -alpha)), -1);
  },
  defaults: focal,
  activation: "softmax",
};

const sparseCategorical: LossDefinition<SparseOptions> = {
  values: (labels, x, options) => {
    const { fromLogits, labelSmoothing } = options;
    const counts = counting(labels, options);
    const logits = fromLogits ? x : logarithms(x);
    let losses = sparseCrossEntropy(counts ? where(counts, labels, 0) : labels, logits);
    if (labelSmoothing !== 0) losses = sub(mul(losses, 1 - labelSmoothing), mul(mean(logSoftmax(logits), -1), labelSmoothing));
    return counts ? where(counts, losses, 0) : losses;
  },
  defaults: { ...defaults, ignoreClass: null },
  sparse: true,
  activation: "softmax",
  count: (labels, options) => {
    const counts = counting(labels, options);
    return counts ? maximum(sum(counts), 1) : undefined;
  },
};

/** The cross-entropies. */
export const crossentropies = {
  /** -mean(y log(p) + (1 - y) log(1 - p)) over the last axis, p kept 1e-7 from 0 and 1; of logits x stable, with p = sigmoid(x). */
  binaryCrossentropy: binary,
  /**
   * Binary cross-entropy times q^gamma, where q = y (1 - p) + (1 - y) p is how wrong a prediction is (Lin et al. 2017); with
   * applyClassBalancing times alpha for y = 1 and 1 - alpha for y = 0.
   */
  binaryFocalCrossentropy: binaryFocal,
  /** -sum(y log(p)) over the last axis, p made to sum to 1 and kept 1e-7 from 0 and 1; of logits x stable, with p = softmax(x). */
  categoricalCrossentropy: categorical,
  /** Categorical cross-entropy whose terms are multiplied by alpha (1 - p)^gamma (Lin et al. 2017, Keras). */
  categoricalFocalCrossentropy: categoricalFocal,
  /** -log(p[label]) over the last axis, p made to sum to 1 and kept 1e-7 from 0 and 1; of logits x stable, with p = softmax(x). */
  sparseCategoricalCrossentropy: sparseCategorical,
};
