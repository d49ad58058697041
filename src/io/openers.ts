/** @file Where models can be saved and loaded, by scheme; imported when a handler is used. */
import { describe, error } from "../tensor/errors.js";
import type { IOHandler, LoadOptions, ModelArtifacts } from "./types.js";

/** A module that makes handlers. */
type Opener = () => Promise<{ open(url: never, options?: LoadOptions): IOHandler }>;

const http: Opener = () => import("./http.js");

const openers: Record<string, Opener> = {
  file: () => import("./file.js"),
  http,
  https: http,
  indexeddb: () => import("./indexedDb.js"),
  localstorage: () => import("./localStorage.js"),
  opfs: () => import("./opfs.js"),
  downloads: () => import("./browserFiles.js"),
};

/** Has the handler of an address do something. */
export async function run(
  scheme: string,
  url: string | readonly string[],
  options: LoadOptions | undefined,
  action: keyof IOHandler,
  args: never[],
): Promise<never> {
  const handler = (await (openers[scheme] as Opener)()).open(url as never, options);
  if (handler[action] === undefined) throw error(action, "expected a place that can", describe(url));
  return handler[action](...(args as [never])) as Promise<never>;
}

/** The model in files that a user chose. */
export const readFiles = async (files: readonly File[]): Promise<ModelArtifacts> => (await import("./browserFiles.js")).readFiles(files);
