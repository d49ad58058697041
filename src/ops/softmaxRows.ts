/** @file Softmax and log-softmax of rows, and their gradients: what softmax and the cross-entropies are made of. */
import { type Apply, defineOp } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { exp, mul, neg, sub } from "./elementwise.js";
import { sum } from "./reduce.js";

/** Size of the last axis. */
export const columns = (x: Tensor): number => x.shape[x.rank - 1] ?? 1;
/** Rows of that size. */
export const rows = (x: Tensor): number => (x.size === 0 ? 0 : x.size / columns(x));

/** dx of softmax from y and dy. */
export const softmaxGradOp: Apply = /* @__PURE__ */ defineOp("softmaxGrad", {
  run: (k, [y, dy], dx) => k.softmaxGrad(rows(dx), columns(dx), y, dy, dx),
  // dx = y (dy - s), s = sum(y dy)
  grad: (upstream, [y, dy], _, __, needs) => {
    const weighted = sum(mul(upstream, y), -1, true);
    return [needs[0] ? sub(mul(upstream, sub(dy, sum(mul(y, dy), -1, true))), mul(dy, weighted)) : null, needs[1] ? softmaxGradOp([y, upstream]) : null];
  },
});

/** Softmax over the last axis. */
export const softmaxOp = /* @__PURE__ */ defineOp("softmax", {
  run: (k, [x], y) => k.softmax(rows(y), columns(y), x, y),
  grad: (dy, _, y) => [softmaxGradOp([y, dy])],
  inplace: true,
});

const logSoftmaxGradOp: Apply = /* @__PURE__ */ defineOp("logSoftmaxGrad", {
  run: (k, [y, dy], dx) => k.logSoftmaxGrad(rows(dx), columns(dx), y, dy, dx),
  // dx = dy - e^y sum(dy)
  grad: (upstream, [y, dy], _, __, needs) => {
    const p = exp(y);
    return [needs[0] ? neg(mul(mul(upstream, p), sum(dy, -1, true))) : null, needs[1] ? sub(upstream, sum(mul(upstream, p), -1, true)) : null];
  },
});

/** log(softmax) over the last axis. */
export const logSoftmaxOp = /* @__PURE__ */ defineOp("logSoftmax", {
  run: (k, [x], y) => k.logSoftmax(rows(y), columns(y), x, y),
  grad: (dy, _, y) => [logSoftmaxGradOp([y, dy])],
  inplace: true,
});

/** Probabilities' logits, and the activation between them. */
const sources = /* @__PURE__ */ new WeakMap<Tensor, readonly [Tensor, string]>();

/** The logits that a tensor is the softmax (over the last axis) or sigmoid of, so that a loss can be computed from them without loss of digits. */
export function logitsOf(probabilities: Tensor, activation: string): Tensor | undefined {
  const [logits, by] = sources.get(probabilities) ?? [];
  return by === activation ? logits : undefined;
}

/** Remembers that `probabilities` is an activation of `logits`; gives them back. */
export function rememberLogits(probabilities: Tensor, logits: Tensor, activation: "softmax" | "sigmoid"): Tensor {
  sources.set(probabilities, [logits, activation]);
  return probabilities;
}
