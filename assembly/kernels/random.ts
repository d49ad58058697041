/**
 * @file Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As
 * Easy as 1, 2, 3", 2011).
 *
 * Key: (state[0], state[1] + ordinal). Element e takes word (e >> 2) & 1 of counter ((e >> 3) * 4 + (e & 3), 0): eight neighbours
 * come from four counters, one in each lane, and an element's bits do not depend on the range that is computed.
 * The distributions write bits strip by strip and turn each strip into numbers in place while it is in the first-level cache.
 */
import { log4 } from "../math";
import { fma, loadFirst, storeFirst } from "../simd";

/** Threefry's parity constant (Skein's key schedule). */
const PARITY: i32 = 0x1bd11bda;
/** Elements of a strip: 4 kB. A multiple of 8, so that strips begin with a group. */
const STRIP: i32 = 1024;

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** Stores those lanes of v, elements [at, at + 4), that lie in [begin, end). */
function storeWithin(y: usize, v: v128, at: i32, begin: i32, end: i32): void {
  const p = y + (<usize>at << 2);
  if (at >= begin && at + 4 <= end) return v128.store(p, v);
  if (at >= begin && at < end) v128.store32_lane(p, v, 0);
  if (at + 1 >= begin && at + 1 < end) v128.store32_lane(p, v, 1, 4);
  if (at + 2 >= begin && at + 2 < end) v128.store32_lane(p, v, 2, 8);
  if (at + 3 >= begin && at + 3 < end) v128.store32_lane(p, v, 3, 12);
}

/** y[e] = 32 random bits for elements [begin, end). state: two i32, the key; y: [n] i32. @writes y */
export function randomBits(begin: i32, end: i32, ordinal: i32, state: usize, y: usize): void {
  const key0 = load<i32>(state);
  const key1 = load<i32>(state, 4) + ordinal;
  const key2 = PARITY ^ key0 ^ key1;
  const k0 = i32x4.splat(key0), k1 = i32x4.splat(key1), k2 = i32x4.splat(key2);
  for (let group = begin >> 3; group << 3 < end; group++) {
    let a = i32x4.add(i32x4.add(i32x4.splat(group << 2), i32x4(0, 1, 2, 3)), k0);
    let b = k1;
    // Five times four rounds; after each a key injection. Rotations alternate between two sets of four.
    let first = k1, next = k2, last = k0;
    for (let injection = 1; injection <= 5; injection++) {
      const odd = injection & 1;
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, odd ? 13 : 17), a);
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, odd ? 15 : 29), a);
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, odd ? 26 : 16), a);
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, odd ? 6 : 24), a);
      a = i32x4.add(a, first);
      b = i32x4.add(b, i32x4.add(next, i32x4.splat(injection)));
      const used = first;
      first = next;
      next = last;
      last = used;
    }
    storeWithin(y, a, group << 3, begin, end);
    storeWithin(y, b, (group << 3) + 4, begin, end);
  }
}

/** The largest float below x. */
function below(x: f32): f32 {
  if (x == 0) return -f32.MIN_VALUE;
  const bits = reinterpret<i32>(x);
  return reinterpret<f32>(x > 0 ? bits - 1 : bits + 1);
}

/** y = lo + (hi - lo) u, u uniform on multiples of 2^-24 in [0, 1); always below hi unless lo == hi. state, y as in randomBits. @writes y */
export function randomUniform(begin: i32, end: i32, ordinal: i32, lo: f32, hi: f32, state: usize, y: usize): void {
  const start = f32x4.splat(lo), width = f32x4.splat((hi - lo) * <f32>5.9604644775390625e-8);
  const most = f32x4.splat(hi > lo ? below(hi) : hi);
  for (let strip = begin; strip < end; strip = (strip + STRIP) & -STRIP) {
    const stop = min(end, (strip + STRIP) & -STRIP);
    randomBits(strip, stop, ordinal, state, y);
    for (let i = strip; i < stop; i += 4) {
      const p = y + (<usize>i << 2);
      const u = f32x4.convert_i32x4_u(i32x4.shr_u(loadFirst(p, stop - i), 8));
      storeFirst(p, f32x4.pmin(fma(u, width, start), most), stop - i);
    }
  }
}

