/** @file Makes models of what handlers load; imported when loadLayersModel is called. */
import type { Variable } from "../engine/variable.js";
import type { Layer } from "../nn/layer.js";
import type { deserializeLayer } from "../nn/layers.js";
import type { tensor } from "../ops/creation.js";
import { EngramError, error } from "../tensor/errors.js";
import type { Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { Sequential } from "../train/sequential.js";
import { checkFormat } from "./modelJson.js";
import { sequentialTopology } from "./topology.js";
import type { ModelArtifacts } from "./types.js";
import { type DecodedWeight, decodeWeights } from "./weights.js";

/**
 * What models are made with. It is given, not imported: bundlers make a chunk of what two chunks import, and then all of
 * engram would be in it, with a list of its names on either side.
 */
export interface Kit {
  Sequential: typeof Sequential;
  Variable: typeof Variable;
  deserializeLayer: typeof deserializeLayer;
  sameShape: typeof sameShape;
  sizeOf: typeof sizeOf;
  tensor: typeof tensor;
}

/** The model that artifacts describe; see loadLayersModel. */
export function makeModel(artifacts: ModelArtifacts, where: string, kit: Kit): Sequential {
  checkFormat(artifacts, where);
  const topology = sequentialTopology(artifacts.modelTopology, where);
  const stored = new StoredWeights(decodeWeights(artifacts.weightSpecs ?? [], artifacts.weightData ?? new ArrayBuffer(0), where), where, kit);
  try {
    const layers = topology.layers.map((layer, i) => located(`${where}, layer ${i}`, () => stored.giveTo(kit.deserializeLayer(layer))));
    const model = located(where, () => new kit.Sequential({ layers, ...(topology.name === undefined ? {} : { name: topology.name }) }));
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
    private readonly kit: Kit,
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
    if (!this.kit.sameShape(stored.shape, shape))
      throw error(
        "loadLayersModel",
        `${this.where}: expected weight '${name}' of shape [${shape}], as the layers say`,
        `'${stored.name}' of shape [${stored.shape}]`,
      );
    if (stored.dtype !== "float32") throw error("loadLayersModel", `${this.where}: expected weight '${name}' of dtype float32`, stored.dtype);
    this.waiting.delete(stored.name);
    const weight = new this.kit.Variable(shape, "float32", this.kit.sizeOf(shape), true, name);
    this.made.push(weight);
    const values = this.kit.tensor(stored.values, shape, "float32");
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
