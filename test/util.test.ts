/** @file What programs of TensorFlow.js take from tf.util. */
import { expect, test } from "vitest";
import { EngramError, setSeed, util } from "../src/index.js";

test("arrays are shuffled in place, together, in an order that the seed fixes", () => {
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  const [rows, labels] = [numbers.map((i) => [i]), Int32Array.from(numbers)];
  setSeed(1);
  util.shuffleCombo(rows, labels);
  expect(rows.flat()).toEqual([...labels]);
  expect([...labels]).not.toEqual(numbers);
  expect([...labels].sort((a, b) => a - b)).toEqual(numbers);
  setSeed(1);
  const order = util.createShuffledIndices(100);
  expect(order).toEqual(Uint32Array.from(labels));
  const none: number[] = [];
  util.shuffle(none);
  expect([none, util.createShuffledIndices(0)]).toEqual([[], new Uint32Array(0)]);
  expect(() => util.createShuffledIndices(-1)).toThrow("randomPermutation: shape must be whole numbers >= 0. Got shape=[-1].");
});

test("nested arrays become one, typed arrays if they are to", () => {
  expect(util.flatten([[1, [2]], new Float32Array([3, 4]), 5])).toEqual([1, 2, 3, 4, 5]);
  expect(util.flatten(1)).toEqual([1]);
  expect(util.flatten([[new Uint8Array(2)]], [0], true)).toEqual([0, new Uint8Array(2)]);
});

test("sizes, time and assertions", () => {
  expect([util.sizeFromShape([2, 3]), util.sizeFromShape([])]).toEqual([6, 1]);
  const before = util.now();
  expect(util.now()).toBeGreaterThanOrEqual(before);
  util.assert(true, () => "never");
  expect(() => util.assert(false, () => "2 rows. Got 3.")).toThrow(new EngramError("2 rows. Got 3."));
});
