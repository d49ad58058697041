/** @file Random shapes, indices and types for the ops on indices, against plain loops. Failures print fast-check's seed. */
import fc from "fast-check";
import { describe, test } from "vitest";
import {
  booleanMask,
  compile,
  type DataType,
  gather,
  gatherND,
  grads,
  oneHot,
  scatterND,
  searchSorted,
  setdiff1d,
  sparseToDense,
  type Tensor,
  tensorScatterUpdate,
  tidy,
  unsortedSegmentSum,
} from "../src/index.js";
import * as naive from "./naive.js";
import * as slow from "./naiveIndexing.js";
import { expectEqual, toTensor, whole } from "./properties.js";

type Values = naive.Values;

const RUNS = { numRuns: 1000 };
const sizes = fc.integer({ min: 0, max: 5 });
const shapes = (least: number, most: number): fc.Arbitrary<number[]> => fc.array(sizes, { minLength: least, maxLength: most });
const seeds = fc.integer({ min: 0, max: 2 ** 30 });
const types = fc.constantFrom<DataType>("float32", "int32", "bool", "uint8", "float16");

function indices(shape: readonly number[], low: number, limit: number, seed: number): Values {
  const random = naive.randomOf(seed + 7);
  return { shape, dtype: "int32", data: Array.from({ length: naive.sizeOf(shape) }, () => low + Math.floor(random() * (limit - low))) };
}

/** Tuples of indices, some outside when `loose`. */
function tuples(shape: readonly number[], limits: readonly number[], seed: number, loose: boolean): Values {
  const columns = limits.map((limit, i) => indices(shape, loose ? -1 : 0, limit + (loose ? 1 : 0), seed + 13 * i).data);
  const data = Array.from({ length: naive.sizeOf(shape) }, (_, i) => columns.map((column) => column[i] as number)).flat();
  return { shape: [...shape, limits.length], dtype: "int32", data };
}

/** Eagerly, unless indices are outside, and as a plan, always then and else every eighth time. */
function run(fn: (...xs: Tensor[]) => Tensor, inputs: readonly Values[], expected: naive.Expected, seed: number, loose = false, dtype?: DataType): void {
  const type = dtype ?? (inputs[0] as Values).dtype;
  if (!loose) tidy(() => expectEqual(fn(...inputs.map(toTensor)), expected, type));
  if (!loose && seed % 8 !== 0) return;
  const compiled = compile(fn, { poison: true });
  expectEqual(compiled(...inputs.map(toTensor)), expected, type);
  compiled.dispose();
}

const hasRoom = (limits: readonly number[], count: readonly number[]): boolean => naive.sizeOf(count) === 0 || limits.every((limit) => limit > 0);

