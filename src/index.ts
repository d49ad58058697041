/** @file The entry point `engram`: everything, with chained methods on tensors. */
// The text of the module goes first: in the midst of a bundle it would part what is alike, further than gzip looks back.
import "./wasm/embedded/core.strict.js";
import "./methods.js";

export * from "./core.js";
export { type ColumnConfig, type CSVConfig, CSVDataset, type CSVSource } from "./data/csv.js";
export { Dataset } from "./data/dataset.js";
export { data } from "./data/index.js";
export type { Table, TableArgs, TableRow } from "./data/table.js";
export * from "./io/index.js";
export { constraints } from "./nn/constraints.js";
export { initializers } from "./nn/initializers.js";
export { type BatchShape, type CallOptions, Layer, type LayerArgs } from "./nn/layer.js";
export * as layers from "./nn/layers/index.js";
export { type InputArgs, input } from "./nn/layers/input.js";
export { regularizers } from "./nn/regularizers.js";
export { serialization } from "./nn/serialization.js";
export { SymbolicTensor } from "./nn/symbolic.js";
export { callbacks } from "./train/callbackLibrary.js";
export { type Callback, CustomCallback } from "./train/callbacks.js";
export type { FitArgs, FitDatasetArgs } from "./train/fit.js";
export { LayersModel, type ModelArgs, model } from "./train/functional.js";
export type { ModelCompileArgs } from "./train/heads.js";
export { History, type Logs } from "./train/history.js";
export { Model } from "./train/model.js";
export { type PlotModelArgs, plotModel } from "./train/plotModel.js";
export { Sequential, sequential } from "./train/sequential.js";
