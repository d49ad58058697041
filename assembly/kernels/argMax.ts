/**
 * @file Where the largest or the smallest element of an axis is: the first of equals; NaN counts as the one that is looked for.
 * Floats are compared as such until a NaN is met, and else as integers in their order.
 */
import { orderKeys } from "../order";
import { storePart } from "../pack";

/** Keys whose greatest is looked for. */
// @ts-ignore: decorator
@inline
function keysOf(v: v128, float: bool, flip: v128): v128 {
  return orderKeys(v128.xor(v, flip), float, f32x4.splat(0));
}

/** Floats that `argMaxFloats` takes a step. */
const STEP = 16;

/** The least of four indices whose value is `most`; the others count as 2^32 - 1. */
// @ts-ignore: decorator
@inline
function indicesOf(step: v128, best: v128, most: v128, first: v128): v128 {
  return v128.or(i32x4.add(i32x4.shl(step, 4), first), f32x4.ne(best, most));
}

/**
 * Stores at y the index of the first of the greatest of n floats in one row; or, with a stride, those of sixteen neighbouring columns of n
 * floats. False, and then nothing is stored, if one is NaN.
 */
function argMaxFloats(p: usize, n: i32, stride: usize, flip: v128, y: usize): bool {
  const isRow = stride == 0;
  const lowest = f32x4.splat(-Infinity), zero = i32x4.splat(0);
  let a = lowest, b = a, c = a, d = a, ia = zero, ib = zero, ic = zero, id = zero, nan = zero, at = zero;
  if (isRow) stride = 4 * STEP;
  for (let steps = isRow ? n / STEP : n; steps > 0; steps--) {
    const t = v128.xor(v128.load(p), flip), u = v128.xor(v128.load(p, 16), flip);
    const v = v128.xor(v128.load(p, 32), flip), w = v128.xor(v128.load(p, 48), flip);
    ia = v128.bitselect(at, ia, f32x4.lt(a, t));
    ib = v128.bitselect(at, ib, f32x4.lt(b, u));
    ic = v128.bitselect(at, ic, f32x4.lt(c, v));
    id = v128.bitselect(at, id, f32x4.lt(d, w));
    a = f32x4.pmax(a, t);
    b = f32x4.pmax(b, u);
    c = f32x4.pmax(c, v);
    d = f32x4.pmax(d, w);
    nan = v128.or(nan, v128.or(v128.or(f32x4.ne(t, t), f32x4.ne(u, u)), v128.or(f32x4.ne(v, v), f32x4.ne(w, w))));
    at = i32x4.add(at, i32x4.splat(1));
    p += stride;
  }
  if (v128.any_true(nan)) return false;
  if (!isRow) {
    v128.store(y, ia);
    v128.store(y, ib, 16);
    v128.store(y, ic, 32);
    v128.store(y, id, 48);
    return true;
  }
  let most = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
  let index = i32x4.min_u(indicesOf(ia, a, most, i32x4(0, 1, 2, 3)), indicesOf(ib, b, most, i32x4(4, 5, 6, 7)));
  index = i32x4.min_u(index, i32x4.min_u(indicesOf(ic, c, most, i32x4(8, 9, 10, 11)), indicesOf(id, d, most, i32x4(12, 13, 14, 15))));
  index = i32x4.min_u(index, v128.shuffle<i32>(index, index, 2, 3, 0, 1));
  index = i32x4.min_u(index, v128.shuffle<i32>(index, index, 1, 0, 3, 2));
  let first = i32x4.extract_lane(index, 0), greatest = f32x4.extract_lane(most, 0);
  for (let i = n & -STEP; i < n; i++) {
    const value = f32x4.extract_lane(v128.xor(v128.load32_zero(p), flip), 0);
    if (value != value) return false;
    first = value > greatest ? i : first;
    greatest = value > greatest ? value : greatest;
    p += 4;
  }
  store<i32>(y, first);
  return true;
}

/** Indices of the first of the greatest of the four lines whose elements are at p, q, r, s, each `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function argMaxLines(p: usize, q: usize, r: usize, s: usize, n: i32, stride: usize, float: bool, flip: v128): v128 {
  const neighbours = q == p + 4 && r == p + 8 && s == p + 12;
  let best = i32x4.splat(i32.MIN_VALUE), index = i32x4.splat(0);
  let v = index;
  for (let i = 0; i < n; i++) {
    if (neighbours) v = v128.load(p);
    else {
      const front = v128.load_lane<i32>(q, v128.load32_zero(p), 1);
      const back = v128.load_lane<i32>(s, v128.load32_zero(r), 1);
      v = v128.shuffle<i64>(front, back, 0, 2);
    }
    const key = keysOf(v, float, flip);
    index = v128.bitselect(i32x4.splat(i), index, i32x4.gt_s(key, best));
    best = i32x4.max_s(best, key);
    p += stride;
    q += stride;
    r += stride;
    s += stride;
  }
  return index;
}

/** y[o,i] = the least r of the greatest x[o,r,i], for elements [begin, end) of y. x: f32, or i32 if not float, [outer, rows, inner] with
 * rows > 0; y: i32 [outer, inner]. NaN is greater than all else, -0 is 0. flip: bits to flip in x, which makes the smallest the greatest:
 * the sign of floats, all bits of i32. Not in place. @writes y */
export function argMax(begin: i32, end: i32, rows: i32, inner: i32, float: i32, flip: i32, x: usize, y: usize): void {
  assert(begin >= 0 && rows > 0 && inner >= 0);
  if (begin >= end) return;
  const flips = i32x4.splat(flip), isFloat = float != 0;
  const stride = <usize>inner << 2;
  const o = begin / inner;
  let column = begin - o * inner;
  let p = x + <usize>o * <usize>rows * stride + (<usize>column << 2);
  // From the last column of a group to the first one of the next.
  const jump = <usize>(rows - 1) * stride;
  y += <usize>begin << 2;
  while (begin < end) {
    let count = min(4, end - begin);
    if (isFloat && inner == 1 && rows >= STEP) {
      count = 1;
      if (argMaxFloats(p, rows, 0, flips, y)) {
        p += <usize>rows << 2;
        begin++;
        y += 4;
        continue;
      }
    } else if (isFloat && column + STEP <= inner && begin + STEP <= end && argMaxFloats(p, rows, stride, flips, y)) {
      p += 4 * STEP;
      column += STEP;
      if (column == inner) {
        column = 0;
        p += jump;
      }
      begin += STEP;
      y += 4 * STEP;
      continue;
    }
    const first = p;
    let second = p, third = p, fourth = p;
    for (let line = 1; line <= count; line++) {
      p += 4;
      if (++column == inner) {
        column = 0;
        p += jump;
      }
      if (line == count) break;
      if (line == 1) second = p;
      else if (line == 2) third = p;
      else fourth = p;
    }
    storePart(y, argMaxLines(first, second, third, fourth, rows, stride, isFloat, flips), count);
    begin += count;
    y += <usize>count << 2;
  }
}