describe("ops on indices", () => {
  test("gather, along any axis, with shared axes", () => {
    fc.assert(
      fc.property(shapes(1, 5), fc.nat(4), shapes(0, 2), fc.nat(4), types, seeds, fc.boolean(), (shape, at, own, shared, dtype, seed, loose) => {
        const axis = at % shape.length;
        const batchDims = shared % (axis + 1);
        const wanted = [...shape.slice(0, batchDims), ...own];
        const limit = shape[axis] as number;
        fc.pre(loose || hasRoom([limit], wanted));
        const x = whole(shape, seed, dtype);
        const index = indices(wanted, loose ? -1 : 0, limit + (loose ? 1 : 0), seed);
        run((t, i) => gather(t as Tensor, i as Tensor, axis, batchDims), [x, index], slow.gatherOf(x, index, axis, batchDims), seed, loose);
      }),
      RUNS,
    );
  });

  test("the gradient of gather adds up slices", () => {
    fc.assert(
      fc.property(shapes(1, 4), fc.nat(4), shapes(0, 2), fc.nat(4), seeds, (shape, at, own, shared, seed) => {
        const axis = at % shape.length;
        const batchDims = shared % (axis + 1);
        const wanted = [...shape.slice(0, batchDims), ...own];
        fc.pre(hasRoom([shape[axis] as number], wanted));
        const index = indices(wanted, 0, shape[axis] as number, seed);
        const dy = whole([...shape.slice(0, axis), ...own, ...shape.slice(axis + 1)], seed);
        const slope = (x: Tensor, i: Tensor, d: Tensor): Tensor => grads((t) => gather(t as Tensor, i, axis, batchDims))([x], d)[0] as Tensor;
        run(slope as (...xs: Tensor[]) => Tensor, [whole(shape, seed), index, dy], slow.scatterOf(dy, index, axis, shape, batchDims), seed);
      }),
      RUNS,
    );
  });

  test("gatherND", () => {
    fc.assert(
      fc.property(shapes(1, 5), fc.nat(5), shapes(0, 3), types, seeds, fc.boolean(), (shape, at, count, dtype, seed, loose) => {
        const limits = shape.slice(0, at % (shape.length + 1));
        fc.pre(loose || hasRoom(limits, count));
        const x = whole(shape, seed, dtype);
        const index = tuples(count, limits, seed, loose);
        run((t, i) => gatherND(t as Tensor, i as Tensor), [x, index], slow.gatherNDOf(x, index), seed, loose);
      }),
      RUNS,
    );
  });

  test("scatterND and tensorScatterUpdate", () => {
    fc.assert(
      fc.property(
        shapes(1, 4),
        fc.nat(4),
        shapes(1, 3),
        fc.constantFrom<DataType>("float32", "int32"),
        seeds,
        fc.boolean(),
        (shape, at, count, dtype, seed, loose) => {
          const limits = shape.slice(0, at % (shape.length + 1));
          fc.pre(loose || hasRoom(limits, count));
          const x = whole(shape, seed, dtype);
          const index = tuples(count, limits, seed, loose);
          const updates = whole([...count, ...shape.slice(limits.length)], seed + 1, dtype);
          const zeros = { ...slow.filled(shape, 0), dtype };
          run((i, u) => scatterND(i as Tensor, u as Tensor, shape), [index, updates], slow.scatterNDOf(zeros, index, updates, true), seed, loose, dtype);
          run(
            (t, i, u) => tensorScatterUpdate(t as Tensor, i as Tensor, u as Tensor),
            [x, index, updates],
            slow.scatterNDOf(x, index, updates, false),
            seed,
            loose,
          );
        },
      ),
      RUNS,
    );
  });

  test("tensorScatterUpdate of any type", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        types,
        seeds,
        (rows, inner, n, dtype, seed) => {
          const x = whole([rows, inner], seed, dtype);
          const index = tuples([n], [rows], seed, false);
          const updates = whole([n, inner], seed + 1, dtype);
          run((t, i, u) => tensorScatterUpdate(t as Tensor, i as Tensor, u as Tensor), [x, index, updates], slow.scatterNDOf(x, index, updates, false), seed);
        },
      ),
      RUNS,
    );
  });

  test("sparseToDense", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), fc.nat(9), fc.boolean(), seeds, (shape, n, single, seed) => {
        const index = tuples([n], shape, seed, false);
        const values = whole(single ? [] : [n], seed);
        const rest = whole([], seed + 1);
        const expected = slow.scatterNDOf(slow.filled(shape, rest.data[0] as number), index, values, false);
        run((i, v, r) => sparseToDense(i as Tensor, v as Tensor, shape, r as Tensor), [index, values, rest], expected, seed, false, "float32");
      }),
      RUNS,
    );
  });

  test("unsortedSegmentSum", () => {
    fc.assert(
      fc.property(shapes(1, 4), fc.nat(3), fc.nat(6), fc.constantFrom<DataType>("float32", "int32"), seeds, (shape, at, segments, dtype, seed) => {
        const rank = 1 + (at % shape.length);
        const x = whole(shape, seed, dtype);
        const ids = indices(shape.slice(0, rank), -1, segments + 1, seed);
        const n = naive.sizeOf(ids.shape);
        const inner = naive.sizeOf(shape.slice(rank));
        const sums = slow.scatterOf({ ...x, shape: [n, inner] }, { ...ids, shape: [n] }, 0, [segments, inner]);
        const expected = { ...sums, shape: [segments, ...shape.slice(rank)] };
        run((t, i) => unsortedSegmentSum(t as Tensor, i as Tensor, segments), [x, ids], expected, seed);
      }),
      RUNS,
    );
  });

  test("searchSorted", () => {
    fc.assert(
      fc.property(
        shapes(0, 3),
        fc.nat(40),
        fc.nat(20),
        fc.boolean(),
        fc.constantFrom<DataType>("float32", "int32"),
        seeds,
        (batch, n, m, right, dtype, seed) => {
          const sequence = whole([...batch, n], seed, dtype);
          const sorted = Array.from({ length: naive.sizeOf(batch) }, (_, i) =>
            Array.from(sequence.data)
              .slice(i * n, (i + 1) * n)
              .sort((a, b) => a - b),
          ).flat();
          const edges = { ...sequence, data: sorted };
          const values = whole([...batch, m], seed + 1, dtype);
          const search = (s: Tensor, v: Tensor): Tensor => searchSorted(s, v, right ? "right" : "left");
          run(search as (...xs: Tensor[]) => Tensor, [edges, values], slow.searchSortedOf(edges, values, right), seed, false, "int32");
        },
      ),
      RUNS,
    );
  });

  test("oneHot", () => {
    const outputs = fc.constantFrom<DataType>("float32", "int32", "bool");
    fc.assert(
      fc.property(shapes(0, 4), fc.integer({ min: 1, max: 40 }), outputs, seeds, (shape, depth, dtype, seed) => {
        const index = indices(shape, -2, depth + 2, seed);
        const [on, off] = dtype === "bool" ? [1, 0] : [3, -2];
        run((i) => oneHot(i as Tensor, depth, on, off, dtype), [index], slow.oneHotOf(index, depth, on, off), seed, false, dtype);
      }),
      RUNS,
    );
  });

  test("booleanMask and setdiff1d", () => {
    fc.assert(
      fc.property(shapes(1, 4), fc.nat(3), fc.nat(3), types, seeds, (shape, at, more, dtype, seed) => {
        const axis = at % shape.length;
        const rank = 1 + (more % (shape.length - axis));
        const x = whole(shape, seed, dtype);
        const mask = whole(shape.slice(axis, axis + rank), seed + 1, "bool");
        const positions = Array.from(mask.data).flatMap((value, i) => (value ? [i] : []));
        const rows = { ...x, shape: [...shape.slice(0, axis), naive.sizeOf(mask.shape), ...shape.slice(axis + rank)] };
        const expected = slow.gatherOf(rows, { shape: [positions.length], dtype: "int32", data: positions }, axis);
        tidy(() => expectEqual(booleanMask(toTensor(x), toTensor(mask), axis), expected, dtype));
        const [a, b] = [whole([shape[0] as number], seed), whole([shape[axis] as number], seed + 2)];
        const kept = Array.from(a.data).filter((value) => !Array.from(b.data).includes(value));
        tidy(() => expectEqual(setdiff1d(toTensor(a), toTensor(b))[0], { shape: [kept.length], data: kept }, "float32"));
      }),
      RUNS,
    );
  });
});
