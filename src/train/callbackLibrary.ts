/** @file The callbacks that come with the library. */

import type { IOHandler } from "../io/types.js";
import { writeOut } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { BackupAndRestore, type BackupArgs } from "./backup.js";
import { type Callback, type CallbackState, CustomCallback } from "./callbacks.js";
import type { Logs } from "./history.js";

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

/** Names of which more is better. */
const MORE_IS_BETTER = /(^|_)(acc|accuracy|precision|recall|auc|f1|fbeta|iou|r2|top_?k|sensitivity|specificity)|Accuracy|Precision|Recall|auc|f1|IoU|r2/;

/** Watches one value of the logs for the better. */
abstract class Monitor extends CustomCallback {
  protected readonly monitor: string;
  protected readonly sign: 1 | -1;
  protected readonly minDelta: number;
  protected readonly verbose: boolean;
  protected best = Number.POSITIVE_INFINITY;
  private warned = false;

  constructor({ monitor = "val_loss", mode = "auto", minDelta = 0, verbose = 0 }: MonitorArgs) {
    super();
    if (!["auto", "min", "max"].includes(mode)) throw error(this.constructor.name, "mode must be 'auto', 'min' or 'max'", describe(mode));
    this.monitor = monitor;
    this.sign = mode === "max" || (mode === "auto" && MORE_IS_BETTER.test(monitor)) ? -1 : 1;
    this.minDelta = Math.abs(minDelta);
    this.verbose = verbose === 1;
  }

  /** The watched value with a sign so that less is better; undefined, and a word once, where the logs do not have it. */
  protected valueOf_(logs: Logs): number | undefined {
    const value = logs[this.monitor] ?? logs[this.monitor.replace(/accuracy$/, "acc")];
    if (value === undefined && !this.warned) {
      this.warned = true;
      writeOut(`${this.constructor.name}: expected '${this.monitor}' in the logs. Got ${Object.keys(logs).join(", ")}.\n`);
    }
    return value === undefined ? undefined : value * this.sign;
  }

  protected isBetter(value: number): boolean {
    return value < this.best - this.minDelta;
  }

  protected say(text: string): void {
    if (this.verbose) writeOut(`${text}\n`);
  }
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

/** Ends training when a value has stopped improving. */
export class EarlyStopping extends Monitor {
  private readonly patience: number;
  private readonly restoreBestWeights: boolean;
  private readonly startFromEpoch: number;
  private readonly baseline: number | undefined;
  private wait = 0;
  private bestEpoch = 0;
  private bestWeights: Tensor[] | null = null;
  /** The epoch after which training was ended; 0 when it was not. */
  stoppedEpoch = 0;

