/** @file compile: the cache, tracing, outputs, and what helps to find mistakes. */
import { describe, expect, test } from "vitest";
import { fuse } from "../src/engine/fuse.js";
import { engine } from "../src/engine/op.js";
import { Plan } from "../src/engine/plan.js";
import { Trace } from "../src/engine/trace.js";
import { cast, compile, grads, mul, randomUniform, scalar, setSeed, sum, type Tensor, tensor, tidy, train, variable } from "../src/index.js";

/** A function and how often its JavaScript ran. */
function counted<F extends (...args: never[]) => unknown>(fn: F): { fn: F; calls: () => number } {
  let calls = 0;
  const wrapped = ((...args: never[]) => {
    calls++;
    return fn(...args);
  }) as F;
  return { fn: wrapped, calls: () => calls };
}

const ofLength = (n: number): Tensor => tensor(Float32Array.from({ length: n }, (_, i) => i + 1));

describe("the cache", () => {
  test("one trace for each combination of shapes, dtypes and plain arguments", () => {
    const { fn, calls } = counted((x: Tensor, factor: number | string | boolean | null) => mul(cast(x, "float32"), Number(factor)));
    const f = compile(fn);
    expect(f(tensor([1, 2]), 3).arraySync()).toEqual([3, 6]);
    expect(f(tensor([5, 6]), 3).arraySync()).toEqual([15, 18]);
    expect(calls()).toBe(1);
    f(tensor([[1, 2]]), 3);
    f(tensor([1, 2], [2], "int32"), 3);
    expect(f(tensor([1, 2]), 4).arraySync()).toEqual([4, 8]);
    expect(calls()).toBe(4);
    f(tensor([1, 2]), "3");
    f(tensor([1, 2]), true);
    f(tensor([1, 2]), null);
    expect(calls()).toBe(7);
  });

  test("plain arguments that print alike are told apart", () => {
    const sign = compile((x: Tensor, by: number) => x.div(by));
    expect(sign(scalar(1), 0).item()).toBe(Number.POSITIVE_INFINITY);
    expect(sign(scalar(1), -0).item()).toBe(Number.NEGATIVE_INFINITY);
    const typed = compile((x: Tensor, kind: unknown) => x.mul(typeof kind === "string" ? 1 : 2));
    expect(typed(scalar(5), "1").item()).toBe(5);
    expect(typed(scalar(5), 1).item()).toBe(10);
    const two = compile((x: Tensor, a: string, b: string) => x.mul(a.length * 10 + b.length));
    expect(two(scalar(1), "a|b", "c").item()).toBe(31);
    expect(two(scalar(1), "a", "b|c").item()).toBe(13);
  });

  test("keeps 16 plans; the least recently used goes", () => {
    const { fn, calls } = counted((x: Tensor) => x.add(1));
    const f = compile(fn);
    for (let n = 1; n <= 16; n++) f(ofLength(n));
    f(ofLength(1));
    expect(calls()).toBe(16);
    f(ofLength(17));
    f(ofLength(1));
    expect(calls()).toBe(17);
    f(ofLength(2));
    expect(calls()).toBe(18);
  });

  test("key adds whatever else the function depends on", () => {
    let training = true;
    const f = compile((x: Tensor) => x.mul(training ? 2 : 1), { key: () => String(training) });
    expect(f(scalar(3)).item()).toBe(6);
    training = false;
    expect(f(scalar(3)).item()).toBe(3);
  });

  test("arguments that are neither tensors nor plain values are refused", () => {
    const f = compile((options: unknown) => scalar(options === undefined ? 1 : 2));
    expect(() => f({ x: scalar(1) })).toThrow("compile: arguments must be tensors or plain values. Got a Object. HINT: pass the tensors inside one by one.");
    expect(() => f([scalar(1)])).toThrow("arguments must be tensors or plain values");
    // Two closures of the same text are not the same function.
    expect(() => f(() => 1)).toThrow("arguments must be tensors or plain values");
  });

  test("dispose gives memory back, and the function still works", () => {
    const { fn, calls } = counted((x: Tensor) => x.add(1));
    const f = compile(fn);
    f(ofLength(3));
    f.dispose();
    expect(f(ofLength(3)).arraySync()).toEqual([2, 3, 4]);
    expect(calls()).toBe(2);
  });
});

