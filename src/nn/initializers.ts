/** @file Initial values of weights. */
import { eye, fill } from "../ops/creation.js";
import { mul } from "../ops/elementwise.js";
import { gramSchmidt } from "../ops/linalg.js";
import { reshape, transpose } from "../ops/movement.js";
import { randomNormal, randomUniform, truncatedNormal } from "../ops/random.js";
import { error } from "../tensor/errors.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { getPart, type Part, part, type SerializedPart } from "./serialized.js";

/** Makes initial values of a shape. */
export type Initializer = Part<(shape: Shape) => Tensor>;

/** Numbers of inputs and outputs of one unit: [.., fanIn, fanOut], with the leading sizes as receptive field. */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: sizeOf(shape), fanOut: sizeOf(shape) };
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: (shape[shape.length - 2] as number) * field, fanOut: (shape[shape.length - 1] as number) * field };
}

type Mode = "fanIn" | "fanOut" | "fanAvg";
type Distribution = "uniform" | "truncatedNormal" | "normal";

/** Standard deviation of a unit normal truncated at two deviations, so that the truncated values have the wanted one. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Variance scale / fan, drawn from a distribution (Glorot and Bengio 2010, He et al. 2015). */
function draw(shape: Shape, scale: number, mode: Mode, distribution: Distribution, seed: number | undefined): Tensor {
  const { fanIn, fanOut } = fans(shape);
  if (!(scale > 0) || !/^fan(In|Out|Avg)$/.test(mode))
    throw error("varianceScaling", "scale must be > 0 and mode fanIn, fanOut or fanAvg", `${scale}, ${mode}`);
  const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
  const variance = scale / Math.max(1, fan);
  if (distribution === "uniform") {
    const limit = Math.sqrt(3 * variance);
    return randomUniform(shape, -limit, limit, "float32", seed);
  }
  const deviation = Math.sqrt(variance);
  if (distribution === "normal") return randomNormal(shape, 0, deviation, "float32", seed);
  return truncatedNormal(shape, 0, deviation / TRUNCATED_DEVIATION, "float32", seed);
}

/** gain times a matrix of orthogonal rows or columns, whichever are fewer; leading axes count as one. */
function orthogonal(shape: Shape, gain: number, seed: number | undefined): Tensor {
  if (shape.length < 2) throw error("orthogonal", "the shape must have 2 axes or more", `shape [${shape}]`);
  const columns = shape[shape.length - 1] as number;
  const rows = sizeOf(shape) / Math.max(1, columns);
  const few = Math.min(rows, columns);
  // Of normal numbers: uniform among all orthogonal rows.
  const units = gramSchmidt(randomNormal([few, Math.max(rows, columns)], 0, 1, "float32", seed));
  return mul(reshape(rows > columns ? transpose(units) : units, shape), gain);
}

interface Seeded {
  /** For values that do not depend on setSeed. */
  seed?: number;
}

const preset =
  (className: string, scale: number, mode: Mode, distribution: Distribution) =>
  ({ seed }: Seeded = {}): Initializer =>
    part(className, { seed: seed ?? null }, (shape) => draw(shape, scale, mode, distribution, seed));

/** Initializers by name, each a function of its options. */
export const initializers = {
  /** All 0. */
  zeros: (): Initializer => part("Zeros", {}, (shape) => fill(shape, 0)),
  /** All 1. */
  ones: (): Initializer => part("Ones", {}, (shape) => fill(shape, 1)),
  /** All `value`. */
  constant: ({ value = 0 }: { value?: number } = {}): Initializer => part("Constant", { value }, (shape) => fill(shape, value)),
  /** `gain` on the diagonal of a matrix, 0 elsewhere. */
  identity: ({ gain = 1 }: { gain?: number } = {}): Initializer =>
    part("Identity", { gain }, (shape) => {
      if (shape.length !== 2) throw error("identity", "the shape must have 2 axes", `shape [${shape}]`);
      return mul(eye(shape[0] as number, shape[1]), gain);
    }),
  /** `gain` times a random matrix of orthogonal rows or columns, whichever are fewer (Saxe et al. 2013); leading axes count as one. */
  orthogonal: ({ gain = 1, seed }: Seeded & { gain?: number } = {}): Initializer =>
    part("Orthogonal", { gain, seed: seed ?? null }, (shape) => orthogonal(shape, gain, seed)),
  /** Uniform in [minval, maxval). */
  randomUniform: ({ minval = -0.05, maxval = 0.05, seed }: Seeded & { minval?: number; maxval?: number } = {}): Initializer =>
    part("RandomUniform", { minval, maxval, seed: seed ?? null }, (shape) => randomUniform(shape, minval, maxval, "float32", seed)),
  /** Normal. */
  randomNormal: ({ mean = 0, stddev = 0.05, seed }: Seeded & { mean?: number; stddev?: number } = {}): Initializer =>
    part("RandomNormal", { mean, stddev, seed: seed ?? null }, (shape) => randomNormal(shape, mean, stddev, "float32", seed)),
  /** Normal, drawn again beyond two standard deviations. */
  truncatedNormal: ({ mean = 0, stddev = 0.05, seed }: Seeded & { mean?: number; stddev?: number } = {}): Initializer =>
    part("TruncatedNormal", { mean, stddev, seed: seed ?? null }, (shape) => truncatedNormal(shape, mean, stddev, "float32", seed)),
  /** Of variance scale / fan, where fan is the number of inputs, of outputs, or their mean (He et al. 2015). */
  varianceScaling: ({
    scale = 1,
    mode = "fanIn",
    distribution = "truncatedNormal",
    seed,
  }: Seeded & { scale?: number; mode?: Mode; distribution?: Distribution } = {}): Initializer =>
    part("VarianceScaling", { scale, mode, distribution, seed: seed ?? null }, (shape) => draw(shape, scale, mode, distribution, seed)),
  /** Uniform, of variance 1 / mean of inputs and outputs (Glorot and Bengio 2010). The default of kernels. */
  glorotUniform: preset("GlorotUniform", 1, "fanAvg", "uniform"),
  /** Truncated normal, of variance 1 / mean of inputs and outputs (Glorot and Bengio 2010). */
  glorotNormal: preset("GlorotNormal", 1, "fanAvg", "truncatedNormal"),
  /** Uniform, of variance 2 / inputs: for relu (He et al. 2015). */
  heUniform: preset("HeUniform", 2, "fanIn", "uniform"),
  /** Truncated normal, of variance 2 / inputs: for relu (He et al. 2015). */
  heNormal: preset("HeNormal", 2, "fanIn", "truncatedNormal"),
  /** Uniform, of variance 1 / inputs (LeCun et al. 1998). */
  leCunUniform: preset("LeCunUniform", 1, "fanIn", "uniform"),
  /** Truncated normal, of variance 1 / inputs (LeCun et al. 1998). */
  leCunNormal: preset("LeCunNormal", 1, "fanIn", "truncatedNormal"),
};

export type InitializerName = keyof typeof initializers;
export type InitializerIdentifier = InitializerName | Pick<Initializer, "apply"> | SerializedPart;

/** An initializer from its name, its serialised form, or itself. */
export const getInitializer = (identifier: InitializerIdentifier): Initializer => getPart("initializer", initializers, identifier as Initializer);
