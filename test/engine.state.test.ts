/** @file compile and what changes from run to run: variables, learning rates, random numbers, gradients and their block. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../src/engine/init.js";
import { engine } from "../src/engine/op.js";
import {
  compile,
  dense,
  mul,
  randomNormal,
  randomUniform,
  scalar,
  setSeed,
  type Tensor,
  tensor,
  train,
  type Variable,
  variable,
  variableGrads,
} from "../src/index.js";

/** A function and how often its JavaScript ran. */
function counted<F extends (...args: never[]) => unknown>(fn: F): { fn: F; calls: () => number } {
  let calls = 0;
  const wrapped = ((...args: never[]) => {
    calls++;
    return fn(...args);
  }) as F;
  return { fn: wrapped, calls: () => calls };
}

test("relaxed SIMD is known where the relaxed build runs", () => {
  expect(hasRelaxedSimd()).toBe(WebAssembly.validate(readFileSync("build/core.relaxed.wasm")));
});

describe("variables", () => {
  test("are read and written where they are, also between runs", () => {
    const v = variable(tensor([1, 2]));
    const f = compile((x: Tensor) => {
      const before = v.add(0);
      v.assign(v.mul(x));
      const between = v.add(0);
      v.assign(v.add(1));
      return [before, between];
    });
    const [before, between] = f(scalar(10)) as [Tensor, Tensor];
    expect([before.arraySync(), between.arraySync(), v.arraySync()]).toEqual([
      [1, 2],
      [10, 20],
      [11, 21],
    ]);
    v.assign(tensor([5, 6]));
    f(scalar(2));
    expect(v.arraySync()).toEqual([11, 13]);
  });

  test("a ragged last batch is another plan over the same variables", () => {
    const [w, b] = [variable(tensor([[1], [1]])), variable(tensor([0]))];
    const optimizer = train.sgd(0.1);
    const step = compile((x: Tensor, y: Tensor) => optimizer.minimize(() => dense(x, w, b).sub(y).square().mean(), true) as Tensor);
    const eager = (): number[] => {
      const [w2, b2] = [variable(tensor([[1], [1]])), variable(tensor([0]))];
      const other = train.sgd(0.1);
      for (const n of [4, 4, 3, 4]) other.minimize(() => dense(data(n).x, w2, b2).sub(data(n).y).square().mean());
      return [...w2.dataSync(), ...b2.dataSync()];
    };
    const data = (n: number): { x: Tensor; y: Tensor } => ({
      x: tensor(
        Float32Array.from({ length: 2 * n }, (_, i) => i / 10),
        [n, 2],
      ),
      y: tensor(
        Float32Array.from({ length: n }, (_, i) => i),
        [n, 1],
      ),
    });
    for (const n of [4, 4, 3, 4]) step(data(n).x, data(n).y);
    expect([...w.dataSync(), ...b.dataSync()]).toEqual(eager());
  });

  test("the learning rate may change without a new trace", () => {
    const w = variable(scalar(1));
    const optimizer = train.sgd(0.5);
    const { fn, calls } = counted(() => optimizer.minimize(() => w.mul(2), true) as Tensor);
    const step = compile(fn);
    step();
    expect(w.item()).toBe(0);
    optimizer.learningRate = 0.25;
    step();
    expect([w.item(), calls()]).toEqual([-0.5, 1]);
  });
});

describe("random numbers", () => {
  const noise = (): Tensor[] => [randomNormal([3]), randomUniform([2]), randomNormal([3])];
  const values = (tensors: Tensor[]): number[][] => tensors.map((y) => [...y.dataSync()]);

  test("are eager's for one seed, run after run", () => {
    setSeed(5);
    const expected = [values(noise()), values(noise()), values(noise())];
    const f = compile(noise);
    setSeed(5);
    expect([values(f()), values(f()), values(f())]).toEqual(expected);
    // Tracing draws nothing, and eager and compiled draws follow each other.
    setSeed(5);
    expect([values(noise()), values(f()), values(compile(noise)())]).toEqual(expected);
    expect(expected[0]).not.toEqual(expected[1]);
    expect((expected[0] as number[][])[0]).not.toEqual((expected[0] as number[][])[2]);
  });

  test("with a seed of their own do not change", () => {
    const f = compile(() => randomNormal([4], 0, 1, "float32", 9));
    expect(f().arraySync()).toEqual(randomNormal([4], 0, 1, "float32", 9).arraySync());
    expect(f().arraySync()).toEqual(f().arraySync());
  });
});

