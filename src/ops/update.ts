/** @file Effects of optimizers: kernels that update variables in place. */
import { defineEffect } from "../engine/op.js";

/** What the update of an optimizer consists of, as bits; see the kernel. */
export const FIRST = 1;
export const SECOND = 2;
export const LARGEST = 4;
export const HEAVY = 8;
export const CENTERED = 16;
export const MAXIMUM = 32;
export const SIGN = 64;
export const DELTA = 128;

/** Targets: coefficients, gradient, first mean, second mean, third slot, parameter; the parameter in place of slots that there are not. */
export const optimize = /* @__PURE__ */ defineEffect("optimize", (k, [row, g, m, v, u, p], { parts, decay }: { parts: number; decay: number }) =>
  k.optimize(p.size, parts, decay, row, g, m, v, u, p),
);

/** sum += scale * x, in place. Targets: x, sum; both float32 of one size. */
export const accumulate = /* @__PURE__ */ defineEffect("accumulate", (k, [x, total], { scale }: { scale: number }) => k.scaleAdd(x.size, scale, x, total));
