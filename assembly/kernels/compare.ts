/**
 * @file Comparisons of float32, int32 and bool elements, to bytes 0 and 1.
 *
 * There is no `greater`: greater(a, b) is less(b, a), at the caller. Within this file notEqual is equal turned around (`flip`),
 * and for int32 lessEqual(a, b) is less(b, a) turned around; for float32 it is not, because of NaN.
 */

// A functor's `v` compares lanes: all bits set for true. T gives the size of an element.
class Equal { @inline v(a: v128, b: v128): v128 { return f32x4.eq(a, b); } }
class Less { @inline v(a: v128, b: v128): v128 { return f32x4.lt(a, b); } }
class LessEqual { @inline v(a: v128, b: v128): v128 { return f32x4.le(a, b); } }
class EqualI32 { @inline v(a: v128, b: v128): v128 { return i32x4.eq(a, b); } }
class LessI32 { @inline v(a: v128, b: v128): v128 { return i32x4.lt_s(a, b); } }
class EqualU8 { @inline v(a: v128, b: v128): v128 { return i8x16.eq(a, b); } }

/** 16 bytes at `address`, or `splat` for an operand of step 0. */
// @ts-ignore: decorator
@inline
function operand(address: usize, splat: v128, step: i32): v128 {
  return step != 0 ? v128.load(address) : splat;
}

/** Comparison of 16 elements, as bytes 0 and -1. The steps are constants. */
// @ts-ignore: decorator
@inline
function compare16<Op, T>(a: usize, aSplat: v128, aStep: i32, b: usize, bSplat: v128, bStep: i32): v128 {
  const first = changetype<Op>(0).v(operand(a, aSplat, aStep), operand(b, bSplat, bStep));
  if (sizeof<T>() == 1) return first;
  const second = changetype<Op>(0).v(operand(a + 16, aSplat, aStep), operand(b + 16, bSplat, bStep));
  const third = changetype<Op>(0).v(operand(a + 32, aSplat, aStep), operand(b + 32, bSplat, bStep));
  const fourth = changetype<Op>(0).v(operand(a + 48, aSplat, aStep), operand(b + 48, bSplat, bStep));
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(first, second), i16x8.narrow_i32x4_s(third, fourth));
}

/** One element in every lane. */
// @ts-ignore: decorator
@inline
function splatOf<T>(address: usize): v128 {
  return sizeof<T>() == 1 ? v128.load8_splat(address) : v128.load32_splat(address);
}

/**
 * y = Op(a, b) ^ flip for `count` rows of `inner` elements. y is contiguous; aRow and bRow are bytes between rows of the operands;
 * with step 1 an operand's row is `inner` elements, with step 0 one element for the whole row.
 */
function block<Op, T>(
  count: i32, inner: i32, a: usize, aRow: usize, aStep: i32, b: usize, bRow: usize, bStep: i32, y: usize, flip: i32,
): void {
  const aBytes = <usize>aStep * sizeof<T>();
  const bBytes = <usize>bStep * sizeof<T>();
  const ones = i8x16.splat(1);
  const flips = i8x16.splat(<i8>flip);
  for (; count > 0; --count, a += aRow, b += bRow) {
    const last = y + <usize>inner;
    let p = a;
    let q = b;
    for (; y + 16 <= last && (aStep | bStep) != 0; y += 16, p += aBytes << 4, q += bBytes << 4) {
      let mask: v128;
      if (aStep == 0) mask = compare16<Op, T>(p, splatOf<T>(p), 0, q, ones, 1);
      else if (bStep == 0) mask = compare16<Op, T>(p, ones, 1, q, splatOf<T>(q), 0);
      else mask = compare16<Op, T>(p, ones, 1, q, ones, 1);
      v128.store(y, v128.xor(v128.and(mask, ones), flips));
    }
    for (; y < last; ++y, p += aBytes, q += bBytes) {
      const mask = changetype<Op>(0).v(splatOf<T>(p), splatOf<T>(q));
      store<u8>(y, (i32x4.extract_lane(mask, 0) & 1) ^ flip);
    }
  }
}

/** y = Op(a, b) ^ flip for elements [begin, end). */
// @ts-ignore: decorator
@inline
function plain<Op, T>(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32, flip: i32): void {
  assert(begin >= 0 && begin <= end && (aStep | bStep) >>> 1 == 0);
  const aFirst = a + <usize>(begin * aStep) * sizeof<T>();
  const bFirst = b + <usize>(begin * bStep) * sizeof<T>();
  block<Op, T>(1, end - begin, aFirst, 0, aStep, bFirst, 0, bStep, y + <usize>begin, flip);
}

