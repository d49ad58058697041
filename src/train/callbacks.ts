/** @file Callbacks of fit. */
import type { Logs } from "./history.js";

type Hook<A extends unknown[]> = (...args: A) => void | Promise<void>;

/** Functions that fit calls; each may be asynchronous, and fit waits for it. */
export interface Callback {
  onTrainBegin?: Hook<[logs?: Logs]>;
  onTrainEnd?: Hook<[logs?: Logs]>;
  onEpochBegin?: Hook<[epoch: number, logs?: Logs]>;
  onEpochEnd?: Hook<[epoch: number, logs?: Logs]>;
  onBatchBegin?: Hook<[batch: number, logs?: Logs]>;
  onBatchEnd?: Hook<[batch: number, logs?: Logs]>;
}

/** Calls one hook of every callback, waiting only for those that return a promise. */
export function callHook<K extends keyof Callback>(
  callbacks: readonly Callback[],
  hook: K,
  ...args: Parameters<NonNullable<Callback[K]>>
): void | Promise<void> {
  let pending: Promise<void> | undefined;
  for (const callback of callbacks) {
    const call = (): void | Promise<void> => (callback[hook] as ((...values: unknown[]) => void | Promise<void>) | undefined)?.apply(callback, args);
    if (pending !== undefined) pending = pending.then(call);
    else {
      const result = call();
      if (result instanceof Promise) pending = result;
    }
  }
  return pending;
}
