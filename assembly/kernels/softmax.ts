/**
 * @file Softmax, log-softmax and the cross-entropy of logits with class numbers, over rows of `cols` contiguous floats.
 *
 * Rows are shifted by their maximum, so exp never overflows. As in PyTorch a row that holds NaN or +infinity, or only -infinity,
 * is NaN throughout; -infinity beside finite numbers has probability 0. A row is reduced in an order that follows from cols alone:
 * two accumulators of four lanes, the first also for what is left of the last eight elements.
 */
import { log4 } from "../math";
import { fma, horizontalSum, storeFirst } from "../simd";

const LOG2_E = memory.data<f32>([1.4426950408889634]);
/** Powers of two from here on are flushed to 0. */
const LEAST = memory.data<f32>([-127.0]);
/** 1.5 * 2^23 + 127: adding it to t rounds t to an integer n and leaves the biased exponent of 2^n in the low bits. */
const ROUND_BIASED = memory.data<f32>([12583039.0]);
/**
 * 2^f for |f| <= 1/2 is (f (f + FIRST_1) + FIRST_0) * (f (f + SECOND_1) + SECOND_0) * (LINEAR_1 f + LINEAR_0): the minimax
 * polynomial of degree 5 (relative error 1.2 * 2^-24) in its real factors, which take fewer operations than Horner's rule or
 * Estrin's and wait less for each other. Relative error with rounding: 4.9 * 2^-24; 2^0 is exactly 1.
 */
const FIRST_1 = memory.data<f32>([-0.6849100589752197]);
const FIRST_0 = memory.data<f32>([20.362548828125]);
const SECOND_1 = memory.data<f32>([4.794126033782959]);
const SECOND_0 = memory.data<f32>([11.654329299926758]);
const LINEAR_1 = memory.data<f32>([0.0013291484210640192]);
const LINEAR_0 = memory.data<f32>([0.004213864915072918]);

/** Four copies of a constant. */
// @ts-ignore: decorator
@inline
function splat(constant: usize): v128 {
  return v128.load32_splat(constant);
}

// exp4 of math.ts is exact to an ULP for any argument. Here the argument is x - max <= 0, rounded already: one multiplication by
// log2(e) for the whole reduction adds an error of that size, at most 2^-25 of the row's largest. Together with the halves below,
// which let a loop begin one vector while it ends another, that makes softmax 1.6 times as fast.

/** First half of exp(x - max): (x - max) * log2(e), not below LEAST. pmax returns its first operand if that is NaN. */
// @ts-ignore: decorator
@inline
function toPower(x: v128, max: v128): v128 {
  return f32x4.pmax(f32x4.mul(f32x4.sub(x, max), splat(LOG2_E)), splat(LEAST));
}

/** f = t - n, for rounded = t + ROUND_BIASED. */
// @ts-ignore: decorator
@inline
function fraction(t: v128, rounded: v128): v128 {
  return f32x4.sub(t, f32x4.sub(rounded, splat(ROUND_BIASED)));
}

/** Second half: 2^n * 2^f. */
// @ts-ignore: decorator
@inline
function power(f: v128, rounded: v128): v128 {
  const first = fma(f, f32x4.add(f, splat(FIRST_1)), splat(FIRST_0));
  const second = fma(f, f32x4.add(f, splat(SECOND_1)), splat(SECOND_0));
  const linear = fma(splat(LINEAR_1), f, splat(LINEAR_0));
  return f32x4.mul(f32x4.mul(first, i32x4.shl(rounded, 23)), f32x4.mul(second, linear));
}

/** exp(x - max). */
// @ts-ignore: decorator
@inline
function expShifted(x: v128, max: v128): v128 {
  const t = toPower(x, max);
  const rounded = f32x4.add(t, splat(ROUND_BIASED));
  return power(fraction(t, rounded), rounded);
}

