/** @file Softmax, log-softmax, and softmax with cross-entropy. */
import { type Apply, defineOp } from "../engine/op.js";
import { error } from "../tensor/errors.js";
import { resolveAxis, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./cast.js";
import { type TensorLike, toTensor } from "./creation.js";
import { exp, mul, neg, sub } from "./elementwise.js";
import { reshape, transpose } from "./movement.js";
import { sum } from "./reduce.js";

const NONE = {};
const columns = (x: Tensor): number => x.shape[x.rank - 1] ?? 1;
const rows = (x: Tensor): number => (x.size === 0 ? 0 : x.size / columns(x));
const sameAsFirst = ([x]: readonly Tensor[]): readonly number[] => (x as Tensor).shape;

// ---- softmax ----

const softmaxGradOp: Apply = /* @__PURE__ */ defineOp("softmaxGrad", {
  shape: sameAsFirst,
  run: (k, [y, dy], dx) => k.softmaxGrad(rows(dx), columns(dx), y as Tensor, dy as Tensor, dx),
  // dx = y (dy - s), s = sum(y dy)
  grad: (upstream, inputs, _, __, needs) => {
    const [y, dy] = inputs as [Tensor, Tensor];
    const weighted = sum(mul(upstream, y), -1, true);
    return [needs[0] ? sub(mul(upstream, sub(dy, sum(mul(y, dy), -1, true))), mul(dy, weighted)) : null, needs[1] ? softmaxGradOp([y, upstream], NONE) : null];
  },
});

/** @internal */
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
  grad: (upstream, inputs, _, __, needs) => {
    const [y, dy] = inputs as [Tensor, Tensor];
    const p = exp(y);
    return [needs[0] ? neg(mul(mul(upstream, p), sum(dy, -1, true))) : null, needs[1] ? sub(upstream, sum(mul(upstream, p), -1, true)) : null];
  },
});

const logSoftmaxOp = /* @__PURE__ */ defineOp("logSoftmax", {
  shape: sameAsFirst,
  run: (k, [x], y) => k.logSoftmax(rows(y), columns(y), x as Tensor, y),
  grad: (dy, _, y) => [logSoftmaxGradOp([y, dy], NONE)],
  inplace: true,
});

/** Applies a row-wise op along another axis than the last by bringing that axis last. */
function along(name: string, x: TensorLike, dim: number, apply: Apply): Tensor {
  const input = castTo(toTensor(name, "logits", x), "float32");
  if (input.rank === 0) return reshape(apply([reshape(input, [1])], NONE), []);
  const axis = resolveAxis(name, dim, input.shape);
  const last = input.rank - 1;
  if (axis === last) return apply([input], NONE);
  const perm = input.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  return transpose(apply([transpose(input, perm)], NONE), perm);
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
  if (dim === -1 || dim === x.rank - 1) sources.set(y, x);
  return y;
}

/** Logits of softmaxes over the last axis. */
const sources = /* @__PURE__ */ new WeakMap<Tensor, Tensor>();

/** The logits that a tensor is the softmax of, so that a loss can be computed from them without loss of digits. */
export const logitsOf = (probabilities: Tensor): Tensor | undefined => sources.get(probabilities);

/** log(softmax(x)) along an axis, computed without overflow or log of zero. */
export const logSoftmax = (logits: TensorLike, axis = -1): Tensor => along("logSoftmax", logits, axis, logSoftmaxOp);

// ---- cross-entropy of logits, one loss a row ----

const rowShape = (x: Tensor): number[] => x.shape.slice(0, -1);

const sparseCrossEntropyGradOp: Apply = /* @__PURE__ */ defineOp("sparseCrossEntropyGrad", {
  shape: sameAsFirst,
  run: (k, [logits, labels, dloss], y) => k.sparseCrossEntropyGrad(rows(y), columns(y), logits as Tensor, labels as Tensor, dloss as Tensor, y),
  // (softmax - onehot) dloss
  grad: (upstream, inputs, _, __, needs) => {
    const [logits, labels, dloss] = inputs as [Tensor, Tensor, Tensor];
    const column = reshape(dloss, [...dloss.shape, 1]);
    const residual = needs[2] ? sparseCrossEntropyGradOp([logits, labels, onesOf(dloss)], NONE) : null;
    return [needs[0] ? softmaxGradOp([softmaxOp([logits], NONE), mul(upstream, column)], NONE) : null, null, residual && sum(mul(upstream, residual), -1)];
  },
});

