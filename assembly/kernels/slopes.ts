/** @file Slopes of functions of two tensors, times what comes from above: kernels in which a number chooses the function. */

/** The functions, as src/ops/pairSlope.ts numbers them. */
const AT_LEAST: i32 = 0; // dy where a >= b, else 0
const ABOVE: i32 = 1; // dy where a > b, else 0
const SAME: i32 = 2; // dy where a = b, else 0
const DIFFERENCE: i32 = 3; // p (a - b) dy
const PRELU: i32 = 4; // dy where a > 0, else b dy
const BELOW: i32 = 5; // 0 where a > 0, else a dy
const CHOSEN: i32 = 6; // b where a = dy, else 0
const MOVED: i32 = 7; // dy + p (a - dy)
const ADDED: i32 = 8; // dy + a + b

class AtLeast { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return v128.and(dy, f32x4.ge(a, b)); } }
class Above { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return v128.and(dy, f32x4.gt(a, b)); } }
class Same { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return v128.and(dy, f32x4.eq(a, b)); } }
class Difference { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return f32x4.mul(f32x4.mul(f32x4.sub(a, b), p), dy); } }
class Prelu { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return v128.bitselect(dy, f32x4.mul(dy, b), f32x4.gt(a, i32x4.splat(0))); } }
class Below { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return v128.andnot(f32x4.mul(dy, a), f32x4.gt(a, i32x4.splat(0))); } }
class Chosen { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return v128.and(b, f32x4.eq(a, dy)); } }
class Added { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return f32x4.add(f32x4.add(dy, a), b); } }
class Moved { @inline v(a: v128, b: v128, dy: v128, p: v128): v128 { return f32x4.add(dy, f32x4.mul(f32x4.sub(a, dy), p)); } }

/** dx = Op(a, b, dy) up to `last`; an operand of step 0 is one element. */
function run<Op>(p: v128, a: usize, aStep: i32, b: usize, bStep: i32, dy: usize, dx: usize, last: usize): void {
  const u = v128.load32_splat(a), w = v128.load32_splat(b);
  for (; dx + 32 <= last; dx += 32, dy += 32) {
    let a0 = u, a1 = u, b0 = w, b1 = w;
    if (aStep) {
      a0 = v128.load(a);
      a1 = v128.load(a, 16);
      a += 32;
    }
    if (bStep) {
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      b += 32;
    }
    const second = changetype<Op>(0).v(a1, b1, v128.load(dy, 16), p);
    v128.store(dx, changetype<Op>(0).v(a0, b0, v128.load(dy), p));
    v128.store(dx, second, 16);
  }
  for (; dx < last; dx += 4, dy += 4) {
    v128.store32_lane(dx, changetype<Op>(0).v(v128.load32_zero(a), v128.load32_zero(b), v128.load32_zero(dy), p), 0);
    a += aStep << 2;
    b += bStep << 2;
  }
}

/**
 * dx = the function `kind` of a, b and dy for elements [begin, end) of dx: [d0, d1, d2, inner], which dy has too; row (i0, i1, i2) of
 * a begins at element i0 a0 + i1 a1 + i2 a2, and b's alike; an operand of step 0 has one element a row. In place: dx may be dy, or an
 * operand that has its shape. @writes dx
 */
export function pairSlope(
  begin: i32, end: i32, kind: i32, factor: f32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, dy: usize, dx: usize,
): void {
  assert(begin >= 0 && begin <= end && d1 > 0 && d2 > 0 && inner > 0 && (aStep | bStep) >>> 1 == 0 && kind >= AT_LEAST && kind <= ADDED);
  const p = f32x4.splat(factor);
  while (begin < end) {
    const row = begin / inner;
    const c = begin - row * inner;
    const outer = row / d2;
    const i2 = row - outer * d2;
    const i0 = outer / d1;
    const i1 = outer - i0 * d1;
    const x = a + (<usize>(i0 * a0 + i1 * a1 + i2 * a2 + c * aStep) << 2);
    const z = b + (<usize>(i0 * b0 + i1 * b1 + i2 * b2 + c * bStep) << 2);
    const from = dy + (<usize>begin << 2), to = dx + (<usize>begin << 2);
    begin = min(end, begin + inner - c);
    const last = dx + (<usize>begin << 2);
    if (kind == AT_LEAST) run<AtLeast>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == ABOVE) run<Above>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == SAME) run<Same>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == DIFFERENCE) run<Difference>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == PRELU) run<Prelu>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == BELOW) run<Below>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == CHOSEN) run<Chosen>(p, x, aStep, z, bStep, from, to, last);
    else if (kind == MOVED) run<Moved>(p, x, aStep, z, bStep, from, to, last);
    else run<Added>(p, x, aStep, z, bStep, from, to, last);
  }
}

// Both slopes of a function of a and b, as `pairSlopes` numbers them: those of its arguments that pairSlope gives one by one.
class Ordered {
  @inline a(a: v128, b: v128, dy: v128): v128 { return v128.and(dy, f32x4.ge(a, b)); }
  @inline b(a: v128, b: v128, dy: v128): v128 { return v128.and(dy, f32x4.gt(b, a)); }
}
class Rectified {
  @inline a(a: v128, b: v128, dy: v128): v128 { return changetype<Prelu>(0).v(a, b, dy, dy); }
  @inline b(a: v128, b: v128, dy: v128): v128 { return changetype<Below>(0).v(a, b, dy, dy); }
}
// @ts-ignore: decorator
@inline
function runBoth<Op>(a: usize, b: usize, dy: usize, da: usize, db: usize, last: usize): void {
  for (; da + 16 <= last; da += 16) {
    const u = v128.load(a), v = v128.load(b), w = v128.load(dy);
    v128.store(da, changetype<Op>(0).a(u, v, w));
    v128.store(db, changetype<Op>(0).b(u, v, w));
    a += 16;
    b += 16;
    dy += 16;
    db += 16;
  }
  for (; da < last; da += 4) {
    const u = v128.load32_zero(a), v = v128.load32_zero(b), w = v128.load32_zero(dy);
    v128.store32_lane(da, changetype<Op>(0).a(u, v, w), 0);
    v128.store32_lane(db, changetype<Op>(0).b(u, v, w), 0);
    a += 4;
    b += 4;
    dy += 4;
    db += 4;
  }
}

/**
 * da and db = slopes by a and by b, times dy, for elements [begin, end). kind: 0 of the greater (a's where they are equal), 1 of prelu. Not
 * in place. @writes da db
 */
export function pairSlopes(begin: i32, end: i32, kind: i32, a: usize, b: usize, dy: usize, da: usize, db: usize): void {
  assert(begin >= 0 && begin <= end && (kind == 0 || kind == 1));
  const from = <usize>begin << 2, last = da + (<usize>end << 2);
  a += from;
  b += from;
  dy += from;
  da += from;
  db += from;
  if (kind == 0) runBoth<Ordered>(a, b, dy, da, db, last);
  else runBoth<Rectified>(a, b, dy, da, db, last);
}