/** y = Op(a, b) ^ flip for rows [begin, end) of [d0, d1, d2, inner], one block for each run of rows along d2. */
function rows<Op, T>(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize, flip: i32,
): void {
  assert(begin >= 0 && begin <= end && d1 > 0 && d2 > 0 && inner >= 0 && (aStep | bStep) >>> 1 == 0);
  y += <usize>(begin * inner);
  while (begin < end) {
    const outer = begin / d2;
    const i2 = begin - outer * d2;
    const i0 = outer / d1;
    const i1 = outer - i0 * d1;
    const count = min(d2 - i2, end - begin);
    const aFirst = a + <usize>(i0 * a0 + i1 * a1 + i2 * a2) * sizeof<T>();
    const bFirst = b + <usize>(i0 * b0 + i1 * b1 + i2 * b2) * sizeof<T>();
    block<Op, T>(count, inner, aFirst, <usize>a2 * sizeof<T>(), aStep, bFirst, <usize>b2 * sizeof<T>(), bStep, y, flip);
    y += <usize>(count * inner);
    begin += count;
  }
}

/** y = a = b ? 1 : 0 for elements [begin, end); a, b: float32, y: bytes; an operand of step 0 is one number. @writes y */
export function equal(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Equal, f32>(begin, end, a, b, y, aStep, bStep, 0);
}

/**
 * y = a = b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: float32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function equalRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Equal, f32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 0);
}

/** y = a != b ? 1 : 0 for elements [begin, end); a, b: float32, y: bytes; an operand of step 0 is one number. @writes y */
export function notEqual(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Equal, f32>(begin, end, a, b, y, aStep, bStep, 1);
}

/**
 * y = a != b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: float32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function notEqualRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Equal, f32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 1);
}

/** y = a < b ? 1 : 0 for elements [begin, end); a, b: float32, y: bytes; an operand of step 0 is one number. @writes y */
export function less(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Less, f32>(begin, end, a, b, y, aStep, bStep, 0);
}

/**
 * y = a < b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: float32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function lessRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Less, f32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 0);
}

/** y = a <= b ? 1 : 0 for elements [begin, end); a, b: float32, y: bytes; an operand of step 0 is one number. @writes y */
export function lessEqual(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<LessEqual, f32>(begin, end, a, b, y, aStep, bStep, 0);
}

/**
 * y = a <= b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: float32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function lessEqualRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<LessEqual, f32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 0);
}

/** y = a = b ? 1 : 0 for elements [begin, end); a, b: int32, y: bytes; an operand of step 0 is one number. @writes y */
export function equalI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<EqualI32, i32>(begin, end, a, b, y, aStep, bStep, 0);
}

/**
 * y = a = b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: int32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function equalI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<EqualI32, i32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 0);
}

/** y = a != b ? 1 : 0 for elements [begin, end); a, b: int32, y: bytes; an operand of step 0 is one number. @writes y */
export function notEqualI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<EqualI32, i32>(begin, end, a, b, y, aStep, bStep, 1);
}

/**
 * y = a != b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: int32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function notEqualI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<EqualI32, i32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 1);
}

/** y = a < b ? 1 : 0 for elements [begin, end); a, b: int32, y: bytes; an operand of step 0 is one number. @writes y */
export function lessI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<LessI32, i32>(begin, end, a, b, y, aStep, bStep, 0);
}

/**
 * y = a < b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: int32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function lessI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<LessI32, i32>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 0);
}

/** y = a <= b ? 1 : 0 for elements [begin, end); a, b: int32, y: bytes; an operand of step 0 is one number. @writes y */
export function lessEqualI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<LessI32, i32>(begin, end, b, a, y, bStep, aStep, 1);
}

/**
 * y = a <= b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: int32; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function lessEqualI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<LessI32, i32>(begin, end, d1, d2, inner, b, b0, b1, b2, bStep, a, a0, a1, a2, aStep, y, 1);
}

/** y = a = b ? 1 : 0 for elements [begin, end); a, b: bytes, y: bytes; an operand of step 0 is one number. @writes y */
export function equalU8(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<EqualU8, u8>(begin, end, a, b, y, aStep, bStep, 0);
}

/**
 * y = a = b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: bytes; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function equalU8Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<EqualU8, u8>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 0);
}

/** y = a != b ? 1 : 0 for elements [begin, end); a, b: bytes, y: bytes; an operand of step 0 is one number. @writes y */
export function notEqualU8(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<EqualU8, u8>(begin, end, a, b, y, aStep, bStep, 1);
}

/**
 * y = a != b ? 1 : 0 for rows [begin, end) of y: [d0, d1, d2, inner], bytes; a, b: bytes; row (i0, i1, i2) of a begins at element
 * i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. @writes y
 */
export function notEqualU8Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<EqualU8, u8>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y, 1);
}
