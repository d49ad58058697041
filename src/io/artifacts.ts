/** @file The artifacts of a model in TensorFlow.js's layers-model format; imported when a model is saved. */
import { error } from "../tensor/errors.js";
import type { Snapshot } from "./layersModel.js";
import { handlerFor } from "./place.js";
import type { Place } from "./router.js";
import { trainingConfigOf } from "./trainingConfig.js";
import type { ModelArtifacts, SaveResult, WeightSpec } from "./types.js";
import { encodeTensors } from "./weights.js";

// Handlers import it next: it comes along.
export { run } from "./openers.js";

/** Saves what a model was; see Model.save. */
export async function save(snapshot: Snapshot, target: Place): Promise<SaveResult> {
  return handlerFor("save", target, "save").save(artifactsOf(snapshot));
}

/** Topology and weights of a model as save handlers take them. */
function artifactsOf({ name: model, built, topology, weights, training, metadata }: Snapshot): ModelArtifacts {
  if (!built) throw error(model, "save needs a model whose weights are made", "one that does not know its input's shape", "call build, or predict once.");
  const names = new Set<string>();
  for (const { name } of weights) {
    if (names.has(name)) throw error(model, "save needs weights of different names", `two '${name}'`, "give the layers different names.");
    names.add(name);
  }
  const { specs, data } = encodeTensors([...weights, ...(training?.weights ?? [])]);
  return {
    format: "layers-model",
    generatedBy: "engram",
    convertedBy: null,
    modelTopology: topology,
    weightSpecs: specs.map((spec, i): WeightSpec => (i < weights.length ? spec : { ...spec, group: "optimizer" })),
    weightData: data,
    ...(training ? { trainingConfig: trainingConfigOf(training) } : {}),
    ...(metadata ? { userDefinedMetadata: metadata } : {}),
  };
}
