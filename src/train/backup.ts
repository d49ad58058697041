/** @file backupAndRestore: the whole state of a training run, saved as it goes, and taken up again after an interruption. */
import { handlerFor } from "../io/place.js";
import type { IOHandler } from "../io/types.js";
import { writeOut } from "../platformTerminal.js";
import type { BackupArgs } from "./callbackLibrary.js";
import { type Callback, CustomCallback, type Resumable } from "./callbacks.js";
import type { Model } from "./model.js";

type Handler<Action extends "save" | "load"> = IOHandler & Required<Pick<IOHandler, Action>>;

/**
 * Saves the state of a run as it goes; a run that was interrupted goes on from it and ends with the same bits as one that was not. The data
 * must be the same again: one's own generators, and maps that draw numbers elsewhere than from this library, have to see to that; and below
 * `prefetch`, which draws ahead of the backup, `shuffle` and random numbers in `map` need a seed of their own.
 */
export class BackupAndRestore extends CustomCallback implements Callback {
  private run: Resumable | null = null;
  private others: readonly Callback[] = [];
  private batches = 0;
  private readonly to: Handler<"save">;
  private readonly from: Handler<"load">;

  constructor(private readonly args: BackupArgs) {
    super();
    this.to = handlerFor("backupAndRestore", args.path, "save");
    this.from = handlerFor("backupAndRestore", args.path, "load");
  }

  /** @internal Called by fit. */
  setRun(run: Resumable, callbacks: readonly Callback[]): void {
    this.run = run;
    this.others = callbacks;
  }

  private get parts(): [Model, Resumable, readonly Callback[]] {
    return [this.model as Model, this.run as Resumable, this.others];
  }

  private async save(isDone: boolean): Promise<void> {
    const { stateOf } = await import("./backupState.js");
    await this.run?.bring?.(isDone);
    await this.to.save(await stateOf(...this.parts, isDone));
  }

  async onTrainBegin(): Promise<void> {
    const { path, verbose } = this.args;
    const artifacts = await this.from.load().catch((cause) => {
      // Nothing there yet: the run begins.
      if (cause?.code === "missing") return null;
      throw cause;
    });
    if (artifacts === null) return;
    const { goOn } = await import("./backupState.js");
    const { epoch, batch } = await goOn(artifacts, typeof path === "string" ? path : "the handler's backup", ...this.parts);
    if (verbose === 1) writeOut(`going on from epoch ${epoch + 1}, batch ${batch + 1}\n`);
  }

  async onBatchEnd(): Promise<void> {
    if (++this.batches % (this.args.saveFreq as number) === 0) await this.save(false);
  }

  async onEpochEnd(): Promise<void> {
    await this.save(true);
  }

  async onTrainEnd(): Promise<void> {
    if ((this.args.deleteCheckpoint ?? true) && !this.run?.isAborted) await this.to.remove?.();
  }
}
