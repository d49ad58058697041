/**
 * @file Sums of products of two tensors, or of squares, around a centre or 0, along one axis; shapes and chunks are those of reduce.ts.
 * The order of additions within a chunk follows from its length and from inner == 1 alone: of columns, four rows are added at a time.
 */
import { fma, horizontalSum } from "../simd";

/** Sum of (x - c) * (z - d) over n floats; z is `beside` x. If T is f64 it is x, and d is c; if T is i32 both are 0, too. */
function productsOfRow<T>(x: usize, n: i32, beside: usize, c: f32, d: f32): f32 {
  const end = x + (<usize>n << 2);
  const m = f32x4.splat(c), k = f32x4.splat(d);
  let a = f32x4.splat(0), b = a, e = a, f = a;
  for (; x + 64 <= end; x += 64) {
    a = addAt<T>(x, beside, m, k, a);
    b = addAt<T>(x + 16, beside, m, k, b);
    e = addAt<T>(x + 32, beside, m, k, e);
    f = addAt<T>(x + 48, beside, m, k, f);
  }
  for (; x + 16 <= end; x += 16) a = addAt<T>(x, beside, m, k, a);
  let rest: f32 = 0;
  for (; x < end; x += 4) rest += (load<f32>(x) - c) * (load<f32>(x + beside) - d);
  return horizontalSum(f32x4.add(f32x4.add(a, b), f32x4.add(e, f))) + rest;
}

// @ts-ignore: decorator
@inline
function addAt<T>(x: usize, beside: usize, c: v128, d: v128, sum: v128): v128 {
  let v = v128.load(x);
  if (!isFloat<T>()) return fma(v, v, sum);
  v = f32x4.sub(v, c);
  return fma(v, sizeof<T>() == 8 ? v : f32x4.sub(v128.load(x + beside), d), sum);
}

/** sum + (x - c) * (z - d) of four columns, or of one in lane 0. */
// @ts-ignore: decorator
@inline
function addProduct(x: usize, four: bool, beside: usize, c: v128, d: v128, sum: v128): v128 {
  if (four) return fma(f32x4.sub(v128.load(x), c), f32x4.sub(v128.load(x + beside), d), sum);
  return fma(f32x4.sub(v128.load32_zero(x), c), f32x4.sub(v128.load32_zero(x + beside), d), sum);
}

/** Adds the products of four rows, or of one, to four columns of y, or to one; `both` has all bits if z has x's centre. */
// @ts-ignore: decorator
@inline
function addColumns(x: usize, stride: usize, rows: i32, four: bool, beside: usize, centre: usize, both: v128, y: usize): void {
  const c = !centre ? f32x4.splat(0) : four ? v128.load(centre) : v128.load32_zero(centre);
  const d = v128.and(c, both);
  let sum = addProduct(x, four, beside, c, d, f32x4.splat(0));
  if (rows == 4) {
    const last = x + 2 * stride;
    const back = addProduct(last + stride, four, beside, c, d, addProduct(last, four, beside, c, d, f32x4.splat(0)));
    sum = f32x4.add(addProduct(x + stride, four, beside, c, d, sum), back);
  }
  sum = f32x4.add(sum, four ? v128.load(y) : v128.load32_zero(y));
  if (four) v128.store(y, sum);
  else v128.store32_lane(y, sum, 0);
}

/** The same of all columns, `width` bytes of them. */
// @ts-ignore: decorator
@inline
function addRows(x: usize, stride: usize, rows: i32, width: usize, beside: usize, centre: usize, both: v128, y: usize): void {
  let i: usize = 0;
  for (; i + 16 <= width; i += 16) addColumns(x + i, stride, rows, true, beside, centre ? centre + i : 0, both, y + i);
  for (; i < width; i += 4) addColumns(x + i, stride, rows, false, beside, centre ? centre + i : 0, both, y + i);
}

/** y[o,c,i] = scale * sum of (x[o,r,i] - m) * (z[o,r,i] - n) over the rows r of chunk c, for elements [begin, end) of y. about: 0 for
 * m = n = 0, 1 for m = centre[o,i] and n = 0, 2 for both. x, z: [outer, rows, inner], centre: [outer, inner], y: [outer, chunks, inner]; chunk
 * c has the rows [c * chunk, min(rows, (c + 1) * chunk)). Not in place. @writes y */
export function sumProducts(
  begin: i32, end: i32, rows: i32, inner: i32, chunk: i32, chunks: i32, about: i32, scale: f32, x: usize, z: usize, centre: usize, y: usize,
): void {
  assert(begin >= 0 && rows >= 0 && inner >= 0 && chunk > 0 && chunks > 0 && about >= 0 && about <= 2);
  const stride = <usize>inner << 2, beside = z - x, both = i32x4.splat(-(about >> 1));
  for (let columns = 0; begin < end; begin += columns) {
    const group = begin / inner;
    const column = begin - group * inner, o = group / chunks;
    const row = (group - o * chunks) * chunk;
    columns = min(inner - column, end - begin);
    let n = min(chunk, rows - row);
    let p = x + (<usize>o * <usize>rows + <usize>row) * stride + (<usize>column << 2);
    let m = about ? centre + (<usize>(o * inner + column) << 2) : 0;
    const q = y + (<usize>begin << 2);
    if (inner == 1) {
      const c: f32 = m ? load<f32>(m) : 0;
      let sum: f32;
      if (beside || about == 1) sum = productsOfRow<f32>(p, n, beside, c, about == 2 ? c : 0);
      else sum = m ? productsOfRow<f64>(p, n, 0, c, c) : productsOfRow<i32>(p, n, 0, 0, 0);
      store<f32>(q, scale * sum);
      continue;
    }
    const width = <usize>columns << 2;
    memory.fill(q, 0, width);
    for (; n >= 4; n -= 4) {
      addRows(p, stride, 4, width, beside, m, both, q);
      p += 4 * stride;
    }
    for (; n > 0; n--) {
      addRows(p, stride, 1, width, beside, m, both, q);
      p += stride;
    }
    for (let i: usize = 0; i < width; i += 4) store<f32>(q + i, load<f32>(q + i) * scale);
  }
}
