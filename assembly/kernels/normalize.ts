/**
 * @file Normalisation of rows of `cols` contiguous floats, and its gradients; rows by vectors.
 *
 * A row is normalised as xn = (x - m) * s, with m and s of `statistics` by `kind`: 0 for the root of the mean square, 1 for the deviation from
 * the mean, 2 for the length. Gradients compute m and s again: a row that fits L1 costs less to read twice than its statistics to store.
 */
import { first, isExact, second, statistics, sums, sumsOfRow } from "../row";
import { fma, horizontalSum, loadFirst } from "../simd";

/** y = (x - mean) * s * scale + offset over n floats; and beside it `sumsOfRow` of next, the row after: what one waits for the other does. */
function writeAndSum(x: usize, n: i32, mean: v128, s: v128, scale: usize, offset: usize, y: usize, next: usize): v128 {
  const end = x + (<usize>n << 2);
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; x + 32 <= end; x += 32) {
    const p = f32x4.mul(f32x4.sub(v128.load(x), mean), s);
    const q = f32x4.mul(f32x4.sub(v128.load(x, 16), mean), s);
    const v = v128.load(next);
    const w = v128.load(next, 16);
    v128.store(y, fma(p, v128.load(scale), v128.load(offset)));
    v128.store(y, fma(q, v128.load(scale, 16), v128.load(offset, 16)), 16);
    a = f32x4.add(a, v);
    b = f32x4.add(b, w);
    c = fma(v, v, c);
    d = fma(w, w, d);
    next += 32;
    scale += 32;
    offset += 32;
    y += 32;
  }
  a = f32x4.add(a, b);
  c = f32x4.add(c, d);
  for (; x < end; x += 4) {
    const p = f32x4.mul(f32x4.sub(v128.load32_zero(x), mean), s);
    const v = v128.load32_zero(next);
    v128.store32_lane(y, fma(p, v128.load32_zero(scale), v128.load32_zero(offset)), 0);
    a = f32x4.add(a, v);
    c = fma(v, v, c);
    next += 4;
    scale += 4;
    offset += 4;
    y += 4;
  }
  return sums(a, c);
}

/** y = x * s * scale over n floats; and beside it the sum of next^2, as lane 1. */
function scaleAndSum(x: usize, n: i32, s: v128, scale: usize, y: usize, next: usize): v128 {
  const end = x + (<usize>n << 2);
  let c = f32x4.splat(0), d = c;
  for (; x + 32 <= end; x += 32) {
    const v = v128.load(next);
    const w = v128.load(next, 16);
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(x), s), v128.load(scale)));
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(x, 16), s), v128.load(scale, 16)), 16);
    c = fma(v, v, c);
    d = fma(w, w, d);
    next += 32;
    scale += 32;
    y += 32;
  }
  c = f32x4.add(c, d);
  for (; x < end; x += 4) {
    const v = v128.load32_zero(next);
    v128.store32_lane(y, f32x4.mul(f32x4.mul(v128.load32_zero(x), s), v128.load32_zero(scale)), 0);
    c = fma(v, v, c);
    next += 4;
    scale += 4;
    y += 4;
  }
  return sums(c, c);
}

/**
 * y[r,:] = xn[r,:] * scale, and + offset if kind is 1, for rows r in [begin, end). x, y: [rows, cols], scale, offset: [cols]. In place: y may be x.
 * @writes y
 */
export function layerNorm(begin: i32, end: i32, cols: i32, epsilon: f32, kind: i32, x: usize, scale: usize, offset: usize, y: usize): void {
  assert(begin >= 0 && cols >= 0);
  if (begin >= end) return;
  const width = <usize>cols << 2;
  x += <usize>begin * width;
  y += <usize>begin * width;
  let sums = sumsOfRow(x, cols);
  while (begin < end) {
    const row = x;
    const known = statistics(sums, row, cols, epsilon, kind);
    begin++;
    if (begin < end) x += width;
    if (kind == 1) sums = writeAndSum(row, cols, first(known), second(known), scale, offset, y, x);
    else sums = scaleAndSum(row, cols, second(known), scale, y, x);
    y += width;
  }
}

