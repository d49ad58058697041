/** @file Random ops: the shapes of their distributions at fixed seeds, fresh draws in plans, gradients of dropout, errors. */
import { describe, expect, test } from "vitest";
import {
  bernoulli,
  compile,
  dropout,
  grad,
  multinomial,
  rand,
  randomBits,
  randomGamma,
  randomNormal,
  randomPermutation,
  randomShuffle,
  randomUniform,
  randomUniformInt,
  setSeed,
  sum,
  type Tensor,
  tensor,
  truncatedNormal,
  zeros,
} from "../src/index.js";

const N = 200_000;
const values = (x: Tensor): number[] => Array.from(x.dataSync());
const moment = (xs: readonly number[], power: number, centre = 0): number => xs.reduce((total, x) => total + (x - centre) ** power, 0) / xs.length;

/** Kolmogorov's distance of a sample from a distribution, times the root of its size: above 1.95 once in a thousand times. */
function distance(sample: readonly number[], distribution: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  let most = 0;
  sorted.forEach((x, i) => {
    const p = distribution(x);
    most = Math.max(most, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return most * Math.sqrt(sorted.length);
}

/** Standard deviations that chi-squared is above its mean. */
function surprise(counts: readonly number[], expected: readonly number[]): number {
  const squared = counts.reduce((total, count, i) => total + (count - (expected[i] as number)) ** 2 / (expected[i] as number), 0);
  return (squared - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

/** The normal distribution function, to 1e-7 (Abramowitz and Stegun 7.1.26). */
function normalDistribution(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp((-z * z) / 2);
  return z > 0 ? 1 - tail / 2 : tail / 2;
}

const LIKELY = 1.95;

describe("distributions", () => {
  test("bits are 0 and 1 alike, in every place and whatever their neighbours are", () => {
    const bits = randomBits([N], 1).dataSync<"int32">();
    for (let place = 0; place < 32; place++) {
      let ones = 0;
      let changes = 0;
      bits.forEach((word, i) => {
        ones += (word >>> place) & 1;
        changes += ((word ^ (bits[i ^ 1] as number)) >>> place) & 1;
      });
      expect(Math.abs(ones - N / 2) / Math.sqrt(N / 4)).toBeLessThan(4);
      expect(Math.abs(changes - N / 2) / Math.sqrt(N / 2)).toBeLessThan(4);
    }
  });

  test("streams of two seeds, and of two draws of one, have nothing in common", () => {
    setSeed(3);
    const streams = [randomUniform([N]), randomUniform([N]), randomUniform([N], 0, 1, "float32", 4), randomUniform([N], 0, 1, "float32", 5)].map(values);
    for (const [i, a] of streams.entries()) {
      for (const b of streams.slice(i + 1)) {
        const covariance = a.reduce((total, x, k) => total + (x - 0.5) * ((b[k] as number) - 0.5), 0) / N;
        expect(Math.abs(covariance * 12 * Math.sqrt(N))).toBeLessThan(4);
      }
    }
  });

  test("uniform numbers, and neighbours of them", () => {
    const sample = values(randomUniform([N], 0, 1, "float32", 2));
    expect(distance(sample, (x) => x)).toBeLessThan(LIKELY);
    const counts = new Array<number>(400).fill(0);
    for (let i = 0; i < N; i += 2) counts[Math.floor((sample[i] as number) * 20) * 20 + Math.floor((sample[i + 1] as number) * 20)]++;
    expect(Math.abs(surprise(counts, new Array(400).fill(N / 800)))).toBeLessThan(4);
  });

  test("whole numbers of a small and of the largest range", () => {
    const counts = new Array<number>(7).fill(0);
    for (const value of values(randomUniformInt([N], -3, 4, 3))) counts[value + 3]++;
    expect(Math.abs(surprise(counts, new Array(7).fill(N / 7)))).toBeLessThan(4);
    const wide = values(randomUniformInt([N], -(2 ** 31), 2 ** 31 - 1, 4)).map((value) => value / 2 ** 32 + 0.5);
    expect(distance(wide, (x) => x)).toBeLessThan(LIKELY);
  });

  test("normal numbers", () => {
    const sample = values(randomNormal([N], 0, 1, "float32", 5));
    expect(distance(sample, normalDistribution)).toBeLessThan(LIKELY);
    expect(Math.abs(moment(sample, 3))).toBeLessThan(4 * Math.sqrt(15 / N));
    expect(Math.abs(moment(sample, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / N));
  });

  test("normal numbers go beyond five deviations, as often as they should, on both sides", () => {
    // 4 M numbers: 2.3 beyond 5, 253 beyond 4.
    let [beyond4, above, largest] = [0, 0, 0];
    for (let seed = 0; seed < 4; seed++) {
      for (const z of randomNormal([1 << 20], 0, 1, "float32", seed).dataSync()) {
        if (Math.abs(z) > 4) beyond4++;
        if (z > 4) above++;
        largest = Math.max(largest, Math.abs(z));
      }
    }
    expect(Math.abs(beyond4 - 265.7)).toBeLessThan(4 * Math.sqrt(265.7));
    expect(Math.abs(above - 132.9)).toBeLessThan(4 * Math.sqrt(132.9));
    expect(largest).toBeGreaterThan(4.8);
    expect(largest).toBeLessThan(6.4);
  });

  test("truncated normal numbers", () => {
    const inside = normalDistribution(2) - normalDistribution(-2);
    const sample = values(truncatedNormal([N], 0, 1, "float32", 6));
    expect(distance(sample, (z) => (normalDistribution(z) - normalDistribution(-2)) / inside)).toBeLessThan(LIKELY);
    expect(sample.every((z) => Math.abs(z) <= 2)).toBe(true);
  });

  test("gamma numbers", () => {
    // Of shape 1 they are exponential, of shape 2 the sum of two such, of shape 1/2 half a square of a normal one.
    const ofShape = (alpha: number, beta = 1): number[] => values(randomGamma([N], alpha, beta, "float32", 7));
    expect(distance(ofShape(1), (x) => 1 - Math.exp(-x))).toBeLessThan(LIKELY);
    expect(distance(ofShape(2, 3), (x) => 1 - Math.exp(-3 * x) * (1 + 3 * x))).toBeLessThan(LIKELY);
    expect(distance(ofShape(0.5), (x) => 2 * normalDistribution(Math.sqrt(2 * x)) - 1)).toBeLessThan(LIKELY);
    for (const alpha of [0.2, 7, 500]) {
      const sample = ofShape(alpha);
      expect(Math.abs(moment(sample, 1) - alpha)).toBeLessThan(4 * Math.sqrt(alpha / N));
      const variance = moment(sample, 2, alpha);
      expect(Math.abs(variance - alpha)).toBeLessThan(4 * Math.sqrt((2 * alpha * alpha + 6 * alpha) / N));
    }
  });

  test("all orders of four things", () => {
    setSeed(8);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = String(randomPermutation(4).dataSync());
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(surprise([...counts.values()], new Array(24).fill(1000)))).toBeLessThan(4);
  });

  test("outcomes of many chances, and none of those that have no chance", () => {
    const weights = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 0 : 1 + (i % 7)));
    const total = weights.reduce((a, b) => a + b);
    const count = (drawn: Tensor): number[] => {
      const counts = new Array<number>(300).fill(0);
      for (const outcome of values(drawn)) counts[outcome]++;
      return counts.filter((_, i) => weights[i] !== 0 || counts[i] !== 0);
    };
    const expected = Array.from(
      weights.filter((weight) => weight !== 0),
      (weight) => (weight / total) * N,
    );
    expect(Math.abs(surprise(count(multinomial(weights, N, 15, true)), expected))).toBeLessThan(4);
    expect(Math.abs(surprise(count(multinomial(tensor(weights).log(), N, 16)), expected))).toBeLessThan(4);
    const sure = multinomial(
      [
        [0, 0, 1, 0],
        [0, 1, 0, 2],
      ],
      N,
      17,
      true,
    );
    expect(sure.shape).toEqual([2, N]);
    expect([...new Set(values(sure.slice([0, 0], [1, N])))]).toEqual([2]);
    expect([...new Set(values(sure.slice([1, 0], [1, N])))].sort()).toEqual([1, 3]);
  });

  test("bernoulli with a probability for each element", () => {
    const y = bernoulli([N, 3], [0.1, 0.5, 1], "int32", 9);
    expect(y.dtype).toBe("int32");
    const shares = [...sum(y, 0).dataSync()].map((count) => count / N);
    expect(shares[0]).toBeCloseTo(0.1, 2);
    expect(shares[1]).toBeCloseTo(0.5, 2);
    expect(shares[2]).toBe(1);
  });
});

describe("in plans", () => {
  const draws: [string, () => Tensor][] = [
    ["gamma", () => randomGamma([9], 0.5)],
    ["permutation", () => randomPermutation(9)],
    ["shuffle", () => randomShuffle(tensor([1, 2, 3, 4, 5, 6, 7, 8, 9]))],
    ["bernoulli", () => bernoulli([40], 0.5)],
    ["dropout", () => dropout(tensor(new Float32Array(40).fill(1)), 0.5)],
    ["whole numbers", () => randomUniformInt([9], 0, 1000)],
    ["outcomes", () => multinomial([1, 2, 3, 4], 20)],
  ];
  test.each(draws)("%s draws anew in every run, what eager draws", (_, draw) => {
    setSeed(11);
    const expected = [values(draw()), values(draw()), values(draw())];
    const f = compile(draw);
    setSeed(11);
    expect([values(f()), values(f()), values(f())]).toEqual(expected);
    expect(expected[0]).not.toEqual(expected[1]);
  });

  test("the gradient of dropout has the mask of its forward run", () => {
    const slope = grad((x: Tensor) => sum(dropout(x, 0.5).square()));
    const x = tensor(new Float32Array(64).fill(1));
    const f = compile((t: Tensor) => slope(t));
    setSeed(12);
    const eager = values(slope(x));
    // 2 x mask^2: 0 or 8.
    expect(new Set(eager)).toEqual(new Set([0, 8]));
    setSeed(12);
    expect(values(f(x))).toEqual(eager);
    expect(values(f(x))).not.toEqual(eager);
  });
});

test("dropout keeps the mean and drops whole rows of a noise shape", () => {
  const y = dropout(zeros([50, 40]).add(1), 0.25, [null, 1], 3);
  const rows = y.arraySync() as number[][];
  for (const row of rows) expect(new Set(row).size).toBe(1);
  const kept = rows.filter((row) => row[0] !== 0);
  expect(kept[0]?.[0]).toBeCloseTo(4 / 3, 6);
  expect(kept.length).toBeGreaterThan(25);
  expect(kept.length).toBeLessThan(50);
  expect(dropout([1, 2], 0).arraySync()).toEqual([1, 2]);
});

test("shuffled slices are the same slices", () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const columns = randomShuffle(x, 1, 5).arraySync() as number[][];
  expect((columns[0] as number[]).map((value) => value + 3)).toEqual(columns[1]);
  expect([...(columns[0] as number[])].sort()).toEqual([1, 2, 3]);
  expect(randomShuffle(tensor([1, 2, 3], [3], "int32")).dtype).toBe("int32");
});

test("numbers as int32 are rounded to nearest, as TensorFlow.js does", () => {
  const exact = values(randomNormal([100], 0, 10, "float32", 3));
  expect(values(randomNormal([100], 0, 10, "int32", 3))).toEqual(exact.map((value) => Math.round(value) + 0));
  expect(randomGamma([3], 2, 2, "int32").dtype).toBe("int32");
});

test("rand calls the function for every element", () => {
  let next = 0;
  const y = rand([2, 2], () => next++ / 2, "int32");
  expect([y.dtype, y.arraySync()]).toEqual([
    "int32",
    [
      [0, 0],
      [1, 1],
    ],
  ]);
  expect(() => compile(() => rand([2], Math.random))()).toThrow("rand: a plan cannot call a function again");
});

const refused: [string, () => unknown, RegExp][] = [
  ["a shape of nothing", () => randomGamma([2], 0), /randomGamma: alpha and beta must be > 0/],
  ["a negative scale", () => randomGamma([2], 1, -1), /randomGamma: alpha and beta must be > 0/],
  ["part of an order", () => randomPermutation(1.5), /randomPermutation: shape must be whole numbers/],
  ["a rate of 1", () => dropout([1], 1), /dropout: rate must be in \[0, 1\)/],
  ["whole numbers", () => dropout(tensor([1], [1], "int32"), 0.5), /dropout: x must be float32/],
  ["a noise shape that does not fit", () => dropout([1, 2], 0.5, [3, 2]), /dropout: noiseShape must broadcast to x's shape/],
  ["a single outcome", () => multinomial([1], 3), /multinomial: logits must be \[outcomes\] or/],
  ["outcomes of a third axis", () => multinomial([[[1, 2]]], 3), /multinomial: logits must be/],
  ["part of a sample", () => multinomial([1, 2], 1.5), /multinomial: shape must be whole/],
  ["an axis too many", () => randomShuffle([1, 2], 1), /randomShuffle: axis must be in/],
];
test.each(refused)("refused: %s", (_, call, message) => {
  expect(call).toThrow(message);
});
