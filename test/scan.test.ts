/** @file Loops of ops: the same numbers eagerly, compiled and unrolled; gradients of any order; plans that do not grow with the turns. */
import { afterAll, describe, expect, test } from "vitest";
import {
  add,
  compile,
  foriLoop,
  grad,
  grads,
  greater,
  init,
  matMul,
  memory,
  mul,
  randomNormal,
  randomUniform,
  scalar,
  scan,
  setSeed,
  slice,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  where,
} from "../src/index.js";
import { threads } from "../src/wasm/threads.js";

type Turn = (carry: Tensor, x: Tensor) => [Tensor, Tensor];

/** The same without `scan`. */
function unroll(fn: Turn, init: Tensor, xs: Tensor, isReverse = false): [Tensor, Tensor] {
  const count = xs.shape[0] as number;
  const ys: Tensor[] = [];
  let carry = init;
  for (let turn = 0; turn < count; turn++) {
    const at = isReverse ? count - 1 - turn : turn;
    const x = slice(xs, [at], [1]).reshape(xs.shape.slice(1));
    [carry, ys[at]] = fn(carry, x) as [Tensor, Tensor];
  }
  return [carry, stack(ys)];
}

const values = (shape: number[], seed: number): Tensor => randomNormal(shape, 0, 0.7, "float32", seed);
const h0 = values([2, 3], 1);
const xs = values([5, 2, 3], 2);
const w = values([3, 3], 3);
const b = values([3], 4);
const numbers = (tensors: Tensor[]): number[][] => tensors.map((t) => [...t.dataSync()]);

function expectClose(a: Tensor[], expected: Tensor[], tolerance = 2e-6): void {
  const [p, q] = [numbers(a), numbers(expected)];
  p.forEach((list, i) => {
    const scale = Math.max(1, ...(q[i] as number[]).map(Math.abs));
    list.forEach((value, j) =>
      expect(Math.abs(value - (q[i]?.[j] as number)) / scale, `result ${i}, element ${j}: ${value} for ${q[i]?.[j]}`).toBeLessThan(tolerance),
    );
  });
}

const cells: Record<string, (w: Tensor, b: Tensor) => Turn> = {
  "handed on and kept": (w, b) => (h, x) => {
    const next = tanh(add(matMul(add(h, x), w), b));
    return [next, next];
  },
  "kept before it is handed on": (w, b) => (h, x) => [tanh(add(matMul(h, w), mul(x, b))), h],
  "handed on in place": (_, b) => (h, x) => [h.add(x), mul(h, b)],
  "handed on unchanged": (w) => (h, x) => [h, matMul(mul(h, x), w)],
  "the slice handed on": (w) => (h, x) => [x, matMul(h, w)],
  "outside values kept": (w, b) => (h, x) => [h.mul(x), b.add(w)],
  "used again after the next is made": (w) => (h, x) => {
    const next = h.add(x);
    return [next, matMul(h, w).add(next)];
  },
};

describe.each(Object.entries(cells))("%s", (_, cell) => {
  describe.each([false, true])("reverse %s", (reverse) => {
    const run = (h: Tensor, x: Tensor, weights: Tensor, bias: Tensor): Tensor[] => scan(cell(weights, bias), h, x, { reverse });
    const plain = (h: Tensor, x: Tensor, weights: Tensor, bias: Tensor): Tensor[] => unroll(cell(weights, bias), h, x, reverse);
    const all = [h0, xs, w, b] as const;

    test("same bits", () => {
      const expected = numbers(plain(...all));
      expect(numbers(run(...all))).toEqual(expected);
      const f = compile(run, { poison: true });
      expect(numbers(f(...all))).toEqual(expected);
      expect(numbers(f(...all))).toEqual(expected);
    });

    const loss =
      (fn: typeof run) =>
      (...x: Tensor[]): Tensor => {
        const [last, kept] = fn(...(x as [Tensor, Tensor, Tensor, Tensor])) as [Tensor, Tensor];
        return sum(mul(last, last)).add(sum(kept.sin()));
      };

    test("gradients", () => {
      const expected = grads(loss(plain))([...all]);
      const f = compile((...x: Tensor[]) => grads(loss(run))(x), { poison: true });
      expectClose(f(...all), expected);
      expectClose(f(...all), expected);
      expectClose(grads(loss(run))([...all]), expected);
      expectClose(compile((...x: Tensor[]) => grads(loss(plain))(x))(...all), expected);
    });

    test("gradients of gradients", () => {
      const second =
        (fn: typeof run) =>
        (...x: Tensor[]): Tensor[] =>
          grads((...y: Tensor[]) => grads(loss(fn))(y).reduce((total, g) => total.add(sum(mul(g, g))), scalar(0)))(x);
      expectClose(compile(second(run), { poison: true })(...all), second(plain)(...all), 1e-5);
      expectClose(compile((...x: Tensor[]) => second(plain)(...x))(...all), second(plain)(...all), 1e-5);
    });
  });
});

