/** @file What programs of TensorFlow.js take from tf.util. */
import { EngramError } from "../tensor/errors.js";
import { randomPermutation } from "./random.js";

export { now } from "../platform.js";
export { sizeOf as sizeFromShape } from "../tensor/shape.js";

/** The numbers below n in random order, of the generator that setSeed fixes. */
export const createShuffledIndices = (n: number): Uint32Array => Uint32Array.from(randomPermutation(n).dataSync());

/**
 * Puts an array in random order, in place; further ones of the same length in the same order.
 * @example
 * ```ts
 * import { util } from "engram";
 * const [rows, labels] = [[[1], [2], [3]], [1, 2, 3]];
 * util.shuffle(rows, labels);
 * assert.deepEqual(rows.flat(), labels);
 * ```
 */
export function shuffle(...arrays: { [index: number]: unknown; length: number; slice(): ArrayLike<unknown> }[]): void {
  const order = createShuffledIndices(Math.max(...arrays.map(({ length }) => length)));
  for (const array of arrays) {
    const old = array.slice();
    order.forEach((from, to) => {
      array[to] = old[from];
    });
  }
}

/** Two arrays in the same random order, in place. */
export const shuffleCombo = shuffle;

/** Throws an error with the message that `message` gives, unless the condition holds. */
export function assert(condition: boolean, message: () => string): void {
  if (!condition) throw new EngramError(message());
}

/** Numbers of nested arrays in one, typed arrays' too unless `skipTypedArray`. */
export function flatten(values: unknown, result: unknown[] = [], skipTypedArray = false): unknown[] {
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && !skipTypedArray)) for (const each of values as unknown[]) flatten(each, result, skipTypedArray);
  else result.push(values);
  return result;
}
