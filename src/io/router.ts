/** @file Finds the handler for a place to save to or load from: schemes of URLs, and handlers of one's own. */
import { describe, error } from "../tensor/errors.js";
import type { IOHandler } from "./types.js";

/** Makes a handler for a URL of its scheme. */
export type HandlerFactory = (url: string) => IOHandler;

/** Folders of a file system. What reads and writes them is loaded when it is needed. */
const fileHandler: HandlerFactory = (url) => ({
  save: async (artifacts) => (await import("./file.js")).saveToFolder(url, artifacts),
  load: async () => (await import("./file.js")).loadFromFolder(url),
  remove: async () => (await import("./file.js")).removeFolder(url),
});

const factories = /* @__PURE__ */ new Map<string, HandlerFactory>([["file", fileHandler]]);

/**
 * Makes `save` and `loadLayersModel` understand URLs `scheme://...`.
 * @param scheme letters, digits, "+", "-" and "."; a scheme that is known already is replaced
 * @example
 * ```ts
 * import { io, layers, loadLayersModel, sequential } from "engram";
 * const places = new Map();
 * io.registerHandler("shelf", (url) => ({
 *   save: async (artifacts) => {
 *     places.set(url, artifacts);
 *     return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON", modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 } };
 *   },
 *   load: async () => places.get(url),
 * }));
 * await sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] }).save("shelf://first");
 * assert.equal((await loadLayersModel("shelf://first")).countParams(), 3);
 * ```
 */
export function registerHandler(scheme: string, factory: HandlerFactory): void {
  if (!/^[a-z][a-z0-9+.-]*$/i.test(scheme))
    throw error("io.registerHandler", "scheme must be a letter, then letters, digits, '+', '-' or '.'", describe(scheme));
  factories.set(scheme.toLowerCase(), factory);
}

/**
 * The handler for a URL, or the handler itself, checked for what is to be done with it.
 * @param op name of the caller, for error messages
 */
export function handlerFor<Action extends "save" | "load">(
  op: string,
  target: string | IOHandler,
  action: Action,
): IOHandler & Required<Pick<IOHandler, Action>> {
  const handler = typeof target === "string" ? fromUrl(op, target) : target;
  if (handler === null || typeof handler !== "object") throw error(op, "expected a URL or a handler with save() or load()", describe(target));
  if (typeof handler[action] !== "function")
    throw error(op, `expected a handler with ${action}()`, typeof target === "string" ? `${target}, whose handler has none` : "one without");
  return handler as IOHandler & Required<Pick<IOHandler, Action>>;
}

function fromUrl(op: string, url: string): IOHandler {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  const known = [...factories.keys()].map((name) => `${name}://`).join(", ");
  const hint = scheme === undefined ? `for a folder, write "file://${url}".` : undefined;
  const factory = factories.get(scheme ?? "");
  if (factory === undefined) throw error(op, `expected a URL that starts with ${known}`, describe(url), hint);
  return factory(url);
}
