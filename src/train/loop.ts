/** @file The training loop: epochs, validation, callbacks, progress, and going on where an interrupted run was. */
import { getRandomState, setRandomState } from "../engine/random.js";
import { choosing } from "../engine/setUp.js";
import { nextTurn, now } from "../platform.js";
import { writeOut } from "../platformTerminal.js";
import { checkCount, describe, error } from "../tensor/errors.js";
import { threads } from "../wasm/threads.js";
import { ArraySource } from "./arraySources.js";
import type { Callback } from "./callbacks.js";
import type { TrainingArgs } from "./fit.js";
import { beginFit, changedBlocks, endFit, evaluateAll } from "./fitting.js";
import { History, type Logs } from "./history.js";
import { addEpoch, appendHistory } from "./historyValues.js";
import { callbackList, callHook } from "./hooks.js";
import type { Model } from "./model.js";
import type { Several as SeveralSteps } from "./several.js";
import type { BatchData, BatchSource, Place } from "./source.js";
import type { Trainer, TrainerState } from "./trainer.js";
import type { Gate, Training } from "./training.js";
import type { View, ViewArgs } from "./view.js";

/** Longest time between two turns of the event loop, in milliseconds: a page stays responsive, timers run. */
const YIELD_AFTER = 50;

/** Milliseconds after which the event loop gets a turn; Infinity for never, -1 for at epochs only. */
function yieldAfter(value: TrainingArgs["yieldEvery"] = "auto"): number {
  const known = { auto: YIELD_AFTER, batch: 0, epoch: -1, never: Number.POSITIVE_INFINITY }[value as string];
  if (known !== undefined) return known;
  if (typeof value !== "number" || !(value >= 0))
    throw error("fit", "yieldEvery must be 'auto', 'batch', 'epoch', 'never' or milliseconds >= 0", describe(value));
  return value;
}

/** Longest time of steps in one call, in milliseconds: signals and the progress bar are looked at in between. */
const MOST_AT_ONCE = 8;

/** Steps of a run from which they are made several at a time. */
const WORTH_IMPORTING = 16;
let Several: typeof SeveralSteps | undefined;

/** What a run has in place of its surroundings where it is made for another thread. */
export interface Host {
  /** Null where nobody looks. */
  view(args: ViewArgs): View | null;
  write(text: string): void;
  /** A turn of the event loop, and the milliseconds between two. */
  turn(): Promise<void>;
  turnAfter: number;
}

/** What a run needs. */
export interface RunArgs {
  model: Model;
  trainer: Trainer;
  source: BatchSource;
  validation: BatchSource | undefined;
  args: TrainingArgs;
  batchSize: number | null;
  /** Batches after which an epoch ends, where that is not the end of its pass. */
  limit: number | null;
  gate: Gate;
  host: Host | undefined;
}

/** How far a run is: what it needs, beside tensors, to go on. */
export interface Progress {
  epoch: number;
  /** Batches of the epoch that are done. */
  batch: number;
  places: [training: Place, validation: Place | undefined];
  random: ReturnType<typeof getRandomState>;
  trainer: Omit<TrainerState, "tensors">;
  isStopped: boolean;
  history: { epoch: number[]; history: Record<string, number[]> };
}

/** Resolves when the training may go on, or a signal ends it. */
async function standing(gate: Gate, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  gate.isStanding = true;
  gate.stood();
  await new Promise<void>((resolve) => {
    gate.open = resolve;
    signal?.addEventListener("abort", gate.open, { once: true });
  });
  signal?.removeEventListener("abort", gate.open);
  gate.isStanding = false;
}

/** A run of fit. */
export class Run {
  private epoch: number;
  private batch = 0;
  private readonly epochs: number;
  private readonly history = new History();
  private readonly callbacks: readonly Callback[];
  private readonly pause: number;
  private lastTurn = now();
  /** The weights that the plans at hand train. */
  private trained = "";
  private view: View | null = null;
  /** Absent where each step is made by itself. */
  private several: SeveralSteps | undefined;
  private giveBack: ReturnType<NonNullable<typeof threads.keep>> | undefined;

  constructor(private readonly run: RunArgs) {
    const { args } = run;
    this.epochs = checkCount("fit", "epochs", args.epochs ?? 1);
    this.epoch = checkCount("fit", "initialEpoch", args.initialEpoch ?? 0, 0);
    this.callbacks = callbackList(args.callbacks);
    this.pause = run.host?.turnAfter ?? yieldAfter(args.yieldEvery);
  }

