/** @file Metrics: a number for each sample, averaged over an epoch exactly. */
import { cast } from "../ops/cast.js";
import { equal, greater } from "../ops/compare.js";
import { reshape } from "../ops/movement.js";
import { argMax, mean } from "../ops/reduce.js";
import { describe, error } from "../tensor/errors.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { findKey } from "./losses/index.js";
import { namedLosses } from "./losses/named.js";
import type { SampleFunction } from "./losses/samples.js";

/** A metric's value for each sample. */
export interface Metric {
  /** Name in logs and History. */
  readonly name: string;
  readonly apply: SampleFunction;
}

const asFloat = (x: Tensor): Tensor => cast(x, "float32");

/** Mean over all axes but the first. */
const perSample = (x: Tensor): Tensor => (x.rank <= 1 ? x : mean(x, x.shape.map((_, i) => i).slice(1)));

/** Keras's threshold: p > 0.5. */
function binaryAccuracy(yTrue: Tensor, yPred: Tensor): Tensor {
  return perSample(asFloat(equal(reshape(cast(yTrue, "bool"), yPred.shape), greater(yPred, 0.5))));
}

function categoricalAccuracy(yTrue: Tensor, yPred: Tensor): Tensor {
  return perSample(asFloat(equal(argMax(yTrue, -1), argMax(yPred, -1))));
}

function sparseCategoricalAccuracy(yTrue: Tensor, yPred: Tensor): Tensor {
  return perSample(asFloat(equal(cast(reshape(yTrue, yPred.shape.slice(0, -1)), "int32"), argMax(yPred, -1))));
}

/** Keras 3's rule by output shape; binaryCrossentropy means binary. */
function accuracy(lossName: string): SampleFunction {
  return (yTrue, yPred) => {
    const classes = yPred.shape[yPred.rank - 1];
    if (lossName === "binaryCrossentropy" || classes === 1) return binaryAccuracy(yTrue, yPred);
    const isSparse = yTrue.size !== yPred.size && yTrue.size === sizeOf(yPred.shape.slice(0, -1));
    return isSparse ? sparseCategoricalAccuracy(yTrue, yPred) : categoricalAccuracy(yTrue, yPred);
  };
}

const named = {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  ...namedLosses,
};

/**
 * A metric by name, or a function of targets and predictions that gives one number a sample.
 * @throws when the name is unknown
 */
export function getMetric(identifier: string | SampleFunction, lossName: string): Metric {
  if (typeof identifier === "function") return { name: identifier.name || "metric", apply: identifier };
  const wanted = String(identifier).toLowerCase().replaceAll("_", "");
  if (wanted === "accuracy" || wanted === "acc") return { name: "acc", apply: accuracy(lossName) };
  const key = findKey(named, wanted);
  if (key === undefined) throw error("compile", `metrics must be functions or among accuracy, ${Object.keys(named).join(", ")}`, describe(identifier));
  return { name: key, apply: (yTrue, yPred) => perSample((named[key as "binaryAccuracy"] as SampleFunction)(yTrue, yPred)) };
}
