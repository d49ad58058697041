/** @file init, ready and memory. The first two are never needed: the first op loads the embedded strict module. */
import { memoryUse } from "../wasm/block.js";
import type { InitOptions } from "./init.js";

let code: Promise<typeof import("./init.js")> | undefined;

/** What chooses, once it is there. One promise for all, so that a fit comes after the call of init before it, if that was not waited for. */
export const choosing = (): Promise<typeof import("./init.js")> => {
  code ??= import("./init.js").catch((reason: unknown) => {
    code = undefined;
    throw reason;
  });
  return code;
};

/**
 * Chooses the WebAssembly module and the number of threads. May be called at any time; tensors stay valid.
 * @throws when the module is not one of this version. Where threads cannot be had, it says so with `console.info` and one computes.
 */
export const init = async (options: InitOptions = {}): Promise<void> => (await choosing()).init(options);

/** Resolves when the first op can run at once, on the build that `fit` would use. Nothing needs to wait for it. */
export const ready = async (): Promise<void> => (await choosing()).ready();

/** Bytes and tensors in use. */
export function memory(): { numBytes: number; numTensorsInNursery: number } {
  const { total, nurseryEntries } = memoryUse();
  return { numBytes: total, numTensorsInNursery: nurseryEntries };
}
