/** @file fit and fitDataset: their arguments, and what is done before the code that trains is there. It is imported when a model is first trained. */
import type { Dataset } from "../data/dataset.js";
import type { PlotArgs } from "../draw/livePlot.js";
import { choosing } from "../engine/setUp.js";
import type { WorkerLike } from "../platformTrainer.js";
import { describe, error } from "../tensor/errors.js";
import type { Arrays } from "./arrays.js";
import type { Callback } from "./callbacks.js";
import type { History } from "./history.js";
import type { Model } from "./model.js";
import { ArrayBatches, type BatchData, isDataset } from "./source.js";
import type { Gate } from "./training.js";
import type { ClassWeights } from "./weights.js";

/** What fit and fitDataset have in common. */
export interface TrainingArgs {
  /** Passes over the data; 1 by default. */
  epochs?: number;
  /** The number of the first epoch, to go on counting after an earlier fit; epochs is the number after the last. */
  initialEpoch?: number;
  callbacks?: Callback | readonly Callback[];
  /** 0 silent, 1 a progress bar in a terminal and a line an epoch elsewhere (default), 2 a line an epoch. */
  verbose?: 0 | 1 | 2;
  /**
   * Curves of the loss and metrics: true draws them in place in a terminal and once at the end elsewhere, an object says which of them,
   * a function gets them as SVG after epochs, to show them in a page. `callbacks.plot` is the same as a callback.
   */
  plot?: PlotArgs;
  /** Ends the training after the batch at hand; fit then resolves with the history so far. */
  signal?: AbortSignal;
  /**
   * How often the event loop gets a turn, so that a page stays responsive: "auto" (default) every 50 ms, "batch", "epoch", "never",
   * or a number of milliseconds.
   */
  yieldEvery?: "auto" | "batch" | "epoch" | "never" | number;
  /** A weight for the samples of each class, by class number: targets are class numbers or one-hot. By output where there are several. */
  classWeight?: ClassWeights;
  /** What to evaluate after each epoch, reported as val_loss and so on: [x, y], [x, y, sampleWeight], or a dataset. */
  validationData?: readonly [Arrays, Arrays] | readonly [Arrays, Arrays, Arrays] | Dataset;
  /** Samples in one step of evaluating validation arrays; batchSize or 32 by default. */
  validationBatchSize?: number;
  /** Batches of a validation dataset that are evaluated; all by default. */
  validationBatches?: number;
  /**
   * Trains in a worker, so that a page stays responsive: true, the address of a trainer of one's own, or a function that starts it. Callbacks
   * run here; see "Training in a worker" in the README.
   */
  worker?: boolean | string | URL | (() => WorkerLike);
  /** Addresses of modules that make layers, losses and metrics of one's own known in the worker. */
  modules?: string | URL | readonly (string | URL)[];
  /** Gives the tensors of the data to the worker: they are disposed here once it has them. */
  transfer?: boolean;
}

export interface FitArgs extends TrainingArgs {
  /** Samples in one step; 32 by default. */
  batchSize?: number;
  /** Whether each epoch takes the samples in another order; true by default. */
  shuffle?: boolean;
  /** The share of the samples, from the end, that is not trained on but evaluated after each epoch. */
  validationSplit?: number;
  /** One weight a sample; by output where there are several. */
  sampleWeight?: Arrays;
  /** Batches of an epoch; by default as many as there are. Each epoch begins anew. */
  stepsPerEpoch?: number;
}

export interface FitDatasetArgs extends TrainingArgs {
  /** Batches of an epoch; needed for an endless dataset. */
  batchesPerEpoch?: number;
}

/** Arrays as tensors. */
export type Parts = Pick<BatchData, "inputs" | "targets" | "weights">;

/** Validation data, arrays as tensors. */
export function heldOf(model: Model, caller: string, { validationData: data }: TrainingArgs): Parts | Dataset | undefined {
  if (!data || isDataset(data)) return data ?? undefined;
  if (!Array.isArray(data)) throw error(caller, "validationData must be [x, y] or a dataset", describe(data));
  const [x, y, weights] = data;
  return model.samplesOf(caller, x, y, weights);
}

/** What trains, once it is there. */
let code: typeof import("./runFit.js") | undefined;

/** Trains the model on arrays; see Model.fit. */
export async function fit(model: Model, x: Arrays, y: Arrays, args: FitArgs, gate: Gate): Promise<History> {
  model.compiled("fit");
  if (isDataset(x)) throw error("fit", "x must be arrays", "a dataset", "call fitDataset.");
  const data = model.samplesOf("fit", x, y, args.sampleWeight);
  const held = heldOf(model, "fit", args);
  if (code) return code.fitArrays(model, data, held, args, gate);
  // The caller may dispose the arrays meanwhile, or tell the training to stop.
  const kept: ArrayBatches[] = [];
  const own = (parts: Parts): Parts => {
    if (args.transfer) return parts;
    const batches = new ArrayBatches(parts, Number.POSITIVE_INFINITY);
    kept.push(batches);
    return batches.batchOf(batches.data.rows);
  };
  const [ownData, ownHeld] = [own(data), held && !isDataset(held) ? own(held) : held];
  try {
    model.stopTraining = false;
    [code] = await Promise.all([import("./runFit.js"), choosing()]);
    const { stopTraining } = model;
    const history = code.fitArrays(model, ownData, ownHeld, args, gate);
    model.stopTraining ||= stopTraining;
    return await history;
  } finally {
    for (const batches of kept) batches.close();
  }
}

/** Trains the model on a dataset; see Model.fitDataset. */
export async function fitDataset(model: Model, dataset: Dataset, args: FitDatasetArgs, gate: Gate): Promise<History> {
  model.compiled("fitDataset");
  code ??= await import("./runFit.js");
  return code.fitDataset(model, dataset, args, gate);
}
