/** @file Handlers that keep a model in memory or hand it to a function. */
import { error } from "../tensor/errors.js";
import type { IOHandler, IOHandlerSync, ModelArtifacts, SaveResult, WeightData, WeightSpec } from "./types.js";

/** Artifacts, or the topology alone, or as TensorFlow.js once took them one after another. */
type Parts = [artifacts: object, weightSpecs?: WeightSpec[], weightData?: WeightData, trainingConfig?: unknown];

/**
 * A handler that loads from artifacts in memory, at once.
 * @throws when they are no object
 */
export function fromMemorySync(...[artifacts, weightSpecs, weightData, trainingConfig]: Parts): IOHandlerSync {
  if (artifacts === null || typeof artifacts !== "object") throw error("fromMemory", "expected artifacts as save handlers get them", String(artifacts));
  const isWhole = weightSpecs === undefined && ("modelTopology" in artifacts || "weightSpecs" in artifacts);
  const parts = { modelTopology: artifacts, weightSpecs, weightData, trainingConfig };
  return { load: () => (isWhole ? artifacts : parts) as ModelArtifacts };
}

/**
 * A handler that loads from artifacts in memory.
 * @example
 * ```ts
 * import { io, layers, loadLayersModel, sequential } from "engram";
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * let kept;
 * await model.save(io.withSaveHandler(async (artifacts) => {
 *   kept = artifacts;
 *   return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON", modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 } };
 * }));
 * const copy = await loadLayersModel(io.fromMemory(kept));
 * assert.deepEqual(copy.predict([[1, 2, 3]]).arraySync(), model.predict([[1, 2, 3]]).arraySync());
 * ```
 */
export function fromMemory(...parts: Parts): IOHandler {
  const { load } = fromMemorySync(...parts) as Required<IOHandlerSync>;
  return { load: async () => load() };
}

/** A handler that saves by calling `save`. */
export const withSaveHandler = (save: (artifacts: ModelArtifacts) => Promise<SaveResult>): IOHandler => ({ save });

/** A handler that saves by calling `save`, which does not wait. */
export const withSaveHandlerSync = (save: (artifacts: ModelArtifacts) => SaveResult): IOHandlerSync => ({ save });
