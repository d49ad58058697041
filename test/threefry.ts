/** @file Threefry-2x32-20 (Salmon et al., 2011) and the inverse normal distribution in float64: what random ops are compared with. */
import { erf, erfc } from "./erf.js";

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** The two words that a counter gives under a key. */
export function threefry(counter: readonly [number, number], key: readonly [number, number]): [number, number] {
  const keys = [key[0], key[1], 0x1bd11bda ^ key[0] ^ key[1]];
  let x = (counter[0] + (keys[0] as number)) | 0;
  let y = (counter[1] + (keys[1] as number)) | 0;
  for (let round = 0; round < 20; round++) {
    const bits = ROTATIONS[round % 8] as number;
    x = (x + y) | 0;
    y = ((y << bits) | (y >>> (32 - bits))) ^ x;
    if (round % 4 !== 3) continue;
    const injection = (round + 1) / 4;
    x = (x + (keys[injection % 3] as number)) | 0;
    y = (y + (keys[(injection + 1) % 3] as number) + injection) | 0;
  }
  return [x, y];
}

/** Bits of elements 0 to n: element e takes word (e >> 2) & 1 of counter (4 (e >> 3) + (e & 3), 0). */
export function bitsOf(n: number, seed: number, ordinal = 0): number[] {
  return Array.from({ length: n }, (_, e) => threefry([((e >> 3) << 2) | (e & 3), 0], [seed, ordinal])[(e >> 2) & 1] as number);
}

/** erf's inverse by Newton's method; for |x| near 1 on erfc, whose digits do not cancel. `rest` is 1 - |x|. */
export function erfinv(x: number, rest = 1 - Math.abs(x)): number {
  const size = Math.abs(x);
  // Newton's step from below 0.5 and from the tail's bound above.
  let z = size < 0.5 ? size : Math.sqrt(-Math.log(rest * (1 + size)));
  for (let i = 0; i < 60; i++) {
    const difference = z < 2 ? erf(z) - size : rest - erfc(z);
    z -= (difference * Math.sqrt(Math.PI) * Math.exp(z * z)) / 2;
  }
  return Math.sign(x) * z;
}