/** Sums over n floats of x, x^2, g = dy * scale and g * x: lanes 0 to 3. */
function sumsWithSlopes(x: usize, dy: usize, scale: usize, n: i32): v128 {
  const end = x + (<usize>n << 2);
  let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a, t = a, u = a;
  for (; x + 32 <= end; x += 32) {
    const v = v128.load(x), w = v128.load(x, 16);
    const g = f32x4.mul(v128.load(dy), v128.load(scale));
    const h = f32x4.mul(v128.load(dy, 16), v128.load(scale, 16));
    a = f32x4.add(a, v);
    e = f32x4.add(e, w);
    c = f32x4.add(c, g);
    t = f32x4.add(t, h);
    b = fma(v, v, b);
    f = fma(w, w, f);
    d = fma(g, v, d);
    u = fma(h, w, u);
    dy += 32;
    scale += 32;
  }
  a = f32x4.add(a, e);
  b = f32x4.add(b, f);
  c = f32x4.add(c, t);
  d = f32x4.add(d, u);
  for (; x < end; x += 4) {
    const v = v128.load32_zero(x);
    const g = f32x4.mul(v128.load32_zero(dy), v128.load32_zero(scale));
    a = f32x4.add(a, v);
    c = f32x4.add(c, g);
    b = fma(v, v, b);
    d = fma(g, v, d);
    dy += 4;
    scale += 4;
  }
  return v128.shuffle<f32>(sums(a, b), sums(c, d), 0, 1, 4, 5);
}

/** Sum of dy * scale * (x - mean) over n floats. */
function slopesAround(x: usize, dy: usize, scale: usize, n: i32, mean: v128): f32 {
  const end = x + (<usize>n << 2);
  let a = f32x4.splat(0);
  for (; x < end; x += 16) {
    const count = i32((end - x) >> 2);
    const g = f32x4.mul(loadFirst(dy, count), loadFirst(scale, count));
    a = fma(g, f32x4.sub(loadFirst(x, count), mean), a);
    dy += 16;
    scale += 16;
  }
  return horizontalSum(a);
}

// Of what follows there are two bodies, by T: f32 takes the mean off; i32 does not.

/** dx from dy * scale * s and x - mean. */
// @ts-ignore: decorator
@inline
function gradient<T>(g: v128, away: v128, slope: v128, constant: v128): v128 {
  return f32x4.sub(g, isFloat<T>() ? fma(away, slope, constant) : f32x4.mul(away, slope));
}

/** dx over n floats; and dy * xn and, with the mean, dy added to sums one behind the other, unless those are at 0. */
function writeGradient<T>(x: usize, dy: usize, scale: usize, n: i32, mean: v128, s: v128, slope: v128, constant: v128, dx: usize, sums: usize): void {
  const width = <usize>n << 2, end = x + width;
  for (; x + 32 <= end; x += 32) {
    let a = v128.load(x), b = v128.load(x, 16);
    const d = v128.load(dy), e = v128.load(dy, 16);
    if (isFloat<T>()) {
      a = f32x4.sub(a, mean);
      b = f32x4.sub(b, mean);
    }
    v128.store(dx, gradient<T>(f32x4.mul(f32x4.mul(d, v128.load(scale)), s), a, slope, constant));
    v128.store(dx, gradient<T>(f32x4.mul(f32x4.mul(e, v128.load(scale, 16)), s), b, slope, constant), 16);
    if (sums) {
      v128.store(sums, fma(d, f32x4.mul(a, s), v128.load(sums)));
      v128.store(sums, fma(e, f32x4.mul(b, s), v128.load(sums, 16)), 16);
      if (isFloat<T>()) {
        const other = sums + width;
        v128.store(other, f32x4.add(d, v128.load(other)));
        v128.store(other, f32x4.add(e, v128.load(other, 16)), 16);
      }
      sums += 32;
    }
    dy += 32;
    scale += 32;
    dx += 32;
  }
  for (; x < end; x += 4) {
    const a = f32x4.sub(v128.load32_zero(x), mean), d = v128.load32_zero(dy);
    v128.store32_lane(dx, gradient<T>(f32x4.mul(f32x4.mul(d, v128.load32_zero(scale)), s), a, slope, constant), 0);
    if (sums) {
      v128.store32_lane(sums, fma(d, f32x4.mul(a, s), v128.load32_zero(sums)), 0);
      if (isFloat<T>()) v128.store32_lane(sums + width, f32x4.add(d, v128.load32_zero(sums + width)), 0);
      sums += 4;
    }
    dy += 4;
    scale += 4;
    dx += 4;
  }
}

/**
 * dx[r,:] = s * (g - mean(g) - xn mean(g xn)) with g = dy[r,:] * scale, without mean(g) unless kind is 1, for the rows r of chunks [begin, end)
 * of `chunk` rows, the last one shorter; and unless `chunks` is 0, that many of them, after the rows of dx for each chunk the sums of dy xn and, if
 * kind is 1, of dy over its rows. x, dy: [rows, cols], scale: [cols], dx: [rows + 2 chunks, cols]. In place if chunks is 0: dx may be x or dy. @writes dx
 */