/** The first `count` (at least 1; more than 4 count as 4) of four floats; the others are `padding`. */
// @ts-ignore: decorator
@inline
function loadPadded(p: usize, count: i32, padding: v128): v128 {
  if (count >= 4) return v128.load(p);
  let v = v128.load_lane<f32>(p, padding, 0);
  if (count > 1) v = v128.load_lane<f32>(p, v, 1, 4);
  if (count > 2) v = v128.load_lane<f32>(p, v, 2, 8);
  return v;
}

/** Maximum of n floats in all lanes; NaN may be overlooked, for exp(NaN) will not be. */
function maxOfRow(x: usize, n: i32): v128 {
  const end = x + (<usize>n << 2);
  let a = f32x4.splat(-Infinity);
  if (n >= 16) {
    let b = a, c = a, d = a;
    for (; x + 64 <= end; x += 64) {
      a = f32x4.pmax(a, v128.load(x));
      b = f32x4.pmax(b, v128.load(x, 16));
      c = f32x4.pmax(c, v128.load(x, 32));
      d = f32x4.pmax(d, v128.load(x, 48));
    }
    a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  }
  for (; x + 16 <= end; x += 16) a = f32x4.pmax(a, v128.load(x));
  for (; x < end; x += 4) a = f32x4.pmax(a, v128.load32_splat(x));
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
}

/** Sum of exp(x - max) over n floats. The terms go to y, which may be x, unless it is 0. */
function sumOfExp(x: usize, n: i32, max: v128, y: usize): f32 {
  const end = x + (<usize>n << 2);
  let a = f32x4.splat(0);
  if (n >= 8) {
    let b = a;
    let t = toPower(v128.load(x), max), u = toPower(v128.load(x, 16), max);
    let rt = f32x4.add(t, splat(ROUND_BIASED)), ru = f32x4.add(u, splat(ROUND_BIASED));
    t = fraction(t, rt);
    u = fraction(u, ru);
    for (const last = end - 32; x <= last; ) {
      const p = power(t, rt), q = power(u, ru);
      x += 32;
      // Past the end there is nothing to begin: the last eight once more, for nothing.
      const next = x <= last ? x : last;
      t = toPower(v128.load(next), max);
      u = toPower(v128.load(next, 16), max);
      rt = f32x4.add(t, splat(ROUND_BIASED));
      ru = f32x4.add(u, splat(ROUND_BIASED));
      t = fraction(t, rt);
      u = fraction(u, ru);
      a = f32x4.add(a, p);
      b = f32x4.add(b, q);
      if (y) {
        v128.store(y, p);
        v128.store(y, q, 16);
        y += 32;
      }
    }
    a = f32x4.add(a, b);
  }
  while (x < end) {
    const count = i32((end - x) >> 2);
    // exp(-infinity) = 0. An infinite max makes NaN of it; but then the row has NaN anyway.
    const p = expShifted(loadPadded(x, count, f32x4.splat(-Infinity)), max);
    a = f32x4.add(a, p);
    if (y) {
      storeFirst(y, p, count);
      y += 16;
    }
    x += 16;
  }
  return horizontalSum(a);
}

/** y[:] *= factor, and beside it the maximum of x, the row after: two passes that wait for memory in the time of one. */
function scaleAndMax(y: usize, n: i32, factor: v128, x: usize): v128 {
  const end = x + (<usize>n << 2);
  let a = f32x4.splat(-Infinity), b = a;
  for (; x + 32 <= end; x += 32) {
    v128.store(y, f32x4.mul(v128.load(y), factor));
    v128.store(y, f32x4.mul(v128.load(y, 16), factor), 16);
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
    y += 32;
  }
  for (; x < end; x += 4) {
    store<f32>(y, load<f32>(y) * f32x4.extract_lane(factor, 0));
    a = f32x4.pmax(a, v128.load32_splat(x));
    y += 4;
  }
  a = f32x4.pmax(a, b);
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
}

