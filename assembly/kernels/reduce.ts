/**
 * @file Reductions of one axis: sum, max, min and counts.
 *
 * x is [outer, rows, inner] and its rows are reduced. They are cut in `chunks` chunks of `chunk` rows, the last one shorter:
 * y is [outer, chunks, inner]. A long sum is made in two passes, first into chunks, then over the chunks, so that it can be
 * split over threads. The order of additions within a chunk follows from its length and from inner == 1 alone:
 * - inner == 1: lanes of four elements (four such accumulators from 64 on), the lanes as (0 + 2) + (1 + 3), the elements left;
 * - inner > 1: one accumulator a column, to which four rows at a time are added as (0 + 1) + (2 + 3), then the rows left.
 */

// In registers elements are lanes of 32 bits. T is f32 or i32. `kind` is a constant where float kernels inline these functions, and
// branches on it fold away; the integer kernels share one body that has it at run time, to save bytes. `extra` is the factor of
// a float sum; a minimum is the maximum of the flipped, and `extra` is what to xor on the way in and out.
const SUM: i32 = 0;
const MAX: i32 = 1;
const BYTE_SUM: i32 = 2;

/** Consecutive elements from which four accumulators are used. */
const LONG = 64;
/** Columns from which accumulators stay in memory, so that x is read in the order of its addresses. */
const WIDE = 8;
/** Columns that are brought along at a time then: 4 kB of accumulators, in L1 beside four rows of as many. */
const STRIP = 1024;

// @ts-ignore: decorator
@inline
function smaller(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/** Bytes of an element of x. */
// @ts-ignore: decorator
@inline
function size<T>(kind: i32): usize {
  return isInteger<T>() && kind == BYTE_SUM ? 1 : 4;
}

// @ts-ignore: decorator
@inline
function identity<T>(kind: i32): v128 {
  if (isFloat<T>()) return f32x4.splat(kind == MAX ? -Infinity : 0);
  return i32x4.splat(kind == MAX ? i32.MIN_VALUE : 0);
}

// @ts-ignore: decorator
@inline
function combine<T>(a: v128, b: v128, kind: i32): v128 {
  if (isInteger<T>()) return kind == MAX ? i32x4.max_s(a, b) : i32x4.add(a, b);
  if (kind == SUM) return f32x4.add(a, b);
  // pmax keeps a when a is NaN; a NaN in b sets all bits, which is a NaN too. (f32x4.max is slow on x86.)
  return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
}

// @ts-ignore: decorator
@inline
function finish<T>(a: v128, extra: v128, kind: i32): v128 {
  return isFloat<T>() && kind == SUM ? f32x4.mul(a, extra) : v128.xor(a, extra);
}

/** Four consecutive elements; or one, in lane 0. */
// @ts-ignore: decorator
@inline
function read<T>(p: usize, four: bool, extra: v128, kind: i32): v128 {
  if (isInteger<T>() && kind == BYTE_SUM) {
    if (!four) return i32x4.splat(<i32>load<u8>(p));
    return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)));
  }
  const v = four ? v128.load(p) : v128.load32_zero(p);
  return isFloat<T>() && kind == SUM ? v : v128.xor(v, extra);
}

/** Reduces n consecutive elements; the result is lane 0. */
// @ts-ignore: decorator
@inline
function reduceRow<T>(p: usize, n: i32, extra: v128, kind: i32): v128 {
  const vector = size<T>(kind) << 2;
  const end = p + <usize>n * size<T>(kind);
  let a = identity<T>(kind);
  if (isFloat<T>() && n >= LONG) {
    let b = a, c = a, d = a;
    for (; p + 64 <= end; p += 64) {
      a = combine<T>(a, read<T>(p, true, extra, kind), kind);
      b = combine<T>(b, read<T>(p + 16, true, extra, kind), kind);
      c = combine<T>(c, read<T>(p + 32, true, extra, kind), kind);
      d = combine<T>(d, read<T>(p + 48, true, extra, kind), kind);
    }
    a = combine<T>(combine<T>(a, b, kind), combine<T>(c, d, kind), kind);
  }
  for (; p + vector <= end; p += vector) a = combine<T>(a, read<T>(p, true, extra, kind), kind);
  a = combine<T>(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1), kind);
  a = combine<T>(a, v128.shuffle<i32>(a, a, 1, 0, 3, 2), kind);
  for (; p < end; p += size<T>(kind)) a = combine<T>(a, read<T>(p, false, extra, kind), kind);
  return a;
}

