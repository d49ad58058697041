/** @file Scans: running sums and products along an axis, and the recurrence that their gradients are made of. */
import { fma } from "../simd";

const SUM: i32 = 0;
const PROD: i32 = 1;
const SUM_I32: i32 = 2;

// @ts-ignore: decorator
@inline
function combine(a: v128, b: v128, kind: i32): v128 {
  if (kind == SUM) return f32x4.add(a, b);
  if (kind == PROD) return f32x4.mul(a, b);
  return kind == SUM_I32 ? i32x4.add(a, b) : i32x4.mul(a, b);
}

/** Scans n consecutive elements: within a vector in two steps of shifted lanes, then on from the last vector. */
// @ts-ignore: decorator
@inline
function scanRow(n: i32, kind: i32, none: v128, exclusive: i32, reverse: i32, x: usize, y: usize): void {
  let carry = none;
  let at: usize = reverse ? (<usize>n << 2) - 16 : 0;
  const step: usize = reverse ? -16 : 16;
  for (; n >= 4; n -= 4) {
    let v = v128.load(x + at);
    if (reverse) v = v128.shuffle<i32>(v, v, 3, 2, 1, 0);
    v = combine(v, v128.shuffle<i32>(none, v, 0, 4, 5, 6), kind);
    v = combine(v, v128.shuffle<i32>(none, v, 0, 1, 4, 5), kind);
    // The next vector waits for this combination alone.
    const next = combine(carry, v128.shuffle<i32>(v, v, 3, 3, 3, 3), kind);
    v = combine(carry, exclusive ? v128.shuffle<i32>(none, v, 0, 4, 5, 6) : v, kind);
    if (reverse) v = v128.shuffle<i32>(v, v, 3, 2, 1, 0);
    v128.store(y + at, v);
    carry = next;
    at += step;
  }
  if (reverse) at += 12;
  for (; n > 0; n--) {
    const v = combine(carry, v128.load32_zero(x + at), kind);
    v128.store_lane<i32>(y + at, exclusive ? carry : v, 0);
    carry = v;
    at += reverse ? -4 : 4;
  }
}

/** y[o,r,i] = x[o,q,i] combined over q <= r (q < r if exclusive; q >= r and q > r if reverse), for the lines (o, i) in [begin, end), counted
 * over outer * inner. x, y: [outer, rows, inner]. kind: 0 the sum, 1 the product; 2 and 3 those of i32, which wrap. Not in place. @writes y */
export function scan(begin: i32, end: i32, rows: i32, inner: i32, kind: i32, exclusive: i32, reverse: i32, x: usize, y: usize): void {
  assert(begin >= 0 && rows >= 0 && inner >= 0 && kind >= 0 && kind <= 3);
  let none = i32x4.splat(0);
  if (kind == PROD) none = f32x4.splat(1);
  else if (kind > SUM_I32) none = i32x4.splat(1);
  if (rows == 0) return;
  const width = <usize>inner << 2, height = <usize>(rows - 1) * width;
  const step: usize = reverse ? 0 - width : width;
  while (begin < end) {
    const o = begin / inner;
    const column = begin - o * inner;
    const columns = min(inner - column, end - begin);
    let from = (<usize>o * <usize>rows * <usize>inner + <usize>column) << 2;
    begin += columns;
    if (inner == 1) {
      if (kind == SUM) scanRow(rows, SUM, none, exclusive, reverse, x + from, y + from);
      else if (kind == PROD) scanRow(rows, PROD, none, exclusive, reverse, x + from, y + from);
      else scanRow(rows, kind, none, exclusive, reverse, x + from, y + from);
      continue;
    }
    if (reverse) from += height;
    // A row is the one before combined with x: of the same row, or of the one before if exclusive.
    for (let r = 0; r < rows; r++) {
      let q = y + from, p = x + (exclusive ? from - step : from);
      const last = q + (<usize>columns << 2);
      if (r == 0 && exclusive) for (; q < last; q += 4) v128.store_lane<i32>(q, none, 0);
      else if (r == 0) memory.copy(q, p, <usize>columns << 2);
      else {
        for (; q + 16 <= last; q += 16, p += 16) v128.store(q, combine(v128.load(q - step), v128.load(p), kind));
        for (; q < last; q += 4, p += 4) v128.store_lane<i32>(q, combine(v128.load32_zero(q - step), v128.load32_zero(p), kind), 0);
      }
      from += step;
    }
  }
}

/** One element of each of four lines, `line` bytes apart. */
// @ts-ignore: decorator
@inline
function loadLines(p: usize, line: usize): v128 {
  const front = v128.load_lane<f32>(p + line, v128.load32_zero(p), 1);
  p += 2 * line;
  return v128.load_lane<f32>(p + line, v128.load_lane<f32>(p, front, 2), 3);
}