describe("tracing", () => {
  test("reading a value throws, with the name of the op that made it", () => {
    const text =
      /^compile: the value of 'mul' is not known while tracing .*Got a traced tensor of shape \[3\]\. HINT: return it from the compiled function instead\.$/;
    for (const read of [(y: Tensor) => y.dataSync(), (y: Tensor) => y.arraySync()]) {
      expect(() => compile((x: Tensor) => scalar(Number(read(x.mul(2)))))(ofLength(3))).toThrow(text);
    }
    expect(() => compile((x: Tensor) => scalar(x.sum().item()))(ofLength(3))).toThrow("the value of 'sum' is not known while tracing");
    expect(() => compile((x: Tensor) => x.mul(x.dataSync()[0] as number))(ofLength(3))).toThrow("the value of 'input 0' is not known while tracing");
  });

  test("printing shows what is known", () => {
    let text = "";
    compile((x: Tensor) => {
      text = x.mul(2).toString();
      return x;
    })(ofLength(3));
    expect(text).toBe("Tensor (traced 'mul', dtype float32, shape [3])");
  });

  test("after an error eager ops run as before, and the next call traces again", () => {
    let fails = true;
    const f = compile((x: Tensor) => {
      if (fails) throw new Error("not yet");
      return x.add(1);
    });
    expect(() => f(ofLength(2))).toThrow("not yet");
    expect(engine.tracer).toBeNull();
    expect(ofLength(2).mul(2).arraySync()).toEqual([2, 4]);
    fails = false;
    expect(f(ofLength(2)).arraySync()).toEqual([2, 3]);
  });

  test("asynchronous functions are refused", () => {
    const f = compile(async (x: Tensor) => x.add(1));
    expect(() => f(ofLength(2))).toThrow("compile: the function must not be asynchronous. Got a Promise.");
  });

  test("a traced tensor that got out cannot be used", () => {
    let leaked: Tensor | undefined;
    compile((x: Tensor) => {
      leaked = x.mul(2);
      return leaked.add(1);
    })(ofLength(2));
    const out = leaked as Tensor;
    expect(() => out.dataSync()).toThrow("not known while tracing");
    expect(() => out.add(1)).toThrow(/traced/);
    expect(() => out.reshape([2, 1]).dataSync()).toThrow("not known while tracing");
    expect(() => variable(out)).toThrow("not known while tracing");
    expect(() => compile((x: Tensor) => x.add(out))(ofLength(2))).toThrow("compile: a traced value must be used in the call that made it");
    expect(() => compile((x: Tensor) => x.add(1))(out)).toThrow(/traced/);
  });

  test("tensors that are gone cannot be captured", () => {
    const gone = ofLength(2);
    gone.dispose();
    expect(() => compile((x: Tensor) => x.add(gone))(ofLength(2))).toThrow("that has been disposed");
    let left: Tensor | undefined;
    tidy(() => {
      left = ofLength(2).add(1);
    });
    expect(() => compile((x: Tensor) => x.add(left as Tensor))(ofLength(2))).toThrow("made inside a step that has ended");
    const f = compile((x: Tensor) => x.add(1));
    f(ofLength(2));
    expect(() => f(gone)).toThrow("that has been disposed");
  });

  test("compiled functions inside others, and under gradients, join in", () => {
    const inner = compile((x: Tensor) => x.square());
    const outer = compile((x: Tensor) => inner(x).sum());
    expect(outer(ofLength(3)).item()).toBe(14);
    expect((grads((x) => inner(x as Tensor).sum())([ofLength(3)])[0] as Tensor).arraySync()).toEqual([2, 4, 6]);
  });

  test("inside a step, results are the step's", () => {
    const f = compile((x: Tensor) => x.add(1));
    let inside: Tensor | undefined;
    const returned = tidy(() => {
      inside = f(ofLength(2));
      return f(inside);
    });
    expect(returned.arraySync()).toEqual([3, 4]);
    expect(() => (inside as Tensor).dataSync()).toThrow("made inside a step that has ended");
  });
});

