/** @file The namespace `fused`: products with bias and activation, as TensorFlow.js has them. */
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { elu, leakyRelu, prelu, relu6 } from "./activations.js";
import { toFloat } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add, relu, sigmoid, tanh } from "./elementwise.js";
import { dense, matMul as product } from "./matmul.js";

/** Activations of fused ops. */
export type Activation = "linear" | "relu" | "relu6" | "elu" | "sigmoid" | "tanh" | "prelu" | "leakyrelu";

/** What TensorFlow.js's fused.matMul takes. */
export interface FusedMatMul {
  a: TensorLike;
  b: TensorLike;
  transposeA?: boolean | undefined;
  transposeB?: boolean | undefined;
  /** Added to the product, with broadcasting. */
  bias?: TensorLike | null | undefined;
  activation?: Activation | null | undefined;
  /** Slopes of prelu where the result is negative, with broadcasting. */
  preluActivationWeights?: TensorLike | null | undefined;
  /** Slope of leakyrelu where the result is negative. */
  leakyreluAlpha?: number | undefined;
}

function activate(x: Tensor, activation: string, slopes: TensorLike | null | undefined, alpha: number): Tensor {
  if (activation === "prelu" && slopes != null) return prelu(x, slopes);
  if (activation === "leakyrelu") return leakyRelu(x, alpha);
  const f = ({ linear: (y: Tensor) => y, relu, relu6, elu, sigmoid, tanh } as Record<string, (y: Tensor) => Tensor>)[activation];
  if (f === undefined) throw error("fused.matMul", "expected a known activation, and slopes for prelu", `activation=${activation}`);
  return f(x);
}

/**
 * activation(a b + bias), with shapes and transposes as in matMul.
 * @throws when the shapes do not fit, the activation is unknown, or prelu has no slopes
 * @example
 * ```ts
 * import { fused } from "engram";
 * assert.deepEqual(fused.matMul({ a: [[1, 2]], b: [[1, -1], [1, -1]], bias: [1, 1], activation: "relu" }).arraySync(), [[4, 0]]);
 * ```
 */
export function matMul({ a, b, transposeA, transposeB, bias, activation, preluActivationWeights, leakyreluAlpha = 0.2 }: FusedMatMul): Tensor {
  const name = activation ?? "linear";
  const [x, y] = [toTensor("fused.matMul", "a", a), toTensor("fused.matMul", "b", b)];
  const added = bias == null ? null : toFloat("fused.matMul", "bias", bias);
  // The multiply's epilogue has a vector and these activations.
  const isDense = x.rank > 1 && y.rank === 2 && !transposeA && !transposeB && (added === null || (added.rank === 1 && added.size === y.shape[1]));
  if (isDense && (name === "linear" || name === "relu" || name === "sigmoid" || name === "tanh")) return dense(x, y, added, name);
  const z = product(x, y, transposeA, transposeB);
  return activate(added === null ? z : add(z, added), name, preluActivationWeights, leakyreluAlpha);
}
