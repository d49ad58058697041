/** @file Fused plans give eager's bits, and have as few records as promised. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Plan } from "../src/engine/plan.js";
import {
  abs,
  add,
  binaryCrossEntropy,
  broadcastTo,
  clone,
  compile,
  div,
  fill,
  grads,
  layers,
  matMul,
  maximum,
  mean,
  mul,
  neg,
  randomUniform,
  relu,
  reshape,
  scalar,
  sequential,
  setSeed,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  train,
  transpose,
  type Variable,
  valueAndGrads,
  variable,
  zeros,
} from "../src/index.js";
import { batchOf } from "../src/train/source.js";

/** A program: each step makes a value from earlier ones, which numbers choose, or assigns one to a variable. */
interface Step {
  op: number;
  a: number;
  b: number;
}

const ONE = tensor([1]);
const HALF = tensor([0.5]);

/** What a step may do to values of one shape. */
const STEPS: readonly ((a: Tensor, b: Tensor, v: Variable, shape: number[]) => Tensor)[] = [
  (a) => neg(a),
  (a) => abs(a),
  (a) => square(a),
  (a) => relu(a),
  (a) => sigmoid(a),
  (a) => tanh(a),
  (a) => clone(a),
  (a) => mul(a, 1),
  (a) => mul(ONE, a),
  (a) => div(a, ONE),
  (a, b) => add(a, b),
  (a, b) => sub(a, b),
  (a, b) => mul(a, b),
  (a, b) => maximum(a, b),
  (a, b) => mul(a, mean(b)),
  (a, b) => add(a, sum(b, 0, true)),
  (a, b) => mul(a, sum(b, 1, true)),
  (a, _, __, [n, m]) => reshape(reshape(a, [n as number, m as number, 1]), [n as number, m as number]),
  (a) => transpose(transpose(a)),
  (a, b) => matMul(matMul(a, b, false, true), a),
  (_, __, ___, shape) => fill(shape, 0.25),
  (a, _, __, shape) => add(a, broadcastTo(HALF, shape)),
  (a, _, __, shape) => mul(a, mul(broadcastTo(div(fill([], 1), 4), shape), HALF)),
  (a) => mul(a, randomUniform(a.shape)),
  (_, __, v) => v,
  (_, __, v) => clone(v),
  (a, _, v) => v.assign(a),
];

function runOn(steps: readonly Step[], shape: number[], x: Tensor, v: Variable): Tensor[] {
  const values: Tensor[] = [x];
  for (const { op, a, b } of steps) {
    const pick = (choice: number): Tensor => values[choice % values.length] as Tensor;
    values.push((STEPS[op % STEPS.length] as (typeof STEPS)[0])(pick(a), pick(b), v, shape));
  }
  // Variables would be returned as they are after the run.
  return values.slice(-3).map((value) => (value === v ? clone(value) : value));
}

const bitsOf = (values: readonly Tensor[]): number[][] => values.map((value) => [...new Int32Array((value.dataSync() as Float32Array).slice().buffer)]);

