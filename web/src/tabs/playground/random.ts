/** @file Numbers that look random and follow from a seed: points, their order in an epoch. */

/** Draws from [0, 1). */
export type Random = () => number;

/** Counter-based: each draw is the counter, mixed (splitmix32, the finaliser of MurmurHash3). */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A draw from the standard normal distribution (Box and Muller 1958). */
export const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Puts the items into random order, in place. */
export function shuffle(items: { length: number; [index: number]: unknown }, random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}
