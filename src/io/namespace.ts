/** @file Places that models are saved to and loaded from, under TensorFlow.js's names. */
import type { Tensor } from "../tensor/tensor.js";
import { artifactsInfo, joined } from "./info.js";
import { lazyHandler } from "./router.js";
import type { NamedTensors, ReadFiles } from "./tensors.js";
import type { IOHandler, LoadOptions, ModelArtifacts, ModelArtifactsInfo, ModelJson, WeightData, WeightSpec, WeightsGroup } from "./types.js";

export { fromMemory, fromMemorySync, withSaveHandler, withSaveHandlerSync } from "./memory.js";
export { getLoadHandlers, getSaveHandlers, registerHandler, registerLoadRouter, registerSaveRouter } from "./router.js";

/** True for addresses of web servers. */
export const isHTTPScheme = (url: string): boolean => /^https?:\/\//.test(url);

/**
 * A handler for a model on a web server. It sends a form with model.json and model.weights.bin, by POST unless `requestInit` says otherwise.
 * @param path of model.json; or two, of it and of where its weights are
 * @example
 * ```ts
 * import { io, layers, sequential } from "engram";
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * let sent;
 * const fetchFunc = async (url, { body }) => {
 *   sent = [...body.keys()];
 *   return new Response();
 * };
 * await model.save(io.http("https://models.example/upload", { fetchFunc }));
 * assert.deepEqual(sent, ["model.json", "model.weights.bin"]);
 * ```
 */
export const http = (path: string | readonly string[], options: LoadOptions = {}): IOHandler => lazyHandler("http", path, options);

/** Another name of `http`. */
export const browserHTTPRequest = http;

/** A handler that loads from files a user chose: model.json first, then those of the weights. */
export const browserFiles = (files: readonly File[]): IOHandler => ({ load: async () => (await import("./openers.js")).readFiles([...files]) });

/** The models in the browser's database, local storage and private files, by address. */
export const listModels = async (): Promise<Record<string, ModelArtifactsInfo>> => (await import("./manage.js")).list();

/**
 * Removes a saved model.
 * @throws when there is none, or its place cannot remove
 */
export const removeModel = async (url: string): Promise<ModelArtifactsInfo> => (await import("./manage.js")).remove(url);

/**
 * Copies a saved model, from one kind of place to another too.
 * @throws when there is none, or the addresses are the same
 * @example
 * ```ts
 * import { io, layers, loadLayersModel, sequential } from "engram";
 * await sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] }).save("file://saved/first");
 * await io.copyModel("file://saved/first", "file://saved/second");
 * assert.equal((await loadLayersModel("file://saved/second")).countParams(), 8);
 * ```
 */
export const copyModel = async (source: string, target: string): Promise<ModelArtifactsInfo> => (await import("./manage.js")).copy("copyModel", source, target);

/** Copies a saved model and then removes the first. */
export const moveModel = async (source: string, target: string): Promise<ModelArtifactsInfo> => (await import("./manage.js")).copy("moveModel", source, target);

/** Bytes of tensors by name, end to end, and what they stand for. */
export const encodeWeights = async (
  tensors: NamedTensors | readonly { name: string; tensor: Tensor }[],
  group?: string,
): Promise<{ data: ArrayBuffer; specs: WeightSpec[] }> => (await import("./manage.js")).encode(tensors, group);

/**
 * The tensors that the bytes of a stream stand for.
 * @throws when there are not exactly as many bytes as the specifications claim
 */
export const decodeWeightsStream = async (stream: ReadableStream<ArrayBuffer>, specs: readonly WeightSpec[]): Promise<NamedTensors> =>
  (await import("./manage.js")).decodeStream(stream, specs);

/**
 * Makes a function that loads the weights of a manifest, or those of some names, with a reader of files.
 * @param read gives the bytes at addresses
 */
export const weightsLoaderFactory =
  (read: ReadFiles) =>
  async (manifest: WeightsGroup[], filePathPrefix?: string, weightNames?: readonly string[]): Promise<NamedTensors> =>
    (await import("./manage.js")).load(read, manifest, filePathPrefix, weightNames);

/** Fetches the weights of a manifest, or those of some names. */
export const loadWeights = async (
  manifest: WeightsGroup[],
  filePathPrefix?: string,
  weightNames?: readonly string[],
  requestInit: RequestInit = {},
): Promise<NamedTensors> => (await import("./manage.js")).fetchWeights(manifest, filePathPrefix, weightNames, { requestInit });

/** Several buffers as one. */
export const concatenateArrayBuffers = (buffers: WeightData): ArrayBuffer => joined(buffers);

/** When a model was saved, and the sizes of its parts. */
export const getModelArtifactsInfoForJSON = (artifacts: ModelArtifacts): ModelArtifactsInfo => artifactsInfo(artifacts);

/** The weights that a manifest describes, those of all files. */
export const getWeightSpecs = (manifest: readonly WeightsGroup[]): WeightSpec[] => manifest.flatMap(({ weights }) => weights);

/** Artifacts from a model.json and the values of its weights. */
export const getModelArtifactsForJSONSync = (
  { weightsManifest: _, ...rest }: ModelJson,
  weightSpecs?: WeightSpec[],
  weightData?: WeightData,
): ModelArtifacts => ({
  ...rest,
  ...(weightSpecs && { weightSpecs }),
  ...(weightData && { weightData }),
});

/** Artifacts from a model.json, whose weights a function loads. */
export async function getModelArtifactsForJSON(
  json: ModelJson,
  load: (manifest: WeightsGroup[]) => Promise<[specs: WeightSpec[], data: WeightData]>,
): Promise<ModelArtifacts> {
  return json.weightsManifest ? getModelArtifactsForJSONSync(json, ...(await load(json.weightsManifest))) : getModelArtifactsForJSONSync(json);
}
