/** @file Makes models of what handlers load; imported when the first is asked for. */
import { Variable } from "../engine/variable.js";
import type { Layer } from "../nn/layer.js";
import { tensor } from "../ops/creation.js";
import { error } from "../tensor/errors.js";
import type { Shape } from "../tensor/shape.js";
import type { Model } from "../train/model.js";
import { reviveModel } from "../train/revive.js";
import { checkFormat } from "./modelJson.js";
import type { ModelAndWeights } from "./models.js";
import { handlerFor, nameOf } from "./place.js";
import type { Place } from "./router.js";
import { fetchWeights } from "./tensors.js";
import { restoreTraining } from "./training.js";
import type { LoadOptions, ModelArtifacts } from "./types.js";
import { type DecodedWeight, decodeTensors } from "./weights.js";

// Handlers import it next: it comes along.
export { run } from "./openers.js";

/** The model at a place; see loadLayersModel. */
export async function loadModel<M extends Model>(source: Place, options: LoadOptions): Promise<M> {
  const handler = handlerFor("loadLayersModel", source, "load", options);
  return (await makeModel(await handler.load(), nameOf(source, "the handler's model"), options)) as M;
}

/** The model of a configuration; see models.modelFromJSON. */
export async function modelFromJSON(json: object | ModelAndWeights): Promise<Model> {
  const { modelTopology, weightsManifest, pathPrefix } = "modelTopology" in Object(json) ? (json as ModelAndWeights) : { modelTopology: json };
  const model = reviveModel(modelTopology, "modelFromJSON");
  if (weightsManifest !== undefined) model.loadWeights(await fetchWeights(weightsManifest, pathPrefix));
  return model;
}

/** The model that artifacts describe. */
async function makeModel(artifacts: ModelArtifacts, where: string, { strict = true, compile = true }: LoadOptions): Promise<Model> {
  checkFormat(Object(artifacts), where);
  const weights = decodeTensors(artifacts.weightSpecs ?? [], artifacts.weightData, where);
  const isOptimizers = weights.map((_, i) => artifacts.weightSpecs?.[i]?.group === "optimizer");
  const stored = new StoredWeights(
    weights.filter((_, i) => !isOptimizers[i]),
    where,
  );
  try {
    const model = reviveModel(artifacts.modelTopology, where, (layer) => stored.giveTo(layer));
    // A model of a class of its own takes its weights when its first input tells their shapes.
    if (strict && model.built) stored.checkAllTaken();
    model.setUserDefinedMetadata(artifacts.userDefinedMetadata as object);
    if (compile && artifacts.trainingConfig)
      await restoreTraining(
        model,
        artifacts.trainingConfig,
        weights.filter((_, i) => isOptimizers[i]),
        where,
      );
    return model;
  } catch (cause) {
    stored.dispose();
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
  giveTo(layer: Layer): void {
    layer.weightSource = (name, shape) => this.take(`${layer.name}/${name}`, shape);
  }

  private take(name: string, shape: Shape): Variable {
    const stored = this.find(name);
    if (stored === undefined) throw error("loadLayersModel", `${this.where}: expected a weight '${name}' of shape [${shape}]`, `weights ${this.names()}`);
    if (stored.shape.join() !== shape.join())
      throw error(
        "loadLayersModel",
        `${this.where}: expected weight '${name}' of shape [${shape}], as the layers say`,
        `'${stored.name}' of shape [${stored.shape}]`,
      );
    if (stored.dtype !== "float32") throw error("loadLayersModel", `${this.where}: expected weight '${name}' of dtype float32`, stored.dtype);
    this.waiting.delete(stored.name);
    const weight = new Variable(shape, "float32", stored.values.length, true, name);
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
