/** @file Timing in a page that stays responsive: in slices of a few milliseconds, with a turn for the page between them. */

export interface Contender {
  /** Parts that a whole is cut in, such as rows; 1 where it cannot be cut. */
  parts: number;
  /** Computes parts [from, to). */
  run: (from: number, to: number) => Promise<unknown> | undefined;
}

/** Milliseconds of one slice. */
const SLICE = 10;
/**
 * For how much of the time that each contender is measured it runs before, at least and at most: until it gets no faster, which is when
 * compilers have done their work.
 */
const WARM = [0.5, 6] as const;
/** Slices in which it must have got no faster, and by which factor. */
const STEADY = [6, 0.97] as const;

/** A turn for the page: a message comes at once, and after what the page has to do. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** One contender, slice by slice. */
class Watch {
  /** Milliseconds of a whole, a slice each. */
  times: number[] = [];
  spent = 0;
  private at = 0;
  /** Parts that a slice has time for; may be more than there are. */
  private count = 1;

  constructor(private readonly contender: Contender) {}

  reset(): void {
    this.times = [];
    this.spent = 0;
  }

  async slice(): Promise<void> {
    const { parts, run } = this.contender;
    const begin = performance.now();
    for (let left = this.count; left > 0; ) {
      const to = Math.min(parts, this.at + left);
      const answer = run(this.at, to);
      if (answer) await answer;
      left -= to - this.at;
      this.at = to === parts ? 0 : to;
    }
    const time = performance.now() - begin;
    this.spent += time;
    // Clocks of pages tick in steps of up to a millisecond: what is shorter than a few of them says nothing.
    if (time >= SLICE / 2) this.times.push((time / this.count) * parts);
    this.count = Math.max(1, Math.min(this.count * 4, Math.round((this.count * SLICE) / Math.max(time, 0.05))));
  }
}

/** The time that a quarter of the slices stay under: what disturbs a page only ever adds to it. */
const typical = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 2] as number;

/** Whether the last slices were no faster than those before. */
function isSteady({ times, spent }: Watch, milliseconds: number): boolean {
  const before = Math.min(...times.slice(0, -STEADY[0]));
  return spent > WARM[1] * milliseconds || (spent > WARM[0] * milliseconds && Math.min(...times.slice(-STEADY[0])) > before * STEADY[1]);
}

const isMeasured = ({ times, spent }: Watch, milliseconds: number): boolean => spent > milliseconds && times.length >= 3;

/**
 * Milliseconds that each contender takes for a whole: they take turns, slice by slice, so that what else the machine does meets both.
 * @param milliseconds that each is measured for
 * @throws when the signal is aborted
 */
export async function measure(contenders: readonly Contender[], milliseconds: number, signal: AbortSignal): Promise<number[]> {
  const watches = contenders.map((contender) => new Watch(contender));
  for (const isEnough of [isSteady, isMeasured]) {
    for (const watch of watches) watch.reset();
    for (let left = watches; left.length > 0; left = left.filter((watch) => !isEnough(watch, milliseconds))) {
      for (const watch of left) {
        await watch.slice();
        await turn();
        signal.throwIfAborted();
      }
    }
  }
  return watches.map(({ times }) => typical(times));
}
