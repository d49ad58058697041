/** @file Gradients: the functions that give them, higher orders, what stops them, and their errors. */
import { describe, expect, test } from "vitest";
import {
  cast,
  compile,
  defineOp,
  dense,
  exp,
  grad,
  gradCheck,
  grads,
  greater,
  log,
  matMul,
  mean,
  mul,
  randomUniform,
  relu,
  scalar,
  setSeed,
  softmax,
  split,
  square,
  stridedSlice,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  train,
  valueAndGrad,
  valueAndGrads,
  variable,
  variableGrads,
} from "../src/index.js";

const values = (x: Tensor | undefined): unknown => x?.arraySync();

describe("grad, grads, valueAndGrad, valueAndGrads", () => {
  test("of parts of one tensor: apart, overlapping, backward, strided, not in order, empty, and used besides", () => {
    const f = (x: Tensor): Tensor => {
      const [a, b, c, d] = split(x.mul(x), [2, 1, 0, 3]) as [Tensor, Tensor, Tensor, Tensor];
      const parts = [d.mul(3), a, b.mul(b), c, x.slice([1], [3]), stridedSlice(x, [5], [0], [-2]).mul(5), x.reverse().slice([0], [2])];
      return parts.reduce((total, part, i) => total.add(part.sum().mul(i + 1)), x.sum());
    };
    // Of 1 + 2 * (x^2)[:2] + 3 * (x^4)[2] + 3 * (x^2)[3:] + 5 * x[1:4] + 6 * 5 * x[1::2] + 7 * x[4:].
    const first = [5, 44, 330, 60, 38, 74];
    const x = tensor([1, 2, 3, 4, 5, 6]);
    expect(values(grad(f)(x))).toEqual(first);
    expect(values(compile((t: Tensor) => grad(f)(t))(x))).toEqual(first);
    expect(values(grad((t) => grad(f)(t).sum())(x))).toEqual([4, 4, 324, 6, 6, 6]);
  });

  test("of functions of one and of several tensors", () => {
    expect(values(grad((x) => x.square().sum())(tensor([1, 2])))).toEqual([2, 4]);
    expect(grads((a, b) => mul(a as Tensor, b as Tensor).sum())([tensor([1, 2]), tensor([3, 4])]).map(values)).toEqual([
      [3, 4],
      [1, 2],
    ]);
    const one = valueAndGrad((x) => x.square().sum())(tensor([1, 2]));
    expect([one.value.item(), values(one.grad)]).toEqual([5, [2, 4]]);
    const { value, grads: slopes } = valueAndGrads((a, b) => (a as Tensor).div(b as Tensor))([scalar(6), scalar(2)]);
    expect([value.item(), ...slopes.map((slope) => slope.item())]).toEqual([3, 0.5, -1.5]);
  });

  test("of results that are not scalars: weighted by dy, or summed", () => {
    const x = tensor([1, 2]);
    expect(values(grad((t) => t.square())(x))).toEqual([2, 4]);
    expect(values(grad((t) => t.square())(x, tensor([10, 100])))).toEqual([20, 400]);
  });

  test("of values that are not tensors yet", () => {
    expect(grad((x) => x.square())(3).item()).toBe(6);
    expect(values(grads((a, b) => mul(a as Tensor, b as Tensor))([[1, 2], 3], [10, 100])[0])).toEqual([30, 300]);
    expect(values(valueAndGrad((x) => x.square())(Float32Array.of(1, 2)).grad)).toEqual([2, 4]);
  });

  test("inputs that are not used have zeros", () => {
    const [da, db] = grads((a) => (a as Tensor).sum())([tensor([1, 2]), tensor([[3, 4]])]);
    expect([values(da), values(db)]).toEqual([[1, 1], [[0, 0]]]);
    expect(values(grad(() => scalar(3))(tensor([1, 2])))).toEqual([0, 0]);
  });

  test("the identity, and a tensor used many times", () => {
    expect(values(grad((x) => x)(tensor([1, 2]), tensor([5, 6])))).toEqual([5, 6]);
    expect(values(grad((x) => x.add(x).add(x).mul(x))(tensor([1, 2])))).toEqual([6, 12]);
    expect(grads((a, b) => (a as Tensor).mul(b as Tensor))([tensor([2]), tensor([3])]).map(values)).toEqual([[3], [2]]);
    const x = tensor([2]);
    expect(grads((a, b) => (a as Tensor).mul(b as Tensor))([x, x]).map(values)).toEqual([[4], [4]]);
  });

  test("of intermediate results of the function that are captured: constants", () => {
    const outside = tensor([3]).square();
    expect(values(grad((x) => x.mul(outside))(tensor([2])))).toEqual([9]);
  });

  test("through reshape, clone, cast to the same dtype and broadcasts", () => {
    expect(values(grad((x) => x.reshape([2, 2]).clone().cast("float32").broadcastTo([3, 2, 2]).mul(2))(tensor([1, 2, 3, 4])))).toEqual([6, 6, 6, 6]);
    expect(values(grad((x) => x.broadcastTo([2]).mul(3))(tensor([1, 2])))).toEqual([3, 3]);
  });

  test("stop at integers and comparisons", () => {
    const x = tensor([1.5, -2.5]);
    expect(values(grad((t) => t.mul(t.cast("int32").cast("float32")))(x))).toEqual([1, -2]);
    expect(values(grad((t) => t.mul(cast(greater(t, 0), "float32")))(x))).toEqual([1, 0]);
    expect(values(grad((t) => t.cast("int32").cast("float32"))(x))).toEqual([0, 0]);
    expect(values(grad((t) => t.cast("int32"))(x))).toEqual([0, 0]);
    // Rounding to a narrower float has slope 1.
    expect(values(grad((t) => t.cast("float16").cast("float32").mul(3))(x))).toEqual([3, 3]);
  });

  test("results belong to the caller", () => {
    const slopes = tidy(() => grads((a) => (a as Tensor).square().sum())([tensor([1, 2, 3])]));
    tidy(() => tensor([9, 9, 9]).add(1));
    expect(slopes.map(values)).toEqual([[2, 4, 6]]);
    // The tape is gone: what is returned holds on to nothing.
    const { value, grads: others } = valueAndGrads((a) => (a as Tensor).square().sum())([tensor([1, 2, 3])]);
    expect([value, ...others, ...slopes].every(({ node }) => node === null)).toBe(true);
  });

  test("inside a step, and a step inside", () => {
    expect(tidy(() => grad((x) => tidy(() => x.square().mul(3)).sum())(tensor([1, 2]))).arraySync()).toEqual([6, 12]);
  });
});

