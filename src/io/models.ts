/** @file Models from configurations, under TensorFlow.js's name. */
import type { Model } from "../train/model.js";
import type { WeightsGroup } from "./types.js";

/** A configuration with the files of its weights. */
export interface ModelAndWeights {
  modelTopology: object;
  weightsManifest?: WeightsGroup[];
  /** Where the files are. */
  pathPrefix?: string;
}

/**
 * A model from what `toJSON` gave, with new weights; or from a model.json, with the weights that it names.
 * @throws when it is not the configuration of a model
 * @example
 * ```ts
 * import { layers, models, sequential } from "engram";
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * const copy = await models.modelFromJSON(JSON.parse(model.toJSON()));
 * assert.deepEqual(copy.getConfig(), model.getConfig());
 * ```
 */
export const modelFromJSON = async (json: object | ModelAndWeights): Promise<Model> => (await import("./makeModel.js")).modelFromJSON(json);
