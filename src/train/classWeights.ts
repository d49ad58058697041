/** @file Weights of samples by their classes. */
import { alignedWeights } from "../nn/losses/samples.js";
import { fill, tensor } from "../ops/creation.js";
import { mul } from "../ops/elementwise.js";
import { reshape } from "../ops/movement.js";
import { argMax } from "../ops/reduce.js";
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ClassWeight, ClassWeights } from "./weights.js";

/** The weight of each sample's class: of targets that are class numbers, or rows that are one-hot. */
function classWeights(caller: string, y: Tensor, weights: ClassWeight): Tensor {
  if (Object(weights) !== weights || Object.entries(weights).some(([label, weight]) => Number.isNaN(+label) || !Number.isFinite(weight)))
    throw error(caller, "classWeight must be numbers by class, { 0: 1, 1: 5 }", JSON.stringify(weights));
  const isOneHot = y.rank === 2 && (y.shape[1] as number) > 1;
  const labels = isOneHot ? argMax(y, -1) : reshape(y, [y.shape[0] as number, -1].slice(0, y.size === y.shape[0] ? 1 : 2));
  const values = Float32Array.from(labels.dataSync(), (label) => {
    if (!(label in weights || (label >= 0 && Number.isInteger(+label))))
      throw error(caller, "classWeight needs targets that are class numbers or one-hot", `a target of ${label}`, "give it a weight, or use sampleWeight.");
    return weights[+label] ?? 1;
  });
  return reshape(tensor(values), labels.shape);
}

/** Weights of samples, times those of their classes. */
export function classWeighted(
  caller: string,
  targets: readonly Tensor[],
  weights: readonly Tensor[],
  given: ClassWeights | undefined,
  names: readonly string[] | null,
): readonly Tensor[] {
  if (given === undefined || given === null) return weights;
  const isByName = names?.some((name) => name in Object(given));
  const classes = Array.isArray(given) ? given : targets.map((_, i) => (isByName ? (given as Record<string, ClassWeight>)[names?.[i] as string] : given));
  return targets.map((y, i) => {
    const own = weights[i] ?? fill([y.shape[0] as number], 1);
    if (!classes[i]) return own;
    const ofClasses = classWeights(caller, y, classes[i] as ClassWeight);
    return mul(alignedWeights(caller, own, ofClasses), ofClasses);
  });
}
