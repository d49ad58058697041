/** @file Random shapes: broadcasting, movement, reductions, products, and the memory plan. Failures print fast-check's seed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layOut } from "../src/engine/layout.js";
import { type Interval, lowerBound, planMemory } from "../src/engine/memory.js";
import { sharingOf } from "../src/engine/share.js";
import type { Address, PlanBlock, PlanRecord, Trace } from "../src/engine/trace.js";
import {
  add,
  broadcastTo,
  cast,
  compile,
  div,
  equal,
  gather,
  grads,
  matMul,
  max,
  mean,
  mul,
  reshape,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  transpose,
} from "../src/index.js";
import { numbersOf } from "./bits.js";
import * as naive from "./naive.js";

type Values = naive.Values;

const RUNS = { numRuns: 1000 };
const shapes = (most: { rank?: number; size?: number } = {}): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: most.size ?? 5 }), { maxLength: most.rank ?? 6 }).filter((shape) => naive.sizeOf(shape) <= 3000);
const seeds = fc.integer({ min: 0, max: 2 ** 30 });

/** Whole numbers as float32, so that sums and products are exact and results can be compared exactly. */
function whole(shape: readonly number[], seed: number): Values {
  const random = naive.randomOf(seed);
  return { shape, dtype: "float32", data: Array.from({ length: naive.sizeOf(shape) }, () => Math.floor(random() * 17) - 8) };
}

const toTensor = ({ data, shape, dtype }: Values): Tensor => tensor(Array.from(data), shape, dtype);

function expectEqual(got: Tensor, expected: naive.Expected): void {
  expect(got.shape).toEqual([...expected.shape]);
  const values = numbersOf(got);
  const reference = Array.from(expected.data);
  // -0 and 0 are equal here.
  if (values.length !== reference.length || values.some((value, i) => value !== reference[i] && !(Number.isNaN(value) && Number.isNaN(reference[i]))))
    expect(values).toEqual(reference);
}

/** Eagerly inside a step, and every eighth time as a plan too: tracing takes longer than the op. */
function run(fn: (...xs: Tensor[]) => Tensor, inputs: readonly Values[], expected: naive.Expected, seed: number): void {
  tidy(() => expectEqual(fn(...inputs.map(toTensor)), expected));
  if (seed % 8 !== 0) return;
  const compiled = compile(fn, { poison: true });
  expectEqual(compiled(...inputs.map(toTensor)), expected);
  compiled.dispose();
}

/** Two shapes that broadcast: some axes of each are 1, and some leading ones are missing. */
const broadcastable = fc
  .tuple(shapes(), fc.array(fc.constantFrom("both", "a", "b"), { minLength: 6, maxLength: 6 }), fc.nat(6), fc.boolean())
  .map(([shape, kinds, missing, swap]): [number[], number[]] => {
    const a = shape.map((size, i) => (kinds[i] === "b" ? 1 : size));
    const b = shape.map((size, i) => (kinds[i] === "a" ? 1 : size)).slice(Math.min(missing, shape.length));
    return swap ? [b, a] : [a, b];
  });

