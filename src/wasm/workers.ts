/** @file The team of threads: starts workers over the one memory, gives them their shares of a job, and does without them when they are lost. */

import { now } from "../platform.js";
import { availableCores, startWorker, type WorkerHandle } from "../platformThreads.js";
import { allocateScratch, type Block, copyBytes } from "./block.js";
import { core } from "./core.js";
import { aligned, heap } from "./heap.js";
import { type Argument, type KernelFunction, liveKernel, loaded, type Ref, type Signature, TABLE_LENGTH, type WasmFunction } from "./kernels.js";
import { threads } from "./threads.js";
import { ARRIVALS, FAILED, LOST, nodeSource, PASSED, READY, webSource } from "./workerSource.js";

/** Further words of the control block. */
const SIZE = 33;
const JOBS = 48;
/** More threads wait longer for one another than they save on the networks that engram is for. */
const MOST_BY_ITSELF = 8;
export const MOST_THREADS = 32;
/** Words of a kernel's record: its header and the arguments of the widest. */
const RECORD_WORDS = 32;
/** Milliseconds that a worker may take to start. */
const START_MS = 10_000;
/** Milliseconds without a sign of the others after which they are lost, if the main thread's own share took no longer. */
const PATIENCE_MS = 3_000;
/** How many times the main thread's own share others may take. */
const PATIENCE_TIMES = 20;
/** Milliseconds after a job for which workers look for the next one before they sleep, at least (SPINS in assembly/threads.ts). */
const AWAKE_MS = 0.05;
/** Jobs of nothing that tell whether each thread has a core, and milliseconds that they may take: some 0.05 where it has, 1 to 20 where not. */
const TRIAL_JOBS = 40;
const TRIAL_MS = 0.6;
const TRIALS = 3;
/** Milliseconds that the time between two looks counts at most: a process that was stopped has not waited. */
const LOOK_MS = 20;

/**
 * Nanoseconds that a kernel call takes, roughly: from its multiplications where it tells what they depend on, else from the bytes at its addresses.
 * @param bytes of the block at argument i, where that is an address
 */
export function workOf(kinds: string, count: number, args: readonly unknown[], bytes: (i: number) => number): number {
  let products = 0;
  let moved = 0;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i];
    if (kind === "k") products = (products || 1) * (args[i] as number);
    else if (kind !== "i" && kind !== "f" && kind !== "s") moved += bytes(i);
  }
  return products > 0 ? (count * products) / 32 : moved / 32;
}

/** Elements of a cache line: threads that write beside one another should not share one. */
const LINE = 16;

/** Where the share of thread `thread` of `count` begins. */
export function shareOf(count: number, thread: number, size: number): number {
  const at = (count * thread) / size;
  return count < LINE * LINE || thread === size ? Math.round(at) : Math.round(at / LINE) * LINE;
}

const LOST_ERROR = "ThreadsLostError";
const HALF_CHANGED = "may be half changed";

/** Copies what a job that loses its workers may leave half changed; gives what puts it back, if that is how it failed. */
function keep(blocks: readonly Block[], when: string): (failure: unknown) => void {
  const copies = blocks.map((block) => [block, copyBytes(block)] as const);
  return (failure) => {
    if (!(failure instanceof Error && failure.name === LOST_ERROR)) return;
    for (const [{ ptr }, bytes] of copies) heap.u8.set(bytes, ptr);
    failure.message = failure.message.replace(HALF_CHANGED, `is as it was ${when}`);
  };
}

class Team {
  readonly control = heap.allocate((JOBS + 2 * MOST_THREADS) * 4);
  /** The control block. */
  private readonly words: Int32Array;
  /** Records of one kernel, for each thread. */
  private readonly calls: number;
  private readonly workers: WorkerHandle[] = [];
  private isOver = false;
  /** When the running job began; when the last one ended, or a call that would have been one if the workers had not slept. */
  private began = 0;
  private ended = 0;
  /** When the main thread last looked for the others, what had arrived by then, and for how long it has not changed. */
  private looked = 0;
  private arrivals = 0;
  private waited = 0;
  private patience = 0;
  /** Those that wait for the workers to be ready go on. */
  private settle = (): void => {};

