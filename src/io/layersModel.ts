/** @file Saves models in TensorFlow.js's layers-model format. */
import { handlerFor } from "./router.js";
import type { IOHandler, SaveableModel, SaveResult } from "./types.js";

export type { IOHandler, SaveableModel, SaveResult } from "./types.js";

/** Saves a model; see Sequential.save. */
export async function saveModel(model: SaveableModel, target: string | IOHandler): Promise<SaveResult> {
  const handler = handlerFor("save", target, "save");
  // Taken before the code for the rest is there: what is saved is the model as it is now.
  const weights = model.weights.map((weight) => ({ name: weight.name, shape: weight.shape, dtype: weight.dtype, values: weight.dataSync() }));
  const snapshot = { config: model.getConfig(), weights };
  const { artifactsOf } = await import("./artifacts.js");
  return handler.save(artifactsOf(snapshot));
}
