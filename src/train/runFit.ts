/** @file What fit and fitDataset come to: their arguments checked, batches of the data, and the run. */
import type { Dataset } from "../data/dataset.js";
import { slice } from "../ops/slices.js";
import { checkCount, checkOptions, describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { ArraySource, ShuffledSource } from "./arraySources.js";
import { classWeighted } from "./classWeights.js";
import type { datasetSource as makeSource } from "./datasetSource.js";
import { type FitArgs, type FitDatasetArgs, heldOf, type Parts, type TrainingArgs } from "./fit.js";
import type { History } from "./history.js";
import { type Host, Run } from "./loop.js";
import type { Model } from "./model.js";
import { type BatchSource, isDataset } from "./source.js";
import type { Gate } from "./training.js";

const TRAINING =
  "epochs initialEpoch callbacks verbose plot signal yieldEvery classWeight validationData validationBatchSize validationBatches worker modules transfer";

/** The same of other tensors. */
const mapParts = ({ inputs, targets, weights }: Parts, change: (x: Tensor) => Tensor): Parts => ({
  inputs: inputs.map(change),
  targets: targets.map(change),
  weights: weights.map(change),
});

/** Rows [start, end) of every array. */
const rowsOf = (parts: Parts, start: number, end: number): Parts => {
  const cut = (x: Tensor): Tensor => slice(x, [start, ...x.shape.slice(1).map(() => 0)], [end - start, ...x.shape.slice(1)]);
  return mapParts(parts, cut);
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

export const isSource = (data: Parts | BatchSource): data is BatchSource => "next" in data;

async function datasetSource(...args: Parameters<typeof makeSource>): Promise<BatchSource> {
  return (await import("./datasetSource.js")).datasetSource(...args);
}

/** The validation data, if there is any: arrays at once. */
function evaluatedOn(
  model: Model,
  caller: string,
  held: Parts | Dataset | undefined,
  { validationBatches: most }: TrainingArgs,
): Prepared["held"] | Promise<BatchSource> {
  if (!isDataset(held)) return held;
  return datasetSource(caller, model, most === undefined ? held : held.take(checkCount(caller, "validationBatches", most)), null);
}

const weighted = (model: Model, caller: string, parts: Parts, { classWeight }: TrainingArgs): Parts => ({
  ...parts,
  weights: classWeighted(caller, parts.targets, parts.weights, classWeight, model.outputNames),
});

/** Trains on what was prepared, with the arguments of fit and fitDataset. */
export async function train(model: Model, { data, held }: Prepared, args: FitArgs & FitDatasetArgs, gate: Gate, host?: Host): Promise<History> {
  const trainer = model.compiled("fit");
  const size = checkCount("fit", "batchSize", args.batchSize ?? 32);
  const steps = args.stepsPerEpoch ?? args.batchesPerEpoch;
  const limit = steps === undefined ? null : checkCount("fit", "stepsPerEpoch", steps);
  const evaluated = (parts: Parts): ArraySource => new ArraySource(parts, checkCount("fit", "validationBatchSize", args.validationBatchSize ?? size));
  let validation = held && (isSource(held) ? held : evaluated(held));
  if (isSource(data)) return new Run({ model, trainer, source: data, validation, args, batchSize: null, limit, gate, host }).train();
  let trained = data;
  if (!validation && args.validationSplit) {
    const [kept, cut] = splitOff(data, args.validationSplit);
    trained = kept;
    validation = evaluated(cut);
  }
  // The weights of classes are the training's alone, as in Keras.
  const Source = (args.shuffle ?? true) ? ShuffledSource : ArraySource;
  const source = new Source(weighted(model, "fit", trained, args), size);
  return new Run({ model, trainer, source, validation, args, batchSize: size, limit, gate, host }).train();
}

/** The same in a worker, where that is asked for. */
async function trainSomewhere(model: Model, prepared: Prepared, args: FitArgs & FitDatasetArgs, gate: Gate): Promise<History> {
  return args.worker ? (await import("./remote.js")).trainRemotely(model, prepared, args, gate) : train(model, prepared, args, gate);
}

/** Trains the model on arrays, and evaluates it on others or on a dataset. */
export async function fitArrays(model: Model, data: Parts, validation: Parts | Dataset | undefined, args: FitArgs, gate: Gate): Promise<History> {
  checkOptions("fit", args, `${TRAINING} batchSize shuffle validationSplit sampleWeight stepsPerEpoch`);
  const held = evaluatedOn(model, "fit", validation, args);
  return trainSomewhere(model, { data, held: held instanceof Promise ? await held : held }, args, gate);
}

/** Trains the model on a dataset. */
export async function fitDataset(model: Model, dataset: Dataset, args: FitDatasetArgs, gate: Gate): Promise<History> {
  checkOptions("fitDataset", args, `${TRAINING} batchesPerEpoch`);
  const perEpoch = args.batchesPerEpoch === undefined ? null : checkCount("fitDataset", "batchesPerEpoch", args.batchesPerEpoch);
  const data = await datasetSource("fitDataset", model, dataset, perEpoch, (parts) => weighted(model, "fitDataset", parts, args));
  if (model.weights.length === 0) {
    // The first batch tells the shapes that weights are made for, before callbacks ask for them.
    await data.begin();
    await data.next();
    await data.close();
  }
  const held = await evaluatedOn(model, "fitDataset", heldOf(model, "fitDataset", args), args);
  return trainSomewhere(model, { data, held }, args, gate);
}
