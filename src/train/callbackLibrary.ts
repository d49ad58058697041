/** @file The callbacks that come with the library: their arguments, and what stands for them until fit calls the first. */
import type { PlotArgs } from "../draw/livePlot.js";
import { handlerFor } from "../io/place.js";
import type { IOHandler } from "../io/types.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import type { BackupAndRestore } from "./backup.js";
import type { EarlyStopping, ModelCheckpoint, ReduceLROnPlateau } from "./callbackCode.js";
import { type Callback, type CallbackHook, type CallbackState, CustomCallback, type Resumable } from "./callbacks.js";

export type { EarlyStopping, ModelCheckpoint, ReduceLROnPlateau };

export interface MonitorArgs {
  /** Name of the value in logs; val_loss by default. */
  monitor?: string;
  /** Whether less or more is better; "auto" knows it from the name. */
  mode?: "auto" | "min" | "max";
  /** A change counts only beyond this. */
  minDelta?: number;
  /** 1 tells what happens. */
  verbose?: 0 | 1;
}

export interface EarlyStoppingArgs extends MonitorArgs {
  /** Epochs without improvement after which training ends. */
  patience?: number;
  /** A value that must be beaten from the beginning. */
  baseline?: number;
  /** Whether the weights of the best epoch are put back at the end. */
  restoreBestWeights?: boolean;
  /** Epochs before it begins to watch. */
  startFromEpoch?: number;
}

export interface ReduceLROnPlateauArgs extends MonitorArgs {
  /** The new rate is the old one times this; 0.1 by default. */
  factor?: number;
  /** Epochs without improvement after which the rate is reduced; 10 by default. */
  patience?: number;
  /** Epochs after a reduction before it watches again. */
  cooldown?: number;
  /** The rate does not go below. */
  minLr?: number;
}

export interface ModelCheckpointArgs extends MonitorArgs {
  /** Where to: a handler or an address such as "file://folder"; {epoch} and names of logs in braces are filled in. */
  path: string | IOHandler;
  /** Only epochs that improve the watched value are saved. */
  saveBestOnly?: boolean;
  /** "epoch" (default), or the number of batches between two saves. */
  saveFreq?: "epoch" | number;
  /** Whether the optimizer's state is saved too. */
  includeOptimizer?: boolean;
}

export interface CSVLoggerArgs {
  separator?: string;
  /** Whether rows are added to a file that exists. */
  append?: boolean;
}

export interface BackupArgs {
  /** Where to: an address such as "file://folder", or a handler that saves and loads. */
  path: string | IOHandler;
  /** "epoch" (default), or the number of batches between two backups. */
  saveFreq?: "epoch" | number;
  /** Whether the backup is removed when training has come to its end; true by default. */
  deleteCheckpoint?: boolean;
  /** 1 tells when a run goes on from a backup. */
  verbose?: 0 | 1;
}

type Code = typeof import("./callbackCode.js");
let code: Code | undefined;

/** Stands for a callback in fit: what it does is imported when the first hook is called. */
class StandIn<C extends Callback> extends CustomCallback implements Callback {
  readonly needsWeights = false;
  protected real: (C & { stoppedEpoch?: number }) | undefined;
  /** What it goes on from, until that is there. */
  private state: CallbackState | undefined;

  constructor(
    hooks: string,
    private readonly make: (code: Code) => C,
    readonly everyBatch = false,
  ) {
    super();
    for (const hook of hooks.split(" ") as CallbackHook[]) Object.assign(this, { [hook]: (...args: unknown[]) => this.call(hook, args) });
  }

  private async call(hook: CallbackHook, args: unknown[]): Promise<void> {
    code ??= await import("./callbackCode.js");
    if (!this.real) {
      this.real = this.make(code);
      if (this.state) this.real.setState?.(this.state);
    }
    const { model, params, training } = this;
    Object.assign(this.real, { model, params, training });
    this.tell(this.real);
    await (this.real[hook] as (...args: unknown[]) => void | Promise<void>)(...args);
  }

  /** What else it has to know. */
  protected tell(_real: C): void {}

  get stoppedEpoch(): number {
    return this.real?.stoppedEpoch ?? 0;
  }

  getState(): CallbackState {
    return this.real?.getState?.() ?? this.state ?? { numbers: {} };
  }

  setState(state: CallbackState): void {
    this.state = state;
    this.real?.setState?.(state);
  }
}

/** The same for one that saves the run. */
class StandInOfRun extends StandIn<BackupAndRestore> {
  private run: Resumable | undefined;
  private others: readonly Callback[] = [];

