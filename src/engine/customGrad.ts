/** @file Gradients of one's own: customGrad, and stopGradient. */
import { describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { alias, engine, recordNode } from "./op.js";
import { step } from "./step.js";

/** Keeps tensors for `gradFunc`. */
export type GradSaveFunc = (tensors: Tensor[]) => void;

/** What the function given to `customGrad` returns. */
export interface CustomGradient {
  value: Tensor;
  /** Gradients of the inputs from that of the value, in ops; one tensor will do where there is one input. */
  gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];
}

/** Calls `gradFunc` and refuses what is not a gradient of each input. */
function ownGradients(dy: Tensor, inputs: readonly Tensor[], gradFunc: CustomGradient["gradFunc"], saved: Tensor[]): Tensor[] {
  const result = gradFunc(dy, saved);
  const gradients = Array.isArray(result) ? result : [result];
  if (gradients.length !== inputs.length || !gradients.every((gradient) => gradient instanceof Tensor))
    throw error("customGrad", `gradFunc must return a tensor for each of the ${inputs.length} inputs`, describe(result));
  for (const [i, gradient] of gradients.entries()) {
    const { shape } = inputs[i] as Tensor;
    if (!sameShape(gradient.shape, shape)) throw error("customGrad", `gradient ${i} must have its input's shape [${shape}]`, `shape [${gradient.shape}]`);
  }
  return gradients;
}

/**
 * A function with a gradient of one's own in place of that of the ops it is made of.
 * @param f (...inputs, save) => { value, gradFunc }; gradFunc(dy, saved) gives dy's product with the derivative by each input.
 * Written in ops it can be compiled, and differentiated again; what it was given by `save`, or has of f's results, then counts as
 * computed by f's ops.
 * @returns a function of the same tensors that gives the value
 * @throws when an input is not a tensor, when f returns something else, or, while differentiating, when gradFunc does not give a
 * tensor of each input's shape
 * @example
 * ```ts
 * import { customGrad, grad, tensor } from "engram";
 * // The straight-through estimator: rounds forward, the identity backward.
 * const rounded = customGrad((x) => ({ value: x.cast("int32").cast("float32"), gradFunc: (dy) => dy }));
 * assert.deepEqual(grad((x) => rounded(x).square())(tensor([1.5, 2.25])).arraySync(), [2, 4]);
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: tensors, then `save`; a tuple with the last element of another type cannot be inferred from
export function customGrad(f: (...args: any[]) => CustomGradient): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => {
    for (const input of inputs) if (!(input instanceof Tensor)) throw error("customGrad", "expected tensors", describe(input));
    return step("customGrad", () => {
      const saved: Tensor[] = [];
      const { value, gradFunc } = f(...inputs, (tensors: Tensor[]) => void saved.push(...tensors));
      if (!(value instanceof Tensor) || typeof gradFunc !== "function")
        throw error("customGrad", "f must return { value: a tensor, gradFunc: a function }", `value ${describe(value)} and gradFunc ${describe(gradFunc)}`);
      if (engine.recording === 0) return value;
      const op = { name: "customGrad", grad: (dy: Tensor) => ownGradients(dy, inputs, gradFunc, saved), inplace: false };
      return recordNode(op, inputs, alias(value, value.shape, "customGrad"));
    });
  };
}

/**
 * x, as a constant to the gradient functions: no gradient goes through it. No copy.
 * @example
 * ```ts
 * import { grad, stopGradient, tensor } from "engram";
 * assert.deepEqual(grad((x) => x.mul(stopGradient(x)))(tensor([2, 3])).arraySync(), [2, 3]);
 * ```
 */
export function stopGradient(x: Tensor): Tensor {
  if (!(x instanceof Tensor)) throw error("stopGradient", "expected a tensor", describe(x));
  return alias(x, x.shape, "stopGradient");
}
