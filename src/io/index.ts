/** @file The public names of loading and saving. */
export { type IdxArray, type IdxData, readIdx } from "./idx.js";
export type { SaveOptions } from "./layersModel.js";
export { loadLayersModel } from "./load.js";
export { type LabelledImages, loadFashionMnist, loadMnist, type MnistData, type MnistOptions } from "./mnist.js";
export type { ModelAndWeights } from "./models.js";
export * as models from "./models.js";
export * as io from "./namespace.js";
export type { HandlerFactory, Place } from "./router.js";
export type { NamedTensors } from "./tensors.js";
export type {
  IOHandler,
  IOHandlerSync,
  IORouter,
  LoadOptions,
  ModelArtifacts,
  ModelArtifactsInfo,
  ModelJson,
  Quantization,
  SaveResult,
  WeightData,
  WeightSpec,
  WeightsGroup,
} from "./types.js";