describe("a fused plan", () => {
  const steps = fc.array(fc.record({ op: fc.nat(STEPS.length - 1), a: fc.nat(50), b: fc.nat(50) }), { minLength: 1, maxLength: 25 });
  const shapes = fc.constantFrom<number[][]>([1, 1], [1, 5], [4, 1], [3, 7], [160, 130]);

  test.each([false, true])("gives eager's bits, poisoned: %s", (poison) => {
    fc.assert(
      fc.property(steps, shapes, (program, shape) => {
        setSeed(1);
        const x = randomUniform(shape, -1, 1);
        const start = randomUniform(shape, -1, 1);
        const [eager, planned] = [variable(start), variable(start)];
        setSeed(2);
        const expected = bitsOf([...runOn(program, shape, x, eager), ...runOn(program, shape, x, eager), eager]);
        const f = compile((at: Tensor) => runOn(program, shape, at, planned), { poison });
        setSeed(2);
        expect(bitsOf([...f(x), ...f(x), planned])).toEqual(expected);
        f.dispose();
      }),
      { numRuns: 120 },
    );
  });

  test("gives eager's bits where chains run in strips", () => {
    fc.assert(
      fc.property(steps, (program) => {
        const shape = [520, 511];
        // Nothing that takes long.
        const short = program.filter(({ op }) => op < 17 || op > 19).slice(0, 9);
        setSeed(1);
        const x = randomUniform(shape, -1, 1);
        const [eager, planned] = [variable(x), variable(x)];
        setSeed(2);
        const expected = [...runOn(short, shape, x, eager), ...runOn(short, shape, x, eager), eager].map(clone);
        const f = compile((at: Tensor) => runOn(short, shape, at, planned), { poison: true });
        setSeed(2);
        const got = [...f(x), ...f(x), planned] as Tensor[];
        for (const [i, value] of got.entries())
          expect(Buffer.compare(Buffer.from(value.dataSync().buffer), Buffer.from((expected[i] as Tensor).dataSync().buffer))).toBe(0);
        f.dispose();
      }),
      { numRuns: 12 },
    );
  });

  test("follows variables, not the numbers they had", () => {
    const v = variable(scalar(1));
    const f = compile((x: Tensor) => mul(x, reshape(v, [1])));
    expect(f(tensor([3])).dataSync()).toEqual(Float32Array.of(3));
    v.assign(scalar(2));
    expect(f(tensor([3])).dataSync()).toEqual(Float32Array.of(6));
  });

  test("reads a variable where the function does, before it is assigned and after", () => {
    const v = variable(scalar(1));
    const f = compile((x: Tensor) => {
      const before = clone(v);
      v.assign(x);
      return [add(before, 0), add(clone(v), 0)];
    });
    expect((f(scalar(5)) as Tensor[]).map((y) => y.item())).toEqual([1, 5]);
  });

  test("reads an argument that is a variable it assigns to before it does", () => {
    const v = variable(scalar(1));
    const f = compile((x: Tensor) => {
      const before = clone(x);
      v.assign(scalar(7));
      return add(before, 1);
    });
    expect(f(v).item()).toBe(2);
  });

  test("draws for what nobody reads", () => {
    const f = compile(() => {
      randomUniform([4]);
      return randomUniform([4]);
    });
    expect(f.plan().trace.records).toHaveLength(1);
    setSeed(5);
    randomUniform([4]);
    const expected = bitsOf([randomUniform([4])]);
    setSeed(5);
    expect(bitsOf([f()])).toEqual(expected);
  });
});

describe("records of a plan", () => {
  const opsOf = (f: { plan(...args: Tensor[]): { trace: { records: readonly { op: string }[] } } }, ...args: Tensor[]): string[] =>
    f.plan(...args).trace.records.map(({ op }) => op);

  test("constants are computed once, and copies, unread results and repetitions not at all", () => {
    const x = randomUniform([3, 4]);
    expect(
      opsOf(
        compile((a: Tensor) => mul(neg(a), add(fill([3, 4], 2), broadcastTo(ONE, [3, 4])))),
        x,
      ),
    ).toEqual(["neg", "mul"]);
    expect(
      opsOf(
        compile((a: Tensor) => neg(clone(mul(a, 1)))),
        x,
      ),
    ).toEqual(["neg"]);
    expect(
      opsOf(
        compile((a: Tensor) => [square(a), neg(a)][1] as Tensor),
        x,
      ),
    ).toEqual(["neg"]);
    expect(
      opsOf(
        compile((a: Tensor) => add(neg(a), square(neg(a)))),
        x,
      ),
    ).toEqual(["neg", "square", "add"]);
    expect(
      opsOf(
        compile((a: Tensor) => neg(sum(mean(a), null))),
        zeros([1, 1]),
      ),
    ).toEqual(["neg"]);
  });

  test("the gradient of a sum begins with a constant", () => {
    const df = grads((a: Tensor) => square(a).sum());
    expect(
      opsOf(
        compile((a: Tensor) => df([a])[0] as Tensor),
        randomUniform([5]),
      ),
    ).toEqual(["activationGrad"]);
  });

  test("a constant's memory is given back with its plan", () => {
    const f = compile((a: Tensor) => mul(a, add(fill([64], 2), 1)));
    f(zeros([64]));
    const { trace } = f.plan(zeros([64]));
    const constants = [...trace.blocks.values()].filter(({ role, first }) => role === "external" && first >= 0);
    expect(constants.map(({ bytes }) => bytes)).toEqual([256]);
    f.dispose();
    expect(constants.map(({ block }) => block.references)).toEqual([0]);
  });

  test("long pointwise calls in a row are one, with strips for what only they use", () => {
    const f = compile((a: Tensor, b: Tensor) => relu(add(mul(neg(a), b), 0.5)));
    const [a, b] = [randomUniform([600, 500], -1, 1), randomUniform([600, 500], -1, 1)];
    expect(opsOf(f, a, b)).toEqual(["neg+mul+add+relu"]);
    expect(f.plan(a, b).bytes).toBe(8192);
    expect(f(a, b).dataSync()).toEqual(relu(add(mul(neg(a), b), 0.5)).dataSync());
  });

  test.each<[string, number, (losses: Tensor) => Tensor]>([
    ["one pass", 1, (losses) => mean(losses)],
    ["two where the slope's factor comes of the loss", 2, (losses) => mean(square(losses))],
  ])("a loss and its slope are %s", (_, passes, reduced) => {
    const both = (x: Tensor, t: Tensor): Tensor[] => {
      const { value, grads: slopes } = valueAndGrads((a: Tensor) => reduced(binaryCrossEntropy(t, relu(a))))([x]);
      return [value, slopes[0] as Tensor];
    };
    for (const size of [1, 7, 40]) {
      const [x, t] = [randomUniform([size], -3, 3), randomUniform([size])];
      const f = compile(both, { poison: true });
      expect(opsOf(f, x, t).filter((op) => op.startsWith("binary"))).toHaveLength(passes);
      expect(f(x, t).map((y) => [...y.dataSync()])).toEqual(both(x, t).map((y) => [...y.dataSync()]));
    }
  });

  const stepOf = (inputs: number, hidden: number, outputs: number): string[] => {
    const model = sequential({
      layers: [
        layers.dense({ units: hidden, activation: "relu", inputShape: [inputs] }),
        layers.dense({ units: outputs, activation: outputs > 1 ? "softmax" : "sigmoid" }),
      ],
    });
    model.compile({ optimizer: "adam", loss: outputs > 1 ? "sparseCategoricalCrossentropy" : "binaryCrossentropy" });
    const rows = outputs > 1 ? 32 : 1;
    const x = randomUniform([rows, inputs]);
    const y = outputs > 1 ? randomUniform([rows], 0, outputs, "int32") : randomUniform([rows, 1]);
    const plan = model.compiled("fit").steps.train.planOf(batchOf([x], [y], [], rows)) as Plan;
    return plan.trace.records.map(({ op }) => op);
  };

  test("of a training step are few", () => {
    expect(stepOf(784, 128, 10).length).toBeLessThanOrEqual(18);
    expect(stepOf(2, 10, 1).length).toBeLessThanOrEqual(9);
  });
});

