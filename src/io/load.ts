/** @file Loads models from TensorFlow.js's layers-model format. */
import { Variable } from "../engine/variable.js";
import type { Layer } from "../nn/layer.js";
import { deserializeLayer } from "../nn/layers.js";
import { tensor } from "../ops/creation.js";
import { EngramError, error } from "../tensor/errors.js";
import { type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import { Sequential } from "../train/sequential.js";
import { checkFormat } from "./modelJson.js";
import { handlerFor } from "./router.js";
import { sequentialTopology } from "./topology.js";
import type { IOHandler } from "./types.js";
import { type DecodedWeight, decodeWeights } from "./weights.js";

/**
 * A sequential model saved by `model.save`, by TensorFlow.js, or converted from Keras by TensorFlow.js's converter.
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
export async function loadLayersModel(source: string | IOHandler): Promise<Sequential> {
  const handler = handlerFor("loadLayersModel", source, "load");
  const artifacts = await handler.load();
  const where = typeof source === "string" ? source : "the handler's model";
  checkFormat(artifacts, where);
  const topology = sequentialTopology(artifacts.modelTopology, where);
  const stored = new StoredWeights(decodeWeights(artifacts.weightSpecs ?? [], artifacts.weightData ?? new ArrayBuffer(0), where), where);
  try {
    const layers = topology.layers.map((layer, i) => located(`${where}, layer ${i}`, () => stored.giveTo(deserializeLayer(layer))));
    const model = located(where, () => new Sequential({ layers, ...(topology.name === undefined ? {} : { name: topology.name }) }));
    stored.checkAllTaken();
    return model;
  } catch (cause) {
    stored.dispose();
    throw cause;
  }
}

/** Adds the place to errors that do not name it. */
function located<T>(where: string, fn: () => T): T {
  try {
    return fn();
  } catch (cause) {
    if (cause instanceof EngramError && !cause.message.includes(where)) cause.message += ` (${where})`;
    throw cause;
  }
}

/** A file's weights by name, each of which a layer takes once. */
class StoredWeights {
  private readonly waiting = new Map<string, DecodedWeight>();
  private readonly made: Variable[] = [];

  constructor(
    weights: readonly DecodedWeight[],
    private readonly where: string,
  ) {
    for (const weight of weights) {
      if (this.waiting.has(weight.name)) throw error("loadLayersModel", `${where}: expected each weight once`, `'${weight.name}' twice`);
      this.waiting.set(weight.name, weight);
    }
  }

  /**
   * Makes the layer take its weights from the file when it is built. So a kernel of a size that the topology merely
   * claims is never allocated, no initial values are drawn (the random numbers that follow do not depend on loading),
   * and loading costs one copy.
   */
  giveTo(layer: Layer): Layer {
    layer.weightSource = (name, shape) => this.take(`${layer.name}/${name}`, shape);
    return layer;
  }

  private take(name: string, shape: Shape): Variable {
    const stored = this.find(name);
    if (stored === undefined) throw error("loadLayersModel", `${this.where}: expected a weight '${name}' of shape [${shape}]`, `weights ${this.names()}`);
    if (!sameShape(stored.shape, shape))
      throw error(
        "loadLayersModel",
        `${this.where}: expected weight '${name}' of shape [${shape}], as the layers say`,
        `'${stored.name}' of shape [${stored.shape}]`,
      );
    if (stored.dtype !== "float32") throw error("loadLayersModel", `${this.where}: expected weight '${name}' of dtype float32`, stored.dtype);
    this.waiting.delete(stored.name);
    const weight = new Variable(shape, "float32", sizeOf(shape), true, name);
    this.made.push(weight);
    const values = tensor(stored.values, shape, "float32");
    weight.assign(values);
    values.dispose();
    return weight;
  }

  /** By the very name; or with the model's name before it, or a cell's name inside, as some versions of Keras write it. */
  private find(name: string): DecodedWeight | undefined {
    const exact = this.waiting.get(name);
    if (exact !== undefined) return exact;
    const [layer, weight] = [name.slice(0, name.lastIndexOf("/")), name.slice(name.lastIndexOf("/"))];
    const similar = [...this.waiting.values()].filter((candidate) => {
      const path = candidate.name.replace(/:0$/, "");
      return path === name || path.endsWith(`/${name}`) || (path.startsWith(`${layer}/`) && path.endsWith(weight));
    });
    return similar.length === 1 ? similar[0] : undefined;
  }

  private names(): string {
    const names = [...this.waiting.values()].map(({ name, shape }) => `'${name}' [${shape}]`);
    return names.length === 0 ? "that are all taken" : names.slice(0, 6).join(", ") + (names.length > 6 ? ` and ${names.length - 6} more` : "");
  }

  checkAllTaken(): void {
    if (this.waiting.size > 0)
      throw error(
        "loadLayersModel",
        `${this.where}: expected a layer for each weight`,
        `weights ${this.names()} that no layer takes`,
        "is the shape of the model's input in the file?",
      );
  }

  dispose(): void {
    for (const weight of this.made) weight.dispose();
  }
}
