/**
 * @file Reductions of one axis: sums, products, maxima and minima.
 *
 * x is [outer, rows, inner] and its rows are reduced. They are cut in `chunks` chunks of `chunk` rows, the last one shorter:
 * y is [outer, chunks, inner]. A long sum is made in two passes, first into chunks, then over the chunks, so that it can be
 * split over threads. The order of additions within a chunk follows from its length and from inner == 1 alone:
 * - inner == 1: lanes of four elements (four such accumulators from 64 on), the lanes as (0 + 2) + (1 + 3), the elements left;
 * - inner > 1: one accumulator a column, to which four rows at a time are added as (0 + 1) + (2 + 3), then the rows left.
 */

// In registers elements are lanes of 32 bits. There are two bodies, by T: f32 is the float sum, and i32 is everything else, with its
// `kind` at run time, to save bytes; but the loops over many elements are there for some kinds alone, and for the float maximum as f64.
// `extra` is the factor of a sum, else what to xor on the way in and out: a minimum is the maximum of the flipped. `none` is the result of
// no elements.
const MAX: i32 = 0;
const PROD: i32 = 1;
const MAX_I32: i32 = 2;
const PROD_I32: i32 = 3;
const SUM_I32: i32 = 4;
const SUM_BYTES: i32 = 5;
const COUNT: i32 = 6;
const SUM: i32 = 7;

/** Consecutive elements from which four accumulators are used. */
const LONG = 64;
/** Columns from which accumulators stay in memory, so that x is read in the order of its addresses. */
const WIDE = 8;
/** Columns that are brought along at a time then: 4 kB of accumulators, in L1 beside four rows of as many. */
const STRIP = 1024;

/** Whether T is the float sum. */
// @ts-ignore: decorator
@inline
function isSum<T>(): bool {
  return isFloat<T>() && sizeof<T>() == 4;
}

/** Bytes of an element of x. */
// @ts-ignore: decorator
@inline
function size<T>(kind: i32): usize {
  return !isFloat<T>() && kind == SUM_BYTES ? 1 : 4;
}

// @ts-ignore: decorator
@inline
function combine<T>(a: v128, b: v128, kind: i32): v128 {
  if (isSum<T>()) return f32x4.add(a, b);
  // pmax keeps a when a is NaN; a NaN in b sets all bits, which is a NaN too. (f32x4.max is slow on x86.)
  if (isFloat<T>() || kind == MAX) return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
  if (kind == PROD) return f32x4.mul(a, b);
  if (kind == MAX_I32) return i32x4.max_s(a, b);
  return kind == PROD_I32 ? i32x4.mul(a, b) : i32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function finish<T>(a: v128, extra: v128): v128 {
  return isSum<T>() ? f32x4.mul(a, extra) : v128.xor(a, extra);
}

/** Four consecutive elements; or one, in lane 0. */
// @ts-ignore: decorator
@inline
function read<T>(p: usize, four: bool, extra: v128, kind: i32): v128 {
  if (!isFloat<T>() && kind == SUM_BYTES) {
    if (!four) return i32x4.splat(<i32>load<u8>(p));
    return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)));
  }
  const v = four ? v128.load(p) : v128.load32_zero(p);
  if (isSum<T>()) return v;
  return !isFloat<T>() && kind == COUNT ? v128.and(f32x4.ne(v, i32x4.splat(0)), i32x4.splat(1)) : v128.xor(v, extra);
}

/** Reduces the elements from p to end, a multiple of 16 of them, to four. */
// @ts-ignore: decorator
@inline
function reduceLong<T>(p: usize, end: usize, none: v128, extra: v128, kind: i32): v128 {
  const vector = size<T>(kind) << 2;
  let a = none, b = a, c = a, d = a;
  for (; p < end; p += 4 * vector) {
    const q = p + 2 * vector;
    a = combine<T>(a, read<T>(p, true, extra, kind), kind);
    b = combine<T>(b, read<T>(p + vector, true, extra, kind), kind);
    c = combine<T>(c, read<T>(q, true, extra, kind), kind);
    d = combine<T>(d, read<T>(q + vector, true, extra, kind), kind);
  }
  return combine<T>(combine<T>(a, b, kind), combine<T>(c, d, kind), kind);
}

/**
 * Reduces the floats from p to end, a multiple of 16 of them, to their four greatest if T is f32, else least, with `flip` as read has it. NaN of
 * either sign is looked for among integers: f32x4.ne would wait for the units that pmax needs.
 */
