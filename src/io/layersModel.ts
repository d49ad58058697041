/** @file Saves models in TensorFlow.js's layers-model format. */
import { handlerFor } from "./router.js";
import type { IOHandler, ModelArtifacts, SaveableModel, SaveResult } from "./types.js";
import { encodeWeights } from "./weights.js";

export type { IOHandler, ModelArtifacts, SaveableModel, SaveResult } from "./types.js";

/** The dialect of Keras's configuration that is written: TensorFlow.js's, which it can read back. */
const DIALECT = { keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" };

/** Topology and weights of a model as save handlers take them. */
export function artifactsOf(model: SaveableModel): ModelArtifacts {
  const { specs, data } = encodeWeights(model.weights);
  return {
    format: "layers-model",
    generatedBy: "engram",
    convertedBy: null,
    modelTopology: { class_name: "Sequential", config: model.getConfig(), ...DIALECT },
    weightSpecs: specs,
    weightData: data,
  };
}

/** Saves a model; see Sequential.save. */
export async function saveModel(model: SaveableModel, target: string | IOHandler): Promise<SaveResult> {
  const handler = handlerFor("save", target, "save");
  return handler.save(artifactsOf(model));
}
