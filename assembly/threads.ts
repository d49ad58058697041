/** @file Threads: how each takes its share of a job, and how they wait for one another. All words are in a control block of the team. */
import { run } from "./plan";

/*
 * The control block, in 4-byte words:
 *   0    jobs so far; workers sleep on it
 *   16   arrivals at the barrier of the moment, a cache line away; 17: barriers passed so far
 *   32   1 when the team has been given up; 33: threads; 34: workers that are ready; 35: 1 when a kernel has failed in one
 *   48 + 2 * thread   first and last address of the thread's records
 * Sleeping is done in JavaScript (src/wasm/workerSource.ts): the baseline compiler of V8 11.3 loses values around memory.atomic.wait32.
 */
const ARRIVALS: usize = 64;
const PASSED: usize = 68;
const THREADS: usize = 132;
const JOBS: usize = 192;

/** Looks at a word before a waiting thread asks JavaScript what to do: some 60 us. */
const SPINS: i32 = 1 << 17;

/** The other threads have not arrived: a worker gives its core away for a while, the main thread asks whether they are lost. Throws when they are. */
// @ts-ignore: decorator
@external("env", "waiting")
declare function waiting(passed: i32): void;

/** Waits until all threads have arrived. */
export function meet(control: usize): void {
  // It cannot grow before this thread has arrived, too.
  const passed = atomic.load<i32>(control, PASSED);
  if (atomic.add<i32>(control, 1, ARRIVALS) == load<i32>(control, THREADS) - 1) {
    atomic.store<i32>(control, 0, ARRIVALS);
    atomic.add<i32>(control, 1, PASSED);
    return;
  }
  let spins = 0;
  while (atomic.load<i32>(control, PASSED) == passed) {
    if (++spins < SPINS) continue;
    spins = 0;
    waiting(passed);
  }
}

/** A thread's share of the job, and the wait for the others. */
export function work(control: usize, thread: i32): void {
  const job = control + JOBS + (<usize>thread << 3);
  run(load<usize>(job), load<usize>(job, 4));
  meet(control);
}

/** Looks for a job after the first `seen` ones, for a while. */
export function look(control: usize, seen: i32): void {
  let spins = 0;
  while (atomic.load<i32>(control) == seen && spins < SPINS) spins++;
}
