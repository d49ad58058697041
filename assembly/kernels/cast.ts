/**
 * @file Conversions between element types: one kernel a pair. F16 and BF16 are half-precision and bfloat16 bits in 16-bit words;
 * a Bool is a byte 0 or 1.
 *
 * Every conversion goes through four lanes of 32 bits: `widen` loads them, a functor's `v` changes them, `narrow` packs them.
 */
import { map } from "../map";
import { storeFirst } from "../simd";
import { notEqual, notEqualI32 } from "./compare";

// V8 builds a v128.const anew wherever it is used; a splat from memory is a single load.
const F16_MAGNITUDE = memory.data<u32>([0x7fff]);
/** Exponent and mantissa of the largest half, where they stand in a single. */
const F16_LARGEST = memory.data<u32>([0x0f7fe000]);
const INFINITY = memory.data<f32>([Infinity]);
const TWO_TO_112 = memory.data<f32>([5.192296858534828e33]);
const TWO_TO_MINUS_110 = memory.data<f32>([7.703719777548943e-34]);
/** The exponent of 2^-14, the least normal half, shifted left by one; and 15 as an exponent. */
const F16_LEAST_EXPONENT = memory.data<u32>([0x71000000]);
const EXPONENT_15 = memory.data<u32>([0x07800000]);
const SHIFTED_EXPONENT = memory.data<u32>([0xff000000]);
const F16_EXPONENT = memory.data<u32>([0x7c00]);
const F16_ROUNDED = memory.data<u32>([0x0fff]);
const F16_NAN = memory.data<u32>([0x7e00]);
const ZERO = memory.data<u32>([0]);
const ONE = memory.data<u32>([1]);
const BELOW_HALF = memory.data<u32>([0x7fff]);
const QUIET = memory.data<u32>([0x00400000]);

/** Four copies of a constant. */
// @ts-ignore: decorator
@inline
function splat(constant: usize): v128 {
  return v128.load32_splat(constant);
}

/** Leaves lanes as they are. */
class Keep { @inline v(x: v128): v128 { return x; } }
// f32x4 to i32x4 truncates towards zero, saturates, and gives 0 for NaN.
class Truncate { @inline v(x: v128): v128 { return i32x4.trunc_sat_f32x4_s(x); } }
class Convert { @inline v(x: v128): v128 { return f32x4.convert_i32x4_s(x); } }
class FromBF16 { @inline v(x: v128): v128 { return i32x4.shl(x, 16); } }

/**
 * Half to single precision. Moved to their places in a single, exponent and mantissa stand for 2^-112 times the number, even if
 * that is denormal; all bits of the exponent are then set for infinity and NaN.
 */
class FromF16 {
  @inline v(x: v128): v128 {
    const magnitude = i32x4.shl(v128.and(x, splat(F16_MAGNITUDE)), 13);
    const special = v128.and(i32x4.gt_s(magnitude, splat(F16_LARGEST)), splat(INFINITY));
    const sign = i32x4.shl(i32x4.shr_u(x, 15), 31);
    return v128.or(v128.or(f32x4.mul(magnitude, splat(TWO_TO_112)), special), sign);
  }
}

/**
 * Single to half precision, to nearest, ties to even (as fp16_ieee_from_fp32_value of Dukhan's FP16 library): adding a power of
 * two to the magnitude, 2^15 times its own power, makes the sum's last bit the half's last bit. The sum's exponent and last bits
 * then add up to the half. By way of 2^112 what is too large becomes infinite; that power is at least the one of the least
 * normal half, which makes denormals.
 */
class ToF16 {
  @inline v(x: v128): v128 {
    const base = f32x4.mul(f32x4.mul(f32x4.abs(x), splat(TWO_TO_112)), splat(TWO_TO_MINUS_110));
    const exponent = i32x4.max_u(v128.and(i32x4.shl(x, 1), splat(SHIFTED_EXPONENT)), splat(F16_LEAST_EXPONENT));
    const rounded = f32x4.add(i32x4.add(i32x4.shr_u(exponent, 1), splat(EXPONENT_15)), base);
    const bits = i32x4.add(v128.and(i32x4.shr_u(rounded, 13), splat(F16_EXPONENT)), v128.and(rounded, splat(F16_ROUNDED)));
    const half = v128.bitselect(splat(F16_NAN), bits, f32x4.ne(x, x));
    return v128.or(half, i32x4.shl(i32x4.shr_u(x, 31), 15));
  }
}

/** Single precision to bfloat16, to nearest, ties to even; a NaN stays one, made quiet. */
class ToBF16 {
  @inline v(x: v128): v128 {
    const odd = v128.and(i32x4.shr_u(x, 16), splat(ONE));
    const rounded = i32x4.add(i32x4.add(x, splat(BELOW_HALF)), odd);
    return i32x4.shr_u(v128.bitselect(v128.or(x, splat(QUIET)), rounded, f32x4.ne(x, x)), 16);
  }
}

/** Four elements of type T as lanes of 32 bits. */
// @ts-ignore: decorator
@inline
function widen<T>(address: usize): v128 {
  if (sizeof<T>() == 4) return v128.load(address);
  if (sizeof<T>() == 2) return i32x4.extend_low_i16x8_u(v128.load64_zero(address));
  if (isSigned<T>()) return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(address)));
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)));
}

/** Four lanes of 32 bits as elements of type T, saturating; a 16-bit element takes the low half of its lane. */
// @ts-ignore: decorator
@inline
function narrow<T>(lanes: v128): v128 {
  if (sizeof<T>() == 4) return lanes;
  if (sizeof<T>() == 2) return i16x8.narrow_i32x4_u(lanes, lanes);
  const words = i16x8.narrow_i32x4_s(lanes, lanes);
  return isSigned<T>() ? i8x16.narrow_i16x8_s(words, words) : i8x16.narrow_i16x8_u(words, words);
}

