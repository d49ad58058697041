/** @file The relaxed build of the core family, a chunk of its own that is loaded only when asked for. */
import relaxed from "./embedded/core.relaxed.js";
import { unpack } from "./kernels.js";

export const relaxedCore = (): Uint8Array<ArrayBuffer> => unpack(relaxed);
