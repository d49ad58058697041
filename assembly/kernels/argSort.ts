/** @file The order of the elements of rows: all of it, or its beginning. */
import { orderKeys } from "../order";

/** Results from which a row is sorted by its digits; fewer are kept in order while the row is read. */
const MANY = 32;
/** Counts of a row: four digits of 256 values. */
const COUNTS: usize = 4096;

/** Keys in ascending order of what comes first. */
// @ts-ignore: decorator
@inline
function keysOf(v: v128, float: bool, zero: v128, flip: v128): v128 {
  return v128.xor(orderKeys(v, float, zero), flip);
}

// @ts-ignore: decorator
@inline
function keyOf(p: usize, float: bool, zero: v128, flip: v128): i32 {
  return i32x4.extract_lane(keysOf(v128.load32_zero(p), float, zero, flip), 0);
}

/** Reads n elements and keeps the indices of the first k of them in order; of equals the first comes first. */
function keepFirst(n: i32, k: i32, float: bool, zero: v128, flip: v128, x: usize, y: usize): void {
  let kept = 0, worst = i32.MAX_VALUE;
  for (let i = 0; i < n; i++) {
    if (kept == k) {
      // Four that come later than all that are kept.
      const limit = i32x4.splat(worst);
      while (i + 4 <= n && !v128.any_true(i32x4.lt_s(keysOf(v128.load(x + (<usize>i << 2)), float, zero, flip), limit))) i += 4;
      if (i == n) return;
    }
    const key = keyOf(x + (<usize>i << 2), float, zero, flip);
    if (kept == k && key >= worst) continue;
    if (kept < k) kept++;
    let q = y + (<usize>(kept - 1) << 2);
    while (q > y) {
      const before = load<u32>(q - 4);
      if (keyOf(x + (<usize>before << 2), float, zero, flip) <= key) break;
      store<u32>(q, before);
      q -= 4;
    }
    store<u32>(q, i);
    if (kept == k) worst = keyOf(x + (<usize>load<u32>(y + (<usize>(k - 1) << 2)) << 2), float, zero, flip);
  }
}

/** Sorts n elements by the four bytes of their keys, least first (radix sort), and writes the indices of the first k. */
function sortDigits(n: i32, k: i32, float: bool, zero: v128, flip: v128, x: usize, scratch: usize, y: usize): void {
  // An entry is a key above its index.
  let from = scratch + COUNTS, to = from + (<usize>n << 3);
  memory.fill(scratch, 0, COUNTS);
  for (let i = 0; i < n; i++) {
    const key = <u32>keyOf(x + (<usize>i << 2), float, zero, flip) ^ 0x80000000;
    store<u64>(from + (<usize>i << 3), (<u64>key << 32) | i);
    for (let digit = 0; digit < 4; digit++) {
      const count = scratch + (<usize>digit << 10) + (<usize>((key >>> (digit << 3)) & 255) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  for (let digit = 0; digit < 4; digit++) {
    const places = scratch + (<usize>digit << 10);
    let place = 0;
    for (let p = places; p < places + 1024; p += 4) {
      const count = load<i32>(p);
      store<i32>(p, place);
      place += count;
    }
    const shift = <u64>(32 + (digit << 3));
    for (let i = 0; i < n; i++) {
      const entry = load<u64>(from + (<usize>i << 3));
      const p = places + (<usize>((entry >>> shift) & 255) << 2);
      const at = load<i32>(p);
      store<i32>(p, at + 1);
      if (digit < 3) store<u64>(to + (<usize>at << 3), entry);
      else if (at < k) store<u32>(y + (<usize>at << 2), <u32>entry);
    }
    const other = from;
    from = to;
    to = other;
  }
}

/** y[r,:] = the indices of the first k elements of x[r,:] in ascending order, descending if flip is -1, not 0; equals stay in order.
 * x: f32, or i32 if not float, [rows, cols], y: i32 [rows, k], k <= cols. NaN is greater than all else; -0 is less than 0 if zero is -0, equal
 * to it if zero is 0. The rows are cut in `groups` groups, [begin, end) counts groups; scratch: groups * (4096 + 16 * cols) bytes if k > 32.
 * Not in place. @writes y @scratch scratch */
export function argSort(
  begin: i32, end: i32, groups: i32, rows: i32, cols: i32, k: i32, float: i32, zero: f32, flip: i32, x: usize, scratch: usize, y: usize,
): void {
  assert(begin >= 0 && end <= groups && rows >= 0 && cols >= k && k > 0);
  const zeros = f32x4.splat(zero), flips = i32x4.splat(flip), isFloat = float != 0;
  for (let group = begin; group < end; group++) {
    const last = <i32>(<i64>rows * (group + 1) / groups);
    const room = scratch + <usize>group * (COUNTS + (<usize>cols << 4));
    for (let row = <i32>(<i64>rows * group / groups); row < last; row++) {
      const from = x + ((<usize>row * <usize>cols) << 2), to = y + ((<usize>row * <usize>k) << 2);
      if (k > MANY) sortDigits(cols, k, isFloat, zeros, flips, from, room, to);
      else keepFirst(cols, k, isFloat, zeros, flips, from, to);
    }
  }
}
