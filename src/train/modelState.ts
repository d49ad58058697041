/** @file What a training changes in a model, as bytes for another thread, and back. Both sides use it. */
import type { Variable } from "../engine/variable.js";
import type { Layer } from "../nn/layer.js";
import { heap } from "../wasm/heap.js";
import type { Model } from "./model.js";

/** Slots and count of an optimizer. */
export interface OptimizerState {
  steps: number;
  /** Numbers of the weights that it has slots for, in its order. */
  tracked: number[];
  /** Variable by variable. */
  slots: Uint8Array<ArrayBuffer>;
}

/** All of it, as opposed to weights alone. */
export interface ModelState {
  weights: Uint8Array<ArrayBuffer>;
  optimizer: OptimizerState;
  /** Places in the layers' own streams of random numbers. */
  streams: Uint8Array<ArrayBuffer>;
}

export const layersOf = (layer: Layer): Layer[] => [layer, ...layer.sublayers.flatMap(layersOf)];

/** The streams of random numbers that layers have of their own. */
export const streamsOf = (model: Layer): Variable[] => layersOf(model).flatMap((layer) => (layer as { stream?: Variable | null }).stream ?? []);

const bytesOf = ({ size, dtype }: Variable): number => size * (dtype === "bool" ? 1 : 4);

/** The values of variables, end to end. */
export function pack(variables: readonly Variable[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(variables.reduce((sum, variable) => sum + bytesOf(variable), 0));
  let at = 0;
  for (const variable of variables) {
    const { ptr } = variable.block;
    bytes.set(heap.u8.subarray(ptr, ptr + bytesOf(variable)), at);
    at += bytesOf(variable);
  }
  return bytes;
}

/** Whether variables have these values. */
export function isPacked(variables: readonly Variable[], bytes: Uint8Array<ArrayBuffer>): boolean {
  const now = pack(variables);
  if (now.length !== bytes.length) return false;
  // Bytes of bool are seldom many.
  const words = bytes.length >> 2;
  const [a, b] = [new Int32Array(now.buffer, 0, words), new Int32Array(bytes.buffer, bytes.byteOffset, words)];
  for (let i = 0; i < words; i++) if (a[i] !== b[i]) return false;
  for (let i = words * 4; i < bytes.length; i++) if (now[i] !== bytes[i]) return false;
  return true;
}

/** @throws when they are not as many */
export function unpack(variables: readonly Variable[], bytes: Uint8Array<ArrayBuffer>): void {
  const expected = variables.reduce((sum, variable) => sum + bytesOf(variable), 0);
  if (bytes.length !== expected)
    throw new Error(`worker: expected ${expected} bytes of weights. Got ${bytes.length}. HINT: is a layer built differently there?`);
  let at = 0;
  for (const variable of variables) {
    heap.u8.set(bytes.subarray(at, at + bytesOf(variable)), variable.block.ptr);
    at += bytesOf(variable);
  }
}

/** Weights, slots and streams. */
export function stateOf(model: Model): ModelState {
  const { weights, optimizer } = model;
  // Values that it was given wait for the slots to be made.
  if (optimizer.iterations > 0) optimizer.track(model.trainableWeights);
  const places = new Map(weights.map((weight, i) => [weight, i]));
  const tracked = optimizer.tracked().filter((weight) => places.has(weight));
  return {
    weights: pack(weights),
    optimizer: {
      steps: heap.i32[optimizer.block.ptr >> 2] as number,
      tracked: tracked.map((weight) => places.get(weight) as number),
      slots: pack(optimizer.track(tracked)),
    },
    streams: pack(streamsOf(model)),
  };
}

/** The buffers, to be transferred. */
export const buffersOf = ({ weights, optimizer, streams }: ModelState): ArrayBuffer[] => [weights.buffer, optimizer.slots.buffer, streams.buffer];

export function applyState(model: Model, { weights, optimizer, streams }: ModelState): void {
  const all = model.weights;
  unpack(all, weights);
  const own = model.optimizer;
  const slots = own.track(optimizer.tracked.map((i) => all[i] as Variable));
  unpack(slots, optimizer.slots);
  setSteps(model, optimizer.steps);
  unpack(streamsOf(model), streams);
}

/** The optimizer's count, on which schedules depend. */
export function setSteps(model: Model, steps: number): void {
  heap.i32[model.optimizer.block.ptr >> 2] = steps;
}
