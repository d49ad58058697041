/** @file The losses by name, and what compile takes for one. */
import { describe, error } from "../../tensor/errors.js";
import { Loss } from "./loss.js";
import { namedLosses } from "./named.js";
import type { SampleFunction } from "./samples.js";

/** What compile takes for a loss. */
export type LossIdentifier = string | SampleFunction | Loss;

/** Other names that Keras and TensorFlow.js know, in lower case without underscores. */
const aliases: Record<string, string> = { bce: "binarycrossentropy", kldivergence: "kullbackleiblerdivergence", cosine: "cosineproximity" };

/** The key of a table that a name means, if there is one, in any spelling that Keras knows: MeanSquaredError, mean_squared_error, mse. */
export function findKey(table: object, name: unknown): string | undefined {
  const plain = String(name).toLowerCase().replaceAll("_", "");
  const wanted = aliases[plain] ?? plain;
  return Object.keys(table).find((key) => key.toLowerCase() === wanted || key.replace(/\B[a-z0-9]+/g, "").toLowerCase() === wanted);
}

/** The same, or an error. */
export function keyOf(table: object, name: unknown): string {
  const key = findKey(table, name);
  if (key === undefined) throw error("compile", `expected an object, a function or one of ${Object.keys(table).join(", ")}`, describe(name));
  return key;
}

/** A function of targets and predictions as a loss: the mean of what it gives. */
class FunctionLoss extends Loss {
  constructor(override readonly call: SampleFunction) {
    super({ name: call.name || "loss" });
  }
}

/**
 * A loss by name, as a function, or itself.
 * @throws when the name is unknown
 */
export function getLoss(identifier: LossIdentifier): Loss {
  if (identifier instanceof Loss) return identifier;
  if (typeof identifier === "function")
    return Object.values<unknown>(namedLosses).includes(identifier) ? (identifier as unknown as typeof namedLosses.poisson)() : new FunctionLoss(identifier);
  return namedLosses[keyOf(namedLosses, identifier) as "poisson"]();
}
