/** @file Handlers that keep a model in memory or hand it to a function. */
import { error } from "../tensor/errors.js";
import type { IOHandler, ModelArtifacts, SaveResult } from "./types.js";

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
export function fromMemory(artifacts: ModelArtifacts): IOHandler {
  if (artifacts === null || typeof artifacts !== "object") throw error("fromMemory", "expected artifacts as save handlers get them", String(artifacts));
  return { load: async () => artifacts };
}

/** A handler that saves by calling `save`. */
export const withSaveHandler = (save: (artifacts: ModelArtifacts) => Promise<SaveResult>): IOHandler => ({ save });
