/** @file What a plan may hold: loops of records, and records of several kernel families. */
import { beforeAll, describe, expect, test } from "vitest";
import { loop } from "../src/engine/loop.js";
import { scratch } from "../src/engine/op.js";
import { add, broadcastTo, clone, compile, defineOp, fill, gather, grads, sum, type Tensor, tensor, transpose, variable } from "../src/index.js";
import type { Family, Ref } from "../src/wasm/kernels.js";
import { type TestKernels, testFamily } from "./family/family.js";

const FLOAT = 4;

/** y[t] = x[0]^2 + ... + x[t]^2 over rows: two kinds of scratch, one made in the body and one carried from turn to turn. */
const runningSquares = defineOp("test.runningSquares", {
  shape: ([x]) => (x as Tensor).shape,
  run: (k, inputs, y) => {
    const [x] = inputs as [Tensor];
    const [rows, columns] = x.shape as [number, number];
    const total = scratch(columns * FLOAT);
    k.fill(columns, 0, total);
    const moving = [x, y].map((ref) => ({ ref, stride: columns * FLOAT }));
    loop(rows, moving, ([from, to]) => {
      const squared = scratch(columns * FLOAT);
      k.square(columns, from as Ref, squared);
      k.add(columns, total, squared, total, 1, 1);
      k.copy(columns * FLOAT, total, to as Ref);
    });
  },
  grad: null,
});

/** y[i,j,:] = a[i,:] + b[j,:]: a loop in a loop, with a handle that only the outer one moves. */
const pairSums = defineOp("test.pairSums", {
  shape: ([a, b]) => [...(a as Tensor).shape.slice(0, 1), ...(b as Tensor).shape],
  run: (k, inputs, y) => {
    const [a, b] = inputs as [Tensor, Tensor];
    const [n, columns] = a.shape as [number, number];
    const m = b.shape[0] as number;
    const outer = [
      { ref: a as Ref, stride: columns * FLOAT },
      { ref: y as Ref, stride: m * columns * FLOAT },
    ];
    loop(n, outer, ([row, block]) => {
      const inner = [
        { ref: b as Ref, stride: columns * FLOAT },
        { ref: block as Ref, stride: columns * FLOAT },
      ];
      loop(m, inner, ([other, to]) => k.add(columns, row as Ref, other as Ref, to as Ref, 1, 1));
    });
  },
  grad: null,
});

/** y[i,:] = sum over j of (a[i,:] + b[j,:])^2, with scratch made in each body. */
const nestedScratch = defineOp("test.nestedScratch", {
  shape: ([a]) => (a as Tensor).shape,
  run: (k, inputs, y) => {
    const [a, b] = inputs as [Tensor, Tensor];
    const [n, columns] = a.shape as [number, number];
    const bytes = columns * FLOAT;
    const moving = [a, y].map((ref) => ({ ref, stride: bytes }));
    loop(n, moving, ([row, to]) => {
      const total = scratch(bytes);
      k.fill(columns, 0, total);
      loop(b.shape[0] as number, [{ ref: b, stride: bytes }], ([other]) => {
        const one = scratch(bytes);
        const two = scratch(bytes);
        k.add(columns, row as Ref, other as Ref, one, 1, 1);
        k.square(columns, one, two);
        k.add(columns, total, two, total, 1, 1);
      });
      k.copy(bytes, total, to as Ref);
    });
  },
  grad: null,
});

const rows = (n: number, columns: number): Tensor =>
  tensor(
    Float32Array.from({ length: n * columns }, (_, i) => ((i * 7) % 11) - 5),
    [n, columns],
  );

function naiveRunningSquares(x: Tensor): number[][] {
  const total = new Array<number>(x.shape[1] as number).fill(0);
  return (x.arraySync() as number[][]).map((row) => row.map((value, i) => (total[i] = (total[i] as number) + value * value)));
}

