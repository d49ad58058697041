/** @file Tensors by name to and from bytes, as TensorFlow.js's functions of saving take them. */
import { tensor } from "../ops/creation.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { groupsOf } from "./modelJson.js";
import type { LoadOptions, WeightData, WeightSpec, WeightsGroup } from "./types.js";
import { decodeTensors, encodeTensors, storedBytes } from "./weights.js";

export type NamedTensors = Record<string, Tensor>;

/** Reads the files at some addresses. */
export type ReadFiles = (urls: string[]) => Promise<ArrayBuffer[]>;

/** Bytes of tensors, and what they stand for. */
export function encode(tensors: NamedTensors | readonly { name: string; tensor: Tensor }[], group?: string): { data: ArrayBuffer; specs: WeightSpec[] } {
  const list = Array.isArray(tensors) ? (tensors as { name: string; tensor: Tensor }[]) : Object.entries(tensors).map(([name, tensor]) => ({ name, tensor }));
  const { data, specs } = encodeTensors(list.map(({ name, tensor }) => ({ name, shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() })));
  return { data, specs: group === undefined ? specs : specs.map((spec) => ({ ...spec, group })) };
}

/** The tensors that bytes stand for. */
export function decode(data: WeightData, specs: readonly WeightSpec[], where: string): NamedTensors {
  return Object.fromEntries(decodeTensors(specs, data, where).map(({ name, values, shape, dtype }) => [name, tensor(values, shape, dtype)]));
}

/** The same of a stream. */
export async function decodeStream(stream: ReadableStream<ArrayBuffer | Uint8Array<ArrayBuffer>>, specs: readonly WeightSpec[]): Promise<NamedTensors> {
  const limit = specs.reduce((sum, spec) => sum + storedBytes(spec, "decodeWeightsStream"), 0);
  const parts: ArrayBuffer[] = [];
  const reader = stream.getReader();
  for (let length = 0; length <= limit; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value instanceof ArrayBuffer ? value : value.slice().buffer);
    length += value.byteLength;
  }
  reader.cancel().catch(() => {});
  return decode(parts, specs, "decodeWeightsStream");
}

/** The weights of a manifest, or those of some names; only their groups are read. */
export async function load(read: ReadFiles, weightsManifest: WeightsGroup[], prefix = "", names?: readonly string[]): Promise<NamedTensors> {
  const groups = groupsOf({ weightsManifest }, "loadWeights");
  const known = groups.flatMap(({ weights }) => weights.map(({ name }) => name));
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw error("loadWeights", `expected names among ${known.join(", ")}`, describe(unknown));
  const wanted = groups.filter(({ weights }) => names === undefined || weights.some(({ name }) => names.includes(name)));
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const files = await read(wanted.flatMap(({ paths }) => paths.map((path) => folder + path)));
  const found = wanted.map(({ paths, weights }) => decode(files.splice(0, paths.length), weights, `loadWeights: ${folder}${paths.join(" + ")}`));
  const all: NamedTensors = Object.assign({}, ...found);
  return names === undefined ? all : Object.fromEntries(names.map((name) => [name, all[name] as Tensor]));
}

/** The same, of files that are fetched. */
export async function fetchWeights(manifest: WeightsGroup[], prefix?: string, names?: readonly string[], options: LoadOptions = {}): Promise<NamedTensors> {
  const { fetchBytes } = await import("./http.js");
  return load((urls) => Promise.all(urls.map((url) => fetchBytes("loadWeights", url, options))), manifest, prefix, names);
}
