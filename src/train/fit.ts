/** @file fit and fitDataset: their arguments, and the batches that they come to. */
import type { Dataset } from "../data/dataset.js";
import type { PlotArgs } from "../draw/livePlot.js";
import { slice } from "../ops/slices.js";
import type { WorkerLike } from "../platformTrainer.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Arrays } from "./arrays.js";
import type { Callback } from "./callbacks.js";
import type { DatasetSource } from "./datasetSource.js";
import type { History } from "./history.js";
import { type Host, Run } from "./loop.js";
import type { Model } from "./model.js";
import { ArraySource, type BatchData, type BatchSource, isDataset } from "./source.js";
import type { Gate } from "./training.js";
import { type ClassWeights, classWeighted } from "./weights.js";

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

export function checkCount(caller: string, name: string, value: number, least = 1): number {
  if (!Number.isInteger(value) || value < least) throw error(caller, `${name} must be a whole number >= ${least}`, `${name}=${describe(value)}`);
  return value;
}

const TRAINING =
  "epochs initialEpoch callbacks verbose plot signal yieldEvery classWeight validationData validationBatchSize validationBatches worker modules transfer";

type Parts = Pick<BatchData, "inputs" | "targets" | "weights">;

/** Rows [start, end) of every array. */
const rowsOf = (parts: Parts, start: number, end: number): Parts => {
  const cut = (x: Tensor): Tensor => slice(x, [start, ...x.shape.slice(1).map(() => 0)], [end - start, ...x.shape.slice(1)]);
  return { inputs: parts.inputs.map(cut), targets: parts.targets.map(cut), weights: parts.weights.map(cut) };
};

/** Cuts the share of the samples, from the end, that is not trained on. */
function splitOff(data: Parts, share: number): [trained: Parts, held: Parts] {
  const rows = data.inputs[0]?.shape[0] ?? 0;
  const trained = Math.floor(rows * (1 - share));
  if (!(trained > 0 && trained < rows))
    throw error("fit", "validationSplit must lie between 0 and 1 and leave samples on both sides", `validationSplit=${describe(share)} of ${rows} samples`);
  return [rowsOf(data, 0, trained), rowsOf(data, trained, rows)];
}

/** What a model is trained on, and what it is evaluated on after each epoch. */
export interface Prepared {
  data: Parts | BatchSource;
  held: Parts | BatchSource | undefined;
}

const isSource = (data: Parts | BatchSource): data is BatchSource => "next" in data;

/** The validation data, if there is any. */
function heldOf(caller: string, model: Model, { validationData, validationBatches }: TrainingArgs): Prepared["held"] | Promise<BatchSource> {
  if (validationData === undefined) return undefined;
  if (isDataset(validationData)) {
    const held = validationBatches === undefined ? validationData : validationData.take(checkCount(caller, "validationBatches", validationBatches));
    return datasetSource(caller, model, held, null);
  }
  const [x, y, weights] = validationData;
  return model.samplesOf(caller, x, y, weights);
}

/** Trains on what was prepared, with the arguments of fit and fitDataset. */
export async function train(model: Model, { data, held }: Prepared, args: FitArgs & FitDatasetArgs, gate: Gate, host?: Host): Promise<History> {
  const trainer = model.compiled("fit");
  const size = checkCount("fit", "batchSize", args.batchSize ?? 32);
  const steps = args.stepsPerEpoch ?? args.batchesPerEpoch;
  const limit = steps === undefined ? null : checkCount("fit", "stepsPerEpoch", steps);
  const evaluated = (parts: Parts): ArraySource => new ArraySource(parts, checkCount("fit", "validationBatchSize", args.validationBatchSize ?? size), false);
  let validation = held && (isSource(held) ? held : evaluated(held));
  if (isSource(data)) return new Run({ model, trainer, source: data, validation, args, batchSize: null, limit, gate, host }).train();
  let trained = data;
  if (!validation && args.validationSplit) {
    const [kept, cut] = splitOff(data, args.validationSplit);
    trained = kept;
    validation = evaluated(cut);
  }
  // The weights of classes are the training's alone, as in Keras.
  const weights = classWeighted("fit", trained.targets, trained.weights, args.classWeight, model.outputNames);
  const source = new ArraySource({ ...trained, weights }, size, args.shuffle ?? true);
  return new Run({ model, trainer, source, validation, args, batchSize: size, limit, gate, host }).train();
}

/** The same in a worker, where that is asked for. */
async function trainSomewhere(model: Model, prepared: Prepared, args: FitArgs & FitDatasetArgs, gate: Gate): Promise<History> {
  return args.worker ? (await import("./remote.js")).trainRemotely(model, prepared, args, gate) : train(model, prepared, args, gate);
}

/** Trains the model on arrays; see Model.fit. */
export async function fit(model: Model, x: Arrays, y: Arrays, args: FitArgs, gate: Gate): Promise<History> {
  model.compiled("fit");
  checkOptions("fit", args, `${TRAINING} batchSize shuffle validationSplit sampleWeight stepsPerEpoch`);
  if (isDataset(x)) throw error("fit", "x must be arrays", "a dataset", "call fitDataset.");
  const data = model.samplesOf("fit", x, y, args.sampleWeight);
  const held = heldOf("fit", model, args);
  return trainSomewhere(model, { data, held: held instanceof Promise ? await held : held }, args, gate);
}

/** Trains the model on a dataset; see Model.fitDataset. */
export async function fitDataset(model: Model, dataset: Dataset, args: FitDatasetArgs, gate: Gate): Promise<History> {
  model.compiled("fitDataset");
  checkOptions("fitDataset", args, `${TRAINING} batchesPerEpoch`);
  const perEpoch = args.batchesPerEpoch === undefined ? null : checkCount("fitDataset", "batchesPerEpoch", args.batchesPerEpoch);
  const data = await datasetSource("fitDataset", model, dataset, perEpoch, args.classWeight);
  if (model.weights.length === 0) {
    // The first batch tells the shapes that weights are made for, before callbacks ask for them.
    await data.begin();
    await data.next();
    await data.close();
  }
  return trainSomewhere(model, { data, held: await heldOf("fitDataset", model, args) }, args, gate);
}

/** Batches of a dataset, checked against the model, with class weights as sample weights. */
export async function datasetSource(
  caller: string,
  model: Model,
  dataset: Dataset,
  perEpoch: number | null,
  classWeight?: ClassWeights,
): Promise<DatasetSource> {
  const complete = (x: Arrays, y: Arrays, given: Arrays | undefined): Parts => {
    const parts = model.samplesOf(caller, x, y, given);
    return { ...parts, weights: classWeighted(caller, parts.targets, parts.weights, classWeight, model.outputNames) };
  };
  const { DatasetSource } = await import("./datasetSource.js");
  return new DatasetSource(dataset, { caller, complete }, perEpoch);
}
