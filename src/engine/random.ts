/** @file The random state: one seed and a counter of draws, so that eager and compiled runs draw the same numbers. */
import { describe, error } from "../tensor/errors.js";
import { allocateResident, type Block } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import { engine } from "./op.js";

let seed: number | null = null;
/** Draws so far: each random op takes one number, whether it runs eagerly or in a plan. */
let draws = 0;
let state: Block | null = null;

/** Two int32 that the random kernels read: their key is (words[0], words[1] + ordinal). */
export function randomState(): Block {
  state ??= allocateResident(8);
  return state;
}

/**
 * Fixes all random numbers from here on: initial weights, shuffling, dropout.
 * @example
 * ```ts
 * import { randomNormal, setSeed } from "engram";
 * setSeed(7);
 * const a = randomNormal([3]).arraySync();
 * setSeed(7);
 * assert.deepEqual(randomNormal([3]).arraySync(), a);
 * ```
 */
export function setSeed(value: number): void {
  if (!Number.isInteger(value)) throw error("setSeed", "seed must be a whole number", describe(value));
  seed = value | 0;
  draws = 0;
}

/** Seed and counter, to be saved and restored. */
export function getRandomState(): { seed: number; draws: number } {
  seed ??= (Math.random() * 2 ** 32) | 0;
  return { seed, draws };
}

export function setRandomState(saved: { seed: number; draws: number }): void {
  seed = saved.seed;
  draws = saved.draws;
}

/** Reserves `count` draws and points the state, or the two words at an address, at the first. */
export function takeDraws(count: number, address = randomState().ptr): void {
  const at = address >>> 2;
  heap.i32[at] = getRandomState().seed;
  heap.i32[at + 1] = draws;
  draws = (draws + count) | 0;
}

/** The ordinal a random kernel is given: counted along a plan, whose run reserves its draws; 0 at once when eager. */
export function nextOrdinal(): number {
  if (engine.tracer !== null) return engine.tracer.draw();
  takeDraws(1);
  return 0;
}
