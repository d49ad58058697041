/** @file Initial values of weights. */
import { fill } from "../ops/creation.js";
import { randomNormal, randomUniform, truncatedNormal } from "../ops/random.js";
import { describe, error } from "../tensor/errors.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Makes initial values of a shape. */
export interface Initializer {
  /** Keras's class name. */
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  apply(shape: Shape): Tensor;
}

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
function scaled(
  className: string,
  scale: number,
  mode: Mode,
  distribution: Distribution,
  seed: number | undefined,
  config: Record<string, unknown>,
): Initializer {
  return {
    className,
    config,
    apply(shape) {
      const { fanIn, fanOut } = fans(shape);
      const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
      const variance = scale / Math.max(1, fan);
      if (distribution === "uniform") {
        const limit = Math.sqrt(3 * variance);
        return randomUniform(shape, -limit, limit, "float32", seed);
      }
      const deviation = Math.sqrt(variance);
      if (distribution === "normal") return randomNormal(shape, 0, deviation, "float32", seed);
      return truncatedNormal(shape, 0, deviation / TRUNCATED_DEVIATION, "float32", seed);
    },
  };
}

interface Seeded {
  /** For values that do not depend on setSeed. */
  seed?: number;
}

const preset =
  (className: string, scale: number, mode: Mode, distribution: Distribution) =>
  ({ seed }: Seeded = {}): Initializer =>
    scaled(className, scale, mode, distribution, seed, { seed: seed ?? null });

/** Initializers by name, each a function of its options. */
export const initializers = {
  /** All 0. */
  zeros: (): Initializer => ({ className: "Zeros", config: {}, apply: (shape) => fill(shape, 0) }),
  /** All 1. */
  ones: (): Initializer => ({ className: "Ones", config: {}, apply: (shape) => fill(shape, 1) }),
  /** All `value`. */
  constant: ({ value }: { value: number }): Initializer => ({ className: "Constant", config: { value }, apply: (shape) => fill(shape, value) }),
  /** Uniform in [minval, maxval). */
  randomUniform: ({ minval = -0.05, maxval = 0.05, seed }: Seeded & { minval?: number; maxval?: number } = {}): Initializer => ({
    className: "RandomUniform",
    config: { minval, maxval, seed: seed ?? null },
    apply: (shape) => randomUniform(shape, minval, maxval, "float32", seed),
  }),
  /** Normal. */
  randomNormal: ({ mean = 0, stddev = 0.05, seed }: Seeded & { mean?: number; stddev?: number } = {}): Initializer => ({
    className: "RandomNormal",
    config: { mean, stddev, seed: seed ?? null },
    apply: (shape) => randomNormal(shape, mean, stddev, "float32", seed),
  }),
  /** Normal, drawn again beyond two standard deviations. */
  truncatedNormal: ({ mean = 0, stddev = 0.05, seed }: Seeded & { mean?: number; stddev?: number } = {}): Initializer => ({
    className: "TruncatedNormal",
    config: { mean, stddev, seed: seed ?? null },
    apply: (shape) => truncatedNormal(shape, mean, stddev, "float32", seed),
  }),
  /** Of variance scale / fan, where fan is the number of inputs, of outputs, or their mean (He et al. 2015). */
  varianceScaling: ({
    scale = 1,
    mode = "fanIn",
    distribution = "truncatedNormal",
    seed,
  }: Seeded & { scale?: number; mode?: Mode; distribution?: Distribution } = {}): Initializer =>
    scaled("VarianceScaling", scale, mode, distribution, seed, { scale, mode, distribution, seed: seed ?? null }),
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

export type InitializerName = Exclude<keyof typeof initializers, "constant">;
export type InitializerIdentifier = InitializerName | Initializer | { className: string; config: Record<string, unknown> };

/** camelCase of Keras's snake_case keys. */
const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** An initializer from its name, its serialised form, or itself. */
export function getInitializer(identifier: InitializerIdentifier): Initializer {
  if (typeof identifier === "object" && "apply" in identifier) return identifier;
  const name = typeof identifier === "string" ? identifier : identifier.className;
  const key = Object.keys(initializers).find((known) => known.toLowerCase() === String(name).toLowerCase().replaceAll("_", ""));
  if (key === undefined) throw error("initializer", `expected one of ${Object.keys(initializers).join(", ")}`, describe(name));
  const options: Record<string, unknown> = {};
  if (typeof identifier === "object") {
    for (const [option, value] of Object.entries(identifier.config ?? {})) {
      if (value === null) continue;
      options[camelCase(option)] = option === "mode" || option === "distribution" ? camelCase(value as string) : value;
    }
  }
  return (initializers[key as "constant"] as (options: Record<string, unknown>) => Initializer)(options);
}
