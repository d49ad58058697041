/**
 * @file Layer and root-mean-square normalisation of rows of `cols` contiguous floats, and their gradients; rows by vectors.
 *
 * A row is normalised as xn = (x - m) * s with s = 1 / sqrt(mean((x - m)^2) + epsilon), where m is the row's mean, or 0 unless
 * `centre`. Gradients compute m and s again: a row that fits L1 costs less to read twice than its statistics to store.
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

/**
 * y[r,:] = xn[r,:] * scale + offset for rows r in [begin, end). x, y: [rows, cols], scale, offset: [cols]. In place: y may be x.
 * @writes y
 */
export function layerNorm(begin: i32, end: i32, cols: i32, epsilon: f32, centre: i32, x: usize, scale: usize, offset: usize, y: usize): void {
  assert(begin >= 0 && cols >= 0);
  if (begin >= end) return;
  const width = <usize>cols << 2;
  x += <usize>begin * width;
  y += <usize>begin * width;
  let sums = sumsOfRow(x, cols);
  while (begin < end) {
    const row = x;
    const known = statistics(sums, row, cols, epsilon, centre);
    begin++;
    if (begin < end) x += width;
    sums = writeAndSum(row, cols, first(known), second(known), scale, offset, y, x);
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
    b = fma(v, v, b);
    f = fma(w, w, f);
    c = f32x4.add(c, g);
    t = f32x4.add(t, h);
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
    b = fma(v, v, b);
    c = f32x4.add(c, g);
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

/**
 * dx[r,:] = s * (g - mean(g) - xn mean(g xn)) with g = dy[r,:] * scale, without mean(g) unless centre, for rows r in [begin, end).
 * x, dy, dx: [rows, cols], scale: [cols]. In place: dx may be x or dy. @writes dx
 */
export function layerNormGrad(begin: i32, end: i32, cols: i32, epsilon: f32, centre: i32, x: usize, scale: usize, dy: usize, dx: usize): void {
  assert(begin >= 0 && cols >= 0);
  const width = <usize>cols << 2;
  x += <usize>begin * width;
  dy += <usize>begin * width;
  dx += <usize>begin * width;
  for (; begin < end; begin++) {
    const found = sumsWithSlopes(x, dy, scale, cols);
    const known = statistics(found, x, cols, epsilon, centre);
    const mean = first(known), s = second(known);
    const sum = f32x4.extract_lane(found, 2);
    const factor = f32x4.extract_lane(known, 1) / <f32>cols;
    const weighted = isExact(known) ? slopesAround(x, dy, scale, cols, mean) : f32x4.extract_lane(found, 3) - f32x4.extract_lane(mean, 0) * sum;
    const constant = f32x4.splat(centre ? sum * factor : 0);
    const slope = f32x4.mul(f32x4.splat(weighted * factor), f32x4.mul(s, s));
    const limit = x + width;
    let p = scale;
    for (; x + 32 <= limit; x += 32) {
      const g = f32x4.mul(v128.load(dy), v128.load(p));
      const h = f32x4.mul(v128.load(dy, 16), v128.load(p, 16));
      const a = fma(f32x4.sub(v128.load(x), mean), slope, constant);
      const b = fma(f32x4.sub(v128.load(x, 16), mean), slope, constant);
      v128.store(dx, f32x4.sub(f32x4.mul(g, s), a));
      v128.store(dx, f32x4.sub(f32x4.mul(h, s), b), 16);
      dy += 32;
      p += 32;
      dx += 32;
    }
    for (; x < limit; x += 4) {
      const g = f32x4.mul(v128.load32_zero(dy), v128.load32_zero(p));
      const a = fma(f32x4.sub(v128.load32_zero(x), mean), slope, constant);
      v128.store32_lane(dx, f32x4.sub(f32x4.mul(g, s), a), 0);
      dy += 4;
      p += 4;
      dx += 4;
    }
  }
}

/**
 * dscale[c,:] = sum of dy[r,:] * xn[r,:] over the rows r of chunk c, for chunks [begin, end) of `chunk` rows, the last one shorter.
 * x, dy: [rows, cols], dscale: [chunks, cols]. Not in place. @writes dscale
 */
export function layerNormScaleGrad(begin: i32, end: i32, rows: i32, cols: i32, chunk: i32, epsilon: f32, centre: i32, x: usize, dy: usize, dscale: usize): void {
  assert(begin >= 0 && rows >= 0 && cols >= 0 && chunk > 0);
  const width = <usize>cols << 2;
  x += <usize>(begin * chunk) * width;
  dy += <usize>(begin * chunk) * width;
  dscale += <usize>begin * width;
  for (; begin < end; begin++) {
    memory.fill(dscale, 0, width);
    for (let r = min(chunk, rows - begin * chunk); r > 0; r--) {
      const known = statistics(sumsOfRow(x, cols), x, cols, epsilon, centre);
      const mean = first(known), s = second(known);
      const limit = x + width;
      let y = dscale;
      for (; x + 32 <= limit; x += 32) {
        const a = f32x4.mul(f32x4.sub(v128.load(x), mean), s);
        const b = f32x4.mul(f32x4.sub(v128.load(x, 16), mean), s);
        v128.store(y, fma(v128.load(dy), a, v128.load(y)));
        v128.store(y, fma(v128.load(dy, 16), b, v128.load(y, 16)), 16);
        dy += 32;
        y += 32;
      }
      for (; x < limit; x += 4) {
        const a = f32x4.mul(f32x4.sub(v128.load32_zero(x), mean), s);
        v128.store32_lane(y, fma(v128.load32_zero(dy), a, v128.load32_zero(y)), 0);
        dy += 4;
        y += 4;
      }
    }
    dscale += width;
  }
}

/** (x - mean) * factor + offset of four columns, or of one, of `rows` rows: 4 or 1. */
// @ts-ignore: decorator
@inline
function normalizeColumns(x: usize, width: usize, rows: i32, mean: v128, factor: v128, offset: v128, y: usize, four: bool): void {
  for (let r = 0; r < rows; r++) {
    const v = fma(f32x4.sub(four ? v128.load(x) : v128.load32_zero(x), mean), factor, offset);
    if (four) v128.store(y, v);
    else v128.store32_lane(y, v, 0);
    x += width;
    y += width;
  }
}

/**
 * y[r,:] = (x[r,:] - mean[g,:]) * factor[g,:] + offset[g,:] with g = r / each, for rows r in [begin, end). x, y: [rows, cols],
 * mean, factor, offset: [rows / each, cols]. In place: y may be x. @writes y
 */
export function channelNorm(begin: i32, end: i32, cols: i32, each: i32, x: usize, mean: usize, factor: usize, offset: usize, y: usize): void {
  assert(begin >= 0 && cols >= 0 && each > 0);
  const width = <usize>cols << 2;
  x += <usize>begin * width;
  y += <usize>begin * width;
  while (begin < end) {
    const group = begin / each;
    const left = min((group + 1) * each, end) - begin;
    const rows = left < 4 ? 1 : 4;
    const first = <usize>group * width;
    const m = mean + first, f = factor + first, b = offset + first;
    let c: usize = 0;
    for (; c + 16 <= width; c += 16) normalizeColumns(x + c, width, rows, v128.load(m + c), v128.load(f + c), v128.load(b + c), y + c, true);
    for (; c < width; c += 4) {
      normalizeColumns(x + c, width, rows, v128.load32_zero(m + c), v128.load32_zero(f + c), v128.load32_zero(b + c), y + c, false);
    }
    begin += rows;
    x += <usize>rows * width;
    y += <usize>rows * width;
  }
}
