/** @file The artifacts of a model in TensorFlow.js's layers-model format; loaded when a model is saved. */
import type { ModelArtifacts, ModelSnapshot } from "./types.js";
import { encodeWeights } from "./weights.js";

/** The dialect of Keras's configuration that is written: TensorFlow.js's, which it can read back. */
const DIALECT = { keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" };

/** Topology and weights of a model as save handlers take them. */
export function artifactsOf({ config, weights }: ModelSnapshot): ModelArtifacts {
  const { specs, data } = encodeWeights(weights);
  return {
    format: "layers-model",
    generatedBy: "engram",
    convertedBy: null,
    modelTopology: { class_name: "Sequential", config, ...DIALECT },
    weightSpecs: specs,
    weightData: data,
  };
}
