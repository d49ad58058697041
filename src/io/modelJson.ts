/** @file model.json: parsed and checked, and written. */
import { describe, error } from "../tensor/errors.js";
import type { ModelArtifacts, ModelArtifactsInfo, ModelJson, WeightsGroup } from "./types.js";

/** The text of a model.json. */
export function parseModelJson(text: string, where: string): ModelJson {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw error("loadLayersModel", `${where}: expected JSON`, `text of ${text.length} characters that is not (${(cause as Error).message})`);
  }
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw error("loadLayersModel", `${where}: expected an object with modelTopology and weightsManifest`, describe(json));
  // A backup of training has no topology.
  if ((json as ModelJson).format !== "engram-backup") checkFormat(json as ModelJson, where);
  return json as ModelJson;
}

/** Throws unless artifacts are those of a layers model. Older files carry no format. */
export function checkFormat({ format, modelTopology }: ModelArtifacts, where: string): void {
  if (format !== undefined && format !== "layers-model") {
    throw error(
      "loadLayersModel",
      `${where}: expected format "layers-model"`,
      describe(format),
      format === "graph-model" ? "a graph model has no layers; it cannot be loaded as one." : undefined,
    );
  }
  if (modelTopology === null || typeof modelTopology !== "object")
    throw error("loadLayersModel", `${where}: expected modelTopology to be an object`, describe(modelTopology));
}

/** Groups of weights in the manifest, with paths that stay in the model's folder. */
export function groupsOf({ weightsManifest }: ModelJson, where: string): WeightsGroup[] {
  if (!Array.isArray(weightsManifest)) throw error("loadLayersModel", `${where}: expected weightsManifest to be an array`, describe(weightsManifest));
  weightsManifest.forEach((group, i) => {
    if (!Array.isArray(group?.paths) || !Array.isArray(group.weights))
      throw error("loadLayersModel", `${where}: expected weightsManifest[${i}] to have arrays paths and weights`, describe(group));
    for (const path of group.paths) {
      // A model from elsewhere must not make a program read its other files.
      if (typeof path !== "string" || path === "" || /^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\0/.test(path)) {
        throw error("loadLayersModel", `${where}: expected weightsManifest[${i}].paths to name files beside it`, describe(path));
      }
    }
  });
  return weightsManifest;
}

/** What model.json is to hold for artifacts whose weights are in one file. */
export function toModelJson({ weightSpecs = [], weightData: _, ...rest }: ModelArtifacts, weightsName: string): ModelJson {
  return { ...rest, weightsManifest: [{ paths: [weightsName], weights: weightSpecs }] };
}

const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value) ?? "").length;

/** Sizes, as save handlers report them. */
export const artifactsInfo = ({ modelTopology, weightSpecs, weightData }: ModelArtifacts): ModelArtifactsInfo => ({
  dateSaved: new Date(),
  modelTopologyType: "JSON",
  modelTopologyBytes: jsonBytes(modelTopology),
  weightSpecsBytes: jsonBytes(weightSpecs),
  weightDataBytes: weightData?.byteLength ?? 0,
});