// @ts-ignore: decorator
@inline
function extremeLong<T>(p: usize, end: usize, none: v128, flip: v128): v128 {
  let a = v128.xor(none, flip), b = a, c = a, d = a, high = i32x4.splat(0), low = high;
  for (; p < end; p += 64) {
    const t = v128.load(p), u = v128.load(p, 16), v = v128.load(p, 32), w = v128.load(p, 48);
    a = extreme<T>(a, t);
    b = extreme<T>(b, u);
    c = extreme<T>(c, v);
    d = extreme<T>(d, w);
    high = i32x4.max_s(high, i32x4.max_s(i32x4.max_s(t, u), i32x4.max_s(v, w)));
    low = i32x4.max_u(low, i32x4.max_u(i32x4.max_u(t, u), i32x4.max_u(v, w)));
  }
  const nan = v128.or(i32x4.gt_s(high, f32x4.splat(Infinity)), i32x4.gt_u(low, f32x4.splat(-Infinity)));
  return v128.or(nan, v128.xor(extreme<T>(extreme<T>(a, b), extreme<T>(c, d)), flip));
}

// @ts-ignore: decorator
@inline
function extreme<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? f32x4.pmax(b, a) : f32x4.pmin(b, a);
}

/** Reduces n consecutive elements; the result is lane 0. */
// @ts-ignore: decorator
@inline
function reduceRow<T>(p: usize, n: i32, none: v128, extra: v128, kind: i32): v128 {
  const vector = size<T>(kind) << 2;
  const end = p + <usize>n * size<T>(kind);
  let a = none;
  if (n >= LONG) {
    let last = end - (<usize>n & 15) * size<T>(kind);
    if (isFloat<T>()) a = reduceLong<T>(p, last, none, extra, kind);
    else if (kind == SUM_BYTES) {
      for (; p < last; p += 16) a = i32x4.add(a, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(p))));
    } else if (kind == PROD) a = reduceLong<T>(p, last, none, extra, PROD);
    else if (kind == COUNT) a = reduceLong<T>(p, last, none, extra, COUNT);
    else if (kind == MAX) a = v128.any_true(extra) ? extremeLong<f64>(p, last, none, extra) : extremeLong<f32>(p, last, none, extra);
    // Integers need no more accumulators.
    else last = p;
    p = last;
  }
  for (; p + vector <= end; p += vector) a = combine<T>(a, read<T>(p, true, extra, kind), kind);
  a = combine<T>(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1), kind);
  a = combine<T>(a, v128.shuffle<i32>(a, a, 1, 0, 3, 2), kind);
  for (; p < end; p += size<T>(kind)) a = combine<T>(a, read<T>(p, false, extra, kind), kind);
  return a;
}

/** One element of each of four rows. */
// @ts-ignore: decorator
@inline
function readFour<T>(p: usize, row: usize, extra: v128, kind: i32): v128 {
  const q = p + 2 * row;
  if (!isFloat<T>() && kind == SUM_BYTES) return i32x4(load<u8>(p), load<u8>(p + row), load<u8>(q), load<u8>(q + row));
  const front = v128.load_lane<i32>(p + row, v128.load32_zero(p), 1);
  const back = v128.load_lane<i32>(q + row, v128.load32_zero(q), 1);
  const v = v128.shuffle<i64>(front, back, 0, 2);
  if (isSum<T>()) return v;
  return kind == COUNT ? v128.and(f32x4.ne(v, i32x4.splat(0)), i32x4.splat(1)) : v128.xor(v, extra);
}

