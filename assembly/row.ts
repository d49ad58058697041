/** @file Statistics of a row of contiguous floats. The order of additions follows from its length alone. */
import { fma, horizontalSum } from "./simd";

/** Lane 0 in all lanes. */
// @ts-ignore: decorator
@inline
export function first(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
}

/** Lane 1 in all lanes. */
// @ts-ignore: decorator
@inline
export function second(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
}

/** Sums of a's lanes and of b's as lanes 0 and 1. */
// @ts-ignore: decorator
@inline
export function sums(a: v128, b: v128): v128 {
  return f32x4.replace_lane(f32x4.splat(horizontalSum(a)), 1, horizontalSum(b));
}

/** Sums of x and of x^2 over n floats: lanes 0 and 1. */
export function sumsOfRow(x: usize, n: i32): v128 {
  const end = x + (<usize>n << 2);
  let s = f32x4.splat(0), t = s, u = s, v = s;
  for (; x + 32 <= end; x += 32) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    s = f32x4.add(s, a);
    t = f32x4.add(t, b);
    u = fma(a, a, u);
    v = fma(b, b, v);
  }
  s = f32x4.add(s, t);
  u = f32x4.add(u, v);
  for (; x < end; x += 4) {
    const a = v128.load32_zero(x);
    s = f32x4.add(s, a);
    u = fma(a, a, u);
  }
  return sums(s, u);
}

/** Sum of (x - mean)^2 over n floats. */
function squaresAround(x: usize, n: i32, mean: f32): f32 {
  const end = x + (<usize>n << 2);
  const m = f32x4.splat(mean);
  let s = f32x4.splat(0), t = s;
  for (; x + 32 <= end; x += 32) {
    const a = f32x4.sub(v128.load(x), m);
    const b = f32x4.sub(v128.load(x, 16), m);
    s = fma(a, a, s);
    t = fma(b, b, t);
  }
  let rest: f32 = 0;
  for (; x < end; x += 4) {
    const d = load<f32>(x) - mean;
    rest += d * d;
  }
  return horizontalSum(f32x4.add(s, t)) + rest;
}

// What a row is divided by, `kind`: the root of its mean square, of its variance (the row less its mean), or its length.
const VARIANCE = 1;
const LENGTH = 2;

/**
 * From a row's `sumsOfRow`: m, its mean or 0 by `kind`, in lane 0; s = 1 / sqrt(mean((x - m)^2) + epsilon), for LENGTH 1 / sqrt(max(sum(x^2),
 * epsilon)), in lane 1; and in lane 3 the derivative of (x - m) s by -s (x - m), summed: s / n, for LENGTH s, or 0 at a length that is epsilon's.
 * The mean square less the squared mean loses a bit at most unless the mean is larger than the deviation: then the row is read again,
 * and lane 2 is 1.
 */
export function statistics(sums: v128, x: usize, n: i32, epsilon: f32, kind: i32): v128 {
  const mean = kind == VARIANCE ? f32x4.extract_lane(sums, 0) / <f32>n : 0;
  const count: f32 = kind == LENGTH ? 1 : <f32>n;
  let variance = f32x4.extract_lane(sums, 1) / count - mean * mean;
  const exact = !(mean * mean <= variance);
  if (exact) variance = squaresAround(x, n, mean) / count;
  const scale: f32 = 1 / sqrt<f32>(kind == LENGTH ? max(variance, epsilon) : variance + epsilon);
  const slope: f32 = kind == LENGTH && variance < epsilon ? 0 : scale / count;
  return f32x4(mean, scale, <f32>exact, slope);
}

/** Whether `statistics` read the row again. */
// @ts-ignore: decorator
@inline
export function isExact(statistics: v128): bool {
  return f32x4.extract_lane(statistics, 2) != 0;
}