  constructor(
    readonly size: number,
    private readonly url: string | URL | undefined,
  ) {
    this.calls = heap.allocate(size * RECORD_WORDS * 4);
    this.words = heap.i32.subarray(this.control >>> 2, (this.control >>> 2) + JOBS + 2 * MOST_THREADS).fill(0);
    this.words[SIZE] = size;
  }

  /** Resolves when all workers serve, or the team has been given up for another; rejects when one cannot. */
  start(): Promise<void> {
    const modules = Array.from(loaded.values(), ({ module }) => module);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => lost(`none within ${START_MS / 1000} s`), START_MS);
      this.settle = () => {
        clearTimeout(timer);
        resolve();
      };
      const lost = (reason: string): void => {
        if (this.isOver) return;
        if (threads.control === this.control) tellAlone(`a worker is lost: ${reason}`);
        reject(new Error(reason));
        this.end();
      };
      const ready = (): void => {
        if (this.isOver || Atomics.load(this.words, READY) < this.size - 1) return;
        for (const worker of this.workers) worker.unref();
        this.join();
        this.settle();
      };
      for (let thread = 1; thread < this.size; thread++) {
        const data = { memory: heap.memory, modules, tableLength: TABLE_LENGTH, control: this.control, thread };
        startWorker({ node: nodeSource, web: webSource, url: this.url }, data, { ready, lost }).then(
          (worker) => {
            this.workers.push(worker);
            if (this.isOver) worker.terminate();
            // Its answer may have come first.
            else if (threads.control === this.control) worker.unref();
          },
          (reason: unknown) => lost(reason instanceof Error ? reason.message : String(reason)),
        );
      }
    });
  }

  /** From here on plans and long calls of kernels are shared. */
  private join(): void {
    Object.assign(threads, {
      size: this.size,
      control: this.control,
      generation: threads.generation + 1,
      run: (base: number, starts: readonly (readonly number[])[], first: number, end: number) => {
        for (const [thread, own] of starts.entries()) this.give(thread, base + (own[first] as number), base + (own[end] as number));
        this.fork();
      },
      live: (f: WasmFunction, signature: Signature) => this.sharing(f, signature),
      waiting: () => this.waiting(),
      keep,
    });
    for (const { remake } of loaded.values()) remake();
  }

  /** Ends the workers; the main thread goes on alone. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    Atomics.store(this.words, LOST, 1);
    Atomics.add(this.words, 0, 1);
    Atomics.notify(this.words, 0);
    for (const worker of this.workers) worker.terminate();
    this.settle();
    if (threads.control !== this.control) return;
    Object.assign(threads, { size: 1, control: 0, generation: threads.generation + 1, run: null, live: null, keep: null, waiting() {} });
    for (const { remake } of loaded.values()) remake();
  }

  /** With the modules that there are by now. */
  restart(): void {
    if (this.isOver) return;
    this.end();
    threads.settled = bringUp(this.size, this.url);
  }

  /** Whether threads wait for a core: then fewer are faster, up to a hundred times. */
  isCrowded(): boolean {
    // Nobody would answer one that has begun anew with another module and is not there yet.
    if (threads.control !== this.control) return false;
    for (let trial = 0; trial < TRIALS; trial++) {
      const begun = now();
      for (let job = 0; job < TRIAL_JOBS; job++) {
        for (let thread = 0; thread < this.size; thread++) this.give(thread, 0, 0);
        this.fork();
      }
      if (now() - begun < TRIAL_MS) return false;
    }
    return true;
  }

  private give(thread: number, from: number, to: number): void {
    this.words[JOBS + 2 * thread] = from;
    this.words[JOBS + 2 * thread + 1] = to;
  }

  private fork(): void {
    this.began = now();
    this.looked = 0;
    try {
      Atomics.add(this.words, 0, 1);
      Atomics.notify(this.words, 0);
      (core.exports.work as (control: number, thread: number) => void)(this.control, 0);
    } catch (failure) {
      // The workers wait for a thread that will not come.
      this.end();
      throw failure;
    }
    this.ended = now();
  }

  /** The main thread waits: are the others still there? */
  private waiting(): void {
    const { words } = this;
    const time = now();
    if (Atomics.load(words, FAILED) !== 0) throw this.loss("a kernel that failed in one");
    const arrivals = MOST_THREADS * Atomics.load(words, PASSED) + Atomics.load(words, ARRIVALS);
    if (this.looked === 0 || arrivals !== this.arrivals) {
      this.arrivals = arrivals;
      this.waited = 0;
      this.patience = Math.max(PATIENCE_MS, PATIENCE_TIMES * (time - this.began));
    } else this.waited += Math.min(time - this.looked, LOOK_MS);
    this.looked = time;
    if (this.waited > this.patience) throw this.loss("none in time");
  }

  private loss(what: string): Error {
    const error = new Error(
      `threads: expected an answer of all ${this.size - 1} workers. Got ${what}. HINT: what this call was to change ${HALF_CHANGED}; engram goes on with one thread.`,
    );
    error.name = LOST_ERROR;
    return error;
  }

  /** A kernel that all threads share where a call is long. */
  private sharing(f: WasmFunction, signature: Signature): KernelFunction {
    const plain = liveKernel(f, signature);
    const { letters, opcode } = signature;
    if (!letters.startsWith("n")) return plain;
    const kinds = letters.slice(1);
    return (...call) => {
      const [count, ...args] = call as [number, ...Argument[]];
      const bytes = (i: number): number => (args[i] as Ref).block?.bytes ?? 0;
      const work = count < 2 ? 0 : workOf(kinds, count, args, bytes);
      if (work < threads.least.call) plain(...call);
      else if (work >= threads.least.asleep || now() - this.ended < AWAKE_MS) this.call(opcode, kinds, count, args);
      else {
        plain(...call);
        // The next one, if it comes soon, is worth to be woken for.
        this.ended = now();
      }
    };
  }

  /** One kernel as a job of a record for each thread. */
  private call(opcode: number, kinds: string, count: number, args: readonly Argument[]): void {
    const addresses = args.map((arg, i) => {
      if (typeof arg === "number") return () => arg;
      const { ptr, bytes } = arg.block;
      if (kinds[i] !== "s") return () => ptr;
      const more = allocateScratch(aligned(bytes) * (this.size - 1)).ptr;
      return (thread: number) => (thread === 0 ? ptr : more + (thread - 1) * aligned(bytes));
    });
    for (let thread = 0; thread < this.size; thread++) {
      const from = this.calls + thread * RECORD_WORDS * 4;
      const header = [opcode, (5 + args.length) * 4, 0, shareOf(count, thread, this.size), shareOf(count, thread + 1, this.size)];
      heap.i32.set(header, from >>> 2);
      addresses.forEach((address, i) => {
        (kinds[i] === "f" ? heap.f32 : heap.i32)[(from >>> 2) + 5 + i] = address(thread);
      });
      this.give(thread, from, from + (5 + args.length) * 4);
    }
    this.fork();
  }
}