describe("parameters that lie together", () => {
  const build = (): { variables: Variable[]; loss: () => Tensor } => {
    setSeed(3);
    const variables = [[3, 5], [5], [5, 2], [1]].map((shape) => variable(randomUniform(shape, -1, 1)));
    const [w, b, u, c] = variables as [Variable, Variable, Variable, Variable];
    return {
      variables,
      loss: () =>
        add(matMul(tanh(add(matMul(fill([4, 3], 0.5), w), b)), u), c)
          .square()
          .sum(),
    };
  };

  test.each(["sgd", "momentum", "adam", "rmsprop", "adadelta"] as const)("are updated by one record with the same bits: %s", (name) => {
    const optimizer = () => (name === "momentum" ? train.momentum(0.1, 0.9) : name === "adadelta" ? train.adadelta(0.1) : train[name](0.1));
    const [one, other] = [build(), build()];
    const [eager, planned] = [optimizer(), optimizer()];
    const step = compile(() => planned.minimize(other.loss, true) as Tensor);
    expect(step.plan().trace.records.filter(({ op }) => op === "optimize")).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      eager.minimize(one.loss);
      step();
    }
    expect(bitsOf(other.variables)).toEqual(bitsOf(one.variables));
    // A neighbour's end leaves the others as they are.
    other.variables[1]?.dispose();
    const [first] = bitsOf([other.variables[0] as Variable]);
    zeros([64]);
    expect(bitsOf([other.variables[0] as Variable])).toEqual([first]);
  });

  test("plans made before they moved follow them", () => {
    const { variables, loss } = build();
    const f = compile((x: Tensor) => mul(x, variables[1] as Variable));
    const x = fill([5], 2);
    f(x);
    train.sgd(0.1).minimize(loss);
    expect(f(x).dataSync()).toEqual(mul(x, variables[1] as Variable).dataSync());
  });

  test("a second optimizer leaves them where they are", () => {
    const { variables, loss } = build();
    const first = compile(() => train.sgd(0.1).minimize(loss, true) as Tensor);
    first();
    const places = variables.map(({ block }) => block.ptr);
    train.adam(0.1).minimize(loss, false, [...variables].reverse());
    expect(variables.map(({ block }) => block.ptr)).toEqual(places);
    const before = loss().item();
    expect(first().item()).toBe(before);
    expect(loss().item()).toBeLessThan(before);
  });
});
