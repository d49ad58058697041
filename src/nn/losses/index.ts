/** @file The losses by name, and what compile takes for one. */
import type { TensorLike } from "../../ops/convert.js";
import { describe, error } from "../../tensor/errors.js";
import { bareName } from "../names.js";
import { ownFunction } from "../own.js";
import { Loss, type LossArgs } from "./loss.js";
import { namedLosses } from "./named.js";
import type { SampleFunction } from "./samples.js";
import { tripletMargin } from "./triplet.js";
import { type Reduction, weightedLosses } from "./weighted.js";

/**
 * Losses. Called with options (or nothing) a name of Keras makes a loss for compile, or to `apply`; called with targets and
 * predictions it gives one value a sample. TensorFlow.js's functions (absoluteDifference ... softmaxCrossEntropy) weight and reduce at once, and
 * so does meanSquaredError called with tensors, as there; metrics.meanSquaredError gives one value a sample.
 * @example
 * ```ts
 * import { losses, tensor } from "engram";
 * const [y, p] = [tensor([[0, 1], [0, 0]]), tensor([[0, 2], [3, 0]])];
 * assert.deepEqual(losses.huber(y, p, { delta: 1 }).arraySync(), [0.25, 1.25]);
 * assert.equal(losses.huber({ delta: 1, reduction: "sum" }).apply(y, p).item(), 1.5);
 * assert.equal(losses.huberLoss(y, p).item(), 0.75);
 * ```
 */
export const losses = {
  ...namedLosses,
  /** max(d(anchor, positive) - d(anchor, negative) + margin, 0), see TripletArgs. */
  tripletMargin,
  ...weightedLosses,
  /** (labels - predictions)^2, weighted and reduced as TensorFlow.js does; with options or nothing, Keras's loss. */
  meanSquaredError: Object.assign(
    (first?: TensorLike & LossArgs, predictions?: TensorLike, weights?: TensorLike | null, reduction?: Reduction) =>
      predictions === undefined
        ? namedLosses.meanSquaredError(first as LossArgs)
        : weightedLosses.meanSquaredError(first as TensorLike, predictions, weights, reduction),
    { made: ["meanSquaredError", {}] },
  ) as ((options?: LossArgs) => Loss) & typeof weightedLosses.meanSquaredError,
};

/** What compile takes for a loss. */
export type LossIdentifier = string | SampleFunction | Loss;

/** Other names that Keras and TensorFlow.js know, in lower case without underscores. */
const aliases: Record<string, string> = { bce: "binarycrossentropy", kldivergence: "kullbackleiblerdivergence", cosine: "cosineproximity" };

/** The key of a table that a name means, if there is one, in any spelling that Keras knows: MeanSquaredError, mean_squared_error, mse. */
export function findKey(table: object, name: unknown): string | undefined {
  const plain = bareName(name);
  const wanted = aliases[plain] ?? plain;
  return Object.keys(table).find((key) => key.toLowerCase() === wanted || key.replace(/\B[a-z0-9]+/g, "").toLowerCase() === wanted);
}

/** The same, or an error. */
export function keyOf(what: string, table: object, name: unknown): string {
  const key = findKey(table, name);
  if (key === undefined) throw error("compile", `${what} must be an object, a function or one of ${Object.keys(table).join(", ")}`, describe(name));
  return key;
}

/** What a function of one's own may say of itself: that it computes with ops on its arguments alone, so that fit may compile it. */
export interface Traceable {
  traceable?: boolean;
}

/** A function of targets and predictions as a loss: the mean of what it gives. */
class FunctionLoss extends Loss {
  constructor(override readonly call: SampleFunction) {
    super({ name: call.name || "loss" });
  }
  override get isTraceable(): boolean {
    return (this.call as Traceable).traceable ?? false;
  }
}

/**
 * A loss by name, as a function, or itself.
 * @throws when the name is unknown
 */
export function getLoss(identifier: LossIdentifier): Loss {
  if (identifier instanceof Loss) return identifier;
  const known = ownFunction<SampleFunction>(identifier);
  if (known) return new FunctionLoss(known);
  if (typeof identifier === "function")
    return Object.values<unknown>(namedLosses).includes(identifier) ? (identifier as unknown as typeof namedLosses.poisson)() : new FunctionLoss(identifier);
  return namedLosses[keyOf("loss", namedLosses, identifier) as "poisson"]();
}
