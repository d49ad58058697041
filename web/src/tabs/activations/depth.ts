/** @file What becomes of signals and gradients on their way through many layers of one activation. */

import type { Tensor } from "engram";
import * as tf from "engram";
import type { ActivationFunction } from "./functions.js";

export const LAYERS = 16;
const UNITS = 48;
const SAMPLES = 64;

export interface Depth {
  /** Root mean square of the neurons' outputs, layer by layer. */
  signal: number[];
  /** Root mean square of the loss's gradient by these outputs. */
  gradient: number[];
}

/** How weights begin: with a variance of 1 / inputs, or of 2 / inputs. */
export type Start = "glorot" | "he";

const rms = (x: Tensor): number => tf.tidy(() => Number(tf.sqrt(tf.mean(tf.square(x))).dataSync()[0]));

/** One forward and one backward pass through an untrained network, whose loss is the mean of squares of its last layer. */
export function throughLayers({ apply }: ActivationFunction, alpha: number, start: Start, seed = 1): Depth {
  return tf.tidy(() => {
    const deviation = Math.sqrt((start === "he" ? 2 : 1) / UNITS);
    const weights = Array.from({ length: LAYERS }, (_, layer) => tf.randomNormal([UNITS, UNITS], 0, deviation, "float32", seed + layer));
    const input = tf.randomNormal([SAMPLES, UNITS], 0, 1, "float32", seed + 1000);
    const layer = (x: Tensor, i: number): Tensor => apply(tf.matMul(x, weights[i] as Tensor), alpha);
    const outputs: Tensor[] = [];
    for (let i = 0; i < LAYERS; i++) outputs.push(layer(outputs[i - 1] ?? input, i));
    // The gradient by a layer's output is that by the input of the layers above it: each layer pulls it one further down.
    const gradient: number[] = [];
    let dy: Tensor = tf.mul(outputs[LAYERS - 1] as Tensor, 2 / (SAMPLES * UNITS));
    for (let i = LAYERS - 1; i >= 0; i--) {
      gradient.unshift(rms(dy));
      if (i > 0) dy = tf.grad((x: Tensor) => layer(x, i))(outputs[i - 1] as Tensor, dy);
    }
    return { signal: outputs.map(rms), gradient };
  });
}
