/** @file The entry point `engram`: everything, with chained methods on tensors. */
// The text of the module goes first: in the midst of a bundle it would part what is alike, further than gzip looks back.
import "./wasm/embedded/core.strict.js";
import "./methods.js";

export * from "./core.js";
export * from "./models.js";
export * as layers from "./nn/layers/index.js";
