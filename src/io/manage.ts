/** @file Lists, copies, moves and removes saved models; with tensors.ts what the functions of io do that programs seldom call. */
import { hasDatabase } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo } from "./info.js";
import { handlerFor } from "./place.js";
import type { IOHandler, ModelArtifactsInfo } from "./types.js";

export { decodeStream, encode, fetchWeights, load } from "./tensors.js";

/** The models in the browser's database, local storage and private files, by address; none where there are no such places. */
export async function list(): Promise<Record<string, ModelArtifactsInfo>> {
  const stores = await Promise.all([import("./indexedDb.js"), import("./localStorage.js"), import("./opfs.js")]);
  const found = await Promise.allSettled(stores.map((store) => store.list()));
  if (hasDatabase() && found.every(({ status }) => status === "rejected")) throw (found[0] as PromiseRejectedResult).reason;
  return Object.assign({}, ...found.map((one) => (one.status === "fulfilled" ? one.value : {})));
}

function removerFor(op: string, url: string): Required<Pick<IOHandler, "load" | "remove">> {
  const handler = handlerFor(op, url, "load");
  if (handler.remove === undefined) throw error(op, "expected a place whose models can be removed", describe(url));
  return handler as Required<IOHandler>;
}

/** Removes a model and tells what it was. */
export async function remove(url: string): Promise<ModelArtifactsInfo> {
  const handler = removerFor("removeModel", url);
  const info = artifactsInfo(await handler.load());
  await handler.remove();
  return info;
}

/** Copies a model; the new one is whole before the old one goes. */
export async function copy(op: "copyModel" | "moveModel", source: string, target: string): Promise<ModelArtifactsInfo> {
  if (source === target) throw error(op, "expected two different addresses", describe(source));
  const [from, to] = [op === "moveModel" ? removerFor(op, source) : handlerFor(op, source, "load"), handlerFor(op, target, "save")];
  const { modelArtifactsInfo } = await to.save(await from.load());
  if (op === "moveModel") await from.remove?.();
  return modelArtifactsInfo;
}
