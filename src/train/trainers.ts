/** @file Workers that train: started, kept for the next training for a while, given up when they do not answer. */
import { type Line, openLine, type TrainerSource } from "../platformTrainer.js";
import { error } from "../tensor/errors.js";
import type { FromWorker, ToWorker } from "./protocol.js";

/** Milliseconds: for a worker to start, without a sign of it in a training, and for an idle one to be kept. */
export const patience = { start: 15_000, silence: 60_000, idle: 30_000 };

/** Milliseconds between two looks at the clock; a page that was stopped has not waited longer. */
const LOOK = 100;
/** Milliseconds of silence after which it is asked for a sign. */
const PING_AFTER = 2000;

/** Bytes of memory above which a worker is not kept: it would never give them back. */
const MOST_KEPT = 2 ** 27;

const HINT = "the model has the weights that came back last, and can be trained again.";
const START_HINT =
  "is the package's trainer.worker.js where the program is? Give its address: init({ trainerUrl }), or { worker: address }; docs: Training in a worker.";

/** A worker, and what is said to it and by it. */
export class Trainer {
  private line: Line | null = null;
  isOver = false;
  private quiet = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Whether it reads the page's memory. */
  isShared = false;
  /** The kernels that it was given. */
  core: WebAssembly.Module | undefined;
  /** Takes what it says. */
  listen: (message: FromWorker) => void = () => {};
  /** Called once when it is lost. */
  lost: (failure: Error) => void = () => {};
  /** Called now and then. */
  looked = (): void => {};

  constructor(readonly source: TrainerSource) {}

  /** Starts it. @throws when it does not answer in time */
  async start(memory: ArrayBufferLike): Promise<void> {
    let isThere = false;
    await new Promise<void>((resolve, reject) => {
      this.lost = reject;
      this.listen = (message) => {
        if (message.kind === "hello") this.probe(memory);
        if (message.kind !== "ready") return;
        isThere = true;
        this.isShared = message.shared;
        resolve();
      };
      const events = {
        message: (data: unknown) => {
          this.quiet = 0;
          this.listen(data as FromWorker);
        },
        lost: (reason: string) => this.fail(reason, !isThere),
      };
      openLine(this.source, events).then(
        (line) => {
          this.line = line;
          if (this.isOver) line.terminate();
        },
        (reason: unknown) => this.fail(reason instanceof Error ? reason.message : String(reason), true),
      );
      this.watch(patience.start, true);
    });
  }

  private probe(memory: ArrayBufferLike): void {
    try {
      this.post({ kind: "probe", memory });
    } catch {
      // A page that is not isolated may not share it.
      this.post({ kind: "probe", memory: null });
    }
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.line?.post(message, transfer);
  }

  /** From now on it must answer. */
  watch(limit: number, isStart = false): void {
    clearInterval(this.timer);
    this.quiet = 0;
    this.line?.hold(true);
    let last = performance.now();
    this.timer = setInterval(() => {
      const time = performance.now();
      const before = this.quiet;
      this.quiet += Math.min(time - last, 10 * LOOK);
      last = time;
      if (this.quiet > limit) this.fail(`no sign of it within ${limit / 1000} s`, isStart);
      else if (!isStart && Math.floor(before / PING_AFTER) < Math.floor(this.quiet / PING_AFTER)) this.post({ kind: "ping" });
      this.looked();
    }, LOOK);
  }

  private fail(reason: string, isStart: boolean): void {
    if (this.isOver) return;
    this.end();
    this.lost(error("fit", isStart ? "expected a worker to train in" : "expected the worker to train to the end", reason, isStart ? START_HINT : HINT));
  }

  /** It has nothing to do. */
  rest(): void {
    clearInterval(this.timer);
    this.listen = () => {};
    this.looked = () => {};
    this.lost = () => forget(this);
    this.line?.hold(false);
  }

  end(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.line?.terminate();
  }
}

let idle: Trainer | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function forget(trainer: Trainer): void {
  if (idle !== trainer) return;
  clearTimeout(timer);
  idle = null;
}

const isSame = (a: TrainerSource, b: TrainerSource): boolean => a === b || (typeof a !== "function" && typeof b !== "function" && String(a) === String(b));

/** The idle worker, if it is of this source, or a new one. */
export async function takeTrainer(source: TrainerSource, memory: ArrayBufferLike): Promise<Trainer> {
  const kept = idle;
  if (kept !== null) {
    forget(kept);
    if (isSame(kept.source, source)) return kept;
    kept.end();
  }
  const trainer = new Trainer(source);
  await trainer.start(memory);
  return trainer;
}

/** Keeps one worker for the next training, for a while. @param memory bytes that it holds */
export function giveBack(trainer: Trainer, memory: number): void {
  if (trainer.isOver) return;
  trainer.rest();
  if (idle !== null || memory > MOST_KEPT) return trainer.end();
  idle = trainer;
  timer = setTimeout(() => {
    forget(trainer);
    trainer.end();
  }, patience.idle);
  (timer as { unref?(): void }).unref?.();
}
