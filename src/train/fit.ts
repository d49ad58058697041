/** @file fit: epochs, shuffling, validation, callbacks, progress. */
import type { TensorLike } from "../ops/convert.js";
import { tensor } from "../ops/creation.js";
import { isTerminal, nextTurn, now, terminalColumns, writeOut } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import { Batches } from "./batches.js";
import { type Callback, callHook } from "./callbacks.js";
import { History, type Logs } from "./history.js";
import { ProgressBar } from "./progress.js";
import type { Sequential } from "./sequential.js";

export interface FitArgs {
  /** Samples in one step; 32 by default. */
  batchSize?: number;
  /** Passes over the data; 1 by default. */
  epochs?: number;
  /** Whether each epoch takes the samples in another order; true by default. */
  shuffle?: boolean;
  /** [x, y] to evaluate after each epoch, reported as val_loss and so on. */
  validationData?: readonly [TensorLike, TensorLike];
  callbacks?: Callback | readonly Callback[];
  /** 0 silent, 1 a progress bar in a terminal and a line an epoch elsewhere (default), 2 a line an epoch. */
  verbose?: 0 | 1 | 2;
}

/** Longest time between two turns of the event loop, in milliseconds: a page stays responsive, timers run. */
const YIELD_AFTER = 50;

function checkCount(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) throw error("fit", `${name} must be a whole number >= 1`, `${name}=${describe(value)}`);
  return value;
}

/** Trains the model; see Sequential.fit. */
export async function fit(model: Sequential, x: TensorLike, y: TensorLike, args: FitArgs): Promise<History> {
  const trainer = model.compiled("fit");
  const input = model.checkInput("fit", tensor(x));
  const target = tensor(y);
  const batchSize = checkCount("batchSize", args.batchSize ?? 32);
  const epochs = checkCount("epochs", args.epochs ?? 1);
  const shuffled = args.shuffle ?? true;
  const { validationData } = args;
  const validation = validationData && new Batches([model.checkInput("fit", tensor(validationData[0])), tensor(validationData[1])], batchSize, false);
  const batches = new Batches([input, target], batchSize, shuffled);
  const callbacks = args.callbacks === undefined ? [] : Array.isArray(args.callbacks) ? (args.callbacks as Callback[]) : [args.callbacks as Callback];
  const watchesBatches = callbacks.some(({ onBatchEnd }) => onBatchEnd !== undefined);
  const progress = progressFor(args.verbose ?? 1, epochs, batches.rows);
  const history = new History();
  let yielded = now();
  model.stopTraining = false;

  try {
    await callHook(callbacks, "onTrainBegin");
    for (let epoch = 0; epoch < epochs && !model.stopTraining; epoch++) {
      await callHook(callbacks, "onEpochBegin", epoch);
      progress?.epochBegin(epoch);
      if (shuffled) batches.shuffle();
      trainer.reset();
      for (let batch = 0; batch < batches.count && !model.stopTraining; batch++) {
        if (callbacks.length > 0) await callHook(callbacks, "onBatchBegin", batch);
        trainer.trainBatch(batches, batch);
        if (watchesBatches) await callHook(callbacks, "onBatchEnd", batch, { batch, size: batches.rowsOf(batch), ...trainer.logs() });
        progress?.batchEnd(Math.min(batches.rows, (batch + 1) * batchSize), () => trainer.logs());
        if (now() - yielded > YIELD_AFTER) {
          await nextTurn();
          yielded = now();
        }
      }
      const logs: Logs = trainer.logs();
      if (validation) for (const [name, value] of Object.entries(trainer.evaluate(validation))) logs[`val_${name}`] = value;
      history.add(epoch, logs);
      progress?.epochEnd(epoch, logs);
      await callHook(callbacks, "onEpochEnd", epoch, logs);
    }
    trainer.optimizer.finalizeVariableValues();
    await callHook(callbacks, "onTrainEnd");
  } finally {
    batches.close();
    validation?.close();
  }
  return history;
}

function progressFor(verbose: 0 | 1 | 2, epochs: number, samples: number): ProgressBar | null {
  if (verbose === 0) return null;
  return new ProgressBar({ epochs, samples, write: writeOut, isTerminal: verbose === 1 && isTerminal(), columns: terminalColumns(), now });
}
