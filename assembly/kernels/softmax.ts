/**
 * @file Softmax, log-softmax and the cross-entropies of logits, over rows of `cols` contiguous floats.
 *
 * Rows are shifted by their maximum, so exp never overflows. As in PyTorch a row that holds NaN or +infinity, or only -infinity,
 * is NaN throughout; -infinity beside finite numbers has probability 0. A row is reduced in an order that follows from cols alone:
 * two accumulators of four lanes, whose last vector is padded.
 */
import { exp4, log4 } from "../math";
import { fma, horizontalSum } from "../simd";

/** The first `count` (1 to 3) of four floats; the others are `padding`. */
// @ts-ignore: decorator
@inline
function loadPart(p: usize, count: usize, padding: v128): v128 {
  let v = v128.load_lane<f32>(p, padding, 0);
  if (count > 1) v = v128.load_lane<f32>(p, v, 1, 4);
  if (count > 2) v = v128.load_lane<f32>(p, v, 2, 8);
  return v;
}

// @ts-ignore: decorator
@inline
function storePart(p: usize, v: v128, count: usize): void {
  v128.store_lane<f32>(p, v, 0);
  if (count > 1) v128.store_lane<f32>(p, v, 1, 4);
  if (count > 2) v128.store_lane<f32>(p, v, 2, 8);
}
