/** @file Callbacks of fit: what one is. */
import type { PlotArgs } from "../draw/livePlot.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Logs } from "./history.js";
import type { Progress } from "./loop.js";
import type { Model } from "./model.js";
import type { TrainerState } from "./trainer.js";
import type { Training } from "./training.js";

/** What fit tells its callbacks about itself. */
export interface FitParams {
  epochs: number;
  initialEpoch: number;
  /** Batches of an epoch; null where that is not known. */
  steps: number | null;
  /** Samples of an epoch; null where that is not known. */
  samples: number | null;
  batchSize: number | null;
  verbose: 0 | 1 | 2;
  /** Names of what logs hold. */
  metrics: readonly string[];
}

/** A run whose state can be saved and taken up again. */
export interface Resumable {
  /** @param isDone whether the epoch has come to its end */
  snapshot(isDone: boolean): { progress: Progress; tensors: TrainerState["tensors"] };
  restore(progress: Progress, tensors: TrainerState["tensors"]): void;
  readonly isAborted: boolean;
  /** Where the run is in a worker: brings what snapshot gives, and weights and slots of the same moment into the model. */
  bring?(isDone: boolean): Promise<void>;
}

/** Functions that fit calls; each may be asynchronous, and fit waits for it. */
export interface Callback {
  /** Before training, with the model that is trained. */
  setModel?(model: Model): void;
  setParams?(params: FitParams): void;
  /** Before training, with what fit returns: its `weights()` brings the weights of the moment into the model. */
  setTraining?(training: Training): void;
  /**
   * For trainings in a worker: whether the model has the weights of the moment when a hook of an epoch is called, and what the hook changes in
   * them goes back. True by default; false spares a copy an epoch.
   */
  needsWeights?: boolean;
  /**
   * For trainings in a worker: whether each batch is told and waited for, as without a worker. False by default: hooks of batches are called at
   * most once a frame, with the last batch, while the training goes on.
   */
  everyBatch?: boolean;
  /** @internal For a callback that saves the run or goes on with an earlier one; its hooks are called after all others. */
  setRun?(run: Resumable, callbacks: readonly Callback[]): void;
  /** @internal Curves that the callback asks fit to draw. */
  plot?: PlotArgs;
  /** @internal Whether training ends when the loss is no longer finite. */
  endsOnNaN?: boolean;
  /** What the callback needs to go on in a run that was interrupted. */
  getState?(): CallbackState;
  /** Takes what getState gave. */
  setState?(state: CallbackState): void;
  /** Before the first epoch. */
  onTrainBegin?(logs?: Logs): void | Promise<void>;
  /** After the last epoch. */
  onTrainEnd?(logs?: Logs): void | Promise<void>;
  /** Before an epoch, counted from 0. */
  onEpochBegin?(epoch: number, logs?: Logs): void | Promise<void>;
  /** After an epoch and its validation, with their values. */
  onEpochEnd?(epoch: number, logs?: Logs): void | Promise<void>;
  /** Before a batch, counted from 0, with its number and size. */
  onBatchBegin?(batch: number, logs?: Logs): void | Promise<void>;
  /** After a batch, with the epoch's values so far. */
  onBatchEnd?(batch: number, logs?: Logs): void | Promise<void>;
  /** Whenever the event loop has had a turn. */
  onYield?(epoch: number, batch: number, logs: Logs): void | Promise<void>;
}

export type CallbackHook = Extract<keyof Callback, `on${string}`>;

/** Numbers, and tensors in a list. */
export interface CallbackState {
  numbers: Readonly<Record<string, number>>;
  tensors?: readonly Tensor[];
}

/**
 * A callback of one's own as a class, for TensorFlow.js's sake: fit gives it the model and its parameters.
 * @example
 * ```ts
 * import { CustomCallback } from "engram";
 * const callback = new CustomCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) });
 * assert.equal(callback.model, null);
 * ```
 */
export class CustomCallback implements Callback {
  model: Model | null = null;
  params: FitParams | null = null;
  training: Training | null = null;

  constructor(hooks: Callback = {}) {
    Object.assign(this, hooks);
  }

  /** Called by fit. */
  setModel(model: Model): void {
    this.model = model;
  }

  /** Called by fit. */
  setParams(params: FitParams): void {
    this.params = params;
  }

  /** Called by fit. */
  setTraining(training: Training): void {
    this.training = training;
  }
}

/** The same, as TensorFlow.js names the class that callbacks extend: its type tells of the hooks, which they override. */
export const Callback: new (hooks?: Callback) => CustomCallback & Callback = CustomCallback;
