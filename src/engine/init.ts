/** @file Which WebAssembly module is used, and how many threads; imported when something asks. */
import { decodeBase64 } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import { core } from "../wasm/core.js";
import { unpack, type WasmSource } from "../wasm/kernels.js";
import { threads } from "../wasm/threads.js";

export interface InitOptions {
  /** The core module, compiled or as bytes, instead of the embedded one: for hosts that forbid compiling bytes at run time. */
  core?: WasmSource;
  /**
   * Fused multiply-add where the host has relaxed SIMD: at least as fast, up to 1.6 times on some machines, with last bits that depend on the
   * machine. By default `fit`, `ready` or `init`, whichever comes first, brings it in, and what came before is computed strictly. False for the same
   * bits on every machine.
   */
  relaxed?: boolean;
  /**
   * Threads that plans and long ops are shared among, this one counted: 1 for no others. By default `fit` starts as many as there are
   * cores, at most 8, when a network is large enough to gain; fewer where cores turn out to be busy, or fewer than the browser says.
   */
  threads?: number;
  /** Address of the package's `engram/worker`, for pages whose policy forbids workers made from text. */
  workerUrl?: string | URL;
  /** Address of the package's `engram/trainer.worker.js`, for bundlers that do not ship it where `fit({ worker: true })` looks for it. */
  trainerUrl?: string | URL;
}

/** True where the host validates a relaxed multiply-add. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(decodeBase64(RELAXED_PROBE));

/** (module (func (result v128) three times i32.const 0, i8x16.splat; f32x4.relaxed_madd)), as base64. */
const RELAXED_PROBE = "AGFzbQEAAAABBQFgAAF7AwIBAAoTAREAQQD9D0EA/Q9BAP0P/YUCCw==";

/** Resolves once the module is chosen; absent until something asks. */
let choice: Promise<void> | undefined;
let isDecided = false;
let isAwake = false;
/** What init was told for workers. */
export const told: Pick<InitOptions, "threads" | "workerUrl" | "trainerUrl"> = {};

/** See init in setUp.ts. */
export async function init(options: InitOptions): Promise<void> {
  const { core: source, relaxed, threads: size } = options;
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= 32)) throw error("init", "threads must be an integer in [1, 32]", describe(size));
  for (const key of ["threads", "workerUrl", "trainerUrl"] as const) if (options[key] !== undefined) Object.assign(told, { [key]: options[key] });
  if (source !== undefined || relaxed !== undefined) {
    const chosen = Promise.resolve(choice).then(() => useModule(source, relaxed));
    choice = chosen.catch(() => {});
    await chosen;
  } else await chooseModule();
  await threads.settled;
  if (size === undefined) return;
  isDecided = true;
  threads.wake = null;
  // Those that a fit has asked for may be on their way.
  if (size > 1 || isAwake) await share(size);
}

/** Brings threads up, or ends them. */
async function share(size?: number): Promise<void> {
  isAwake = true;
  await (await import("./share.js")).shareWork(size, told.workerUrl);
}

async function useModule(source: WasmSource | undefined, relaxed: boolean | undefined): Promise<void> {
  const isRelaxed = source === undefined && relaxed && hasRelaxedSimd();
  core.use(isRelaxed ? unpack((await import("../wasm/embedded/core.relaxed.js")).default) : (source ?? null));
}

/** The relaxed build from here on, unless `init` or an earlier call has chosen or the host lacks it: nothing is swapped in the midst of a training. */
export function chooseModule(): Promise<void> {
  choice ??= useModule(undefined, true).catch((reason: unknown) => console.info(`engram computes with strict kernels: ${reason}`));
  return choice;
}

/** Lets plans start threads when one is worth it; nothing if `init` has decided on them. */
export function allowThreads(): void {
  if (isDecided) return;
  isDecided = true;
  threads.wake = () => {
    threads.wake = null;
    share().catch((reason: unknown) => console.info(`engram computes with one thread: ${reason}`));
  };
}

/** See ready in setUp.ts. */
export async function ready(): Promise<void> {
  await chooseModule();
  void core.exports;
}
