/** @file Cross-entropies of logits: one loss a row, or an element. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import { error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { sigmoidGrad } from "./activationGrads.js";
import { toFloat, toInt } from "./castTo.js";
import type { TensorLike } from "./convert.js";
import { mul, neg, sigmoid } from "./elementwise.js";
import { reshape } from "./movement.js";
import { sum } from "./reduce.js";
import { columns, logSoftmaxOp, rows, softmaxGradOp, softmaxOp } from "./softmaxRows.js";

const rowShape = (x: Tensor): number[] => x.shape.slice(0, -1);

const sparseCrossEntropyGradOp: Apply = /* @__PURE__ */ defineOp("sparseCrossEntropyGrad", {
  run: (k, [logits, labels, dloss], y) => k.sparseCrossEntropyGrad(rows(y), columns(y), logits, labels, dloss, y),
  // (softmax - onehot) dloss
  grad: (upstream, [logits, labels, dloss], _, __, needs) => {
    const column = reshape(dloss, [...dloss.shape, 1]);
    const residual = needs[2] ? sparseCrossEntropyGradOp([logits, labels, fill(dloss.shape, 1)]) : null;
    return [needs[0] ? softmaxGradOp([softmaxOp([logits]), mul(upstream, column)]) : null, null, residual && sum(mul(upstream, residual), -1)];
  },
});

const sparseCrossEntropyOp = /* @__PURE__ */ defineOp("sparseCrossEntropy", {
  shape: ([logits]) => rowShape(logits),
  run: (k, [logits, labels], y) => k.sparseCrossEntropy(rows(logits), columns(logits), logits, labels, y),
  grad: (dy, inputs) => [sparseCrossEntropyGradOp([inputs[0], inputs[1], dy]), null],
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
  const x = toFloat("sparseCrossEntropy", "logits", logits);
  const classes = toInt("sparseCrossEntropy", "labels", labels);
  if (x.rank === 0 || !sameShape(classes.shape, rowShape(x)))
    throw error("sparseCrossEntropy", "labels must have logits' shape without the last axis", `labels [${classes.shape}] and logits [${x.shape}]`);
  return sparseCrossEntropyOp([x, classes]);
}

/**
 * -sum(target * log(softmax(logits))) for each row.
 * @param target of logits' shape; probabilities, such as one-hot rows
 * @throws when the shapes differ
 */
export function crossEntropy(target: TensorLike, logits: TensorLike): Tensor {
  const x = toFloat("crossEntropy", "logits", logits);
  const t = toFloat("crossEntropy", "target", target);
  if (x.rank === 0 || !sameShape(t.shape, x.shape))
    throw error("crossEntropy", "target must have logits' shape", `target [${t.shape}] and logits [${x.shape}]`);
  return neg(sum(mul(t, logSoftmaxOp([x])), -1));
}

const binaryCrossEntropyGradOp: Apply = /* @__PURE__ */ defineOp("binaryCrossEntropyGrad", {
  run: (k, [x, t, dy], dx) => k.binaryCrossEntropy(dx.size, 2, x, t, dy, dx, dx),
  // dy (sigmoid(x) - t)
  grad: (upstream, [x, t, dy], _, __, needs) => {
    const both = needs[0] || needs[1] ? mul(upstream, dy) : upstream;
    return [needs[0] ? sigmoidGrad(sigmoid(x), both) : null, needs[1] ? neg(both) : null, needs[2] ? binaryCrossEntropyGradOp([x, t, upstream]) : null];
  },
  inplace: true,
});

const binaryCrossEntropyOp = /* @__PURE__ */ defineOp("binaryCrossEntropy", {
  run: (k, [x, t], y) => k.binaryCrossEntropy(y.size, 1, x, t, x, y, y),
  grad: (dy, [x, t], _, __, needs) => {
    return [needs[0] ? binaryCrossEntropyGradOp([x, t, dy]) : null, needs[1] ? neg(mul(dy, x)) : null];
  },
  inplace: true,
});

/**
 * -(target * log(p) + (1 - target) * log(1 - p)) for each element, with p = sigmoid(logits): stable, and accurate for every logit.
 * @param target of logits' shape; probabilities
 * @throws when the shapes differ
 * @example
 * ```ts
 * import { binaryCrossEntropy } from "engram";
 * const loss = binaryCrossEntropy([0, 1], [0, 0]);
 * assert.ok(loss.sub(Math.log(2)).abs().max().item() < 1e-6);
 * ```
 */
export function binaryCrossEntropy(target: TensorLike, logits: TensorLike): Tensor {
  const x = toFloat("binaryCrossEntropy", "logits", logits);
  const t = toFloat("binaryCrossEntropy", "target", target);
  if (!sameShape(t.shape, x.shape)) throw error("binaryCrossEntropy", "target must have logits' shape", `target [${t.shape}] and logits [${x.shape}]`);
  return binaryCrossEntropyOp([x, t]);
}
