/** @file Layers from their serialised forms, by the names of their classes; imported when a model is loaded. */
import { error } from "../tensor/errors.js";
import type { Layer } from "./layer.js";
import { ActivationLayer, ELU, LeakyReLU, PReLU, ReLU, Softmax, ThresholdedReLU } from "./layers/activation.js";
import { Dense, EinsumDense } from "./layers/dense.js";
import { InputLayer } from "./layers/input.js";
import { Rescaling } from "./layers/lambda.js";
import { Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract } from "./layers/merge.js";
import { AlphaDropout, Dropout, GaussianDropout, GaussianNoise, SpatialDropout1D, SpatialDropout2D } from "./layers/noise.js";
import { BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization, UnitNormalization } from "./layers/normalization.js";
import { Embedding, Masking } from "./layers/sequence.js";
import { Flatten, Permute, RepeatVector, Reshape } from "./layers/shape.js";
import { camelCase } from "./names.js";
import { ownClasses } from "./own.js";
import { isPlainObject, type LayerConstructor, nameOf, respelt, type SerializedLayer } from "./serialization.js";

const builtIn: readonly LayerConstructor[] = [
  ...[Dense, EinsumDense, InputLayer, ActivationLayer, ReLU, LeakyReLU, ELU, PReLU, Softmax, ThresholdedReLU, Flatten, Reshape, Permute, RepeatVector],
  ...[Dropout, AlphaDropout, GaussianDropout, GaussianNoise, SpatialDropout1D, SpatialDropout2D, Embedding, Masking, Rescaling],
  ...[
    LayerNormalization,
    RMSNormalization,
    GroupNormalization,
    BatchNormalization,
    UnitNormalization,
    Add,
    Subtract,
    Multiply,
    Average,
    Maximum,
    Minimum,
    Concatenate,
    Dot,
  ],
];

/** Constructor arguments from a file's configuration, of Keras 2, Keras 3 or TensorFlow.js. */
export function fromFile(config: object): Record<string, unknown> {
  const { batchShape, ...rest } = respelt(config, camelCase) as Record<string, unknown>;
  const dtype = isPlainObject(rest.dtype) ? (rest.dtype.config as { name?: string } | undefined)?.name : rest.dtype;
  return { ...rest, ...(dtype === undefined ? {} : { dtype }), ...(batchShape === undefined ? {} : { batchInputShape: batchShape }) };
}

/** The class of a name. @throws when it is unknown */
export function classOf(className: string, layer: unknown): LayerConstructor {
  const found = (ownClasses.get(className) as LayerConstructor) ?? builtIn.find((each) => nameOf(each) === className);
  if (found === undefined)
    throw error(
      "loadLayersModel",
      `layer class must be one of ${[...builtIn.map(nameOf), ...ownClasses.keys()].join(", ")}`,
      `'${className}' (layer '${String(layer)}')`,
      "register a class of your own with serialization.registerClass.",
    );
  return found;
}

/**
 * A layer from its serialised form.
 * @param modelOf gives a model that is a layer of another; null for what is none
 * @throws when the class is unknown
 */
export function deserializeLayer(serialized: SerializedLayer, modelOf: (serialized: SerializedLayer) => Layer | null = () => null): Layer {
  const { class_name: className, config } = serialized;
  const model = modelOf(serialized);
  if (model !== null) return model;
  const layerClass = classOf(className, config.name);
  const args = fromFile(config);
  const { fromConfig } = layerClass as { fromConfig?: (layerClass: LayerConstructor, config: object) => Layer };
  // As TensorFlow.js calls it, class first.
  return typeof fromConfig === "function" ? fromConfig.call(layerClass, layerClass, args) : new layerClass(args);
}
