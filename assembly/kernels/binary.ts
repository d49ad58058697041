/** @file Elementwise operations of two operands, with broadcasting by strides. */
import { plain, Quads, rows } from "../broadcast";

/** floor(a / b); 0 where b is 0, and the least where a is the least and b is -1, as two's complement has it. */
// @ts-ignore: decorator
@inline
function floorDivide(a: i32, b: i32): i32 {
  if (b == 0) return 0;
  if (b == -1) return -a; // i32.div_s would trap on the least.
  const quotient = a / b;
  return quotient * b != a && (a ^ b) < 0 ? quotient - 1 : quotient;
}

class Add { @inline v(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
class Sub { @inline v(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
class Mul { @inline v(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
class Div { @inline v(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
// pmax and pmin are a when a is NaN; where b is NaN all bits are set, which is NaN too. f32x4.max is a slow sequence on x86.
class Maximum { @inline v(a: v128, b: v128): v128 { return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b)); } }
class Minimum { @inline v(a: v128, b: v128): v128 { return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b)); } }
class Prelu { @inline v(a: v128, b: v128): v128 { return v128.bitselect(a, f32x4.mul(a, b), f32x4.gt(a, i32x4.splat(0))); } }
class AddI32 { @inline v(a: v128, b: v128): v128 { return i32x4.add(a, b); } }
class SubI32 { @inline v(a: v128, b: v128): v128 { return i32x4.sub(a, b); } }
class MulI32 { @inline v(a: v128, b: v128): v128 { return i32x4.mul(a, b); } }
class DivI32 {
  // Not inline: it is long, and its divisions take most of the time.
  v(a: v128, b: v128): v128 {
    let y = i32x4.splat(floorDivide(i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)));
    y = i32x4.replace_lane(y, 1, floorDivide(i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)));
    y = i32x4.replace_lane(y, 2, floorDivide(i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)));
    return i32x4.replace_lane(y, 3, floorDivide(i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)));
  }
}
class MaximumI32 { @inline v(a: v128, b: v128): v128 { return i32x4.max_s(a, b); } }
class MinimumI32 { @inline v(a: v128, b: v128): v128 { return i32x4.min_s(a, b); } }
class AndI32 { @inline v(a: v128, b: v128): v128 { return v128.and(a, b); } }

/** y = a + b for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function add(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Add>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a + b for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function addRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Add>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a - b for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function sub(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Sub>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a - b for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function subRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Sub>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a b for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function mul(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Mul>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a b for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function mulRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Mul>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a / b for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function div(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Div>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a / b for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function divRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Div>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = max(a, b), NaN if either is, for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function maximum(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Maximum>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = max(a, b), NaN if either is, for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function maximumRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Maximum>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = min(a, b), NaN if either is, for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function minimum(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Minimum>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = min(a, b), NaN if either is, for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function minimumRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Minimum>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a > 0 ? a : a b for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function prelu(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<Prelu>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a > 0 ? a : a b for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function preluRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<Prelu>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a + b (int32, wraps) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function addI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<AddI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a + b (int32, wraps) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function addI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<AddI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a - b (int32, wraps) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function subI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<SubI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a - b (int32, wraps) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function subI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<SubI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a b (int32, wraps) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function mulI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<MulI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a b (int32, wraps) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function mulI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<MulI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = floor(a / b) (int32), 0 where b is 0, for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function divI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<DivI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = floor(a / b) (int32), 0 where b is 0, for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function divI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<DivI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = max(a, b) (int32) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function maximumI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<MaximumI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = max(a, b) (int32) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function maximumI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<MaximumI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = min(a, b) (int32) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function minimumI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<MinimumI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = min(a, b) (int32) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function minimumI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<MinimumI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = the bits that a and b share (int32) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function andI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<AndI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = the bits that a and b share (int32) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function andI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<AndI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}
