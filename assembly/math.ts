/**
 * @file Vector exp, log, tanh and sigmoid: four float32 in, four out. NaN gives NaN; denormals are neither flushed
 * on the way in nor on the way out. Errors in ULP over all 2^32 inputs: docs/numerics.md.
 */
import { fma } from "./simd";

// V8 builds a v128.const anew wherever it is used; a splat from memory is a single load.
// Polynomials are minimax in relative error, found by linear programming on Chebyshev nodes, then rounded to float32. EXP and
// TANH were then varied in their last bits for the least measured error of exp and of tanh.

export const ONE = memory.data<f32>([1.0]);
const HALF = memory.data<f32>([0.5]);
export const SIGN = memory.data<f32>([-0.0]);
/** Its bits are also the mask of an exponent. */
export const INFINITY = memory.data<f32>([Infinity]);
/** Its bits are also the mask of a sign and exponent. */
const MINUS_INFINITY = memory.data<f32>([-Infinity]);

/** Outside these exp is 0 or infinite; between them 2^n is a product of two normal numbers. */
const EXP_LEAST = memory.data<f32>([-104.0]);
const EXP_GREATEST = memory.data<f32>([89.0]);
export const LOG2_E = memory.data<f32>([1.4426950408889634]);
/** ln(2) in two parts, the first of 16 bits, so that n times it is exact (the split of fdlibm's e_logf.c). */
const LN2_HIGH = memory.data<f32>([0.693145751953125]);
const LN2_LOW = memory.data<f32>([1.428606765330187e-6]);
export const MINUS_LN2_HIGH = memory.data<f32>([-0.693145751953125]);
export const MINUS_LN2_LOW = memory.data<f32>([-1.428606765330187e-6]);

/** 1.5 * 2^23 + k: adding it rounds to an integer n and leaves n + k in the low bits. k makes n an exponent, biased. */
export const ROUND_TWICE_BIASED = memory.data<f32>([12583166.0]); // k = 2 * 127
const ROUND_BIASED_32 = memory.data<f32>([12583071.0]); // k = 127 + 32
const ROUND_BIASED = memory.data<f32>([12583039.0]); // k = 127
/** Below it exp(x) - 1 rounds to -1. */
const EXPM1_LEAST = memory.data<f32>([-18.0]);
/** Of these bits those of n + ROUND_TWICE_BIASED leave 127 - n: the exponent of 2^-n. */
const ROUND_BIASED_381 = memory.data<f32>([12583293.0]); // k = 2 * 127 + 127
const TWO_TO_32 = memory.data<f32>([4294967296.0]);

/** (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2, lowest power first: relative error of exp(r) - 1 0.63 * 2^-24. */
export const EXP = memory.data<f32>([0.49999994039535522, 0.1666654497385025, 0.041670382022857666, 0.008367422968149185, 0.0013661429984495044]);
/** The same for tanh: 0.30 * 2^-24. */
const TANH = memory.data<f32>([0.5, 0.16666543483734131, 0.04166720062494278, 0.008366896770894527, 0.0013871152186766267]);

/** From here on sigmoid(x) rounds to 1. */
const SIGMOID_GREATEST = memory.data<f32>([18.0]);
/** From here on tanh(x) rounds to 1. */
const TANH_GREATEST = memory.data<f32>([9.02]);
/** tanh of this is just above 0.5. */
const TANH_LARGE = memory.data<f32>([0.55]);
const TWO_LOG2_E = memory.data<f32>([2.8853900817779268]);
const MINUS_2 = memory.data<f32>([-2.0]);
const LN2 = memory.data<f32>([0.6931471805599453]);

/** Where the mantissa of log begins: sqrt(1 / 2). */
const SQRT_HALF = memory.data<f32>([0.7071067690849304]);
/** Its bits are those of the largest float plus those of infinity. */
const NORMAL_LIMIT = memory.data<f32>([-1.7014117331926443e38]);
const TWO_TO_23 = memory.data<f32>([8388608.0]);
/** (log(1 + f) - f + f^2 / 2) / f^3 for sqrt(1 / 2) <= 1 + f <= sqrt(2), lowest power first: relative error of log(1 + f) 0.11 * 2^-24. */
const LOG = memory.data<f32>([
  0.3333333134651184, -0.2500081956386566, 0.20001226663589478, -0.16623356938362122,
  0.14201757311820984, -0.13160181045532227, 0.1276157796382904, -0.07634499669075012,
]);

const TWO = memory.data<f32>([2.0]);
/** (2 atanh(t) / t - 2) / t^2 in t^2 for 0 <= t <= 1 / 3, lowest power first: relative error of atanh(t) 0.27 * 2^-24. */
const ATANH = memory.data<f32>([0.6666663885116577, 0.40007561445236206, 0.28236618638038635, 0.2685149908065796]);

/** Four copies of a constant. */
// @ts-ignore: decorator
@inline
export function splat(constant: usize): v128 {
  return v128.load32_splat(constant);
}