/** Reduces four consecutive rows of n < LONG elements, with the same bits as reduceRow. */
// @ts-ignore: decorator
@inline
function reduceFourRows<T>(p: usize, n: i32, none: v128, extra: v128, kind: i32): v128 {
  const row = <usize>n * size<T>(kind), vector = size<T>(kind) << 2;
  const end = p + row;
  let a = none;
  if (n >= 4) {
    let b = a, c = a, d = a;
    for (; p + vector <= end; p += vector) {
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
  for (; p < end; p += size<T>(kind)) a = combine<T>(a, readFour<T>(p, row, extra, kind), kind);
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
function reduceFewColumns<T>(p: usize, n: i32, stride: usize, four: bool, none: v128, extra: v128, kind: i32): v128 {
  let a = none;
  for (; n >= 4; n -= 4) {
    a = combine<T>(a, combineRows<T>(p, stride, four, extra, kind), kind);
    p += 4 * stride;
  }
  for (; n > 0; n--) {
    a = combine<T>(a, read<T>(p, four, extra, kind), kind);
    p += stride;
  }
  return a;
}

/** Combines fours of n rows with the accumulators of their columns, from y to end. */
// @ts-ignore: decorator
@inline
function addRows<T>(p: usize, n: i32, stride: usize, extra: v128, kind: i32, y: usize, end: usize): void {
  const vector = size<T>(kind) << 2, skip = 4 * stride - ((end - y) >> 2) * size<T>(kind);
  for (; n >= 4; n -= 4) {
    for (let q = y; q < end; q += 16) {
      v128.store(q, combine<T>(v128.load(q), combineRows<T>(p, stride, true, extra, kind), kind));
      p += vector;
    }
    p += skip;
  }
}

/** Reduces n rows of `columns` columns, a multiple of 4, with y as accumulators. */
// @ts-ignore: decorator
@inline
function reduceStrip<T>(p: usize, n: i32, stride: usize, columns: i32, none: v128, extra: v128, kind: i32, y: usize): void {
  const vector = size<T>(kind) << 2;
  const end = y + (<usize>columns << 2);
  const width = <usize>columns * size<T>(kind);
  for (let q = y; q < end; q += 16) v128.store(q, none);
  if (!isFloat<T>() && kind == MAX) addRows<f64>(p, n, stride, extra, kind, y, end);
  else addRows<T>(p, n, stride, extra, kind, y, end);
  p += <usize>(n & ~3) * stride;
  n &= 3;
  for (; n > 0; n--) {
    for (let q = y; q < end; q += 16) {
      v128.store(q, combine<T>(v128.load(q), read<T>(p, true, extra, kind), kind));
      p += vector;
    }
    p += stride - width;
  }
  for (let q = y; q < end; q += 16) v128.store(q, finish<T>(v128.load(q), extra));
}

/** Reduces n rows of `columns` columns to y. */
// @ts-ignore: decorator
@inline
function reduceColumns<T>(p: usize, n: i32, stride: usize, columns: i32, none: v128, extra: v128, kind: i32, y: usize): void {
  let i = 0;
  while (columns >= WIDE && i + 4 <= columns) {
    const strip = min(STRIP, (columns - i) & ~3);
    reduceStrip<T>(p + <usize>i * size<T>(kind), n, stride, strip, none, extra, kind, y + (<usize>i << 2));
    i += strip;
  }
  while (i < columns) {
    // The last four columns may overlap others, which get the same bits again.
    const four = columns >= 4;
    if (four) i = min(i, columns - 4);
    const q = y + (<usize>i << 2);
    if (four) v128.store(q, finish<T>(reduceFewColumns<T>(p + <usize>i * size<T>(kind), n, stride, true, none, extra, kind), extra));
    else v128.store_lane<i32>(q, finish<T>(reduceFewColumns<T>(p + <usize>i * size<T>(kind), n, stride, false, none, extra, kind), extra), 0);
    i += four ? 4 : 1;
  }
}

// @ts-ignore: decorator
@inline
function reduceAny<T>(
  begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, none: v128, extra: v128, kind: i32, x: usize, y: usize,
): void {
  assert(begin >= 0 && rows >= 0 && inner >= 0 && chunk > 0 && chunks > 0);
  assert(chunks == 1 ? rows <= chunk : (chunks - 1) * chunk < rows && rows <= chunks * chunk);
  if (begin >= end) return;
  if (inner == 1 && chunks == 1 && rows < LONG) {
    for (; begin + 4 <= end; begin += 4) {
      const p = x + <usize>begin * <usize>rows * size<T>(kind);
      v128.store(y + (<usize>begin << 2), finish<T>(reduceFourRows<T>(p, rows, none, extra, kind), extra));
    }
  }
  const group = begin / inner;
  let column = begin - group * inner, o = group / chunks;
  let c = group - o * chunks;
  const stride = <usize>inner * size<T>(kind);
  while (begin < end) {
    const row = c * chunk;
    const n = min(chunk, rows - row);
    const columns = min(inner - column, end - begin);
    const p = x + (<usize>o * <usize>rows + <usize>row) * stride + <usize>column * size<T>(kind);
    const q = y + (<usize>begin << 2);
    if (inner == 1) v128.store_lane<i32>(q, finish<T>(reduceRow<T>(p, n, none, extra, kind), extra), 0);
    else reduceColumns<T>(p, n, stride, columns, none, extra, kind, q);
    begin += columns;
    column = 0;
    if (++c == chunks) {
      c = 0;
      o++;
    }
  }
}

/** y[o,c,i] = x[o,r,i] combined over the rows r of chunk c, for elements [begin, end) of y. kind: 0 the greatest, NaN if one is NaN, -infinity
 * if there are none; 1 the product; 2 the greatest of i32, -2^31 if there are none; 3 their product and 4 their sum, modulo 2^32; 5 the sum
 * of u8, as i32; 6 how many f32 are not 0, as i32; 7 scale * the sum. flip: bits to flip in x and in y, which makes the least of the greatest: the sign of floats, all bits
 * of i32. x: [outer, rows, inner], y: [outer, chunks, inner]; chunk c has the rows [c * chunk, min(rows, (c + 1) * chunk)). Not in place.
 * @writes y */
export function reduce(
  begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, kind: i32, flip: i32, scale: f32, x: usize, y: usize,
): void {
  assert(kind >= 0 && kind <= SUM);
  let none = i32x4.splat(0);
  if (kind == SUM) {
    reduceAny<f32>(begin, end, rows, inner, chunk, chunks, none, f32x4.splat(scale), kind, x, y);
    return;
  }
  if (kind == MAX) none = f32x4.splat(-Infinity);
  else if (kind == PROD) none = f32x4.splat(1);
  else if (kind < SUM_I32) none = i32x4.splat(kind == MAX_I32 ? i32.MIN_VALUE : 1);
  reduceAny<i32>(begin, end, rows, inner, chunk, chunks, none, i32x4.splat(flip), kind, x, y);
}
