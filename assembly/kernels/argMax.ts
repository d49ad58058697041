/** @file Where the largest element of an axis is: the first of equals; NaN counts as larger than all. */

/** Integers in the order of the elements: of floats, -0 is 0 and NaN is the largest. */
// @ts-ignore: decorator
@inline
function orderKeys(v: v128, float: bool): v128 {
  if (!float) return v;
  v = f32x4.add(v, f32x4.splat(0));
  const nan = f32x4.ne(v, v);
  const key = v128.xor(v, i32x4.shr_u(i32x4.shr_s(v, 31), 1));
  return v128.or(v128.andnot(key, nan), i32x4.shr_u(nan, 1));
}

/** Index of the first of the greatest of n consecutive elements. */
// @ts-ignore: decorator
@inline
function argMaxRow(p: usize, n: i32, float: bool): i32 {
  let best = i32x4.splat(i32.MIN_VALUE);
  let index = i32x4.splat(0), lanes = i32x4(0, 1, 2, 3);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const key = orderKeys(v128.load(p), float);
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
    const key = i32x4.extract_lane(orderKeys(v128.load32_zero(p), float), 0);
    first = key > most ? i : first;
    most = key > most ? key : most;
    p += 4;
  }
  return first;
}

/** Indices of the first of the greatest of 4 * vectors columns, at most 16: a cache line; or of one if vectors is 0. To y. */
// @ts-ignore: decorator
@inline
function argMaxColumns(p: usize, rows: i32, stride: usize, float: bool, vectors: i32, y: usize): void {
  let a = i32x4.splat(i32.MIN_VALUE), b = a, c = a, d = a;
  let i = i32x4.splat(0), j = i, k = i, l = i;
  for (let row = 0; row < rows; row++) {
    const index = i32x4.splat(row);
    const key = orderKeys(vectors ? v128.load(p) : v128.load32_zero(p), float);
    i = v128.bitselect(index, i, i32x4.gt_s(key, a));
    a = i32x4.max_s(a, key);
    if (vectors == 4) {
      const key1 = orderKeys(v128.load(p, 16), float);
      j = v128.bitselect(index, j, i32x4.gt_s(key1, b));
      b = i32x4.max_s(b, key1);
      const key2 = orderKeys(v128.load(p, 32), float);
      k = v128.bitselect(index, k, i32x4.gt_s(key2, c));
      c = i32x4.max_s(c, key2);
      const key3 = orderKeys(v128.load(p, 48), float);
      l = v128.bitselect(index, l, i32x4.gt_s(key3, d));
      d = i32x4.max_s(d, key3);
    }
    p += stride;
  }
  if (vectors == 0) v128.store_lane<i32>(y, i, 0);
  else v128.store(y, i);
  if (vectors == 4) {
    v128.store(y, j, 16);
    v128.store(y, k, 32);
    v128.store(y, l, 48);
  }
}

function argMaxAny(begin: i32, end: i32, rows: i32, inner: i32, float: bool, x: usize, y: usize): void {
  assert(begin >= 0 && rows > 0 && inner >= 0);
  if (begin >= end) return;
  const stride = <usize>inner << 2;
  let o = begin / inner;
  let column = begin - o * inner;
  while (begin < end) {
    const columns = min(inner - column, end - begin);
    const p = x + <usize>o * <usize>rows * stride + (<usize>column << 2);
    const q = y + (<usize>begin << 2);
    let i = 0;
    if (inner == 1) {
      store<i32>(q, argMaxRow(p, rows, float));
      i = 1;
    }
    for (; i + 16 <= columns; i += 16) argMaxColumns(p + (<usize>i << 2), rows, stride, float, 4, q + (<usize>i << 2));
    while (columns >= 4 && i < columns) {
      // The last four columns may overlap others, which get the same indices again.
      i = min(i, columns - 4);
      argMaxColumns(p + (<usize>i << 2), rows, stride, float, 1, q + (<usize>i << 2));
      i += 4;
    }
    for (; i < columns; i++) argMaxColumns(p + (<usize>i << 2), rows, stride, float, 0, q + (<usize>i << 2));
    begin += columns;
    column = 0;
    o++;
  }
}

/** y[o,i] = the least r of the greatest x[o,r,i], for elements [begin, end) of y. NaN is greater than all else, -0 is 0.
 * x: [outer, rows, inner] with rows > 0, y: i32 [outer, inner]. Not in place. @writes y */
export function argMax(begin: i32, end: i32, rows: i32, inner: i32, x: usize, y: usize): void {
  argMaxAny(begin, end, rows, inner, true, x, y);
}

/** y[o,i] = the least r of the greatest x[o,r,i], for elements [begin, end) of y.
 * x: i32 [outer, rows, inner] with rows > 0, y: i32 [outer, inner]. Not in place. @writes y */
export function argMaxI32(begin: i32, end: i32, rows: i32, inner: i32, x: usize, y: usize): void {
  argMaxAny(begin, end, rows, inner, false, x, y);
}