describe("nested", () => {
  // Rows are run through one cell, which runs their columns through another, its weights handed on by the outer one.
  const nested = (h: Tensor, x: Tensor, weights: Tensor): Tensor[] =>
    scan(
      ({ state, scale }, rows) => {
        const [last, seen] = scan((inner, row) => [tanh(matMul(inner.add(row), weights).mul(scale)), mul(inner, row)], state, rows);
        return [{ state: last, scale: scale.mul(0.9).add(sum(seen).mul(0.01)) }, [seen, last]];
      },
      { state: h, scale: scalar(1) },
      x,
    )[1];
  const plain = (h: Tensor, x: Tensor, weights: Tensor): Tensor[] => {
    let [state, scale] = [h, scalar(1)];
    const [all, lasts]: Tensor[][] = [[], []];
    for (let i = 0; i < 4; i++) {
      const rows = slice(x, [i], [1]).reshape([3, 2, 3]);
      const [last, seen] = unroll((inner, row) => [tanh(matMul(inner.add(row), weights).mul(scale)), mul(inner, row)], state, rows);
      [state, scale] = [last, scale.mul(0.9).add(sum(seen).mul(0.01))];
      all?.push(seen);
      lasts?.push(last);
    }
    return [stack(all as Tensor[]), stack(lasts as Tensor[])];
  };
  const all = [h0, values([4, 3, 2, 3], 8), w];

  test("same bits", () => {
    const expected = numbers(plain(...(all as [Tensor, Tensor, Tensor])));
    expect(numbers(nested(...(all as [Tensor, Tensor, Tensor])))).toEqual(expected);
    expect(numbers(compile(nested, { poison: true })(...(all as [Tensor, Tensor, Tensor])))).toEqual(expected);
  });

  test("gradients of first and second order", () => {
    const loss =
      (fn: typeof nested) =>
      (...x: Tensor[]): Tensor =>
        fn(...(x as [Tensor, Tensor, Tensor])).reduce((total, y) => total.add(sum(y.sin())), scalar(0));
    const first =
      (fn: typeof nested) =>
      (...x: Tensor[]) =>
        grads(loss(fn))(x);
    const second =
      (fn: typeof nested) =>
      (...x: Tensor[]) =>
        grads((...y: Tensor[]) => first(fn)(...y).reduce((total, g) => total.add(sum(mul(g, g))), scalar(0)))(x);
    expectClose(compile(first(nested), { poison: true })(...all), first(plain)(...all));
    expectClose(compile(second(nested), { poison: true })(...all), second(plain)(...all), 1e-5);
  });
});

test("gradients taken in a turn, by what is handed on and through it", () => {
  // Steps of gradient descent along a line, and the derivative of where they lead.
  const descend = (start: Tensor, rate: Tensor): Tensor =>
    scan((x) => [x.sub(grad((v) => sum(v.square().square()))(x).mul(rate)), null], start, null, { length: 6 })[0];
  const through = (start: Tensor, rate: Tensor): Tensor[] => grads((a, r) => sum(descend(a, r)))([start, rate]);
  const [start, rate] = [tensor([0.5, -0.9]), scalar(0.05)];
  const expected = through(start, rate);
  expectClose(compile(through, { poison: true })(start, rate), expected);
  const step = 1e-3;
  const difference = (sum(descend(start, rate.add(step))).item() - sum(descend(start, rate.sub(step))).item()) / (2 * step);
  expect(expected[1]?.item()).toBeCloseTo(difference, 2);
});

