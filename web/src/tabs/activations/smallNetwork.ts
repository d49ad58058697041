/** @file A network with two hidden layers that learns a curve, to see what an activation makes of it. */

import type { Model, Tensor } from "engram";
import * as tf from "engram";
import type { ActivationFunction } from "./functions.js";

export const targets = {
  sine: (x: number): number => Math.sin(2 * x),
  corner: (x: number): number => Math.abs(x) - 1,
  step: (x: number): number => (x < -0.5 ? -0.8 : x < 1 ? 0.8 : 0),
  chirp: (x: number): number => Math.sin(0.7 * (x + 3) ** 1.7),
} as const;
export type TargetKey = keyof typeof targets;

export const HIDDEN = 16;
const POINTS = 96;
const DRAWN = 161;
export const SPAN = 3;

const axis = (count: number): number[] => Array.from({ length: count }, (_, i) => -SPAN + (2 * SPAN * i) / (count - 1));

export class SmallNetwork {
  readonly drawnX = axis(DRAWN);
  readonly points: readonly (readonly [number, number])[];
  steps = 0;
  loss = Number.NaN;
  private readonly model: Model;
  private readonly x: Tensor;
  private readonly y: Tensor;
  private readonly grid: Tensor;

  constructor({ apply }: ActivationFunction, alpha: number, target: TargetKey, seed: number) {
    const start = (salt: number) => tf.initializers.glorotUniform({ seed: seed + salt });
    const bend = () => tf.layers.lambda({ function: (x: Tensor) => apply(x, alpha), traceable: true });
    this.model = tf.sequential({
      layers: [
        tf.layers.dense({
          units: HIDDEN,
          inputShape: [1],
          kernelInitializer: start(1),
          biasInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed }),
        }),
        bend(),
        tf.layers.dense({ units: HIDDEN, kernelInitializer: start(2) }),
        bend(),
        tf.layers.dense({ units: 1, kernelInitializer: start(3) }),
      ],
    });
    this.model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
    const xs = axis(POINTS);
    this.points = xs.map((x) => [x, targets[target](x)]);
    this.x = tf.tensor2d(xs, [POINTS, 1]);
    this.y = tf.tensor2d(
      this.points.map(([, y]) => y),
      [POINTS, 1],
    );
    this.grid = tf.tensor2d(this.drawnX, [DRAWN, 1]);
  }

  /** Steps over all points, for as many milliseconds. */
  async train(milliseconds: number, most: number): Promise<void> {
    const end = performance.now() + milliseconds;
    const last = this.steps + most;
    do {
      this.loss = (await this.model.trainOnBatch(this.x, this.y)) as number;
      this.steps++;
    } while (this.steps < last && performance.now() < end);
  }

  /** The curve that it has learned, at drawnX. */
  curve(): Float32Array {
    return tf.tidy(() => Float32Array.from(this.model.predictOnBatch(this.grid).dataSync()));
  }

  dispose(): void {
    this.model.dispose();
    tf.dispose([this.x, this.y, this.grid]);
  }
}