describe("higher orders", () => {
  test("by nesting", () => {
    const cube = (x: Tensor): Tensor => x.square().mul(x);
    expect(grad(grad(cube))(scalar(2)).item()).toBe(12);
    expect(grad(grad(grad(cube)))(scalar(2)).item()).toBe(6);
    expect(grad(grad(grad(grad(cube))))(scalar(2)).item()).toBe(0);
  });

  test("d/dy of df/dx", () => {
    const mixed = (x: Tensor, y: Tensor): Tensor => grad((t) => t.square().mul(y))(x);
    expect(grads((x, y) => mixed(x as Tensor, y as Tensor))([scalar(3), scalar(5)]).map((g) => g.item())).toEqual([10, 6]);
  });

  test("of a network, by finite differences, eager and compiled", () => {
    setSeed(2);
    const [x, w1, w2] = [randomUniform([3, 4], -1, 1), randomUniform([4, 5], -1, 1), randomUniform([5, 2], -1, 1)];
    const slope = (a: Tensor, b: Tensor, c: Tensor): Tensor => grads((p) => softmax(matMul(tanh(matMul(a, p as Tensor)), c)).square())([b])[0] as Tensor;
    gradCheck(slope, [x, w1, w2]);
    const second = (a: Tensor, b: Tensor, c: Tensor): Tensor[] => grads((p, q, r) => slope(p as Tensor, q as Tensor, r as Tensor).square())([a, b, c]);
    const compiled = compile(second, { poison: true });
    expect((compiled(x, w1, w2) as Tensor[]).map(values)).toEqual(second(x, w1, w2).map(values));
  });
});

