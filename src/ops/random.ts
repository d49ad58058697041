/** @file Random tensors: counter-based, the same numbers for one seed in every engine and for any number of threads. */
import { defineOp, engine, scratch } from "../engine/op.js";
import { nextOrdinal, randomState } from "../engine/random.js";
import type { DataType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { broadcastShapes, checkShape, resolveAxis, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { bitwiseAnd } from "./bitwise.js";
import { castTo, toFloat } from "./castTo.js";
import { less } from "./compare.js";
import { type TensorLike, toTensor } from "./convert.js";
import { tensor } from "./creation.js";
import { div, minimum, mul, sub } from "./elementwise.js";
import { searchSorted } from "./indexing.js";
import { round } from "./math.js";
import { broadcastTo, clone, reshape } from "./movement.js";
import { sum } from "./reduce.js";
import { gatherOp } from "./rows.js";
import { cumsum } from "./scan.js";
import { slice } from "./slices.js";
import { softmax } from "./softmax.js";

export { setSeed } from "../engine/random.js";

/** As TensorFlow.js: whole numbers are the nearest ones. */
const asType = (x: Tensor, dtype: DataType): Tensor => castTo(dtype === "int32" ? round(x) : x, dtype);

interface Range {
  shape: Shape;
  low: number;
  high: number;
}

/**
 * An op whose kernel draws numbers: those of a key tensor, where it is given one, depend on that alone; others on the global seed and the count
 * of draws.
 */
const defineDraw = <A extends { shape: Shape }>(
  name: string,
  dtype: "float32" | "int32",
  draw: (k: CoreKernels, y: Tensor, ordinal: number, state: Ref, attributes: A) => void,
): ((seed: Seed | null | undefined, attributes: A) => Tensor) => {
  const apply = defineOp<A>(name, {
    shape: (_, { shape }) => shape,
    dtype,
    run: (k, [key], y, attributes) => draw(k, y, key ? 0 : nextOrdinal(), key ?? randomState(), attributes),
    grad: null,
  });
  return (seed, attributes) => apply(seed == null ? [] : [typeof seed === "number" ? tensor([seed | 0, 0], [2], "int32") : seed], attributes);
};

const uniformOp = /* @__PURE__ */ defineDraw<Range>("randomUniform", "float32", (k, y, ordinal, state, { low, high }) =>
  k.randomUniform(y.size, ordinal, low, high, state, y),
);

const intOp = /* @__PURE__ */ defineDraw<Range>("randomInt", "int32", (k, y, ordinal, state, { low, high }) =>
  k.randomInt(y.size, ordinal, low, high, state, y),
);

const bitsOp = /* @__PURE__ */ defineDraw<{ shape: Shape }>("randomBits", "int32", (k, y, ordinal, state) => k.randomBits(y.size, ordinal, state, y));

interface Normal {
  shape: Shape;
  mean: number;
  deviation: number;
  /** Of deviations from the mean: 2, or infinite. */
  limit: number;
}

const normalOp = /* @__PURE__ */ defineDraw<Normal>("randomNormal", "float32", (k, y, ordinal, state, { mean, deviation, limit }) =>
  k.randomNormal(y.size, ordinal, mean, deviation, limit, state, y),
);

/** A number, or a key: int32 [2] of a seed and a count, which a plan reads at each run. */
export type Seed = number | Tensor;

/**
 * Uniform random numbers in [minval, maxval).
 * @param dtype float32 or int32
 * @param seed for numbers that do not depend on setSeed
 * @example
 * ```ts
 * import { randomUniform } from "engram";
 * const x = randomUniform([100], 2, 3).dataSync();
 * assert.ok(x.every((value) => value >= 2 && value < 3));
 * ```
 */
export function randomUniform(shape: Shape, minval = 0, maxval = 1, dtype: DataType = "float32", seed?: Seed | null): Tensor {
  checkShape("randomUniform", shape);
  if (!(minval <= maxval)) throw error("randomUniform", "minval must be <= maxval", `minval=${minval}, maxval=${maxval}`);
  if (dtype === "int32") return intOp(seed, { shape, low: Math.ceil(minval), high: Math.ceil(maxval) });
  return castTo(uniformOp(seed, { shape, low: minval, high: maxval }), dtype);
}

/** randomUniform of whole numbers in [minval, maxval), as int32. */
export const randomUniformInt = (shape: Shape, minval: number, maxval: number, seed?: number): Tensor => randomUniform(shape, minval, maxval, "int32", seed);

/** Normal random numbers of a mean and a standard deviation. */
export function randomNormal(shape: Shape, mean = 0, stdDev = 1, dtype: DataType = "float32", seed?: Seed | null): Tensor {
  return asType(normalOp(seed, { shape: checkShape("randomNormal", shape), mean, deviation: stdDev, limit: Number.POSITIVE_INFINITY }), dtype);
}

/** randomNormal of mean 0 and standard deviation 1. */
export const randomStandardNormal = (shape: Shape, dtype: DataType = "float32", seed?: number): Tensor => randomNormal(shape, 0, 1, dtype, seed);

/** Normal random numbers within two standard deviations of the mean. */
export function truncatedNormal(shape: Shape, mean = 0, stdDev = 1, dtype: DataType = "float32", seed?: number | null): Tensor {
  return asType(normalOp(seed, { shape: checkShape("truncatedNormal", shape), mean, deviation: stdDev, limit: 2 }), dtype);
}

const gammaOp = /* @__PURE__ */ defineDraw<{ shape: Shape; alpha: number; scale: number }>("randomGamma", "float32", (k, y, ordinal, state, { alpha, scale }) =>
  k.randomGamma(y.size, ordinal, alpha, scale, state, y),
);

/**
 * Random numbers of the gamma distribution, whose density is proportional to x^(alpha - 1) e^(-beta x).
 * @param alpha the shape of the distribution, above 0
 * @param beta the inverse of its scale, above 0
 * @param seed for numbers that do not depend on setSeed
 * @throws when alpha or beta is not above 0
 * @example
 * ```ts
 * import { mean, randomGamma } from "engram";
 * assert.ok(Math.abs(mean(randomGamma([10000], 3, 2, "float32", 1)).item() - 3 / 2) < 0.05);
 * ```
 */
export function randomGamma(shape: Shape, alpha: number, beta = 1, dtype: DataType = "float32", seed?: number): Tensor {
  if (!(alpha > 0 && beta > 0)) throw error("randomGamma", "alpha and beta must be > 0", `alpha=${alpha}, beta=${beta}`);
  return asType(gammaOp(seed, { shape: checkShape("randomGamma", shape), alpha, scale: 1 / beta }), dtype);
}

/** 32 random bits an element, as int32. */
export function randomBits(shape: Shape, seed?: number): Tensor {
  return bitsOp(seed, { shape: checkShape("randomBits", shape) });
}

/**
 * What a function of one's own returns, called once for each element. Not inside `compile`, which does not repeat its calls.
 * @example
 * ```ts
 * import { rand } from "engram";
 * let next = 0;
 * assert.deepEqual(rand([3], () => next++).arraySync(), [0, 1, 2]);
 * ```
 */
export function rand(shape: Shape, randFunction: () => number, dtype: DataType = "float32"): Tensor {
  if (engine.tracer !== null) throw error("rand", "a plan cannot call a function again", "a call inside compile", "use randomUniform.");
  return tensor(Array.from({ length: sizeOf(checkShape("rand", shape)) }, randFunction), shape, dtype);
}

// ---- choices ----

/**
 * 1 with a probability, else 0.
 * @param probability one for all elements, or values that broadcast to the shape
 * @example
 * ```ts
 * import { bernoulli } from "engram";
 * assert.deepEqual(bernoulli([2, 2], [0, 1]).arraySync(), [[0, 1], [0, 1]]);
 * ```
 */
export function bernoulli(shape: Shape, probability: TensorLike = 0.5, dtype: DataType = "float32", seed?: Seed): Tensor {
  return castTo(less(randomUniform(shape, 0, 1, "float32", seed), broadcastTo(probability, shape)), dtype);
}

/** Weights are whole numbers that add up to about this, so that their running sums are exact: what has none is never drawn. */
const WEIGHTS = 2 ** 30;

/**
 * Outcomes drawn with replacement, each row with its own probabilities, exact to 2^-30.
 * @param logits logarithms of what the probabilities are proportional to: [outcomes] or [batch, outcomes]
 * @param seed for numbers that do not depend on setSeed
 * @param normalized logits are the probabilities themselves
 * @returns int32 [numSamples] or [batch, numSamples]
 * @throws when there are fewer than two outcomes, or logits have other axes
 * @example
 * ```ts
 * import { multinomial } from "engram";
 * assert.deepEqual(multinomial([0, 1, 0], 3, 7, true).arraySync(), [1, 1, 1]);
 * ```
 */
export function multinomial(logits: TensorLike, numSamples: number, seed?: number, normalized = false): Tensor {
  const input = toFloat("multinomial", "logits", logits);
  const outcomes = input.shape.at(-1) ?? 0;
  if (input.rank < 1 || input.rank > 2 || outcomes < 2)
    throw error("multinomial", "logits must be [outcomes] or [batch, outcomes] with two outcomes or more", `shape [${input.shape}]`);
  checkShape("multinomial", [numSamples]);
  const rows = reshape(input, [-1, outcomes]);
  const parts = normalized ? div(rows, sum(rows, 1, true)) : softmax(rows);
  const totals = cumsum(castTo(round(mul(parts, WEIGHTS)), "int32"), 1);
  const batch = rows.shape[0] as number;
  const last = sub(slice(totals, [0, outcomes - 1]), 1);
  const drawn = minimum(bitwiseAnd(randomBits([batch, numSamples], seed), WEIGHTS - 1), last);
  return reshape(searchSorted(totals, drawn, "right"), [...input.shape.slice(0, -1), numSamples]);
}

const permutationOp = /* @__PURE__ */ defineDraw<{ shape: Shape }>("randomPermutation", "int32", (k, y, ordinal, state) => {
  const bits = scratch(y.size * 4);
  k.randomBits(y.size, ordinal, state, bits);
  k.permutation(y.size, bits, y);
});

/**
 * The whole numbers 0 to n - 1 in random order.
 * @returns int32 [n]
 * @example
 * ```ts
 * import { randomPermutation } from "engram";
 * assert.deepEqual(randomPermutation(4).arraySync().sort(), [0, 1, 2, 3]);
 * ```
 */
export function randomPermutation(n: number, seed?: number): Tensor {
  return permutationOp(seed, { shape: checkShape("randomPermutation", [n]) });
}

/** x with its slices along an axis in random order. */
export function randomShuffle(x: TensorLike, axis = 0, seed?: number): Tensor {
  const input = toTensor("randomShuffle", "x", x);
  const along = resolveAxis("randomShuffle", axis, input.shape);
  return gatherOp([input, randomPermutation(input.shape[along] as number, seed)], { axis: along, batchDims: 0 });
}

// ---- dropout ----

const maskOp = /* @__PURE__ */ defineDraw<{ shape: Shape; keep: number }>("dropoutMask", "float32", (k, y, ordinal, state, { keep }) =>
  k.randomMask(y.size, ordinal, keep, 1 / keep, state, y),
);

/**
 * x with a share of its elements made 0 and the others divided by 1 - rate, so that means stay. A plan draws anew in every run.
 * @param rate the probability of 0, in [0, 1)
 * @param noiseShape where it has size 1 (or null for x's size), elements along that axis are dropped together
 * @param seed for a mask that does not depend on setSeed
 * @throws when x is not float32, rate is outside, or noiseShape does not broadcast to x's shape
 * @example
 * ```ts
 * import { dropout } from "engram";
 * const y = dropout([1, 1, 1, 1], 0.5).dataSync();
 * assert.ok(y.every((value) => value === 0 || value === 2));
 * ```
 */
export function dropout(x: TensorLike, rate: number, noiseShape?: readonly (number | null)[], seed?: Seed): Tensor {
  const input = toTensor("dropout", "x", x);
  if (input.dtype !== "float32") throw error("dropout", "x must be float32", `dtype ${input.dtype}`);
  if (!(rate >= 0 && rate < 1)) throw error("dropout", "rate must be in [0, 1)", `rate=${rate}`);
  const shape = (noiseShape ?? input.shape).map((size, i) => size ?? (input.shape[i] as number));
  if (!sameShape(broadcastShapes("dropout", input.shape, shape), input.shape))
    throw error("dropout", "noiseShape must broadcast to x's shape", `noiseShape=[${noiseShape}] for x of shape [${input.shape}]`);
  return rate === 0 ? clone(input) : mul(input, maskOp(seed, { shape, keep: 1 - rate }));
}
