/** @file The training loop: epochs, validation, callbacks, progress, and going on where an interrupted run was. */
import { getRandomState, setRandomState } from "../engine/random.js";
import { isTerminal, nextTurn, now, terminalColumns, writeOut } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import { callbackList, callHook } from "./callbacks.js";
import { checkCount, type TrainingArgs } from "./fit.js";
import { History, type Logs } from "./history.js";
import type { Model } from "./model.js";
import { ProgressBar } from "./progress.js";
import type { BatchSource, Place } from "./source.js";
import type { Trainer } from "./trainer.js";

/** Longest time between two turns of the event loop, in milliseconds: a page stays responsive, timers run. */
const YIELD_AFTER = 50;

/** Milliseconds after which the event loop gets a turn; Infinity for never, -1 for at epochs only. */
function yieldAfter(value: TrainingArgs["yieldEvery"]): number {
  if (value === undefined || value === "auto") return YIELD_AFTER;
  const known = { batch: 0, epoch: -1, never: Number.POSITIVE_INFINITY }[value as string];
  if (known !== undefined) return known;
  if (typeof value !== "number" || !(value >= 0))
    throw error("fit", "yieldEvery must be 'auto', 'batch', 'epoch', 'never' or milliseconds >= 0", describe(value));
  return value;
}

export interface TrainingRun {
  model: Model;
  trainer: Trainer;
  source: BatchSource;
  validation: BatchSource | undefined;
  args: TrainingArgs;
  batchSize: number | null;
  /** Batches after which an epoch of arrays ends early. */
  limit: number | null;
}

/** How far a run is: what it needs, beside weights and counters of others, to go on. */
export interface Progress {
  epoch: number;
  /** Batches of the epoch that are done. */
  batch: number;
  place: Place;
  random: ReturnType<typeof getRandomState>;
  samples: number;
  history: { epoch: number[]; history: Record<string, number[]> };
}

/** A run of fit: where it is, and what may set it elsewhere before it begins. */
export class Position {
  epoch = 0;
  batch = 0;
  /** Where the source is to go on; null where it begins anew. */
  from: Place | null = null;

  constructor(
    private readonly run: TrainingRun,
    readonly history: History,
  ) {}

  /** A copy of it. @param isEpochDone whether the epoch counts as done, batches or not */
  snapshot(isEpochDone: boolean): Progress {
    const { source, trainer } = this.run;
    return {
      epoch: this.epoch + Number(isEpochDone),
      batch: isEpochDone ? 0 : this.batch,
      place: source.place,
      random: getRandomState(),
      samples: isEpochDone ? 0 : trainer.samples,
      history: {
        epoch: [...this.history.epoch],
        history: Object.fromEntries(Object.entries(this.history.history).map(([name, values]) => [name, [...values]])),
      },
    };
  }

  /** Goes on from a copy. */
  restore({ epoch, batch, place, random, samples, history }: Progress): void {
    this.epoch = epoch;
    this.batch = batch;
    this.from = place;
    this.run.trainer.samples = samples;
    history.epoch.forEach((number, i) => {
      this.history.add(
        number,
        Object.fromEntries(Object.entries(history.history).flatMap(([name, values]) => (i < values.length ? [[name, values[i] as number]] : []))),
      );
    });
    setRandomState(random);
  }

  /** Whether a signal ended the run. */
  get isAborted(): boolean {
    return this.run.args.signal?.aborted === true;
  }

  nextEpoch(): void {
    this.epoch++;
    this.batch = 0;
  }
}

/** Lets the event loop have its turns. */
class Turns {
  private last = now();
  private readonly pause: number;

  constructor(args: TrainingArgs) {
    this.pause = yieldAfter(args.yieldEvery);
  }

  get isDue(): boolean {
    return this.pause >= 0 && now() - this.last > this.pause;
  }

  get isDueAfterEpoch(): boolean {
    return this.pause === -1 || this.isDue;
  }

  async take(): Promise<void> {
    await nextTurn();
    this.last = now();
  }
}

