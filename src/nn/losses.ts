/** @file Losses: one number a sample. */
import { clipByValue, div, log, mul, neg, square, sub } from "../ops/elementwise.js";
import { crossEntropy, sparseCrossEntropy } from "../ops/loss.js";
import { reshape } from "../ops/movement.js";
import { mean, sum } from "../ops/reduce.js";
import { logitsOf } from "../ops/softmaxRows.js";
import { describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Loss of each sample from targets and predictions. */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** Probabilities are kept this far from 0 and 1 (Keras). */
const EPSILON = 1e-7;

/** Targets in the predictions' shape: a missing or extra axis of size 1 at the end is taken or given. */
function aligned(name: string, yTrue: Tensor, yPred: Tensor): Tensor {
  if (sameShape(yTrue.shape, yPred.shape)) return yTrue;
  if (yTrue.size === yPred.size && Math.abs(yTrue.rank - yPred.rank) === 1) return reshape(yTrue, yPred.shape);
  throw error(name, "targets must have the predictions' shape", `targets [${yTrue.shape}] and predictions [${yPred.shape}]`);
}

/** Mean over all axes but the first. */
function perSample(x: Tensor): Tensor {
  return x.rank <= 1 ? x : mean(x, x.shape.map((_, i) => i).slice(1));
}

const clipped = (p: Tensor): Tensor => clipByValue(p, EPSILON, 1 - EPSILON);

/** log p of rows that are made to sum to 1 first, as Keras does. */
const logProbabilities = (p: Tensor): Tensor => log(clipped(div(p, sum(p, -1, true))));

/** Losses by name. */
export const lossFunctions = {
  /** mean((y - p)^2) */
  meanSquaredError: (yTrue: Tensor, yPred: Tensor): Tensor => perSample(square(sub(yPred, aligned("meanSquaredError", yTrue, yPred)))),
  /** -mean(y log p + (1 - y) log(1 - p)), p clipped to [1e-7, 1 - 1e-7] */
  binaryCrossentropy: (yTrue: Tensor, yPred: Tensor): Tensor => {
    const y = aligned("binaryCrossentropy", yTrue, yPred);
    const p = clipped(yPred);
    return perSample(neg(sub(mul(y, log(p)), mul(sub(y, 1), log(sub(1, p))))));
  },
  /** -sum(y log p), p made to sum to 1; from the logits where p is a softmax */
  categoricalCrossentropy: (yTrue: Tensor, yPred: Tensor): Tensor => {
    const y = aligned("categoricalCrossentropy", yTrue, yPred);
    const logits = logitsOf(yPred);
    return perSample(logits ? crossEntropy(y, logits) : neg(sum(mul(y, logProbabilities(yPred)), -1)));
  },
  /** -log p[label], p made to sum to 1; from the logits where p is a softmax */
  sparseCategoricalCrossentropy: (yTrue: Tensor, yPred: Tensor): Tensor => {
    const shape = yPred.shape.slice(0, -1);
    if (yTrue.size !== shape.reduce((a, b) => a * b, 1))
      throw error(
        "sparseCategoricalCrossentropy",
        "targets must be class numbers, of the predictions' shape without the last axis",
        `targets [${yTrue.shape}] and predictions [${yPred.shape}]`,
        "one-hot targets need categoricalCrossentropy.",
      );
    // log p has p as its softmax, so the loss from logits serves probabilities too.
    return perSample(sparseCrossEntropy(reshape(yTrue, shape), logitsOf(yPred) ?? logProbabilities(yPred)));
  },
};

export type LossName = keyof typeof lossFunctions;

/** A loss by name, or the function itself. */
export function getLoss(identifier: string | LossFunction): { name: string; apply: LossFunction } {
  if (typeof identifier === "function") return { name: identifier.name || "loss", apply: identifier };
  const key = Object.keys(lossFunctions).find((known) => known.toLowerCase() === String(identifier).toLowerCase().replaceAll("_", ""));
  if (key === undefined) throw error("compile", `loss must be a function or one of ${Object.keys(lossFunctions).join(", ")}`, describe(identifier));
  return { name: key, apply: lossFunctions[key as LossName] };
}
