/** @file The callbacks of a fit as a list, and how their hooks are called. */
import { describe, error } from "../tensor/errors.js";
import type { Callback, CallbackHook } from "./callbacks.js";

const HOOKS: readonly string[] = ["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onBatchBegin", "onBatchEnd", "onYield"];

/** Names of an object's own members and of those that its classes give it. */
const membersOf = (object: object | null): string[] =>
  object === null || object === Object.prototype ? [] : [...Object.getOwnPropertyNames(object), ...membersOf(Object.getPrototypeOf(object))];

/** The callbacks in the order of their calls. */
export function callbackList(callbacks: Callback | readonly Callback[] = []): readonly Callback[] {
  const list = [callbacks].flat() as Callback[];
  for (const callback of list) {
    if (callback === null || typeof callback !== "object") throw error("fit", "callbacks must be objects with hooks such as onEpochEnd", describe(callback));
    // A hook that is misspelt would never be called, and nobody would know.
    const misspelt = membersOf(callback).find((key) => /^on[A-Z]/.test(key) && !HOOKS.includes(key));
    if (misspelt !== undefined) throw error("fit", `hooks of callbacks must be among ${HOOKS.join(", ")}`, `'${misspelt}'`);
  }
  return list.sort((a, b) => Number(a.setRun !== undefined) - Number(b.setRun !== undefined));
}

/** Calls one hook of every callback, one after another. */
export async function callHook<K extends CallbackHook>(callbacks: readonly Callback[], hook: K, ...args: Parameters<NonNullable<Callback[K]>>): Promise<void> {
  for (const callback of callbacks) await (callback[hook] as ((...values: unknown[]) => void | Promise<void>) | undefined)?.apply(callback, args);
}
