/** @file Activations by name. */
import {
  celu,
  elu,
  gelu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu6,
  selu,
  silu,
  softplus,
  softShrink,
  softsign,
  squareplus,
  tanhShrink,
} from "../ops/activations.js";
import { add, clipByValue, div, exp, mul, relu, sigmoid, square, sub, tanh } from "../ops/elementwise.js";
import type { FusedActivation } from "../ops/matmul.js";
import { logSoftmax, softmax } from "../ops/softmax.js";
import { rememberLogits } from "../ops/softmaxRows.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { camelCase } from "./names.js";

const table = {
  linear: (x: Tensor): Tensor => x,
  relu,
  sigmoid: (x: Tensor): Tensor => rememberLogits(sigmoid(x), x, "sigmoid"),
  tanh,
  softmax,
  logSoftmax,
  relu6,
  leakyRelu,
  elu,
  selu,
  celu,
  exponential: exp,
  softplus,
  softsign,
  squareplus,
  logSigmoid,
  gelu,
  geluNew: (x: Tensor): Tensor => gelu(x, true),
  silu,
  swish: silu,
  mish,
  glu,
  hardSigmoid,
  hardSilu: hardSwish,
  hardSwish,
  hardTanh,
  hardShrink,
  softShrink,
  tanhShrink,
  /** 0 below -1, x above 1, (x + 1)^2 / 4 between. */
  sparsePlus: (x: Tensor): Tensor => add(relu(sub(x, 1)), div(square(clipByValue(add(x, 1), 0, 2)), 4)),
  /** 0 below -1, 1 above 1, (x + 1) / 2 between. */
  sparseSigmoid: (x: Tensor): Tensor => clipByValue(add(mul(x, 0.5), 0.5), 0, 1),
};

/** The names of Keras and TensorFlow.js; in files, and where types do not matter, also with underscores: "log_softmax". */
export type ActivationName = keyof typeof table;

/** An activation, by itself or in a multiply's epilogue. */
export interface Activation {
  readonly apply: (x: Tensor) => Tensor;
  /** The form that a multiply's epilogue can apply, if there is one. */
  readonly fused: FusedActivation | null;
}

/** Not sigmoid, whose logits a loss may ask for. */
const fusable: readonly string[] = ["linear", "relu", "tanh"];

/**
 * An activation by name, as "logSoftmax" or as "log_softmax".
 * @throws when the name is unknown
 */
export function getActivation(name: string | null | undefined): Activation {
  const key = camelCase(name ?? "linear");
  if (!Object.hasOwn(table, key)) throw error("activation", `expected one of ${Object.keys(table).join(", ")}`, describe(name));
  return {
    apply: table[key as ActivationName],
    fused: fusable.includes(key) ? (key as FusedActivation) : null,
  };
}
