/** @file Softmax and log-softmax along an axis. */
import type { Apply } from "../engine/op.js";
import { resolveAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { toFloat } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { swapLast } from "./lastAxis.js";
import { reshape } from "./movement.js";
import { logSoftmaxOp, rememberLogits, softmaxOp } from "./softmaxRows.js";

/** Applies a row-wise op along another axis than the last by bringing that axis last. */
function along(name: string, x: TensorLike, dim: number, apply: Apply): Tensor {
  const input = toFloat(name, "logits", x);
  if (input.rank === 0) return reshape(apply([reshape(input, [1])]), []);
  const axis = resolveAxis(name, dim, input.shape);
  return swapLast(apply([swapLast(input, axis)]), axis);
}

/**
 * e^x / sum(e^x) along an axis, computed without overflow.
 * @param dim the axis; the last by default
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { softmax } from "engram";
 * assert.deepEqual(softmax([[0, 0], [1000, 1000]]).arraySync(), [[0.5, 0.5], [0.5, 0.5]]);
 * ```
 */
export function softmax(logits: TensorLike, dim = -1): Tensor {
  const x = toTensor("softmax", "logits", logits);
  const y = along("softmax", x, dim, softmaxOp);
  return dim === -1 || dim === x.rank - 1 ? rememberLogits(y, x, "softmax") : y;
}

/** log(softmax(x)) along an axis, computed without overflow or log of zero. */
export const logSoftmax = (logits: TensorLike, axis = -1): Tensor => along("logSoftmax", logits, axis, logSoftmaxOp);
