/** @file Classes of layers and optimizers of one's own, and functions that are losses or metrics, by name. */

import { bareName } from "./names.js";

/** Classes by their names. */
export const ownClasses = /* @__PURE__ */ new Map<unknown, unknown>();

const functions = /* @__PURE__ */ new Map<string, unknown>();

/** Whether the very class of an object declares `static traceable = true`; one that extends it must promise anew. */
export const isDeclaredTraceable = (object: object): boolean =>
  Object.hasOwn(object.constructor, "traceable") && (object.constructor as { traceable?: boolean }).traceable === true;

export const ownFunction = <F>(name: unknown): F | undefined => functions.get(bareName(name)) as F | undefined;

/** Makes a function known; from here on it carries its name, for files. */
export function addFunction(name: string, f: object): void {
  functions.set(bareName(name), Object.assign(f, { made: [name, {}] }));
}
