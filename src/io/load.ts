/** @file Loads models from TensorFlow.js's layers-model format. */
import { kit } from "../train/kit.js";
import type { Model } from "../train/model.js";
import { handlerFor } from "./router.js";
import type { IOHandler } from "./types.js";

export interface LoadOptions {
  /** Whether weights of the file that no layer takes are an error; true by default. */
  strict?: boolean;
}

/**
 * A model saved by `model.save`, by TensorFlow.js, or converted from Keras by TensorFlow.js's converter.
 * @param source "file://folder", "file://folder/model.json", or a handler
 * @throws when a file is missing, truncated or does not fit the others, or a layer's class is unknown; memory of a size
 * that a file merely claims is never taken
 * @example
 * ```ts
 * import { layers, loadLayersModel, sequential } from "engram";
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * await model.save("file://saved/example");
 * const copy = await loadLayersModel("file://saved/example");
 * assert.deepEqual(copy.predict([[1, 2, 3]]).arraySync(), model.predict([[1, 2, 3]]).arraySync());
 * ```
 */
export async function loadLayersModel(source: string | IOHandler, options: LoadOptions = {}): Promise<Model> {
  const handler = handlerFor("loadLayersModel", source, "load");
  const where = typeof source === "string" ? source : "the handler's model";
  const { makeModel } = await import("./makeModel.js");
  return makeModel(kit, await handler.load(), where, options);
}