/** y = lo + floor(u (hi - lo)), u uniform in [0, 1) in steps of 2^-32: whole numbers in [lo, hi), hi > lo. state, y as in randomBits. @writes y */
export function randomInt(begin: i32, end: i32, ordinal: i32, lo: i32, hi: i32, state: usize, y: usize): void {
  randomBits(begin, end, ordinal, state, y);
  const width = <u64><u32>(hi - lo);
  for (let i = begin; i < end; i++) {
    const p = y + (<usize>i << 2);
    store<i32>(p, lo + <i32>((<u64>load<u32>(p) * width) >> 32));
  }
}

// erfinv in single precision (Giles, "Approximating the erfinv function", 2010): polynomials in w = -log(1 - x^2), one for w < 5
// and one in sqrt(w) beyond; relative error below 3.5e-7 together.
const CENTRE = memory.data<f32>([2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941]);
const TAIL = memory.data<f32>([-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682]);

/** erfinv(x) for |x| < 1. */
function erfinv4(x: v128): v128 {
  const one = f32x4.splat(1);
  // (1 - x)(1 + x) keeps the digits that 1 - x^2 would lose near 1.
  const w = f32x4.neg(log4(f32x4.mul(f32x4.sub(one, x), f32x4.add(one, x))));
  const central = f32x4.lt(w, f32x4.splat(5));
  const t = v128.bitselect(f32x4.sub(w, f32x4.splat(2.5)), f32x4.sub(f32x4.sqrt(w), f32x4.splat(3)), central);
  let p = v128.bitselect(v128.load32_splat(CENTRE), v128.load32_splat(TAIL), central);
  for (let i: usize = 4; i <= 32; i += 4) p = fma(p, t, v128.bitselect(v128.load32_splat(CENTRE + i), v128.load32_splat(TAIL + i), central));
  return f32x4.mul(p, x);
}

/** y = mean + scale * erfinv(bound * x), x uniform on odd multiples of 2^-24 in (-1, 1), limited to mean +- limit. */
function fromInverse(begin: i32, end: i32, ordinal: i32, mean: f32, scale: f32, bound: f32, limit: f32, state: usize, y: usize): void {
  const centre = f32x4.splat(mean), factor = f32x4.splat(scale), range = f32x4.splat(bound);
  const most = f32x4.splat(limit), least = f32x4.splat(-limit);
  for (let strip = begin; strip < end; strip = (strip + STRIP) & -STRIP) {
    const stop = min(end, (strip + STRIP) & -STRIP);
    randomBits(strip, stop, ordinal, state, y);
    for (let i = strip; i < stop; i += 4) {
      const p = y + (<usize>i << 2);
      // 2k + 1 - 2^24 for k of 24 bits: odd, exact, never 0 or +-2^24.
      const k = i32x4.shr_u(loadFirst(p, stop - i), 8);
      const odd = i32x4.sub(i32x4.add(i32x4.shl(k, 1), i32x4.splat(1)), i32x4.splat(1 << 24));
      const x = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(odd), f32x4.splat(5.9604644775390625e-8)), range);
      const z = f32x4.pmax(f32x4.pmin(f32x4.mul(erfinv4(x), factor), most), least);
      storeFirst(p, f32x4.add(z, centre), stop - i);
    }
  }
}

/** Square root of 2. */
const ROOT: f32 = 1.4142135623730951;

/** y = mean + std z, z normal, by the inverse of its distribution; |z| reaches 5.4. state, y as in randomBits. @writes y */
export function randomNormal(begin: i32, end: i32, ordinal: i32, mean: f32, std: f32, state: usize, y: usize): void {
  fromInverse(begin, end, ordinal, mean, std * ROOT, 1, Infinity, state, y);
}

/** y = mean + std z, z normal given |z| <= 2: the inverse on erf(sqrt(2)) of the range, without rejection. state, y as in randomBits. @writes y */
export function truncatedNormal(begin: i32, end: i32, ordinal: i32, mean: f32, std: f32, state: usize, y: usize): void {
  fromInverse(begin, end, ordinal, mean, std * ROOT, 0.9544997361036416, 2 * abs(std), state, y);
}