/** log of the sum of exp(x - max), in all lanes. */
function logOfSum(x: usize, n: i32, max: v128): v128 {
  return log4(f32x4.splat(sumOfExp(x, n, max, 0)));
}

/** Sum of a[i] * b[i] over n floats, in all lanes. */
function dot(a: usize, b: usize, n: i32): v128 {
  const end = a + (<usize>n << 2);
  let s = f32x4.splat(0), t = s;
  for (; a + 32 <= end; a += 32) {
    s = fma(v128.load(a), v128.load(b), s);
    t = fma(v128.load(a, 16), v128.load(b, 16), t);
    b += 32;
  }
  s = f32x4.add(s, t);
  for (; a < end; a += 4) {
    s = fma(v128.load32_zero(a), v128.load32_zero(b), s);
    b += 4;
  }
  return f32x4.splat(horizontalSum(s));
}

/** Sum of n floats, in all lanes. */
function sumOfRow(x: usize, n: i32): v128 {
  const end = x + (<usize>n << 2);
  let s = f32x4.splat(0), t = s;
  for (; x + 32 <= end; x += 32) {
    s = f32x4.add(s, v128.load(x));
    t = f32x4.add(t, v128.load(x, 16));
  }
  s = f32x4.add(s, t);
  for (; x < end; x += 4) s = f32x4.add(s, v128.load32_zero(x));
  return f32x4.splat(horizontalSum(s));
}

/** y[r,:] = exp(x[r,:]) / sum exp(x[r,:]) for rows r in [begin, end). x, y: [rows, cols]. In place: y may be x. @writes y */
export function softmax(begin: i32, end: i32, cols: i32, x: usize, y: usize): void {
  assert(begin >= 0 && cols >= 0);
  if (begin >= end) return;
  const width = <usize>cols << 2;
  x += <usize>begin * width;
  y += <usize>begin * width;
  let max = maxOfRow(x, cols);
  while (begin < end) {
    const factor = f32x4.splat(<f32>1.0 / sumOfExp(x, cols, max, y));
    begin++;
    if (begin < end) x += width;
    max = scaleAndMax(y, cols, factor, x);
    y += width;
  }
}

/** y[r,:] = x[r,:] - log sum exp(x[r,:]) for rows r in [begin, end). x, y: [rows, cols]. In place: y may be x. @writes y */
export function logSoftmax(begin: i32, end: i32, cols: i32, x: usize, y: usize): void {
  assert(begin >= 0 && cols >= 0);
  const width = <usize>cols << 2;
  x += <usize>begin * width;
  y += <usize>begin * width;
  for (; begin < end; begin++) {
    const max = maxOfRow(x, cols);
    const log = logOfSum(x, cols, max);
    const limit = x + width;
    for (; x + 16 <= limit; x += 16) {
      v128.store(y, f32x4.sub(f32x4.sub(v128.load(x), max), log));
      y += 16;
    }
    for (; x < limit; x += 4) {
      v128.store_lane<f32>(y, f32x4.sub(f32x4.sub(v128.load32_zero(x), max), log), 0);
      y += 4;
    }
  }
}

/**
 * dx[r,:] = y[r,:] * (dy[r,:] - sum y[r,:] dy[r,:]) for rows r in [begin, end): the gradient of y = softmax(x).
 * y, dy, dx: [rows, cols]. In place: dx may be y or dy. @writes dx
 */
export function softmaxGrad(begin: i32, end: i32, cols: i32, y: usize, dy: usize, dx: usize): void {
  assert(begin >= 0 && cols >= 0);
  const width = <usize>cols << 2;
  const first = <usize>begin * width;
  y += first;
  dy += first;
  dx += first;
  for (; begin < end; begin++) {
    const s = dot(y, dy, cols);
    const limit = y + width;
    for (; y + 16 <= limit; y += 16) {
      v128.store(dx, f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), s)));
      dy += 16;
      dx += 16;
    }
    for (; y < limit; y += 4) {
      v128.store_lane<f32>(dx, f32x4.mul(v128.load32_zero(y), f32x4.sub(v128.load32_zero(dy), s)), 0);
      dy += 4;
      dx += 4;
    }
  }
}

