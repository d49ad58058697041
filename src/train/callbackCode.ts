/** @file What the library's callbacks do; imported when fit first calls one. */
import { writeOut } from "../platformTerminal.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { BackupAndRestore } from "./backup.js";
import type { BackupArgs, CSVLoggerArgs, EarlyStoppingArgs, ModelCheckpointArgs, MonitorArgs, ReduceLROnPlateauArgs, StandIn } from "./callbackLibrary.js";
import { type Callback, type CallbackHook, type CallbackState, CustomCallback, type Resumable } from "./callbacks.js";
import type { Logs } from "./history.js";
import type { Model } from "./model.js";

/** What a stand-in is for, from the arguments that it was made with. */
export interface Makers {
  earlyStopping: (args: EarlyStoppingArgs) => Callback;
  reduceLROnPlateau: (args: ReduceLROnPlateauArgs) => Callback;
  modelCheckpoint: (args: ModelCheckpointArgs) => Callback;
  backupAndRestore: (args: BackupArgs) => Callback;
  learningRateScheduler: typeof learningRateScheduler;
  csvLogger: typeof csvLogger;
}

const makers: Makers = {
  earlyStopping: (args) => new EarlyStopping(args),
  reduceLROnPlateau: (args) => new ReduceLROnPlateau(args),
  modelCheckpoint: (args) => new ModelCheckpoint(args),
  backupAndRestore: (args) => new BackupAndRestore(args),
  learningRateScheduler,
  csvLogger,
};

/** Calls a hook of what a stand-in is for. */
export async function call(
  standIn: StandIn & { run?: readonly [Resumable, readonly Callback[]] | undefined },
  hook: CallbackHook,
  values: unknown[],
): Promise<void> {
  const { name, args, state, model, params, training, run } = standIn;
  if (!standIn.real) {
    standIn.real = (makers[name] as (...args: readonly unknown[]) => Callback)(...args);
    standIn.real.setState?.(state);
  }
  const { real } = standIn;
  Object.assign(real, { model, params, training });
  if (run) real.setRun?.(...run);
  await (real[hook] as (...args: unknown[]) => void | Promise<void>)(...values);
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
  /** Those that do ask for them. */
  readonly needsWeights = false;
  private warned = false;

  constructor(
    /** For messages: the names of classes are shortened by bundlers. */
    private readonly name: string,
    { monitor = "val_loss", mode = "auto", minDelta = 0, verbose = 0 }: MonitorArgs,
  ) {
    super();
    this.monitor = monitor;
    this.sign = mode === "max" || (mode === "auto" && MORE_IS_BETTER.test(monitor)) ? -1 : 1;
    this.minDelta = Math.abs(minDelta);
    this.verbose = verbose === 1;
  }

  /** The watched value with a sign so that less is better; undefined, and a word once, where the logs do not have it. */
  protected watched(logs: Logs): number | undefined {
    const value = logs[this.monitor] ?? logs[this.monitor.replace(/accuracy$/, "acc")];
    if (value === undefined && !this.warned) {
      this.warned = true;
      writeOut(`${this.name}: expected '${this.monitor}' in the logs. Got ${Object.keys(logs).join(", ")}.\n`);
    }
    return value === undefined ? undefined : value * this.sign;
  }

  protected isBetter(value: number, best = this.best): boolean {
    return value < best - this.minDelta;
  }

  protected get trained(): Model {
    return this.model as Model;
  }

  protected say(text: string): void {
    if (this.verbose) writeOut(`${text}\n`);
  }
}

/** Ends training when a value has stopped improving. */
export class EarlyStopping extends Monitor implements Callback {
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
    super("earlyStopping", args);
    const { patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = args;
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
    const { wait, best, bestEpoch, stoppedEpoch, bestWeights } = this;
    return { numbers: { wait, best, bestEpoch, stoppedEpoch }, tensors: bestWeights ?? [] };
  }

  setState({ numbers, tensors }: CallbackState): void {
    Object.assign(this, numbers);
    this.bestWeights = tensors?.length ? [...tensors] : null;
  }