describe("broadcasting", () => {
  const ops: [string, (a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number][] = [
    ["add", add, (a, b) => a + b],
    ["sub", sub, (a, b) => a - b],
    ["mul", mul, (a, b) => a * b],
    ["equal", equal, (a, b) => Number(a === b)],
  ];
  for (const [name, op, f] of ops) {
    test(name, () => {
      fc.assert(
        fc.property(broadcastable, seeds, ([a, b], seed) => {
          const [x, y] = [whole(a, seed), whole(b, seed + 1)];
          run(op as (...xs: Tensor[]) => Tensor, [x, y], naive.zip(x, y, f), seed);
        }),
        RUNS,
      );
    });
  }

  test("div and int32", () => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        const [x, y] = [whole(a, seed), whole(b, seed + 1)];
        run(
          div as (...xs: Tensor[]) => Tensor,
          [x, y],
          naive.zip(x, y, (p, q) => Math.fround(p / q)),
          seed,
        );
        const integers = [x, y].map((values) => ({ ...values, dtype: "int32" as const }));
        run(mul as (...xs: Tensor[]) => Tensor, integers, naive.zip(x, y, Math.imul), seed);
      }),
      RUNS,
    );
  });

  test("shapes that do not fit are refused, with both in the message", () => {
    fc.assert(
      fc.property(shapes({ rank: 4 }), shapes({ rank: 4 }), (a, b) => {
        fc.pre(naive.broadcastShape(a, b) === null);
        expect(() => add(toTensor(whole(a, 1)), toTensor(whole(b, 2)))).toThrow(`Got a of shape [${a}] and b of shape [${b}]`);
      }),
      { numRuns: 300 },
    );
  });

  test("the gradient sums over what was repeated", () => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        const [x, y] = [whole(a, seed), whole(b, seed + 1)];
        const shape = naive.broadcastShape(a, b) as number[];
        const dy = whole(shape, seed + 2);
        // d<dy, x * y>/dx = the sum of dy * y over the axes that x was repeated along.
        const expected = new Float64Array(naive.sizeOf(a));
        naive.eachPosition(shape, (position, index) => {
          const at = naive.indexIn(a, position);
          expected[at] = (expected[at] as number) + (dy.data[index] as number) * (y.data[naive.indexIn(b, position)] as number);
        });
        tidy(() => {
          const dx = gradientOfProduct(toTensor(x), toTensor(y), toTensor(dy));
          expectEqual(dx, { shape: a, data: expected });
        });
      }),
      { numRuns: 500 },
    );
  });
});

const gradientOfProduct = (x: Tensor, y: Tensor, dy: Tensor): Tensor => grads((a, b) => mul(a as Tensor, b as Tensor))([x, y], dy)[0] as Tensor;

describe("movement", () => {
  test("reshape to any factors, with -1 for one", () => {
    fc.assert(
      fc.property(shapes(), seeds, (shape, seed) => {
        const x = whole(shape, seed);
        const target = [...shape].reverse();
        run((t) => reshape(t as Tensor, target), [x], { shape: target, data: x.data }, seed);
        if (naive.sizeOf(shape) > 0)
          run((t) => reshape(t as Tensor, [-1, ...shape.slice(1)]), [x], { shape: shape.length === 0 ? [1] : shape, data: x.data }, seed + 8);
      }),
      { numRuns: 500 },
    );
  });

  test("transpose by any permutation, in dtypes of 1, 4 and 8 bytes", () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.shuffledSubarray(
              shape.map((_, i) => i),
              { minLength: shape.length, maxLength: shape.length },
            ),
            seeds,
            fc.constantFrom("float32", "int8", "int64"),
          ),
        ),
        ([shape, perm, seed, dtype]) => {
          const x = whole(shape, seed);
          tidy(() => expectEqual(transpose(cast(cast(toTensor(x), "int32"), dtype as "int8"), perm), naive.transpose(x, perm)));
          run((t) => transpose(t as Tensor, perm), [x], naive.transpose(x, perm), seed);
        },
      ),
      RUNS,
    );
  });

  test("broadcastTo", () => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        const shape = naive.broadcastShape(a, b) as number[];
        const x = whole(a, seed);
        run((t) => broadcastTo(t as Tensor, shape), [x], naive.broadcastTo(x, shape), seed);
      }),
      RUNS,
    );
  });

  test("gather along any axis with indices of any shape", () => {
    const samples = fc.tuple(shapes({ rank: 5 }), shapes({ rank: 3, size: 4 }), fc.nat(), seeds).filter(([shape]) => shape.length > 0);
    fc.assert(
      fc.property(samples, ([shape, indexShape, axisChoice, seed]) => {
        const axis = axisChoice % shape.length;
        const limit = shape[axis] as number;
        fc.pre(limit > 0 || naive.sizeOf(indexShape) === 0);
        const random = naive.randomOf(seed + 5);
        const x = whole(shape, seed);
        const indices: Values = {
          shape: indexShape,
          dtype: "int32",
          data: Array.from({ length: naive.sizeOf(indexShape) }, () => Math.floor(random() * limit)),
        };
        const result = [...shape.slice(0, axis), ...indexShape, ...shape.slice(axis + 1)];
        const data: number[] = [];
        const strides = naive.stridesOf(shape);
        naive.eachPosition(result, (position) => {
          const at = indices.data[naive.indexIn(indexShape, position.slice(axis, axis + indexShape.length))] as number;
          const source = [...position.slice(0, axis), at, ...position.slice(axis + indexShape.length)];
          data.push(x.data[source.reduce((sum, p, i) => sum + p * (strides[i] as number), 0)] as number);
        });
        run((t, i) => gather(t as Tensor, i as Tensor, axis - (seed % 2) * shape.length), [x, indices], { shape: result, data }, seed);
      }),
      RUNS,
    );
  });
});