describe("variables", () => {
  test("variableGrads finds the trainable ones that were used", () => {
    const [w, b, frozen, unused] = [
      variable(tensor([1, 2]), true, "w"),
      variable(scalar(3), true, "b"),
      variable(scalar(4), false, "frozen"),
      variable(scalar(5), true, "unused"),
    ];
    const loss = (): Tensor => w.mul(frozen).sum().add(b);
    const { value, grads: slopes } = variableGrads(loss);
    expect([value.item(), Object.keys(slopes).sort()]).toEqual([15, ["b", "w"]]);
    expect([values(slopes.w), values(slopes.b)]).toEqual([[4, 4], 1]);
    expect(Object.keys(variableGrads(loss, [w]).grads)).toEqual(["w"]);
    expect(Object.keys(variableGrads(loss, b).grads)).toEqual(["b"]);
    expect(variableGrads(loss, [w, frozen]).grads.frozen).toBeNull();
    // A variable that is named but not used has no gradient, and does no harm.
    expect(Object.keys(variableGrads(loss, [w, unused]).grads)).toEqual(["w"]);
  });

  test("the loss must be a scalar that depends on one of them", () => {
    const w = variable(tensor([1, 2]), true, "w");
    expect(() => variableGrads(() => w.square())).toThrow(
      "variableGrads: the function must return a scalar. Got shape [2]. HINT: reduce it with mean() or sum().",
    );
    expect(() => variableGrads(() => scalar(1))).toThrow("variableGrads: the function must depend on a trainable variable. Got none of [].");
    expect(() => variableGrads(() => scalar(1), [w])).toThrow("Got none of [w].");
    expect(() => variableGrads(() => w.sum(), [variable(scalar(1), false)])).toThrow("Got none of [].");
    expect(() => variableGrads(() => w.sum(), [tensor([1])] as never)).toThrow("expected variables to differentiate by. Got [a tensor of shape [1]].");
  });

  test("minimize updates, returns the loss if asked, and changes nothing when it fails", () => {
    const w = variable(tensor([1, 2]));
    const optimizer = train.sgd(0.5);
    expect(optimizer.minimize(() => w.square().sum())).toBeNull();
    expect(w.arraySync()).toEqual([0, 0]);
    w.assign(tensor([1, 2]));
    expect((optimizer.minimize(() => w.square().sum(), true) as Tensor).item()).toBe(5);
    w.assign(tensor([1, 2]));
    expect(() => optimizer.minimize(() => w.square())).toThrow("minimize: the function must return a scalar. Got shape [2].");
    expect(() => optimizer.minimize(() => scalar(1))).toThrow("minimize: the loss must depend on a trainable variable. Got none of [].");
    expect(() =>
      optimizer.minimize(() => {
        throw new Error("in the loss");
      }),
    ).toThrow("in the loss");
    expect(w.arraySync()).toEqual([1, 2]);
  });

  test("minimize takes the variables to update", () => {
    const [a, b] = [variable(scalar(1)), variable(scalar(1))];
    train.sgd(0.5).minimize(() => a.mul(b), false, [a]);
    expect([a.item(), b.item()]).toEqual([0.5, 1]);
  });

  test("optimizers learn: a line, by each of them", () => {
    const x = tensor([[-1], [0], [1], [2]]);
    const y = tensor([[-3], [-1], [1], [3]]);
    for (const optimizer of [
      train.sgd(0.1),
      train.momentum(0.02, 0.9),
      train.momentum(0.02, 0.9, true),
      train.adam(0.1),
      train.adam({ learningRate: 0.1, epsilon: 1e-8, convention: "torch" }),
    ]) {
      const [w, b] = [variable(tensor([[0]])), variable(tensor([0]))];
      for (let i = 0; i < 400; i++) optimizer.minimize(() => mean(square(sub(dense(x, w, b), y))));
      expect(Math.abs(w.item() - 2), optimizer.getClassName()).toBeLessThan(0.02);
      expect(Math.abs(b.item() + 1), optimizer.getClassName()).toBeLessThan(0.02);
    }
  });

  test("optimizers keep their state apart, and tell it", async () => {
    const [a, b] = [variable(scalar(1), true, "a"), variable(scalar(1), true, "b")];
    const optimizer = train.adam(0.1);
    optimizer.minimize(() => a.square());
    optimizer.minimize(() => b.square());
    expect((await optimizer.getWeights()).map(({ name }) => name)).toEqual(["iter", "a/m", "b/m", "a/v", "b/v"]);
  });
});

