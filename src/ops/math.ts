/** @file Elementwise mathematics: rounding, classification, roots, trigonometric and hyperbolic functions, logarithms. */
import { defineOp } from "../engine/op.js";
import { checkNumbers } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { hypot } from "./arithmetic.js";
import { cast } from "./cast.js";
import { toFloat } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add, div, exp, mul, neg, sqrt, square, sub } from "./elementwise.js";
import { scaledProduct } from "./pairSlope.js";
import { unary } from "./pointwise.js";

// ---- signs and rounding: the slope is 0 ----

/** -1, 0 or 1, as x has it; NaN for NaN. float32 or int32. */
export const sign = /* @__PURE__ */ unary(
  "sign",
  () => null,
  true,
  (k) => (count, x, y) => k.activation(count, 14, 2 ** 127, -1, 1, 0, x, y),
);
/** The greatest whole number that is not above x, as float32. */
export const floor = /* @__PURE__ */ unary("floor", () => null);
/** The least whole number that is not below x, as float32. */
export const ceil = /* @__PURE__ */ unary("ceil", () => null);
/** x without its fraction, as float32. */
export const trunc = /* @__PURE__ */ unary("trunc", () => null);

const roundOp = /* @__PURE__ */ unary("round", () => null);

/**
 * The nearest whole number, the even one of two: as float32, or as int32, unchanged, for int32 and bool.
 * @example
 * ```ts
 * import { round } from "engram";
 * assert.deepEqual(round([0.5, 1.5, 2.7, -2.5]).arraySync(), [0, 2, 3, -2]);
 * ```
 */
export function round(x: TensorLike): Tensor {
  const input = toTensor("round", "x", x);
  return input.dtype === "int32" || input.dtype === "bool" ? cast(input, "int32") : roundOp(input);
}

const stepOp = /* @__PURE__ */ defineOp<{ alpha: number }>("step", {
  run: (k, [x], y, { alpha }) => k.activation(y.size, 13, 1, alpha, 0, 0, x, y),
  grad: () => [null],
  inplace: true,
});

/** 1 where x > 0, else alpha; NaN for NaN. */
export function step(x: TensorLike, alpha = 0): Tensor {
  checkNumbers("step", [alpha]);
  return stepOp([toFloat("step", "x", x)], { alpha });
}

// ---- what kind of number ----

/** Bits of the absolute value of float32 numbers. */
const INFINITY = 0x7f800000;
const GREATEST_NAN = 0x7fffffff;

/** Defines an op that is true where the bits of |x| are in [least, greatest]. */
function classification(name: string, least: number, greatest: number): (x: TensorLike) => Tensor {
  const apply = defineOp(name, {
    dtype: "bool",
    run: (k, [x], y) => k.classify(y.size, least, greatest - least, x, y),
    grad: null,
  });
  return (x) => apply([toFloat(name, "x", x)]);
}

/** Whether x is NaN, as bool. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: as in TensorFlow.js
export const isNaN = /* @__PURE__ */ classification("isNaN", INFINITY + 1, GREATEST_NAN);
/** Whether x is Infinity or -Infinity, as bool. */
export const isInf = /* @__PURE__ */ classification("isInf", INFINITY, INFINITY);
/** Whether x is neither NaN nor infinite, as bool. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: as in TensorFlow.js
export const isFinite = /* @__PURE__ */ classification("isFinite", 0, INFINITY - 1);

// ---- roots and logarithms ----

/** 1 / x, as float32. */
export const reciprocal = /* @__PURE__ */ unary("reciprocal", (dy, _x, y) => scaledProduct(-1, mul(dy, y), y));
/** 1 / sqrt(x); Infinity at 0, NaN below. */
export const rsqrt = /* @__PURE__ */ unary("rsqrt", (dy, x, y) => div(mul(dy, y), mul(x, -2)));
/** Logarithm to the base 2; -Infinity at 0, NaN below. */
export const log2 = /* @__PURE__ */ unary("log2", (dy, x) => div(dy, mul(x, Math.LN2)));
/** Logarithm to the base 10; -Infinity at 0, NaN below. */
export const log10 = /* @__PURE__ */ unary("log10", (dy, x) => div(dy, mul(x, Math.LN10)));