/** exp(r) - 1 for |r| <= ln(2) / 2, as r + r^2 q(r); q in two halves (Estrin's scheme), whose latencies overlap. */
// @ts-ignore: decorator
@inline
export function expReduced(r: v128, q: usize): v128 {
  const square = f32x4.mul(r, r);
  const low = fma(splat(q + 4), r, splat(q));
  const high = fma(splat(q + 16), square, fma(splat(q + 12), r, splat(q + 8)));
  return fma(square, fma(high, square, low), r);
}

/** 2^n y, where `rounded` is n + ROUND_TWICE_BIASED. 2^n = 2^floor(n / 2) * 2^ceil(n / 2): a result may be denormal or overflow, its factors may not. */
// @ts-ignore: decorator
@inline
export function scale(y: v128, rounded: v128): v128 {
  const floorHalf = v128.and(i32x4.shl(rounded, 22), splat(INFINITY));
  const ceilHalf = i32x4.sub(i32x4.shl(rounded, 23), floorHalf);
  return f32x4.mul(f32x4.mul(y, floorHalf), ceilHalf);
}

/** exp(x). */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // pmax(x, c) and pmin(x, c) return x when it is NaN.
  x = f32x4.pmin(f32x4.pmax(x, splat(EXP_LEAST)), splat(EXP_GREATEST));
  const rounded = fma(x, splat(LOG2_E), splat(ROUND_TWICE_BIASED));
  const n = f32x4.sub(rounded, splat(ROUND_TWICE_BIASED));
  const r = fma(n, splat(MINUS_LN2_LOW), fma(n, splat(MINUS_LN2_HIGH), x));
  return scale(f32x4.add(expReduced(r, EXP), splat(ONE)), rounded);
}

/** expm1(x): with exp(x) = 2^n (1 + w) it is 2^n ((1 - 2^-n) + w). */
export function expm14(x: v128): v128 {
  const sign = v128.and(x, splat(SIGN));
  x = f32x4.pmin(f32x4.pmax(x, splat(EXPM1_LEAST)), splat(EXP_GREATEST));
  const rounded = fma(x, splat(LOG2_E), splat(ROUND_TWICE_BIASED));
  const n = f32x4.sub(rounded, splat(ROUND_TWICE_BIASED));
  const r = fma(n, splat(MINUS_LN2_LOW), fma(n, splat(MINUS_LN2_HIGH), x));
  // The exponent of 2^-n; -1 for 2^-128, which shall be 0.
  const exponent = i32x4.max_s(i32x4.sub(splat(ROUND_BIASED_381), rounded), i32x4.splat(0));
  const rest = f32x4.sub(splat(ONE), i32x4.shl(exponent, 23));
  return v128.or(scale(f32x4.add(expReduced(r, EXP), rest), rounded), sign);
}

/** expm1(x) for x <= 0, with fewer steps: 2^n is in range, and (2^n - 1) + 2^n w has no cancellation. */
// @ts-ignore: decorator
@inline
export function expm1Negative(x: v128): v128 {
  x = f32x4.pmax(x, splat(EXPM1_LEAST));
  const bias = splat(ROUND_BIASED);
  const rounded = fma(x, splat(LOG2_E), bias);
  // One step: the rounding of n ln(2) comes scaled by 2^n, n <= 0.
  const r = fma(f32x4.sub(bias, rounded), splat(LN2), x);
  const s = i32x4.shl(rounded, 23);
  return fma(s, expReduced(r, EXP), f32x4.sub(s, splat(ONE)));
}

/**
 * 1 / (1 + exp(-x)). With s = 2^n and exp(-x) = (1 + w) / s it is s / ((s + 1) + w): no rounding but those of the sum and
 * of the quotient weighs. Both are scaled by 2^32, so that s stays normal when the result is denormal.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, splat(EXP_LEAST)), splat(SIGMOID_GREATEST));
  const rounded = fma(x, splat(LOG2_E), splat(ROUND_BIASED_32));
  const n = f32x4.sub(rounded, splat(ROUND_BIASED_32));
  const r = fma(n, splat(LN2_LOW), fma(n, splat(LN2_HIGH), v128.xor(x, splat(SIGN))));
  const w = expReduced(r, EXP);
  const s = i32x4.shl(rounded, 23);
  const scale = splat(TWO_TO_32);
  return f32x4.div(s, f32x4.add(fma(w, scale, s), scale));
}

/**
 * tanh(x). With s = 2^n and exp(-2 |x|) = (1 + w) / s it is ((s - 1) - w) / ((s + 1) + w), which is exact for tiny x, and
 * 1 - 2 (1 + w) / ((s + 1) + w), which is the better one where the result is above 0.5.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = splat(SIGN);
  const one = splat(ONE);
  const z = f32x4.pmin(v128.andnot(x, sign), splat(TANH_GREATEST));
  const rounded = fma(z, splat(TWO_LOG2_E), splat(ROUND_BIASED));
  const n = f32x4.sub(rounded, splat(ROUND_BIASED));
  const r = fma(n, splat(LN2), f32x4.mul(z, splat(MINUS_2)));
  const w = expReduced(r, TANH);
  const s = i32x4.shl(rounded, 23);
  const large = f32x4.gt(z, splat(TANH_LARGE));
  const numerator = v128.bitselect(fma(w, splat(MINUS_2), splat(MINUS_2)), f32x4.sub(f32x4.sub(s, one), w), large);
  const quotient = f32x4.div(numerator, f32x4.add(f32x4.add(s, one), w));
  const y = f32x4.add(quotient, v128.and(large, one));
  return v128.or(y, v128.and(x, sign));
}

/** log(x) of positive normal numbers, x = 2^e (1 + f). exponentBias is added to e. */
// @ts-ignore: decorator
@inline
function logNormal(x: v128, exponentBias: v128): v128 {
  const offset = i32x4.sub(x, splat(SQRT_HALF));
  const e = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_s(offset, 23)), exponentBias);
  return logParts(e, f32x4.sub(i32x4.sub(x, v128.and(offset, splat(MINUS_INFINITY))), splat(ONE)));
}

