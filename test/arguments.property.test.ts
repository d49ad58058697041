/** @file Random arguments, most of them wrong, of the ops that move elements. Failures print fast-check's seed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broadcastTo, EngramError, pad, repeat, reverse, roll, slice, split, stridedSlice, type Tensor, tile, transpose } from "../src/index.js";
import { numbersOf } from "./bits.js";
import { seedOf, shapeOf, toTensor, whole } from "./properties.js";

describe("arguments that may be wrong are computed or refused, never anything else", () => {
  const wild = fc.array(fc.oneof(fc.integer({ min: -4, max: 8 }), fc.constantFrom(0.5, Number.NaN, 2 ** 31, 1e12, Number.NEGATIVE_INFINITY)), { maxLength: 4 });
  const calls: Record<string, (x: Tensor, a: number[], b: number[]) => Tensor> = {
    slice: (x, a, b) => slice(x, a, b),
    stridedSlice: (x, a, b) => stridedSlice(x, a, b),
    pad: (x, a, b) =>
      pad(
        x,
        a.slice(0, 3).map((n, i) => [n, b[i] ?? 0]),
      ),
    tile: (x, a) => tile(x, a),
    roll: (x, a, b) => roll(x, a, b),
    reverse: (x, a) => reverse(x, a),
    transpose: (x, a) => transpose(x, a),
    broadcastTo: (x, a) => broadcastTo(x, a.slice(0, 3)),
    // A list of as many pieces is made in JavaScript.
    repeat: (x, a, b) =>
      repeat(
        x,
        a.map((n) => Math.min(n, 99)),
        b[0],
      ),
    split: (x, a, b) => split(x, a.length === 1 ? Math.min(a[0] as number, 99) : a, b[0])[0] ?? x,
  };
  for (const [name, call] of Object.entries(calls)) {
    test(name, () => {
      fc.assert(
        fc.property(fc.gen(), wild, wild, (pick, a, b) => {
          const x = whole(shapeOf(pick, 0, 3), seedOf(pick));
          const input = toTensor(x);
          let y: Tensor;
          try {
            y = call(input, a, b);
          } catch (problem) {
            // More than memory holds is a RangeError.
            if (!String(problem).includes("memory: expected room")) expect(problem).toBeInstanceOf(EngramError);
            return;
          }
          expect(y.shape.every((size) => Number.isInteger(size) && size >= 0)).toBe(true);
          fc.pre(y.size < 10_000);
          const known = new Set([...Array.from(x.data), 0]);
          expect(numbersOf(y).filter((value) => !known.has(value))).toEqual([]);
          expect(numbersOf(input)).toEqual(Array.from(x.data));
        }),
        { numRuns: 500 },
      );
    });
  }
});
