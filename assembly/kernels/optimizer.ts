/**
 * @file Updates of parameters from their gradients, in place: one loop for every optimizer.
 *
 * What changes from step to step is in a row of float32 coefficients at `state`, which the optimizer object computes in float64
 * and writes before a step: so a plan follows rates and schedules, and all parameters of an optimizer share one row. `decay` is
 * the weight decay of these parameters: p loses rate decay p besides (Loshchilov and Hutter 2019).
 */
import { flushDenormals, fma } from "../simd";
import { scaleAdd } from "./elementwise";

/** What an update consists of, as bits; src/ops/update.ts has the same. */
const FIRST = 1, SECOND = 2, LARGEST = 4, HEAVY = 8, CENTERED = 16, MAXIMUM = 32, SIGN = 64, DELTA = 128;

/** Words of the row, in bytes. */
const RATE = 0, LEAD = 4, KEEP1 = 8, FRESH1 = 12, STEP = 16, KEEP2 = 20, FRESH2 = 24, INNER = 28, SCALE = 32, OUTER = 36, MU = 40, REST = 44;

/** Four elements, the four after them if `second`, a constant, or the one at p. */
// @ts-ignore: decorator
@inline
function take(p: usize, four: bool, second: bool): v128 {
  if (second) return v128.load(p, 16);
  return four ? v128.load(p) : v128.load32_zero(p);
}

/** Stores four elements, or the first, and gives them back; denormals, which made steps 1.4 times as long where gradients are 0, as 0. */
// @ts-ignore: decorator
@inline
function put(p: usize, x: v128, four: bool, second: bool): v128 {
  x = flushDenormals(x);
  if (second) v128.store(p, x, 16);
  else if (four) v128.store(p, x);
  else v128.store32_lane(p, x, 0);
  return x;
}

/** The update of four elements, or one: as `take` has them. */
// @ts-ignore: decorator
@inline
function update(
  parts: i32, four: bool, second: bool, state: usize, g: usize, m: usize, v: usize, u: usize, p: usize,
  lead: v128, keep1: v128, fresh1: v128, step: v128, keep2: v128, fresh2: v128, inner: v128, scale: v128, outer: v128,
): void {
  const slope = take(g, four, second);
  // Read before m is written: Adam took 1.02 times as long otherwise.
  const kept = parts & SECOND ? f32x4.mul(keep2, take(v, four, second)) : slope;
  let move = f32x4.mul(lead, slope);
  let mean = slope;
  if (parts & FIRST) {
    const before = take(m, four, second);
    mean = put(m, fma(keep1, before, f32x4.mul(fresh1, slope)), four, second);
    move = fma(step, parts & SIGN ? before : mean, move);
    if (parts & SIGN) {
      // The rate with the sign of move, where that is neither 0 nor NaN.
      const far = v128.or(f32x4.lt(move, f32x4.splat(0)), f32x4.gt(move, f32x4.splat(0)));
      move = v128.bitselect(v128.bitselect(move, v128.load32_splat(state, RATE), f32x4.splat(-0.0)), move, far);
    }
  }
  if (parts & SECOND) {
    let spread = kept;
    // pmax(x, y) is x when x is NaN. (f32x4.max is slow on x86.)
    if (parts & MAXIMUM) spread = f32x4.pmax(f32x4.add(f32x4.abs(slope), inner), spread);
    else spread = fma(fresh2, f32x4.mul(slope, slope), spread);
    spread = put(v, spread, four, second);
    if (parts & DELTA) {
      const before = take(u, four, second);
      const q = f32x4.mul(slope, f32x4.sqrt(f32x4.div(f32x4.add(before, inner), f32x4.add(spread, inner))));
      put(u, fma(fresh2, f32x4.mul(q, q), f32x4.mul(keep2, before)), four, second);
      move = f32x4.mul(lead, q);
    } else {
      if (parts & LARGEST) spread = put(u, f32x4.pmax(spread, take(u, four, second)), four, second);
      // Rounding makes the variance of a constant gradient negative.
      if (parts & CENTERED) spread = f32x4.pmax(f32x4.sub(spread, f32x4.mul(mean, mean)), f32x4.splat(0));
      if (!(parts & MAXIMUM)) spread = f32x4.sqrt(parts == (FIRST | SECOND) ? spread : f32x4.add(spread, inner));
      move = f32x4.div(move, fma(spread, scale, outer));
    }
  }
  if (parts & HEAVY) move = f32x4.mul(v128.load32_splat(state, REST), put(u, fma(v128.load32_splat(state, MU), take(u, four, second), move), four, second));
  const weight = take(p, four, second);
  const after = f32x4.sub(weight, move);
  if (second) v128.store(p, after, 16);
  else if (four) v128.store(p, after);
  else v128.store32_lane(p, after, 0);
}

