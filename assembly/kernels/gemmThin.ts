/**
 * @file Matrix multiply for thin shapes, nothing packed: few rows, outer products, dot products of rows. The table in gemm.ts says
 * which kernel is for which shape.
 */
import { activate } from "../activate";
import { loadPart, storePart } from "../pack";
import { fma } from "../simd";

/** Columns that gemmThin brings along at a time (floats): 8 kB of C beside the rows of B that are read, in 32 kB. */
const STRIP: i32 = 2048;

// to[j] = (start[j] & mask) + x[0] b[0][j] + x[1] b[1][j] ..., `terms` of them: a constant 1 or 4 that folds away.
// @ts-ignore: decorator
@inline
function addTerms(
  terms: i32, columns: i32, x: usize, xStep: usize, b: usize, bStep: usize, start: usize, mask: v128, to: usize,
): void {
  const x0 = v128.load_splat<f32>(x);
  const x1 = terms > 1 ? v128.load_splat<f32>(x + xStep) : x0;
  const x2 = terms > 1 ? v128.load_splat<f32>(x + 2 * xStep) : x0;
  const x3 = terms > 1 ? v128.load_splat<f32>(x + 3 * xStep) : x0;
  let b1 = b + bStep, b2 = b1 + bStep, b3 = b2 + bStep;
  for (; columns >= 8; columns -= 8) {
    let v0 = fma(x0, v128.load(b), v128.and(v128.load(start), mask));
    let v1 = fma(x0, v128.load(b, 16), v128.and(v128.load(start, 16), mask));
    if (terms > 1) {
      v0 = fma(x3, v128.load(b3), fma(x2, v128.load(b2), fma(x1, v128.load(b1), v0)));
      v1 = fma(x3, v128.load(b3, 16), fma(x2, v128.load(b2, 16), fma(x1, v128.load(b1, 16), v1)));
    }
    v128.store(to, v0);
    v128.store(to, v1, 16);
    b += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
    start += 32;
    to += 32;
  }
  for (; columns > 0; columns--) {
    let v = fma(x0, v128.load32_zero(b), v128.and(v128.load32_zero(start), mask));
    if (terms > 1) v = fma(x3, v128.load32_zero(b3), fma(x2, v128.load32_zero(b2), fma(x1, v128.load32_zero(b1), v)));
    v128.store32_lane(to, v, 0);
    b += 4;
    b1 += 4;
    b2 += 4;
    b3 += 4;
    start += 4;
    to += 4;
  }
}

/**
 * C[:,j] = act(A B[:,j] + bias[j]) for columns j in [begin, end), act(C[:,j] + A B[:,j]) if accumulate, and then bias is 0.
 * For m == 1 (vector times matrix) and small k (outer products): B is read once, row by row. a: [m, k]; b: [k, n], its rows
 * contiguous and bRow apart, k > 0; c: [m, n]; bias: [n] or 0; strides and activation as in gemm. C overlaps nothing else.
 * @updates c @work m k
 */
export function gemmThin(
  begin: i32, end: i32, m: i32, k: i32, a: usize, aRow: i32, aCol: i32, b: usize, bRow: i32, bias: usize, activation: i32,
  accumulate: i32, c: usize, ldc: i32,
): void {
  assert(begin >= 0 && m >= 0 && k > 0 && activation >= 0 && activation <= 3 && !(bias && accumulate));
  const xStep = <usize>aCol << 2, bStep = <usize>bRow << 2;
  for (let j = begin; j < end; j += STRIP) {
    const columns = min(STRIP, end - j);
    const offset = <usize>j << 2;
    for (let i = 0; i < m; i++) {
      const to = c + ((<usize>i * ldc) << 2) + offset;
      let x = a + ((<usize>i * aRow) << 2), rows = b + offset;
      // C starts from its old value, from bias, or from zero: its old value masked out.
      let start = bias ? bias + offset : to;
      let mask = i32x4.splat(accumulate || bias ? -1 : 0);
      for (let p = k; p > 0; ) {
        const terms = p >= 4 ? 4 : 1;
        if (terms == 4) addTerms(4, columns, x, xStep, rows, bStep, start, mask, to);
        else addTerms(1, columns, x, xStep, rows, bStep, start, mask, to);
        p -= terms;
        x += <usize>terms * xStep;
        rows += <usize>terms * bStep;
        start = to;
        mask = i32x4.splat(-1);
      }
      if (activation) activate(activation, 1, columns, to, 0);
    }
  }
}

/** One float of each of the first count rows (1 to 4), step bytes apart; the other lanes 0. */
// @ts-ignore: decorator
@inline
function gather(count: i32, p: usize, step: usize): v128 {
  let v = v128.load32_zero(p);
  if (count > 1) v = v128.load32_lane(p + step, v, 1);
  if (count > 2) v = v128.load32_lane(p + 2 * step, v, 2);
  if (count > 3) v = v128.load32_lane(p + 3 * step, v, 3);
  return v;
}

