/** @file In which files the digits lie: the first of each set are small, so that something can be done soon. */

export interface Shard {
  file: string;
  /** Index of its first digit in the set. */
  first: number;
  count: number;
}

function cut(set: string, counts: readonly number[]): Shard[] {
  let first = 0;
  return counts.map((count, i) => {
    const shard = { file: `${set}-${i}.bin`, first, count };
    first += count;
    return shard;
  });
}

const rest = (total: number, size: number): number[] => Array.from({ length: total / size }, () => size);

/** All of MNIST's digits. */
export const shards: Record<"train" | "test", Shard[]> = {
  train: cut("train", [4000, ...rest(56_000, 4000)]),
  test: cut("test", [1000, 3000, 3000, 3000]),
};
