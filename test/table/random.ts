/** @file Rows of random ops. */
import { randomBits, randomNormal, randomUniform, type Tensor, truncatedNormal } from "../../src/index.js";
import { sizeOf, type Values } from "../naive.js";
import { bitsOf, erfinv } from "../threefry.js";
import { addUp } from "./reduce.js";
import { type Row, range, type Sample } from "./row.js";

export const drawn = (shape: readonly number[], attributes: object): Sample => ({ inputs: [], attributes: { shape, seed: 7, ...attributes } });
/** x of the inverse distribution: 24 of the bits as an odd multiple of 2^-24 in (-1, 1). */
export const oddFraction = (bits: number): number => (2 * (bits >>> 8) + 1 - 2 ** 24) * 2 ** -24;

/** A random op: `f` makes a number of 32 bits. The seed is the key's first word. */
// biome-ignore lint/suspicious/noExplicitAny: as Sample
export function randomRow(attributes: object, call: (attributes: any) => Tensor, f: (bits: number, attributes: any) => number): Row {
  return {
    call: (_, given) => call(given),
    samples: [[0], [1], [3], [4], [5], [8], [17], [2, 3], [1024], [1027], [2, 3001]].map((shape) => drawn(shape, attributes)),
    oracle: (_, { shape, seed, ...given }) => ({ shape, data: bitsOf(sizeOf(shape), seed).map((bits) => f(bits, given)) }),
    // erfinv of single precision, a few units of it.
    atol: 1e-6,
    rtol: 1e-6,
    domains: [range(0, 1)],
    gradient: null,
    bench: { small: drawn([4], attributes), typical: drawn([128, 10], attributes), large: drawn([1 << 20], attributes) },
  };
}

export function expectMoments(y: Values, mean: number, deviation: number): void {
  const n = y.data.length;
  if (n < 1000) return;
  const values = Array.from(y.data);
  const average = addUp(values) / n;
  const spread = Math.sqrt(addUp(values.map((value) => (value - average) ** 2)) / n);
  // Four standard errors of each estimate.
  if (Math.abs(average - mean) > (4 * deviation) / Math.sqrt(n)) throw new Error(`mean ${average} is not near ${mean}`);
  if (Math.abs(spread - deviation) > (4 * deviation) / Math.sqrt(2 * n)) throw new Error(`deviation ${spread} is not near ${deviation}`);
}

export function expectWithin(y: Values, low: number, high: number): void {
  for (const value of Array.from(y.data)) if (!(value >= low && value < high)) throw new Error(`${value} is not in [${low}, ${high})`);
}

/** The row of each op that defineOp has defined, under the name it was defined with. */

export const randomRows: Record<string, Row> = {
  randomBits: {
    ...randomRow(
      {},
      (attributes) => randomBits(attributes.shape, attributes.seed),
      (bits) => bits,
    ),
    atol: 0,
    rtol: 0,
  },
  randomInt: {
    ...randomRow(
      { low: -3, high: 11 },
      ({ shape, low, high, seed }) => randomUniform(shape, low, high, "int32", seed),
      (bits, { low, high }) => low + Math.floor(((bits >>> 0) / 2 ** 32) * (high - low)),
    ),
    atol: 0,
    rtol: 0,
    check: (y, { low, high }) => expectWithin(y, low, high),
  },
  randomUniform: {
    ...randomRow(
      { low: 2, high: 5 },
      ({ shape, low, high, seed }) => randomUniform(shape, low, high, "float32", seed),
      (bits, { low, high }) => low + (high - low) * (bits >>> 8) * 2 ** -24,
    ),
    check: (y, { low, high }) => {
      expectWithin(y, low, high);
      expectMoments(y, (low + high) / 2, (high - low) / Math.sqrt(12));
    },
  },
  randomNormal: {
    ...randomRow(
      { mean: 3, deviation: 2 },
      ({ shape, mean: average, deviation, seed }) => randomNormal(shape, average, deviation, "float32", seed),
      (bits, { mean: average, deviation }) => average + deviation * Math.SQRT2 * erfinv(oddFraction(bits)),
    ),
    check: (y, { mean: average, deviation }) => expectMoments(y, average, deviation),
  },
  truncatedNormal: {
    ...randomRow(
      { mean: 3, deviation: 2 },
      ({ shape, mean: average, deviation, seed }) => truncatedNormal(shape, average, deviation, "float32", seed),
      // erf(sqrt(2)): the part of a normal distribution within two of its deviations.
      (bits, { mean: average, deviation }) => average + deviation * Math.SQRT2 * erfinv(oddFraction(bits) * 0.9544997361036416),
    ),
    check: (y, { mean: average, deviation }) => {
      expectWithin(y, average - 2 * deviation, average + 2 * deviation + 1e-6);
      // The deviation of a normal distribution cut at two of its own: 0.8796 of it.
      expectMoments(y, average, deviation * 0.87963);
    },
  },
};
