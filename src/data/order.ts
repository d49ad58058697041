/** @file Random numbers for orders: of a seed, or of the global generator. */
import { randomBits } from "../ops/random.js";

/** Numbers drawn at a time. */
const AT_ONCE = 1024;

/** Draws places for shuffling. */
export class RandomOrder {
  private passes = 0;

  constructor(
    private readonly seed: number | undefined,
    private readonly reshuffle: boolean,
  ) {}

  /** Begins a pass; the result draws a whole number in [0, limit). */
  begin(): (limit: number) => number {
    const pass = this.reshuffle ? this.passes++ : 0;
    let bits = new Int32Array(0);
    let used = 0;
    let block = 0;
    return (limit) => {
      if (used === bits.length) {
        // Seeds of blocks and passes far apart, so that no two are the same for a long time.
        const seed = this.seed === undefined ? undefined : this.seed + 0x9e3779b1 * pass + 0x85ebca77 * block++;
        bits = randomBits([AT_ONCE], seed).dataSync<"int32">();
        used = 0;
      }
      return Math.floor(((bits[used++] as number) >>> 0) * 2 ** -32 * limit);
    };
  }
}
