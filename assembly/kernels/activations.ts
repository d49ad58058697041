/**
 * @file Activations and their slopes: one kernel each, in which a number chooses the function, so that one costs the bytes of its
 * loop and no more.
 *
 * What is never used for large |x| is clamped, so that no infinity meets a zero.
 */
import { erfcOf } from "../erf";
import { exp4, expm1Negative, log1pPart, ONE, sigmoid4, SIGN, splat } from "../math";
import { loadPart, storePart } from "../pack";

/** The functions, as src/ops/activations.ts numbers them, with their parameters. */
const CLIP: i32 = 0; // d min(max(x + a, b), c)
const LEAKY: i32 = 1; // x, below 0 a x
const HARD_SHRINK: i32 = 2; // x, in [a, b] 0
const EXPONENTIAL: i32 = 3; // a x, below 0 b (exp(c x) - 1), whose slope is d exp(c x)
const GATED: i32 = 4; // x sigmoid(a x + b x^3)
const GELU: i32 = 5; // x (1 + erf(x / sqrt(2))) / 2
const SOFTPLUS: i32 = 6; // a ln(1 + exp(a x)), a = 1 or -1
const MISH: i32 = 7; // x tanh(ln(1 + exp(x)))
const SOFT_SHRINK: i32 = 8; // x - min(max(x, a), b)
const GATED_CLIP: i32 = 9; // x d min(max(x + a, b), c)
const SOFTSIGN: i32 = 10; // x / (1 + |x|)
const ABS: i32 = 11; // |x|: the slope only
const SQUARE: i32 = 12; // x^2: the slope only
const STEP: i32 = 13; // a, below or at 0 b, NaN for NaN
const SIGN_OF: i32 = 14; // min(max(a^2 x, b), c)

const GREATEST = memory.data<f32>([3.4028234663852886e38]);
const TWO = memory.data<f32>([2.0]);
const HALF = memory.data<f32>([0.5]);
const FOUR = memory.data<f32>([4.0]);
const THREE = memory.data<f32>([3.0]);
/** Beyond it sigmoid(a x) is 0 or 1 for any a that matters, and its cube is finite. */
const FAR = memory.data<f32>([1e9]);
/** Below minus this exp(-x^2 / 2) and erfc(x / sqrt(2)) round to 0. */
const GELU_FAR = memory.data<f32>([14.6]);
const MINUS_SQRT_HALF = memory.data<f32>([-0.7071067811865476]);
const BELL = memory.data<f32>([0.3989422804014327]);
/** From here on mish(x) is x; exp of it may be raised to the fourth power. Below the other exp(x) is 0. */
const MISH_GREATEST = memory.data<f32>([20.0]);
const MISH_LEAST = memory.data<f32>([-104.0]);

// @ts-ignore: decorator
@inline
function clamp(x: v128, least: v128, greatest: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), greatest);
}

/** x where |x| is below a limit, else that limit with x's sign. */
// @ts-ignore: decorator
@inline
function within(x: v128, limit: v128): v128 {
  return clamp(x, f32x4.neg(limit), limit);
}

