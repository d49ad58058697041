/** @file Elementwise mathematics: rounding, roots, trigonometric and hyperbolic functions and their inverses, logarithms. */
import { logarithm, ONE as ONE_DOUBLE, splat } from "../double";
import { acosh2, asinh2, atanh2, cosh2, sinh2 } from "../hyperbolic";
import { map, mapDouble } from "../map";
import { angle, circular, COSINE, otherSide, SINE, TANGENT } from "../trig";

const ONE = memory.data<f32>([1.0]);
const LOG10_2 = memory.data<f64>([0.3010299956639812]);

class SignI32 { @inline v(x: v128): v128 { return i32x4.sub(i32x4.lt_s(x, i32x4.splat(0)), i32x4.gt_s(x, i32x4.splat(0))); } }
class Floor { @inline v(x: v128): v128 { return f32x4.floor(x); } }
class Ceil { @inline v(x: v128): v128 { return f32x4.ceil(x); } }
class Round { @inline v(x: v128): v128 { return f32x4.nearest(x); } }
class Trunc { @inline v(x: v128): v128 { return f32x4.trunc(x); } }
class Reciprocal { @inline v(x: v128): v128 { return f32x4.div(v128.load32_splat(ONE), x); } }
class Rsqrt { @inline v(x: v128): v128 { return f32x4.div(v128.load32_splat(ONE), f32x4.sqrt(x)); } }
// The following by way of float64.
class Sin { @inline v(x: v128): v128 { return circular(x, SINE); } }
class Cos { @inline v(x: v128): v128 { return circular(x, COSINE); } }
class Tan { @inline v(x: v128): v128 { return circular(x, TANGENT); } }
class Asin { @inline v(x: v128): v128 { return angle(x, otherSide(x)); } }
class Acos { @inline v(x: v128): v128 { return angle(otherSide(x), x); } }
class Atan { @inline v(x: v128): v128 { return angle(x, splat(ONE_DOUBLE)); } }
class Sinh { @inline v(x: v128): v128 { return sinh2(x); } }
class Cosh { @inline v(x: v128): v128 { return cosh2(x); } }
class Asinh { @inline v(x: v128): v128 { return asinh2(x); } }
class Acosh { @inline v(x: v128): v128 { return acosh2(x); } }
class Atanh { @inline v(x: v128): v128 { return atanh2(x); } }
class Log2 { @inline v(x: v128): v128 { return logarithm(x, f64x2.sub(x, splat(ONE_DOUBLE))); } }
class Log10 { @inline v(x: v128): v128 { return f64x2.mul(logarithm(x, f64x2.sub(x, splat(ONE_DOUBLE))), splat(LOG10_2)); } }

/** y = -1, 0 or 1 (int32) for elements [begin, end). In place: y may be x. @writes y */
export function signI32(begin: i32, end: i32, x: usize, y: usize): void {
  map<SignI32>(begin, end, x, y);
}

/** y = the greatest whole number <= x for elements [begin, end). In place: y may be x. @writes y */
export function floor(begin: i32, end: i32, x: usize, y: usize): void {
  map<Floor>(begin, end, x, y);
}

/** y = the least whole number >= x for elements [begin, end). In place: y may be x. @writes y */
export function ceil(begin: i32, end: i32, x: usize, y: usize): void {
  map<Ceil>(begin, end, x, y);
}

/** y = the whole number nearest to x, the even one of two, for elements [begin, end). In place: y may be x. @writes y */
export function round(begin: i32, end: i32, x: usize, y: usize): void {
  map<Round>(begin, end, x, y);
}

/** y = x without its fraction for elements [begin, end). In place: y may be x. @writes y */
export function trunc(begin: i32, end: i32, x: usize, y: usize): void {
  map<Trunc>(begin, end, x, y);
}

/** y = 1 / x for elements [begin, end). In place: y may be x. @writes y */
export function reciprocal(begin: i32, end: i32, x: usize, y: usize): void {
  map<Reciprocal>(begin, end, x, y);
}

