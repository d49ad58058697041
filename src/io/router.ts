/** @file Finds the handler for a place to save to or load from: schemes of URLs, and handlers of one's own. */
import { isPage } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import type { IOHandler, IOHandlerSync, IORouter, LoadOptions } from "./types.js";

/** What a model is saved to or loaded from: an address, the addresses of model.json and of the weights, or a handler. */
export type Place = string | readonly string[] | IOHandler | IOHandlerSync;

/** Makes a handler for a URL of its scheme. */
export type HandlerFactory = (url: string, options?: LoadOptions) => IOHandler;

/** Those of openers.ts. */
export const schemes = /* @__PURE__ */ "file http https indexeddb localstorage opfs downloads".split(" ");

/** A handler that is made when it is used. */
export const lazyHandler = (scheme: string, url: string | readonly string[], options?: LoadOptions): IOHandler => {
  const run = async (action: keyof IOHandler, ...args: never[]): Promise<never> => (await import("./openers.js")).run(scheme, url, options, action, args);
  return { save: (artifacts) => run("save", artifacts as never), load: () => run("load"), remove: () => run("remove") };
};

export const factories = /* @__PURE__ */ new Map<string, HandlerFactory>();
const routers: Record<"save" | "load", IORouter[]> = { save: [], load: [] };

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

/** Asks a function of one's own for the handler of each address that is saved to, before all others. */
export function registerSaveRouter(router: IORouter): void {
  routers.save.push(router);
}

/** Asks a function of one's own for the handler of each address that is loaded from, before all others. */
export function registerLoadRouter(router: IORouter): void {
  routers.load.push(router);
}

export const schemeOf = (url: string): string | undefined => /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();

/** All handlers for an address. */
export function handlersOf(action: "save" | "load", url: string | readonly string[], options?: LoadOptions): IOHandler[] {
  const own = routers[action].flatMap((router) => router(url as string, options) ?? []);
  const first = [url].flat()[0] as string;
  const scheme = schemeOf(first);
  const factory = factories.get(scheme ?? "");
  // As TensorFlow.js has it, an address without a scheme is one beside the page.
  const known = scheme ?? (isPage() ? "http" : "");
  if (factory) own.push(factory(first, options));
  else if (schemes.includes(known)) own.push(lazyHandler(known, url, options));
  return own;
}

/** Handlers that an address can be saved with. */
export const getSaveHandlers = (url: string | readonly string[]): IOHandler[] => handlersOf("save", url);

/** Handlers that an address can be loaded with. */
export const getLoadHandlers = (url: string | readonly string[], options?: LoadOptions): IOHandler[] => handlersOf("load", url, options);