test("gradients agree with finite differences", () => {
  const f = compile((x: Tensor) => sum(scan((h, slice) => [tanh(matMul(h, w).add(slice)), h.square()], h0, x)[1]));
  const g = compile((x: Tensor) => grad((y) => sum(scan((h, slice) => [tanh(matMul(h, w).add(slice)), h.square()], h0, y)[1]))(x));
  const data = xs.dataSync();
  const got = g(xs).dataSync();
  for (const i of [0, 7, 13, 29]) {
    const at = (by: number): number =>
      f(
        tensor(
          Float32Array.from(data, (value, j) => value + (i === j ? by : 0)),
          xs.shape,
        ),
      ).item();
    expect(got[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 2);
  }
});

describe("random draws", () => {
  const walk = (x: Tensor): Tensor[] =>
    scan(
      (p, step) => [p.add(randomNormal([3]).mul(step)), [p, randomUniform([2]), scan((q) => [q.add(randomUniform([])), null], 0, null, { length: 3 })[0]]],
      randomUniform([3]),
      x,
    ).flat();

  test("each turn draws its own numbers, the same eagerly and compiled", () => {
    const x = tensor([1, 2, 3, 4, 5]);
    const f = compile(walk);
    setSeed(3);
    const expected = [...numbers(walk(x)), ...numbers(walk(x)), ...numbers([randomUniform([2])])];
    setSeed(3);
    expect([...numbers(f(x)), ...numbers(f(x)), ...numbers([randomUniform([2])])]).toEqual(expected);
    expect(new Set(expected[2]).size).toBe(10);
  });

  test("gradients go through the numbers that were drawn", () => {
    const f = (x: Tensor): Tensor => grad((start) => sum(scan((h, _) => [h.mul(randomUniform([3])).sin(), h], start, null, { length: 4 })[1]))(x);
    const x = tensor([0.3, 0.6, 0.9]);
    setSeed(5);
    const expected = f(x);
    setSeed(5);
    expectClose([compile(f)(x)], [expected]);
  });
});

test("carries of several tensors that change places, counters, and conditions", () => {
  const fibonacci = (length: number) => (): Tensor[] =>
    scan(
      ({ a, b, turns }) => [
        { a: b, b: a.add(b), turns: turns.add(scalar(1, "int32")) },
        { a, big: greater(b, 10) },
      ],
      { turns: scalar(0, "int32"), b: 1, a: 0 },
      null,
      { length },
    ).flatMap((part) => Object.values(part) as Tensor[]);
  const [turns, last, , kept, big] = compile(fibonacci(8), { poison: true, check: true })() as [Tensor, Tensor, Tensor, Tensor, Tensor];
  expect([turns.dtype, turns.item(), last.item()]).toEqual(["int32", 8, 34]);
  expect(kept.arraySync()).toEqual([0, 1, 1, 2, 3, 5, 8, 13]);
  expect([big.dtype, ...(big.arraySync() as number[])]).toEqual(["bool", 0, 0, 0, 0, 0, 0, 1, 1]);
  expect(numbers(fibonacci(8)())).toEqual(numbers(compile(fibonacci(8))()));
});

test("foriLoop counts", () => {
  const f = (x: Tensor): Tensor => foriLoop(2, 6, (i, { y }) => ({ y: where(greater(i, 3), y.mul(i), y.sub(i)) }), { y: x }).y;
  expect(f(scalar(7)).item()).toBe(40);
  expect(compile(f)(scalar(7)).item()).toBe(40);
  expect(compile((x: Tensor) => grad(f)(x))(scalar(7)).item()).toBe(20);
  expect(foriLoop(3, 3, () => scalar(1), 5)).toBe(5);
});

describe("threads", () => {
  const usual = { ...threads.least };
  afterAll(async () => {
    Object.assign(threads.least, usual);
    await init({ threads: 1 });
  });

  test("the bits of one: values, gradients, draws, loops in loops", async () => {
    const f = (h: Tensor, x: Tensor, weights: Tensor): Tensor[] =>
      grads((...y: Tensor[]) => {
        const [state, rows, u] = y as [Tensor, Tensor, Tensor];
        const turn: Turn = (c, row) => {
          const inner = foriLoop(0, 3, (_, z) => tanh(matMul(z, u).add(row)), c);
          return [inner, inner.mul(randomUniform([2, 3]))];
        };
        return sum(scan(turn, state, rows)[1]);
      })([h, x, weights]);
    const bits = (): number[][] => {
      setSeed(11);
      return numbers(compile(f)(h0, xs, w));
    };
    const expected = bits();
    await init({ threads: 2 });
    Object.assign(threads.least, { record: 0, plan: 0, call: 0 });
    expect(bits()).toEqual(expected);
  });
});

describe("a plan", () => {
  const turns = (length: number) => (h: Tensor, weights: Tensor) => grads((a, b) => sum(foriLoop(0, length, (_, x) => tanh(matMul(x, b)), a)))([h, weights]);
  const lines = (text: string): number => text.split("\n").length;

  test("does not grow with the turns, and memory by what gradients need alone", () => {
    const [short, long] = [10, 10000].map((length) => compile(turns(length)).plan(h0, w));
    expect(lines(String(long))).toBe(lines(String(short)));
    expect(long?.trace.records.length).toBe(short?.trace.records.length);
    // One value of each turn, the state.
    expect(((long?.bytes ?? 0) - (short?.bytes ?? 0)) / 9990).toBeCloseTo(h0.size * 4, 0);
    const forward = [10, 10000].map((length) => compile((h: Tensor) => foriLoop(0, length, (_, x) => tanh(matMul(x, w)), h)).plan(h0).bytes);
    expect(forward[1]).toBe((forward[0] as number) + (10000 - 10) * 0);
  });

  test("runs a million turns in flat memory", () => {
    const f = compile((h: Tensor) => foriLoop(0, 1e6, (_, x) => x.mul(0.5).add(1), h));
    expect(f.plan(h0).bytes).toBeLessThan(1000);
    expectClose([f(h0)], [h0.mul(0).add(2)]);
    const before = memory().numBytes;
    for (let i = 0; i < 3; i++) f(h0);
    expect(memory().numBytes - before).toBeLessThan(10000);
  });

  test("updates what is handed on in place", () => {
    const text = compile((h: Tensor) => scan((x) => [x.mul(0.5).add(1), null], h, null, { length: 9 })[0])
      .plan(h0)
      .toString();
    expect(text.match(/copy:/g)).toHaveLength(1);
  });
});

describe("what is wrong is told", () => {
  const none = { length: 2 };
  test.each<[string, () => unknown, RegExp]>([
    ["another shape", () => scan((h) => [h.reshape([3, 2]), null], h0, null, none), /carry must stay float32\[2,3\]. Got float32\[3,2\]/],
    ["another type", () => scan((h) => [{ n: h.n.add(0.5) }, null], { n: scalar(1, "int32") }, null, none), /carry\.n must stay int32\[\]. Got float32/],
    ["a lost tensor", () => scan(([a]) => [[a], null], [h0, h0], null, none), /carry\[1\].*Got none/],
    ["no pair", () => scan((h) => h, h0, null, none), /\[carry, y\]/],
    ["no turns", () => scan((h) => [h, h], h0), /length=undefined/],
    ["no slices", () => scan((h) => [h, h], h0, tensor([], [0, 2])), /xs of shapes \[\[0,2\]\]/],
    ["different lengths", () => scan((h) => [h, h], h0, [xs, h0]), /xs of shapes/],
    ["no function", () => scan(h0 as never, h0), /expected a function/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
    expect(compile(() => run() as Tensor)).toThrow(message);
  });

  test("a value of a turn outside of it", () => {
    let leaked = scalar(0);
    const leak = (h: Tensor): [Tensor, Tensor] => {
      leaked = h.add(1);
      return [h, leaked];
    };
    const f = compile(() => {
      scan(leak, h0, null, none);
      return leaked.mul(2);
    });
    expect(f).toThrow(/a value of a turn must be used in it/);
    const g = compile(() => {
      scan(leak, h0, null, none);
      return leaked;
    });
    expect(g).toThrow(/a value of a turn must be used in it/);
  });
});