/** Reduces four consecutive rows of n < LONG floats, with the same bits as reduceRow. */
// @ts-ignore: decorator
@inline
function reduceFourRows<T>(p: usize, n: i32, extra: v128, kind: i32): v128 {
  const row = <usize>n << 2;
  const end = p + row;
  let a = identity<T>(kind);
  if (n >= 4) {
    let b = a, c = a, d = a;
    for (; p + 16 <= end; p += 16) {
      const q = p + 2 * row;
      a = combine<T>(a, read<T>(p, true, extra, kind), kind);
      b = combine<T>(b, read<T>(p + row, true, extra, kind), kind);
      c = combine<T>(c, read<T>(q, true, extra, kind), kind);
      d = combine<T>(d, read<T>(q + row, true, extra, kind), kind);
    }
    a = combine<T>(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7), kind);
    c = combine<T>(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7), kind);
    a = combine<T>(v128.shuffle<i32>(a, c, 0, 2, 4, 6), v128.shuffle<i32>(a, c, 1, 3, 5, 7), kind);
  }
  for (; p < end; p += 4) {
    const q = p + 2 * row;
    const front = v128.load_lane<i32>(p + row, v128.load32_zero(p), 1);
    const back = v128.load_lane<i32>(q + row, v128.load32_zero(q), 1);
    const v = v128.shuffle<i64>(front, back, 0, 2);
    a = combine<T>(a, kind == SUM ? v : v128.xor(v, extra), kind);
  }
  return a;
}

/** Four columns, or one in lane 0, of the four rows at p, `stride` bytes apart, as (0, 1), (2, 3). */
// @ts-ignore: decorator
@inline
function combineRows<T>(p: usize, stride: usize, four: bool, extra: v128, kind: i32): v128 {
  const q = p + 2 * stride;
  const front = combine<T>(read<T>(p, four, extra, kind), read<T>(p + stride, four, extra, kind), kind);
  return combine<T>(front, combine<T>(read<T>(q, four, extra, kind), read<T>(q + stride, four, extra, kind), kind), kind);
}

/** Reduces n rows of four columns; or of one, into lane 0. */
// @ts-ignore: decorator
@inline
function reduceFewColumns<T>(p: usize, n: i32, stride: usize, four: bool, extra: v128, kind: i32): v128 {
  let a = identity<T>(kind);
  if (isFloat<T>()) {
    for (; n >= 4; n -= 4) {
      a = combine<T>(a, combineRows<T>(p, stride, four, extra, kind), kind);
      p += 4 * stride;
    }
  }
  for (; n > 0; n--) {
    a = combine<T>(a, read<T>(p, four, extra, kind), kind);
    p += stride;
  }
  return a;
}

/** Reduces n rows of `columns` columns, a multiple of 4, with y as accumulators. */
// @ts-ignore: decorator
@inline
function reduceStrip<T>(p: usize, n: i32, stride: usize, columns: i32, extra: v128, kind: i32, y: usize): void {
  const vector = size<T>(kind) << 2;
  const end = y + (<usize>columns << 2);
  const width = <usize>columns * size<T>(kind);
  for (let q = y; q < end; q += 16) v128.store(q, identity<T>(kind));
  if (isFloat<T>()) {
    for (; n >= 4; n -= 4) {
      for (let q = y; q < end; q += 16) {
        v128.store(q, combine<T>(v128.load(q), combineRows<T>(p, stride, true, extra, kind), kind));
        p += vector;
      }
      p += 4 * stride - width;
    }
  }
  for (; n > 0; n--) {
    for (let q = y; q < end; q += 16) {
      v128.store(q, combine<T>(v128.load(q), read<T>(p, true, extra, kind), kind));
      p += vector;
    }
    p += stride - width;
  }
  for (let q = y; q < end; q += 16) v128.store(q, finish<T>(v128.load(q), extra, kind));
}

/** Reduces n rows of `columns` columns to y. */
// @ts-ignore: decorator
@inline
function reduceColumns<T>(p: usize, n: i32, stride: usize, columns: i32, extra: v128, kind: i32, y: usize): void {
  let i = 0;
  while (columns >= (isFloat<T>() ? WIDE : 4) && i + 4 <= columns) {
    const strip = smaller(STRIP, (columns - i) & ~3);
    reduceStrip<T>(p + <usize>i * size<T>(kind), n, stride, strip, extra, kind, y + (<usize>i << 2));
    i += strip;
  }
  while (isFloat<T>() && columns >= 4 && i < columns) {
    // The last four columns may overlap others, which get the same bits again.
    i = smaller(i, columns - 4);
    const a = reduceFewColumns<T>(p + (<usize>i << 2), n, stride, true, extra, kind);
    v128.store(y + (<usize>i << 2), finish<T>(a, extra, kind));
    i += 4;
  }
  for (; i < columns; i++) {
    const a = reduceFewColumns<T>(p + <usize>i * size<T>(kind), n, stride, false, extra, kind);
    v128.store_lane<i32>(y + (<usize>i << 2), finish<T>(a, extra, kind), 0);
  }
}