describe("outputs", () => {
  test("inputs, aliases, duplicates, constants, containers and plain values", () => {
    const constant = tensor([7]);
    const f = compile((x: Tensor) => {
      const y = x.mul(2);
      return { x, y, again: y, flat: y.reshape([4]), list: [y.add(1), { deep: x.sum() }] as const, constant, made: scalar(3), note: "text", nothing: null };
    });
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    for (let run = 0; run < 2; run++) {
      const result = f(x);
      expect(result.x.arraySync()).toEqual([
        [1, 2],
        [3, 4],
      ]);
      expect(result.y.arraySync()).toEqual([
        [2, 4],
        [6, 8],
      ]);
      expect(result.again).toBe(result.y);
      expect(result.flat.arraySync()).toEqual([2, 4, 6, 8]);
      expect(result.list[0].arraySync()).toEqual([
        [3, 5],
        [7, 9],
      ]);
      expect(result.list[1].deep.item()).toBe(10);
      expect(result.constant.arraySync()).toEqual([7]);
      expect(result.made.item()).toBe(3);
      expect([result.note, result.nothing]).toEqual(["text", null]);
    }
  });

  test("results of one call outlive the next", () => {
    const f = compile((x: Tensor) => x.mul(10));
    const first = f(ofLength(2));
    const second = f(ofLength(2).add(1));
    expect([first.arraySync(), second.arraySync()]).toEqual([
      [10, 20],
      [20, 30],
    ]);
  });

  test("an output that later records still read", () => {
    const f = compile((x: Tensor) => {
      const y = x.add(1);
      const z = y.neg();
      return [y, z, y.mul(z)];
    });
    expect(f(ofLength(2)).map((y: Tensor) => y.arraySync())).toEqual([
      [2, 3],
      [-2, -3],
      [-4, -9],
    ]);
  });

  test("variables come back as themselves", () => {
    const v = variable(scalar(2));
    const f = compile((x: Tensor) => {
      v.assign(v.add(x));
      return { v, now: v.add(0) };
    });
    expect(f(scalar(3)).v).toBe(v);
    expect(f(scalar(3)).now.item()).toBe(8);
    expect(v.item()).toBe(8);
  });

  test("more and larger tensors than the nursery holds", () => {
    // Outputs of 8 MB each: making the fifth one's place must not move the first away before the plan has run.
    const n = 2 << 20;
    const inputs = Array.from({ length: 3 }, (_, i) => tensor(new Float32Array(n).fill(i)));
    const f = compile((...xs: Tensor[]) => [1, 2, 3, 4, 5, 6].map((k) => (xs[k % 3] as Tensor).add(k)));
    for (let run = 0; run < 2; run++) {
      const results = f(...inputs) as Tensor[];
      results.forEach((y, i) => {
        const k = i + 1;
        const values = y.dataSync();
        expect([values[0], values[n - 1]]).toEqual([(k % 3) + k, (k % 3) + k]);
      });
    }
  });

  test("empty tensors and no tensors", () => {
    expect(compile((x: Tensor) => x.add(1))(tensor([])).shape).toEqual([0]);
    expect(compile((x: Tensor) => x.sum())(tensor([], [0, 3])).item()).toBe(0);
    const v = variable(scalar(1));
    const step = compile(() => {
      v.assign(v.add(1));
    });
    step();
    step();
    expect(v.item()).toBe(3);
  });
});

describe("finding mistakes", () => {
  test("check: true catches JavaScript that is frozen into the plan", () => {
    let calls = 0;
    const f = compile((x: Tensor) => x.mul(++calls), { check: true });
    expect(() => f(ofLength(2))).toThrow(
      /^compile: result 0 \('mul'\) must be the same when the function runs eagerly\. Got a relative difference of 0\.\d+\. HINT: JavaScript values that change/,
    );
  });

  test("check: true catches a variable that changes otherwise", () => {
    const v = variable(scalar(1));
    let calls = 0;
    const f = compile(
      () => {
        v.assign(v.add(++calls));
      },
      { check: true },
    );
    expect(() => f()).toThrow("compile: variables must change as they do when the function runs eagerly");
  });

  test("check: true passes a pure function, and changes nothing twice", () => {
    const v = variable(scalar(1));
    const f = compile(
      (x: Tensor) => {
        v.assign(v.add(x));
        return v.mul(randomUniform([2]));
      },
      { check: true },
    );
    setSeed(3);
    f(scalar(2));
    f(scalar(2));
    expect(v.item()).toBe(5);
    const drawn = randomUniform([1]).item();
    setSeed(3);
    randomUniform([2]);
    randomUniform([2]);
    expect(randomUniform([1]).item()).toBe(drawn);
  });

  test("poison fills memory whose lifetime has ended", () => {
    const build = (poison: boolean): number[] => {
      const trace = new Trace();
      engine.tracer = trace;
      try {
        const doubled = trace.input(0, ofLength(4)).mul(2);
        trace.output(0, sum(doubled));
        fuse(trace);
        // As if the planner had thought that nobody reads it after it is made.
        const info = trace.blocks.get(doubled.block) as { last: number; first: number };
        info.last = info.first;
      } finally {
        engine.tracer = null;
      }
      const result = tensor([0], []);
      new Plan(trace, 1, 1, poison).run([ofLength(4)], [result]);
      return [...result.dataSync()];
    };
    expect(build(true)).toEqual([Number.NaN]);
    expect(build(false)).toEqual([20]);
  });
});

describe("plan.toString", () => {
  test("shows records with ops, kernels, shapes and places, and what the arena takes", () => {
    const w = variable(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const optimizer = train.sgd(0.1);
    const f = compile((x: Tensor) => optimizer.minimize(() => x.mul(w).sum(), true) as Tensor);
    const text = f.plan(tensor([[1, 2]])).toString();
    expect(text).toMatch(/^plan: \d+ records in \d+ bytes, arena \d+ bytes \(at least \d+\)\n/);
    expect(text).toMatch(/mul: mulRows?\(/);
    expect(text).toContain("input0[1,2]");
    expect(text).toMatch(/@\d+\[2,2\]/);
    expect(text).toMatch(/---- update\n\s*\d+ {3}optimize: optimize\(4; /);
    expect(text).toContain("output0[]");
  });
});
