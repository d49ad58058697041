/** @file Random tensors: counter-based, the same numbers for one seed in every engine and for any number of threads. */
import { defineOp } from "../engine/op.js";
import { nextOrdinal, randomState } from "../engine/random.js";
import type { DataType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { tensor } from "./creation.js";

export { setSeed } from "../engine/random.js";

interface Range {
  shape: Shape;
  low: number;
  high: number;
}

const shapeOf = (_: readonly Tensor[], { shape }: { shape: Shape }): Shape => shape;

/** With a key tensor the numbers depend on it alone; without one on the global seed and the count of draws. */
const stateOf = (inputs: readonly Tensor[]): { ordinal: number; state: Tensor | ReturnType<typeof randomState> } =>
  inputs[0] === undefined ? { ordinal: nextOrdinal(), state: randomState() } : { ordinal: 0, state: inputs[0] };

const uniformOp = /* @__PURE__ */ defineOp<Range>("randomUniform", {
  shape: shapeOf,
  dtype: "float32",
  run: (k, inputs, y, { low, high }) => {
    const { ordinal, state } = stateOf(inputs);
    k.randomUniform(y.size, ordinal, low, high, state, y);
  },
  grad: null,
});

const intOp = /* @__PURE__ */ defineOp<Range>("randomInt", {
  shape: shapeOf,
  dtype: "int32",
  run: (k, inputs, y, { low, high }) => {
    const { ordinal, state } = stateOf(inputs);
    k.randomInt(y.size, ordinal, low, high, state, y);
  },
  grad: null,
});

const bitsOp = /* @__PURE__ */ defineOp<{ shape: Shape }>("randomBits", {
  shape: shapeOf,
  dtype: "int32",
  run: (k, inputs, y) => {
    const { ordinal, state } = stateOf(inputs);
    k.randomBits(y.size, ordinal, state, y);
  },
  grad: null,
});

interface Normal {
  shape: Shape;
  mean: number;
  deviation: number;
}

const normalOp = /* @__PURE__ */ defineOp<Normal>("randomNormal", {
  shape: shapeOf,
  dtype: "float32",
  run: (k, inputs, y, { mean, deviation }) => {
    const { ordinal, state } = stateOf(inputs);
    k.randomNormal(y.size, ordinal, mean, deviation, state, y);
  },
  grad: null,
});

const truncatedOp = /* @__PURE__ */ defineOp<Normal>("truncatedNormal", {
  shape: shapeOf,
  dtype: "float32",
  run: (k, inputs, y, { mean, deviation }) => {
    const { ordinal, state } = stateOf(inputs);
    k.truncatedNormal(y.size, ordinal, mean, deviation, state, y);
  },
  grad: null,
});

/** The key tensor of an explicit seed. */
const keyOf = (seed: number | undefined): Tensor[] => (seed === undefined ? [] : [tensor([seed | 0, 0], [2], "int32")]);

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
export function randomUniform(shape: Shape, minval = 0, maxval = 1, dtype: DataType = "float32", seed?: number): Tensor {
  checkShape("randomUniform", shape);
  if (!(minval <= maxval)) throw error("randomUniform", "minval must be <= maxval", `minval=${minval}, maxval=${maxval}`);
  if (dtype === "int32") return intOp(keyOf(seed), { shape, low: Math.ceil(minval), high: Math.ceil(maxval) });
  return castTo(uniformOp(keyOf(seed), { shape, low: minval, high: maxval }), dtype);
}

/** Normal random numbers of a mean and a standard deviation. */
export function randomNormal(shape: Shape, mean = 0, stdDev = 1, dtype: DataType = "float32", seed?: number): Tensor {
  return castTo(normalOp(keyOf(seed), { shape: checkShape("randomNormal", shape), mean, deviation: stdDev }), dtype);
}

/** Normal random numbers within two standard deviations of the mean. */
export function truncatedNormal(shape: Shape, mean = 0, stdDev = 1, dtype: DataType = "float32", seed?: number): Tensor {
  return castTo(truncatedOp(keyOf(seed), { shape: checkShape("truncatedNormal", shape), mean, deviation: stdDev }), dtype);
}

/** 32 random bits an element, as int32. */
export function randomBits(shape: Shape, seed?: number): Tensor {
  return bitsOp(keyOf(seed), { shape: checkShape("randomBits", shape) });
}