/**
 * dx[r,:] = dy[r,:] - exp(y[r,:]) * sum dy[r,:] for rows r in [begin, end): the gradient of y = logSoftmax(x), which is never
 * positive. y, dy, dx: [rows, cols]. In place: dx may be y or dy. @writes dx
 */
export function logSoftmaxGrad(begin: i32, end: i32, cols: i32, y: usize, dy: usize, dx: usize): void {
  assert(begin >= 0 && cols >= 0);
  const width = <usize>cols << 2;
  const first = <usize>begin * width, zero = f32x4.splat(0);
  y += first;
  dy += first;
  dx += first;
  for (; begin < end; begin++) {
    const s = sumOfRow(dy, cols);
    const limit = y + width;
    for (; y + 16 <= limit; y += 16) {
      v128.store(dx, f32x4.sub(v128.load(dy), f32x4.mul(expShifted(v128.load(y), zero), s)));
      dy += 16;
      dx += 16;
    }
    for (; y < limit; y += 4) {
      v128.store_lane<f32>(dx, f32x4.sub(v128.load32_zero(dy), f32x4.mul(expShifted(v128.load32_zero(y), zero), s)), 0);
      dy += 4;
      dx += 4;
    }
  }
}

/**
 * loss[r] = log sum exp(logits[r,:]) - logits[r,labels[r]] for rows r in [begin, end); NaN for a label outside [0, cols).
 * logits: [rows, cols], labels: i32 [rows], loss: [rows]. Not in place. @writes loss
 */
export function sparseCrossEntropy(begin: i32, end: i32, cols: i32, logits: usize, labels: usize, loss: usize): void {
  assert(begin >= 0 && cols >= 0);
  for (; begin < end; begin++) {
    const row = logits + ((<usize>begin * <usize>cols) << 2);
    const label = load<u32>(labels + (<usize>begin << 2));
    let value: f32 = NaN;
    if (label < <u32>cols) {
      const max = maxOfRow(row, cols);
      const log = f32x4.extract_lane(logOfSum(row, cols, max), 0);
      value = log + (f32x4.extract_lane(max, 0) - load<f32>(row + (<usize>label << 2)));
    }
    store<f32>(loss + (<usize>begin << 2), value);
  }
}

/**
 * dlogits[r,:] = (softmax(logits[r,:]) - onehot(labels[r])) * dloss[r] for rows r in [begin, end); NaN for a label outside
 * [0, cols). logits, dlogits: [rows, cols], labels: i32 [rows], dloss: [rows]. In place: dlogits may be logits. @writes dlogits
 */
export function sparseCrossEntropyGrad(begin: i32, end: i32, cols: i32, logits: usize, labels: usize, dloss: usize, dlogits: usize): void {
  assert(begin >= 0 && cols >= 0);
  if (begin >= end) return;
  const width = <usize>cols << 2;
  logits += <usize>begin * width;
  dlogits += <usize>begin * width;
  let max = maxOfRow(logits, cols);
  while (begin < end) {
    const label = load<u32>(labels + (<usize>begin << 2));
    const valid = label < <u32>cols;
    const d = valid ? load<f32>(dloss + (<usize>begin << 2)) : NaN;
    const factor = f32x4.splat(d / sumOfExp(logits, cols, max, dlogits));
    begin++;
    if (begin < end) logits += width;
    max = scaleAndMax(dlogits, cols, factor, logits);
    if (valid) {
      const target = dlogits + (<usize>label << 2);
      store<f32>(target, load<f32>(target) - d);
    }
    dlogits += width;
  }
}