/** y = Op(x) for elements [begin, end), from type From to type To. */
// @ts-ignore: decorator
@inline
function cast<From, To, Op>(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  const last = y + <usize>end * sizeof<To>();
  x += <usize>begin * sizeof<From>();
  y += <usize>begin * sizeof<To>();
  for (; y + 4 * sizeof<To>() <= last; y += 4 * sizeof<To>(), x += 4 * sizeof<From>()) {
    const packed = narrow<To>(changetype<Op>(0).v(widen<From>(x)));
    if (sizeof<To>() == 4) v128.store(y, packed);
    else if (sizeof<To>() == 2) v128.store_lane<u64>(y, packed, 0);
    else v128.store_lane<u32>(y, packed, 0);
  }
  for (; y < last; y += sizeof<To>(), x += sizeof<From>()) {
    const one = sizeof<From>() == 4 ? v128.load32_zero(x) : i32x4.splat(<i32>load<From>(x));
    v128.store_lane<To>(y, narrow<To>(changetype<Op>(0).v(one)), 0);
  }
}

/** y = x truncated towards zero, saturated, 0 for NaN, for elements [begin, end). In place: y may be x. @writes y */
export function castF32ToI32(begin: i32, end: i32, x: usize, y: usize): void {
  map<Truncate>(begin, end, x, y);
}

/** y = x, to nearest even, for elements [begin, end). In place: y may be x. @writes y */
export function castI32ToF32(begin: i32, end: i32, x: usize, y: usize): void {
  map<Convert>(begin, end, x, y);
}

/** y = x != 0 ? 1 : 0 (NaN is true) for elements [begin, end). Not in place. @writes y */
export function castF32ToBool(begin: i32, end: i32, x: usize, y: usize): void {
  notEqual(begin, end, x, ZERO, y, 1, 0);
}

/** y = x != 0 ? 1 : 0 for elements [begin, end). Not in place. @writes y */
export function castI32ToBool(begin: i32, end: i32, x: usize, y: usize): void {
  notEqualI32(begin, end, x, ZERO, y, 1, 0);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castBoolToF32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<u8, f32, Convert>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castBoolToI32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<u8, i32, Keep>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castU8ToF32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<u8, f32, Convert>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castU8ToI32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<u8, i32, Keep>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castI8ToF32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<i8, f32, Convert>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castI8ToI32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<i8, i32, Keep>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castF16ToF32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<u16, f32, FromF16>(begin, end, x, y);
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castBF16ToF32(begin: i32, end: i32, x: usize, y: usize): void {
  cast<u16, f32, FromBF16>(begin, end, x, y);
}

/** y = x, to nearest even, for elements [begin, end). Not in place. @writes y */
export function castF32ToF16(begin: i32, end: i32, x: usize, y: usize): void {
  cast<f32, u16, ToF16>(begin, end, x, y);
}

/** y = x, to nearest even, for elements [begin, end). Not in place. @writes y */
export function castF32ToBF16(begin: i32, end: i32, x: usize, y: usize): void {
  cast<f32, u16, ToBF16>(begin, end, x, y);
}

/** y = x truncated towards zero, saturated, 0 for NaN, for elements [begin, end). Not in place. @writes y */
export function castF32ToU8(begin: i32, end: i32, x: usize, y: usize): void {
  cast<f32, u8, Truncate>(begin, end, x, y);
}

/** y = x truncated towards zero, saturated, 0 for NaN, for elements [begin, end). Not in place. @writes y */
export function castF32ToI8(begin: i32, end: i32, x: usize, y: usize): void {
  cast<f32, i8, Truncate>(begin, end, x, y);
}

/** y = x saturated for elements [begin, end). Not in place. @writes y */
export function castI32ToU8(begin: i32, end: i32, x: usize, y: usize): void {
  cast<i32, u8, Keep>(begin, end, x, y);
}

/** y = x saturated for elements [begin, end). Not in place. @writes y */
export function castI32ToI8(begin: i32, end: i32, x: usize, y: usize): void {
  cast<i32, i8, Keep>(begin, end, x, y);
}

/** y = x, to nearest even, for elements [begin, end). Not in place. @writes y */
export function castI64ToF32(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  for (let i = <usize>begin; i < <usize>end; ++i) store<f32>(y + (i << 2), <f32>load<i64>(x + (i << 3)));
}

/** y = the low 32 bits of x for elements [begin, end). Not in place. @writes y */
export function castI64ToI32(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  for (let i = <usize>begin; i < <usize>end; ++i) store<i32>(y + (i << 2), load<i32>(x + (i << 3)));
}

/** y = x for elements [begin, end). Not in place. @writes y */
export function castI32ToI64(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  for (let i = <usize>begin; i < <usize>end; ++i) store<i64>(y + (i << 3), <i64>load<i32>(x + (i << 2)));
}

/** y[i,c] = x[i,c] for pixels i in [begin, end) and c in [0, channels), channels in 1 to 4. x: u8 [n, 4], y: i32 [n, channels]. @writes y */
export function pixels(begin: i32, end: i32, channels: i32, x: usize, y: usize): void {
  assert(begin >= 0 && channels >= 1 && channels <= 4);
  const step = <usize>channels << 2;
  x += <usize>begin << 2;
  y += <usize>begin * step;
  for (; begin < end; begin++) {
    storeFirst(y, i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x))), channels);
    x += 4;
    y += step;
  }
}
