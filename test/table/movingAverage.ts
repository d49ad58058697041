/** @file The row of moving averages. */
import { movingAverage, type Tensor } from "../../src/index.js";
import { zip } from "../naive.js";
import { type Row, range, type Sample } from "./row.js";

interface Attributes {
  decay: number;
  step?: number;
}

const of = (shape: readonly number[], attributes: Attributes, other = shape): Sample => ({ inputs: [{ shape }, { shape: other }], attributes });
const samples = [
  of([], { decay: 0.5 }),
  of([7], { decay: 0.9, step: 1 }),
  of([3, 5], { decay: 0.99, step: 4 }),
  of([2, 3, 2, 5], { decay: 0.75 }, [3, 1, 1]),
  of([2, 1, 2, 1, 33], { decay: 0 }),
  of([0, 3], { decay: 0.5, step: 2 }),
];

export const movingAverageRows: Record<string, Row> = {
  movingAverage: {
    call: ([v, x], { decay, step }: Attributes) => movingAverage(v as Tensor, x as Tensor, decay, step, step !== undefined),
    samples,
    oracle: ([v, x], { decay, step }: Attributes) => {
      const share = (1 - decay) / (step === undefined ? 1 : 1 - decay ** step);
      const y = zip(v, x, (a, b) => a + (b - a) * share);
      return { ...y, magnitude: zip(v, x, (a, b) => Math.abs(a) + (Math.abs(a) + Math.abs(b)) * share).data };
    },
    atol: 1e-7,
    rtol: 2e-6,
    domains: [range(-2, 2)],
    gradient: { samples: samples.slice(0, 5) },
    bench: { small: of([1000], { decay: 0.9 }), typical: of([100_000], { decay: 0.9 }), large: of([1_000_000], { decay: 0.9 }) },
  },
};
