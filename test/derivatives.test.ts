/** @file jacobian, hessianVectorProduct and jvp: against each other, matrices that are known, and in plans. */
import { describe, expect, test } from "vitest";
import {
  compile,
  exp,
  fill,
  grad,
  hessianVectorProduct,
  jacobian,
  jvp,
  log,
  matMul,
  mul,
  randomUniform,
  setSeed,
  softmax,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "../src/index.js";
import { numbersOf } from "./bits.js";

const f = (x: Tensor): Tensor => matMul(tanh(x), softmax(x), false, true);

test("the jacobian of a linear function is its matrix", () => {
  const a = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(jacobian((x) => matMul(a, x))(tensor([1, 1, 1])).arraySync()).toEqual(a.arraySync());
  expect(jacobian((x) => x.sum())(tensor([[1, 2]])).arraySync()).toEqual([[1, 1]]);
  expect(jacobian(() => fill([2], 1))(3).arraySync()).toEqual([0, 0]);
  expect(jacobian((x) => x)(tensor([1, 2])).arraySync()).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(jacobian((x) => x.add(fill([0, 1], 1)))(tensor([1, 2])).shape).toEqual([0, 2, 2]);
});

test("the jacobian's products are the gradients and jvp", () => {
  setSeed(1);
  const [x, v, u] = [randomUniform([2, 3], -1, 1), randomUniform([2, 3], -1, 1), randomUniform([2, 2], -1, 1)];
  const matrix = jacobian(f)(x);
  expect(matrix.shape).toEqual([2, 2, 2, 3]);
  const close = (a: Tensor, b: Tensor): void => {
    expect(a.shape).toEqual(b.shape);
    numbersOf(a).forEach((value, i) => expect(value).toBeCloseTo(numbersOf(b)[i] as number, 5));
  };
  close(jvp(f)(x, v), matMul(matrix.reshape([4, 6]), v.reshape([6])).reshape([2, 2]));
  close(grad(f)(x, u), matMul(u.reshape([4]), matrix.reshape([4, 6])).reshape([2, 3]));
  const loss = (at: Tensor): Tensor => sum(square(f(at)));
  const hessian = jacobian(grad(loss))(x).reshape([6, 6]);
  close(hessianVectorProduct(loss)(x, v), matMul(hessian, v.reshape([6])).reshape([2, 3]));
  close(hessian, hessian.transpose());
  close(jvp(grad(loss))(x, v), hessianVectorProduct(loss)(x, v));
});

test("in a plan they give what eager gives, and can be differentiated", () => {
  const all = (x: Tensor, v: Tensor): Tensor[] => [
    jacobian(f)(x),
    jvp(f)(x, v),
    hessianVectorProduct((at) => log(sum(exp(at))))(x, v),
    grad((at) => sum(mul(jacobian(f)(at), 2)))(x),
    grad((at) => jvp(f)(at, v))(x),
  ];
  setSeed(2);
  const inputs = [randomUniform([2, 3], -1, 1), randomUniform([2, 3], -1, 1)] as const;
  const compiled = compile(all, { poison: true });
  expect((compiled(...inputs) as Tensor[]).map(numbersOf)).toEqual(all(...inputs).map(numbersOf));
});

describe("errors", () => {
  const integer = tensor([1, 2], [2], "int32");
  test.each([
    [() => jacobian(3 as never), "jacobian: expected a function. Got 3."],
    [() => jvp(null as never), "jvp: expected a function. Got null."],
    [() => jacobian((x) => x)(integer), "jacobian: expected float32 tensors to differentiate by. Got dtype int32."],
    [() => hessianVectorProduct((x) => x)([1, 2], [1]), "hessianVectorProduct: v must have x's shape [2]. Got shape [1]."],
    [() => jvp((x) => x)([1, 2], 1), "jvp: v must have x's shape [2]. Got shape []."],
  ])("%s", (act, message) => {
    expect(act).toThrow(message);
  });
});
