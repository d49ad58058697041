/**
 * @file Activations and their slopes: one loop each, in which a number chooses the function. Predicted, the choice costs less than
 * reading an element does, and a function costs the bytes of its formula.
 *
 * What is never used for large |x| is clamped, so that no infinity meets a zero.
 */
import { erfcOf } from "../erf";
import { exp4, expm14, log1p4, ONE, sigmoid4, SIGN, splat } from "../math";
import { loadPart, storePart } from "../pack";

/** The functions, as src/ops/activations.ts numbers them, with their parameters. */
const CLIP: i32 = 0; // d min(max(x + a, b), c)
const GATED_CLIP: i32 = 1; // x times that
const LEAKY: i32 = 2; // x, below 0 a x
const SOFT_SHRINK: i32 = 3; // x - min(max(x, a), b)
const HARD_SHRINK: i32 = 4; // x, in [a, b] 0
const EXPONENTIAL: i32 = 5; // a x, below 0 b (exp(x / c) - 1), whose slope is d exp(x / c)
const GATED: i32 = 6; // x sigmoid(a x + b x^3)
const GELU: i32 = 7; // x (1 + erf(x / sqrt(2))) / 2
const SOFTPLUS: i32 = 8; // a ln(1 + exp(a x)), a = 1 or -1
const MISH: i32 = 9; // x tanh(ln(1 + exp(x)))
const SOFTSIGN: i32 = 10; // x / (1 + |x|)
const ROOTED: i32 = 11; // (x + sqrt(x^2 + a)) / 2, b = a / 4

const TWO = memory.data<f32>([2.0]);
const HALF = memory.data<f32>([0.5]);
const FOUR = memory.data<f32>([4.0]);
const THREE = memory.data<f32>([3.0]);
/** Beyond it sigmoid(a x) is 0 or 1 for any a that matters, and its cube is finite. */
const FAR = memory.data<f32>([1e9]);
/** Its square and that plus a are finite; the root of the sum is |x| from there on. */
const FAR_SQUARE = memory.data<f32>([1e18]);
const GREATEST = memory.data<f32>([3.4028234663852886e38]);
/** Below minus this exp(-x^2 / 2) and erfc(x / sqrt(2)) round to 0. */
const GELU_FAR = memory.data<f32>([14.6]);
const MINUS_SQRT_HALF = memory.data<f32>([-0.7071067811865476]);
const BELL = memory.data<f32>([0.3989422804014327]);
/** From here on mish(x) is x; exp of it may be raised to the fourth power. Below the other exp(x) is 0. */
const MISH_GREATEST = memory.data<f32>([20.0]);
const MISH_LEAST = memory.data<f32>([-104.0]);

// Called, not inlined: several functions share them.
function exponential(x: v128): v128 {
  return exp4(x);
}
function sigmoid(x: v128): v128 {
  return sigmoid4(x);
}

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
function negative(x: v128): v128 {
  return f32x4.lt(x, i32x4.splat(0));
}

/** The distribution function of the normal distribution at t, |t| <= GELU_FAR, times 2. */
function twiceNormal(t: v128): v128 {
  return erfcOf(f32x4.mul(t, splat(MINUS_SQRT_HALF)), f32x4.neg(t), HALF);
}

/** The function of x. */
// @ts-ignore: decorator
@inline
function value(kind: i32, x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  if (kind <= GATED_CLIP) {
    const y = f32x4.mul(clamp(f32x4.add(x, a), b, c), d);
    return kind == CLIP ? y : f32x4.mul(f32x4.pmax(x, f32x4.neg(a)), y);
  }
  if (kind == LEAKY) return v128.bitselect(f32x4.mul(x, a), x, negative(x));
  if (kind == SOFT_SHRINK) return f32x4.sub(x, clamp(x, a, b));
  if (kind == HARD_SHRINK) return v128.andnot(x, v128.and(f32x4.ge(x, a), f32x4.le(x, b)));
  if (kind == EXPONENTIAL) return v128.bitselect(f32x4.mul(x, a), f32x4.mul(expm14(f32x4.div(x, c)), b), f32x4.gt(x, i32x4.splat(0)));
  if (kind == GATED) {
    const t = within(x, splat(FAR));
    return f32x4.mul(f32x4.pmax(x, t), sigmoid(f32x4.mul(t, f32x4.add(a, f32x4.mul(b, f32x4.mul(t, t))))));
  }
  if (kind == GELU) {
    const t = within(x, splat(GELU_FAR));
    return f32x4.mul(f32x4.mul(f32x4.pmax(x, t), splat(HALF)), twiceNormal(t));
  }
  if (kind == SOFTPLUS) {
    const t = f32x4.mul(x, a);
    return f32x4.mul(f32x4.add(f32x4.pmax(t, i32x4.splat(0)), log1p4(exponential(v128.or(t, splat(SIGN))))), a);
  }
  if (kind == MISH) {
    const t = clamp(x, splat(MISH_LEAST), splat(MISH_GREATEST));
    const e = exponential(t);
    const w = f32x4.mul(e, f32x4.add(e, splat(TWO)));
    return f32x4.mul(f32x4.pmax(x, t), f32x4.div(w, f32x4.add(w, splat(TWO))));
  }
  if (kind == SOFTSIGN) {
    const t = within(x, splat(GREATEST));
    return f32x4.div(t, f32x4.add(f32x4.abs(t), splat(ONE)));
  }
  return squareplus(x, root(f32x4.abs(x), a), b);
}

