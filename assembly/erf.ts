/** @file Vector erf and erfc: four float32 in, four out. NaN gives NaN. Errors in ULP over all 2^32 inputs: docs/numerics.md. */
import { EXP, expReduced, LOG2_E, MINUS_LN2_HIGH, MINUS_LN2_LOW, ONE, ROUND_TWICE_BIASED, SIGN, scale, splat } from "./math";
import { fma } from "./simd";

// Polynomials are minimax in relative error, found by linear programming on Chebyshev nodes, each coefficient rounded to float32
// before the next ones are found.

/** From here on erfc is below 1 / 4, and 1 - erfc(x) is better than what is a sum for small x. */
const LARGE = memory.data<f32>([0.8134]);
/** From here on erfc(x) rounds to 0. */
const GREATEST = memory.data<f32>([10.06]);
const TWO = memory.data<f32>([2.0]);
const HALF = memory.data<f32>([0.5]);
/** The mask of sign, exponent and 11 bits of the mantissa: numbers whose square is exact. */
const SHORT = memory.data<u32>([0xfffff000]);

/** erf(x) / x - 1 in x^2 for |x| <= 0.8134, lowest power first: 0.07 * 2^-24. */
const ERF = memory.data<f32>([
  0.12837916612625122, -0.3761260509490967, 0.11283109337091446, -0.02681942842900753, 0.005081087350845337, -0.0006501942407339811,
]);
/** exp(x^2) erfc(x) / t in t - 0.43, where t = 1 / (x + 1 / 2), for 0.8134 <= x <= 10.06, lowest power first: 0.13 * 2^-24. */
const ERFC = memory.data<f32>([
  0.6404234170913696, 0.05660020932555199, -0.258245050907135, 0.14331203699111938, 0.08473601192235947,
  -0.24446116387844086, 0.2231917530298233, 0.012668868526816368, -0.3649715185165405, 0.4006512463092804,
]);
const CENTRE = memory.data<f32>([0.43]);

/** erf(x) - x for |x| <= 0.8134. */
// @ts-ignore: decorator
@inline
function erfSmall(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = fma(splat(ERF + 20), square, splat(ERF + 16));
  p = fma(fma(p, square, splat(ERF + 12)), square, splat(ERF + 8));
  p = fma(fma(p, square, splat(ERF + 4)), square, splat(ERF));
  return f32x4.mul(p, x);
}

/** erfc(z) for 0.8134 <= z <= 10.06, where z is x times the root of `factor`, 1 or 1 / 2: exp(-z^2) is taken from x, which is exact. */
function erfcLarge(z: v128, x: v128, factor: usize): v128 {
  // t, and what was rounded off its denominator.
  const half = splat(HALF);
  const sum = f32x4.add(z, half);
  const quotient = f32x4.div(splat(ONE), sum);
  const lost = f32x4.sub(half, f32x4.sub(sum, z));
  const t = f32x4.sub(quotient, f32x4.mul(f32x4.mul(quotient, quotient), lost));
  const u = f32x4.sub(t, splat(CENTRE));
  let p = fma(splat(ERFC + 36), u, splat(ERFC + 32));
  p = fma(fma(p, u, splat(ERFC + 28)), u, splat(ERFC + 24));
  p = fma(fma(p, u, splat(ERFC + 20)), u, splat(ERFC + 16));
  p = fma(fma(p, u, splat(ERFC + 12)), u, splat(ERFC + 8));
  p = fma(fma(p, u, splat(ERFC + 4)), u, splat(ERFC));
  p = f32x4.mul(p, t);
  // exp(-z^2) = 2^n (1 + w), and x^2 = short^2 + (x - short) (x + short), of which the first is exact.
  const scaled = f32x4.mul(x, splat(factor));
  const rounded = f32x4.sub(splat(ROUND_TWICE_BIASED), f32x4.mul(f32x4.mul(scaled, x), splat(LOG2_E)));
  const n = f32x4.sub(rounded, splat(ROUND_TWICE_BIASED));
  const short = v128.and(x, splat(SHORT));
  const first = f32x4.sub(f32x4.mul(n, splat(MINUS_LN2_HIGH)), f32x4.mul(f32x4.mul(short, splat(factor)), short));
  const second = f32x4.mul(f32x4.mul(f32x4.sub(x, short), splat(factor)), f32x4.add(x, short));
  const w = expReduced(fma(n, splat(MINUS_LN2_LOW), f32x4.sub(first, second)), EXP);
  return scale(fma(p, w, p), rounded);
}

/** erf(x). */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const sign = splat(SIGN);
  const a = f32x4.pmin(v128.andnot(x, sign), splat(GREATEST));
  const y = v128.bitselect(f32x4.add(a, erfSmall(a)), f32x4.sub(splat(ONE), erfcLarge(a, a, ONE)), f32x4.lt(a, splat(LARGE)));
  return v128.or(y, v128.and(x, sign));
}

/** erfc(x). */
// @ts-ignore: decorator
@inline
export function erfc4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.neg(splat(GREATEST))), splat(GREATEST));
  return erfcOf(x, x, ONE);
}

/** erfc(z), where z is x times the root of `factor`; see erfcLarge. */
export function erfcOf(z: v128, x: v128, factor: usize): v128 {
  const a = f32x4.pmin(v128.andnot(z, splat(SIGN)), splat(GREATEST));
  const large = erfcLarge(a, v128.andnot(x, splat(SIGN)), factor);
  const y = v128.bitselect(f32x4.sub(splat(TWO), large), large, f32x4.lt(z, i32x4.splat(0)));
  return v128.bitselect(f32x4.sub(f32x4.sub(splat(ONE), z), erfSmall(z)), y, f32x4.lt(a, splat(LARGE)));
}