  /** Where the run is, and its tensors. @param isDone whether the epoch has come to its end */
  snapshot(isDone: boolean): { progress: Progress; tensors: TrainerState["tensors"] } {
    const { source, validation, trainer, model } = this.run;
    const { tensors, ...values } = trainer.getState();
    const progress: Progress = {
      epoch: this.epoch + Number(isDone),
      batch: isDone ? 0 : this.batch,
      places: [source.place(isDone), validation?.place(true)],
      random: getRandomState(),
      trainer: values,
      isStopped: model.stopTraining,
      history: { epoch: this.history.epoch, history: this.history.history },
    };
    return { progress, tensors };
  }

  /** Goes on from there; to be called before the first epoch. */
  restore({ epoch, batch, places, random, trainer, isStopped, history }: Progress, tensors: TrainerState["tensors"]): void {
    const { source, validation, model } = this.run;
    this.epoch = epoch;
    this.batch = batch;
    source.resume(places[0]);
    if (places[1]) validation?.resume(places[1]);
    this.run.trainer.setState({ ...trainer, tensors });
    model.stopTraining = isStopped;
    appendHistory(this.history, history);
    setRandomState(random);
  }

  /** Whether a signal ended the run. */
  get isAborted(): boolean {
    return this.run.args.signal?.aborted === true;
  }

  private get isEnding(): boolean {
    return this.run.model.stopTraining || this.isAborted;
  }

  /** Trains until the epochs are done, a callback or a signal ends it, or a step fails. */
  async train(): Promise<History> {
    const { model, trainer, source, validation, args, batchSize, limit, host, gate } = this.run;
    const { callbacks, epochs } = this;
    // History has what callbacks add to the logs, and a saved run has its history.
    const [savers, others] = [true, false].map((isSaver) => callbacks.filter(({ setRun }) => (setRun !== undefined) === isSaver)) as [Callback[], Callback[]];
    const verbose = args.verbose ?? 1;
    const steps = limit ?? source.batches;
    const samples = source.samples === null || limit === null ? source.samples : Math.min(source.samples, limit * (batchSize as number));
    beginFit(trainer);
    this.trained = trainer.planKey();
    trainer.isGuarded = verbose > 0 || callbacks.some(({ endsOnNaN }) => endsOnNaN);
    model.stopTraining = false;
    try {
      const { allowThreads, chooseModule } = await choosing();
      await chooseModule();
      allowThreads();
      const plot = args.plot || callbacks.find((callback) => callback.plot)?.plot;
      const shown = { verbose, plot, epochs, samples, history: this.history };
      const view = host ? host.view(shown) : verbose || plot ? await (await import("./view.js")).viewOf(shown) : null;
      this.view = view;
      const params = { epochs, initialEpoch: this.epoch, steps, samples, batchSize, verbose, metrics: trainer.names };
      this.history.params = params;
      for (const callback of callbacks) {
        callback.setParams?.(params);
        callback.setModel?.(model);
        callback.setTraining?.(gate.handle as Training);
        callback.setRun?.(this, callbacks);
      }
      await callHook(callbacks, "onTrainBegin", {});
      if (
        source instanceof ArraySource &&
        model.trainStep === undefined &&
        epochs * source.batches >= WORTH_IMPORTING &&
        !callbacks.some(({ onBatchBegin, onBatchEnd }) => onBatchBegin || onBatchEnd)
      ) {
        Several ??= (await import("./several.js")).Several;
        this.several = new Several(trainer, source);
      }
      const isPlain = verbose === 0 && callbacks.length === 0 && view === null && validation === undefined && limit === null && this.pause >= 0;
      for (; this.epoch < epochs && (await this.mayGoOn()); this.epoch++, this.batch = 0) {
        const made = isPlain && this.batch === 0 ? (this.several?.epochs(this.history, this.epoch, epochs - this.epoch, this.budget) ?? 0) : 0;
        if (made > 0) {
          this.epoch += made - 1;
          if (this.isTurnDue) await this.giveTurn();
          continue;
        }
        const { epoch } = this;
        if (this.batch === 0) {
          trainer.reset();
          await callHook(callbacks, "onEpochBegin", epoch, {});
        }
        if (callbacks.length > 0) this.followFreezing();
        view?.epochBegin(epoch);
        await this.runEpoch();
        view?.trained();
        // An epoch that a signal cut short is not one: its values would be of a part of the data.
        if (this.isAborted && this.batch !== steps) break;
        const logs: Logs = trainer.logs();
        if (validation) {
          if (!(await evaluateAll(trainer, validation, this.mayEvaluate))) break;
          for (const [name, value] of Object.entries(trainer.logs())) logs[`val_${name}`] = value;
        }
        // What callbacks write is not to stand behind the bar.
        view?.clear();
        await callHook(others, "onEpochEnd", epoch, logs);
        addEpoch(this.history, epoch, logs);
        view?.epochEnd(epoch, logs);
        await callHook(savers, "onEpochEnd", epoch, logs);
        if (this.pause === -1 || this.isTurnDue) await this.giveTurn();
      }
      view?.end();
      trainer.optimizer.finalizeVariableValues();
      await callHook(callbacks, "onTrainEnd", {});
    } finally {
      endFit(trainer);
      await source.close();
      await validation?.close();
    }
    return this.history;
  }

