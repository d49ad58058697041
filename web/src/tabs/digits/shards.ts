/** @file In which files the digits lie: the first of each set are small, so that something can be done soon. */

export interface Shard {
  file: string;
  /** Index of its first digit in the set of MNIST that it is cut from. */
  first: number;
  count: number;
}

function cut(name: string, begin: number, counts: readonly number[]): Shard[] {
  let first = begin;
  return counts.map((count, i) => {
    const shard = { file: `${name}-${i}.bin`, first, count };
    first += count;
    return shard;
  });
}

/** All of MNIST's digits. The last 2000 of those for training are held back: the curves of validation are theirs. */
export const shards = {
  train: cut("train", 0, [4000, ...Array.from({ length: 18 }, () => 3000)]),
  validation: cut("validation", 58_000, [2000]),
  test: cut("test", 0, [1000, 3000, 3000, 3000]),
};

/** Bytes of an image. */
export const PIXELS = 28 * 28;

export const countOf = (files: readonly Shard[]): number => files.reduce((sum, { count }) => sum + count, 0);
