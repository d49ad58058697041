/** @file A linear model, its data, and the same in float64 for comparison. */
import { expect } from "vitest";
import { layers, type Model, type Sequential, sequential, type Tensor, tensor } from "../src/index.js";

export const numbersOf = (x: Tensor): number[] => Array.from(x.dataSync() as ArrayLike<number>);
export const weightsOf = (model: Model): number[] => model.getWeights().flatMap(numbersOf);

/** Numbers in [-1, 1) that look random. */
export const noise = (count: number, seed = 1): number[] =>
  Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
export const matrix = (rows: number, columns: number, seed = 1): number[][] => {
  const values = noise(rows * columns, seed);
  return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
};

/** A linear model of 3 inputs and one output, mean squared error and gradient descent, in float64. */
export class LinearOracle {
  w = [0.5, -0.25, 0.125];
  b = 0.0625;

  constructor(
    readonly rate: number,
    readonly penalty = 0,
  ) {}

  predict(x: readonly number[]): number {
    return x.reduce((sum, each, i) => sum + each * (this.w[i] as number), this.b);
  }

  loss(xs: readonly number[][], ys: readonly number[], weights: readonly number[] = ys.map(() => 1)): number {
    return xs.reduce((sum, x, i) => sum + (weights[i] as number) * (this.predict(x) - (ys[i] as number)) ** 2, 0) / xs.length;
  }

  /** One step; the loss before it. */
  step(xs: readonly number[][], ys: readonly number[], weights: readonly number[] = ys.map(() => 1)): number {
    const loss = this.loss(xs, ys, weights) + this.penalty * this.w.reduce((sum, w) => sum + w * w, 0);
    const errors = xs.map((x, i) => (2 * (weights[i] as number) * (this.predict(x) - (ys[i] as number))) / xs.length);
    this.w = this.w.map((w, j) => w - this.rate * (errors.reduce((sum, e, i) => sum + e * (xs[i]?.[j] as number), 0) + 2 * this.penalty * w));
    this.b -= this.rate * errors.reduce((a, b) => a + b, 0);
    return loss;
  }

  /** An epoch; its loss, over all samples. */
  epoch(xs: readonly number[][], ys: readonly number[], batchSize: number, weights: readonly number[] = ys.map(() => 1)): number {
    let total = 0;
    for (let i = 0; i < xs.length; i += batchSize) {
      const [x, y, w] = [xs, ys, weights].map((each) => each.slice(i, i + batchSize)) as [number[][], number[], number[]];
      total += this.step(x, y, w) * x.length;
    }
    return total / xs.length;
  }
}

export const linear = (options: object = {}): Sequential => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3], ...options })] });
  model.setWeights([tensor([[0.5], [-0.25], [0.125]]), tensor([0.0625])]);
  return model;
};

export const xs = matrix(10, 3);
export const ys = xs.map(([a, b, c]) => (a as number) - 2 * (b as number) + 0.5 * (c as number));
export const column = ys.map((y) => [y]);
export const close = (actual: readonly number[], expected: readonly number[], digits = 5): void => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i] as number, digits);
};
