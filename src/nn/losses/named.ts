/** @file Keras's losses by name. */

import { softplus } from "../../ops/activations.js";
import { equal } from "../../ops/compare.js";
import { abs, add, clipByValue, div, log, maximum, minimum, mul, neg, relu, sqrt, square, sub } from "../../ops/elementwise.js";
import { log1p } from "../../ops/math.js";
import { max, min, sum } from "../../ops/reduce.js";
import type { Tensor } from "../../tensor/tensor.js";
import { crossentropies } from "./crossentropy.js";
import { elementwise, lossFactories, rowwise } from "./loss.js";
import { EPSILON } from "./samples.js";

/** 0.5 e^2 up to |e| = delta, from there on delta (|e| - 0.5 delta). */
export function huberElements(t: Tensor, p: Tensor, delta: number): Tensor {
  const size = abs(sub(p, t));
  const quadratic = minimum(size, delta);
  return mul(quadratic, sub(size, mul(quadratic, 0.5)));
}

/** Labels as -1 and 1; those that are all 0 and 1 are taken for -1 and 1 (Keras). */
function signs(t: Tensor): Tensor {
  // 1 where every label is 0 or 1.
  const isBinary = min(equal(t, square(t)));
  return add(t, mul(isBinary, sub(t, 1)));
}

/** The cosine of the angle between rows; 0 where one has no length. */
function cosine(a: Tensor, b: Tensor, axis: number): Tensor {
  const length = (x: Tensor): Tensor => sqrt(maximum(sum(square(x), axis), EPSILON * EPSILON));
  return div(sum(mul(a, b), axis), mul(length(a), length(b)));
}

const probability = (p: Tensor): Tensor => clipByValue(p, EPSILON, 1);

const cosineSimilarity = /* @__PURE__ */ rowwise((t, p, { axis }) => neg(cosine(t, p, axis)), { axis: -1 });

/** Losses of targets and predictions: made from options, or called with both for one value a sample. */
export const namedLosses = /* @__PURE__ */ lossFactories({
  ...crossentropies,
  /** mean((y - p)^2) over the last axis. */
  meanSquaredError: /* @__PURE__ */ elementwise((t, p) => square(sub(p, t))),
  /** mean(|y - p|) over the last axis. */
  meanAbsoluteError: /* @__PURE__ */ elementwise((t, p) => abs(sub(p, t))),
  /** 100 mean(|y - p| / |y|) over the last axis, |y| at least 1e-7. */
  meanAbsolutePercentageError: /* @__PURE__ */ elementwise((t, p) => mul(div(abs(sub(t, p)), maximum(abs(t), EPSILON)), 100)),
  /** mean((log(1 + y) - log(1 + p))^2) over the last axis, y and p at least 1e-7. */
  meanSquaredLogarithmicError: /* @__PURE__ */ elementwise((t, p) => square(sub(log1p(maximum(p, EPSILON)), log1p(maximum(t, EPSILON))))),
  /** mean(0.5 e^2) over the last axis for errors up to delta, from there on delta (|e| - 0.5 delta) (Huber 1964). */
  huber: /* @__PURE__ */ elementwise((t, p, { delta }) => huberElements(t, p, delta), { delta: 1 }),
  /** Huber's loss divided by its delta, beta: |e| - 0.5 beta for large errors (PyTorch). */
  smoothL1: /* @__PURE__ */ elementwise((t, p, { beta }) => div(huberElements(t, p, beta), beta), { beta: 1 }),
  /** mean(log(cosh(p - y))) over the last axis. */
  logcosh: /* @__PURE__ */ elementwise((t, p) => {
    const e = sub(p, t);
    return sub(add(e, softplus(mul(e, -2))), Math.LN2);
  }),
  /** mean(max(1 - y p, 0)) over the last axis, y -1 or 1; labels 0 and 1 are taken for them. */
  hinge: /* @__PURE__ */ elementwise((t, p) => relu(sub(1, mul(signs(t), p)))),
  /** mean(max(1 - y p, 0)^2) over the last axis, y as in hinge. */
  squaredHinge: /* @__PURE__ */ elementwise((t, p) => square(relu(sub(1, mul(signs(t), p))))),
  /** max(1 + max((1 - y) p) - sum(y p), 0) over the last axis, y one-hot. */
  categoricalHinge: /* @__PURE__ */ rowwise((t, p) => relu(add(sub(max(mul(sub(1, t), p), -1), sum(mul(t, p), -1)), 1))),
  /** sum(y log(y / p)) over the last axis, y and p kept within [1e-7, 1]. */
  kullbackLeiblerDivergence: /* @__PURE__ */ rowwise((yTrue, p) => {
    const t = probability(yTrue);
    return sum(mul(t, log(div(t, probability(p)))), -1);
  }),
  /** mean(p - y log(p + 1e-7)) over the last axis. */
  poisson: /* @__PURE__ */ elementwise((t, p) => sub(p, mul(t, log(add(p, EPSILON))))),
  /** Minus the cosine of the angle between y and p along an axis, the last by default: -1 where they point the same way. */
  cosineSimilarity,
  /** The same, by TensorFlow.js's name. */
  cosineProximity: cosineSimilarity,
});