let team: Team | null = null;
let calls = 0;

const tellAlone = (reason: string): void => console.info(`engram computes with one thread: ${reason}.`);

async function bringUp(size: number, url: string | URL | undefined): Promise<void> {
  if (team?.size === size && team.control === threads.control) return;
  team?.end();
  team = null;
  if (size === 1) return;
  void core.exports;
  team = new Team(size, url);
  threads.changed = () => team?.restart();
  await team.start().catch((reason: Error) => tellAlone(reason.message));
}

/**
 * Brings up a team of `size` threads, the main one counted, in place of the one there is. Where that cannot be had it says so, and there is one.
 * @param size as many as there are cores, at most 8, where none is given; fewer where these turn out to be busy
 * @param url of engram/worker, for pages that forbid workers made from text
 */
export async function startThreads(size?: number, url?: string | URL): Promise<void> {
  const call = ++calls;
  const wanted = size ?? Math.min(await availableCores(), MOST_BY_ITSELF);
  // Another call has been made meanwhile.
  if (call !== calls) return;
  await bringUp(wanted, url);
  if (size !== undefined) return;
  await threads.settled;
  // A browser may tell of more cores than there are (WebKit says 4 or 8), and other programs use some.
  for (let fewer = wanted >> 1; call === calls && team?.isCrowded(); fewer >>= 1) {
    await bringUp(fewer, url);
    if (fewer === 1) tellAlone("all cores are busy");
  }
}
