/** @file The activations that the tab shows, each with its formula and that of its slope, as engram computes them. */

import type { Tensor } from "engram";
import * as tf from "engram";

export interface ActivationFunction {
  key: FunctionKey;
  name: string;
  formula: string;
  slope: string;
  apply: (x: Tensor, alpha: number) => Tensor;
  /** The parameter that the visitor may move, called α. */
  alpha?: { min: number; max: number; step: number; initial: number };
}

export const functionKeys = [
  "relu",
  "leakyRelu",
  "elu",
  "selu",
  "relu6",
  "softplus",
  "sigmoid",
  "hardSigmoid",
  "tanh",
  "softsign",
  "swish",
  "hardSwish",
  "gelu",
  "mish",
  "sin",
  "linear",
] as const;
export type FunctionKey = (typeof functionKeys)[number];

const list: ActivationFunction[] = [
  { key: "relu", name: "ReLU", formula: "max(0, x)", slope: "1 if x > 0, else 0", apply: (x) => tf.relu(x) },
  {
    key: "leakyRelu",
    name: "Leaky ReLU",
    formula: "x if x > 0, else α x",
    slope: "1 if x > 0, else α",
    apply: (x, alpha) => tf.leakyRelu(x, alpha),
    alpha: { min: 0, max: 0.5, step: 0.01, initial: 0.2 },
  },
  {
    key: "elu",
    name: "ELU",
    formula: "x if x > 0, else α (eˣ − 1)",
    slope: "1 if x > 0, else α eˣ",
    apply: (x, alpha) => tf.elu(x, alpha),
    alpha: { min: 0.1, max: 3, step: 0.1, initial: 1 },
  },
  { key: "selu", name: "SELU", formula: "1.0507 · (x if x > 0, else 1.6733 (eˣ − 1))", slope: "1.0507 if x > 0, else 1.7581 eˣ", apply: (x) => tf.selu(x) },
  { key: "relu6", name: "ReLU6", formula: "min(max(0, x), 6)", slope: "1 if 0 < x < 6, else 0", apply: (x) => tf.relu6(x) },
  { key: "softplus", name: "Softplus", formula: "ln(1 + eˣ)", slope: "σ(x)", apply: (x) => tf.softplus(x) },
  { key: "sigmoid", name: "Sigmoid σ", formula: "1 / (1 + e⁻ˣ)", slope: "σ(x) (1 − σ(x))", apply: (x) => tf.sigmoid(x) },
  { key: "hardSigmoid", name: "Hard sigmoid", formula: "min(max(0, x/6 + 1/2), 1)", slope: "1/6 if |x| < 3, else 0", apply: (x) => tf.hardSigmoid(x) },
  { key: "tanh", name: "Tanh", formula: "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)", slope: "1 − tanh²(x)", apply: (x) => tf.tanh(x) },
  { key: "softsign", name: "Softsign", formula: "x / (1 + |x|)", slope: "1 / (1 + |x|)²", apply: (x) => tf.softsign(x) },
  {
    key: "swish",
    name: "Swish / SiLU",
    formula: "x σ(α x)",
    slope: "σ(αx) + α x σ(αx) (1 − σ(αx))",
    apply: (x, alpha) => tf.swish(x, alpha),
    alpha: { min: 0.1, max: 5, step: 0.1, initial: 1 },
  },
  {
    key: "hardSwish",
    name: "Hard swish",
    formula: "x · min(max(0, x/6 + 1/2), 1)",
    slope: "0, x/3 + 1/2, 1: below −3, between, above 3",
    apply: (x) => tf.hardSwish(x),
  },
  { key: "gelu", name: "GELU", formula: "x Φ(x),  Φ: normal distribution", slope: "Φ(x) + x φ(x)", apply: (x) => tf.gelu(x) },
  { key: "mish", name: "Mish", formula: "x tanh(ln(1 + eˣ))", slope: "tanh(s) + x σ(x) (1 − tanh²(s)),  s = ln(1 + eˣ)", apply: (x) => tf.mish(x) },
  { key: "sin", name: "Sine", formula: "sin(x)", slope: "cos(x)", apply: (x) => tf.sin(x) },
  { key: "linear", name: "Linear", formula: "x", slope: "1", apply: (x) => x },
];

export const functions = Object.fromEntries(list.map((entry) => [entry.key, entry])) as Record<FunctionKey, ActivationFunction>;

export const isFunctionKey = (key: string | null): key is FunctionKey => functionKeys.some((known) => known === key);

/** Ends of the x axis. */
export const RANGE = 6;

export interface CurvePoints {
  x: Float32Array;
  y: Float32Array;
  /** The slope at each x, by automatic differentiation. */
  slope: Float32Array;
}

/** A function and its slope at points over the whole axis, or at the given ones. */
export function curveOf({ apply }: ActivationFunction, alpha: number, at?: readonly number[]): CurvePoints {
  return tf.tidy(() => {
    const x = at === undefined ? tf.linspace(-RANGE, RANGE, 241) : tf.tensor1d([...at]);
    // What does not depend on x the engine would answer with null; x + 0 makes the line a function like the others.
    const { value, grad } = tf.valueAndGrad((input: Tensor) => apply(tf.add(input, 0), alpha))(x, tf.onesLike(x));
    return { x: read(x), y: read(value), slope: read(grad) };
  });
}

/** A copy: views of the engine's memory must not leave it. */
const read = (x: Tensor): Float32Array => Float32Array.from(x.dataSync());
