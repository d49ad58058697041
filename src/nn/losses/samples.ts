/** @file What losses and metrics share: targets and weights in the shapes that are needed, factories by name. */
import { castTo } from "../../ops/castTo.js";
import { type TensorLike, toTensor } from "../../ops/convert.js";
import { reshape } from "../../ops/movement.js";
import { mean } from "../../ops/reduce.js";
import { error } from "../../tensor/errors.js";
import type { Shape } from "../../tensor/shape.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** Keras's epsilon: probabilities are kept this far from 0 and 1. */
export const EPSILON = 1e-7;

/** Values of each sample from targets and predictions. */
export type SampleFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** A shape as text, without sizes of 1 at its end. */
const bare = (shape: Shape): string => shape.join().replace(/((^|,)1)+$/, "");

/** Targets in the predictions' shape, or class numbers (`sparse`) in that without the last axis; axes of size 1 at the end may be missing or too many. */
export function aligned(name: string, yTrue: Tensor, yPred: Tensor, sparse = false): Tensor {
  const shape = yPred.shape.slice(0, sparse ? -1 : undefined);
  if (bare(yTrue.shape) !== bare(shape)) throw error(name, `targets must have shape [${shape}]`, `[${yTrue.shape}]`);
  return reshape(castTo(yTrue, sparse ? "int32" : "float32"), shape);
}

/** Mean over one axis; a value without axes is its own. */
export const meanOver = (x: Tensor, axis: number): Tensor => (x.rank === 0 ? x : mean(x, axis));

/** Weights with as many axes as the values: missing ones are given at the end, those too many taken there. */
export function alignedWeights(name: string, weights: Tensor, { shape }: Tensor): Tensor {
  const fitted = shape.map((_, i) => weights.shape[i] ?? 1);
  if (weights.size !== sizeOf(fitted) || fitted.some((size, i) => size !== 1 && size !== shape[i]))
    throw error(name, `sample weights must have shape [${shape}]`, `[${weights.shape}]`);
  return reshape(castTo(weights, "float32"), fitted);
}

/**
 * A function for each entry of a table: it makes an object from options (or nothing), or applies that at once to targets and predictions.
 * Objects and functions carry what made them, for files.
 */
export const makeOrApply = <D>(
  table: object,
  make: (name: string, definition: D, options: object) => object,
  apply: (name: string, definition: D, options: object, yTrue: Tensor, yPred: Tensor) => Tensor,
): Record<string, never> =>
  Object.fromEntries(
    Object.entries<D>(table as Record<string, D>).map(([name, definition]) => {
      const from = <T extends object>(object: T, options: object = {}): T => Object.assign(object, { made: [name, options] });
      const f = (first?: TensorLike | object, yPred?: TensorLike, options: object = {}): object =>
        yPred === undefined
          ? from(make(name, definition, { ...(first as object) }), first as object)
          : apply(name, definition, options, toTensor(name, "yTrue", first as TensorLike), toTensor(name, "yPred", yPred));
      return [name, from(f)];
    }),
  ) as Record<string, never>;
