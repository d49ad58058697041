/** @file Weights of samples, as they are given. */
import type { TensorLike } from "../ops/convert.js";
import { tensor } from "../ops/creation.js";
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Arrays, arraysOf, isRecord } from "./arrays.js";

/** A weight for each class, by its number; 1 for those that are not there. */
export type ClassWeight = Readonly<Record<number, number>>;

/** Weights of classes for all outputs, or by output. */
export type ClassWeights = ClassWeight | readonly ClassWeight[] | Readonly<Record<string, ClassWeight>>;

/**
 * The given weights of the samples for each output; none when all count alike.
 * @throws when their number is not the samples'
 */
export function sampleWeights(caller: string, targets: readonly Tensor[], given: Arrays | undefined, names: readonly string[] | null): Tensor[] {
  if (given === undefined || given === null) return [];
  const isByOutput = isRecord(given) || (Array.isArray(given) && typeof given[0] !== "number" && targets.length > 1);
  const weights = isByOutput ? arraysOf(caller, "sampleWeight", given, names) : targets.map(() => tensor(given as TensorLike));
  targets.forEach((y, i) => {
    if (weights[i]?.shape[0] !== y.shape[0])
      throw error(caller, `sampleWeight must have a weight for each of the ${y.shape[0]} samples`, `shape [${weights[i]?.shape}]`);
  });
  return weights;
}