describe("loop records", () => {
  for (const count of [0, 1, 2, 7, 100]) {
    test(`${count} turns, eager and as a plan`, () => {
      const x = rows(count, 5);
      const expected = naiveRunningSquares(x);
      expect(runningSquares([x], {}).arraySync()).toEqual(expected);
      const f = compile((at: Tensor) => runningSquares([at], {}), { poison: true });
      expect(f(x).arraySync()).toEqual(expected);
      expect(f(x).arraySync()).toEqual(expected);
    });
  }

  test("the plan does not grow with the count", () => {
    const f = compile((at: Tensor) => runningSquares([at], {}));
    expect(f.plan(rows(500, 5)).trace.records.length).toBe(f.plan(rows(5, 5)).trace.records.length);
    expect(f.plan(rows(500, 5)).toString()).toMatch(/loop 500\n {2}\s*\d+ {3}test\.runningSquares: square/);
  });

  test("what the body writes keeps its place from the first turn on, among other temporaries", () => {
    const f = compile(
      (at: Tensor) => {
        // Temporaries before and after, so that the arena's places are contested; none is an output.
        const before = clone(at);
        const y = runningSquares([before.add(0)], {});
        const z = runningSquares([y.mul(1)], {});
        return sum(add(z, before), 1);
      },
      { poison: true },
    );
    for (const columns of [1, 5, 64, 300]) {
      const x = rows(6, columns);
      const z = naiveRunningSquares(tensor(naiveRunningSquares(x)));
      const expected = z.map((row, t) => row.reduce((total, value, i) => total + value + (x.arraySync()[t][i] as number), 0));
      const got = f(x).arraySync() as number[];
      got.forEach((value, t) => {
        expect(Math.abs(value - (expected[t] as number))).toBeLessThanOrEqual(1e-6 * Math.abs(expected[t] as number) + 1e-3);
      });
    }
  });

  test("loops nest", () => {
    const [a, b] = [rows(3, 4), rows(5, 4)];
    const expected = (a.arraySync() as number[][]).map((p) => (b.arraySync() as number[][]).map((q) => p.map((value, i) => value + (q[i] as number))));
    expect(pairSums([a, b], {}).arraySync()).toEqual(expected);
    const f = compile((p: Tensor, q: Tensor) => clone(pairSums([p.add(0), q.add(0)], {})), { poison: true });
    expect(f(a, b).arraySync()).toEqual(expected);
    expect(f(a, b).arraySync()).toEqual(expected);
  });

  test("loops nest with scratch of their own", () => {
    const [a, b] = [rows(3, 40), rows(5, 40)];
    const expected = (a.arraySync() as number[][]).map((p) =>
      p.map((value, i) => (b.arraySync() as number[][]).reduce((total, q) => total + (value + (q[i] as number)) ** 2, 0)),
    );
    expect(nestedScratch([a, b], {}).arraySync()).toEqual(expected);
    const f = compile((p: Tensor, q: Tensor) => clone(nestedScratch([p.add(0), q.add(0)], {})), { poison: true });
    expect(f(a, b).arraySync()).toEqual(expected);
  });

  test("ops that walk axes beyond what a kernel does are loops too", () => {
    const x = tensor(
      Float32Array.from({ length: 128 }, (_, i) => i),
      [2, 2, 2, 2, 2, 2, 2],
    );
    const perm = [6, 4, 2, 0, 5, 3, 1];
    const f = compile((at: Tensor) => transpose(clone(at), perm), { poison: true });
    expect(f(x).arraySync()).toEqual(transpose(x, perm).arraySync());
    expect(f.plan(x).toString()).toContain("loop 2");
    const indices = tensor([2, 0, 0], [3], "int32");
    const g = compile((at: Tensor, i: Tensor) => grads((t) => gather(t as Tensor, i, 1).square())([at])[0] as Tensor, { poison: true });
    const y = rows(4, 3);
    expect(g(y, indices).arraySync()).toEqual((grads((t) => gather(t as Tensor, indices, 1).square())([y])[0] as Tensor).arraySync());
  });
});

describe("memory of plans", () => {
  /** x^2 + x by two kernels: the second reads what the first would have overwritten in place. */
  const twoKernels = defineOp("test.twoKernels", {
    shape: ([x]) => (x as Tensor).shape,
    run: (k, inputs, y) => {
      const [x] = inputs as [Tensor];
      k.square(y.size, x, y);
      k.add(y.size, y, x, y, 1, 1);
    },
    grad: null,
    inplace: true,
  });

  test("an op of several kernel calls is not done in place", () => {
    const f = compile((x: Tensor) => clone(twoKernels([x.add(1)], {})));
    expect(f(tensor([1, 2, 3])).arraySync()).toEqual([6, 12, 20]);
  });

  test("when the arena grows it moves, and plans that ran before follow it", () => {
    const small = compile((x: Tensor) => x.add(1).mul(x.square()).add(1));
    const x = tensor(new Float32Array(200_000).fill(3));
    const expected = small(x).dataSync();
    // A neighbour that keeps the arena from growing where it is.
    const neighbour = variable(fill([8 << 20], 0));
    // Temporaries larger than any before: the old arena is given back, and others take its place.
    const large = compile((at: Tensor) => broadcastTo(at, [6000, 5000]).square().sum());
    expect(large(tensor(new Float32Array(5000).fill(1))).item()).toBe(3e7);
    const others = Array.from({ length: 400 }, (_, i) => variable(fill([16384], i)));
    expect(small(x).dataSync()).toEqual(expected);
    others.forEach((other, i) => {
      const values = other.dataSync();
      expect(values.every((value) => value === i)).toBe(true);
      other.dispose();
    });
    neighbour.dispose();
  });
});

