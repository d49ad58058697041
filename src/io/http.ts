/** @file Models of web servers: fetched, and sent as a form with model.json and model.weights.bin. */
import { request } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, joined } from "./info.js";
import { type GroupFiles, missing, parseModelJson, toModelJson, withWeights } from "./modelJson.js";
import type { IOHandler, LoadOptions, ModelArtifacts, ModelJson, SaveResult } from "./types.js";

/** An answer, checked to be one that is wanted. */
async function answer(op: string, url: string, init: RequestInit | undefined, { fetchFunc = request }: LoadOptions): Promise<Response> {
  const response = await fetchFunc(url, init).catch((cause: Error) => {
    throw error(op, `${url}: expected an answer`, String(cause.cause ?? cause.message));
  });
  if (response.ok) return response;
  const failure = error(op, `${url}: expected an answer with success`, `status ${response.status} ${response.statusText}`.trim());
  throw response.status === 404 ? missing(failure) : failure;
}

/** The body of an answer; reading ends when it is longer than `limit`, so that a server cannot fill the memory. */
async function bytesOf(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = response.body?.getReader?.();
  if (reader === undefined) return [new Uint8Array(await response.arrayBuffer())];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let length = 0; length <= limit; ) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value);
    length += value.length;
  }
  reader.cancel().catch(() => {});
  return parts;
}

/** All bytes at an address. */
export const fetchBytes = async (op: string, url: string, options: LoadOptions): Promise<ArrayBuffer> =>
  (await answer(op, url, options.requestInit, options)).arrayBuffer();

/** The address of a model's folder, and what follows the files' names: "?key=value". */
export function partsOf(url: string): [folder: string, suffix: string] {
  const query = url.search(/[?#]/);
  const path = query < 0 ? url : url.slice(0, query);
  return [path.slice(0, path.lastIndexOf("/") + 1), query < 0 ? "" : url.slice(query)];
}

/** The weights of a model.json that is at an address or was given. */
export function fetchWeights(json: ModelJson, url: string, options: LoadOptions): Promise<ModelArtifacts> {
  const { requestInit, weightUrlConverter: convert, onProgress } = options;
  const [folder, suffix] = partsOf(url);
  const prefix = options.weightPathPrefix ?? folder;
  const count = (Array.isArray(json.weightsManifest) ? json.weightsManifest : []).reduce((sum, group) => sum + (group?.paths?.length ?? 0), 0);
  let done = 0;
  onProgress?.(0);
  const read = async ({ paths, expected }: GroupFiles): Promise<Uint8Array<ArrayBuffer>[]> => {
    const files = paths.map(async (path) => {
      const parts = await bytesOf(
        await answer("loadLayersModel", convert ? await convert(path) : prefix + path.replace(/^\.\//, "") + suffix, requestInit, options),
        expected,
      );
      onProgress?.(++done / count);
      return parts;
    });
    return (await Promise.all(files)).flat();
  };
  return withWeights(json, url, read);
}

async function save(url: string, artifacts: ModelArtifacts, options: LoadOptions): Promise<SaveResult> {
  const body = new FormData();
  const json = JSON.stringify(toModelJson(artifacts, "./model.weights.bin"));
  body.append("model.json", new Blob([json], { type: "application/json" }), "model.json");
  if (artifacts.weightData !== undefined)
    body.append("model.weights.bin", new Blob([joined(artifacts.weightData)], { type: "application/octet-stream" }), "model.weights.bin");
  const response = await answer("save", url, { method: "POST", ...options.requestInit, body }, options);
  return { modelArtifactsInfo: artifactsInfo(artifacts), responses: [response] };
}

/** The handler for the address of a model.json, or for two: of model.json, and of where the weights are. */
export function open(address: string | readonly string[], options: LoadOptions = {}): IOHandler {
  const [url, weightsUrl = url] = [address].flat() as [string, string?];
  if (typeof url !== "string" || url === "") throw error("http", "expected the address of a model.json", describe(address));
  if (options.requestInit?.body) throw error("http", "expected requestInit without a body", "one");
  return {
    save: (artifacts) => save(url, artifacts, options),
    load: async () => {
      const text = await (await answer("loadLayersModel", url, options.requestInit, options)).text();
      return fetchWeights(parseModelJson(text, url), weightsUrl, options);
    },
  };
}
