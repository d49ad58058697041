/** @file backupAndRestore: the whole state of a training run, saved as it goes, and taken up again after an interruption. */
import { handlerFor } from "../io/router.js";
import type { IOHandler } from "../io/types.js";
import { tensor } from "../ops/creation.js";
import { writeOut } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import type { Callback } from "./callbacks.js";
import type { Position } from "./loop.js";
import type { Model } from "./model.js";

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

/** Saves the state of a run as it goes; a run that was interrupted goes on from it and ends with the same bits as one that was not. */
export class BackupAndRestore implements Callback {
  private model: Model | null = null;
  private position: Position | null = null;
  private others: readonly Callback[] = [];
  private batches = 0;
  private readonly handler: IOHandler & Required<Pick<IOHandler, "save" | "load">>;

  constructor(private readonly args: BackupArgs) {
    const { path, saveFreq = "epoch" } = args;
    if (saveFreq !== "epoch" && !(Number.isInteger(saveFreq) && saveFreq > 0))
      throw error("backupAndRestore", "saveFreq must be 'epoch' or a whole number of batches", describe(saveFreq));
    this.handler = { ...handlerFor("backupAndRestore", path, "save"), ...handlerFor("backupAndRestore", path, "load") };
  }

  setModel(model: Model): void {
    this.model = model;
  }

  setPosition(position: Position, callbacks: readonly Callback[]): void {
    this.position = position;
    this.others = callbacks.filter((callback) => callback !== this);
  }

  private get where(): string {
    return typeof this.args.path === "string" ? this.args.path : "the handler's backup";
  }

  private async save(isEpochDone: boolean): Promise<void> {
    const progress = (this.position as Position).snapshot(isEpochDone);
    const states = this.others.map((callback) => callback.getState?.() ?? null);
    const { stateOf } = await import("./backupState.js");
    await this.handler.save(await stateOf(this.model as Model, progress, states));
  }

  async onTrainBegin(): Promise<void> {
    this.batches = 0;
    const artifacts = await this.handler.load().catch((cause) => {
      // Nothing there yet: the run begins.
      if (isMissing(cause)) return null;
      throw cause;
    });
    if (artifacts === null) return;
    const model = this.model as Model;
    const { readBackup } = await import("./backupState.js");
    const { saved, tensors } = readBackup(artifacts, model, this.where, tensor);
    const trainer = model.compiled("backupAndRestore");
    await trainer.optimizer.setWeights((tensors.get("optimizer") ?? []).map((each, i) => ({ name: `optimizer/${i}`, tensor: each })));
    model.setWeights(tensors.get("model") ?? []);
    if (trainer.optimizer.learningRate !== saved.learningRate) trainer.optimizer.learningRate = saved.learningRate;
    trainer.metrics.forEach((metric, i) => {
      metric.setState(tensors.get(`metrics/${i}`) ?? []);
    });
    this.others.forEach((callback, i) => {
      const numbers = saved.callbacks[i];
      if (numbers) callback.setState?.({ numbers, tensors: tensors.get(`callback/${i}`) ?? [] });
    });
    (this.position as Position).restore(saved.progress);
    if (this.args.verbose === 1) writeOut(`going on from epoch ${saved.progress.epoch + 1}, batch ${saved.progress.batch + 1}\n`);
  }

  async onBatchEnd(): Promise<void> {
    const { saveFreq = "epoch" } = this.args;
    if (saveFreq !== "epoch" && ++this.batches % saveFreq === 0) await this.save(false);
  }

  async onEpochEnd(): Promise<void> {
    await this.save(true);
  }

  async onTrainEnd(): Promise<void> {
    if ((this.args.deleteCheckpoint ?? true) && !(this.position as Position).isAborted) await this.handler.remove?.();
  }
}

/** Whether a handler failed because there is nothing to load. */
const isMissing = (cause: unknown): boolean => (cause as { code?: unknown })?.code === "missing";
