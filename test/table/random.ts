/** @file Rows of random ops. */
import {
  bernoulli,
  dropout,
  multinomial,
  randomBits,
  randomGamma,
  randomNormal,
  randomPermutation,
  randomShuffle,
  randomStandardNormal,
  randomUniform,
  randomUniformInt,
  type Tensor,
  tensor,
  truncatedNormal,
} from "../../src/index.js";
import { type Expected, sizeOf, type Values, zip } from "../naive.js";
import { gatherOf } from "../naiveIndexing.js";
import { bitsOf, erfinv, threefry } from "../threefry.js";
import { addUp } from "./reduce.js";
import { defined, type Row, range, type Sample } from "./row.js";

export const drawn = (shape: readonly number[], attributes: object): Sample => ({ inputs: [], attributes: { shape, seed: 7, ...attributes } });
/**
 * A standard normal number of 32 bits: a sign, and t = 1 - |x| of sqrt(2) erfinv(x) as the middle of one of 2^31 steps; erf(sqrt(2))
 * of it where only |z| <= 2 is wanted.
 */
export function normalOf(bits: number, isBounded: boolean): number {
  const t = ((bits & 0x7fffffff) + 0.5) * 2 ** -31;
  const part = isBounded ? 0.9544997361036416 : 1;
  return (bits < 0 ? -1 : 1) * Math.SQRT2 * erfinv((1 - t) * part, 1 - part + t * part);
}

/** A random op: `f` makes a number of the 32 bits of an element. The seed is the key's first word. */
// biome-ignore lint/suspicious/noExplicitAny: as Sample
export function randomRow(attributes: object, call: (attributes: any) => Tensor, f: (bits: number, attributes: any, element: number) => number): Row {
  return {
    call: (_, given) => call(given),
    samples: [[0], [1], [3], [4], [5], [8], [17], [2, 3], [1024], [1027], [2, 3001]].map((shape) => drawn(shape, attributes)),
    oracle: (_, { shape, seed, ...given }) => {
      const data = bitsOf(sizeOf(shape), seed).map((bits, e) => f(bits, given, e));
      // What is added to a mean is as inexact as it is large.
      return { shape, data, magnitude: data.map((value) => Math.abs(given.mean ?? 0) + Math.abs(value - (given.mean ?? 0))) };
    },
    atol: 1e-6,
    rtol: 1e-6,
    domains: [range(0, 1)],
    gradient: null,
    bench: { small: drawn([4], attributes), typical: drawn([128, 10], attributes), large: drawn([1 << 20], attributes) },
  };
}

const exact = { atol: 0, rtol: 0 };

/** A gamma number by Marsaglia and Tsang's method from the counters (element, 1), (element, 2), ... */
export function gammaOf(element: number, seed: number, alpha: number): number {
  const uniform = (bits: number): number => ((bits >>> 0) + 0.5) * 2 ** -32;
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const power = alpha < 1 ? uniform(threefry([element, 0], [seed, 0])[0]) ** (1 / alpha) : 1;
  for (let attempt = 1; ; attempt++) {
    const [first, second] = threefry([element, attempt], [seed, 0]);
    const x = normalOf(first, false);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform(second)) < x * x * 0.5 + d * (1 - v + Math.log(v))) return d * v * power;
  }
}