// @ts-ignore: decorator
@inline
function positive(x: v128): v128 {
  return f32x4.gt(x, i32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function inRange(x: v128, a: v128, b: v128): v128 {
  return v128.and(f32x4.ge(x, a), f32x4.le(x, b));
}

/** The distribution function of the normal distribution at t, |t| <= GELU_FAR, times 2. */
function twiceNormal(t: v128): v128 {
  return erfcOf(f32x4.mul(t, splat(MINUS_SQRT_HALF)), f32x4.neg(t), HALF);
}

// The functions of x.
class Clip { @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return f32x4.mul(clamp(f32x4.add(x, a), b, c), d); } }
/** Clip with a = 0 and d = 1, which keeps -0. */
class Limit { @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return clamp(x, b, c); } }
class Leaky { @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return v128.bitselect(x, f32x4.mul(x, a), positive(x)); } }
class HardShrink { @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return v128.andnot(x, inRange(x, a, b)); } }
class GatedClip {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    return f32x4.mul(f32x4.pmax(x, f32x4.neg(a)), f32x4.mul(clamp(f32x4.add(x, a), b, c), d));
  }
}
class SoftShrink { @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return f32x4.sub(x, clamp(x, a, b)); } }
class Step {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return v128.or(v128.bitselect(a, b, positive(x)), f32x4.ne(x, x)); }
}
// Even the least denormal number times 2^254 is above 1.
class SignOf { @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 { return clamp(f32x4.mul(f32x4.mul(x, a), a), b, c); } }
class Softsign {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = within(x, splat(GREATEST));
    return f32x4.div(t, f32x4.add(f32x4.abs(t), splat(ONE)));
  }
}
class Exponential {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const zero = i32x4.splat(0);
    const negative = expm1Negative(f32x4.mul(f32x4.pmin(x, zero), c));
    return f32x4.add(f32x4.mul(f32x4.pmax(x, zero), a), f32x4.mul(negative, b));
  }
}
/** Exponential with a = b = c = 1. */
class Elu {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const zero = i32x4.splat(0);
    return f32x4.add(f32x4.pmax(x, zero), expm1Negative(f32x4.pmin(x, zero)));
  }
}
class Gated {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = within(x, splat(FAR));
    return f32x4.mul(f32x4.pmax(x, t), sigmoid4(f32x4.mul(t, f32x4.add(a, f32x4.mul(b, f32x4.mul(t, t))))));
  }
}
class Gelu {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = within(x, splat(GELU_FAR));
    return f32x4.mul(f32x4.mul(f32x4.pmax(x, t), splat(HALF)), twiceNormal(t));
  }
}
class Softplus {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = f32x4.mul(x, a);
    return f32x4.mul(f32x4.add(f32x4.pmax(t, i32x4.splat(0)), log1pPart(exp4(v128.or(t, splat(SIGN))))), a);
  }
}
class Mish {
  @inline v(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = clamp(x, splat(MISH_LEAST), splat(MISH_GREATEST));
    const e = exp4(t);
    const w = f32x4.mul(e, f32x4.add(e, splat(TWO)));
    return f32x4.mul(f32x4.pmax(x, t), f32x4.div(w, f32x4.add(w, splat(TWO))));
  }
}

// dy times the slopes at x.
class ClipSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = f32x4.add(x, a);
    return v128.and(f32x4.mul(dy, d), v128.and(f32x4.gt(t, b), f32x4.lt(t, c)));
  }
}
class LeakySlope { @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 { return v128.bitselect(dy, f32x4.mul(dy, a), positive(x)); } }
class ShrinkSlope { @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 { return v128.andnot(dy, inRange(x, a, b)); } }
class GatedClipSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = f32x4.add(x, a);
    const inside = v128.and(f32x4.gt(t, b), f32x4.lt(t, c));
    return f32x4.mul(dy, f32x4.mul(f32x4.add(clamp(t, b, c), v128.and(x, inside)), d));
  }
}
class SoftsignSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = f32x4.add(f32x4.abs(x), splat(ONE));
    return f32x4.div(f32x4.div(dy, t), t);
  }
}
class AbsSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    return v128.andnot(v128.xor(dy, v128.and(x, splat(SIGN))), f32x4.eq(x, i32x4.splat(0)));
  }
}
class SquareSlope { @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 { return f32x4.mul(dy, f32x4.add(x, x)); } }
class ExponentialSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    return f32x4.mul(dy, v128.bitselect(a, f32x4.mul(exp4(f32x4.mul(x, c)), d), positive(x)));
  }
}
class GatedSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = within(x, splat(FAR));
    const square = f32x4.mul(b, f32x4.mul(t, t));
    const s = sigmoid4(f32x4.mul(t, f32x4.add(a, square)));
    const inner = f32x4.mul(f32x4.mul(t, f32x4.sub(splat(ONE), s)), f32x4.add(a, f32x4.mul(square, splat(THREE))));
    return f32x4.mul(dy, f32x4.add(s, f32x4.mul(s, inner)));
  }
}
class GeluSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = within(x, splat(GELU_FAR));
    const half = f32x4.mul(t, splat(HALF));
    const bell = f32x4.mul(f32x4.mul(t, splat(BELL)), exp4(f32x4.neg(f32x4.mul(half, t))));
    return f32x4.mul(dy, f32x4.add(f32x4.mul(twiceNormal(t), splat(HALF)), bell));
  }
}
class MishSlope {
  @inline v(x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const t = clamp(x, splat(MISH_LEAST), splat(MISH_GREATEST));
    const e = exp4(t);
    const w = f32x4.mul(e, f32x4.add(e, splat(TWO)));
    const v = f32x4.add(w, splat(TWO));
    const steep = f32x4.div(f32x4.mul(f32x4.mul(f32x4.mul(t, splat(FOUR)), e), f32x4.add(e, splat(ONE))), f32x4.mul(v, v));
    return f32x4.mul(dy, f32x4.add(f32x4.div(w, v), steep));
  }
}