/** e ln(2) + log(1 + f) for sqrt(1 / 2) <= 1 + f <= sqrt(2), as e ln(2) + (f - f^2 / 2 + f^3 p(f)). */
// @ts-ignore: decorator
@inline
function logParts(e: v128, f: v128): v128 {
  let p = fma(splat(LOG + 28), f, splat(LOG + 24));
  p = fma(p, f, splat(LOG + 20));
  p = fma(p, f, splat(LOG + 16));
  p = fma(p, f, splat(LOG + 12));
  p = fma(p, f, splat(LOG + 8));
  p = fma(p, f, splat(LOG + 4));
  p = fma(p, f, splat(LOG));
  const square = f32x4.mul(f, f);
  let y = f32x4.mul(f32x4.mul(square, f), p);
  y = fma(e, splat(LN2_LOW), y);
  y = f32x4.sub(y, f32x4.mul(square, splat(HALF)));
  return fma(e, splat(LN2_HIGH), f32x4.add(f, y));
}

/** log(x) of anything. */
function logAny(x: v128): v128 {
  const zero = i32x4.splat(0);
  const infinite = splat(INFINITY);
  const denormal = i32x4.lt_s(x, i32x4.splat(0x00800000));
  const scaled = v128.bitselect(f32x4.mul(x, splat(TWO_TO_23)), x, denormal);
  let y = logNormal(scaled, v128.and(f32x4.splat(-23.0), denormal));
  y = v128.bitselect(infinite, y, f32x4.eq(x, infinite));
  y = v128.bitselect(splat(MINUS_INFINITY), y, f32x4.eq(x, zero));
  return v128.or(y, v128.not(f32x4.ge(x, zero)));
}

/** log(x). */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  // Adding the bits of infinity turns positive normal numbers, and no others, into the least integers.
  const special = i32x4.gt_s(i32x4.add(x, splat(INFINITY)), splat(NORMAL_LIMIT));
  return v128.any_true(special) ? logAny(x) : logNormal(x, i32x4.splat(0));
}

/** log(1 + x): of the sum u what was rounded off, c, is added to its mantissa. */
export function log1p4(x: v128): v128 {
  const one = splat(ONE);
  const u = f32x4.add(x, one);
  const v = f32x4.sub(u, one);
  const c = f32x4.add(f32x4.sub(one, f32x4.sub(u, v)), f32x4.sub(x, v));
  const offset = i32x4.sub(u, splat(SQRT_HALF));
  const exponent = v128.and(offset, splat(MINUS_INFINITY));
  const f = f32x4.sub(i32x4.sub(u, exponent), one);
  // 2^-e; 0 instead of 2^-128.
  const unscale = i32x4.max_s(i32x4.sub(one, exponent), i32x4.splat(0));
  const y = logParts(f32x4.convert_i32x4_s(i32x4.shr_s(offset, 23)), fma(c, unscale, f));
  const special = v128.not(v128.and(f32x4.gt(u, i32x4.splat(0)), f32x4.lt(u, splat(INFINITY))));
  return v128.or(v128.any_true(special) ? v128.bitselect(logAny(u), y, special) : y, v128.and(x, splat(SIGN)));
}

/** log(1 + x) for 0 <= x <= 1, as 2 atanh(t) with t = x / (2 + x). */
// @ts-ignore: decorator
@inline
export function log1pPart(x: v128): v128 {
  const two = splat(TWO);
  const t = f32x4.div(x, f32x4.add(x, two));
  const square = f32x4.mul(t, t);
  let p = fma(splat(ATANH + 12), square, splat(ATANH + 8));
  p = fma(fma(p, square, splat(ATANH + 4)), square, splat(ATANH));
  return f32x4.mul(t, fma(p, square, two));
}
