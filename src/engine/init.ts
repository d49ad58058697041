/** @file init and ready: which WebAssembly module is used. Never needed: the first op loads the embedded strict one. */
import { decodeBase64 } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import { memoryUse } from "../wasm/block.js";
import { core } from "../wasm/core.js";
import { unpack, type WasmSource } from "../wasm/kernels.js";
import { threads } from "../wasm/threads.js";

export interface InitOptions {
  /** The core module, compiled or as bytes, instead of the embedded one: for hosts that forbid compiling bytes at run time. */
  core?: WasmSource;
  /** Fused multiply-add where the host has relaxed SIMD: faster, with last bits that depend on the machine. Off by default. */
  relaxed?: boolean;
  /**
   * Threads that plans and long ops are shared among, this one counted: 1 for no others. By default `fit` starts as many as there are
   * cores, at most 8, when a network is large enough to gain.
   */
  threads?: number;
  /** Address of the package's `engram/worker`, for pages whose policy forbids workers made from text. */
  workerUrl?: string | URL;
}

/** True where the host validates a relaxed multiply-add. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(decodeBase64(RELAXED_PROBE));

/** (module (func (result v128) v128.const 0, v128.const 0, v128.const 0, f32x4.relaxed_madd)), as base64. */
const RELAXED_PROBE = "AGFzbQEAAAABBQFgAAF7AwIBAAo9ATsA/QwAAAAAAAAAAAAAAAAAAAAA/QwAAAAAAAAAAAAAAAAAAAAA/QwAAAAAAAAAAAAAAAAAAAAA/YUCCw==";

let isDecided = false;
let workerUrl: string | URL | undefined;

/**
 * Chooses the WebAssembly module and the number of threads. May be called at any time; tensors stay valid.
 * @throws when the module is not one of this version, or the threads cannot be had
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const { core: source, relaxed, threads: size } = options;
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= 32)) throw error("init", "threads must be an integer in [1, 32]", describe(size));
  workerUrl = options.workerUrl ?? workerUrl;
  if (source !== undefined) core.use(source);
  else if (relaxed && hasRelaxedSimd()) core.use(unpack((await import("../wasm/embedded/core.relaxed.js")).default));
  if (size === undefined) return;
  isDecided = true;
  threads.wake = null;
  if (size !== threads.size) await (await import("./share.js")).shareWork(size, workerUrl);
}

/** Lets plans start threads when one is worth it; nothing if `init` has decided on them. */
export function allowThreads(): void {
  if (isDecided) return;
  isDecided = true;
  threads.wake = () => {
    threads.wake = null;
    import("./share.js")
      .then(({ shareWork }) => shareWork(undefined, workerUrl))
      .catch((reason: unknown) => console.info(`engram computes with one thread: ${reason instanceof Error ? reason.message : reason}`));
  };
}

/** Resolves when the first op can run at once. Nothing needs to wait for it. */
export async function ready(): Promise<void> {
  void core.exports;
}

/** Bytes and tensors in use. */
export function memory(): { numBytes: number; numTensorsInNursery: number } {
  const { total, nurseryEntries } = memoryUse();
  return { numBytes: total, numTensorsInNursery: nurseryEntries };
}