describe("gradients", () => {
  const build = (): { variables: Variable[]; loss: (x: Tensor) => Tensor } => {
    setSeed(1);
    const variables = [variable(randomNormal([3, 5])), variable(randomNormal([5])), variable(randomNormal([5, 2]))];
    return {
      variables,
      loss: (x) =>
        mul(dense(dense(x, variables[0] as Tensor, variables[1] as Tensor, "tanh"), variables[2] as Tensor), 0.5)
          .square()
          .sum(),
    };
  };

  test("of variables are eager's", () => {
    const { variables, loss } = build();
    const x = randomNormal([4, 3]);
    const names = variables.map(({ name }) => name);
    const eager = variableGrads(() => loss(x)).grads;
    const compiled = compile((at: Tensor) => variableGrads(() => loss(at)))(x) as ReturnType<typeof variableGrads>;
    for (const name of names) expect((compiled.grads[name] as Tensor).arraySync()).toEqual((eager[name] as Tensor).arraySync());
    expect(compiled.value.item()).toBe(loss(x).item());
  });

  test("lie in one contiguous block, with a cut before the update", () => {
    const { variables, loss } = build();
    const optimizer = train.adam(0.01);
    const step = compile((x: Tensor) => optimizer.minimize(() => loss(x), true) as Tensor);
    const x = randomNormal([4, 3]);
    const plan = step.plan(x);
    const group = plan.layout.groups.get("update") as { offset: number; bytes: number };
    const parts = [...plan.trace.blocks.values()]
      .filter((info) => info.group === "update")
      .map((info) => ({ offset: plan.layout.offsets.get(info) as number, bytes: info.bytes }));
    parts.sort((a, b) => a.offset - b.offset);
    expect(parts.map(({ bytes }) => bytes).sort((a, b) => a - b)).toEqual(variables.map(({ size }) => size * 4).sort((a, b) => a - b));
    let end = group.offset;
    for (const { offset, bytes } of parts) {
      // One after the other, each on a cache line.
      expect(offset).toBe(Math.ceil(end / 64) * 64);
      end = offset + bytes;
    }
    expect(end).toBe(group.offset + group.bytes);
    const cut = plan.trace.cuts.get("update") as number;
    expect(plan.trace.records.slice(0, cut).some(({ op }) => op === "optimize")).toBe(false);
    expect(plan.trace.records.slice(cut).every(({ op }) => op === "optimize")).toBe(true);
  });

  test("a plan runs in two parts", () => {
    const whole = build();
    const parts = build();
    const x = randomNormal([4, 3]);
    const step = ({ loss }: ReturnType<typeof build>) => {
      const optimizer = train.adam(0.01);
      return compile((at: Tensor) => optimizer.minimize(() => loss(at), true) as Tensor);
    };
    const expected = step(whole)(x).item();
    const plan = step(parts).plan(x);
    const loss = tensor([0], []);
    const before = (parts.variables[0] as Variable).arraySync();
    plan.run([x], [loss], { before: "update" });
    expect((parts.variables[0] as Variable).arraySync()).toEqual(before);
    expect(loss.item()).toBe(expected);
    plan.run([x], [loss], { from: "update" });
    expect(parts.variables.map((v) => v.arraySync())).toEqual(whole.variables.map((v) => v.arraySync()));
  });

  test("a cut copies what cannot be moved: duplicates, inputs, constants", () => {
    const constant = tensor([5, 6]);
    const f = compile((x: Tensor) => {
      const y = x.mul(2);
      const placed = (engine.tracer as NonNullable<typeof engine.tracer>).cut("group", [y, y, x, constant, y.reshape([2, 1])]);
      return placed.map((part) => part.add(1));
    });
    const results = f(tensor([1, 2])) as Tensor[];
    expect(results.map((y) => y.arraySync())).toEqual([
      [3, 5],
      [3, 5],
      [2, 3],
      [6, 7],
      [[3], [5]],
    ]);
    const { groups } = f.plan(tensor([1, 2])).layout;
    expect(groups.get("group")?.bytes).toBe(4 * 64 + 8);
  });

  test("one gradient for two variables", () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([3, 4]))];
    const optimizer = train.sgd(0.5);
    const step = compile(() => optimizer.minimize(() => a.add(b).sum(), true) as Tensor, { poison: true });
    step();
    expect([a.arraySync(), b.arraySync()]).toEqual([
      [0.5, 1.5],
      [2.5, 3.5],
    ]);
  });
});
