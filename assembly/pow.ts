/** @file Powers and remainders: float64, two elements a vector, accurate for what is a float32. See double.ts. */
import { exponential, HALF, logarithm, ONE, splat, withSign } from "./double";

/** x^y = 2^(y log2 |x|), with C's rules: 1 where x is 1 or y is 0, even for NaN; NaN where x < 0 and y is not whole. */
export function power(x: v128, y: v128): v128 {
  const zero = i64x2.splat(0);
  const one = splat(ONE);
  const size = f64x2.abs(x);
  const product = f64x2.mul(logarithm(size, f64x2.sub(size, one)), y);
  const z = exponential(v128.andnot(product, v128.or(f64x2.eq(size, one), f64x2.eq(y, zero))), zero);
  const half = f64x2.mul(y, splat(HALF));
  const whole = f64x2.eq(f64x2.trunc(y), y);
  const odd = v128.andnot(whole, f64x2.eq(f64x2.trunc(half), half));
  const finiteBelow0 = v128.and(f64x2.lt(x, zero), f64x2.ge(x, splat(LEAST_FLOAT)));
  return v128.or(withSign(z, v128.and(x, odd)), v128.andnot(finiteBelow0, whole));
}

/** The least finite float32. */
const LEAST_FLOAT = memory.data<f64>([-3.4028234663852886e38]);

/** x^n (wraps); the whole part, as of a division, where n < 0: 0 but for x = 1 and -1. 0^n is 0 for n < 0. */
// @ts-ignore: decorator
@inline
export function integerPower(x: i32, n: i32): i32 {
  if (n < 0) {
    if (x != 1 && x != -1) return 0;
    n &= 1;
  }
  let y = 1;
  for (; n != 0; n >>= 1, x *= x) if (n & 1) y *= x;
  return y;
}

/** The 28 leading bits of a quotient: their product with a float32 is exact. */
const LEADING = memory.data<u64>([0xfffffffffe000000]);

/**
 * a - b floor(a / b), exact before it is rounded to float32: of the sign of b, or 0. Each turn takes 27 bits off the quotient; the
 * rounding of a quotient can leave a rest just below 0, which the last line mends.
 */
// @ts-ignore: decorator
@inline
export function remainder(a: v128, b: v128): v128 {
  const bound = f64x2.abs(b);
  let rest = a;
  let above = f64x2.ge(f64x2.abs(rest), bound);
  // Once at least: mostly it is once at most, and this branch is foreseen.
  do {
    const quotient = f64x2.trunc(v128.and(f64x2.div(rest, b), splat(LEADING)));
    rest = f64x2.sub(rest, v128.and(f64x2.mul(quotient, b), above));
    above = f64x2.ge(f64x2.abs(rest), bound);
  } while (v128.any_true(above));
  const zero = i64x2.splat(0);
  const opposite = v128.and(i64x2.lt_s(v128.xor(rest, b), zero), f64x2.ne(rest, zero));
  return f64x2.add(f64x2.add(rest, v128.and(opposite, b)), v128.and(f64x2.ne(b, b), b));
}
