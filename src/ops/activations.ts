/** @file Activations: rectifiers, their smooth relatives and gates. */
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { activation, clipped, exponential, gated, gatedClip, hardShrunk, leaky, mished, normal, softened, softShrunk, softSigned } from "./activate.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add, mul, sigmoid, sqrt, square, sub, tanh } from "./elementwise.js";
import { slopesOfPrelu } from "./pairSlope.js";
import { binary } from "./pointwise.js";
import { split } from "./slices.js";

// ---- made of straight lines: the slope at a corner is that to its left, or 0 ----

/** min(max(x, 0), 6) */
export const relu6 = /* @__PURE__ */ activation("relu6", clipped, () => [0, 0, 6, 1]);

/**
 * x, and below 0 alpha x.
 * @example
 * ```ts
 * import { leakyRelu } from "engram";
 * assert.deepEqual(leakyRelu([-2, 0, 3], 0.5).arraySync(), [-1, 0, 3]);
 * ```
 */
export const leakyRelu = /* @__PURE__ */ activation("leakyRelu", leaky, (alpha = 0.2) => [alpha]);

/**
 * x, and below 0 alpha x, with an alpha for each element or, by broadcasting, for each channel.
 * @throws when the shapes do not broadcast
 */
export const prelu = /* @__PURE__ */ binary("prelu", (dy, x, alpha, _y, needs) => slopesOfPrelu(dy, x, alpha, needs), null);

/** relu6(x + 3) / 6 (Keras 3; TensorFlow.js's layers, as Keras 2, have 0.2 x + 0.5 for the line). */
export const hardSigmoid = /* @__PURE__ */ activation("hardSigmoid", clipped, () => [3, 0, 6, 1 / 6]);

/** x relu6(x + 3) / 6 */
export const hardSwish = /* @__PURE__ */ activation("hardSwish", gatedClip, () => [3, 0, 6, 1 / 6]);

/** min(max(x, -1), 1) */
export const hardTanh = /* @__PURE__ */ activation("hardTanh", clipped, () => [0, -1, 1, 1]);

/** x moved towards 0 by the threshold, and 0 where it is nearer. */
export const softShrink = /* @__PURE__ */ activation("softShrink", softShrunk, (threshold = 0.5) => [-threshold, threshold]);

/** x, and 0 where |x| <= threshold. */
export const hardShrink = /* @__PURE__ */ activation("hardShrink", hardShrunk, (threshold = 0.5) => [-threshold, threshold]);

/** x, and 0 where x <= theta. */
export const thresholdedRelu = /* @__PURE__ */ activation("thresholdedRelu", hardShrunk, (theta = 1) => [Number.NEGATIVE_INFINITY, theta]);

// ---- exponential below 0 ----

/** The constants that keep mean 0 and variance 1 (Klambauer et al., 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** x, and below 0 alpha (e^x - 1). */
export const elu = /* @__PURE__ */ activation("elu", exponential, (alpha = 1) => [1, alpha, 1, alpha]);

/** 1.0507 elu(x, 1.6733), whose results keep mean 0 and variance 1 through layers (Klambauer et al., 2017). */
export const selu = /* @__PURE__ */ activation("selu", exponential, () => [SELU_SCALE, SELU_SCALE * SELU_ALPHA, 1, SELU_SCALE * SELU_ALPHA]);

/**
 * x, and below 0 alpha (e^(x / alpha) - 1), whose slope at 0 is 1 for every alpha.
 * @throws when alpha is 0
 */
export const celu = /* @__PURE__ */ activation("celu", exponential, (alpha = 1) => {
  if (alpha === 0) throw error("celu", "alpha must not be 0", "0");
  return [1, alpha, 1 / alpha, 1];
});

// ---- smooth ----

export { softplus } from "./activate.js";

/** ln(sigmoid(x)) = -softplus(-x), accurate for every x. */
export const logSigmoid = /* @__PURE__ */ activation("logSigmoid", softened, () => [-1]);

/** x / (1 + |x|) */
export const softsign = /* @__PURE__ */ activation("softsign", softSigned);

/**
 * (x + sqrt(x^2 + b)) / 2, a softplus without exponentials.
 * @throws when b is not above 0
 */
export function squareplus(x: TensorLike, b = 4): Tensor {
  if (!(b > 0)) throw error("squareplus", "b must be > 0", `${b}`);
  const input = toTensor("squareplus", "x", x);
  return mul(add(input, sqrt(add(square(input), b))), 0.5);
}

/** x - tanh(x) */
export function tanhShrink(x: TensorLike): Tensor {
  const input = toTensor("tanhShrink", "x", x);
  return sub(input, tanh(input));
}

// ---- gates ----

const geluOp = /* @__PURE__ */ activation("gelu", normal);
const geluTanhOp = /* @__PURE__ */ activation("geluTanh", gated, () => [TWO_ROOT, TWO_ROOT * 0.044715]);

/** tanh(u) = 2 sigmoid(2 u) - 1, with u = sqrt(2 / pi) (x + 0.044715 x^3). */
const TWO_ROOT = 2 * Math.sqrt(2 / Math.PI);

/**
 * x times the normal distribution function, x (1 + erf(x / sqrt(2))) / 2 (Hendrycks and Gimpel, 2016), or its approximation by tanh.
 * @example
 * ```ts
 * import { gelu } from "engram";
 * assert.deepEqual(gelu([-20, 0, 20]).arraySync(), [-0, 0, 20]);
 * ```
 */
export const gelu = (x: TensorLike, approximate = false): Tensor => (approximate ? geluTanhOp : geluOp)(x);

/** x sigmoid(x), the sigmoid linear unit, also called swish. */
export const silu = (x: TensorLike): Tensor => swish(x);

/** x sigmoid(alpha x) (Ramachandran et al., 2017). */
export const swish = /* @__PURE__ */ activation("silu", gated, (alpha = 1) => [alpha]);

/** x tanh(softplus(x)) (Misra, 2019). */
export const mish = /* @__PURE__ */ activation("mish", mished);

/**
 * The gated linear unit: one half of x along the axis times the sigmoid of the other (Dauphin et al., 2017).
 * @throws when the axis is not of even size
 * @example
 * ```ts
 * import { glu } from "engram";
 * assert.deepEqual(glu([1, 2, 100, 0]).arraySync(), [1, 1]);
 * ```
 */
export function glu(x: TensorLike, axis = -1): Tensor {
  const [values, gates] = split(toTensor("glu", "x", x), 2, axis) as [Tensor, Tensor];
  return mul(values, sigmoid(gates));
}