/**
 * y[o,r,i] = v[r] = b[o,q,i] + a[o,q,i] v[q] with q = r - 1, and 0 for r = 0 (q = r + 1, and 0 for the last r, if reverse), for the lines (o, i) in
 * [begin, end), counted over outer * inner. Unless mode is 0, y[o,r,i] = v[r] z[o,r,i], where the last of z in that order is taken for 1; if it is
 * 2, v[r] = b[o,r,i] + a[o,q,i] v[q], and the next of z. a, b, z, y: [outer, rows, inner]. Not in place. @writes y
 */
export function recurrence(begin: i32, end: i32, rows: i32, inner: i32, reverse: i32, mode: i32, a: usize, b: usize, z: usize, y: usize): void {
  assert(begin >= 0 && rows >= 0 && inner >= 0 && mode >= 0 && mode <= 2);
  if (rows == 0) return;
  const width = <usize>inner << 2, height = <usize>(rows - 1) * width;
  const step: usize = reverse ? 0 - width : width;
  const first = b;
  if (mode == 2) {
    b += step;
    z += step;
  }
  while (begin < end) {
    const o = begin / inner;
    const column = begin - o * inner;
    const columns = min(inner - column, end - begin);
    let at = (<usize>o * <usize>rows * <usize>inner + <usize>column) << 2;
    if (reverse) at += height;
    if (inner == 1 && begin + 4 <= end) {
      const line = <usize>rows << 2;
      let v = mode == 2 ? loadLines(first + at, line) : i32x4.splat(0);
      for (let r = rows; r > 0; r--) {
        const q = y + at, s = q + 2 * line;
        const u = mode && r > 1 ? f32x4.mul(v, loadLines(z + at, line)) : v;
        v128.store_lane<f32>(q, u, 0);
        v128.store_lane<f32>(q + line, u, 1);
        v128.store_lane<f32>(s, u, 2);
        v128.store_lane<f32>(s + line, u, 3);
        if (r > 1) v = fma(loadLines(a + at, line), v, loadLines(b + at, line));
        at += step;
      }
      begin += 4;
      continue;
    }
    begin += columns;
    if (mode == 2) memory.copy(y + at, first + at, <usize>columns << 2);
    else memory.fill(y + at, 0, <usize>columns << 2);
    for (let r = 1; r < rows; r++) {
      const last = at + (<usize>columns << 2);
      let p = at;
      for (; p + 16 <= last; p += 16) {
        const v = v128.load(y + p);
        v128.store(y + p + step, fma(v128.load(a + p), v, v128.load(b + p)));
        if (mode) v128.store(y + p, f32x4.mul(v, v128.load(z + p)));
      }
      for (; p < last; p += 4) {
        const v = v128.load32_zero(y + p);
        v128.store_lane<f32>(y + p + step, fma(v128.load32_zero(a + p), v, v128.load32_zero(b + p)), 0);
        if (mode) v128.store_lane<f32>(y + p, f32x4.mul(v, v128.load32_zero(z + p)), 0);
      }
      at += step;
    }
  }
}

/** Whether products and quotients with v are exact to the last bit or two. */
// @ts-ignore: decorator
@inline
function isNormal(v: f32): bool {
  return abs(v) >= 1.1754943508222875e-38 && abs(v) <= 3.4028234663852886e38;
}

/**
 * dx[o,r,i] = dy[o,i] times the product of x[o,q,i] over q != r, without a division, for those of the lines (o, i) in [begin, end), counted over
 * outer * inner, where y dy / x does not tell it: y, the product of all, or y dy is 0, denormal or not finite. x, dx: [outer, rows, inner],
 * y, dy: [outer, inner]. @updates dx
 */
export function prodOthers(begin: i32, end: i32, rows: i32, inner: i32, x: usize, y: usize, dy: usize, dx: usize): void {
  assert(begin >= 0 && rows >= 0 && inner >= 0);
  const step = <usize>inner << 2;
  for (; begin < end; begin++) {
    const all = load<f32>(y + (<usize>begin << 2)), from = load<f32>(dy + (<usize>begin << 2));
    if (isNormal(all) && (from == 0 || isNormal(all * from))) continue;
    const o = begin / inner;
    let at = (<usize>o * <usize>rows * <usize>inner + <usize>(begin - o * inner)) << 2;
    let product: f32 = 1;
    for (let r = rows; r > 0; r--, at += step) {
      store<f32>(dx + at, product);
      product *= load<f32>(x + at);
    }
    product = from;
    for (let r = rows; r > 0; r--) {
      at -= step;
      store<f32>(dx + at, load<f32>(dx + at) * product);
      product *= load<f32>(x + at);
    }
  }
}
