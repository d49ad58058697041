/** @file Elementwise ops of one and two tensors, with broadcasting. */
import { defineOp } from "../engine/op.js";
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { absolute, slope, squared } from "./activate.js";
import { reluGrad, sigmoidGrad, tanhGrad } from "./activationGrads.js";
import { slopeOf } from "./broadcast.js";
import { toFloat } from "./castTo.js";
import type { TensorLike } from "./convert.js";
import { scaledProduct, slopesOfGreater, whereSame } from "./pairSlope.js";
import { binary, unary } from "./pointwise.js";

// ---- two tensors ----

/**
 * a + b, elementwise with broadcasting.
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { add } from "engram";
 * assert.deepEqual(add([[1, 2], [3, 4]], [10, 20]).arraySync(), [[11, 22], [13, 24]]);
 * ```
 */
export const add = /* @__PURE__ */ binary("add", (dy) => [dy, dy]);

/** a - b, elementwise with broadcasting. */
export const sub = /* @__PURE__ */ binary("sub", (dy, _a, _b, _y, needs) => [dy, needs[1] ? neg(dy) : null]);

/** a * b, elementwise with broadcasting. */
export const mul = /* @__PURE__ */ binary("mul", (dy, a, b, _y, needs) => [
  needs[0] ? slopeOf(dy, b, a.shape) : null,
  needs[1] ? slopeOf(dy, a, b.shape) : null,
]);

/** a / b, elementwise with broadcasting; int32 by int32 rounds down. */
export const div = /* @__PURE__ */ binary("div", (dy, _a, b, y, needs) => {
  const da = div(dy, b);
  return [da, needs[1] ? scaledProduct(-1, da, y) : null];
});

/** The greater of a and b, elementwise with broadcasting; NaN wins. Where they are equal, the gradient is a's. */
export const maximum = /* @__PURE__ */ binary("maximum", (dy, a, b, _y, needs) => slopesOfGreater(dy, a, b, needs));

/** The lesser of a and b, elementwise with broadcasting; NaN wins. Where they are equal, the gradient is a's. */
export const minimum = /* @__PURE__ */ binary("minimum", (dy, a, b, _y, needs) => slopesOfGreater(dy, b, a, needs));

// ---- one tensor ----

/** -x */
export const neg = /* @__PURE__ */ unary("neg", (dy) => neg(dy), true);
/** |x|; the gradient at 0 is 0. */
export const abs = /* @__PURE__ */ unary("abs", (dy, x) => slope(absolute, dy, x), true);
/** e^x */
export const exp = /* @__PURE__ */ unary("exp", (dy, _x, y) => mul(dy, y));
/** Natural logarithm; -Infinity at 0, NaN below. */
export const log = /* @__PURE__ */ unary("log", (dy, x) => div(dy, x));
/** x^2 */
export const square = /* @__PURE__ */ unary("square", (dy, x) => slope(squared, dy, x), true);
/** Square root; NaN below 0. */
export const sqrt = /* @__PURE__ */ unary("sqrt", (dy, _x, y) => div(dy, mul(y, 2)));

/** max(x, 0) */
export const relu = /* @__PURE__ */ unary("relu", (dy, _x, y) => reluGrad(y, dy));
/** 1 / (1 + e^-x) */
export const sigmoid = /* @__PURE__ */ unary("sigmoid", (dy, _x, y) => sigmoidGrad(y, dy));
/** Hyperbolic tangent. */
export const tanh = /* @__PURE__ */ unary("tanh", (dy, _x, y) => tanhGrad(y, dy));

const clipOp = /* @__PURE__ */ defineOp<{ low: number; high: number }>("clipByValue", {
  run: (k, [x], y, { low, high }) => k.activation(y.size, 0, 0, low, high, 1, x, y),
  // The slope is 1 where clipping changed nothing.
  grad: (dy, [x], y) => [whereSame(dy, x, y)],
  inplace: true,
});

/**
 * x limited to [clipValueMin, clipValueMax]; NaN stays.
 * @throws when the bounds are in the wrong order
 * @example
 * ```ts
 * import { clipByValue } from "engram";
 * assert.deepEqual(clipByValue([-2, 0.5, 2], -1, 1).arraySync(), [-1, 0.5, 1]);
 * ```
 */
export function clipByValue(x: TensorLike, clipValueMin: number, clipValueMax: number): Tensor {
  if (!(clipValueMin <= clipValueMax))
    throw error("clipByValue", "clipValueMin must be <= clipValueMax", `clipValueMin=${clipValueMin}, clipValueMax=${clipValueMax}`);
  return clipOp([toFloat("clipByValue", "x", x)], { low: clipValueMin, high: clipValueMax });
}