/** 0 to n - 1, each exchanged with one before it that its bits choose, from the last on. */
export function permutationOf(n: number, seed: number): number[] {
  const bits = bitsOf(n, seed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(((bits[i] as number) >>> 0) * 2 ** -32 * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

export function expectMoments(y: Values, mean: number, deviation: number, errors = 4): void {
  const n = y.data.length;
  if (n < 1000) return;
  const values = Array.from(y.data);
  const average = addUp(values) / n;
  const spread = Math.sqrt(addUp(values.map((value) => (value - average) ** 2)) / n);
  // Standard errors of each estimate.
  if (Math.abs(average - mean) > (errors * deviation) / Math.sqrt(n)) throw new Error(`mean ${average} is not near ${mean}`);
  if (Math.abs(spread - deviation) > (errors * deviation) / Math.sqrt(2 * n)) throw new Error(`deviation ${spread} is not near ${deviation}`);
}

export function expectWithin(y: Values, low: number, high: number): void {
  for (const value of Array.from(y.data)) if (!(value >= low && value < high)) throw new Error(`${value} is not in [${low}, ${high})`);
}

const gammas: Row = {
  ...randomRow(
    { alpha: 2.5, beta: 0.5 },
    ({ shape, alpha, beta, seed }) => randomGamma(shape, alpha, beta, "float32", seed),
    () => 0,
  ),
  samples: [0.1, 0.9, 1, 2.5, 1000].flatMap((alpha) => [[0], [3], [17], [1000]].map((shape) => drawn(shape, { alpha, beta: 0.5 }))),
  oracle: (_, { shape, alpha, beta, seed }) => ({ shape, data: Array.from({ length: sizeOf(shape) }, (_, e) => gammaOf(e, seed, alpha) / beta) }),
  check: (y, { alpha, beta }) => expectMoments(y, alpha / beta, Math.sqrt(alpha) / beta, alpha < 1 ? 8 : 4),
  // A small root 1 + c x is cubed, and a power of 1 / alpha multiplies the error of a logarithm.
  rtol: 1e-5,
};

const shuffled = (shape: readonly number[], axis: number): Sample => ({ inputs: [{ shape }], attributes: { axis, seed: 7 } });
const dropped = (shape: readonly number[], noiseShape?: (number | null)[], rate = 0.3): Sample => ({
  inputs: [{ shape }],
  attributes: { rate, noiseShape, seed: 7 },
});
const maskOf = (shape: readonly number[], seed: number, keep: number): Values => ({
  shape,
  dtype: "float32",
  data: bitsOf(sizeOf(shape), seed).map((bits) => ((bits >>> 8) * 2 ** -24 < Math.fround(keep) ? 1 / keep : 0)),
});

const chances = (shape: readonly number[], numSamples: number, normalized = false): Sample => ({
  inputs: [{ shape, domain: normalized ? [0, 3, 0, 1, 0.5, 0, 0] : range(-3, 3) }],
  attributes: { numSamples, normalized, seed: 7 },
});

/** The first outcome whose share, added to those before it, is above a number of 30 bits. */
function multinomialOf({ shape, data }: Values, numSamples: number, seed: number, normalized: boolean): Expected {
  const outcomes = shape.at(-1) as number;
  const batch = shape.slice(0, -1);
  const drawn = bitsOf(sizeOf(batch) * numSamples, seed).map((bits, i) => {
    const row = Array.from({ length: outcomes }, (_, j) => data[Math.floor(i / numSamples) * outcomes + j] as number);
    const parts = normalized ? row : row.map(Math.exp);
    let left = (bits & (2 ** 30 - 1)) * 2 ** -30 * parts.reduce((a, b) => a + b);
    return parts.findIndex((part) => {
      left -= part;
      return left < 0;
    });
  });
  return { shape: [...batch, numSamples], data: drawn };
}

const distributionRows: Record<string, Row> = {
  randomGamma: gammas,
  bernoulli: {
    ...randomRow(
      {},
      ({ shape, seed }) => bernoulli(shape, 0.3, "float32", seed),
      (bits) => Number((bits >>> 8) * 2 ** -24 < 0.3),
    ),
    ...exact,
    check: (y) => expectMoments(y, 0.3, Math.sqrt(0.3 * 0.7)),
  },
  randomPermutation: {
    ...randomRow(
      {},
      ({ shape, seed }) => randomPermutation(shape[0], seed),
      () => 0,
    ),
    samples: [0, 1, 2, 5, 8, 17, 1027].map((n) => drawn([n], {})),
    oracle: (_, { shape, seed }) => ({ shape, data: permutationOf(shape[0], seed) }),
    ...exact,
    bench: { small: drawn([4], {}), typical: drawn([1280], {}), large: drawn([1 << 20], {}) },
  },
  randomShuffle: {
    call: ([x], { axis, seed }) => randomShuffle(x as Tensor, axis, seed),
    samples: [shuffled([7], 0), shuffled([5, 3], 0), shuffled([3, 17], 1), shuffled([2, 3, 4], -1), shuffled([0, 2], 0)],
    oracle: ([x], { axis, seed }) => {
      const { shape } = x as Values;
      const n = shape.at(axis) as number;
      return gatherOf(x as Values, { shape: [n], dtype: "int32", data: permutationOf(n, seed) }, axis);
    },
    ...exact,
    domains: [range(-9, 9)],
    gradient: { samples: [shuffled([4, 2], 0)] },
    bench: { small: shuffled([4], 0), typical: shuffled([128, 10], 0), large: shuffled([1024, 1024], 0) },
  },
  multinomial: {
    call: ([logits], { numSamples, seed, normalized }) => multinomial(logits as Tensor, numSamples, seed, normalized),
    samples: [
      chances([2], 9),
      chances([17], 130),
      chances([3, 5], 33),
      chances([2, 1000], 100),
      chances([7], 50, true),
      chances([4, 14], 20, true),
      chances([0, 3], 2),
      chances([3], 0),
    ],
    oracle: ([logits], { numSamples, seed, normalized }) => multinomialOf(logits as Values, numSamples, seed, normalized),
    ...exact,
    domains: [range(-3, 3)],
    gradient: null,
    bench: { small: chances([4], 4), typical: chances([32, 128], 16), large: chances([32, 32768], 32) },
  },
  dropoutMask: {
    ...randomRow(
      { keep: 0.7 },
      ({ shape, keep, seed }) => defined("dropoutMask")([tensor([seed, 0], [2], "int32")], { shape, keep }),
      () => 0,
    ),
    oracle: (_, { shape, keep, seed }) => maskOf(shape, seed, keep),
    check: (y, { keep }) => expectMoments(y, 1, Math.sqrt((1 - keep) / keep)),
  },
  dropout: {
    call: ([x], { rate, noiseShape, seed }) => dropout(x as Tensor, rate, noiseShape, seed),
    samples: [
      dropped([]),
      dropped([5]),
      dropped([3, 17]),
      dropped([4, 5], [4, 1]),
      dropped([4, 5, 3], [null, 1, null]),
      dropped([4, 5, 3], [3]),
      dropped([9], undefined, 0),
      dropped([0, 3]),
      dropped([1031], undefined, 0.9),
    ],
    oracle: ([x], { rate, noiseShape, seed }) => {
      const { shape } = x as Values;
      const sizes = ((noiseShape ?? shape) as (number | null)[]).map((size, i) => size ?? (shape[i] as number));
      return zip(x as Values, maskOf(sizes, seed, 1 - rate), (a, b) => a * b);
    },
    atol: 0,
    rtol: 2e-7,
    domains: [range(-9, 9)],
    gradient: { samples: [dropped([7]), dropped([3, 4], [3, 1])] },
    bench: { small: dropped([4]), typical: dropped([32, 128]), large: dropped([1 << 20]) },
  },
};

export const randomRows: Record<string, Row> = {
  randomBits: {
    ...randomRow(
      {},
      (attributes) => randomBits(attributes.shape, attributes.seed),
      (bits) => bits,
    ),
    ...exact,
  },
  randomInt: {
    ...randomRow(
      { low: -3, high: 11 },
      ({ shape, low, high, seed }) => randomUniform(shape, low, high, "int32", seed),
      (bits, { low, high }) => low + Math.floor(((bits >>> 0) / 2 ** 32) * (high - low)),
    ),
    ...exact,
    check: (y, { low, high }) => expectWithin(y, low, high),
  },
  randomUniformInt: {
    ...randomRow(
      { low: -(2 ** 31), high: 2 ** 31 - 1 },
      ({ shape, low, high, seed }) => randomUniformInt(shape, low, high, seed),
      (bits, { low, high }) => low + Math.floor(((bits >>> 0) / 2 ** 32) * (high - low)),
    ),
    ...exact,
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
      (bits, { mean: average, deviation }) => average + deviation * normalOf(bits, false),
    ),
    check: (y, { mean: average, deviation }) => expectMoments(y, average, deviation),
  },
  truncatedNormal: {
    ...randomRow(
      { mean: 3, deviation: 2 },
      ({ shape, mean: average, deviation, seed }) => truncatedNormal(shape, average, deviation, "float32", seed),
      (bits, { mean: average, deviation }) => average + deviation * normalOf(bits, true),
    ),
    check: (y, { mean: average, deviation }) => {
      expectWithin(y, average - 2 * deviation, average + 2 * deviation + 1e-6);
      // The deviation of a normal distribution cut at two of its own: 0.8796 of it.
      expectMoments(y, average, deviation * 0.87963);
    },
  },
  randomStandardNormal: randomRow(
    {},
    ({ shape, seed }) => randomStandardNormal(shape, "float32", seed),
    (bits) => normalOf(bits, false),
  ),
  ...distributionRows,
};