/**
 * e^x - 1, without the cancellation near 0.
 * @example
 * ```ts
 * import { expm1 } from "engram";
 * assert.deepEqual(expm1([0, 1e-8]).arraySync(), [0, Math.fround(1e-8)]);
 * ```
 */
export const expm1 = /* @__PURE__ */ unary("expm1", (dy, x) => mul(dy, exp(x)));
/** ln(1 + x), accurate near 0; -Infinity at -1, NaN below. */
export const log1p = /* @__PURE__ */ unary("log1p", (dy, x) => div(dy, add(x, 1)));

// ---- the error function ----

/** dy times the slope of erf times a sign, 2 / sqrt(pi) e^(-x^2). */
const bell = (dy: Tensor, x: Tensor, sign: number): Tensor => mul(mul(dy, sign * 2 * Math.PI ** -0.5), exp(mul(x, neg(x))));

/**
 * The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
 * @example
 * ```ts
 * import { erf } from "engram";
 * assert.deepEqual(erf([0, 10, -10]).arraySync(), [0, 1, -1]);
 * ```
 */
export const erf = /* @__PURE__ */ unary("erf", (dy, x) => bell(dy, x, 1));
/** 1 - erf(x), accurate where erf(x) is near 1. */
export const erfc = /* @__PURE__ */ unary("erfc", (dy, x) => bell(dy, x, -1));

// ---- trigonometric ----

/**
 * Sine of x in radians, accurate for every x; NaN for infinities.
 * @example
 * ```ts
 * import { sin } from "engram";
 * assert.deepEqual(sin([0, 1]).arraySync(), [0, Math.fround(Math.sin(1))]);
 * ```
 */
export const sin = /* @__PURE__ */ unary("sin", (dy, x) => mul(dy, cos(x)));
/** Cosine of x in radians, accurate for every x; NaN for infinities. */
export const cos = /* @__PURE__ */ unary("cos", (dy, x) => neg(mul(dy, sin(x))));
/** Tangent of x in radians, accurate for every x; NaN for infinities. */
export const tan = /* @__PURE__ */ unary("tan", (dy, _x, y) => mul(dy, add(square(y), 1)));

/** sqrt(1 - x^2), without the cancellation near 1. */
const otherSide = (x: Tensor): Tensor => sqrt(mul(sub(1, x), add(x, 1)));

/** Arc sine in [-pi/2, pi/2]; NaN where |x| > 1. */
export const asin = /* @__PURE__ */ unary("asin", (dy, x) => div(dy, otherSide(x)));
/** Arc cosine in [0, pi]; NaN where |x| > 1. */
export const acos = /* @__PURE__ */ unary("acos", (dy, x) => neg(div(dy, otherSide(x))));
/** Arc tangent in [-pi/2, pi/2]. */
export const atan = /* @__PURE__ */ unary("atan", (dy, x) => div(dy, add(square(x), 1)));

// ---- hyperbolic ----

/** Hyperbolic sine, (e^x - e^-x) / 2. */
export const sinh = /* @__PURE__ */ unary("sinh", (dy, x) => mul(dy, cosh(x)));
/** Hyperbolic cosine, (e^x + e^-x) / 2. */
export const cosh = /* @__PURE__ */ unary("cosh", (dy, x) => mul(dy, sinh(x)));
/** Inverse hyperbolic sine, ln(x + sqrt(x^2 + 1)). */
export const asinh = /* @__PURE__ */ unary("asinh", (dy, x) => div(dy, hypot(x, 1)));
/** Inverse hyperbolic cosine, ln(x + sqrt(x^2 - 1)); NaN below 1. */
export const acosh = /* @__PURE__ */ unary("acosh", (dy, x) => div(dy, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))));
/** Inverse hyperbolic tangent, ln((1 + x) / (1 - x)) / 2; infinite at 1 and -1, NaN where |x| > 1. */
export const atanh = /* @__PURE__ */ unary("atanh", (dy, x) => div(dy, mul(sub(1, x), add(x, 1))));
