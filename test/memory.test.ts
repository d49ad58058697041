/** @file Memory: steps, the nursery, and that nothing grows over a million ops. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { compile, dense, fill, grads, keep, memory, relu, scalar, sum, type Tensor, tensor, tidy, train, variable } from "../src/index.js";
import { Home } from "../src/wasm/block.js";
import { heap } from "../src/wasm/heap.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const MB = 1 << 20;
const used = (): number => memory().numBytes;
const reserved = (): number => heap.memory.buffer.byteLength;

/** JavaScript's own memory, typed arrays included. */
function hostBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Pushes everything older out of the nursery: its ring holds 32 MB. */
function fillNursery(): void {
  for (let i = 0; i < 10; i++) fill([MB], i);
}

test("the first tensor of all may be empty, and in a step", () => {
  expect(tidy(() => tensor([], [0, 3]).add(1)).shape).toEqual([0, 3]);
});

// Before the others, while little memory is in use.
describe("large tensors", () => {
  test("views follow the memory when it grows", () => {
    const x = tensor([1, 2, 3]);
    const before = reserved();
    const large = fill([Math.ceil(before / 4)], 7);
    expect(reserved()).toBeGreaterThan(before);
    expect(x.add(1).arraySync()).toEqual([2, 3, 4]);
    expect(large.dataSync()[large.size - 1]).toBe(7);
    large.dispose();
  });

  test("gives large tensors and variables back at once", () => {
    const before = used();
    const x = fill([3 * MB], 1);
    expect(used()).toBe(before + 12 * MB);
    x.dispose();
    expect(used()).toBe(before);
    const v = variable(fill([MB], 1));
    const with4 = used();
    v.dispose();
    expect(used()).toBe(with4 - 4 * MB);
    expect(() => v.add(1)).toThrow("that has been disposed");
  });
});

test("more than there is is refused, and all else stays as it is", () => {
  const x = tensor([1, 2, 3]);
  for (const size of [2 ** 30, 2 ** 31 + 16, 1e12]) {
    expect(() => x.reshape([3, 1]).broadcastTo([3, size])).toThrow("memory: expected room for");
    tidy(() => {
      const y = x.add(1);
      expect(() => x.reshape([3, 1]).broadcastTo([3, size])).toThrow("memory: expected room for");
      expect(Array.from({ length: 9 }, (_, i) => fill([MB], i).dataSync()[MB - 1])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(y.arraySync()).toEqual([2, 3, 4]);
    });
  }
  expect(x.arraySync()).toEqual([1, 2, 3]);
});

describe("memory stays flat", () => {
  test("over 100,000 compiled training steps", () => {
    const [w1, b1, w2, b2] = [variable(fill([4, 8], 0.1)), variable(fill([8], 0)), variable(fill([8, 2], 0.1)), variable(fill([2], 0))];
    const optimizer = train.adam(0.001);
    const step = compile(
      (x: Tensor, y: Tensor) =>
        optimizer.minimize(
          () =>
            dense(dense(x, w1, b1, "relu"), w2, b2)
              .sub(y)
              .square()
              .mean(),
          true,
        ) as Tensor,
    );
    const [x, y] = [
      tensor(
        Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
        [8, 4],
      ),
      fill([8, 2], 0.5),
    ];
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) step(x, y);
    };
    run(70_000);
    const before = { used: used(), reserved: reserved(), host: hostBytes() };
    run(100_000);
    expect(used()).toBe(before.used);
    expect(reserved()).toBe(before.reserved);
    expect(hostBytes() - before.host).toBeLessThan(MB);
    expect(step(x, y).item()).toBeLessThan(0.01);
  });

  test("over 20,000 eager training steps", () => {
    const w = variable(fill([4, 2], 0.1));
    const optimizer = train.sgd(0.01);
    const x = fill([3, 4], 1);
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) optimizer.minimize(() => relu(x.matMul(w)).sum());
    };
    run(1000);
    const before = { used: used(), host: hostBytes() };
    run(20_000);
    expect(used()).toBe(before.used);
    expect(hostBytes() - before.host).toBeLessThan(MB);
  });

  test("over a synchronous loop of 1,000,000 small ops outside any step, without dispose", () => {
    let x = tensor([1, 2, 3, 4]);
    const one = tensor([1, 1, 1, 1]);
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) x = x.add(one);
    };
    // Long enough to go around the nursery's ring.
    run(600_000);
    const before = { used: used(), reserved: reserved(), host: hostBytes() };
    run(1_000_000);
    expect(used()).toBe(before.used);
    expect(reserved()).toBe(before.reserved);
    expect(hostBytes() - before.host).toBeLessThan(2 * MB);
    expect(x.arraySync()).toEqual([1_600_001, 1_600_002, 1_600_003, 1_600_004]);
  });

  test("over large results outside any step", () => {
    const x = fill([4 * MB], 1);
    let y = x;
    for (let i = 0; i < 40; i++) y = y.add(1);
    const before = { reserved: reserved(), used: used() };
    for (let i = 0; i < 40; i++) y = y.add(1);
    expect(used()).toBeLessThanOrEqual(before.used + 16 * MB);
    expect(y.dataSync()[4 * MB - 1]).toBe(81);
    // The oldest went to JavaScript and come back.
    expect(x.dataSync()[0]).toBe(1);
    expect(x.add(1).dataSync()[4 * MB - 1]).toBe(2);
  });

  test("when variables are dropped", async () => {
    const make = (): void => {
      for (let i = 0; i < 50; i++) variable(fill([MB / 4], i));
    };
    make();
    const full = used();
    // Finalization runs between turns of the event loop, some time after a collection.
    for (let i = 0; i < 50 && used() > full - 40 * MB; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(used()).toBeLessThanOrEqual(full - 40 * MB);
  });

  test("when plans are dropped from the cache", () => {
    const f = compile((x: Tensor) => x.add(1).mul(2));
    for (let n = 1; n <= 20; n++) f(fill([n], 1));
    const before = used();
    for (let n = 21; n <= 300; n++) f(fill([n], 1));
    expect(used()).toBeLessThan(before + MB / 4);
  });
});