/** y = 1 / sqrt(x) for elements [begin, end). In place: y may be x. @writes y */
export function rsqrt(begin: i32, end: i32, x: usize, y: usize): void {
  map<Rsqrt>(begin, end, x, y);
}

/** y = sin(x) for elements [begin, end). In place: y may be x. @writes y */
export function sin(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Sin>(begin, end, x, y);
}

/** y = cos(x) for elements [begin, end). In place: y may be x. @writes y */
export function cos(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Cos>(begin, end, x, y);
}

/** y = tan(x) for elements [begin, end). In place: y may be x. @writes y */
export function tan(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Tan>(begin, end, x, y);
}

/** y = asin(x), NaN beyond 1, for elements [begin, end). In place: y may be x. @writes y */
export function asin(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Asin>(begin, end, x, y);
}

/** y = acos(x), NaN beyond 1, for elements [begin, end). In place: y may be x. @writes y */
export function acos(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Acos>(begin, end, x, y);
}

/** y = atan(x) for elements [begin, end). In place: y may be x. @writes y */
export function atan(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Atan>(begin, end, x, y);
}

/** y = sinh(x) for elements [begin, end). In place: y may be x. @writes y */
export function sinh(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Sinh>(begin, end, x, y);
}

/** y = cosh(x) for elements [begin, end). In place: y may be x. @writes y */
export function cosh(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Cosh>(begin, end, x, y);
}

/** y = asinh(x) for elements [begin, end). In place: y may be x. @writes y */
export function asinh(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Asinh>(begin, end, x, y);
}

/** y = acosh(x), NaN below 1, for elements [begin, end). In place: y may be x. @writes y */
export function acosh(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Acosh>(begin, end, x, y);
}

/** y = atanh(x), NaN beyond 1, for elements [begin, end). In place: y may be x. @writes y */
export function atanh(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Atanh>(begin, end, x, y);
}

/** y = log2(x), -Infinity at 0 and NaN below, for elements [begin, end). In place: y may be x. @writes y */
export function log2(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Log2>(begin, end, x, y);
}

/** y = log10(x), -Infinity at 0 and NaN below, for elements [begin, end). In place: y may be x. @writes y */
export function log10(begin: i32, end: i32, x: usize, y: usize): void {
  mapDouble<Log10>(begin, end, x, y);
}

/** Whether |x|'s bits plus `offset`, which wraps, are above `limit`, for four floats: all bits set for true. */
// @ts-ignore: decorator
@inline
function isAbove(x: v128, offset: v128, limit: v128): v128 {
  return i32x4.gt_s(i32x4.add(f32x4.abs(x), offset), limit);
}

/**
 * y = 1 where the bits of |x| are in [least, least + span], else 0, for elements [begin, end); x: float32, y: bytes. Infinity has the
 * bits 0x7f800000, finite numbers have lesser and NaN greater ones. @writes y
 */
export function classify(begin: i32, end: i32, least: i32, span: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end && least >= 0 && span >= 0);
  // The range is moved to the end of the integers: what is above it wraps.
  const offset = i32x4.splat(0x7fffffff - least - span);
  const limit = i32x4.splat(0x7ffffffe - span);
  const ones = i8x16.splat(1);
  const last = y + <usize>end;
  x += (<usize>begin) << 2;
  y += <usize>begin;
  for (; y + 16 <= last; y += 16, x += 64) {
    const first = i16x8.narrow_i32x4_s(isAbove(v128.load(x), offset, limit), isAbove(v128.load(x, 16), offset, limit));
    const second = i16x8.narrow_i32x4_s(isAbove(v128.load(x, 32), offset, limit), isAbove(v128.load(x, 48), offset, limit));
    v128.store(y, v128.and(i8x16.narrow_i16x8_s(first, second), ones));
  }
  for (; y < last; ++y, x += 4) v128.store8_lane(y, v128.and(isAbove(v128.load32_zero(x), offset, limit), ones), 0);
}
