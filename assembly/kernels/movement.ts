/** @file Whole ranges: copy, fill, and the band of rows. Strided copies are in strided.ts, rows that indices name in indexing.ts. */
import { copyBytes, fillRun } from "../bytes";
import { storeFirst } from "../simd";

/** y[i] = x[i] for bytes [begin, end). In one range y may overlap x. @writes y */
export function copy(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0);
  if (begin < end) memory.copy(y + begin, x + begin, end - begin);
}

/** y[i] = value for elements [begin, end) of 4 bytes. @writes y */
export function fill(begin: i32, end: i32, value: f32, y: usize): void {
  assert(begin >= 0);
  if (begin < end) fillRun(y + (<usize>begin << 2), <usize>(end - begin) << 2, f32x4.splat(value));
}

/** start + i * step for elements [begin, end) of type T. */
// @ts-ignore: decorator
@inline
function count<T>(begin: i32, end: i32, start: v128, step: v128, y: usize): void {
  let i = f64x2.add(f64x2.splat(begin), f64x2(0, 1));
  for (; begin < end; begin += 4) {
    const a = f64x2.add(start, f64x2.mul(i, step));
    const b = f64x2.add(start, f64x2.mul(f64x2.add(i, f64x2.splat(2)), step));
    const low = isFloat<T>() ? f32x4.demote_f64x2_zero(a) : i32x4.trunc_sat_f64x2_s_zero(a);
    const high = isFloat<T>() ? f32x4.demote_f64x2_zero(b) : i32x4.trunc_sat_f64x2_s_zero(b);
    storeFirst(y, v128.shuffle<i64>(low, high, 0, 2), end - begin);
    i = f64x2.add(i, f64x2.splat(4));
    y += 16;
  }
}

/**
 * y[i] = start + i * step for elements [begin, end), computed in float64, the bits of whose numbers come as two words, the low one first;
 * i32 where integer is 1, else f32. @writes y
 */
export function sequence(begin: i32, end: i32, integer: i32, start0: i32, start1: i32, step0: i32, step1: i32, y: usize): void {
  const start = i32x4(start0, start1, start0, start1), step = i32x4(step0, step1, step0, step1);
  y += <usize>begin << 2;
  if (integer) count<i32>(begin, end, start, step, y);
  else count<f32>(begin, end, start, step, y);
}

/** y[i] = value modulo 256 for bytes [begin, end). @writes y */
export function fillBytes(begin: i32, end: i32, value: i32, y: usize): void {
  assert(begin >= 0);
  if (begin < end) memory.fill(y + begin, <u8>value, end - begin);
}

/** y[i] = value for elements [begin, end) of 4 bytes. @writes y */
export function fillI32(begin: i32, end: i32, value: i32, y: usize): void {
  assert(begin >= 0);
  if (begin < end) fillRun(y + (<usize>begin << 2), <usize>(end - begin) << 2, i32x4.splat(value));
}

/**
 * y[r,c] = x[r,c] where -lower <= c - r % rows <= upper, else zero bytes, for rows r in [begin, end) of matrices under one another.
 * x, y: [batch * rows, cols] of elements of `size` bytes; bounds may be negative. In place: y may be x. @writes y
 */
export function band(begin: i32, end: i32, rows: i32, cols: i32, size: i32, lower: i32, upper: i32, x: usize, y: usize): void {
  assert(begin >= 0 && rows >= 0 && cols >= 0);
  const width = cols * size;
  x += <usize>begin * width;
  y += <usize>begin * width;
  for (let r = begin; r < end; r++) {
    const row = r % rows;
    const first = max(0, min(cols, row - lower)) * size;
    const last = max(first, max(0, min(cols, row + upper + 1)) * size);
    if (x != y) copyBytes(y + first, x + first, last - first);
    memory.fill(y, 0, first);
    memory.fill(y + last, 0, width - last);
    x += width;
    y += width;
  }
}
