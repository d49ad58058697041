/** @file Loads models from TensorFlow.js's layers-model format. */
import type { LayersModel } from "../train/layersModel.js";
import type { Model } from "../train/model.js";
import type { Place } from "./router.js";
import type { LoadOptions } from "./types.js";

/**
 * A model saved by `model.save`, by TensorFlow.js, or converted from Keras by TensorFlow.js's converter.
 * The type is that of models made of layers; of a class of your own `loadLayersModel<Own>(source)`.
 * @param source "file://folder", "file://folder/model.json", the address of a model.json, "indexeddb://name", "localstorage://name", "opfs://name", or a handler
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
export async function loadLayersModel<M extends Model = LayersModel>(source: Place, options: LoadOptions = {}): Promise<M> {
  return (await import("./makeModel.js")).loadModel<M>(source, options);
}
