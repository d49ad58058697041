/** @file Gradients of one's own, and what stops gradients. */
import { describe, expect, test } from "vitest";
import {
  add,
  compile,
  customGrad,
  exp,
  grad,
  gradCheck,
  grads,
  log,
  mul,
  scalar,
  square,
  stopGradient,
  sum,
  type Tensor,
  tensor,
  tidy,
  variable,
  variableGrads,
} from "../src/index.js";

const values = (x: Tensor | undefined): unknown => x?.arraySync();

describe("customGrad", () => {
  test("its gradient takes the place of that of the ops inside", () => {
    const tripled = customGrad((x: Tensor, save: (tensors: Tensor[]) => void) => {
      save([x]);
      return { value: x.square(), gradFunc: (dy, [saved]) => dy.mul((saved as Tensor).abs()) };
    });
    const x = tensor([-1, -2, 3]);
    expect(values(tripled(x))).toEqual([1, 4, 9]);
    expect(values(grad((t) => tripled(t))(x))).toEqual([1, 2, 3]);
    expect(values(grad((t) => tripled(t.mul(2)).mul(10))(x))).toEqual([40, 80, 120]);
  });

  test("of several inputs, and of a variable that f captures", () => {
    const w = variable(scalar(5), true, "w");
    const weighted = customGrad((a: Tensor, b: Tensor) => ({ value: a.mul(b).mul(w), gradFunc: (dy) => [dy.mul(10), dy.mul(100)] }));
    expect(grads((a, b) => weighted(a as Tensor, b as Tensor))([scalar(2), scalar(3)]).map((slope) => slope.item())).toEqual([10, 100]);
    // w is not an input: no gradient reaches it.
    expect(() => variableGrads(() => weighted(scalar(1), scalar(2)))).toThrow("must depend on a trainable variable");
  });

  test("can be differentiated again, through what it saves and what it returns", () => {
    // log(1 + e^x), stably, by its own derivative.
    const log1pexp = customGrad((x: Tensor, save: (tensors: Tensor[]) => void) => {
      const e = exp(x);
      save([e]);
      return { value: log(add(e, 1)), gradFunc: (dy, [saved]) => mul(dy, (saved as Tensor).div(add(saved as Tensor, 1))) };
    });
    const ownExp = customGrad((x: Tensor) => {
      const value = exp(x);
      return { value, gradFunc: (dy) => mul(dy, value) };
    });
    for (const f of [log1pexp, ownExp, (x: Tensor) => ownExp(log1pexp(x).square())]) {
      gradCheck((x) => f(x as Tensor), [[-1, 0.5, 2]]);
      gradCheck((x) => grad((t) => f(t))(x as Tensor), [[-1, 0.5, 2]]);
      gradCheck((x) => grad(grad((t) => f(t)))(x as Tensor), [[-1, 0.5, 2]]);
    }
  });

  test("in a plan gives what eager gives", () => {
    const f = customGrad((x: Tensor, save: (tensors: Tensor[]) => void) => {
      const e = exp(x);
      save([e]);
      return { value: e.square(), gradFunc: (dy, [saved]) => dy.mul(saved as Tensor) };
    });
    const slopes = (x: Tensor): Tensor[] => [f(x), grad((t) => f(t).mul(t))(x), grad(grad((t) => f(t)))(x)];
    const x = tensor([0.1, -2, 3]);
    const compiled = compile(slopes, { poison: true });
    expect((compiled(x) as Tensor[]).map(values)).toEqual(slopes(x).map(values));
  });

  test("results outlive steps", () => {
    const identity = customGrad((x: Tensor) => ({ value: x, gradFunc: (dy) => dy.mul(2) }));
    const y = tidy(() => identity(tensor([1, 2]).add(1)));
    tidy(() => tensor([9, 9]).add(1));
    expect(values(y)).toEqual([2, 3]);
    expect(values(grad((x) => identity(x))(tensor([1, 2])))).toEqual([2, 2]);
  });

  test("refuses what is not a gradient", () => {
    const x = tensor([1, 2]);
    const by =
      (result: unknown): (() => Tensor) =>
      () =>
        grad((t) => customGrad((u: Tensor) => ({ value: u.square(), gradFunc: () => result as Tensor }))(t))(x);
    expect(by(undefined)).toThrow("customGrad: gradFunc must return a tensor for each of the 1 inputs. Got undefined.");
    expect(by([x, x])).toThrow("customGrad: gradFunc must return a tensor for each of the 1 inputs.");
    expect(by(scalar(1))).toThrow("customGrad: gradient 0 must have its input's shape [2]. Got shape [].");
    expect(() => customGrad(() => ({ value: 3 }) as never)(x)).toThrow("customGrad: f must return { value: a tensor, gradFunc: a function }. Got value 3");
    expect(() => customGrad((t) => t)(3 as never)).toThrow("customGrad: expected tensors. Got 3.");
  });
});

describe("stopGradient", () => {
  test("is the identity, and a constant to gradients of any order", () => {
    const x = tensor([2, 3]);
    expect(values(stopGradient(x))).toEqual([2, 3]);
    expect(values(grad((t) => t.mul(stopGradient(t)))(x))).toEqual([2, 3]);
    expect(values(grad((t) => stopGradient(t))(x))).toEqual([0, 0]);
    expect(values(grad((t) => grad((u) => u.square().mul(stopGradient(u)))(t))(x))).toEqual([4, 6]);
    expect(values(stopGradient(tensor([1, 2], [2], "int32")))).toEqual([1, 2]);
  });

  test("hides a variable", () => {
    const w = variable(tensor([1, 2]), true, "w");
    expect(values(variableGrads(() => sum(mul(square(w), stopGradient(w)))).grads.w)).toEqual([2, 8]);
    expect(() => variableGrads(() => sum(stopGradient(w)))).toThrow("must depend on a trainable variable");
  });

  test("in a plan, also of an input that is returned", () => {
    const x = tensor([2, 3]);
    const compiled = compile((t: Tensor) => [stopGradient(t), grad((u) => u.mul(stopGradient(u.square())))(t)], { poison: true });
    expect((compiled(x) as Tensor[]).map(values)).toEqual([
      [2, 3],
      [4, 9],
    ]);
  });

  test("takes tensors", () => {
    expect(() => stopGradient(3 as never)).toThrow("stopGradient: expected a tensor. Got 3.");
  });
});
