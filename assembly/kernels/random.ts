/**
 * @file Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As
 * Easy as 1, 2, 3", 2011), and distributions made of its bits.
 *
 * Key: (state[0], state[1] + ordinal); the ordinal tells apart the uses of one state. Element e takes word (e >> 2) & 1 of counter
 * ((e >> 3) * 4 + (e & 3), 0): eight neighbours come from four counters, one in each lane, and an element's bits do not depend on
 * the range that is computed. Bits, uniform numbers, integers and masks are the same in both builds.
 */
import { exp4, log4 } from "../math";
import { fma, loadFirst, storeFirst } from "../simd";

/** Threefry's parity constant (Skein's key schedule). */
const PARITY: i32 = 0x1bd11bda;
/** Elements that are made bits first and then what is asked for: 4 kB, in the first-level cache. A multiple of 8. */
const STRIP: i32 = 1024;

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** Four rounds and an injection of the key, for the pairs of words in [p, limit). */
// @ts-ignore: decorator
@inline
function fourRounds(p: usize, limit: usize, r0: i32, r1: i32, r2: i32, r3: i32, key0: v128, key1: v128): void {
  for (; p < limit; p += 32) {
    let a = v128.load(p), b = v128.load(p, 16);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, r0), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, r1), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, r2), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, r3), a);
    v128.store(p, i32x4.add(a, key0));
    v128.store(p, i32x4.add(b, key1), 16);
  }
}

/**
 * Bits of elements [begin, end), multiples of 8. Every four rounds are a pass over y, which holds both words of its counters in
 * between: the rounds of many counters run side by side, which is four times as fast as one counter after another.
 */
function wholeGroups(begin: i32, end: i32, key0: i32, key1: i32, y: usize): void {
  const first = y + (<usize>begin << 2);
  const limit = y + (<usize>end << 2);
  let counters = i32x4.add(i32x4.splat((begin >> 1) + key0), i32x4(0, 1, 2, 3));
  for (let p = first; p < limit; p += 32) {
    v128.store(p, counters);
    v128.store(p, i32x4.splat(key1), 16);
    counters = i32x4.add(counters, i32x4.splat(4));
  }
  let next = key1, afterNext = PARITY ^ key0 ^ key1, last = key0;
  for (let injection = 1; injection <= 5; injection++) {
    const add0 = i32x4.splat(next), add1 = i32x4.splat(afterNext + injection);
    if (injection & 1) fourRounds(first, limit, 13, 15, 26, 6, add0, add1);
    else fourRounds(first, limit, 17, 29, 16, 24, add0, add1);
    const used = next;
    next = afterNext;
    afterNext = last;
    last = used;
  }
}

/** Both words of one counter, the first one low. */
function threefry(counter0: i32, counter1: i32, key0: i32, key1: i32): u64 {
  let a = counter0 + key0, b = counter1 + key1;
  let next = key1, afterNext = PARITY ^ key0 ^ key1, last = key0;
  for (let injection = 1; injection <= 5; injection++) {
    // The four rotations, six bits each.
    let rotations = injection & 1 ? 13 | (15 << 6) | (26 << 12) | (6 << 18) : 17 | (29 << 6) | (16 << 12) | (24 << 18);
    for (; rotations != 0; rotations >>= 6) {
      a += b;
      b = rotl<i32>(b, rotations & 63) ^ a;
    }
    a += next;
    b += afterNext + injection;
    const used = next;
    next = afterNext;
    afterNext = last;
    last = used;
  }
  return <u64><u32>a | (<u64><u32>b << 32);
}

/** y[e] = 32 random bits for elements [begin, end). state: two i32, the key; y: [n] i32. @writes y */
export function randomBits(begin: i32, end: i32, ordinal: i32, state: usize, y: usize): void {
  assert(begin >= 0);
  const key0 = load<i32>(state), key1 = load<i32>(state, 4) + ordinal;
  while (begin < end) {
    if (begin & 7 || end - begin < 8) {
      const words = threefry(((begin >> 3) << 2) | (begin & 3), 0, key0, key1);
      store<i32>(y + (<usize>begin << 2), <i32>(begin & 4 ? words >> 32 : words));
      begin++;
    } else {
      const next = min(begin + STRIP, end & ~7);
      wholeGroups(begin, next, key0, key1, y);
      begin = next;
    }
  }
}

// ---- what is made of bits, with up to three parameters; classes without state fold away ----

/** Multiples of 2^-24 in [0, 1). */
// @ts-ignore: decorator
@inline
function unit(bits: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), f32x4.splat(5.9604644775390625e-8));
}

class Uniform {
  /** Rounding may reach the upper bound: `most` is the float below it. */
  @inline map(bits: v128, lo: v128, width: v128, most: v128): v128 {
    return f32x4.pmin(f32x4.add(f32x4.mul(unit(bits), width), lo), most);
  }
}