/** update for the first 8 of `left` elements, and so on while there are 8; `parts` is a constant. Returns the elements that are left. */
// @ts-ignore: decorator
@inline
function updatePairs(
  parts: i32, left: i32, state: usize, g: usize, m: usize, v: usize, u: usize, p: usize,
  lead: v128, keep1: v128, fresh1: v128, step: v128, keep2: v128, fresh2: v128, inner: v128, scale: v128, outer: v128,
): i32 {
  for (; left >= 8; left -= 8) {
    update(parts, true, false, state, g, m, v, u, p, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
    update(parts, true, true, state, g, m, v, u, p, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
    g += 32;
    m += 32;
    v += 32;
    p += 32;
  }
  return left;
}

/**
 * move = lead g;
 * FIRST: m = keep1 m + fresh1 g, move += step m; SIGN: of the old m, and move = rate sign(move) (Lion, Chen et al. 2023).
 * SECOND: v = keep2 v + fresh2 g^2, s = sqrt(v + inner), move /= scale s + outer (Adam, Kingma and Ba 2014; RMSProp, Hinton 2012;
 * Adagrad, Duchi et al. 2011); LARGEST: u = max(u, v) in v's place (Reddi et al. 2018); CENTERED: v - m^2 in v's place;
 * MAXIMUM: s = v = max(keep2 v, |g| + inner) (Adamax); DELTA: move = lead q, where q = g sqrt((u + inner) / (v + inner)),
 * u = keep2 u + fresh2 q^2 (Zeiler 2012). HEAVY: u = mu u + move, move = rest u (Polyak 1964).
 * p -= move + rate decay p. state: rate, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer, mu, rest; g, m, v, u, p: [n].
 * inner is 0 for FIRST and SECOND alone. m, v and u may be p where they are not used. @updates m v u p
 */
export function optimize(begin: i32, end: i32, parts: i32, decay: f32, state: usize, g: usize, m: usize, v: usize, u: usize, p: usize): void {
  const shrink = load<f32>(state, RATE) * decay;
  // In a pass of its own: a branch in the loop made Adam 1.1 times as long.
  if (shrink != 0) scaleAdd(begin, end, -shrink, p, p);
  const lead = v128.load32_splat(state, LEAD), keep1 = v128.load32_splat(state, KEEP1), fresh1 = v128.load32_splat(state, FRESH1);
  const step = v128.load32_splat(state, STEP), keep2 = v128.load32_splat(state, KEEP2), fresh2 = v128.load32_splat(state, FRESH2);
  const inner = v128.load32_splat(state, INNER), scale = v128.load32_splat(state, SCALE), outer = v128.load32_splat(state, OUTER);
  let at = <usize>begin << 2, left = end - begin;
  // The commonest without the branches, two vectors a turn; the others, and the last vector, with them.
  const all = left;
  if (parts == 0) left = updatePairs(0, left, state, g + at, m, v, u, p + at, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
  else if (parts == FIRST)
    left = updatePairs(FIRST, left, state, g + at, m + at, v, u, p + at, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
  else if (parts == (FIRST | SECOND))
    left = updatePairs(FIRST | SECOND, left, state, g + at, m + at, v + at, u, p + at, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
  at += <usize>(all - left) << 2;
  for (; left >= 4; left -= 4) {
    update(parts, true, false, state, g + at, m + at, v + at, u + at, p + at, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
    at += 16;
  }
  for (; left > 0; left--) {
    update(parts, false, false, state, g + at, m + at, v + at, u + at, p + at, lead, keep1, fresh1, step, keep2, fresh2, inner, scale, outer);
    at += 4;
  }
}
