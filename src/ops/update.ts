/** @file Effects of optimizers: kernels that update variables in place. */
import { defineEffect } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";

/** p -= rate g. Targets: state, g, p. */
export const sgdUpdate = /* @__PURE__ */ defineEffect("sgd", (k, targets) => {
  const [state, g, p] = targets as [Tensor, Tensor, Tensor];
  k.sgd(p.size, state, g, p);
});

/** v = momentum v - rate g; p += v, or with nesterov p += momentum v - rate g. Targets: state, g, v, p. */
export const momentumUpdate = /* @__PURE__ */ defineEffect("momentum", (k, targets, { momentum, nesterov }: { momentum: number; nesterov: boolean }) => {
  const [state, g, v, p] = targets as [Tensor, Tensor, Tensor, Tensor];
  k.momentum(p.size, momentum, Number(nesterov), state, g, v, p);
});

/** Once a step, before its adam updates: the powers of the decay rates. Targets: state. */
export const adamTick = /* @__PURE__ */ defineEffect("adamTick", (k, targets) => k.adamTick(targets[0] as Tensor));

/** Adam's update of one variable. Targets: state, g, m, v, p. */
export const adamUpdate = /* @__PURE__ */ defineEffect("adam", (k, targets) => {
  const [state, g, m, v, p] = targets as [Tensor, Tensor, Tensor, Tensor, Tensor];
  k.adam(p.size, state, g, m, v, p);
});

/** sum += scale * x, in place. Targets: x, sum; both float32 of one size. */
export const accumulate = /* @__PURE__ */ defineEffect("accumulate", (k, targets, { scale }: { scale: number }) => {
  const [x, total] = targets as [Tensor, Tensor];
  k.scaleAdd(x.size, scale, x, total);
});
