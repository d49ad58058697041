/** @file The instruction-set shim: the only file that may name a relaxed instruction. */

/** a * b + c: one rounding in the relaxed build, two in the strict one. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Sum of the four lanes, as (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function horizontalSum(v: v128): f32 {
  const t = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(t, 0) + f32x4.extract_lane(t, 1);
}

/** The first `count` (at least 1; more than 4 count as 4) of four floats; the others are 0. */
// @ts-ignore: decorator
@inline
export function loadFirst(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  if (count == 1) return v128.load32_zero(p);
  const v = v128.load64_zero(p);
  return count == 2 ? v : v128.load32_lane(p, v, 2, 8);
}

/** Stores the first `count` (at least 1; more than 4 count as 4) of four floats. */
// @ts-ignore: decorator
@inline
export function storeFirst(p: usize, v: v128, count: i32): void {
  if (count >= 4) return v128.store(p, v);
  if (count == 1) return v128.store32_lane(p, v, 0);
  v128.store64_lane(p, v, 0);
  if (count == 3) v128.store32_lane(p, v, 2, 8);
}

/** 2^-80, whose unit in the last place is 2^-103. */
const TINY: f32 = 8.271806125530277e-25;

/**
 * v rounded to multiples of 2^-103 where it is below 2^-56: arithmetic on denormals is many times slower on some machines. So much larger than
 * denormals, because a mean that decays ends at some multiples, and its products with rates must not be denormal either.
 */
// @ts-ignore: decorator
@inline
export function flushDenormals(v: v128): v128 {
  return f32x4.sub(f32x4.add(v, f32x4.splat(TINY)), f32x4.splat(TINY));
}
