/** @file The cross-entropy of logits with probabilities, element by element, and its slope: one exponential for both, and no digits lost. */
import { exp4, log1pPart, ONE, SIGN, splat } from "../math";
import { loadPart, storePart } from "../pack";
import { fma } from "../simd";

/** Four elements, or the first `left` of fewer. */
// @ts-ignore: decorator
@inline
function take(p: usize, left: i32): v128 {
  return left >= 4 ? v128.load(p) : loadPart(p, left);
}

/** exp(-|x|) */
// @ts-ignore: decorator
@inline
function decayed(x: v128): v128 {
  return exp4(v128.or(x, splat(SIGN)));
}

/**
 * For elements [begin, end), where `parts` has the bit 1: y = ln(1 + exp(x)) - t x, as ln(1 + exp(-|x|)) + |x| (1 - t where x > 0, else t);
 * where it has 2: dx = dy (s - t) with s = 1 / (1 + exp(-x)), as (1 - t) s - t (1 - s). x, t, dy, y, dx: [n]. In place: y or dx may be
 * x or t, and dx may be dy. dy may be x, and y and dx each other, where they are not used. @writes y dx
 */
export function binaryCrossEntropy(begin: i32, end: i32, parts: i32, x: usize, t: usize, dy: usize, y: usize, dx: usize): void {
  assert(begin >= 0 && begin <= end && parts > 0 && parts < 4);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2, left = end - i;
    const logit = take(x + at, left), target = take(t + at, left);
    const e = decayed(logit), rest = f32x4.sub(splat(ONE), target), positive = f32x4.gt(logit, i32x4.splat(0));
    if (parts & 1) storePart(y + at, fma(f32x4.abs(logit), v128.bitselect(rest, target, positive), log1pPart(e)), left);
    if (parts & 2) {
      // s is 1 / (1 + e) or, where x is negative, e / (1 + e).
      const above = v128.bitselect(rest, f32x4.mul(rest, e), positive), below = v128.bitselect(f32x4.mul(target, e), target, positive);
      const slope = f32x4.div(f32x4.sub(above, below), f32x4.add(splat(ONE), e));
      storePart(dx + at, f32x4.mul(take(dy + at, left), slope), left);
    }
  }
}