  /** Milliseconds that steps in one call may take. */
  private get budget(): number {
    return this.pause < 0 ? MOST_AT_ONCE : Math.min(MOST_AT_ONCE, this.pause);
  }

  /** Looks plans up anew if a callback has frozen layers, or freed some. */
  private followFreezing(): void {
    const { trainer } = this.run;
    const trained = trainer.planKey();
    if (trained !== this.trained) trainer.forgetPlans();
    this.trained = trained;
  }

  /** The rest of an epoch. */
  private async runEpoch(): Promise<void> {
    const { run, view } = this;
    const { trainer, source, limit } = run;
    const begins = this.callbacks.filter(({ onBatchBegin }) => onBatchBegin);
    const ends = this.callbacks.filter(({ onBatchEnd }) => onBatchEnd);
    const logsNow = (): Logs => trainer.logs();
    await source.begin();
    this.giveBack = undefined;
    while (this.batch !== limit && (this.run.gate.isPaused ? await this.mayGoOn() : !this.isEnding)) {
      // Nothing is waited for that need not be: a turn of promises costs as much as the step of a small network.
      const rest = limit === null ? Number.POSITIVE_INFINITY : limit - this.batch;
      const { several } = this;
      const [made, hasFailed] = several ? this.guarded(() => several.steps(rest, this.budget)) : [0, false];
      if (made > 0) {
        this.batch += made;
        view?.batchEnd(trainer.samples, logsNow, made);
        if (!hasFailed) {
          if (this.isTurnDue) await this.giveTurn();
          continue;
        }
      }
      const pending = source.next();
      const data: BatchData | null = pending instanceof Promise ? await pending : pending;
      if (data === null) return;
      const { batch } = this;
      const size = data.rows;
      if (begins.length > 0) await callHook(begins, "onBatchBegin", batch, { batch, size });
      if (hasFailed) trainer.samples += size;
      if (hasFailed || !this.guarded(() => trainer.step(true, data))) {
        const { tellWhatIsNotFinite } = await import("./notFinite.js");
        view?.clear();
        tellWhatIsNotFinite(run, data, this.epoch, batch, this.callbacks, run.host?.write ?? writeOut);
      }
      this.batch++;
      if (ends.length > 0) await callHook(ends, "onBatchEnd", batch, { batch, size, ...trainer.logs() });
      view?.batchEnd(trainer.samples, logsNow, 1);
      if (this.isTurnDue) await this.giveTurn();
    }
  }

  /** Makes steps; where workers are lost, what they train is put back to what it was when the epoch began, or the threads. */
  private guarded<T>(steps: () => T): T {
    this.giveBack ??= threads.keep?.(changedBlocks(this.run.trainer), `before batch ${this.batch} of epoch ${this.epoch}`);
    try {
      return steps();
    } catch (failure) {
      this.giveBack?.(failure);
      throw failure;
    }
  }

  private get isTurnDue(): boolean {
    return this.pause >= 0 && now() - this.lastTurn >= this.pause;
  }

  /** Waits where the training is paused. @returns false where it is to end */
  private async mayGoOn(): Promise<boolean> {
    const { gate, args } = this.run;
    while (gate.isPaused && !this.isEnding) await standing(gate, args.signal);
    return !this.isEnding;
  }

  /** Between two batches that are evaluated. @returns false where a signal has ended the run */
  private readonly mayEvaluate = async (): Promise<boolean> => {
    const { gate, args } = this.run;
    if (this.isTurnDue) await this.turn();
    while (gate.isPaused && !this.isAborted) await standing(gate, args.signal);
    return !this.isAborted;
  };

  private async turn(): Promise<void> {
    await (this.run.host?.turn ?? nextTurn)();
    this.lastTurn = now();
  }

  /** Lets the event loop have its turn. */
  private async giveTurn(): Promise<void> {
    const { trainer, source, limit } = this.run;
    await this.turn();
    const logs = trainer.logs();
    this.view?.running(this.batch, limit ?? source.batches ?? 0, logs);
    await callHook(this.callbacks, "onYield", this.epoch, this.batch - 1, logs);
    this.lastTurn = now();
  }
}
