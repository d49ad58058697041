/** @file Activations by name. */
import { relu, sigmoid, tanh } from "../ops/elementwise.js";
import type { FusedActivation } from "../ops/matmul.js";
import { softmax } from "../ops/softmax.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";

const table = {
  linear: (x: Tensor): Tensor => x,
  relu: (x: Tensor): Tensor => relu(x),
  sigmoid: (x: Tensor): Tensor => sigmoid(x),
  tanh: (x: Tensor): Tensor => tanh(x),
  softmax: (x: Tensor): Tensor => softmax(x),
};

export type ActivationName = keyof typeof table;

/** An activation and its name. */
export interface Activation {
  readonly name: ActivationName;
  readonly apply: (x: Tensor) => Tensor;
  /** The form that a multiply's epilogue can apply, if there is one. */
  readonly fused: FusedActivation | null;
}

const fusable: readonly string[] = ["linear", "relu", "sigmoid", "tanh"];

/**
 * An activation by name.
 * @throws when the name is unknown
 */
export function getActivation(name: string | null | undefined): Activation {
  const key = name ?? "linear";
  if (!(key in table)) throw error("activation", `expected one of ${Object.keys(table).join(", ")}`, describe(name));
  return { name: key as ActivationName, apply: table[key as ActivationName], fused: fusable.includes(key) ? (key as FusedActivation) : null };
}