class Integer {
  /** The high half of bits * width. */
  @inline map(bits: v128, lo: v128, width: v128, _: v128): v128 {
    const low = i64x2.extmul_low_i32x4_u(bits, width);
    const high = i64x2.extmul_high_i32x4_u(bits, width);
    return i32x4.add(v128.shuffle<i32>(low, high, 1, 3, 5, 7), lo);
  }
}

class Mask {
  @inline map(bits: v128, keep: v128, value: v128, _: v128): v128 {
    return v128.and(f32x4.lt(unit(bits), keep), value);
  }
}

class Normal {
  @inline map(bits: v128, mean: v128, std: v128, limit: v128): v128 {
    return f32x4.add(f32x4.mul(normal4(bits, limit), std), mean);
  }
}

/**
 * sqrt(2) erfinv(x) / x as a polynomial of w - 2.5 for w = -log(1 - x^2) < 5 (relative error 2.4e-7), and of sqrt(w) - 3.4 up to
 * w = 22.2 (3.8e-7), lowest power first: the form of M. Giles, "Approximating the erfinv function" (2010), fitted anew so that it
 * holds sqrt(2) and all of the tail that 32 bits reach.
 */
const CENTRE = memory.data<f32>([
  2.1233132313074545, 0.34880356642978716, -0.00590604067860585, -0.001774263927670436,
  0.00030731555587878127, -5.805927658334731e-6, -4.500351429217787e-6, 4.4790358418764444e-7,
]);
const TAIL = memory.data<f32>([
  4.574674694918099, 1.4236000476501565, 0.0056210323922224, -0.0035393508985342996,
  0.002088458562016597, -0.001627405190102341, 0.0009660853150591247, -0.00023915445546426238,
]);

/** A coefficient in all four lanes. */
// @ts-ignore: decorator
@inline
function splat(p: usize): v128 {
  return v128.load32_splat(p);
}

/** The polynomial of degree 7 whose coefficients are at c, by Estrin's scheme: four steps deep. */
// @ts-ignore: decorator
@inline
function polynomial(v: v128, c: usize): v128 {
  const v2 = f32x4.mul(v, v);
  const low = fma(fma(splat(c + 12), v, splat(c + 8)), v2, fma(splat(c + 4), v, splat(c)));
  const high = fma(fma(splat(c + 28), v, splat(c + 24)), v2, fma(splat(c + 20), v, splat(c + 16)));
  return fma(high, f32x4.mul(v2, v2), low);
}

/**
 * z with the distribution of a standard normal number given that |z| <= limit, infinite or 2. The sign is one bit; the others are
 * t = 1 - |x| of the quantile z = sqrt(2) erfinv(x), so that tails are as fine as they go.
 */
function normal4(bits: v128, limit: v128): v128 {
  const part = f32x4.convert_i32x4_s(v128.and(bits, i32x4.splat(i32.MAX_VALUE)));
  let t = f32x4.mul(f32x4.add(part, f32x4.splat(0.5)), f32x4.splat(4.656612873077393e-10));
  // Within two deviations |x| ends at erf(sqrt(2)).
  const bounded = f32x4.add(f32x4.mul(t, f32x4.splat(0.9544997361036416)), f32x4.splat(0.04550026389635842));
  t = v128.bitselect(bounded, t, f32x4.eq(limit, f32x4.splat(2)));
  const w = f32x4.neg(log4(f32x4.mul(t, f32x4.sub(f32x4.splat(2), t))));
  let z = polynomial(f32x4.sub(w, f32x4.splat(2.5)), CENTRE);
  const inTail = f32x4.ge(w, f32x4.splat(5));
  if (v128.any_true(inTail)) z = v128.bitselect(polynomial(f32x4.sub(f32x4.sqrt(w), f32x4.splat(3.4)), TAIL), z, inTail);
  z = f32x4.pmin(f32x4.mul(z, f32x4.sub(f32x4.splat(1), t)), limit);
  return v128.or(z, v128.and(bits, i32x4.splat(i32.MIN_VALUE)));
}

/** y[e] = map(bits of element e, first, second, third) for elements [begin, end). */
// @ts-ignore: decorator
@inline
function make<M>(begin: i32, end: i32, ordinal: i32, first: v128, second: v128, third: v128, state: usize, y: usize): void {
  const m = changetype<M>(0);
  while (begin < end) {
    const next = min(end, (begin + STRIP) & -STRIP);
    randomBits(begin, next, ordinal, state, y);
    for (; begin < next; begin += 4) {
      const p = y + (<usize>begin << 2);
      storeFirst(p, m.map(loadFirst(p, next - begin), first, second, third), next - begin);
    }
    begin = next;
  }
}