describe("reductions over any axes", () => {
  const samples = shapes().chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, i) => i)), fc.boolean(), seeds));
  const total = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  const ops: [string, (x: Tensor, axis: number[], keepDims: boolean) => Tensor, (values: number[]) => number][] = [
    ["sum", sum, total],
    ["max", max, (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)],
  ];
  for (const [name, op, f] of ops) {
    test(name, () => {
      fc.assert(
        fc.property(samples, ([shape, axes, keepDims, seed]) => {
          const x = whole(shape, seed);
          const given = axes.map((axis) => (seed % 3 === 0 ? axis - shape.length : axis));
          run((t) => op(t as Tensor, given, keepDims), [x], naive.reduce(x, axes, keepDims, f), seed);
        }),
        RUNS,
      );
    });
  }

  test("mean", () => {
    fc.assert(
      fc.property(samples, ([shape, axes, keepDims, seed]) => {
        const x = whole(shape, seed);
        const expected = naive.reduce(x, axes, keepDims, (values) => total(values) / values.length);
        tidy(() => {
          const y = mean(toTensor(x), axes, keepDims);
          expect(y.shape).toEqual([...expected.shape]);
          numbersOf(y).forEach((value, i) => {
            expect(naive.errorOf(value, expected.data[i] as number, 2e-6)).toBeLessThanOrEqual(1);
          });
        });
      }),
      { numRuns: 500 },
    );
  });
});

test("matMul of any batch shapes, transposed or not", () => {
  const sizes = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 18 }));
  const batches = fc.tuple(shapes({ rank: 3, size: 3 }), fc.array(fc.constantFrom("both", "a", "b"), { minLength: 3, maxLength: 3 }), fc.nat(3));
  fc.assert(
    fc.property(sizes, batches, fc.boolean(), fc.boolean(), seeds, ([m, k, n], [batch, kinds, missing], ta, tb, seed) => {
      const left = batch.map((size, i) => (kinds[i] === "b" ? 1 : size));
      const right = batch.map((size, i) => (kinds[i] === "a" ? 1 : size)).slice(Math.min(missing, batch.length));
      const a = whole([...left, ...(ta ? [k, m] : [m, k])], seed);
      const b = whole([...right, ...(tb ? [n, k] : [k, n])], seed + 1);
      // Whole numbers: every sum is exact in any order.
      run((x, y) => matMul(x as Tensor, y as Tensor, ta, tb), [a, b], naive.matMul(a, b, ta, tb), seed);
    }),
    { numRuns: 1500 },
  );
});