export function layerNormGrad(
  begin: i32, end: i32, rows: i32, cols: i32, chunk: i32, chunks: i32, epsilon: f32, kind: i32, x: usize, scale: usize, dy: usize, dx: usize,
): void {
  assert(begin >= 0 && rows >= 0 && cols >= 0 && chunk > 0);
  const width = <usize>cols << 2, byDy = dy - x, byDx = dx - x;
  for (; begin < end; begin++) {
    const added = chunks ? dx + <usize>(rows + 2 * begin) * width : 0;
    if (added) memory.fill(added, 0, 2 * width);
    let p = x + <usize>(begin * chunk) * width;
    for (let r = min(chunk, rows - begin * chunk); r > 0; r--) {
      const dp = p + byDy, to = p + byDx;
      const found = sumsWithSlopes(p, dp, scale, cols);
      const known = statistics(found, p, cols, epsilon, kind);
      const mean = first(known), s = second(known), factor = f32x4.extract_lane(known, 3);
      const sum = f32x4.extract_lane(found, 2);
      const weighted = isExact(known) ? slopesAround(p, dp, scale, cols, mean) : f32x4.extract_lane(found, 3) - f32x4.extract_lane(mean, 0) * sum;
      const slope = f32x4.mul(f32x4.splat(weighted * factor), f32x4.mul(s, s)), constant = f32x4.splat(sum * factor);
      if (kind == 1) writeGradient<f32>(p, dp, scale, cols, mean, s, slope, constant, to, added);
      else writeGradient<i32>(p, dp, scale, cols, mean, s, slope, constant, to, added);
      p += width;
    }
  }
}

/** Four columns, or one, of what channelNorm gives; z is `beside` x, or absent for 0. */
// @ts-ignore: decorator
@inline
function normalizeColumns(
  x: usize, width: usize, rows: i32, mean: v128, factor: v128, offset: v128, beside: usize, slope: v128, y: usize, four: bool,
): void {
  for (let r = 0; r < rows; r++) {
    let v = fma(f32x4.sub(four ? v128.load(x) : v128.load32_zero(x), mean), factor, offset);
    if (beside) v = fma(four ? v128.load(x + beside) : v128.load32_zero(x + beside), slope, v);
    if (four) v128.store(y, v);
    else v128.store32_lane(y, v, 0);
    x += width;
    y += width;
  }
}

/** Sixteen columns, whose parameters stay in registers. */
function normalizeWide(x: usize, width: usize, rows: i32, mean: usize, factor: usize, offset: usize, y: usize): void {
  const m0 = v128.load(mean), m1 = v128.load(mean, 16), m2 = v128.load(mean, 32), m3 = v128.load(mean, 48);
  const f0 = v128.load(factor), f1 = v128.load(factor, 16), f2 = v128.load(factor, 32), f3 = v128.load(factor, 48);
  const b0 = v128.load(offset), b1 = v128.load(offset, 16), b2 = v128.load(offset, 32), b3 = v128.load(offset, 48);
  for (; rows > 0; rows--) {
    v128.store(y, fma(f32x4.sub(v128.load(x), m0), f0, b0));
    v128.store(y, fma(f32x4.sub(v128.load(x, 16), m1), f1, b1), 16);
    v128.store(y, fma(f32x4.sub(v128.load(x, 32), m2), f2, b2), 32);
    v128.store(y, fma(f32x4.sub(v128.load(x, 48), m3), f3, b3), 48);
    x += width;
    y += width;
  }
}

/**
 * y[r,:] = (x[r,:] - mean[g,:]) * factor[g,:] + offset[g,:], and + z[r,:] * slope[g,:] unless z is x, with g = r / each, for rows r in
 * [begin, end). x, y, z: [rows, cols], mean, factor, offset, slope: [rows / each, cols]. In place: y may be x. @writes y
 */
export function channelNorm(
  begin: i32, end: i32, cols: i32, each: i32, x: usize, mean: usize, factor: usize, offset: usize, z: usize, slope: usize, y: usize,
): void {
  assert(begin >= 0 && cols >= 0 && each > 0);
  const width = <usize>cols << 2, beside = z - x;
  x += <usize>begin * width;
  y += <usize>begin * width;
  while (begin < end) {
    const group = begin / each;
    let left = min((group + 1) * each, end) - begin;
    begin += left;
    const first = <usize>group * width;
    const m = mean + first, f = factor + first, b = offset + first, s = slope + first;
    while (left > 0) {
      const rows = min(left, 16);
      let c: usize = 0;
      for (; !beside && c + 64 <= width; c += 64) normalizeWide(x + c, width, rows, m + c, f + c, b + c, y + c);
      for (; c + 16 <= width; c += 16) {
        normalizeColumns(x + c, width, rows, v128.load(m + c), v128.load(f + c), v128.load(b + c), beside, v128.load(s + c), y + c, true);
      }
      for (; c < width; c += 4) {
        normalizeColumns(
          x + c, width, rows, v128.load32_zero(m + c), v128.load32_zero(f + c), v128.load32_zero(b + c), beside, v128.load32_zero(s + c), y + c, false,
        );
      }
      left -= rows;
      x += <usize>rows * width;
      y += <usize>rows * width;
    }
  }
}