/** The largest float below x. */
function below(x: f32): f32 {
  if (x == 0) return -f32.MIN_VALUE;
  return reinterpret<f32>(reinterpret<i32>(x) + (x > 0 ? -1 : 1));
}

/** y = lo + (hi - lo) u, u uniform on multiples of 2^-24 in [0, 1); always below hi unless lo == hi. state, y as in randomBits. @writes y */
export function randomUniform(begin: i32, end: i32, ordinal: i32, lo: f32, hi: f32, state: usize, y: usize): void {
  make<Uniform>(begin, end, ordinal, f32x4.splat(lo), f32x4.splat(hi - lo), f32x4.splat(hi > lo ? below(hi) : hi), state, y);
}

/** y = lo + floor(u (hi - lo)), u uniform in [0, 1) in steps of 2^-32: whole numbers in [lo, hi), hi > lo. state, y as in randomBits. @writes y */
export function randomInt(begin: i32, end: i32, ordinal: i32, lo: i32, hi: i32, state: usize, y: usize): void {
  make<Integer>(begin, end, ordinal, i32x4.splat(lo), i32x4.splat(hi - lo), i32x4.splat(0), state, y);
}

/** y = value with probability keep, else 0; keep >= 1 keeps all. state as in randomBits, y: [n] f32. @writes y */
export function randomMask(begin: i32, end: i32, ordinal: i32, keep: f32, value: f32, state: usize, y: usize): void {
  make<Mask>(begin, end, ordinal, f32x4.splat(keep), f32x4.splat(value), f32x4.splat(0), state, y);
}

/**
 * y = mean + std z, z standard normal given that |z| <= limit: 2, or infinite, where |z| reaches 6.3. By the inverse of its
 * distribution, without rejection; error below 1e-6 |z| + 1e-7. state, y as in randomBits. @writes y
 */
export function randomNormal(begin: i32, end: i32, ordinal: i32, mean: f32, std: f32, limit: f32, state: usize, y: usize): void {
  make<Normal>(begin, end, ordinal, f32x4.splat(mean), f32x4.splat(std), f32x4.splat(limit), state, y);
}

/** A number in (0, 1] from the low 32 bits. */
function uniformOf(words: u64): f32 {
  return (<f32><u32>words + <f32>0.5) * <f32>2.3283064365386963e-10;
}

/**
 * y = scale g, g of the gamma distribution of shape alpha > 0, by Marsaglia and Tsang, "A Simple Method for Generating Gamma
 * Variables" (2000): element e tries counters (e, 1), (e, 2), ... until one is accepted (more than 95 % are), and for alpha < 1
 * multiplies by a power of a uniform number from counter (e, 0). state as in randomBits, y: [n] f32. @writes y
 */
export function randomGamma(begin: i32, end: i32, ordinal: i32, alpha: f32, scale: f32, state: usize, y: usize): void {
  assert(begin >= 0 && alpha > 0);
  const key0 = load<i32>(state), key1 = load<i32>(state, 4) + ordinal;
  const d = (alpha < 1 ? alpha + 1 : alpha) - <f32>(1.0 / 3);
  const c = <f32>(1.0 / 3) / sqrt(d);
  for (; begin < end; begin++) {
    const power: f32 = alpha < 1 ? uniformOf(threefry(begin, 0, key0, key1)) : 1;
    for (let attempt = 1; ; attempt++) {
      const words = threefry(begin, attempt, key0, key1);
      const x = f32x4.extract_lane(normal4(i32x4.splat(<i32>words), f32x4.splat(Infinity)), 0);
      const root = <f32>1 + c * x;
      const v = root * root * root;
      const logs = log4(f32x4(uniformOf(words >> 32), v, power, 1));
      // The logarithm of a negative v is NaN, which is refused.
      if (f32x4.extract_lane(logs, 0) < <f32>0.5 * x * x + d * (1 - v + f32x4.extract_lane(logs, 1))) {
        store<f32>(y + (<usize>begin << 2), scale * d * v * f32x4.extract_lane(exp4(f32x4.div(logs, f32x4.splat(alpha))), 2));
        break;
      }
    }
  }
}

/** y = 0 to n - 1 in an order that random bits choose (Fisher and Yates). bits, y: i32 [n]. @writes y */
export function permutation(n: i32, bits: usize, y: usize): void {
  for (let i = 0; i < n; i++) store<i32>(y + (<usize>i << 2), i);
  for (let i = n - 1; i > 0; i--) {
    const p = y + (<usize>i << 2);
    const q = y + (<usize>((<u64>load<u32>(bits + (<usize>i << 2)) * <u64>(i + 1)) >> 32) << 2);
    const value = load<i32>(p);
    store<i32>(p, load<i32>(q));
    store<i32>(q, value);
  }
}
