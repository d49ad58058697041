/**
 * @file What functions of float32 that are computed in float64, two elements a vector, share: constants, polynomials, log2, 2^x.
 *
 * A float32, denormal or not, is a normal float64, and no square, quotient or exponent of float32 numbers leaves the normal range. So nothing is
 * scaled, and the one rounding that weighs is that of the result to float32. Errors in ULP: docs/numerics.md.
 *
 * Polynomials are minimax (Remez exchange in 40 digits), each with its relative error; 6e-8 is a unit in the last place.
 */

export const ONE = memory.data<f64>([1.0]);
export const TWO = memory.data<f64>([2.0]);
export const HALF = memory.data<f64>([0.5]);
export const SIGN = memory.data<f64>([-0.0]);
const MINUS_INFINITY = memory.data<f64>([-Infinity]);

/** Two copies of a constant. */
// @ts-ignore: decorator
@inline
export function splat(constant: usize): v128 {
  return v128.load64_splat(constant);
}

/** y with the sign of x turned on it: y * sign(x). */
// @ts-ignore: decorator
@inline
export function withSign(y: v128, x: v128): v128 {
  return v128.xor(y, v128.and(x, splat(SIGN)));
}

/** y w + the constant c. */
// @ts-ignore: decorator
@inline
function next(y: v128, w: v128, c: usize): v128 {
  return f64x2.add(f64x2.mul(y, w), splat(c));
}

/** The polynomial in w of 5, 6, 7 or 11 coefficients, highest power first. */
// @ts-ignore: decorator
@inline
export function polynomial(w: v128, c: usize, count: i32): v128 {
  let y = next(next(next(next(splat(c), w, c + 8), w, c + 16), w, c + 24), w, c + 32);
  if (count > 5) y = next(y, w, c + 40);
  if (count > 6) y = next(y, w, c + 48);
  if (count > 7) y = next(next(next(next(y, w, c + 56), w, c + 64), w, c + 72), w, c + 80);
  return y;
}

/** 2 atanh(s) / (s ln(2)) in s^2, for sqrt(1 / 2) <= (1 + s) / (1 - s) <= sqrt(2): 4.2e-12. */
const LOG2 = memory.data<f64>([0.34072802816623726, 0.41167282609390476, 0.5770835832757345, 0.9617966733500894, 2.88539008179008]);
/** The bits of sqrt(1 / 2) less those of 1: without them the exponent of v counts from sqrt(1 / 2). */
const SQRT_HALF_LESS_ONE = memory.data<u64>([0xfff6a09e667f3bcd]);
/** 2^52, and 2^52 + 1023: the integers from 2^52 on are the low bits of their float64. */
const TWO_TO_52 = memory.data<f64>([4503599627370496.0]);
const TWO_TO_52_BIASED = memory.data<f64>([4503599627371519.0]);
/** 2^-1000: turns infinity and NaN into themselves, and what else log2 is asked for into nothing. */
const NOTHING = memory.data<f64>([9.332636185032189e-302]);

/** log2(v), where u = v - 1, to more digits than v has where v is near 1. -Infinity at 0, NaN below. */
export function logarithm(v: v128, u: v128): v128 {
  const biased = i64x2.sub(v, splat(SQRT_HALF_LESS_ONE));
  const e = f64x2.sub(v128.or(i64x2.shr_u(biased, 52), splat(TWO_TO_52)), splat(TWO_TO_52_BIASED));
  // v = 2^e (1 + f)
  const mantissa = i64x2.add(i64x2.sub(v, v128.and(biased, splat(MINUS_INFINITY))), splat(ONE));
  const zero = i64x2.splat(0);
  const f = v128.bitselect(u, f64x2.sub(mantissa, splat(ONE)), f64x2.eq(e, zero));
  const s = f64x2.div(f, f64x2.add(f, splat(TWO)));
  const y = f64x2.add(f64x2.add(f64x2.mul(s, polynomial(f64x2.mul(s, s), LOG2, 5)), e), f64x2.mul(v, splat(NOTHING)));
  return v128.bitselect(v128.or(splat(MINUS_INFINITY), f64x2.lt(v, zero)), y, f64x2.le(v, zero));
}

/** Beyond it 2^t and its sum with 1 are 0, infinite or 1 in float32. */
const EXP2_GREATEST = memory.data<f64>([200.0]);
const EXP2_LEAST = memory.data<f64>([-200.0]);
/** 1.5 * 2^52 + 1023: adding it rounds to an integer n and leaves n, biased as an exponent, in the low bits. */
const ROUND_BIASED = memory.data<f64>([6755399441056767.0]);
/** (2^r - 1) / r for |r| <= 1 / 2: 2.3e-10. */
const EXP2 = memory.data<f64>([
  1.5252724108074754e-5, 0.0001546133003646099, 0.0013333669427419812, 0.009618057037074104, 0.055504107276326084, 0.240226509200441, 0.6931471805815664,
]);

/** 2^t - least, where least is 1, exactly for tiny t, or 0. */
// @ts-ignore: decorator
@inline
export function exponential(t: v128, least: v128): v128 {
  // pmax(t, c) and pmin(t, c) are t when it is NaN.
  t = f64x2.pmin(f64x2.pmax(t, splat(EXP2_LEAST)), splat(EXP2_GREATEST));
  const rounded = f64x2.add(t, splat(ROUND_BIASED));
  const r = f64x2.sub(t, f64x2.sub(rounded, splat(ROUND_BIASED)));
  const power = i64x2.shl(rounded, 52);
  return f64x2.add(f64x2.mul(f64x2.mul(r, polynomial(r, EXP2, 7)), power), f64x2.sub(power, least));
}
