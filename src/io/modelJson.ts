/** @file model.json: parsed and checked, and written. */
import { describe, error } from "../tensor/errors.js";
import { joined } from "./info.js";
import type { ModelArtifacts, ModelJson, WeightSpec, WeightsGroup } from "./types.js";
import { storedBytes } from "./weights.js";

/** The text of a model.json. */
export function parseModelJson(text: string, where: string): ModelJson {
  let json: unknown;
  try {
    // Some editors put a mark in front.
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const isKeras = /^(PK|.HDF)/.test(text);
    const got = isKeras ? "a .keras or .h5 file" : `text of ${text.length} characters that is not (${(cause as Error).message})`;
    throw error("loadLayersModel", `${where}: expected JSON`, got, isKeras ? "convert it with tensorflowjs_converter." : undefined);
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

/** An error about a missing model, to be told from a damaged one. */
export const missing = (failure: Error): Error => Object.assign(failure, { code: "missing" });

const listed = (weights: readonly WeightSpec[]): string => {
  const names = weights.slice(0, 4).map(({ name, shape }) => `${name} [${shape}]`);
  return names.join(", ") + (weights.length > 4 ? ` and ${weights.length - 4} more` : "");
};

/** The files of one group of weights. */
export interface GroupFiles {
  /** As model.json names them. */
  readonly paths: readonly string[];
  /** Bytes that the weights need, all files together. */
  readonly expected: number;
  /** Throws unless there are as many bytes. */
  check(bytes: number): void;
}

/**
 * The artifacts of a model.json whose weights `read` gives: the bytes of a group's files, in order.
 * @param where the file, for error messages
 */
export async function withWeights(
  json: ModelJson,
  where: string,
  read: (group: GroupFiles) => Promise<readonly Uint8Array<ArrayBuffer>[]>,
): Promise<ModelArtifacts> {
  const groups = groupsOf(json, where);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { paths, weights } of groups) {
    const expected = weights.reduce((sum, spec) => sum + storedBytes(spec, where), 0);
    const check = (bytes: number): void => {
      if (bytes !== expected)
        throw error(
          "loadLayersModel",
          `${where}: ${paths.join(" + ")}: expected ${expected} bytes for ${listed(weights)}`,
          `${bytes} bytes`,
          bytes < expected ? "the file is truncated, or of another model." : "the file is of another model.",
        );
    };
    const found = await read({ paths, expected, check });
    check(found.reduce((sum, { length }) => sum + length, 0));
    parts.push(...found);
  }
  const { weightsManifest: _, ...rest } = json;
  return { ...rest, weightSpecs: groups.flatMap(({ weights }) => weights), weightData: joined(parts.map(bufferOf)) };
}

/** The buffer of bytes, copied where it holds others too. */
const bufferOf = (bytes: Uint8Array<ArrayBuffer>): ArrayBuffer => (bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer);

/** What model.json is to hold for artifacts whose weights are in one file. */
export function toModelJson({ weightSpecs = [], weightData: _, ...rest }: ModelArtifacts, weightsName: string): ModelJson {
  return { ...rest, weightsManifest: [{ paths: [weightsName], weights: weightSpecs }] };
}
