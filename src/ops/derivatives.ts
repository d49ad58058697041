/** @file Derivatives that are more than a gradient: jacobian, hessianVectorProduct, jvp. */
import { fill } from "../engine/fill.js";
import { grad, withPullback } from "../engine/grad.js";
import { step } from "../engine/step.js";
import { checkFunction, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { diag } from "./diagonal.js";
import { stack } from "./join.js";
import { reshape } from "./movement.js";
import { unstack } from "./slices.js";

export type Differentiable = (x: Tensor) => Tensor;

/** The point and a direction of its shape. */
function pointAndDirection(name: string, x: TensorLike, v: TensorLike): [Tensor, Tensor] {
  const point = toTensor(name, "x", x, "float32");
  const direction = toTensor(name, "v", v, "float32");
  if (!sameShape(point.shape, direction.shape)) throw error(name, `v must have x's shape [${point.shape}]`, `shape [${direction.shape}]`);
  return [point, direction];
}

/**
 * The derivative of each element of f(x) by each element of x: one gradient for every element of f(x).
 * @returns (x) => a tensor of shape [...f(x).shape, ...x.shape]. Inside `compile` the plan holds all of those gradients
 * @throws when x is not float32
 * @example
 * ```ts
 * import { jacobian, tensor } from "engram";
 * assert.deepEqual(jacobian((x) => x.square())(tensor([1, 2])).arraySync(), [[2, 0], [0, 4]]);
 * ```
 */
export function jacobian(f: Differentiable): (x: TensorLike) => Tensor {
  checkFunction("jacobian", f);
  return (x) => {
    const point = toTensor("jacobian", "x", x, "float32");
    return withPullback("jacobian", f, point, (y, pull) => {
      const shape = [...y.shape, ...point.shape];
      if (y.size === 0) return fill(shape, 0);
      const units = unstack(reshape(diag(fill([y.size], 1)), [y.size, ...y.shape]));
      return reshape(stack(units.map(pull)), shape);
    });
  };
}

/**
 * The product of f's matrix of second derivatives with v, without the matrix: the gradient of sum(grad(f)(x) * v).
 * @param f gives a scalar; of other results the sum is differentiated
 * @returns (x, v) => a tensor of x's shape
 * @throws when v has not x's shape, or x is not float32
 * @example
 * ```ts
 * import { hessianVectorProduct, tensor } from "engram";
 * const product = hessianVectorProduct((x) => x.square().mul(x).sum());
 * assert.deepEqual(product(tensor([1, 2]), tensor([1, 10])).arraySync(), [6, 120]);
 * ```
 */
export function hessianVectorProduct(f: Differentiable): (x: TensorLike, v: TensorLike) => Tensor {
  checkFunction("hessianVectorProduct", f);
  return (x, v) => grad(grad(f))(...pointAndDirection("hessianVectorProduct", x, v));
}

/**
 * The product of f's derivative with v (forward mode): how f(x) changes along v, for all elements of f(x) at once. f runs twice.
 * @returns (x, v) => a tensor of f(x)'s shape
 * @throws when v has not x's shape, or x is not float32
 * @example
 * ```ts
 * import { jvp, tensor } from "engram";
 * assert.deepEqual(jvp((x) => x.square())(tensor([1, 2]), tensor([1, 10])).arraySync(), [2, 40]);
 * ```
 */
export function jvp(f: Differentiable): (x: TensorLike, v: TensorLike) => Tensor {
  checkFunction("jvp", f);
  return (x, v) => {
    const [point, direction] = pointAndDirection("jvp", x, v);
    // dy's product with the derivative is linear in dy: its gradient by dy is the product from the other side.
    return step("jvp", () => grad((dy) => grad(f)(point, dy))(fill(f(point).shape, 0), direction));
  };
}