// @ts-ignore: decorator
@inline
function reduce<T>(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, extra: v128, kind: i32, x: usize, y: usize): void {
  assert(begin >= 0 && rows >= 0 && inner >= 0 && chunk > 0 && chunks > 0);
  assert(chunks == 1 ? rows <= chunk : (chunks - 1) * chunk < rows && rows <= chunks * chunk);
  if (begin >= end) return;
  if (isFloat<T>() && inner == 1 && chunks == 1 && rows < LONG) {
    for (; begin + 4 <= end; begin += 4) {
      const p = x + ((<usize>begin * <usize>rows) << 2);
      v128.store(y + (<usize>begin << 2), finish<T>(reduceFourRows<T>(p, rows, extra, kind), extra, kind));
    }
  }
  const group = begin / inner;
  let column = begin - group * inner, o = group / chunks;
  let c = group - o * chunks;
  const stride = <usize>inner * size<T>(kind);
  while (begin < end) {
    const row = c * chunk;
    const n = smaller(chunk, rows - row);
    const columns = smaller(inner - column, end - begin);
    const p = x + (<usize>o * <usize>rows + <usize>row) * stride + <usize>column * size<T>(kind);
    const q = y + (<usize>begin << 2);
    if (inner == 1) v128.store_lane<i32>(q, finish<T>(reduceRow<T>(p, n, extra, kind), extra, kind), 0);
    else reduceColumns<T>(p, n, stride, columns, extra, kind, q);
    begin += columns;
    column = 0;
    if (++c == chunks) {
      c = 0;
      o++;
    }
  }
}

function reduceMax(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, flip: u32, x: usize, y: usize): void {
  reduce<f32>(begin, end, rows, inner, chunk, chunks, i32x4.splat(flip), MAX, x, y);
}

function reduceInteger(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, flip: i32, kind: i32, x: usize, y: usize): void {
  reduce<i32>(begin, end, rows, inner, chunk, chunks, i32x4.splat(flip), kind, x, y);
}

/** y[o,c,i] = scale * sum of x[o,r,i] over the rows r of chunk c, for elements [begin, end) of y.
 * x: [outer, rows, inner], y: [outer, chunks, inner]; chunk c has the rows [c * chunk, min(rows, (c + 1) * chunk)). Not in place.
 * @writes y */
export function sum(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, scale: f32, x: usize, y: usize): void {
  reduce<f32>(begin, end, rows, inner, chunk, chunks, f32x4.splat(scale), SUM, x, y);
}

/** y[o,c,i] = max of x[o,r,i] over the rows r of chunk c, for elements [begin, end) of y; NaN if one of them is NaN, -infinity if there are none.
 * x: [outer, rows, inner], y: [outer, chunks, inner]. Not in place. @writes y */
export function max(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, x: usize, y: usize): void {
  reduceMax(begin, end, rows, inner, chunk, chunks, 0, x, y);
}

/** y[o,c,i] = min of x[o,r,i] over the rows r of chunk c, for elements [begin, end) of y; NaN if one of them is NaN, infinity if there are none.
 * x: [outer, rows, inner], y: [outer, chunks, inner]. Not in place. @writes y */
export function min(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, x: usize, y: usize): void {
  reduceMax(begin, end, rows, inner, chunk, chunks, 0x80000000, x, y);
}

/** y[o,c,i] = sum of x[o,r,i] modulo 2^32 over the rows r of chunk c, for elements [begin, end) of y.
 * x: i32 [outer, rows, inner], y: i32 [outer, chunks, inner]. Not in place. @writes y */
export function sumI32(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, x: usize, y: usize): void {
  reduceInteger(begin, end, rows, inner, chunk, chunks, 0, SUM, x, y);
}

/** y[o,c,i] = max of x[o,r,i] over the rows r of chunk c, for elements [begin, end) of y; -2^31 if there are none.
 * x: i32 [outer, rows, inner], y: i32 [outer, chunks, inner]. Not in place. @writes y */
export function maxI32(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, x: usize, y: usize): void {
  reduceInteger(begin, end, rows, inner, chunk, chunks, 0, MAX, x, y);
}

/** y[o,c,i] = min of x[o,r,i] over the rows r of chunk c, for elements [begin, end) of y; 2^31 - 1 if there are none.
 * x: i32 [outer, rows, inner], y: i32 [outer, chunks, inner]. Not in place. @writes y */
export function minI32(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, x: usize, y: usize): void {
  reduceInteger(begin, end, rows, inner, chunk, chunks, -1, MAX, x, y);
}

/** y[o,c,i] = sum of x[o,r,i] over the rows r of chunk c, for elements [begin, end) of y.
 * x: u8 [outer, rows, inner], bools or bytes; y: i32 [outer, chunks, inner]. Not in place. @writes y */
export function sumBool(begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, x: usize, y: usize): void {
  reduceInteger(begin, end, rows, inner, chunk, chunks, 0, BYTE_SUM, x, y);
}
