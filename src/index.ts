/** @file The entry point `engram`: everything, with chained methods on tensors. */
// The text of the module goes first: in the midst of a bundle it would part what is alike, further than gzip looks back.
import "./wasm/embedded/core.strict.js";
import "./methods.js";

export * from "./core.js";
export { type ColumnConfig, type CSVConfig, CSVDataset, type CSVSource } from "./data/csv.js";
export { Dataset } from "./data/dataset.js";
export { data } from "./data/index.js";
export * from "./io/index.js";
export { constraints } from "./nn/constraints.js";
export { initializers } from "./nn/initializers.js";
export { Layer } from "./nn/layer.js";
export { layers } from "./nn/layers.js";
export { regularizers } from "./nn/regularizers.js";
export type { Callback } from "./train/callbacks.js";
export type { FitArgs } from "./train/fit.js";
export type { History, Logs } from "./train/history.js";
export { Sequential, sequential } from "./train/sequential.js";
