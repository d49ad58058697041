/** @file Saves models in TensorFlow.js's layers-model format. */
import { toFile } from "../nn/serialization.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ModelCompileArgs } from "../train/heads.js";
import type { Model } from "../train/model.js";
import type { Place } from "./router.js";
import type { NamedTensor, SaveResult } from "./types.js";

export type { Place } from "./router.js";
export type { SaveResult } from "./types.js";

export interface SaveOptions {
  /** Whether the optimizer and its state are saved too, so that a loaded model goes on training where this one was. */
  includeOptimizer?: boolean;
  /** Whether weights that fit does not change are left out. */
  trainableOnly?: boolean;
}

/** The dialect of Keras's configuration that is written: TensorFlow.js's, which it can read back. */
const DIALECT = { keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" };

/** Class and configuration of a model as files have them. */
export const topologyOf = (model: Model): Record<string, unknown> => ({ class_name: model.getClassName(), config: toFile(model.getConfig()), ...DIALECT });

/** The optimizer's configuration and state, and what else compile was told. */
export interface Training {
  readonly optimizer: object;
  readonly args: ModelCompileArgs;
  readonly weights: readonly NamedTensor[];
}

/** A model as it is at one moment, for its artifacts. */
export interface Snapshot {
  readonly name: string;
  readonly built: boolean;
  readonly topology: Record<string, unknown>;
  readonly weights: readonly NamedTensor[];
  readonly training: Training | null;
  readonly metadata: object | undefined;
}

/** The values of a tensor of the moment. */
const valuesOf = (name: string, tensor: Tensor): NamedTensor => ({ name, shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() });

async function trainingOf(model: Model): Promise<Training> {
  const { optimizer, args } = model.compiled("save with includeOptimizer");
  const weights = (await optimizer.getWeights()).map(({ name, tensor }) => valuesOf(name, tensor));
  return { optimizer: { class_name: optimizer.getClassName(), config: toFile(optimizer.getConfig()) }, args, weights };
}

/** Everything is read before the first await: what happens to the model while code is loaded and files are written does not matter. */
async function snapshotOf(model: Model, { includeOptimizer = false, trainableOnly = false }: SaveOptions): Promise<Snapshot> {
  const { name, built } = model;
  return {
    name,
    built,
    topology: topologyOf(model),
    weights: (trainableOnly ? model.trainableWeights : model.weights).map((weight) => valuesOf(weight.name, weight)),
    metadata: model.getUserDefinedMetadata(),
    training: includeOptimizer ? await trainingOf(model) : null,
  };
}

/** Saves a model; see Model.save. */
export async function saveModel(model: Model, target: Place, options: SaveOptions): Promise<SaveResult> {
  const snapshot = await snapshotOf(model, options);
  return (await import("./artifacts.js")).save(snapshot, target);
}
