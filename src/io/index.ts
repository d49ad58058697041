/** @file The public names of loading and saving. */
export { type IdxArray, type IdxData, parseIdx, readIdx } from "./idx.js";
export { loadLayersModel } from "./load.js";
export { type LabelledImages, loadFashionMnist, loadMnist, type MnistData, type MnistOptions } from "./mnist.js";
export * as models from "./models.js";
export * as io from "./namespace.js";
export type { HandlerFactory } from "./router.js";
export type {
  IOHandler,
  IOHandlerSync,
  IORouter,
  LoadOptions,
  ModelArtifacts,
  ModelArtifactsInfo,
  Quantization,
  SaveResult,
  WeightData,
  WeightSpec,
} from "./types.js";
