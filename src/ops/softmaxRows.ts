/** @file Softmax and log-softmax of rows, and their gradients: what softmax and the cross-entropies are made of. */
import { type Apply, defineOp } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { exp, mul, neg, sub } from "./elementwise.js";
import { sum } from "./reduce.js";

const NONE = {};
/** Size of the last axis. */
export const columns = (x: Tensor): number => x.shape[x.rank - 1] ?? 1;
/** Rows of that size. */
export const rows = (x: Tensor): number => (x.size === 0 ? 0 : x.size / columns(x));
/** The first input's shape. */
export const sameAsFirst = ([x]: readonly Tensor[]): readonly number[] => (x as Tensor).shape;

/** dx of softmax from y and dy. */
export const softmaxGradOp: Apply = /* @__PURE__ */ defineOp("softmaxGrad", {
  shape: sameAsFirst,
  run: (k, [y, dy], dx) => k.softmaxGrad(rows(dx), columns(dx), y as Tensor, dy as Tensor, dx),
  // dx = y (dy - s), s = sum(y dy)
  grad: (upstream, [y, dy], _, __, needs) => {
    const weighted = sum(mul(upstream, y), -1, true);
    return [needs[0] ? sub(mul(upstream, sub(dy, sum(mul(y, dy), -1, true))), mul(dy, weighted)) : null, needs[1] ? softmaxGradOp([y, upstream], NONE) : null];
  },
});

/** Softmax over the last axis. */
export const softmaxOp = /* @__PURE__ */ defineOp("softmax", {
  shape: sameAsFirst,
  run: (k, [x], y) => k.softmax(rows(y), columns(y), x as Tensor, y),
  grad: (dy, _, y) => [softmaxGradOp([y, dy], NONE)],
  inplace: true,
});

const logSoftmaxGradOp: Apply = /* @__PURE__ */ defineOp("logSoftmaxGrad", {
  shape: sameAsFirst,
  run: (k, [y, dy], dx) => k.logSoftmaxGrad(rows(dx), columns(dx), y as Tensor, dy as Tensor, dx),
  // dx = dy - e^y sum(dy)
  grad: (upstream, [y, dy], _, __, needs) => {
    const p = exp(y);
    return [needs[0] ? neg(mul(mul(upstream, p), sum(dy, -1, true))) : null, needs[1] ? sub(upstream, sum(mul(upstream, p), -1, true)) : null];
  },
});

/** log(softmax) over the last axis. */
export const logSoftmaxOp = /* @__PURE__ */ defineOp("logSoftmax", {
  shape: sameAsFirst,
  run: (k, [x], y) => k.logSoftmax(rows(y), columns(y), x as Tensor, y),
  grad: (dy, _, y) => [logSoftmaxGradOp([y, dy], NONE)],
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
