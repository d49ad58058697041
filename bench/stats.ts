/**
 * @file Interleaved measurements: contenders take turns within one run, so that the machine's noise (shared cores,
 * changing clock rates) falls on all of them alike. What counts is a ratio of two contenders within a round; a figure
 * of one contender alone says little on a shared machine.
 */

/** Something that can be timed for a short slice. */
export interface Contender {
  name: string;
  /** Works for about `ms` milliseconds and gives the mean milliseconds of one iteration. */
  measure(ms: number): number | Promise<number>;
}

export interface InterleaveOptions {
  /** How often each contender gets a turn. */
  rounds?: number;
  /** Length of a turn in milliseconds; at least one iteration is done even if it takes longer. */
  ms?: number;
  /** A contender that has used up this many milliseconds leaves after `fewestRounds`, so that a slow one cannot hold up the run. */
  budget?: number;
  fewestRounds?: number;
}

/** Milliseconds per iteration by contender, one entry a round; `undefined` where a contender had left. */
export type Rounds = Record<string, (number | undefined)[]>;

export interface Summary {
  median: number;
  /** The least disturbed round. */
  min: number;
  /** Interquartile range over the median: how noisy this contender's rounds were. */
  spread: number;
  /** Rounds measured. */
  rounds: number;
}

/** Lets the contenders take turns; each round starts with another one, so that none always follows the same neighbour. */
export async function interleave(contenders: readonly Contender[], options: InterleaveOptions = {}): Promise<Rounds> {
  const { rounds = 7, ms = 100, fewestRounds = 3 } = options;
  const budget = options.budget ?? 3 * rounds * ms;
  const measured: Rounds = {};
  const used = new Map<string, number>();
  for (const { name } of contenders) measured[name] = [];
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length];
      const spent = used.get(contender.name) ?? 0;
      if (spent > budget && round >= fewestRounds) {
        measured[contender.name].push(undefined);
        continue;
      }
      const start = performance.now();
      measured[contender.name].push(await contender.measure(ms));
      used.set(contender.name, spent + performance.now() - start);
    }
  }
  return measured;
}

/** The value below which the fraction `q` of the values lies, interpolated between neighbours. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

const isMeasured = (value: number | undefined): value is number => value !== undefined;

export function summarize(samples: readonly (number | undefined)[]): Summary {
  const values = samples.filter(isMeasured);
  const middle = median(values);
  return {
    median: middle,
    min: quantile(values, 0),
    spread: (quantile(values, 0.75) - quantile(values, 0.25)) / middle,
    rounds: values.length,
  };
}

/**
 * How many times as fast `fast` is as `slow`: the median of the ratios of each round, over the rounds that both took
 * part in. Better than a ratio of medians: what disturbs a whole round cancels out.
 */
export function ratio(rounds: Rounds, slow: string, fast: string): number {
  const ratios: number[] = [];
  rounds[slow].forEach((slowTime, round) => {
    const fastTime = rounds[fast][round];
    if (slowTime !== undefined && fastTime !== undefined) ratios.push(slowTime / fastTime);
  });
  return median(ratios);
}

/**
 * A contender that calls a function of this process. Functions far faster than the clock's resolution are called in
 * bursts; a function that returns a promise is awaited.
 * @param perCall iterations that one call does
 */
export function timed(name: string, call: () => unknown, perCall = 1): Contender {
  return {
    name,
    async measure(ms) {
      // Others have used the caches and the branch predictor since: the first calls are not timed. They also tell how
      // many calls take 0.05 ms, about a thousand times the clock's cost.
      const warm = await timeSlice(call, ms / 10, 1);
      const burst = Math.max(1, Math.floor(0.05 / warm));
      return (await timeSlice(call, ms, burst)) / perCall;
    },
  };
}

async function timeSlice(call: () => unknown, ms: number, burst: number): Promise<number> {
  let calls = 0;
  let elapsed = 0;
  const start = performance.now();
  do {
    for (let i = 0; i < burst; i++) {
      const pending = call();
      if (pending instanceof Promise) await pending;
    }
    calls += burst;
    elapsed = performance.now() - start;
  } while (elapsed < ms);
  return elapsed / calls;
}
