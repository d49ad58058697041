/** @file fit and fitDataset: their arguments, and the batches that they come to. */
import type { Dataset } from "../data/dataset.js";
import { slice } from "../ops/slices.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Arrays } from "./arrays.js";
import type { Callback } from "./callbacks.js";
import type { History } from "./history.js";
import { train } from "./loop.js";
import type { Model } from "./model.js";
import { ArraySource, type BatchSource, DatasetSource } from "./source.js";
import { type WeightArgs, weightsOf } from "./weights.js";

/** What fit and fitDataset have in common. */
export interface TrainingArgs {
  /** Passes over the data; 1 by default. */
  epochs?: number;
  /** The number of the first epoch, to go on counting after an earlier fit; epochs is the number after the last. */
  initialEpoch?: number;
  callbacks?: Callback | readonly Callback[];
  /** 0 silent, 1 a progress bar in a terminal and a line an epoch elsewhere (default), 2 a line an epoch. */
  verbose?: 0 | 1 | 2;
  /** Ends the training after the batch at hand; fit then resolves with the history so far. */
  signal?: AbortSignal;
  /**
   * How often the event loop gets a turn, so that a page stays responsive: "auto" (default) every 50 ms, "batch", "epoch", "never",
   * or a number of milliseconds.
   */
  yieldEvery?: "auto" | "batch" | "epoch" | "never" | number;
  /** A weight for the samples of each class, by class number: targets are class numbers or one-hot. By output where there are several. */
  classWeight?: WeightArgs["classWeight"];
}

export interface FitArgs extends TrainingArgs {
  /** Samples in one step; 32 by default. */
  batchSize?: number;
  /** Whether each epoch takes the samples in another order; true by default. */
  shuffle?: boolean;
  /** The share of the samples, from the end, that is not trained on but evaluated after each epoch. */
  validationSplit?: number;
  /** [x, y] or [x, y, sampleWeight] to evaluate after each epoch, reported as val_loss and so on. */
  validationData?: readonly [Arrays, Arrays] | readonly [Arrays, Arrays, Arrays];
  /** One weight a sample. */
  sampleWeight?: Arrays;
  /** Samples in one step of evaluating the validation data; batchSize by default. */
  validationBatchSize?: number;
  /** Batches of an epoch; by default as many as there are. */
  stepsPerEpoch?: number;
}

export interface FitDatasetArgs extends TrainingArgs {
  /** Batches of an epoch; needed for an endless dataset. */
  batchesPerEpoch?: number;
  validationData?: readonly [Arrays, Arrays] | Dataset;
  /** Batches of a validation dataset that are evaluated; all by default. */
  validationBatches?: number;
  /** Samples in one step of evaluating validation arrays; 32 by default. */
  validationBatchSize?: number;
}

export function checkCount(caller: string, name: string, value: number, least = 1): number {
  if (!Number.isInteger(value) || value < least) throw error(caller, `${name} must be a whole number >= ${least}`, `${name}=${describe(value)}`);
  return value;
}

interface Parts {
  inputs: Tensor[];
  targets: Tensor[];
  weights: Tensor[];
}

/** Rows [start, end) of every array. */
const rowsOf = (parts: Parts, start: number, end: number): Parts => {
  const cut = (x: Tensor): Tensor => slice(x, [start, ...x.shape.slice(1).map(() => 0)], [end - start, ...x.shape.slice(1)]);
  return { inputs: parts.inputs.map(cut), targets: parts.targets.map(cut), weights: parts.weights.map(cut) };
};

/** Cuts the share of the samples, from the end, that is not trained on. */
function splitOff(data: Parts, share: number): [trained: Parts, held: Parts] {
  if (!(share > 0 && share < 1)) throw error("fit", "validationSplit must lie between 0 and 1", `validationSplit=${describe(share)}`);
  const rows = data.inputs[0]?.shape[0] ?? 0;
  const trained = Math.floor(rows * (1 - share));
  if (trained === 0 || trained === rows) throw error("fit", "validationSplit must leave samples on both sides", `validationSplit=${share} of ${rows} samples`);
  return [rowsOf(data, 0, trained), rowsOf(data, trained, rows)];
}

/** Trains the model on arrays; see Model.fit. */
export async function fit(model: Model, x: Arrays, y: Arrays, args: FitArgs): Promise<History> {
  const trainer = model.compiled("fit");
  const { outputNames } = model;
  const partsOf = (a: Arrays, b: Arrays, given: Omit<WeightArgs, "outputNames">): Parts => {
    const inputs = model.inputsOf("fit", a);
    const targets = model.targetsOf("fit", b);
    return { inputs, targets, weights: weightsOf("fit", targets, { ...given, outputNames }) };
  };
  const batchSize = checkCount("fit", "batchSize", args.batchSize ?? 32);
  let data = partsOf(x, y, args);
  let held: Parts | undefined;
  if (args.validationData !== undefined) {
    const [xs, ys, sampleWeight] = args.validationData;
    held = partsOf(xs, ys, { sampleWeight });
  } else if (args.validationSplit !== undefined && args.validationSplit !== 0) [data, held] = splitOff(data, args.validationSplit);
  const source = new ArraySource(data, batchSize, args.shuffle ?? true);
  const validation = held && new ArraySource(held, checkCount("fit", "validationBatchSize", args.validationBatchSize ?? batchSize), false);
  const limit = args.stepsPerEpoch === undefined ? null : checkCount("fit", "stepsPerEpoch", args.stepsPerEpoch);
  return train({ model, trainer, source, validation, args, batchSize, limit });
}

/** Trains the model on a dataset; see Model.fitDataset. */
export async function fitDataset(model: Model, dataset: Dataset, args: FitDatasetArgs): Promise<History> {
  const trainer = model.compiled("fitDataset");
  const perEpoch = args.batchesPerEpoch === undefined ? null : checkCount("fitDataset", "batchesPerEpoch", args.batchesPerEpoch);
  const source = datasetSource("fitDataset", model, dataset, perEpoch, args.classWeight);
  const { validationData } = args;
  let validation: BatchSource | undefined;
  if (Array.isArray(validationData)) {
    const parts = { inputs: model.inputsOf("fitDataset", validationData[0]), targets: model.targetsOf("fitDataset", validationData[1]), weights: [] };
    validation = new ArraySource(parts, checkCount("fitDataset", "validationBatchSize", args.validationBatchSize ?? 32), false);
  } else if (validationData !== undefined) {
    const held = validationData as Dataset;
    validation = datasetSource("fitDataset", model, args.validationBatches === undefined ? held : held.take(args.validationBatches), null);
  }
  return train({ model, trainer, source, validation, args, batchSize: null, limit: null });
}

/** Batches of a dataset, checked against the model, with class weights as sample weights. */
export function datasetSource(caller: string, model: Model, dataset: Dataset, perEpoch: number | null, classWeight?: WeightArgs["classWeight"]): DatasetSource {
  const { inputNames, outputNames } = model;
  return new DatasetSource(
    dataset,
    {
      caller,
      inputNames,
      outputNames,
      complete: (inputs, targets, sampleWeight) => ({
        inputs: model.inputsOf(caller, inputs.length === 1 ? (inputs[0] as Tensor) : inputs),
        targets,
        weights: weightsOf(caller, targets, { sampleWeight, classWeight, outputNames }),
      }),
    },
    perEpoch,
  );
}