  /** @internal Called by fit. */
  setRun(run: Resumable, callbacks: readonly Callback[]): void {
    this.run = run;
    this.others = callbacks.filter((callback) => callback !== this);
  }

  protected override tell(real: BackupAndRestore): void {
    real.setRun(this.run as Resumable, this.others);
  }
}

function check(isRight: boolean, name: string, expectation: string, given: unknown): void {
  if (!isRight) throw error(name, expectation, describe(given));
}

function checkMonitor(name: string, args: MonitorArgs, options: string): void {
  checkOptions(name, args, `monitor mode minDelta verbose ${options}`);
  const { mode = "auto" } = args;
  check(["auto", "min", "max"].includes(mode), name, "mode must be 'auto', 'min' or 'max'", mode);
}

/** Whether something is saved every so many batches, not after epochs. */
function isByBatch(name: string, saveFreq: "epoch" | number = "epoch"): boolean {
  const isByBatch = saveFreq !== "epoch";
  check(!isByBatch || (Number.isInteger(saveFreq) && saveFreq > 0), name, "saveFreq must be 'epoch' or a whole number of batches", saveFreq);
  return isByBatch;
}

/** Callbacks by name. */
export const callbacks = {
  /** Ends training when a value has stopped improving. */
  earlyStopping: (args: EarlyStoppingArgs = {}): EarlyStopping => {
    checkMonitor("earlyStopping", args, "patience baseline restoreBestWeights startFromEpoch");
    check((args.patience ?? 0) >= 0, "earlyStopping", "patience must be a number >= 0", args.patience);
    return new StandIn("onTrainBegin onEpochEnd onTrainEnd", ({ EarlyStopping }) => new EarlyStopping(args)) as never;
  },
  /** Reduces the learning rate when a value has stopped improving. */
  reduceLROnPlateau: (args: ReduceLROnPlateauArgs = {}): ReduceLROnPlateau => {
    checkMonitor("reduceLROnPlateau", args, "factor patience cooldown minLr");
    const { factor = 0.1 } = args;
    check(factor > 0 && factor < 1, "reduceLROnPlateau", "factor must lie between 0 and 1", factor);
    return new StandIn("onTrainBegin onEpochEnd", ({ ReduceLROnPlateau }) => new ReduceLROnPlateau(args)) as never;
  },
  /** Saves the model after epochs or every so many batches. */
  modelCheckpoint: (args: ModelCheckpointArgs): ModelCheckpoint => {
    checkMonitor("modelCheckpoint", args, "path saveBestOnly saveFreq includeOptimizer");
    const everyBatch = isByBatch("modelCheckpoint", args.saveFreq);
    return new StandIn(`onEpochBegin ${everyBatch ? "onBatchEnd" : "onEpochEnd"}`, ({ ModelCheckpoint }) => new ModelCheckpoint(args), everyBatch) as never;
  },
  /**
   * Saves the whole state of a run as it goes, and goes on from it after an interruption with the same bits. Below a dataset's `prefetch`,
   * `shuffle` and random numbers in `map` need a seed of their own for that.
   */
  backupAndRestore: (args: BackupArgs): BackupAndRestore => {
    const everyBatch = isByBatch("backupAndRestore", args.saveFreq);
    const [to, from] = [handlerFor("backupAndRestore", args.path, "save"), handlerFor("backupAndRestore", args.path, "load")];
    const hooks = `onTrainBegin onEpochEnd onTrainEnd${everyBatch ? " onBatchEnd" : ""}`;
    return new StandInOfRun(hooks, ({ BackupAndRestore }) => new BackupAndRestore(args, to, from), everyBatch) as never;
  },
  /** Sets the learning rate of each epoch. */
  learningRateScheduler: (schedule: (epoch: number, learningRate: number) => number, options: { verbose?: 0 | 1 } = {}): Callback =>
    new StandIn("onEpochBegin onEpochEnd", ({ learningRateScheduler }) => learningRateScheduler(schedule, options)),
  /**
   * Ends training when the loss is no longer a finite number, says in which batch and layer that began, and leaves the trained weights as
   * they were before that batch. Without it fit says the same, unless verbose is 0, and goes on.
   */
  terminateOnNaN: (): Callback => ({ endsOnNaN: true }),
  /** Writes the values of each epoch as a line of comma-separated text. */
  csvLogger: (target: string | ((line: string) => void | Promise<void>), args: CSVLoggerArgs = {}): Callback =>
    new StandIn("onTrainBegin onEpochEnd", ({ csvLogger }) => csvLogger(target, args)),
  /** Draws the curves of loss and metrics, as fit's option `plot` does. */
  plot: (args: PlotArgs = true): Callback => ({ plot: args }),
};
