/** @file The handler that a model is saved or loaded with, found by its place and checked; imported when the first is asked for. */
import { describe, error } from "../tensor/errors.js";
import { factories, handlersOf, type Place, schemeOf, schemes } from "./router.js";
import type { IOHandler, LoadOptions } from "./types.js";

/** What a place is called in errors. */
export const nameOf = (place: Place, other: string): string => (typeof place === "string" || Array.isArray(place) ? String(place) : other);

/**
 * The handler for a URL, or the handler itself, checked for what is to be done with it.
 * @param op name of the caller, for error messages
 */
export function handlerFor<Action extends "save" | "load">(
  op: string,
  target: Place,
  action: Action,
  options?: LoadOptions,
): IOHandler & Required<Pick<IOHandler, Action>> {
  const handler = typeof target === "string" || Array.isArray(target) ? fromUrl(op, target, action, options) : target;
  if (handler === null || typeof handler !== "object") throw error(op, "expected a URL or a handler with save() or load()", describe(target));
  if (typeof (handler as IOHandler)[action] !== "function")
    throw error(op, `expected a handler with ${action}()`, typeof target === "string" ? `${target}, whose handler has none` : "one without");
  return handler as IOHandler & Required<Pick<IOHandler, Action>>;
}

function fromUrl(op: string, url: string | readonly string[], action: "save" | "load", options?: LoadOptions): IOHandler {
  const [handler] = handlersOf(action, url, options);
  if (handler !== undefined) return handler;
  const known = [...schemes, ...factories.keys()].map((name) => `${name}://`).join(", ");
  throw error(
    op,
    `expected a URL that starts with ${known}`,
    describe(url),
    schemeOf(String(url)) === undefined ? `for a folder, write "file://${url}".` : undefined,
  );
}
