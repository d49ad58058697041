/** @file What threads need of the engine, for code that is imported when they start; it is given to that code, not imported there: see src/train/kit.ts. */
import { now } from "../platform.js";
import { allocateScratch, copyBytes } from "./block.js";
import { core } from "./core.js";
import { aligned, heap } from "./heap.js";
import { liveKernel, loaded, TABLE_LENGTH } from "./kernels.js";
import { threads } from "./threads.js";

export const kit = { TABLE_LENGTH, aligned, allocateScratch, copyBytes, core, heap, liveKernel, loaded, now, threads };

export type Kit = typeof kit;
