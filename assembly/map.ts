/**
 * @file Loops over the elements of one operand, or of two of the same shape.
 *
 * An operation is a functor class: its `v` maps vectors of four elements, and the loops are generic in it. Elements at
 * the end of a range go through the same `v`, alone or in a part of a vector, so that an element gets the same bits wherever
 * it stands.
 */
import { loadPart, storePart } from "./pack";

/** y = Op(x), for operations of few instructions. */
// @ts-ignore: decorator
@inline
export function map<Op>(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  const last = y + ((<usize>end) << 2);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  for (; y + 32 <= last; y += 32, x += 32) {
    const first = changetype<Op>(0).v(v128.load(x));
    const second = changetype<Op>(0).v(v128.load(x, 16));
    v128.store(y, first);
    v128.store(y, second, 16);
  }
  for (; y < last; y += 4, x += 4) v128.store_lane<f32>(y, changetype<Op>(0).v(v128.load32_zero(x)), 0);
}

/** y = Op(x), for long operations: the last elements share one copy of the code. */
// @ts-ignore: decorator
@inline
export function mapLong<Op>(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  let rest = end - begin;
  for (; rest >= 8; rest -= 8, x += 32, y += 32) {
    const first = changetype<Op>(0).v(v128.load(x));
    const second = changetype<Op>(0).v(v128.load(x, 16));
    v128.store(y, first);
    v128.store(y, second, 16);
  }
  for (; rest > 0; rest -= 4, x += 16, y += 16) storePart(y, changetype<Op>(0).v(loadPart(x, rest)), rest);
}

/** y = Op(x) by way of float64: the operation's `v` maps vectors of two. */
// @ts-ignore: decorator
@inline
export function mapDouble<Op>(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  const last = y + ((<usize>end) << 2);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  for (; y < last; y += 8, x += 8) {
    const single = y + 4 == last;
    const pair = single ? v128.load32_zero(x) : v128.load64_zero(x);
    const result = f32x4.demote_f64x2_zero(changetype<Op>(0).v(f64x2.promote_low_f32x4(pair)));
    if (single) v128.store32_lane(y, result, 0);
    else v128.store64_lane(y, result, 0);
  }
}

/** y = Op(x), for operations so long that a second copy of the code gains little. */
// @ts-ignore: decorator
@inline
export function mapLonger<Op>(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  for (let rest = end - begin; rest > 0; rest -= 4, x += 16, y += 16) {
    storePart(y, changetype<Op>(0).v(rest >= 4 ? v128.load(x) : loadPart(x, rest)), rest);
  }
}

/** y = Op(a, b) for elements [begin, end). */
// @ts-ignore: decorator
@inline
export function zip<Op>(begin: i32, end: i32, a: usize, b: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  a += (<usize>begin) << 2;
  b += (<usize>begin) << 2;
  const last = y + ((<usize>end) << 2);
  y += (<usize>begin) << 2;
  for (; y + 16 <= last; y += 16, a += 16, b += 16) v128.store(y, changetype<Op>(0).v(v128.load(a), v128.load(b)));
  for (; y < last; y += 4, a += 4, b += 4) v128.store_lane<f32>(y, changetype<Op>(0).v(v128.load32_zero(a), v128.load32_zero(b)), 0);
}
