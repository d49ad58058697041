/** @file The relaxed build of the core family, a chunk of its own that is loaded only when asked for. */
import { decodeBase64 } from "../platform.js";
import relaxed from "./embedded/core.relaxed.js";

export const relaxedCore = (): Uint8Array<ArrayBuffer> => decodeBase64(relaxed);