const onesOf = (x: Tensor): Tensor => exp(mul(x, 0));

const sparseCrossEntropyOp = /* @__PURE__ */ defineOp("sparseCrossEntropy", {
  shape: ([logits]) => rowShape(logits as Tensor),
  run: (k, inputs, y) => {
    const [logits, labels] = inputs as [Tensor, Tensor];
    k.sparseCrossEntropy(rows(logits), columns(logits), logits, labels, y);
  },
  grad: (dy, inputs) => [sparseCrossEntropyGradOp([inputs[0] as Tensor, inputs[1] as Tensor, dy], NONE), null],
});

/**
 * -log(softmax(logits)[label]) for each row.
 * @param labels int32 class numbers, of logits' shape without the last axis
 * @returns one loss a row; NaN where a label is not in [0, classes)
 * @throws when the shapes do not fit
 * @example
 * ```ts
 * import { sparseCrossEntropy } from "engram";
 * const loss = sparseCrossEntropy([1], [[0, 0]]);
 * assert.ok(Math.abs(loss.item() - Math.log(2)) < 1e-6);
 * ```
 */
export function sparseCrossEntropy(labels: TensorLike, logits: TensorLike): Tensor {
  const x = castTo(toTensor("sparseCrossEntropy", "logits", logits), "float32");
  const classes = castTo(toTensor("sparseCrossEntropy", "labels", labels), "int32");
  if (x.rank === 0 || !sameShape(classes.shape, rowShape(x)))
    throw error("sparseCrossEntropy", "labels must have logits' shape without the last axis", `labels [${classes.shape}] and logits [${x.shape}]`);
  return sparseCrossEntropyOp([x, classes], NONE);
}

const crossEntropyGradOp: Apply = /* @__PURE__ */ defineOp("crossEntropyGrad", {
  shape: sameAsFirst,
  run: (k, [logits, target, dloss], y) => k.crossEntropyGrad(rows(y), columns(y), logits as Tensor, target as Tensor, dloss as Tensor, y),
  // (softmax sum(target) - target) dloss
  grad: (upstream, inputs, _, __, needs) => {
    const [logits, target, dloss] = inputs as [Tensor, Tensor, Tensor];
    const p = softmaxOp([logits], NONE);
    const column = reshape(dloss, [...dloss.shape, 1]);
    const total = sum(target, -1, true);
    const weighted = mul(upstream, column);
    return [
      needs[0] ? softmaxGradOp([p, mul(weighted, total)], NONE) : null,
      needs[1] ? sub(sum(mul(weighted, p), -1, true), weighted) : null,
      needs[2] ? sum(mul(upstream, sub(mul(p, total), target)), -1) : null,
    ];
  },
});

const crossEntropyOp = /* @__PURE__ */ defineOp("crossEntropy", {
  shape: ([logits]) => rowShape(logits as Tensor),
  run: (k, inputs, y) => {
    const [logits, target] = inputs as [Tensor, Tensor];
    k.crossEntropy(rows(logits), columns(logits), logits, target, y);
  },
  grad: (dy, inputs, _, __, needs) => {
    const [logits, target] = inputs as [Tensor, Tensor];
    return [
      needs[0] ? crossEntropyGradOp([logits, target, dy], NONE) : null,
      needs[1] ? neg(mul(logSoftmaxOp([logits], NONE), reshape(dy, [...dy.shape, 1]))) : null,
    ];
  },
});

/**
 * -sum(target * log(softmax(logits))) for each row.
 * @param target of logits' shape; probabilities, such as one-hot rows
 * @throws when the shapes differ
 */
export function crossEntropy(target: TensorLike, logits: TensorLike): Tensor {
  const x = castTo(toTensor("crossEntropy", "logits", logits), "float32");
  const t = castTo(toTensor("crossEntropy", "target", target), "float32");
  if (x.rank === 0 || !sameShape(t.shape, x.shape))
    throw error("crossEntropy", "target must have logits' shape", `target [${t.shape}] and logits [${x.shape}]`);
  return crossEntropyOp([x, t], NONE);
}