  async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const value = this.watched(logs);
    if (value === undefined || epoch < this.startFromEpoch) return;
    const isBetter = this.isBetter(value);
    if (isBetter) this.best = value;
    if (this.restoreBestWeights && (isBetter || this.bestWeights === null)) {
      this.bestEpoch = epoch;
      await this.training?.weights();
      this.bestWeights = this.trained.getWeights();
    }
    this.wait++;
    if (isBetter && (this.baseline === undefined || this.isBetter(value, this.baseline))) this.wait = 0;
    else if (!isBetter && this.wait >= this.patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.trained.stopTraining = true;
    }
  }

  onTrainEnd(): void {
    if (this.stoppedEpoch > 0) this.say(`epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.bestWeights !== null) {
      this.trained.setWeights(this.bestWeights);
      this.say(`weights of epoch ${this.bestEpoch + 1} put back`);
    }
  }
}

/** Reduces the learning rate when a value has stopped improving. */
export class ReduceLROnPlateau extends Monitor implements Callback {
  private readonly args: Required<Pick<ReduceLROnPlateauArgs, "factor" | "patience" | "cooldown" | "minLr">>;
  private wait = 0;
  private cooling = 0;

  constructor(args: ReduceLROnPlateauArgs = {}) {
    super("reduceLROnPlateau", { minDelta: 1e-4, ...args });
    const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0 } = args;
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
    const value = this.watched(logs);
    if (value === undefined) return;
    const { optimizer } = this.trained;
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

/** Saves the model after epochs or every so many batches. */
export class ModelCheckpoint extends Monitor implements Callback {
  private batches = 0;
  private epoch = 0;

  constructor(private readonly args: ModelCheckpointArgs) {
    super("modelCheckpoint", args);
  }

  getState(): CallbackState {
    return { numbers: { best: this.best, batches: this.batches, epoch: this.epoch } };
  }

  setState({ numbers }: CallbackState): void {
    Object.assign(this, numbers);
  }

  onEpochBegin(epoch: number): void {
    this.epoch = epoch;
  }

  async onEpochEnd(_epoch: number, logs: Logs = {}): Promise<void> {
    await this.save(logs);
  }

  async onBatchEnd(_batch: number, logs: Logs = {}): Promise<void> {
    if (++this.batches % (this.args.saveFreq as number) === 0) await this.save(logs);
  }

  private async save(logs: Logs): Promise<void> {
    const { path, includeOptimizer = false, saveBestOnly } = this.args;
    if (saveBestOnly) {
      const value = this.watched(logs);
      if (value === undefined || !this.isBetter(value)) return;
      this.best = value;
    }
    const epoch = String(this.epoch + 1);
    const fill = (_: string, name: string): string => (name === "epoch" ? epoch : (logs[name]?.toPrecision(5) ?? `{${name}}`));
    const target = typeof path === "string" ? path.replace(/\{(\w+)\}/g, fill) : path;
    await this.training?.weights({ optimizer: includeOptimizer });
    await this.trained.save(target, { includeOptimizer });
    this.say(`epoch ${epoch}: saved${typeof target === "string" ? ` to ${target}` : ""}`);
  }
}

/** Sets the learning rate of each epoch. */
export function learningRateScheduler(schedule: (epoch: number, learningRate: number) => number, { verbose = 0 }: { verbose?: 0 | 1 } = {}): Callback {
  const callback = new CustomCallback({
    needsWeights: false,
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

/** Writes the values of each epoch as a line of comma-separated text, to a file in Node or to a function. */
export function csvLogger(target: string | ((line: string) => void | Promise<void>), { separator = ",", append = false }: CSVLoggerArgs = {}): Callback {
  let names: string[] | null = null;
  /** Where the next line begins: what an interrupted run wrote after its last backup is cut off. */
  let end = 0;
  const write = async (text: string): Promise<void> => {
    if (typeof target === "string") end = await (await import("../platformFiles.js")).writeText(target, text, append && text === "" ? undefined : end);
    else {
      if (text !== "") await target(text);
      end += text.length || 1;
    }
  };
  const writeFields = (fields: readonly (string | number)[]): Promise<void> => write(`${fields.join(separator)}\n`);
  return {
    needsWeights: false,
    async onTrainBegin() {
      names = null;
      end = 0;
      if (append) await write("");
    },
    getState: () => ({ numbers: { end } }),
    setState({ numbers }) {
      end = numbers.end ?? 0;
    },
    async onEpochEnd(epoch, logs = {}) {
      names ??= Object.keys(logs);
      if (end === 0) await writeFields(["epoch", ...names]);
      await writeFields([epoch, ...names.map((name) => logs[name] ?? "")]);
    },
  };
}