/** y = Op(x), for operations of few instructions. */
function quick<Op>(x: usize, y: usize, last: usize, a: v128, b: v128, c: v128, d: v128): void {
  for (; y + 64 <= last; y += 64, x += 64) {
    v128.store(y, changetype<Op>(0).v(v128.load(x), a, b, c, d));
    v128.store(y, changetype<Op>(0).v(v128.load(x, 16), a, b, c, d), 16);
    v128.store(y, changetype<Op>(0).v(v128.load(x, 32), a, b, c, d), 32);
    v128.store(y, changetype<Op>(0).v(v128.load(x, 48), a, b, c, d), 48);
  }
  for (; y < last; y += 4, x += 4) v128.store32_lane(y, changetype<Op>(0).v(v128.load32_zero(x), a, b, c, d), 0);
}

/** y = Op(x), for operations in between. */
function medium<Op>(x: usize, y: usize, last: usize, a: v128, b: v128, c: v128, d: v128): void {
  for (; y + 32 <= last; y += 32, x += 32) {
    const first = changetype<Op>(0).v(v128.load(x), a, b, c, d);
    const second = changetype<Op>(0).v(v128.load(x, 16), a, b, c, d);
    v128.store(y, first);
    v128.store(y, second, 16);
  }
  for (; y < last; y += 4, x += 4) v128.store32_lane(y, changetype<Op>(0).v(v128.load32_zero(x), a, b, c, d), 0);
}

/** y = Op(x), for long operations: one copy of the code. */
function slow<Op>(x: usize, y: usize, last: usize, a: v128, b: v128, c: v128, d: v128): void {
  for (; y < last; y += 16, x += 16) {
    const rest = <i32>((last - y) >> 2);
    storePart(y, changetype<Op>(0).v(rest >= 4 ? v128.load(x) : loadPart(x, rest), a, b, c, d), rest);
  }
}

/** dx = Op(x, dy), for operations of few instructions. */
function quickSlope<Op>(x: usize, dy: usize, dx: usize, last: usize, a: v128, b: v128, c: v128, d: v128): void {
  for (; dx + 16 <= last; dx += 16, x += 16, dy += 16) v128.store(dx, changetype<Op>(0).v(v128.load(x), v128.load(dy), a, b, c, d));
  for (; dx < last; dx += 4, x += 4, dy += 4) v128.store32_lane(dx, changetype<Op>(0).v(v128.load32_zero(x), v128.load32_zero(dy), a, b, c, d), 0);
}

