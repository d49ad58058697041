/** @file The callbacks that come with the library: their arguments, and what stands for them until fit calls the first. */
import type { PlotArgs } from "../draw/livePlot.js";
import { handlersOf } from "../io/router.js";
import type { IOHandler } from "../io/types.js";
import { checkFunction, checkOneOf, checkOptions, describe, error } from "../tensor/errors.js";
import type { BackupAndRestore } from "./backup.js";
import type { EarlyStopping, Makers, ModelCheckpoint, ReduceLROnPlateau } from "./callbackCode.js";
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

let code: typeof import("./callbackCode.js") | undefined;

/** Stands for a callback in fit: what it does is imported when the first hook is called. */
export class StandIn extends CustomCallback implements Callback {
  readonly needsWeights = false;
  /** What does it, once that is there. */
  real: (Callback & { stoppedEpoch?: number }) | undefined;
  /** What that is to go on from. */
  state: CallbackState = { numbers: {} };

  constructor(
    readonly name: keyof Makers,
    readonly args: readonly unknown[],
    hooks: string,
    readonly everyBatch = false,
  ) {
    super();
    const call = async (hook: CallbackHook, values: unknown[]): Promise<void> => {
      code ??= await import("./callbackCode.js");
      await code.call(this, hook, values);
    };
    for (const hook of hooks.split(" ")) Object.assign(this, { [hook]: (...values: unknown[]) => call(hook as CallbackHook, values) });
  }

  get stoppedEpoch(): number {
    return this.real?.stoppedEpoch ?? 0;
  }

  getState(): CallbackState {
    return this.real?.getState?.() ?? this.state;
  }

  setState(state: CallbackState): void {
    this.state = state;
    this.real?.setState?.(state);
  }
}

/** The same for one that saves the run. */
class StandInOfRun extends StandIn {
  run: readonly [run: Resumable, others: readonly Callback[]] | undefined;

  /** @internal Called by fit. */
  setRun(run: Resumable, callbacks: readonly Callback[]): void {
    this.run = [run, callbacks.filter((callback) => callback !== this)];
  }
}

function check(isRight: boolean, name: string, expectation: string, given: unknown): void {
  if (!isRight) throw error(name, expectation, describe(given));
}

/** One that watches a value. */
function watcher(name: keyof Makers, args: MonitorArgs, options: string, hooks: string, everyBatch = false): never {
  checkOptions(name, args, `monitor mode minDelta verbose ${options}`);
  const { mode = "auto" } = args;
  checkOneOf(name, "mode", mode, ["auto", "min", "max"]);
  return new StandIn(name, [args], hooks, everyBatch) as never;
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
    const { patience = 0 } = Object(args) as EarlyStoppingArgs;
    check(patience >= 0, "earlyStopping", "patience must be a number >= 0", patience);
    return watcher("earlyStopping", args, "patience baseline restoreBestWeights startFromEpoch", "onTrainBegin onEpochEnd onTrainEnd");
  },
  /** Reduces the learning rate when a value has stopped improving. */
  reduceLROnPlateau: (args: ReduceLROnPlateauArgs = {}): ReduceLROnPlateau => {
    const { factor = 0.1 } = Object(args) as ReduceLROnPlateauArgs;
    check(factor > 0 && factor < 1, "reduceLROnPlateau", "factor must lie between 0 and 1", factor);
    return watcher("reduceLROnPlateau", args, "factor patience cooldown minLr", "onTrainBegin onEpochEnd");
  },
  /** Saves the model after epochs or every so many batches. */
  modelCheckpoint: (args: ModelCheckpointArgs): ModelCheckpoint => {
    const everyBatch = isByBatch("modelCheckpoint", args?.saveFreq);
    const hooks = `onEpochBegin ${everyBatch ? "onBatchEnd" : "onEpochEnd"}`;
    return watcher("modelCheckpoint", args, "path saveBestOnly saveFreq includeOptimizer", hooks, everyBatch);
  },
  /**
   * Saves the whole state of a run as it goes, and goes on from it after an interruption with the same bits. Below a dataset's `prefetch`,
   * `shuffle` and random numbers in `map` need a seed of their own for that.
   */
  backupAndRestore: (args: BackupArgs): BackupAndRestore => {
    checkOptions("backupAndRestore", args, "path saveFreq deleteCheckpoint verbose");
    const { path, saveFreq } = args;
    const everyBatch = isByBatch("backupAndRestore", saveFreq);
    const has = (action: "save" | "load"): boolean => Boolean((typeof path === "string" ? handlersOf(action, path)[0] : path)?.[action]);
    check(has("save") && has("load"), "backupAndRestore", 'path must be an address such as "file://folder", or a handler with save() and load()', path);
    return new StandInOfRun("backupAndRestore", [args], `onTrainBegin onEpochEnd onTrainEnd${everyBatch ? " onBatchEnd" : ""}`, everyBatch) as never;
  },
  /** Sets the learning rate of each epoch. */
  learningRateScheduler: (schedule: (epoch: number, learningRate: number) => number, options: { verbose?: 0 | 1 } = {}): Callback => {
    checkFunction("learningRateScheduler", schedule);
    checkOptions("learningRateScheduler", options, "verbose");
    return new StandIn("learningRateScheduler", [schedule, options], "onEpochBegin onEpochEnd");
  },
  /**
   * Ends training when the loss is no longer a finite number, says in which batch and layer that began, and leaves the trained weights as
   * they were before that batch. Without it fit says the same, unless verbose is 0, and goes on.
   */
  terminateOnNaN: (): Callback => ({ endsOnNaN: true }),
  /** Writes the values of each epoch as a line of comma-separated text. */
  csvLogger: (target: string | ((line: string) => void | Promise<void>), args: CSVLoggerArgs = {}): Callback => {
    check(["string", "function"].includes(typeof target), "csvLogger", "target must be a path or a function", target);
    checkOptions("csvLogger", args, "separator append");
    return new StandIn("csvLogger", [target, args], "onTrainBegin onEpochEnd");
  },
  /** Draws the curves of loss and metrics, as fit's option `plot` does. */
  plot: (args: PlotArgs = true): Callback => ({ plot: args }),
};
