/**
 * @file Rows named by indices: gather, scatter, sums of segments, one-hot rows, binary search. An index outside its range reads
 * zeros and writes nothing, so that indices, which are data, never reach memory that is not theirs.
 */
import { copyBytes, fillRun } from "../bytes";
import { loadFirst, storeFirst } from "../simd";

/** Bytes of one-hot rows that are filled before their ones are set: half of a first-level cache. */
const STRIP: i32 = 16384;

// @ts-ignore: decorator
@inline
function smaller(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/**
 * y[b,o,k,:] = x[b,o,indices[b,k],:] for rows [begin, end) of y, counted over b, o and k; zero bytes for an index outside
 * [0, limit). x: [batch, outer, limit, rowBytes] bytes, indices: i32 [batch, count], y: [batch, outer, count, rowBytes] bytes.
 * Not in place. @writes y
 */
export function gatherRows(
  begin: i32, end: i32, rowBytes: i32, limit: i32, count: i32, outer: i32, x: usize, indices: usize, y: usize,
): void {
  assert(begin >= 0 && rowBytes >= 0 && limit >= 0 && outer > 0);
  if (begin >= end) return;
  let block = begin / count;
  let k = begin - block * count;
  y += <usize>begin * <usize>rowBytes;
  while (begin < end) {
    const rows = x + <usize>block * <usize>limit * <usize>rowBytes;
    let at = indices + (<usize>(block / outer * count + k) << 2);
    const next = begin + smaller(count - k, end - begin);
    // Single words by fours.
    for (; rowBytes == 4 && begin + 4 <= next; begin += 4) {
      const four = v128.load(at);
      if (!i32x4.all_true(i32x4.lt_u(four, i32x4.splat(limit)))) break;
      let words = v128.load32_zero(rows + (<usize>i32x4.extract_lane(four, 0) << 2));
      words = v128.load_lane<u32>(rows + (<usize>i32x4.extract_lane(four, 1) << 2), words, 1);
      words = v128.load_lane<u32>(rows + (<usize>i32x4.extract_lane(four, 2) << 2), words, 2);
      v128.store(y, v128.load_lane<u32>(rows + (<usize>i32x4.extract_lane(four, 3) << 2), words, 3));
      y += 16;
      at += 16;
    }
    for (; begin < next; begin++) {
      const index = load<u32>(at);
      const from = rows + <usize>index * <usize>rowBytes;
      const valid = index < <u32>limit;
      if (rowBytes == 4) store<u32>(y, valid ? load<u32>(from) : 0);
      else if (valid) copyBytes(y, from, rowBytes);
      else memory.fill(y, 0, rowBytes);
      y += rowBytes;
      at += 4;
    }
    k = 0;
    block++;
  }
}

/**
 * y[b,o,indices[b,k],c] += x[b,o,k,c] for columns [begin, end), counted over b, o and c, and all k in their order, so that sums
 * do not depend on the split; indices outside [0, limit) are left out. x: [batch, outer, count, cols], indices: i32 [batch, count],
 * y: [batch, outer, limit, cols]; of i32 where integer is 1, else of f32. x and y do not overlap. @updates y
 */
export function scatterAddRows(
  begin: i32, end: i32, cols: i32, limit: i32, count: i32, outer: i32, integer: i32, x: usize, indices: usize, y: usize,
): void {
  assert(begin >= 0 && count >= 0 && limit >= 0 && outer > 0);
  if (begin >= end) return;
  const row = <usize>cols << 2;
  let block = begin / cols;
  let c = begin - block * cols;
  while (begin < end) {
    const width = smaller(cols - c, end - begin);
    const target = y + <usize>block * <usize>limit * row + (<usize>c << 2);
    let from = x + <usize>block * <usize>count * row + (<usize>c << 2);
    let at = indices + (<usize>(block / outer * count) << 2);
    // A loop of their own for single elements, such as those that are counted.
    for (let k = cols == 1 ? count : 0; k > 0; k--) {
      const index = load<u32>(at);
      const to = target + (<usize>index << 2);
      if (index >= <u32>limit) {
      } else if (integer) store<i32>(to, load<i32>(to) + load<i32>(from));
      else store<f32>(to, load<f32>(to) + load<f32>(from));
      from += 4;
      at += 4;
    }
    for (let k = cols == 1 ? count : 0; k < count; k++) {
      const index = load<u32>(at);
      if (index < <u32>limit) {
        let to = target + <usize>index * row;
        let p = from;
        const stop = from + (<usize>width << 2);
        for (; p + 16 <= stop; p += 16) {
          const a = v128.load(to), b = v128.load(p);
          v128.store(to, integer ? i32x4.add(a, b) : f32x4.add(a, b));
          to += 16;
        }
        for (; p < stop; p += 4) {
          if (integer) store<i32>(to, load<i32>(to) + load<i32>(p));
          else store<f32>(to, load<f32>(to) + load<f32>(p));
          to += 4;
        }
      }
      from += row;
      at += 4;
    }
    begin += width;
    c = 0;
    block++;
  }
}

/**
 * y[indices[k],:] = x[k,:] for bytes [begin, end) of a row and all k in [0, count) in their order, so that the last one stays;
 * indices outside [0, limit) are left out. x: rows of rowBytes bytes, step bytes apart, indices: i32 [count], y: [limit, rowBytes] bytes. x and
 * y do not overlap. @updates y
 */
export function scatterRows(begin: i32, end: i32, rowBytes: i32, limit: i32, count: i32, step: i32, x: usize, indices: usize, y: usize): void {
  assert(begin >= 0 && end <= rowBytes && count >= 0 && limit >= 0);
  if (begin >= end) return;
  x += begin;
  y += begin;
  for (let k = 0; k < count; k++) {
    const index = load<u32>(indices + (<usize>k << 2));
    const to = y + <usize>index * <usize>rowBytes;
    if (index < <u32>limit) {
      if (end - begin == 4) store<u32>(to, load<u32>(x));
      else copyBytes(to, x, end - begin);
    }
    x += step;
  }
}

/**
 * y[i] = y[i] * size + indices[i,column] for i in [begin, end), or -1 where y[i] is -1 or the index is outside [0, size): one axis
 * of the row numbers that tuples of indices mean. indices: i32 [n, depth], y: i32 [n]. @updates y
 */
export function addIndexColumn(begin: i32, end: i32, depth: i32, column: i32, size: i32, indices: usize, y: usize): void {
  assert(begin >= 0 && column < depth && size >= 0);
  const step = <usize>depth << 2;
  indices += <usize>begin * step + (<usize>column << 2);
  y += <usize>begin << 2;
  for (let n = end - begin; n > 0; n -= 4) {
    let index = v128.load32_zero(indices);
    if (n > 1) index = v128.load_lane<u32>(indices + step, index, 1);
    if (n > 2) index = v128.load_lane<u32>(indices + 2 * step, index, 2);
    if (n > 3) index = v128.load_lane<u32>(indices + 3 * step, index, 3);
    const row = loadFirst(y, n), all = i32x4.splat(size);
    const outside = v128.or(i32x4.lt_s(row, i32x4.splat(0)), i32x4.ge_u(index, all));
    storeFirst(y, v128.or(i32x4.add(i32x4.mul(row, all), index), outside), n);
    indices += 4 * step;
    y += 16;
  }
}

/** at[0] = the first i in [0, count) for which indices[i] is outside [0, limit), or -1. indices: i32 [count], at: i32 [1]. @writes at */
export function firstOutside(count: i32, limit: i32, indices: usize, at: usize): void {
  let i = 0;
  while (i + 4 <= count && i32x4.all_true(i32x4.lt_u(v128.load(indices + (<usize>i << 2)), i32x4.splat(limit)))) i += 4;
  while (i < count && load<u32>(indices + (<usize>i << 2)) < <u32>limit) i++;
  store<i32>(at, i < count ? i : -1);
}

/**
 * y[r,c] = c == indices[r] ? on : off for rows [begin, end), as bits of 4 bytes. indices: i32 [rows], y: [rows, depth]. @writes y
 */
export function oneHot(begin: i32, end: i32, depth: i32, on: i32, off: i32, indices: usize, y: usize): void {
  assert(begin >= 0 && depth >= 0);
  const row = <usize>depth << 2;
  const rows = STRIP / (<i32>row + 1) + 1;
  y += <usize>begin * row;
  while (begin < end) {
    const next = begin + smaller(rows, end - begin);
    fillRun(y, <usize>(next - begin) * row, i32x4.splat(off));
    for (; begin < next; begin++) {
      const index = load<u32>(indices + (<usize>begin << 2));
      if (index < <u32>depth) store<i32>(y + (<usize>index << 2), on);
      y += row;
    }
  }
}

/** y[r,j] = how many of the first elements of sequence[r,:] are below values[r,j], or not above it where right is 1. */
// @ts-ignore: decorator
@inline
function search<T>(begin: i32, end: i32, length: i32, count: i32, right: i32, sequence: usize, values: usize, y: usize): void {
  assert(begin >= 0 && length >= 0);
  for (; begin < end; begin++) {
    const row = sequence + (<usize>(begin / count * length) << 2);
    const value = load<T>(values + (<usize>begin << 2));
    let low = 0;
    // Steps of known sizes without a branch: where the value goes cannot be foreseen.
    for (let rest = length; rest > 0; ) {
      const half = (rest + 1) >> 1;
      const middle = load<T>(row + (<usize>(low + half - 1) << 2));
      low += half & -i32(right ? middle <= value : middle < value);
      rest = rest == 1 ? 0 : rest - half;
    }
    store<i32>(y + (<usize>begin << 2), low);
  }
}

/**
 * y[r,j] = first i with sequence[r,i] >= values[r,j], or > where right is 1, else `length`, for elements [begin, end) of y. Rows of
 * sequence: [batch, length] are sorted; values, y: [batch, count]. Before every NaN value stands nothing. @writes y
 */
export function searchSorted(begin: i32, end: i32, length: i32, count: i32, right: i32, sequence: usize, values: usize, y: usize): void {
  search<f32>(begin, end, length, count, right, sequence, values, y);
}

/** The same for i32. @writes y */
export function searchSortedI32(begin: i32, end: i32, length: i32, count: i32, right: i32, sequence: usize, values: usize, y: usize): void {
  search<i32>(begin, end, length, count, right, sequence, values, y);
}
