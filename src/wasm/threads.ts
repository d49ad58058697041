/** @file The threads at work: one until workers.ts, which is imported when there is work worth sharing, has brought up more. */

import type { Block } from "./block.js";
import type { Live } from "./kernels.js";

/** What calls of kernels and plans ask. */
export interface Threads {
  /** Threads that take part, the main one counted. */
  size: number;
  /** Address of the team's control block (assembly/threads.ts). */
  control: number;
  /** Grows whenever `size` changes: plans are encoded anew. */
  generation: number;
  /** Runs records [first, end) of each thread, which start `starts[thread][record]` bytes from `base`; absent while there is one thread. */
  run: ((base: number, starts: readonly (readonly number[])[], first: number, end: number) => void) | null;
  /** How the threads share a plan's trace (src/engine/share.ts); null while there is one. */
  share: ((trace: unknown) => object | null) | null;
  /** Makes kernels that share long calls; null while there is one thread. */
  live: Live | null;
  /**
   * Copies blocks; what it gives puts them back after a failure, if workers were lost, and says in its message that they are as they were `when`.
   * null while there is one thread.
   */
  keep: ((blocks: readonly Block[], when: string) => (failure: unknown) => void) | null;
  /** Starts the workers, once; absent until `init` or `fit` allow it. */
  wake: (() => void) | null;
  /** Called while the main thread waits for workers: throws when they are lost. */
  waiting: () => void;
  /** Called when a module has been loaded that the workers do not have. */
  changed: () => void;
  /** Resolves when a team that is brought up anew, with other modules, is there. */
  settled: Promise<void> | null;
  /**
   * Nanoseconds of work (`workOf`) from which a record is shared within a plan, a plan has any shared at all, and a call of a kernel is shared
   * outside plans: while workers are awake, and while they sleep, for to wake them takes some 20 us. bench/threads.ts shows why.
   */
  least: { record: number; plan: number; call: number; asleep: number };
}

const nothing = (): void => {};

export const threads: Threads = {
  size: 1,
  control: 0,
  generation: 0,
  run: null,
  share: null,
  live: null,
  keep: null,
  wake: null,
  waiting: nothing,
  changed: nothing,
  settled: null,
  least: { record: 200, plan: 40_000, call: 10_000, asleep: 45_000 },
};