describe("steps", () => {
  test("return what they return and free the rest", () => {
    let inside: Tensor | undefined;
    const y = tidy(() => {
      inside = tensor([1, 2]).add(1);
      return inside.mul(10);
    });
    expect(y.arraySync()).toEqual([20, 30]);
    expect((inside as Tensor).isDisposed).toBe(true);
    expect(y.isDisposed).toBe(false);
  });

  test("nest: results move out one step at a time", () => {
    const kept: Tensor[] = [];
    const result = tidy(() => {
      const a = tensor([1, 2]);
      const b = tidy(() => {
        const c = a.add(1);
        const d = tidy("innermost", () => {
          kept.push(c.mul(100));
          return { list: [c.mul(2), c], n: 7 };
        });
        return d.list[0] as Tensor;
      });
      kept.push(b);
      return [a.add(b), b.neg()];
    });
    expect((result as Tensor[]).map((x) => x.arraySync())).toEqual([
      [5, 8],
      [-4, -6],
    ]);
    for (const x of kept) expect(() => x.dataSync()).toThrow("made inside a step that has ended");
  });

  test("move many results of many sizes without mixing them up", () => {
    const make = (i: number): Tensor => fill([1 + ((i * 7919) % 5000)], i).add(0.5);
    const results = tidy(() => {
      const inner = tidy(() => Array.from({ length: 300 }, (_, i) => make(i)).filter((_, i) => i % 3 !== 0));
      // Results that come from an inner step, and some made after it, every second of each kept.
      return [...(inner as Tensor[]), ...Array.from({ length: 300 }, (_, i) => make(300 + i))].filter((_, i) => i % 2 === 0);
    }) as Tensor[];
    const numbers = [...Array.from({ length: 300 }, (_, i) => i).filter((i) => i % 3 !== 0), ...Array.from({ length: 300 }, (_, i) => 300 + i)].filter(
      (_, i) => i % 2 === 0,
    );
    results.forEach((x, at) => {
      const i = numbers[at] as number;
      expect(x.size).toBe(1 + ((i * 7919) % 5000));
      const values = x.dataSync();
      expect([values[0], values[x.size - 1]]).toEqual([i + 0.5, i + 0.5]);
    });
  });

  test("hold tensors beyond a chunk of the arena, and larger than one", () => {
    const [small, large] = tidy(() => {
      const first = tensor([1]).add(0);
      const parts = Array.from({ length: 12 }, (_, i) => fill([MB / 2], i));
      const whole = fill([5 * MB], 3).add(1);
      return [first.add(sum(parts[11] as Tensor)), whole];
    }) as [Tensor, Tensor];
    expect(small.item()).toBe(1 + (11 * MB) / 2);
    expect([large.dataSync()[0], large.dataSync()[5 * MB - 1]]).toEqual([4, 4]);
    large.dispose();
  });

  test("a tensor smuggled out by a closure says what to do", () => {
    let leaked: Tensor | undefined;
    tidy(() => {
      leaked = tensor([1, 2]).add(1);
    });
    const x = leaked as Tensor;
    expect(() => x.dataSync()).toThrow(
      "dataSync: expected a live tensor. Got one ('add', shape [2]) made inside a step that has ended. HINT: return it from the step, or call keep() on it inside.",
    );
    expect(() => x.mul(2)).toThrow("mul: expected a live tensor. Got one ('add', shape [2]) made inside a step that has ended.");
    expect(() => tensor([1, 2]).sub(x)).toThrow("sub: expected a live tensor.");
    expect(() => variable(x)).toThrow("made inside a step that has ended");
    expect(() => keep(x)).toThrow("made inside a step that has ended");
    // Inside another step, which uses the same memory again, too.
    tidy(() => {
      expect(() => x.mul(2)).toThrow("made inside a step that has ended");
    });
    grads((a) => {
      leaked = (a as Tensor).mul(3);
      return leaked.sum();
    })([tensor([1])]);
    expect(() => (leaked as Tensor).dataSync()).toThrow("made inside a step that has ended");
  });

  test("asynchronous callbacks are refused", () => {
    expect(() => tidy(async () => tensor([1]))).toThrow(
      "tidy: the callback must not be asynchronous: its tensors die when it returns. Got a Promise. HINT: await outside the step.",
    );
    expect(tensor([1]).add(1).item()).toBe(2);
  });

  test("an error inside gives the step's memory back", () => {
    const fails = (): void => {
      expect(() =>
        tidy(() => {
          fill([MB], 1).add(1);
          tidy(() => {
            fill([MB], 2);
            throw new Error("within");
          });
        }),
      ).toThrow("within");
    };
    fails();
    const before = used();
    for (let i = 0; i < 50; i++) fails();
    expect(used()).toBe(before);
    expect(tidy(() => scalar(1).add(1)).item()).toBe(2);
  });

  test("keep takes a tensor out of its step", () => {
    let kept: Tensor | undefined;
    tidy(() => {
      kept = keep(tensor([1, 2]).add(1));
      tidy(() => fill([1000], 9));
    });
    tidy(() => fill([1000], 8));
    expect((kept as Tensor).arraySync()).toEqual([2, 3]);
    const alias = tidy(() => keep(tensor([1, 2, 3, 4]).add(0)).reshape([2, 2]));
    fillNursery();
    expect(alias.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("what comes from outside stays outside", () => {
    const outer = tensor([1, 2]);
    expect(tidy(() => outer)).toBe(outer);
    expect(outer.arraySync()).toEqual([1, 2]);
    const v = variable(tensor([3]));
    expect(tidy(() => ({ v })).v).toBe(v);
    expect(v.add(1).item()).toBe(4);
  });
});

describe("the nursery", () => {
  test("moves old results to JavaScript and brings them back with the same values", () => {
    const x = tensor(Float32Array.from({ length: 1000 }, (_, i) => i));
    const flags = tensor([true, false, true]);
    const expected = x.arraySync();
    expect(x.block.home).toBe(Home.Nursery);
    fillNursery();
    expect([x.block.home, flags.block.home]).toEqual([Home.Host, Home.Host]);
    // Reading leaves it where it is; computing brings it back.
    expect(x.arraySync()).toEqual(expected);
    expect(x.block.home).toBe(Home.Host);
    expect(x.add(x).sum().item()).toBe(999_000);
    expect(x.block.home).toBe(Home.Nursery);
    expect(x.arraySync()).toEqual(expected);
    expect(flags.cast("int32").arraySync()).toEqual([1, 0, 1]);
  });

  test("brings back all inputs of an op, of a plan and of an assignment", () => {
    const make = (): Tensor[] => [1, 2, 3].map((value) => fill([3], value));
    const list = make();
    fillNursery();
    expect((list[0] as Tensor).add(list[1] as Tensor).arraySync()).toEqual([3, 3, 3]);
    const more = make();
    const f = compile((a: Tensor, b: Tensor, c: Tensor) => a.add(b).mul(c));
    fillNursery();
    expect(f(more[0] as Tensor, more[1] as Tensor, more[2] as Tensor).arraySync()).toEqual([9, 9, 9]);
    const v = variable(tensor([0, 0, 0]));
    fillNursery();
    v.assign(more[2] as Tensor);
    expect(v.arraySync()).toEqual([3, 3, 3]);
    const constant = fill([2], 5);
    fillNursery();
    expect(compile((x: Tensor) => x.add(constant))(tensor([1, 2])).arraySync()).toEqual([6, 7]);
    expect(tidy(() => (list[2] as Tensor).add(more[0] as Tensor)).arraySync()).toEqual([4, 4, 4]);
  });

  test("an op may need more than the ring has room for", () => {
    // Operands and result of 8 MB, the largest that the ring takes.
    const n = 2 * MB;
    const [a, b] = [fill([n], 1), fill([n], 2)];
    fillNursery();
    let total = a.add(b);
    for (let i = 0; i < 6; i++) total = total.add(a.mul(b));
    const values = total.dataSync();
    expect([values[0], values[n - 1]]).toEqual([15, 15]);
  });

  test("aliases move together", () => {
    const x = tensor([1, 2, 3, 4]);
    const y = x.reshape([2, 2]);
    fillNursery();
    expect(y.add(1).arraySync()).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(x.arraySync()).toEqual([1, 2, 3, 4]);
  });
});