describe("the memory plan", () => {
  const ALIGNMENT = 64;
  const intervals = fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(60), fc.nat(20))
      .map(([bytes, first, length]): Interval => ({ bytes, first, last: first + length, offset: -1 })),
    { maxLength: 80 },
  );

  test("no two blocks that are alive together overlap", () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const total = planMemory(list);
        for (const [i, a] of list.entries()) {
          expect(a.offset % ALIGNMENT).toBe(0);
          expect(a.offset).toBeGreaterThanOrEqual(0);
          expect(a.offset + a.bytes).toBeLessThanOrEqual(total);
          for (const b of list.slice(0, i)) {
            if (a.first <= b.last && b.first <= a.last) expect(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset).toBe(true);
          }
        }
        expect(total).toBeGreaterThanOrEqual(lowerBound(list));
      }),
      { numRuns: 500 },
    );
  });

  test("is near the least possible: within 15 % on average", () => {
    const ratios: number[] = [];
    fc.assert(
      fc.property(intervals, (list) => {
        if (list.length > 0) ratios.push(planMemory(list) / lowerBound(list));
      }),
      { numRuns: 500, seed: 11 },
    );
    expect(ratios.reduce((a, b) => a + b, 0) / ratios.length).toBeLessThanOrEqual(1.15);
  });

  test("a chain of equal blocks takes two", () => {
    const chain = Array.from({ length: 50 }, (_, i): Interval => ({ bytes: 1000, first: i, last: i + 1, offset: -1 }));
    expect(planMemory(chain)).toBe(2048);
  });
});

describe("the layout of random records", () => {
  /** A straight line of records over temporaries; each record reads some made before and writes one. */
  const traces = fc
    .array(fc.tuple(fc.integer({ min: 4, max: 900 }), fc.array(fc.nat(), { maxLength: 3 }), fc.boolean()), { minLength: 1, maxLength: 40 })
    .map((steps) => {
      const blocks: PlanBlock[] = [];
      const records: PlanRecord[] = steps.map(([bytes, reads, inPlace], at) => {
        const sources = at === 0 ? [] : [...new Set(reads.map((choice) => blocks[choice % at] as PlanBlock))];
        for (const source of sources) source.last = at;
        const first = sources[0];
        const joins = inPlace && first !== undefined;
        const made = {
          block: {} as PlanBlock["block"],
          role: "temporary",
          bytes: joins ? first.bytes : bytes,
          origin: "",
          shape: null,
          loop: -1,
          first: at,
          last: at,
          inPlaceOf: joins ? first : null,
          slot: -1,
          group: null,
        } as PlanBlock;
        blocks.push(made);
        const args: Address[] = [...sources, made].map((target) => ({ target, offset: 0, strides: [], home: -1, slot: 0 }));
        return { opcode: 1, kernel: "k", op: "o", kinds: `${"p".repeat(sources.length)}w`, count: 1, args, loops: [] };
      });
      return { records, loops: [], blocks: new Map(blocks.map((info, i) => [i as unknown, info])), cuts: new Map() } as unknown as Trace;
    });

  test("keeps every value until its last reader, and puts barriers between dependent records, and no others", () => {
    fc.assert(
      fc.property(traces, (trace) => {
        const shared = trace.records.map(() => true);
        const { offsets, barriers, bytes } = layOut(trace, sharingOf(trace, 2, shared));
        /** Which value each byte holds. */
        const memory = new Array<PlanBlock | null>(bytes).fill(null);
        let reads = new Set<number>();
        let writes = new Set<number>();
        for (const [at, record] of trace.records.entries()) {
          const targets = record.args.map((arg) => (arg as Address).target);
          const made = targets.pop() as PlanBlock;
          const span = ({ bytes: size }: PlanBlock, offset: number): number[] => Array.from({ length: size }, (_, i) => offset + i);
          const readBytes = targets.flatMap((target) => {
            const range = span(target, offsets.get(target) as number);
            for (const byte of range) if (memory[byte] !== target) throw new Error(`record ${at} reads a value that is gone`);
            return range;
          });
          const written = span(made, offsets.get(made) as number);
          const depends = readBytes.some((byte) => writes.has(byte)) || written.some((byte) => writes.has(byte) || reads.has(byte));
          if (depends !== barriers[at]) throw new Error(`record ${at} must ${depends ? "" : "not "}wait for those since the last barrier`);
          if (depends) {
            reads = new Set();
            writes = new Set();
          }
          for (const byte of readBytes) reads.add(byte);
          for (const byte of written) {
            writes.add(byte);
            memory[byte] = made;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
