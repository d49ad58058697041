/** @file The layers that a model.json describes, in the dialects that write it: TensorFlow.js, Keras 2 and Keras 3. */
import { describe, error } from "../tensor/errors.js";

/** A layer in Keras's serialised form. */
export interface SerializedLayer {
  class_name: string;
  config: Record<string, unknown>;
}

export interface SequentialTopology {
  name?: string;
  layers: SerializedLayer[];
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * The layers of a sequential model.
 * @param topology `modelTopology` of a model.json
 * @param where the file, for error messages
 */
export function sequentialTopology(topology: unknown, where: string): SequentialTopology {
  // Keras's converter puts the model one level deeper than TensorFlow.js.
  const inner = isObject(topology) && isObject(topology.model_config) ? topology.model_config : topology;
  const path = inner === topology ? "modelTopology" : "modelTopology.model_config";
  if (!isObject(inner)) throw error("loadLayersModel", `${where}: expected modelTopology to be an object`, describe(topology));
  if (inner.class_name !== "Sequential") throw error("loadLayersModel", `${where}: expected ${path}.class_name to be "Sequential"`, describe(inner.class_name));
  // Before 2.2.3, Keras wrote the layers alone.
  const config: unknown = Array.isArray(inner.config) ? { layers: inner.config } : inner.config;
  if (!isObject(config) || !Array.isArray(config.layers) || config.layers.length === 0)
    throw error("loadLayersModel", `${where}: expected ${path}.config.layers to be an array of layers`, describe(isObject(config) ? config.layers : config));
  const layers = config.layers.map((layer: unknown, i) => serializedLayer(layer, `${where}: expected ${path}.config.layers[${i}]`));
  takeInputShape(layers, config.build_input_shape);
  return { layers, ...(typeof config.name === "string" ? { name: config.name } : {}) };
}

function serializedLayer(layer: unknown, expected: string): SerializedLayer {
  if (!isObject(layer) || typeof layer.class_name !== "string" || !isObject(layer.config))
    throw error("loadLayersModel", `${expected} to have class_name and config`, describe(layer));
  const { class_name: className, config: written } = layer;
  const config: Json = { ...written };
  if ("batch_shape" in config) {
    config.batch_input_shape ??= config.batch_shape;
    delete config.batch_shape;
  }
  if (config.batch_input_shape === null) delete config.batch_input_shape;
  const shape = config.batch_input_shape;
  if (shape !== undefined && !isBatchShape(shape))
    throw error("loadLayersModel", `${expected} to have a batch_input_shape of null and whole numbers`, describe(shape));
  if (config.data_format === "channels_first") throw error("loadLayersModel", `${expected} to have data_format "channels_last"`, '"channels_first"');
  if (config.name !== undefined && typeof config.name !== "string")
    throw error("loadLayersModel", `${expected} to have a name that is text`, describe(config.name));
  return { class_name: className, config };
}

const isBatchShape = (shape: unknown): boolean => Array.isArray(shape) && shape.every((size) => size === null || (Number.isSafeInteger(size) && size >= 0));

/** Keras 3 tells the shape of a model that was built by its first data beside the layers. */
function takeInputShape([first]: SerializedLayer[], shape: unknown): void {
  if (first !== undefined && first.config.batch_input_shape === undefined && isBatchShape(shape)) first.config.batch_input_shape = shape;
}
