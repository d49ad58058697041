/** @file Weights of samples: as given, and by the samples' classes. */

import { cast } from "../ops/cast.js";
import { tensor } from "../ops/creation.js";
import { mul } from "../ops/elementwise.js";
import { gather } from "../ops/gather.js";
import { reshape } from "../ops/movement.js";
import { argMax } from "../ops/reduce.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Arrays, arraysOf } from "./arrays.js";

/** A weight for each class, by its number; 1 for those that are not there. */
export type ClassWeight = Readonly<Record<number, number>>;

export interface WeightArgs {
  sampleWeight?: Arrays | undefined;
  /** For the only output, or by output. */
  classWeight?: ClassWeight | readonly ClassWeight[] | Readonly<Record<string, ClassWeight>> | undefined;
  outputNames: readonly string[] | null;
}

/** The weight of each sample's class: of targets that are class numbers, or rows that are one-hot. */
function classWeights(caller: string, y: Tensor, weights: ClassWeight): Tensor {
  const known = Object.entries(weights).map(([label, weight]) => [Number(label), weight] as const);
  if (!known.every(([label, weight]) => Number.isInteger(label) && label >= 0 && Number.isFinite(weight)))
    throw error(caller, "classWeight must have a number for class numbers", describe(weights));
  const width = y.shape[y.rank - 1] as number;
  const isOneHot = y.rank === 2 && width > 1;
  const labels = isOneHot ? argMax(y, -1) : cast(reshape(y, [y.shape[0] ?? 1, -1].slice(0, y.size === y.shape[0] ? 1 : 2)), "int32");
  const count = Math.max(isOneHot ? width : 0, ...known.map(([label]) => label + 1), ...(isOneHot ? [] : labels.dataSync()).map((label) => Number(label) + 1));
  const table = new Float32Array(count).fill(1);
  for (const [label, weight] of known) table[label] = weight;
  return gather(tensor(table), labels);
}

/** The class weights of each output. */
function byOutput({ classWeight, outputNames }: WeightArgs, count: number): (ClassWeight | undefined)[] {
  if (classWeight === undefined) return Array(count).fill(undefined);
  if (Array.isArray(classWeight)) return classWeight;
  const isNamed = outputNames !== null && Object.keys(classWeight).some((name) => outputNames.includes(name));
  if (isNamed) return outputNames.map((name) => (classWeight as Record<string, ClassWeight>)[name]);
  return Array(count).fill(classWeight);
}

/**
 * The weights of the samples for each output, or none when all count alike.
 * @throws when their number is not the samples'
 */
export function weightsOf(caller: string, targets: readonly Tensor[], args: WeightArgs): Tensor[] {
  const { sampleWeight, classWeight, outputNames } = args;
  if (sampleWeight === undefined && classWeight === undefined) return [];
  const isList = Array.isArray(sampleWeight) && targets.length > 1 && sampleWeight.length === targets.length;
  const given =
    sampleWeight === undefined
      ? targets.map(() => undefined)
      : isList || (Object.getPrototypeOf(sampleWeight) === Object.prototype && outputNames !== null)
        ? arraysOf(caller, "sampleWeight", sampleWeight, outputNames)
        : targets.map(() => tensor(sampleWeight as never));
  const classes = byOutput(args, targets.length);
  return targets.map((y, i) => {
    const own = given[i];
    if (own !== undefined && own.shape[0] !== y.shape[0])
      throw error(caller, `sampleWeight must have a weight for each of the ${y.shape[0]} samples`, `shape [${own.shape}]`);
    const ofClass = classes[i] === undefined ? undefined : classWeights(caller, y, classes[i]);
    if (own === undefined) return ofClass ?? tensor(new Float32Array(y.shape[0] ?? 1).fill(1));
    return ofClass === undefined ? own : mul(own, ofClass);
  });
}