/** The inverse of gather. */
function scatter(count: i32, p: usize, step: usize, v: v128): void {
  v128.store32_lane(p, v, 0);
  if (count > 1) v128.store32_lane(p + step, v, 1);
  if (count > 2) v128.store32_lane(p + 2 * step, v, 2);
  if (count > 3) v128.store32_lane(p + 3 * step, v, 3);
}

/**
 * The dot products of v with rows 0 to 3 of x, one a lane; rows beyond count repeat the last one. Each is eight sums over k in
 * steps of 8 (lane by lane, two of them to a lane), then the up to seven products that are left, one by one.
 */
function dots(count: i32, k: i32, x: usize, xStep: usize, v: usize): v128 {
  const step1 = count > 1 ? xStep : 0, step2 = count > 2 ? xStep : 0, step3 = count > 3 ? xStep : 0;
  let x0 = x, x1 = x0 + step1, x2 = x1 + step2, x3 = x2 + step3;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (; k >= 8; k -= 8) {
    const v0 = v128.load(v), v1 = v128.load(v, 16);
    s0 = fma(v0, v128.load(x0), s0);
    t0 = fma(v1, v128.load(x0, 16), t0);
    s1 = fma(v0, v128.load(x1), s1);
    t1 = fma(v1, v128.load(x1, 16), t1);
    s2 = fma(v0, v128.load(x2), s2);
    t2 = fma(v1, v128.load(x2, 16), t2);
    s3 = fma(v0, v128.load(x3), s3);
    t3 = fma(v1, v128.load(x3, 16), t3);
    v += 32;
    x0 += 32;
    x1 += 32;
    x2 += 32;
    x3 += 32;
  }
  // Rows to lanes: the pairs (0, 2) and (1, 3) of each row are added at once for two rows.
  s0 = f32x4.add(s0, t0);
  s1 = f32x4.add(s1, t1);
  s2 = f32x4.add(s2, t2);
  s3 = f32x4.add(s3, t3);
  const s01 = f32x4.add(v128.shuffle<u64>(s0, s1, 0, 2), v128.shuffle<u64>(s0, s1, 1, 3));
  const s23 = f32x4.add(v128.shuffle<u64>(s2, s3, 0, 2), v128.shuffle<u64>(s2, s3, 1, 3));
  let sum = f32x4.add(v128.shuffle<f32>(s01, s23, 0, 2, 4, 6), v128.shuffle<f32>(s01, s23, 1, 3, 5, 7));
  for (; k > 0; k--) {
    let y = v128.load32_zero(x0);
    y = v128.load32_lane(x1, y, 1);
    y = v128.load32_lane(x2, y, 2);
    y = v128.load32_lane(x3, y, 3);
    sum = fma(v128.load_splat<f32>(v), y, sum);
    v += 4;
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  return sum;
}

/**
 * c[r, i] = act(x[r,:] . v[i,:] + bias) for rows r of x in [begin, end) and all i < count: matrix times vector (x = A) and few
 * rows times a transposed matrix (x = B's columns), nothing packed. act(c + ...) if accumulate. x, v: rows of k contiguous
 * floats, xRow and vRow apart; c: element (r, i) at r * cRow + i * cVector; bias: bias[r * biasRow + i * biasVector] or 0, one
 * of the two strides 1 and the other 0; activation as in gemm. C overlaps nothing else. @updates c @work count k
 */
export function gemmDots(
  begin: i32, end: i32, count: i32, k: i32, x: usize, xRow: i32, v: usize, vRow: i32, bias: usize, biasRow: i32, biasVector: i32,
  activation: i32, accumulate: i32, c: usize, cRow: i32, cVector: i32,
): void {
  assert(begin >= 0 && count >= 0 && k >= 0 && activation >= 0 && activation <= 3);
  const xStep = <usize>xRow << 2, cStep = <usize>cRow << 2;
  for (let r = begin; r < end; r += 4) {
    const rows = min(4, end - r);
    for (let i = 0; i < count; i++) {
      const to = c + <usize>r * cStep + ((<usize>i * cVector) << 2);
      let sum = dots(rows, k, x + <usize>r * xStep, xStep, v + ((<usize>i * vRow) << 2));
      if (bias) sum = f32x4.add(sum, gather(rows, bias + (<usize>(r * biasRow + i * biasVector) << 2), <usize>biasRow << 2));
      if (accumulate) sum = f32x4.add(sum, gather(rows, to, cStep));
      scatter(rows, to, cStep, sum);
      if (activation) activate(activation, cRow == 1 ? 1 : rows, cRow == 1 ? rows : 1, to, cStep);
    }
  }
}
