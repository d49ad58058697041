/** @file Where the largest or the smallest element of an axis is: the first of equals; NaN counts as the one that is looked for. */
import { orderKeys } from "../order";
import { storePart } from "../pack";

/** Elements from which a row is compared with itself, four at a time; shorter ones are compared four rows at a time. */
const LONG = 16;

/** Keys whose greatest is looked for. */
// @ts-ignore: decorator
@inline
function keysOf(v: v128, float: bool, flip: v128): v128 {
  return orderKeys(v128.xor(v, flip), float, f32x4.splat(0));
}

/** Index of the first of the greatest of n consecutive elements. */
// @ts-ignore: decorator
@inline
function argMaxRow(p: usize, n: i32, float: bool, flip: v128): i32 {
  let best = i32x4.splat(i32.MIN_VALUE);
  let index = i32x4.splat(0), lanes = i32x4(0, 1, 2, 3);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const key = keysOf(v128.load(p), float, flip);
    index = v128.bitselect(lanes, index, i32x4.gt_s(key, best));
    best = i32x4.max_s(best, key);
    lanes = i32x4.add(lanes, i32x4.splat(4));
    p += 16;
  }
  let greatest = i32x4.max_s(best, v128.shuffle<i32>(best, best, 2, 3, 0, 1));
  greatest = i32x4.max_s(greatest, v128.shuffle<i32>(greatest, greatest, 1, 0, 3, 2));
  // A lane that does not hold the greatest takes part with -1, the largest of unsigned numbers.
  index = v128.or(index, i32x4.ne(best, greatest));
  index = i32x4.min_u(index, v128.shuffle<i32>(index, index, 2, 3, 0, 1));
  index = i32x4.min_u(index, v128.shuffle<i32>(index, index, 1, 0, 3, 2));
  let first = i32x4.extract_lane(index, 0), most = i32x4.extract_lane(greatest, 0);
  for (; i < n; i++) {
    const key = i32x4.extract_lane(keysOf(v128.load32_zero(p), float, flip), 0);
    first = key > most ? i : first;
    most = key > most ? key : most;
    p += 4;
  }
  return first;
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
    if (inner == 1 && rows >= LONG) {
      store<i32>(y, argMaxRow(p, rows, isFloat, flips));
      p += <usize>rows << 2;
      count = 1;
    } else {
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
    }
    begin += count;
    y += <usize>count << 2;
  }
}
