/** @file init and ready: which WebAssembly module is used. Never needed: the first op loads the embedded strict one. */
import { decodeBase64 } from "../platform.js";
import { memoryUse } from "../wasm/block.js";
import { core } from "../wasm/core.js";
import { unpack, type WasmSource } from "../wasm/kernels.js";

export interface InitOptions {
  /** The core module, compiled or as bytes, instead of the embedded one: for hosts that forbid compiling bytes at run time. */
  core?: WasmSource;
  /** Fused multiply-add where the host has relaxed SIMD: faster, with last bits that depend on the machine. Off by default. */
  relaxed?: boolean;
}

/** True where the host validates a relaxed multiply-add. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(decodeBase64(RELAXED_PROBE));

/** (module (func (result v128) v128.const 0, v128.const 0, v128.const 0, f32x4.relaxed_madd)), as base64. */
const RELAXED_PROBE = "AGFzbQEAAAABBQFgAAF7AwIBAAo9ATsA/QwAAAAAAAAAAAAAAAAAAAAA/QwAAAAAAAAAAAAAAAAAAAAA/QwAAAAAAAAAAAAAAAAAAAAA/YUCCw==";

/**
 * Chooses the WebAssembly module. May be called at any time; tensors stay valid.
 * @throws when the module is not one of this version
 */
export async function init(options: InitOptions = {}): Promise<void> {
  if (options.core !== undefined) core.use(options.core);
  else if (options.relaxed && hasRelaxedSimd()) core.use(unpack((await import("../wasm/embedded/core.relaxed.js")).default));
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
