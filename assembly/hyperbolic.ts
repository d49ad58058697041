/** @file Hyperbolic functions and their inverses: float64, two elements a vector, accurate for what is a float32. See double.ts. */
import { exponential, HALF, logarithm, ONE, splat, TWO, withSign } from "./double";

const LOG2_E = memory.data<f64>([1.4426950408889634]);
const LN2 = memory.data<f64>([0.6931471805599453]);
const HALF_LN2 = memory.data<f64>([0.34657359027997264]);

/** sinh(x) = (m + m / (m + 1)) / 2 with m = e^|x| - 1: nothing cancels for small x. */
// @ts-ignore: decorator
@inline
export function sinh2(x: v128): v128 {
  const m = exponential(f64x2.mul(f64x2.abs(x), splat(LOG2_E)), splat(ONE));
  const twice = f64x2.add(m, f64x2.div(m, f64x2.add(m, splat(ONE))));
  return withSign(f64x2.mul(twice, splat(HALF)), x);
}

/** cosh(x) = (e^x + e^-x) / 2 */
// @ts-ignore: decorator
@inline
export function cosh2(x: v128): v128 {
  const power = exponential(f64x2.mul(x, splat(LOG2_E)), i64x2.splat(0));
  return f64x2.mul(f64x2.add(power, f64x2.div(splat(ONE), power)), splat(HALF));
}

/** asinh(x) = ln(1 + u), u = |x| + (sqrt(x^2 + 1) - 1), with the sign of x. Below 1e-8, where the root is 1, u is |x|. */
// @ts-ignore: decorator
@inline
export function asinh2(x: v128): v128 {
  const one = splat(ONE);
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(x, x), one));
  const u = f64x2.add(f64x2.abs(x), f64x2.sub(root, one));
  return withSign(f64x2.mul(logarithm(f64x2.add(u, one), u), splat(LN2)), x);
}

/** acosh(x) = ln(1 + u), u = (x - 1) + sqrt((x - 1) (x + 1)); NaN below 1. */
// @ts-ignore: decorator
@inline
export function acosh2(x: v128): v128 {
  const one = splat(ONE);
  const t = f64x2.sub(x, one);
  const u = f64x2.add(t, f64x2.sqrt(f64x2.mul(t, f64x2.add(x, one))));
  const y = f64x2.mul(logarithm(f64x2.add(u, one), u), splat(LN2));
  return v128.or(y, f64x2.lt(x, one));
}

/** atanh(x) = ln(1 + u) / 2, u = 2 |x| / (1 - |x|), with the sign of x; NaN beyond 1. */
// @ts-ignore: decorator
@inline
export function atanh2(x: v128): v128 {
  const one = splat(ONE);
  const z = f64x2.abs(x);
  const u = f64x2.div(f64x2.mul(z, splat(TWO)), f64x2.sub(one, z));
  return withSign(f64x2.mul(logarithm(f64x2.add(u, one), u), splat(HALF_LN2)), x);
}