describe("errors", () => {
  test("what cannot be differentiated", () => {
    const integer = tensor([1, 2], [2], "int32");
    expect(() => grad((x) => x)(integer)).toThrow("valueAndGrads: expected float32 tensors to differentiate by. Got dtype int32.");
    expect(() => grad((x) => x)(tensor([1]), integer)).toThrow("dy must have y's shape [1]. Got shape [2].");
    expect(() => grad((x) => x)(tensor([1, 2]), integer)).toThrow("dy must be float32. Got dtype int32.");
    expect(() => grad((x) => x)(undefined as never)).toThrow("valueAndGrads: input 0 must be a tensor or values. Got undefined.");
    expect(() => grads((x) => x as Tensor)(tensor([1]) as never)).toThrow("expected an array of tensors to differentiate by. Got a tensor of shape [1].");
    for (const make of [grad, grads, valueAndGrad, valueAndGrads, variableGrads]) expect(() => make(3 as never)).toThrow("expected a function. Got 3.");
    expect(() => grad((x) => x.square())(tensor([1, 2]), tensor([1, 2, 3]))).toThrow("valueAndGrads: dy must have y's shape [2]. Got shape [3].");
    expect(() => grad(() => 3 as never)(tensor([1]))).toThrow("valueAndGrads: the function must return a tensor. Got 3.");
    expect(() => grad((async (x: Tensor) => x) as never)(tensor([1]))).toThrow();
    const noSlope = defineOp("test.noSlope", { shape: ([x]) => (x as Tensor).shape, run: (k, [x], y) => k.copy(y.size * 4, x as Tensor, y), grad: null });
    expect(() => grad((x) => noSlope([x.square()], {}))(tensor([1]))).toThrow(
      "grad: every op between x and y must have a gradient. Got 'test.noSlope', which has none.",
    );
  });

  test("after an error nothing is recorded any more", () => {
    expect(() =>
      grad(() => {
        throw new Error("in f");
      })(tensor([1])),
    ).toThrow("in f");
    expect(tensor([1]).square().node).toBeNull();
    expect(grad((x) => x.square())(scalar(3)).item()).toBe(6);
  });
});

describe("gradCheck", () => {
  test("passes right gradients and says how near they are", () => {
    const { maxError, checked, worst } = gradCheck(
      (x, y) => exp(x as Tensor).mul(log(y as Tensor)),
      [
        [0.1, -0.5, 1],
        [[1], [2]],
      ],
    );
    expect(maxError).toBeLessThan(1e-4);
    expect(checked).toBe(5);
    expect(worst?.input).toBeTypeOf("number");
  });

  test("checks a sample of large inputs", () => {
    setSeed(3);
    expect(gradCheck((x) => (x as Tensor).square(), [randomUniform([1000])], { samples: 7 }).checked).toBe(7);
  });

  test("finds a wrong gradient, and names input, element and both values", () => {
    const wrong = defineOp("test.wrong", {
      shape: ([x]) => (x as Tensor).shape,
      run: (k, [x], y) => k.square(y.size, x as Tensor, y),
      grad: (dy, [x]) => [dy.mul(x as Tensor)],
    });
    expect(() =>
      gradCheck(
        (_, x) => wrong([x as Tensor], {}),
        [
          [1],
          [
            [2, 3],
            [4, 5],
          ],
        ],
      ),
    ).toThrow(
      /^gradCheck: the gradient by input 1 must agree with finite differences within 0\.001 of [\d.]+, its largest\. Got -?[\d.]+ at element \[\d,\d\], and -?[\d.]+ by differences\.$/,
    );
    const lost = defineOp("test.lost", { shape: ([x]) => (x as Tensor).shape, run: (k, [x], y) => k.square(y.size, x as Tensor, y), grad: () => [null] });
    expect(() => gradCheck((x) => lost([x as Tensor], {}), [[2, 3]])).toThrow("Got 0 at element [");
    const undefinedSlope = (x: Tensor): Tensor => x.sub(x).sqrt().add(x);
    expect(() => gradCheck((x) => undefinedSlope(x as Tensor), [[2, 3]])).toThrow("Got NaN at element [");
  });

  test("a kink within the step is not a pass", () => {
    expect(() => gradCheck((x) => relu(x as Tensor), [[1, 0.001]])).toThrow("gradCheck: the gradient by input 0");
  });

  test("passes inputs of other dtypes on, and random numbers repeat", () => {
    const labels = tensor([1, 0], [2], "int32");
    expect(gradCheck((x, t) => (x as Tensor).mul(cast(t as Tensor, "float32")), [[1, 2], labels]).checked).toBe(2);
    setSeed(4);
    gradCheck((x) => (x as Tensor).mul(randomUniform([3])), [[1, 2, 3]]);
    const drawn = randomUniform([1]).item();
    setSeed(4);
    expect(randomUniform([1]).item()).toBe(drawn);
  });

  test("needs a float32 input and a float32 result", () => {
    expect(() => gradCheck((x) => x as Tensor, [tensor([1], [1], "int32")])).toThrow(
      "gradCheck: expected a float32 tensor to differentiate by. Got dtypes [int32].",
    );
    expect(() => gradCheck((x) => sum(cast(x as Tensor, "int32")), [[1.5]])).toThrow("gradCheck: f must return a float32 tensor. Got dtype int32.");
  });
});
