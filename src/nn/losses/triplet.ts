/** @file The loss of triplets: an example is to be nearer to one of its kind than to another. */
import { step } from "../../engine/step.js";
import { pow } from "../../ops/arithmetic.js";
import { toFloat } from "../../ops/castTo.js";
import type { TensorLike } from "../../ops/convert.js";
import { abs, add, minimum, relu, sqrt, square, sub } from "../../ops/elementwise.js";
import { max, sum } from "../../ops/reduce.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type LossReduction, reduceSamples } from "./loss.js";

export interface TripletArgs {
  /** How much nearer; 1 by default. */
  margin?: number;
  /** Of the norm; 2 by default. */
  p?: number;
  /** Whether d(positive, negative) counts where it is less than d(anchor, negative); false by default. */
  swap?: boolean;
  /** mean by default. */
  reduction?: LossReduction;
}

/** Keeps the slope of a root finite where two vectors are equal (PyTorch). */
const APART = 1e-6;

/** The p-norm of a - b over the last axis. */
function distance(a: Tensor, b: Tensor, p: number): Tensor {
  const apart = add(sub(a, b), APART);
  if (p === 2) return sqrt(sum(square(apart), -1));
  const size = abs(apart);
  return p === Number.POSITIVE_INFINITY ? max(size, -1) : pow(sum(pow(size, p), -1), 1 / p);
}

/** max(d(anchor, positive) - d(anchor, negative) + margin, 0), d the p-norm of the difference over the last axis (Balntas et al. 2016, PyTorch). */
export function tripletMargin(
  anchor: TensorLike,
  positive: TensorLike,
  negative: TensorLike,
  { margin = 1, p = 2, swap = false, reduction = "mean" }: TripletArgs = {},
): Tensor {
  const name = "tripletMargin";
  const [a, same, other] = [anchor, positive, negative].map((x, i) => toFloat(name, `argument ${i}`, x)) as [Tensor, Tensor, Tensor];
  return step(name, () => {
    const far = distance(a, other, p);
    const apart = swap ? minimum(far, distance(same, other, p)) : far;
    return reduceSamples(name, relu(add(sub(distance(a, same, p), apart), margin)), reduction);
  });
}
