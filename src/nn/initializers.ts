/** @file Initial values of weights. */
import { eye, fill } from "../ops/creation.js";
import { mul } from "../ops/elementwise.js";
import { gramSchmidt } from "../ops/linalg.js";
import { reshape, transpose } from "../ops/movement.js";
import { randomNormal, randomUniform, truncatedNormal } from "../ops/random.js";
import { error } from "../tensor/errors.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { getPart, type Part, type PartMakers, partMakers, type SerializedPart } from "./serialized.js";

/** Makes initial values of a shape. */
export type Initializer = Part<(shape: Shape) => Tensor>;

type Seed = number | null;

interface Seeded {
  /** For values that do not depend on setSeed. */
  seed?: Seed;
}

type Mode = "fanIn" | "fanOut" | "fanAvg";
type Distribution = "uniform" | "truncatedNormal" | "normal";

/** Standard deviation of a unit normal truncated at two deviations, so that the truncated values have the wanted one. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Variance scale / fan, drawn from a distribution (Glorot and Bengio 2010, He et al. 2015). */
function draw(shape: Shape, scale: number, mode: Mode, distribution: Distribution, seed: Seed): Tensor {
  // Of one unit: [.., fanIn, fanOut], with the leading sizes as receptive field.
  const field = sizeOf(shape.slice(0, -2));
  const [fanIn, fanOut] = shape.length < 2 ? [sizeOf(shape), sizeOf(shape)] : (shape.slice(-2).map((size) => size * field) as [number, number]);
  const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
  if (!(scale > 0 && fan >= 0)) throw error("varianceScaling", "scale must be > 0 and mode fanIn, fanOut or fanAvg", `${scale}, ${mode}`);
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
function orthogonal(shape: Shape, gain: number, seed: Seed): Tensor {
  if (shape.length < 2) throw error("orthogonal", "the shape must have 2 axes or more", `shape [${shape}]`);
  const columns = shape[shape.length - 1] as number;
  const rows = sizeOf(shape) / Math.max(1, columns);
  const few = Math.min(rows, columns);
  // Of normal numbers: uniform among all orthogonal rows.
  const units = gramSchmidt(randomNormal([few, Math.max(rows, columns)], 0, 1, "float32", seed));
  return mul(reshape(rows > columns ? transpose(units) : units, shape), gain);
}

const preset = (scale: number, mode: Mode, distribution: Distribution): [Required<Seeded>, (options: Required<Seeded>) => Initializer["apply"]] => [
  { seed: null },
  ({ seed }) =>
    (shape) =>
      draw(shape, scale, mode, distribution, seed),
];

/** Initializers by name, each a function of its options. */
type Initializers = {
  /** All 0. */
  zeros(): Initializer;
  /** All 1. */
  ones(): Initializer;
  /** All `value`. */
  constant(options?: { value?: number }): Initializer;
  /** `gain` on the diagonal of a matrix, 0 elsewhere. */
  identity(options?: { gain?: number }): Initializer;
  /** `gain` times a random matrix of orthogonal rows or columns, whichever are fewer (Saxe et al. 2013); leading axes count as one. */
  orthogonal(options?: Seeded & { gain?: number }): Initializer;
  /** Uniform in [minval, maxval). */
  randomUniform(options?: Seeded & { minval?: number; maxval?: number }): Initializer;
  /** Normal. */
  randomNormal(options?: Seeded & { mean?: number; stddev?: number }): Initializer;
  /** Normal, drawn again beyond two standard deviations. */
  truncatedNormal(options?: Seeded & { mean?: number; stddev?: number }): Initializer;
  /** Of variance scale / fan, where fan is the number of inputs, of outputs, or their mean (He et al. 2015). */
  varianceScaling(options?: Seeded & { scale?: number; mode?: Mode; distribution?: Distribution }): Initializer;
  /** Uniform, of variance 1 / mean of inputs and outputs (Glorot and Bengio 2010). The default of kernels. */
  glorotUniform(options?: Seeded): Initializer;
  /** Truncated normal, of variance 1 / mean of inputs and outputs (Glorot and Bengio 2010). */
  glorotNormal(options?: Seeded): Initializer;
  /** Uniform, of variance 2 / inputs: for relu (He et al. 2015). */
  heUniform(options?: Seeded): Initializer;
  /** Truncated normal, of variance 2 / inputs: for relu (He et al. 2015). */
  heNormal(options?: Seeded): Initializer;
  /** Uniform, of variance 1 / inputs (LeCun et al. 1998). */
  leCunUniform(options?: Seeded): Initializer;
  /** Truncated normal, of variance 1 / inputs (LeCun et al. 1998). */
  leCunNormal(options?: Seeded): Initializer;
};

/** Initializers by name, each a function of its options; with a `seed` the values do not depend on setSeed. */
export const initializers: Initializers = /* @__PURE__ */ (partMakers as PartMakers<Shape>)({
  zeros: [{}, () => (shape) => fill(shape, 0)],
  ones: [{}, () => (shape) => fill(shape, 1)],
  constant: [
    { value: 0 },
    ({ value }) =>
      (shape) =>
        fill(shape, value),
  ],
  identity: [
    { gain: 1 },
    ({ gain }) =>
      (shape) => {
        if (shape.length !== 2) throw error("identity", "the shape must have 2 axes", `shape [${shape}]`);
        return mul(eye(shape[0] as number, shape[1]), gain);
      },
  ],
  orthogonal: [
    { gain: 1, seed: null as Seed },
    ({ gain, seed }) =>
      (shape) =>
        orthogonal(shape, gain, seed),
  ],
  randomUniform: [
    { minval: -0.05, maxval: 0.05, seed: null as Seed },
    ({ minval, maxval, seed }) =>
      (shape) =>
        randomUniform(shape, minval, maxval, "float32", seed),
  ],
  randomNormal: [
    { mean: 0, stddev: 0.05, seed: null as Seed },
    ({ mean, stddev, seed }) =>
      (shape) =>
        randomNormal(shape, mean, stddev, "float32", seed),
  ],
  truncatedNormal: [
    { mean: 0, stddev: 0.05, seed: null as Seed },
    ({ mean, stddev, seed }) =>
      (shape) =>
        truncatedNormal(shape, mean, stddev, "float32", seed),
  ],
  varianceScaling: [
    { scale: 1, mode: "fanIn" as Mode, distribution: "truncatedNormal" as Distribution, seed: null as Seed },
    ({ scale, mode, distribution, seed }) =>
      (shape) =>
        draw(shape, scale, mode, distribution, seed),
  ],
  glorotUniform: preset(1, "fanAvg", "uniform"),
  glorotNormal: preset(1, "fanAvg", "truncatedNormal"),
  heUniform: preset(2, "fanIn", "uniform"),
  heNormal: preset(2, "fanIn", "truncatedNormal"),
  leCunUniform: preset(1, "fanIn", "uniform"),
  leCunNormal: preset(1, "fanIn", "truncatedNormal"),
});

export type InitializerName = keyof typeof initializers;
export type InitializerIdentifier = InitializerName | Pick<Initializer, "apply"> | SerializedPart;

/** An initializer from its name, its serialised form, or itself; glorotUniform for none. */
export const getInitializer = (identifier: InitializerIdentifier | null | undefined): Initializer =>
  getPart("initializer", initializers, (identifier ?? "glorotUniform") as Initializer) as Initializer;
