/** @file Gradients of activations from their results: what the activations and the multiply's epilogue share. */
import { type Apply, defineOp } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { mul, sub } from "./elementwise.js";

/** Defines the gradient op dx = g(y, dy) of an activation; linear in dy, so its own gradient needs only d g / d y. */
function activationGrad(
  name: string,
  kernel: (k: CoreKernels) => (count: number, y: Ref, dy: Ref, dx: Ref) => void,
  byY: ((upstream: Tensor, y: Tensor, dy: Tensor) => Tensor) | null,
): (y: Tensor, dy: Tensor) => Tensor {
  const apply: Apply = defineOp(name, {
    run: (k, [y, dy], dx) => kernel(k)(dx.size, y, dy, dx),
    grad: (upstream, [y, dy], _, __, needs) => {
      return [needs[0] && byY ? byY(upstream, y, dy) : null, needs[1] ? apply([y, upstream]) : null];
    },
    inplace: true,
  });
  return (y, dy) => apply([y, dy]);
}

/** dy where y > 0, else 0. */
export const reluGrad = /* @__PURE__ */ activationGrad("reluGrad", (k) => k.reluGrad, null);
/** dy * y * (1 - y) */
export const sigmoidGrad = /* @__PURE__ */ activationGrad(
  "sigmoidGrad",
  (k) => k.sigmoidGrad,
  (upstream, y, dy) => mul(mul(upstream, dy), sub(1, mul(y, 2))),
);
/** dy * (1 - y^2) */
export const tanhGrad = /* @__PURE__ */ activationGrad(
  "tanhGrad",
  (k) => k.tanhGrad,
  (upstream, y, dy) => mul(mul(mul(upstream, dy), y), -2),
);
