/** @file What a row of the op table is, and values, tensors and samples for rows. */
import { definedOps, defineOp } from "../../src/engine/op.js";
import { type DataType, type Tensor, tensor } from "../../src/index.js";
import { bfloat16Bits, castValue, float16Bits } from "../bits.js";
import { broadcastShape, type Expected, randomOf, sizeOf, type Values } from "../naive.js";

/**
 * Values of an input: uniform in [low, high]; with `away` at least that far from 0; `distinct` values with gaps between them;
 * whole numbers in [low, high) for integer dtypes; or the values themselves.
 */
export type Domain = { low: number; high: number; away?: number } | "distinct" | readonly number[];

export interface InputSpec {
  shape: readonly number[];
  dtype?: DataType;
  domain?: Domain;
}

export interface Sample {
  inputs: readonly InputSpec[];
  // biome-ignore lint/suspicious/noExplicitAny: each row knows its own
  attributes?: any;
}

export interface Row {
  /** Applies the op as users do. */
  // biome-ignore lint/suspicious/noExplicitAny: as Sample
  call(inputs: readonly Tensor[], attributes: any): Tensor;
  /** Inputs for the forward test, at sizes around vectors and tiles; with no elements too. */
  samples: readonly Sample[];
  /** The result in float64, from what the inputs hold. */
  // biome-ignore lint/suspicious/noExplicitAny: as Sample
  oracle(inputs: readonly Values[], attributes: any): Expected;
  /** What else must hold of a result; throws when it does not. */
  // biome-ignore lint/suspicious/noExplicitAny: as Sample
  check?: (y: Values, attributes: any) => void;
  /** Accepted: atol + rtol * magnitude (of the expected value where the oracle gives no other). */
  atol: number;
  rtol: number;
  /** Values of inputs that name no domain, by number of the input; the last one serves the rest. */
  domains: readonly Domain[];
  /** Samples for finite differences; null for an op without gradient. `second` is false where the second derivative is not continuous. */
  gradient: { samples: readonly Sample[]; tolerance?: number; second?: boolean } | null;
  /** Inputs of NaN, infinities, zeros and extremes, judged by the oracle (SPEC.md). */
  special?: readonly Sample[];
  /** Additions and multiplications of a sample, for ops that the machine's arithmetic limits. */
  flops?: (sample: Sample) => number;
  /** Shapes that benches time. */
  bench: { small: Sample; typical: Sample; large: Sample };
}

// ---- values ----

export const range = (low: number, high: number, away = 0): Domain => ({ low, high, away });

/** Values of an input, as its dtype holds them. */
export function makeValues({ shape, dtype = "float32", domain }: InputSpec, fallback: Domain, seed: number): Values {
  const random = randomOf(seed);
  const size = sizeOf(shape);
  const chosen = domain ?? fallback;
  const raw: number[] = [];
  if (Array.isArray(chosen)) for (let i = 0; i < size; i++) raw.push(chosen[i % chosen.length] as number);
  else if (chosen === "distinct") {
    for (let i = 0; i < size; i++) raw.push((i - size / 2) * 0.1);
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [raw[i], raw[j]] = [raw[j] as number, raw[i] as number];
    }
  } else {
    const { low, high, away = 0 } = chosen as { low: number; high: number; away?: number };
    while (raw.length < size) {
      const value = low + (high - low) * random();
      if (Math.abs(value) >= away) raw.push(value);
    }
  }
  return { shape, dtype, data: raw.map((value) => castValue(value, dtype)) };
}

/** The tensor of some values. float16 and bfloat16 go by way of their bits. */
export function makeTensor({ shape, dtype, data }: Values): Tensor {
  if (dtype === "float16" || dtype === "bfloat16") {
    return tensor(Uint16Array.from(data, dtype === "float16" ? float16Bits : bfloat16Bits), shape, dtype);
  }
  // Typed arrays where there are such: nested ones take long.
  if (dtype === "float32") return tensor(Float32Array.from(data), shape);
  if (dtype === "int32") return tensor(Int32Array.from(data), shape);
  return tensor(Array.from(data), shape, dtype);
}

export const inputsOf = (row: Row, sample: Sample, seed = 1): Values[] =>
  sample.inputs.map((spec, i) => makeValues(spec, row.domains[Math.min(i, row.domains.length - 1)] as Domain, seed * 1000 + i));

/** The function that applies an op which has no public name, such as softmaxGrad. */
export function defined(name: string): (inputs: readonly Tensor[], attributes?: unknown) => Tensor {
  const definition = definedOps.get(name);
  if (definition === undefined) throw new Error(`no op '${name}' is defined`);
  return defineOp(name, definition) as (inputs: readonly Tensor[], attributes?: unknown) => Tensor;
}

// ---- samples ----

/** Around the vector widths 4, 8, 16 and 32, and beyond what a kernel unrolls. */
export const WIDTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 130, 1003];
export const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
export const EXTREMES = [
  ...NOT_FINITE,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1e-45,
  -1e-45,
  1.1754944e-38,
  3.4028235e38,
  -3.4028235e38,
  88.7,
  88.8,
  -87.3,
  -103,
  -104,
  1e-10,
  16777217,
  20,
  -20,
  9.5,
];

export const one = (...shapes: (readonly number[])[]): Sample[] => shapes.map((shape) => ({ inputs: [{ shape }] }));
export const same = (count: number, ...shapes: (readonly number[])[]): Sample[] =>
  shapes.map((shape) => ({ inputs: Array.from({ length: count }, () => ({ shape })) }));
export const two = (...pairs: [readonly number[], readonly number[]][]): Sample[] => pairs.map(([a, b]) => ({ inputs: [{ shape: a }, { shape: b }] }));
export const withDtype = (samples: readonly Sample[], dtype: DataType, domain: Domain): Sample[] =>
  samples.map(({ inputs, attributes }) => ({ attributes, inputs: inputs.map((input) => ({ ...input, dtype, domain })) }));
export const lists = WIDTHS.map((n) => [n]);
export const mixedRanks: number[][] = [[], [2, 3, 5], [1, 1], [0, 4], [3, 0, 2]];
export const specialOf = (values: readonly number[]): Sample[] => [{ inputs: [{ shape: [values.length], domain: values }] }];
/** Every pair of the values. */
export const specialPairs = (values: readonly number[]): Sample[] => {
  const n = values.length;
  return [
    {
      inputs: [
        { shape: [n * n], domain: values.flatMap((a) => values.map(() => a)) },
        { shape: [n * n], domain: values.flatMap(() => values) },
      ],
    },
  ];
};
export const elementwiseBench = (count: number) => ({
  small: same(count, [4])[0] as Sample,
  typical: same(count, [32, 128])[0] as Sample,
  large: same(count, [1 << 20])[0] as Sample,
});

/** elementwiseBench of another type. */
export function typedBench(count: number, dtype: DataType, domain: Domain): Row["bench"] {
  const { small, typical, large } = elementwiseBench(count);
  const [a, b, c] = withDtype([small, typical, large], dtype, domain) as [Sample, Sample, Sample];
  return { small: a, typical: b, large: c };
}

/** Two units in the last place. */
export const TWO_ULP = 2.4e-7;
export const HALF_ULP = 6e-8;
/** The smallest float32: all that underflow may cost. */
export const DENORMAL = 1.5e-45;

/** The result type that numpy's broadcasting gives; for benches that count bytes. */
export const resultShape = (sample: Sample): readonly number[] => sample.inputs.map(({ shape }) => shape).reduce((a, b) => broadcastShape(a, b) ?? a, []);
