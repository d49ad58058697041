/** @file Trigonometric functions and their inverses: float64, two elements a vector, accurate for what is a float32. See double.ts. */
import { ONE, polynomial, splat, withSign } from "./double";

/** From here on an argument is reduced by hugeQuarters. */
const HUGE = memory.data<f64>([1048576.0]);
const TWO_OVER_PI = memory.data<f64>([0.6366197723675814]);
/** 1.5 * 2^52: adding it rounds to an integer and leaves its low bits in the low bits. */
const ROUND = memory.data<f64>([6755399441055744.0]);
/** pi / 2 in two parts, the first of 33 bits, so that n times it is exact for n below 2^20. */
const HALF_PI_HIGH = memory.data<f64>([1.5707963267341256]);
const HALF_PI_LOW = memory.data<f64>([6.077100506506192e-11]);

/** floor(2 / pi * 2^198), lowest word first. */
const TWO_OVER_PI_BITS = memory.data<u32>([0x10e4107f, 0xd8a5664f, 0x4d377036, 0x09d5f47d, 0x91054a7f, 0xbe60db93, 0x28]);
/** pi / 2 * 2^-62 */
const QUARTER_UNIT = memory.data<f64>([3.4061215800865545e-19]);

/** sin(r) / r in r^2, for |r| <= pi / 4: 5.2e-12. */
const SIN = memory.data<f64>([2.718121546733294e-6, -0.0001983931226057934, 0.00833332930481273, -0.16666666640796773, 1.0]);
/** cos(r) in r^2: 6.4e-11. */
const COS = memory.data<f64>([2.4383567019839136e-5, -0.0013886681646324804, 0.041666620357164515, -0.4999999969447855, 1.0]);

/**
 * x / (pi / 2) modulo 4, in units of 2^-62, for 2^20 <= |x| < 2^128 (0 for other x). |x| is m 2^(8 b - 8), m below 2^31, and of 2 / pi only
 * the 96 bits matter that m moves to below 4 and down to 2^-94; higher ones are lost in the overflow. (Payne and Hanek, 1983.)
 */
// @ts-ignore: decorator
@inline
function hugeQuarters(x: f64): i64 {
  const bits = reinterpret<u64>(x);
  const exponent = <i32>(bits >>> 52) & 2047;
  if (exponent < 1023 + 20 || exponent > 1023 + 127) return 0;
  const shift = exponent - (1023 + 23 - 8);
  const m = ((bits >>> 29) & 0x7fffff | 0x800000) << (shift & 7);
  const window = TWO_OVER_PI_BITS + 14 - (shift >>> 3);
  const quarters = m * load<u64>(window, 4) + ((m * <u64>load<u32>(window)) >>> 32);
  return x < 0 ? -quarters : quarters;
}

export const SINE = 0;
export const COSINE = 1;
export const TANGENT = 2;

/** sin(x), cos(x) or tan(x). NaN for infinities. */
export function circular(x: v128, which: i32): v128 {
  // x = quarter pi / 2 + r
  let quarter = f64x2.add(f64x2.mul(x, splat(TWO_OVER_PI)), splat(ROUND));
  const n = f64x2.sub(quarter, splat(ROUND));
  let r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, splat(HALF_PI_HIGH))), f64x2.mul(n, splat(HALF_PI_LOW)));
  const small = f64x2.lt(f64x2.abs(x), splat(HUGE));
  if (!i64x2.all_true(small)) {
    const first = hugeQuarters(f64x2.extract_lane(x, 0));
    const second = hugeQuarters(f64x2.extract_lane(x, 1));
    const quarters = i64x2.replace_lane(i64x2.splat(first), 1, second);
    const nearest = i64x2.shr_u(i64x2.add(quarters, i64x2.splat(1 << 61)), 62);
    const rest = i64x2.sub(quarters, i64x2.shl(nearest, 62));
    const fraction = f64x2.replace_lane(f64x2.splat(<f64>i64x2.extract_lane(rest, 0)), 1, <f64>i64x2.extract_lane(rest, 1));
    quarter = v128.bitselect(quarter, nearest, small);
    // x - x is NaN for an infinity.
    r = v128.bitselect(r, f64x2.add(f64x2.mul(fraction, splat(QUARTER_UNIT)), f64x2.sub(x, x)), small);
  }
  const square = f64x2.mul(r, r);
  const sine = f64x2.mul(r, polynomial(square, SIN, 5));
  const cosine = polynomial(square, COS, 5);
  if (which == COSINE) quarter = i64x2.add(quarter, i64x2.splat(1));
  const odd = i64x2.shr_s(i64x2.shl(quarter, 63), 63);
  const y = v128.bitselect(cosine, sine, odd);
  if (which == TANGENT) return withSign(f64x2.div(y, v128.bitselect(sine, cosine, odd)), odd);
  return withSign(y, i64x2.shl(quarter, 62));
}

/** atan(z) / z in z^2, for |z| <= 1: 4.0e-10. */
const ATAN = memory.data<f64>([
  -0.007317958852065298, -0.04468999140324711, -0.08811094479528721, -0.14279833243084622, -0.33333326900013266,
  0.0011137876771527503, 0.022539889889540456, 0.06741602395884844, 0.11058224727341605, 0.19999671139496986, 1.0,
]);
const HALF_PI = memory.data<f64>([1.5707963267948966]);
const PI = memory.data<f64>([3.141592653589793]);
/** Where a quotient needs numbers other than 0 and infinity. */
const GREATEST = memory.data<f64>([1e300]);
const LEAST = memory.data<f64>([1e-300]);

/** atan2(y, x), as C has it: the angle of the point (x, y). */
export function angle(y: v128, x: v128): v128 {
  const height = f64x2.abs(y);
  const width = f64x2.abs(x);
  const steep = f64x2.gt(height, width);
  // pmin(a, c) and pmax(a, c) are a when it is NaN.
  const less = f64x2.pmin(v128.bitselect(width, height, steep), splat(GREATEST));
  const more = f64x2.pmin(f64x2.pmax(v128.bitselect(height, width, steep), splat(LEAST)), splat(GREATEST));
  const z = f64x2.div(less, more);
  const square = f64x2.mul(z, z);
  const quartic = f64x2.mul(square, square);
  let a = f64x2.mul(z, f64x2.add(f64x2.mul(polynomial(quartic, ATAN, 5), square), polynomial(quartic, ATAN + 40, 6)));
  a = v128.bitselect(f64x2.sub(splat(HALF_PI), a), a, steep);
  a = v128.bitselect(f64x2.sub(splat(PI), a), a, i64x2.lt_s(x, i64x2.splat(0)));
  return withSign(a, y);
}

/** The other side of a right triangle whose hypotenuse is 1; NaN where |x| > 1. */
// @ts-ignore: decorator
@inline
export function otherSide(x: v128): v128 {
  return f64x2.sqrt(f64x2.mul(f64x2.sub(splat(ONE), x), f64x2.add(splat(ONE), x)));
}