  constructor(args: EarlyStoppingArgs = {}) {
    super(args);
    const { patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = args;
    if (!(patience >= 0)) throw error("earlyStopping", "patience must be a number >= 0", describe(patience));
    this.patience = patience;
    this.baseline = baseline === undefined ? undefined : baseline * this.sign;
    this.restoreBestWeights = restoreBestWeights;
    this.startFromEpoch = startFromEpoch;
  }

  onTrainBegin(): void {
    this.wait = 0;
    this.stoppedEpoch = 0;
    this.best = Number.POSITIVE_INFINITY;
    this.bestWeights = null;
  }

  getState(): CallbackState {
    const { wait, best, bestEpoch, bestWeights } = this;
    return { numbers: { wait, best, bestEpoch }, tensors: bestWeights ?? [] };
  }

  setState({ numbers, tensors }: CallbackState): void {
    Object.assign(this, numbers);
    this.bestWeights = tensors?.length ? [...tensors] : null;
  }

  onEpochEnd(epoch: number, logs: Logs = {}): void {
    const value = this.valueOf_(logs);
    if (value === undefined || epoch < this.startFromEpoch) return;
    this.wait++;
    if (this.isBetter(value)) {
      this.best = value;
      this.bestEpoch = epoch;
      if (this.restoreBestWeights) this.bestWeights = (this.model as NonNullable<typeof this.model>).getWeights();
      if (this.baseline === undefined || value < this.baseline - this.minDelta) this.wait = 0;
    }
    if (this.wait >= this.patience && epoch > 0 && this.wait > 0) {
      this.stoppedEpoch = epoch;
      (this.model as NonNullable<typeof this.model>).stopTraining = true;
    }
  }

  onTrainEnd(): void {
    if (this.stoppedEpoch > 0) this.say(`epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.bestWeights !== null) {
      (this.model as NonNullable<typeof this.model>).setWeights(this.bestWeights);
      this.say(`weights of epoch ${this.bestEpoch + 1} put back`);
    }
  }
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

/** Reduces the learning rate when a value has stopped improving. */
export class ReduceLROnPlateau extends Monitor {
  private readonly args: Required<Pick<ReduceLROnPlateauArgs, "factor" | "patience" | "cooldown" | "minLr">>;
  private wait = 0;
  private cooling = 0;

  constructor(args: ReduceLROnPlateauArgs = {}) {
    super({ minDelta: 1e-4, ...args });
    const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0 } = args;
    if (!(factor > 0 && factor < 1)) throw error("reduceLROnPlateau", "factor must lie between 0 and 1", describe(factor));
    this.args = { factor, patience, cooldown, minLr };
  }

  onTrainBegin(): void {
    this.wait = 0;
    this.cooling = 0;
    this.best = Number.POSITIVE_INFINITY;
  }

  getState(): CallbackState {
    const { wait, cooling, best } = this;
    return { numbers: { wait, cooling, best } };
  }

  setState({ numbers }: CallbackState): void {
    Object.assign(this, numbers);
  }

  onEpochEnd(epoch: number, logs: Logs = {}): void {
    const value = this.valueOf_(logs);
    if (value === undefined) return;
    const { optimizer } = this.model as NonNullable<typeof this.model>;
    logs.lr = optimizer.learningRate;
    if (this.cooling > 0) {
      this.cooling--;
      this.wait = 0;
    }
    if (this.isBetter(value)) {
      this.best = value;
      this.wait = 0;
    } else if (this.cooling === 0 && ++this.wait >= this.args.patience && optimizer.learningRate > this.args.minLr) {
      optimizer.learningRate = Math.max(optimizer.learningRate * this.args.factor, this.args.minLr);
      this.say(`epoch ${epoch + 1}: learning rate reduced to ${optimizer.learningRate}`);
      this.cooling = this.args.cooldown;
      this.wait = 0;
    }
  }
}

export interface ModelCheckpointArgs extends MonitorArgs {
  /** Where to: a handler or an address such as "file://folder"; {epoch} and names of logs in braces are filled in. */
  path: string | IOHandler;
  /** Only epochs that improve the watched value are saved. */
  saveBestOnly?: boolean;
  /** "epoch" (default), or a number of batches between two saves. */
  saveFreq?: "epoch" | number;
  /** Whether the optimizer's state is saved too. */
  includeOptimizer?: boolean;
}

/** Saves the model after epochs or every so many batches. */
export class ModelCheckpoint extends Monitor {
  private batches = 0;

  constructor(private readonly args: ModelCheckpointArgs) {
    super(args);
    const { saveFreq = "epoch" } = args;
    if (saveFreq !== "epoch" && !(Number.isInteger(saveFreq) && saveFreq > 0))
      throw error("modelCheckpoint", "saveFreq must be 'epoch' or a whole number of batches", describe(saveFreq));
  }

  getState(): CallbackState {
    return { numbers: { best: this.best, batches: this.batches } };
  }

  setState({ numbers }: CallbackState): void {
    Object.assign(this, numbers);
  }

  private async save(epoch: number, logs: Logs): Promise<void> {
    const { path, includeOptimizer = false } = this.args;
    const fill = (_: string, name: string): string => (name === "epoch" ? String(epoch + 1) : (logs[name]?.toPrecision(5) ?? `{${name}}`));
    const target = typeof path === "string" ? path.replace(/\{(\w+)\}/g, fill) : path;
    await (this.model as NonNullable<typeof this.model>).save(target, { includeOptimizer });
    this.say(`epoch ${epoch + 1}: saved${typeof target === "string" ? ` to ${target}` : ""}`);
  }

  async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    if ((this.args.saveFreq ?? "epoch") !== "epoch") return;
    if (this.args.saveBestOnly) {
      const value = this.valueOf_(logs);
      if (value === undefined || !this.isBetter(value)) return;
      this.best = value;
    }
    await this.save(epoch, logs);
  }

  async onBatchEnd(_batch: number, logs: Logs = {}): Promise<void> {
    const { saveFreq = "epoch" } = this.args;
    if (saveFreq !== "epoch" && ++this.batches % saveFreq === 0) await this.save(0, logs);
  }
}

/** Sets the learning rate of each epoch. */
export function learningRateScheduler(schedule: (epoch: number, learningRate: number) => number, { verbose = 0 }: { verbose?: 0 | 1 } = {}): Callback {
  const callback = new CustomCallback({
    onEpochBegin(epoch) {
      const { optimizer } = callback.model as NonNullable<typeof callback.model>;
      const rate = schedule(epoch, optimizer.learningRate);
      if (!Number.isFinite(rate)) throw error("learningRateScheduler", "the schedule must give a finite number", describe(rate));
      optimizer.learningRate = rate;
      if (verbose === 1) writeOut(`epoch ${epoch + 1}: learning rate ${rate}\n`);
    },
    onEpochEnd(_epoch, logs) {
      if (logs) logs.lr = (callback.model as NonNullable<typeof callback.model>).optimizer.learningRate;
    },
  });
  return callback;
}

/** Ends training when the loss is no longer a finite number. */
export function terminateOnNaN(): Callback {
  const callback = new CustomCallback({
    onBatchEnd(batch, logs = {}) {
      if (Number.isFinite(logs.loss)) return;
      writeOut(`batch ${batch + 1}: the loss is ${logs.loss}, training ends\n`);
      (callback.model as NonNullable<typeof callback.model>).stopTraining = true;
    },
  });
  return callback;
}

export interface CSVLoggerArgs {
  separator?: string;
  /** Whether rows are added to a file that exists. */
  append?: boolean;
}

/** Writes the values of each epoch as a line of comma-separated text, to a file in Node or to a function. */
export function csvLogger(target: string | ((line: string) => void | Promise<void>), { separator = ",", append = false }: CSVLoggerArgs = {}): Callback {
  let names: string[] | null = null;
  let isNew = !append;
  const write = async (fields: readonly (string | number)[]): Promise<void> => {
    const line = `${fields.join(separator)}\n`;
    if (typeof target === "function") await target(line);
    else await (await import("../platformFiles.js")).appendText(target, line, isNew);
    isNew = false;
  };
  return {
    onTrainBegin() {
      names = null;
    },
    async onEpochEnd(epoch, logs = {}) {
      if (names === null) {
        names = Object.keys(logs);
        if (!append || typeof target === "function") await write(["epoch", ...names]);
      }
      await write([epoch, ...names.map((name) => logs[name] ?? "")]);
    },
  };
}

/** Callbacks by name. */
export const callbacks = {
  /** Ends training when a value has stopped improving. */
  earlyStopping: (args?: EarlyStoppingArgs): EarlyStopping => new EarlyStopping(args),
  /** Reduces the learning rate when a value has stopped improving. */
  reduceLROnPlateau: (args?: ReduceLROnPlateauArgs): ReduceLROnPlateau => new ReduceLROnPlateau(args),
  /** Saves the model after epochs or every so many batches. */
  modelCheckpoint: (args: ModelCheckpointArgs): ModelCheckpoint => new ModelCheckpoint(args),
  /** Saves the whole state of a run as it goes, and goes on from it after an interruption. */
  backupAndRestore: (args: BackupArgs): BackupAndRestore => new BackupAndRestore(args),
  /** Sets the learning rate of each epoch. */
  learningRateScheduler,
  /** Ends training when the loss is no longer a finite number. */
  terminateOnNaN,
  /** Writes the values of each epoch as a line of comma-separated text. */
  csvLogger,
};