/** dx = Op(x, dy), for long operations: one copy of the code. */
function slowSlope<Op>(x: usize, dy: usize, dx: usize, last: usize, a: v128, b: v128, c: v128, d: v128): void {
  for (; dx < last; dx += 16, x += 16, dy += 16) {
    const rest = <i32>((last - dx) >> 2);
    const whole = rest >= 4;
    storePart(dx, changetype<Op>(0).v(whole ? v128.load(x) : loadPart(x, rest), whole ? v128.load(dy) : loadPart(dy, rest), a, b, c, d), rest);
  }
}

/** y = the activation `kind` of x with parameters p to s for elements [begin, end). In place: y may be x. @writes y */
export function activation(begin: i32, end: i32, kind: i32, p: f32, q: f32, r: f32, s: f32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end && kind >= CLIP && kind <= SIGN_OF && kind != ABS && kind != SQUARE);
  const a = f32x4.splat(p), b = f32x4.splat(q), c = f32x4.splat(r), d = f32x4.splat(s);
  const last = y + ((<usize>end) << 2);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  if (kind == CLIP) {
    if (p == 0 && s == 1) quick<Limit>(x, y, last, a, b, c, d);
    else quick<Clip>(x, y, last, a, b, c, d);
  } else if (kind == LEAKY) quick<Leaky>(x, y, last, a, b, c, d);
  else if (kind == HARD_SHRINK) quick<HardShrink>(x, y, last, a, b, c, d);
  else if (kind == SOFT_SHRINK) quick<SoftShrink>(x, y, last, a, b, c, d);
  else if (kind == GATED_CLIP) quick<GatedClip>(x, y, last, a, b, c, d);
  else if (kind == STEP) quick<Step>(x, y, last, a, b, c, d);
  else if (kind == SIGN_OF) quick<SignOf>(x, y, last, a, b, c, d);
  else if (kind == SOFTSIGN) medium<Softsign>(x, y, last, a, b, c, d);
  else if (kind == EXPONENTIAL) {
    if (p == 1 && q == 1 && r == 1) medium<Elu>(x, y, last, a, b, c, d);
    else slow<Exponential>(x, y, last, a, b, c, d);
  } else if (kind == GATED) slow<Gated>(x, y, last, a, b, c, d);
  else if (kind == GELU) slow<Gelu>(x, y, last, a, b, c, d);
  else if (kind == SOFTPLUS) slow<Softplus>(x, y, last, a, b, c, d);
  else slow<Mish>(x, y, last, a, b, c, d);
}

/**
 * dx = dy times the slope at x of the activation `kind`, which is not softplus, of |x| or of x^2, for elements [begin, end).
 * In place: dx may be x or dy. @writes dx
 */
export function activationGrad(begin: i32, end: i32, kind: i32, p: f32, q: f32, r: f32, s: f32, x: usize, dy: usize, dx: usize): void {
  assert(begin >= 0 && begin <= end && kind >= CLIP && kind <= SQUARE && kind != SOFTPLUS);
  const a = f32x4.splat(p), b = f32x4.splat(q), c = f32x4.splat(r), d = f32x4.splat(s);
  const last = dx + ((<usize>end) << 2);
  x += (<usize>begin) << 2;
  dy += (<usize>begin) << 2;
  dx += (<usize>begin) << 2;
  if (kind == CLIP) quickSlope<ClipSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == LEAKY) quickSlope<LeakySlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == HARD_SHRINK || kind == SOFT_SHRINK) quickSlope<ShrinkSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == GATED_CLIP) quickSlope<GatedClipSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == SOFTSIGN) quickSlope<SoftsignSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == ABS) quickSlope<AbsSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == SQUARE) quickSlope<SquareSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == EXPONENTIAL) slowSlope<ExponentialSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == GATED) slowSlope<GatedSlope>(x, dy, dx, last, a, b, c, d);
  else if (kind == GELU) slowSlope<GeluSlope>(x, dy, dx, last, a, b, c, d);
  else slowSlope<MishSlope>(x, dy, dx, last, a, b, c, d);
}