/** sqrt(t^2 + a) */
// @ts-ignore: decorator
@inline
function root(t: v128, a: v128): v128 {
  const s = f32x4.pmin(t, splat(FAR_SQUARE));
  return f32x4.pmax(f32x4.sqrt(f32x4.add(f32x4.mul(s, s), a)), t);
}

/** (x + r) / 2, where r is the root of x^2 + 4 b: below 0, where it cancels, b over (r - x) / 2. */
// @ts-ignore: decorator
@inline
function squareplus(x: v128, r: v128, b: v128): v128 {
  const half = f32x4.add(f32x4.mul(f32x4.abs(x), splat(HALF)), f32x4.mul(r, splat(HALF)));
  return v128.bitselect(f32x4.div(b, half), half, negative(x));
}

/** dy times the slope at x. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, x: v128, dy: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  if (kind <= GATED_CLIP) {
    const t = f32x4.add(x, a);
    const inside = v128.and(f32x4.gt(t, b), f32x4.lt(t, c));
    if (kind == CLIP) return v128.and(f32x4.mul(dy, d), inside);
    return f32x4.mul(dy, f32x4.mul(f32x4.add(clamp(t, b, c), v128.and(x, inside)), d));
  }
  if (kind == LEAKY) return v128.bitselect(dy, f32x4.mul(dy, a), f32x4.gt(x, i32x4.splat(0)));
  if (kind <= HARD_SHRINK) return v128.andnot(dy, v128.and(f32x4.ge(x, a), f32x4.le(x, b)));
  if (kind == EXPONENTIAL) return f32x4.mul(dy, v128.bitselect(a, f32x4.mul(exponential(f32x4.div(x, c)), d), f32x4.gt(x, i32x4.splat(0))));
  if (kind == GATED) {
    const t = within(x, splat(FAR));
    const square = f32x4.mul(b, f32x4.mul(t, t));
    const s = sigmoid(f32x4.mul(t, f32x4.add(a, square)));
    const inner = f32x4.mul(f32x4.mul(t, f32x4.sub(splat(ONE), s)), f32x4.add(a, f32x4.mul(square, splat(THREE))));
    return f32x4.mul(dy, f32x4.add(s, f32x4.mul(s, inner)));
  }
  if (kind == GELU) {
    const t = within(x, splat(GELU_FAR));
    const half = f32x4.mul(t, splat(HALF));
    const bell = f32x4.mul(f32x4.mul(t, splat(BELL)), exponential(f32x4.neg(f32x4.mul(half, t))));
    return f32x4.mul(dy, f32x4.add(f32x4.mul(twiceNormal(t), splat(HALF)), bell));
  }
  if (kind == MISH) {
    const t = clamp(x, splat(MISH_LEAST), splat(MISH_GREATEST));
    const e = exponential(t);
    const w = f32x4.mul(e, f32x4.add(e, splat(TWO)));
    const v = f32x4.add(w, splat(TWO));
    const steep = f32x4.div(f32x4.mul(f32x4.mul(f32x4.mul(t, splat(FOUR)), e), f32x4.add(e, splat(ONE))), f32x4.mul(v, v));
    return f32x4.mul(dy, f32x4.add(f32x4.div(w, v), steep));
  }
  const t = f32x4.abs(x);
  if (kind == SOFTSIGN) {
    const v = f32x4.add(t, splat(ONE));
    return f32x4.div(f32x4.div(dy, v), v);
  }
  const r = root(t, a);
  return f32x4.mul(dy, f32x4.div(squareplus(x, r, b), r));
}

/** y = the activation `kind` of x with parameters a to d for elements [begin, end). In place: y may be x. @writes y */
export function activation(begin: i32, end: i32, kind: i32, a: f32, b: f32, c: f32, d: f32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end && kind >= CLIP && kind <= ROOTED);
  const as = f32x4.splat(a), bs = f32x4.splat(b), cs = f32x4.splat(c), ds = f32x4.splat(d);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  for (let rest = end - begin; rest > 0; rest -= 4, x += 16, y += 16) {
    storePart(y, value(kind, rest >= 4 ? v128.load(x) : loadPart(x, rest), as, bs, cs, ds), rest);
  }
}

/**
 * dx = dy times the slope at x of the activation `kind`, which is not softplus, for elements [begin, end).
 * In place: dx may be x or dy. @writes dx
 */
export function activationGrad(begin: i32, end: i32, kind: i32, a: f32, b: f32, c: f32, d: f32, x: usize, dy: usize, dx: usize): void {
  assert(begin >= 0 && begin <= end && kind >= CLIP && kind <= ROOTED && kind != SOFTPLUS);
  const as = f32x4.splat(a), bs = f32x4.splat(b), cs = f32x4.splat(c), ds = f32x4.splat(d);
  x += (<usize>begin) << 2;
  dy += (<usize>begin) << 2;
  dx += (<usize>begin) << 2;
  for (let rest = end - begin; rest > 0; rest -= 4, x += 16, dy += 16, dx += 16) {
    const v = rest >= 4 ? v128.load(x) : loadPart(x, rest);
    const upstream = rest >= 4 ? v128.load(dy) : loadPart(dy, rest);
    storePart(dx, slope(kind, v, upstream, as, bs, cs, ds), rest);
  }
}