/** Trains until the epochs are done, a callback or a signal ends it, or a step fails. */
export async function train(run: TrainingRun): Promise<History> {
  const { model, trainer, source, validation, args, batchSize, limit } = run;
  const epochs = checkCount("fit", "epochs", args.epochs ?? 1);
  const initialEpoch = checkCount("fit", "initialEpoch", args.initialEpoch ?? 0, 0);
  const verbose = args.verbose ?? 1;
  const callbacks = callbackList(args.callbacks);
  const steps = limit ?? source.batches;
  const samples = source.samples === null || limit === null ? source.samples : Math.min(source.samples, limit * (batchSize as number));
  const progress = progressFor(verbose, epochs, samples);
  const history = new History();
  const position = new Position(run, history);
  const watchesBatches = callbacks.some(({ onBatchEnd }) => onBatchEnd !== undefined);
  const turns = new Turns(args);
  const logsNow = (): Logs => trainer.logs();
  const isAborted = (): boolean => args.signal?.aborted === true;
  const ends = (): boolean => model.stopTraining || isAborted();
  model.stopTraining = false;
  trainer.reset();
  position.epoch = initialEpoch;
  for (const callback of callbacks) {
    callback.setParams?.({ epochs, initialEpoch, steps, samples, batchSize, verbose, metrics: trainer.names });
    callback.setModel?.(model);
    callback.setPosition?.(position, callbacks);
  }

  /** Calls a hook for a batch; undefined where nothing has to be waited for, so that a small step does not cost turns of promises. */
  const batchHook = (hook: "onBatchBegin" | "onBatchEnd", batch: number, logs: Logs): void | Promise<void> => callHook(callbacks, hook, batch, logs);

  /** The rest of an epoch; whether it came to its end. */
  const runEpoch = async (): Promise<boolean> => {
    if (position.batch === 0) trainer.reset();
    const begun = source.begin(position.from ?? undefined);
    if (begun !== undefined) await begun;
    position.from = null;
    while ((limit === null || position.batch < limit) && !ends()) {
      const pending = source.next();
      const data = pending instanceof Promise ? await pending : pending;
      if (data === null) return true;
      const { batch } = position;
      const about = { batch, size: data.rows };
      const before = callbacks.length > 0 ? batchHook("onBatchBegin", batch, about) : undefined;
      if (before !== undefined) await before;
      trainer.step(true, data);
      position.batch++;
      const after = watchesBatches ? batchHook("onBatchEnd", batch, { ...about, ...trainer.logs() }) : undefined;
      if (after !== undefined) await after;
      progress?.batchEnd(trainer.samples, logsNow);
      if (turns.isDue) {
        await turns.take();
        if (callbacks.length > 0) await callHook(callbacks, "onYield", position.epoch, position.batch - 1, trainer.logs());
      }
    }
    // An epoch that a signal cut short is not one: its values would be of a part of the data.
    return !isAborted() || (steps !== null && position.batch === steps);
  };

  try {
    // A callback may go on from an earlier run's position.
    await callHook(callbacks, "onTrainBegin");
    for (; position.epoch < epochs && !ends(); position.nextEpoch()) {
      const { epoch } = position;
      await callHook(callbacks, "onEpochBegin", epoch);
      progress?.epochBegin(epoch);
      if (!(await runEpoch())) break;
      const logs: Logs = trainer.logs();
      if (validation) for (const [name, value] of Object.entries(await trainer.evaluate(validation))) logs[`val_${name}`] = value;
      history.add(epoch, logs);
      progress?.epochEnd(epoch, logs);
      await callHook(callbacks, "onEpochEnd", epoch, logs);
      if (turns.isDueAfterEpoch) await turns.take();
    }
    await callHook(callbacks, "onTrainEnd");
  } finally {
    await source.close();
    await validation?.close();
  }
  trainer.optimizer.finalizeVariableValues();
  return history;
}

function progressFor(verbose: 0 | 1 | 2, epochs: number, samples: number | null): ProgressBar | null {
  if (verbose === 0) return null;
  return new ProgressBar({ epochs, samples, write: writeOut, isTerminal: verbose === 1 && isTerminal(), columns: terminalColumns(), now });
}
