/** @file Random numbers for orders: of a seed, or of the global generator. */
import { randomBits } from "../ops/random.js";

/** Numbers drawn at a time. */
const AT_ONCE = 1024;

/** How a dataset is shuffled. */
export interface Order {
  seed: number | undefined;
  /** Whether every pass has an order of its own. */
  reshuffle: boolean;
  /** Those that have begun. */
  passes: number;
}

/** Begins a pass; the result draws a whole number in [0, limit). */
export function beginPass(order: Order): (limit: number) => number {
  const pass = order.reshuffle ? order.passes++ : 0;
  // One draw from the global generator, so that an order does not depend on what else draws meanwhile.
  const start = order.seed ?? (randomBits([1]).dataSync<"int32">()[0] as number);
  let bits = new Int32Array(0);
  let used = 0;
  let block = 0;
  return (limit) => {
    if (used === bits.length) {
      // Seeds of blocks and passes far apart, so that no two are the same for a long time.
      bits = randomBits([AT_ONCE], start + 0x9e3779b1 * pass + 0x85ebca77 * block++).dataSync<"int32">();
      used = 0;
    }
    return Math.floor(((bits[used++] as number) >>> 0) * 2 ** -32 * limit);
  };
}
