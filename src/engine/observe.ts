/** @file time, nextFrame, print and the types of results: what a program asks about its tensors. */
import { now, paintedFrame } from "../platform.js";
import { type DataType, upcastType as promote } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { step } from "./step.js";

/** What `time` gives, in milliseconds. */
export interface TimingInfo {
  /** Time in kernels; the same as wallMs, because an op has run when its function returns. */
  kernelMs: number;
  wallMs: number;
}

/**
 * Runs `f` as a step and tells how long it took.
 * @example
 * ```ts
 * import { randomNormal, time } from "engram";
 * const { wallMs } = await time(() => randomNormal([64, 64]).square());
 * assert.ok(wallMs > 0);
 * ```
 */
export async function time(f: () => void): Promise<TimingInfo> {
  const start = now();
  step("time", () => void f());
  const wallMs = now() - start;
  return { kernelMs: wallMs, wallMs };
}

/** Resolves before the browser paints next, or after a turn of the event loop where nothing is painted. */
export function nextFrame(): Promise<void> {
  return paintedFrame();
}

/** Writes a tensor to the console; with `verbose` its dtype, rank and shape too. */
export function print(x: Tensor, verbose = false): void {
  x.print(verbose);
}

/** The type that two types are promoted to: bool < int32 < float32. */
export function upcastType(typeA: DataType, typeB: DataType): DataType {
  return promote("upcastType", typeA, typeB);
}

/** The type of sums: int32 for bool, else the type itself. */
export function sumOutType(type: DataType): DataType {
  return upcastType(type, "int32");
}