describe("a second kernel family", () => {
  let family: Family<TestKernels>;
  let cube: (inputs: readonly Tensor[], none: object) => Tensor;
  let scale: (inputs: readonly Tensor[], attributes: { shift: number }) => Tensor;
  let total: (inputs: readonly Tensor[], none: object) => Tensor;

  beforeAll(async () => {
    family = await testFamily();
    cube = defineOp("test.cube", {
      family,
      shape: ([x]) => (x as Tensor).shape,
      run: (k, [x], y) => k.cube(y.size, x as Tensor, y),
      grad: (dy, [x]) => [dy.mul((x as Tensor).square().mul(3))],
      inplace: true,
    });
    scale = defineOp<{ shift: number }, TestKernels>("test.scale", {
      family,
      shape: ([x]) => (x as Tensor).shape,
      run: (k, [x], y, { shift }) => k.scaleByFour(y.size, shift, x as Tensor, y),
      grad: null,
    });
    total = defineOp("test.total", { family, shape: () => [], run: (k, [x], y) => k.total((x as Tensor).size, x as Tensor, y), grad: null });
  });

  test("runs eagerly", () => {
    expect(cube([tensor([1, 2, 3])], {}).arraySync()).toEqual([1, 8, 27]);
    expect(scale([tensor([1, 1, 1, 1, 2])], { shift: 10 }).arraySync()).toEqual([11.5, 12.5, 13.5, 14.5, 13]);
    expect(total([tensor([1, 2, 3])], {}).item()).toBe(6);
  });

  test("its records and the core's mix in one plan", () => {
    const f = compile(
      (x: Tensor) => {
        const y = cube([x.add(1)], {}).mul(2);
        return [total([scale([y], { shift: 0.5 })], {}), y, cube([sum(y)], {})];
      },
      { poison: true },
    );
    const results = f(tensor([0, 1, 2, 3, 4])) as Tensor[];
    const y = [1, 8, 27, 64, 125].map((value) => 2 * value);
    const scaled = y.map((value, i) => value * ([1.5, 2.5, 3.5, 4.5][i % 4] as number) + 0.5);
    expect((results[1] as Tensor).arraySync()).toEqual(y);
    expect((results[0] as Tensor).item()).toBe(scaled.reduce((a, b) => a + b, 0));
    expect((results[2] as Tensor).item()).toBe(Math.fround(450 ** 3));
    const text = f.plan(tensor([0, 1, 2, 3, 4])).toString();
    for (const record of ["add: add", "test.cube: cube", "mul: mul", "test.scale: scaleByFour", "test.total: total"]) expect(text).toContain(record);
  });

  test("its gradients trace, and it works in place", () => {
    const slope = (x: Tensor): Tensor => grads((at) => cube([(at as Tensor).mul(2)], {}).sum())([x])[0] as Tensor;
    const x = tensor([1, -2, 0.5]);
    expect(slope(x).arraySync()).toEqual([24, 96, 6]);
    expect(compile(slope, { poison: true })(x).arraySync()).toEqual([24, 96, 6]);
    const chain = compile((at: Tensor) => cube([at.add(1)], {}).add(1));
    expect(chain(x).arraySync()).toEqual([9, 0, 4.375]);
    expect([...chain.plan(x).trace.blocks.values()].some(({ inPlaceOf }) => inPlaceOf !== null)).toBe(true);
  });

  test("uses its own range of the function table", () => {
    expect(family.opcode("cube")).toBe(2048 + 2051 * 2 ** 16);
    expect(family.opcode("total")).toBe(2050 + 2053 * 2 ** 16);
  });
});
