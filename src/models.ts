/** @file The entry point `engram/models`: models, their training, data and files, without the chained methods that `engram` puts on tensors. */
// The text of the module goes first: in the midst of a bundle it would part what is alike, further than gzip looks back.
import "./wasm/embedded/core.strict.js";

export { type ColumnConfig, type CSVConfig, CSVDataset, type CSVSource } from "./data/csv.js";
export { Dataset, type Element, type LazyIterator } from "./data/dataset.js";
export { data } from "./data/index.js";
export type { Field, Table, TableArgs, TableRow } from "./data/table.js";
export type { HistoryPictureOptions } from "./draw/history.js";
export type { PlotArgs, PlotOptions } from "./draw/livePlot.js";
export type { ModelPictureOptions } from "./draw/modelGraph.js";
export * from "./io/index.js";
export type { Activation, ActivationName } from "./nn/activations.js";
export { type Constraint, type ConstraintIdentifier, constraints } from "./nn/constraints.js";
export { type Initializer, type InitializerIdentifier, type InitializerName, initializers } from "./nn/initializers.js";
export { type BatchShape, type CallOptions, Layer, type LayerArgs, type LayerShape, type Mask, type OneOrMore } from "./nn/layer.js";
export { type InputArgs, input } from "./nn/layers/input.js";
export { type Regularizer, type RegularizerIdentifier, regularizers } from "./nn/regularizers.js";
export { type LayerConstructor, serialization } from "./nn/serialization.js";
export { SymbolicTensor } from "./nn/symbolic.js";
export type { Arrays } from "./train/arrays.js";
export type { BackupAndRestore } from "./train/backup.js";
export {
  type BackupArgs,
  type CSVLoggerArgs,
  callbacks,
  type EarlyStopping,
  type EarlyStoppingArgs,
  type ModelCheckpoint,
  type ModelCheckpointArgs,
  type MonitorArgs,
  type ReduceLROnPlateau,
  type ReduceLROnPlateauArgs,
} from "./train/callbackLibrary.js";
export { Callback, type CallbackState, CustomCallback, type FitParams } from "./train/callbacks.js";
export type { EvaluateArgs } from "./train/evaluate.js";
export type { FitArgs, FitArgs as ModelFitArgs, FitDatasetArgs, FitDatasetArgs as ModelFitDatasetArgs, TrainingArgs } from "./train/fit.js";
export { type ModelArgs, model } from "./train/functional.js";
export type { ModelCompileArgs, PerOutput } from "./train/heads.js";
export { History, type Logs } from "./train/history.js";
export { LayersModel } from "./train/layersModel.js";
export { Model, type StepData, type StepValues } from "./train/model.js";
export { type PlotModelArgs, plotModel } from "./train/plotModel.js";
export type { PredictArgs } from "./train/predict.js";
export { Sequential, type SequentialArgs, sequential } from "./train/sequential.js";
export type { Training } from "./train/training.js";
export type { ClassWeight, ClassWeights } from "./train/weights.js";
