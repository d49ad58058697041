/** @file The public names of loading and saving. */
import { fromMemory, withSaveHandler } from "./memory.js";
import { registerHandler } from "./router.js";

export { type IdxArray, type IdxData, parseIdx, readIdx } from "./idx.js";
export { loadLayersModel } from "./load.js";
export { type LabelledImages, loadFashionMnist, loadMnist, type MnistData, type MnistOptions } from "./mnist.js";
export type { HandlerFactory } from "./router.js";
export type { IOHandler, ModelArtifacts, ModelArtifactsInfo, Quantization, SaveResult, WeightSpec } from "./types.js";

/** Places that models are saved to and loaded from, under TensorFlow.js's names. */
export const io = {
  /** A handler that loads from artifacts in memory. */
  fromMemory,
  /** A handler that saves by calling a function. */
  withSaveHandler,
  /** Makes save and loadLayersModel understand a scheme of URLs. */
  registerHandler,
};
