/** @file Elementwise operations of two operands beyond the four of binary.ts: powers, remainders, angles. */
import { Doubles, plain, Quads, rows } from "../broadcast";
import { withSign } from "../double";
import { integerPower, power, remainder } from "../pow";
import { angle } from "../trig";

const INFINITY = memory.data<f64>([Infinity]);

// Of the longer ones the loops share one copy.
class Pow { v(a: v128, b: v128): v128 { return power(a, b); } }
class PowI32 {
  v(a: v128, b: v128): v128 {
    let y = i32x4.splat(integerPower(i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)));
    y = i32x4.replace_lane(y, 1, integerPower(i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)));
    y = i32x4.replace_lane(y, 2, integerPower(i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)));
    return i32x4.replace_lane(y, 3, integerPower(i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)));
  }
}
class Atan2 { @inline v(a: v128, b: v128): v128 { return angle(a, b); } }
class Hypot {
  @inline v(a: v128, b: v128): v128 {
    const infinity = v128.load64_splat(INFINITY);
    const y = f64x2.sqrt(f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
    // Infinite where a side is, whatever the other one.
    return v128.bitselect(infinity, y, v128.or(f64x2.eq(f64x2.abs(a), infinity), f64x2.eq(f64x2.abs(b), infinity)));
  }
}
class FloorDiv { @inline v(a: v128, b: v128): v128 { return f64x2.floor(f64x2.div(a, b)); } }
class Mod { @inline v(a: v128, b: v128): v128 { return remainder(a, b); } }
// With the divisor's sign turned to that of the dividend.
class TruncMod { @inline v(a: v128, b: v128): v128 { return remainder(a, withSign(f64x2.abs(b), a)); } }
class DivNoNan { @inline v(a: v128, b: v128): v128 { return v128.and(f32x4.div(a, b), f32x4.ne(b, i32x4.splat(0))); } }
class SquaredDifference {
  @inline v(a: v128, b: v128): v128 {
    const difference = f32x4.sub(a, b);
    return f32x4.mul(difference, difference);
  }
}
class SquaredDifferenceI32 {
  @inline v(a: v128, b: v128): v128 {
    const difference = i32x4.sub(a, b);
    return i32x4.mul(difference, difference);
  }
}

/** y = a^b, with C's rules, for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function pow(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<Pow, f32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a^b, with C's rules, for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function powRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<Pow, f32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a^b (int32, wraps; without the fraction where b < 0) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function powI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<PowI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a^b (int32, wraps; without the fraction where b < 0) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function powI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<PowI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = atan2(a, b) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function atan2(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<Atan2, f32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = atan2(a, b) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function atan2Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<Atan2, f32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = sqrt(a^2 + b^2) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function hypot(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<Hypot, f32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = sqrt(a^2 + b^2) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function hypotRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<Hypot, f32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = floor(a / b) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function floorDiv(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<FloorDiv, f32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = floor(a / b) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function floorDivRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<FloorDiv, f32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a - b floor(a / b) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function mod(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<Mod, f32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a - b floor(a / b) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function modRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<Mod, f32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a - b floor(a / b) (int32), 0 where b is 0, for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function modI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<Mod, i32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a - b floor(a / b) (int32), 0 where b is 0, for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function modI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<Mod, i32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a - b trunc(a / b) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function truncMod(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<TruncMod, f32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a - b trunc(a / b) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function truncModRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<TruncMod, f32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = a - b trunc(a / b) (int32), 0 where b is 0, for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function truncModI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Doubles<TruncMod, i32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = a - b trunc(a / b) (int32), 0 where b is 0, for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function truncModI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Doubles<TruncMod, i32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = b = 0 ? 0 : a / b for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function divNoNan(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<DivNoNan>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = b = 0 ? 0 : a / b for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function divNoNanRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<DivNoNan>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = (a - b)^2 for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function squaredDifference(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<SquaredDifference>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = (a - b)^2 for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function squaredDifferenceRows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<SquaredDifference>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}

/** y = (a - b)^2 (int32, wraps) for elements [begin, end); an operand of step 0 is one number. In place: y may be an operand of step 1. @writes y */
export function squaredDifferenceI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  plain<Quads<SquaredDifferenceI32>>(begin, end, a, b, y, aStep, bStep);
}

/**
 * y = (a - b)^2 (int32, wraps) for rows [begin, end) of y: [d0, d1, d2, inner]; row (i0, i1, i2) of a begins at element i0 a0 + i1 a1 + i2 a2, and b's
 * alike; an operand of step 0 has one element a row. In place: y may be an operand that has its shape. @writes y
 */
export function squaredDifferenceI32Rows(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  rows<Quads<SquaredDifferenceI32>>(begin, end, d1, d2, inner, a, a0, a1, a2, aStep, b, b0, b1, b2, bStep, y);
}
