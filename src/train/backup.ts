/** @file backupAndRestore: the whole state of a training run, saved as it goes, and taken up again after an interruption. */
import { handlerFor } from "../io/place.js";
import type { IOHandler } from "../io/types.js";
import { writeOut } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import { type Callback, CustomCallback, type Resumable } from "./callbacks.js";
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

/** The number of batches between two saves; null for "epoch". @throws when it is neither */
export function frequencyOf(name: string, saveFreq: "epoch" | number = "epoch"): number | null {
  if (saveFreq === "epoch") return null;
  if (!(Number.isInteger(saveFreq) && saveFreq > 0)) throw error(name, "saveFreq must be 'epoch' or a whole number of batches", describe(saveFreq));
  return saveFreq;
}

/**
 * Saves the state of a run as it goes; a run that was interrupted goes on from it and ends with the same bits as one that was not. The data
 * must be the same again: one's own generators, and maps that draw numbers elsewhere than from this library, have to see to that; and below
 * `prefetch`, which draws ahead of the backup, `shuffle` and random numbers in `map` need a seed of their own.
 */
export class BackupAndRestore extends CustomCallback implements Callback {
  private run: Resumable | null = null;
  private others: readonly Callback[] = [];
  private batches = 0;
  readonly needsWeights = false;
  readonly everyBatch: boolean;
  private readonly handler: IOHandler & Required<Pick<IOHandler, "save" | "load">>;
  onBatchEnd?: NonNullable<Callback["onBatchEnd"]>;

  constructor(private readonly args: BackupArgs) {
    super();
    const { path, saveFreq } = args;
    const every = frequencyOf("backupAndRestore", saveFreq);
    this.everyBatch = every !== null;
    if (every !== null)
      this.onBatchEnd = async () => {
        if (++this.batches % every === 0) await this.save(false);
      };
    const [to, from] = [handlerFor("backupAndRestore", path, "save"), handlerFor("backupAndRestore", path, "load")];
    this.handler = { save: (artifacts) => to.save(artifacts), load: () => from.load(), remove: async () => to.remove?.() };
  }

  /** @internal Called by fit. */
  setRun(run: Resumable, callbacks: readonly Callback[]): void {
    this.run = run;
    this.others = callbacks.filter((callback) => callback !== this);
  }

  private get parts(): [Model, Resumable, readonly Callback[]] {
    return [this.model as Model, this.run as Resumable, this.others];
  }

  private async save(isDone: boolean): Promise<void> {
    const { stateOf } = await import("./backupState.js");
    await this.run?.bring?.(isDone);
    await this.handler.save(await stateOf(...this.parts, isDone));
  }

  async onTrainBegin(): Promise<void> {
    const { path, verbose } = this.args;
    const artifacts = await this.handler.load().catch((cause) => {
      // Nothing there yet: the run begins.
      if (cause?.code === "missing") return null;
      throw cause;
    });
    if (artifacts === null) return;
    const { goOn } = await import("./backupState.js");
    const { epoch, batch } = await goOn(artifacts, typeof path === "string" ? path : "the handler's backup", ...this.parts);
    if (verbose === 1) writeOut(`going on from epoch ${epoch + 1}, batch ${batch + 1}\n`);
  }

  async onEpochEnd(): Promise<void> {
    await this.save(true);
  }

  async onTrainEnd(): Promise<void> {
    if ((this.args.deleteCheckpoint ?? true) && !this.run?.isAborted) await this.handler.remove?.();
  }
}
