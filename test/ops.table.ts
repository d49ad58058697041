/** @file The op table: one row an op, read by ops.test.ts, the registry test and the benches. */
import { definedOps, defineOp } from "../src/engine/op.js";
import {
  abs,
  add,
  argMax,
  broadcastTo,
  cast,
  clipByValue,
  clone,
  crossEntropy,
  type DataType,
  dense,
  div,
  equal,
  exp,
  fill,
  gather,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logSoftmax,
  matMul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  notEqual,
  outerProduct,
  randomBits,
  randomNormal,
  randomUniform,
  relu,
  reshape,
  sigmoid,
  softmax,
  sparseCrossEntropy,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  truncatedNormal,
} from "../src/index.js";
import { bfloat16Bits, castValue, float16Bits } from "./bits.js";
import {
  axesOf,
  broadcastShape,
  type Expected,
  eachPosition,
  indexIn,
  logSoftmaxRow,
  map,
  transpose as permute,
  matMul as product,
  randomOf,
  reduce,
  broadcastTo as repeat,
  rows,
  rowValues,
  sizeOf,
  softmaxRow,
  type Values,
  zip,
} from "./naive.js";
import { bitsOf, erfinv } from "./threefry.js";

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
  /** Shapes that benches time. */
  bench: { small: Sample; typical: Sample; large: Sample };
}

// ---- values ----

const range = (low: number, high: number, away = 0): Domain => ({ low, high, away });

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
const WIDTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 130, 1003];
const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const EXTREMES = [
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

const one = (...shapes: (readonly number[])[]): Sample[] => shapes.map((shape) => ({ inputs: [{ shape }] }));
const same = (count: number, ...shapes: (readonly number[])[]): Sample[] =>
  shapes.map((shape) => ({ inputs: Array.from({ length: count }, () => ({ shape })) }));
const two = (...pairs: [readonly number[], readonly number[]][]): Sample[] => pairs.map(([a, b]) => ({ inputs: [{ shape: a }, { shape: b }] }));
const withDtype = (samples: readonly Sample[], dtype: DataType, domain: Domain): Sample[] =>
  samples.map(({ inputs, attributes }) => ({ attributes, inputs: inputs.map((input) => ({ ...input, dtype, domain })) }));
const lists = WIDTHS.map((n) => [n]);
const mixedRanks: number[][] = [[], [2, 3, 5], [1, 1], [0, 4], [3, 0, 2]];
const specialOf = (values: readonly number[]): Sample[] => [{ inputs: [{ shape: [values.length], domain: values }] }];
/** Every pair of the values. */
const specialPairs = (values: readonly number[]): Sample[] => {
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
const elementwiseBench = (count: number) => ({
  small: same(count, [4])[0] as Sample,
  typical: same(count, [32, 128])[0] as Sample,
  large: same(count, [1 << 20])[0] as Sample,
});

/** Two units in the last place. */
const TWO_ULP = 2.4e-7;
const HALF_ULP = 6e-8;
/** The smallest float32: all that underflow may cost. */
const DENORMAL = 1.5e-45;

// ---- elementwise rows ----

const unaryGradients = one([7], [2, 5]);

function unaryRow(
  call: (x: Tensor) => Tensor,
  f: (x: number) => number,
  domain: Domain,
  options: Partial<Row> & { gradientDomain?: Domain; int32?: boolean } = {},
): Row {
  const { gradientDomain, int32, ...rest } = options;
  const integers = int32 ? withDtype(one([1], [4], [33], [2, 3]), "int32", range(-70000, 70000)) : [];
  return {
    call: ([x]) => call(x as Tensor),
    samples: [...one(...lists, ...mixedRanks), ...integers],
    oracle: ([x]) => map(x as Values, (x as Values).dtype === "int32" ? (value) => f(value) | 0 : f),
    atol: DENORMAL,
    rtol: TWO_ULP,
    domains: [domain],
    gradient: {
      samples:
        gradientDomain === undefined
          ? unaryGradients
          : unaryGradients.map(({ inputs }) => ({ inputs: inputs.map((input) => ({ ...input, domain: gradientDomain })) })),
    },
    special: specialOf(EXTREMES),
    bench: elementwiseBench(1),
    ...rest,
  };
}

const pairs: [number[], number[]][] = [
  [[], [5]],
  [[3, 4], []],
  [[7], [1]],
  [[1], [9]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 3, 1, 5],
    [3, 4, 1],
  ],
  [[17, 13], [13]],
  [[13], [17, 13]],
  [
    [5, 9],
    [5, 1],
  ],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [
    [2, 1, 33],
    [2, 17, 1],
  ],
  [[0, 3], [1]],
  [
    [3, 1],
    [1, 0],
  ],
  [
    [1, 0],
    [5, 1],
  ],
  [
    [2, 2, 2, 2, 2],
    [2, 1, 2, 1, 2],
  ],
  [
    [2, 1, 3, 1, 2, 1],
    [1, 4, 1, 5, 1, 2],
  ],
  [[67, 151], [151]],
  [
    [67, 151],
    [67, 1],
  ],
  [
    [64, 1, 6],
    [1, 3, 6],
  ],
];

type Binary = (a: number, b: number) => number;

function binaryRow(call: (a: Tensor, b: Tensor) => Tensor, f: Binary, options: Partial<Row> & { int32?: Binary; int32Domain?: Domain } = {}): Row {
  const { int32, int32Domain = range(-(2 ** 31), 2 ** 31), ...rest } = options;
  const integers = int32 === undefined ? [] : withDtype([...same(2, [1], [5], [17], [64]), ...two(...pairs.slice(0, 8))], "int32", int32Domain);
  return {
    call: ([a, b]) => call(a as Tensor, b as Tensor),
    samples: [...same(2, ...lists), ...two(...pairs), ...integers],
    oracle: ([a, b]) => zip(a as Values, b as Values, (a as Values).dtype === "int32" ? (int32 as Binary) : f),
    atol: DENORMAL,
    rtol: HALF_ULP,
    domains: [range(-3, 3), range(-3, 3, 0.3)],
    gradient: {
      samples: two(
        [[5], [5]],
        [[3, 4], [4]],
        [
          [3, 1],
          [1, 4],
        ],
        [[], [3]],
        [
          [2, 1, 2],
          [3, 1],
        ],
      ),
    },
    special: specialPairs([...NOT_FINITE, 0, -0, 1.5, -2, 1e-40, 3e38, -3e38]),
    bench: { ...elementwiseBench(2), typical: { inputs: [{ shape: [32, 128] }, { shape: [128] }] } },
    ...rest,
  };
}

/** A gradient op g(y, dy), linear in dy. */
function slopeRow(name: string, f: (y: number, dy: number) => number, yDomain: Domain, options: Partial<Row> = {}): Row {
  return {
    call: ([y, dy]) => defined(name)([y as Tensor, dy as Tensor], {}),
    samples: same(2, ...lists, [], [2, 3, 5]),
    oracle: ([y, dy]) => zip(y as Values, dy as Values, f),
    atol: 1e-12,
    rtol: 3e-7,
    domains: [yDomain, range(-2, 2)],
    gradient: { samples: same(2, [6], [2, 4]) },
    bench: elementwiseBench(2),
    ...options,
  };
}

const sigmoidOf = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const comparisonRow = (call: (a: Tensor, b: Tensor) => Tensor, f: (a: number, b: number) => boolean): Row => ({
  ...binaryRow(call, (a, b) => Number(f(a, b)), { int32: (a, b) => Number(f(a, b)), int32Domain: range(-2, 3) }),
  samples: [
    ...withDtype([...same(2, ...lists), ...two(...pairs)], "float32", [1, 2, 0.5, -1, 2, -0, 0]),
    ...withDtype([...same(2, ...lists), ...two(...pairs)], "int32", range(-2, 3)),
    ...withDtype([...same(2, ...lists), ...two(...pairs)], "bool", [1, 0, 0, 1, 1]),
  ],
  oracle: ([a, b]) => zip(a as Values, b as Values, (x, y) => Number(f(x, y))),
  gradient: null,
});

// ---- reductions ----

interface Axes {
  axis: number | readonly number[] | null;
  keepDims?: boolean;
}

const reduction = (shape: readonly number[], axis: Axes["axis"], keepDims = false): Sample => ({ inputs: [{ shape }], attributes: { axis, keepDims } });
const reductions: Sample[] = [
  ...WIDTHS.map((n) => reduction([n], null)),
  ...WIDTHS.filter((n) => n < 200).flatMap((n) => [reduction([3, n], -1), reduction([n, 3], 0), reduction([n, 5], [1], true)]),
  reduction([], null),
  reduction([], []),
  reduction([2, 3, 4], 1),
  reduction([2, 3, 4], 1, true),
  reduction([2, 3, 4], [0, 2]),
  reduction([2, 3, 4], [2, 0], true),
  reduction([2, 3, 4], []),
  reduction([5, 1, 17], -2),
  reduction([5, 1, 17], [0, 1]),
  reduction([2, 3, 4, 5], [1, 2]),
  reduction([2, 3, 4, 5], [0, 3]),
  reduction([2, 3, 2, 3, 2], [0, 2, 4]),
  reduction([2, 3, 2, 3, 2, 2], [1, 3, 5]),
  reduction([1, 1], null, true),
  reduction([0], null),
  reduction([0, 3], 0),
  reduction([0, 3], 1),
  reduction([2, 0], 1),
  reduction([2, 0, 3], [1]),
  reduction([0, 2, 3], [1]),
  // Long enough to be cut into chunks, and beside the limits of that.
  reduction([8192], null),
  reduction([8193], null),
  reduction([20001], 0),
  reduction([2, 9000], 1),
  reduction([9000, 2], 0),
  reduction([9000, 65], 0),
  reduction([2, 8200, 3], 1),
  reduction([3, 8200, 2], [0, 1]),
  reduction([8200, 3, 2], [0, 2]),
];
const reductionBench = { small: reduction([8], null), typical: reduction([128, 10], -1), large: reduction([1024, 1024], null) };

function reductionRow(
  call: (x: Tensor, axis: Axes["axis"], keepDims?: boolean) => Tensor,
  f: (values: number[]) => number,
  options: Partial<Row> & { int32?: boolean } = {},
): Row {
  const { int32, ...rest } = options;
  const integers = reductions.filter(({ inputs }) => !inputs[0]?.shape.includes(0)).filter((_, i) => i % 3 === 0);
  return {
    call: ([x], { axis, keepDims }) => call(x as Tensor, axis, keepDims),
    samples: [
      ...reductions,
      ...(int32 ? [...withDtype(integers, "int32", range(-(2 ** 31), 2 ** 31)), ...withDtype(integers, "bool", [1, 0, 1, 1, 0, 0, 0])] : []),
    ],
    oracle: ([x], { axis, keepDims }) => {
      const expected = reduce(x as Values, axis, keepDims, f);
      if ((x as Values).dtype !== "float32") return { ...expected, data: Array.from(expected.data, (value) => Number(BigInt.asIntN(32, BigInt(value)))) };
      return { ...expected, magnitude: reduce(x as Values, axis, keepDims, (values) => f(values.map(Math.abs))).data };
    },
    atol: DENORMAL,
    rtol: 1.5e-7,
    domains: [range(-3, 3)],
    gradient: { samples: [reduction([7], null), reduction([3, 5], -1), reduction([2, 3, 4], [0, 2], true), reduction([3, 4], 0)] },
    special: [
      {
        inputs: [
          {
            shape: [6, 3],
            domain: [
              Number.NaN,
              1,
              2,
              1,
              Number.NaN,
              3,
              4,
              5,
              Number.POSITIVE_INFINITY,
              Number.POSITIVE_INFINITY,
              Number.NEGATIVE_INFINITY,
              1,
              Number.NEGATIVE_INFINITY,
              0,
              -1,
              3e38,
              3e38,
              -1,
            ],
          },
        ],
        attributes: { axis: 1 },
      },
      {
        inputs: [
          {
            shape: [3, 6],
            domain: [
              Number.NaN,
              1,
              2,
              1,
              Number.NaN,
              3,
              4,
              5,
              Number.POSITIVE_INFINITY,
              Number.POSITIVE_INFINITY,
              Number.NEGATIVE_INFINITY,
              1,
              Number.NEGATIVE_INFINITY,
              0,
              -1,
              3e38,
              3e38,
              -1,
            ],
          },
        ],
        attributes: { axis: 0 },
      },
      { inputs: [{ shape: [2, 40], domain: [...new Array(37).fill(-1), Number.NaN, 2, 3] }], attributes: { axis: 1 } },
    ],
    bench: reductionBench,
    ...rest,
  };
}

const addUp = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const greatest = (values: number[]): number =>
  values.reduce((a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)), Number.NEGATIVE_INFINITY);

const least = (values: number[]): number => -greatest(values.map((value) => -value));

// ---- rows of a last axis ----

const rowShapes: number[][] = [
  ...WIDTHS.filter((n) => n > 0).map((n) => [n]),
  ...[1, 3, 4, 5, 10, 16, 17, 33].map((n) => [3, n]),
  [2, 3, 4, 17],
  [7, 1003],
  [0, 4],
  [1, 1],
];
const classBench = (inputs: (shape: readonly number[]) => InputSpec[]) => ({
  small: { inputs: inputs([1, 10]) },
  typical: { inputs: inputs([32, 10]) },
  large: { inputs: inputs([1024, 1000]) },
});

const softmaxSpecial = (columns: number): Sample => ({
  inputs: [
    {
      shape: [5, columns],
      domain: Array.from(
        { length: 5 * columns },
        (_, i) =>
          [
            [1000, 999, 998],
            [-1000, -1001, -1000.5],
            [Number.NEGATIVE_INFINITY, 0, 1],
            [88, 89, 90],
            [Number.NaN, 1, 2],
          ][Math.floor(i / columns)]?.[i % 3] as number,
      ),
    },
  ],
  attributes: {},
});

/** Applies `f` to the rows along an axis; a scalar is a row of one. */
function alongAxis(x: Values, axis: number, f: (row: number[]) => number[]): Expected {
  const rank = x.shape.length;
  if (rank === 0) return { shape: [], data: f([x.data[0] as number]) };
  const along = axesOf(axis, rank)[0] as number;
  const perm = Array.from({ length: rank }, (_, i) => (i === along ? rank - 1 : i === rank - 1 ? along : i));
  return permute({ ...rows([{ ...permute(x, perm), dtype: x.dtype }], f), dtype: x.dtype }, perm);
}

/** Labels of rows: logits [..., classes], labels [...]. */
const labelled = (shape: readonly number[], extra: InputSpec[] = []): Sample => ({
  inputs: [{ shape }, { shape: shape.slice(0, -1), dtype: "int32", domain: range(0, shape[shape.length - 1] as number) }, ...extra],
});
const labelledShapes = [[1, 1], [1, 2], [3, 4], [5, 10], [4, 17], [2, 33], [2, 3, 5], [0, 4], [7, 1003], [6]];
const targetDomain = range(0, 1);

// ---- matrix multiply ----

/** Around the tile (5 or 6 rows by 8 columns) and the vector; one size varies at a time. */
const TILE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 31, 33];
const multiply = (a: readonly number[], b: readonly number[], transposeA = false, transposeB = false): Sample => ({
  inputs: [{ shape: a }, { shape: b }],
  attributes: { transposeA, transposeB },
});
const sizes = (m: number, k: number, n: number): Sample[] =>
  [false, true].flatMap((ta) => [false, true].map((tb) => multiply(ta ? [k, m] : [m, k], tb ? [n, k] : [k, n], ta, tb)));
const products: Sample[] = [
  ...TILE.flatMap((m) => sizes(m, 7, 9)),
  ...TILE.flatMap((n) => sizes(6, 5, n)),
  ...TILE.flatMap((k) => sizes(5, k, 8)),
  ...[1, 2, 4, 5, 6, 8, 9, 16, 17].flatMap((n) => [...sizes(1, 33, n), ...sizes(n, 33, 1)]),
  ...sizes(65, 66, 67),
  ...sizes(33, 300, 20),
  ...sizes(130, 17, 70),
  ...sizes(0, 3, 2),
  ...sizes(2, 0, 3),
  ...sizes(3, 2, 0),
  ...sizes(97, 203, 61),
  ...sizes(32, 784, 16),
  ...sizes(7, 1100, 9),
  multiply([3, 4, 5], [3, 5, 2]),
  multiply([2, 7, 3], [2, 5, 3], false, true),
  multiply([4, 5, 3], [4, 5, 6], true),
  multiply([3, 2, 4], [3, 4, 2], true, true),
  multiply([2, 3, 4], [4, 5]),
  multiply([2, 3, 4], [5, 4], false, true),
  multiply([2, 4, 3], [4, 5], true),
  multiply([4, 5], [3, 5, 2]),
  multiply([5, 4], [3, 5, 2], true),
  multiply([1, 3, 4], [5, 4, 2]),
  multiply([2, 1, 3, 4], [5, 4, 3]),
  multiply([6, 1, 17, 9], [1, 2, 9, 13]),
  multiply([0, 3, 4], [0, 4, 2]),
  multiply([2, 3, 0, 4], [4, 5]),
  multiply([2, 1, 3, 1, 2, 3], [1, 2, 1, 2, 3, 2]),
  multiply([7], [7]),
  multiply([5], [5, 3]),
  multiply([4, 6], [6]),
  multiply([2, 3, 5], [5]),
  multiply([5], [2, 5, 3]),
  multiply([5], [3, 5], false, true),
  multiply([6, 4], [6], true),
  multiply([0], [0]),
  multiply([1], [1]),
];

type DenseAttributes = { activation: "linear" | "relu" | "sigmoid" | "tanh" };
const dot = (x: readonly number[], units: number, activation: DenseAttributes["activation"] = "linear", bias = true): Sample => {
  const inputs: InputSpec[] = [{ shape: x }, { shape: [x[x.length - 1] as number, units] }];
  return { inputs: bias ? [...inputs, { shape: [units] }] : inputs, attributes: { activation } };
};
const activate = { linear: (x: number) => x, relu: (x: number) => (x < 0 ? 0 : x), sigmoid: sigmoidOf, tanh: Math.tanh };

// ---- movement ----

const shaped = (shape: readonly number[], attributes: unknown, dtype: DataType = "float32"): Sample => ({ inputs: [{ shape, dtype }], attributes });
/** Every storage size: 1, 2, 4 and 8 bytes. */
const storage: DataType[] = ["float32", "int32", "bool", "uint8", "int8", "float16", "bfloat16", "int64"];
const perms: [number[], number[]][] = [
  [
    [2, 3],
    [1, 0],
  ],
  [
    [7, 13],
    [1, 0],
  ],
  [
    [4, 4],
    [1, 0],
  ],
  [
    [8, 16],
    [1, 0],
  ],
  [
    [33, 65],
    [1, 0],
  ],
  [
    [1, 9],
    [1, 0],
  ],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4],
    [0, 2, 1],
  ],
  [
    [2, 3, 4],
    [1, 0, 2],
  ],
  [
    [2, 3, 4],
    [2, 1, 0],
  ],
  [
    [2, 17, 6, 16],
    [0, 2, 1, 3],
  ],
  [
    [2, 1, 3, 5],
    [0, 3, 1, 2],
  ],
  [
    [2, 3, 2, 3, 2],
    [4, 2, 0, 3, 1],
  ],
  [
    [2, 3, 2, 3, 2, 2],
    [5, 3, 1, 4, 2, 0],
  ],
  [
    [2, 2, 2, 2, 2, 2, 2],
    [6, 4, 2, 0, 5, 3, 1],
  ],
  [[5], [0]],
  [[], []],
  [
    [0, 3],
    [1, 0],
  ],
  [
    [131, 77],
    [1, 0],
  ],
  [
    [3, 40, 41],
    [0, 2, 1],
  ],
];
const repeats: [number[], number[]][] = [
  [
    [3, 1],
    [3, 5],
  ],
  [[1], [2, 4]],
  [
    [2, 1, 3],
    [4, 2, 5, 3],
  ],
  [[], [3]],
  [[], []],
  [
    [1, 1],
    [0, 3],
  ],
  [
    [0, 1],
    [0, 3],
  ],
  [[5], [3, 5]],
  [
    [2, 1, 2, 1],
    [2, 3, 2, 4],
  ],
  [
    [1, 2, 1, 2, 1, 2],
    [2, 2, 2, 2, 2, 2],
  ],
  [
    [17, 1],
    [17, 33],
  ],
  [
    [1, 130],
    [7, 130],
  ],
];
const picks = (shape: readonly number[], axis: number, indices: readonly number[], dtype: DataType = "float32"): Sample => {
  const limit = shape[axis < 0 ? axis + shape.length : axis] as number;
  return {
    inputs: [
      { shape, dtype },
      { shape: indices, dtype: "int32", domain: range(0, limit) },
    ],
    attributes: { axis },
  };
};

function gatherOf(x: Values, indices: Values, axis: number): Expected {
  const along = axesOf(axis, x.shape.length)[0] as number;
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  const data: number[] = [];
  eachPosition(shape, (position) => {
    const at = indices.data[indexIn(indices.shape, position.slice(along, along + indices.shape.length))] as number;
    data.push(
      x.data[
        indexIn(
          x.shape.map((size) => (size === 1 ? 2 : size)).map((_, i) => x.shape[i] as number),
          [...position.slice(0, along), at, ...position.slice(along + indices.shape.length)],
        )
      ] as number,
    );
  });
  return { shape, data };
}

/** dx of gather: dy's slices added up at their indices. */
function scatterOf(dy: Values, indices: Values, axis: number, shape: readonly number[]): Expected {
  const data = new Float64Array(sizeOf(shape));
  const magnitude = new Float64Array(sizeOf(shape));
  const rank = indices.shape.length;
  eachPosition(dy.shape, (position, index) => {
    const at = indices.data[indexIn(indices.shape, position.slice(axis, axis + rank))] as number;
    const target = indexIn(shape, [...position.slice(0, axis), at, ...position.slice(axis + rank)]);
    data[target] = (data[target] as number) + (dy.data[index] as number);
    magnitude[target] = (magnitude[target] as number) + Math.abs(dy.data[index] as number);
  });
  return { shape, data, magnitude };
}

// ---- random ----

const drawn = (shape: readonly number[], attributes: object): Sample => ({ inputs: [], attributes: { shape, seed: 7, ...attributes } });
/** x of the inverse distribution: 24 of the bits as an odd multiple of 2^-24 in (-1, 1). */
const oddFraction = (bits: number): number => (2 * (bits >>> 8) + 1 - 2 ** 24) * 2 ** -24;

/** A random op: `f` makes a number of 32 bits. The seed is the key's first word. */
// biome-ignore lint/suspicious/noExplicitAny: as Sample
function randomRow(attributes: object, call: (attributes: any) => Tensor, f: (bits: number, attributes: any) => number): Row {
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

function expectMoments(y: Values, mean: number, deviation: number): void {
  const n = y.data.length;
  if (n < 1000) return;
  const values = Array.from(y.data);
  const average = addUp(values) / n;
  const spread = Math.sqrt(addUp(values.map((value) => (value - average) ** 2)) / n);
  // Four standard errors of each estimate.
  if (Math.abs(average - mean) > (4 * deviation) / Math.sqrt(n)) throw new Error(`mean ${average} is not near ${mean}`);
  if (Math.abs(spread - deviation) > (4 * deviation) / Math.sqrt(2 * n)) throw new Error(`deviation ${spread} is not near ${deviation}`);
}

function expectWithin(y: Values, low: number, high: number): void {
  for (const value of Array.from(y.data)) if (!(value >= low && value < high)) throw new Error(`${value} is not in [${low}, ${high})`);
}

/** The row of each op that defineOp has defined, under the name it was defined with. */
export const opsTable: Record<string, Row> = {
  add: binaryRow(add, (a, b) => a + b, { int32: (a, b) => (a + b) | 0 }),
  sub: binaryRow(sub, (a, b) => a - b, { int32: (a, b) => (a - b) | 0 }),
  mul: binaryRow(mul, (a, b) => a * b, { int32: Math.imul }),
  div: binaryRow(div, (a, b) => a / b, { int32: (a, b) => Math.floor(a / b), int32Domain: [7, -7, 9, 1, -1, 2147483647, -5, 3, -2147483647] }),
  maximum: binaryRow(maximum, Math.max, { int32: Math.max }),
  minimum: binaryRow(minimum, Math.min, { int32: Math.min }),
  addGradients: {
    ...binaryRow(
      (a, b) => defined("addGradients")([a, b], {}),
      (a, b) => a + b,
    ),
    samples: same(2, ...lists, [2, 3, 5]),
    gradient: { samples: same(2, [5], [2, 3]) },
    bench: elementwiseBench(2),
  },

  neg: unaryRow(neg, (x) => -x, range(-5, 5), { int32: true }),
  abs: unaryRow(abs, Math.abs, range(-5, 5), { int32: true, gradientDomain: range(-2, 2, 0.2) }),
  exp: unaryRow(exp, Math.exp, range(-20, 20), { gradientDomain: range(-2, 2) }),
  log: unaryRow(log, Math.log, range(0.001, 50), { gradientDomain: range(0.4, 3) }),
  square: unaryRow(square, (x) => x * x, range(-9, 9), {
    int32: true,
    oracle: ([x]) => map(x as Values, (value) => ((x as Values).dtype === "int32" ? Math.imul(value, value) : value * value)),
  }),
  sqrt: unaryRow(sqrt, Math.sqrt, range(0, 40), { gradientDomain: range(0.4, 3) }),
  // -0 and NaN stay what they are.
  relu: unaryRow(relu, (x) => (x < 0 ? 0 : x), range(-3, 3), { gradientDomain: range(-2, 2, 0.2) }),
  sigmoid: unaryRow(sigmoid, sigmoidOf, range(-15, 15), { gradientDomain: range(-3, 3) }),
  tanh: unaryRow(tanh, Math.tanh, range(-6, 6), { gradientDomain: range(-2, 2) }),
  clipByValue: {
    ...unaryRow(
      (x) => x,
      (x) => x,
      range(-3, 3),
    ),
    call: ([x], { low, high }) => clipByValue(x as Tensor, low, high),
    samples: one(...lists, ...mixedRanks).map((sample) => ({ ...sample, attributes: { low: -1, high: 1.5 } })),
    oracle: ([x], { low, high }) => map(x as Values, (value) => (Number.isNaN(value) ? value : Math.min(Math.max(value, low), high))),
    gradient: {
      samples: [{ inputs: [{ shape: [3, 4], domain: [-2, -1.3, -0.6, 0.1, 0.8, 1.2, 1.9, 2.6, 0.4, -0.2, 3, -3] }], attributes: { low: -1, high: 1.5 } }],
    },
    special: specialOf(EXTREMES).map((sample) => ({ ...sample, attributes: { low: -1, high: Number.POSITIVE_INFINITY } })),
    bench: {
      small: { ...(one([4])[0] as Sample), attributes: { low: 0, high: 1 } },
      typical: { ...(one([32, 128])[0] as Sample), attributes: { low: 0, high: 1 } },
      large: { ...(one([1 << 20])[0] as Sample), attributes: { low: 0, high: 1 } },
    },
  },
  reluGrad: slopeRow("reluGrad", (y, dy) => (y > 0 ? dy : 0), range(-2, 2, 0.2), { atol: 0, rtol: 0 }),
  sigmoidGrad: slopeRow("sigmoidGrad", (y, dy) => dy * y * (1 - y), range(0.05, 0.95)),
  tanhGrad: slopeRow("tanhGrad", (y, dy) => dy * (1 - y * y), range(-0.9, 0.9)),

  equal: comparisonRow(equal, (a, b) => a === b),
  notEqual: comparisonRow(notEqual, (a, b) => a !== b),
  greater: comparisonRow(greater, (a, b) => a > b),
  greaterEqual: comparisonRow(greaterEqual, (a, b) => a >= b),
  less: comparisonRow(less, (a, b) => a < b),
  lessEqual: comparisonRow(lessEqual, (a, b) => a <= b),

  cast: {
    call: ([x], { dtype }) => cast(x as Tensor, dtype),
    samples: storage.flatMap((from) =>
      storage
        .filter((to) => to !== from)
        .flatMap((dtype) =>
          [0, 1, 3, 4, 5, 8, 17, 33].map(
            (n): Sample => ({
              inputs: [
                {
                  shape: [n],
                  dtype: from,
                  domain:
                    from === "bool"
                      ? [0, 1, 1, 0, 1]
                      : from.startsWith("uint") || dtype === "uint8"
                        ? [0, 1, 7, 200, 255, 100]
                        : [0, 1, -1, 100, -128, 127, 3, 2, -7],
                },
              ],
              attributes: { dtype },
            }),
          ),
        ),
    ),
    oracle: ([x], { dtype }) => map(x as Values, (value) => castValue(value, dtype)),
    atol: 0,
    rtol: 0,
    domains: [range(-100, 100)],
    gradient: null,
    special: [
      {
        inputs: [{ shape: [16], domain: [0.5, -0.5, 1.7, -1.7, 2.5, 0, -0, 1e-3, 65504, 65520, 1e-8, 6e-8, 6.1e-5, 3.14159, 1 + 2 ** -11, 1 + 3 * 2 ** -11] }],
        attributes: { dtype: "float16" },
      },
      { inputs: [{ shape: [9], domain: [...NOT_FINITE, 1e30, -1e30, 1.00390625, 1.01171875, 3.3961775e38, 1e-40] }], attributes: { dtype: "bfloat16" } },
      { inputs: [{ shape: [6], domain: [...NOT_FINITE, 70000, -70000, 5e-8] }], attributes: { dtype: "float16" } },
      { inputs: [{ shape: [7], domain: [...NOT_FINITE, 0.25, -0, 0, 1e-45] }], attributes: { dtype: "bool" } },
      { inputs: [{ shape: [10], domain: [1.7, -1.7, 0.99, -0.99, 2147483520, -2147483648, 1e-40, 16777216, -0, 123456.78] }], attributes: { dtype: "int32" } },
    ],
    bench: { small: shaped([4], { dtype: "int32" }), typical: shaped([32, 128], { dtype: "int32" }), large: shaped([1 << 20], { dtype: "int32" }) },
  },

  sum: reductionRow(sum, addUp, { int32: true }),
  // Without the sums that overflow before they are divided.
  mean: {
    ...reductionRow(mean, (values) => addUp(values) / values.length),
    special: [
      {
        inputs: [
          { shape: [4, 3], domain: [Number.NaN, 1, 2, 1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 0, -1, 1] },
        ],
        attributes: { axis: 1 },
      },
    ],
  },
  max: reductionRow(max, greatest, {
    int32: true,
    atol: 0,
    rtol: 0,
    oracle: ([x], { axis, keepDims }) => reduce(x as Values, axis, keepDims, greatest),
    samples: [
      ...reductions,
      ...withDtype(reductions.filter(({ inputs }) => !inputs[0]?.shape.includes(0)).slice(0, 50), "int32", range(-(2 ** 31), 2 ** 31)),
      ...withDtype([reduction([3, 5], 1), reduction([2, 33], null)], "bool", [0, 0, 1, 0, 0, 0, 0]),
    ],
    gradient: {
      samples: [reduction([7], null), reduction([3, 5], -1), reduction([2, 3, 4], [0, 2], true), reduction([3, 4], 0)].map((sample) => ({
        ...sample,
        inputs: sample.inputs.map((input) => ({ ...input, domain: "distinct" as const })),
      })),
    },
  }),
  min: reductionRow(min, least, {
    int32: true,
    atol: 0,
    rtol: 0,
    oracle: ([x], { axis, keepDims }) => reduce(x as Values, axis, keepDims, least),
    samples: [
      ...reductions,
      ...withDtype(reductions.filter(({ inputs }) => !inputs[0]?.shape.includes(0)).slice(0, 50), "int32", range(-(2 ** 31), 2 ** 31)),
      ...withDtype([reduction([3, 5], 1), reduction([2, 33], null)], "bool", [0, 0, 1, 0, 0, 0, 0]),
    ],
    gradient: {
      samples: [reduction([7], null), reduction([3, 5], -1), reduction([2, 3, 4], [0, 2], true), reduction([3, 4], 0)].map((sample) => ({
        ...sample,
        inputs: sample.inputs.map((input) => ({ ...input, domain: "distinct" as const })),
      })),
    },
  }),

  argMax: {
    ...reductionRow(
      (x) => x,
      () => 0,
    ),
    call: ([x], { axis }) => argMax(x as Tensor, axis),
    samples: [
      ...WIDTHS.filter((n) => n > 0).flatMap((n) => [reduction([n], 0), reduction([2, n], 1), reduction([n, 3], 0), reduction([3, n, 5], 1)]),
      ...withDtype([reduction([17], 0), reduction([4, 9], 1), reduction([9, 4], 0)], "int32", range(-(2 ** 31), 2 ** 31)),
      // Ties: the first of the greatest.
      ...withDtype([reduction([17], 0), reduction([4, 33], 1), reduction([33, 4], 0)], "float32", [1, 3, 2, 3, -1]),
      ...withDtype([reduction([17], 0), reduction([4, 33], -1)], "bool", [0, 1, 1]),
      ...withDtype([reduction([9], 0)], "float32", [-0, 0]),
      reduction([0, 4], 1),
      reduction([3, 2, 4], -2),
    ],
    oracle: ([x], { axis }) =>
      reduce(x as Values, axis, false, (values) =>
        values.reduce((best, value, i) => (value > (values[best] as number) || (Number.isNaN(value) && !Number.isNaN(values[best])) ? i : best), 0),
      ),
    atol: 0,
    rtol: 0,
    gradient: null,
    bench: { small: reduction([8], 0), typical: reduction([32, 10], 1), large: reduction([1024, 1024], 1) },
  },

  softmax: {
    call: ([x], { axis }) => softmax(x as Tensor, axis),
    samples: [...one(...rowShapes, []), shaped([3, 4, 5], { axis: 1 }), shaped([3, 4, 5], { axis: 0 }), shaped([5, 17], { axis: -2 })].map(
      ({ inputs, attributes }) => ({ inputs, attributes: attributes ?? {} }),
    ),
    oracle: ([x], { axis = -1 }) => {
      const result = alongAxis(x as Values, axis, softmaxRow);
      // Rounding max - x and its product with log2(e) moves e^(x - max) by a unit of either; a polynomial of 5 units comes on top.
      return {
        ...result,
        magnitude: alongAxis(x as Values, axis, (row) => softmaxRow(row).map((p, i) => p * (5 + Math.max(...row) - (row[i] as number)))).data,
      };
    },
    atol: 2 ** -126,
    rtol: 1.2e-7,
    domains: [range(-6, 6)],
    gradient: { samples: one([5], [3, 4], [2, 2, 3]).map(({ inputs }) => ({ inputs, attributes: {} })) },
    special: [softmaxSpecial(3), softmaxSpecial(6)],
    bench: { small: shaped([1, 10], {}), typical: shaped([32, 10], {}), large: shaped([1024, 1000], {}) },
  },
  logSoftmax: {
    call: ([x], { axis }) => logSoftmax(x as Tensor, axis),
    samples: [...one(...rowShapes), shaped([3, 4, 5], { axis: 1 }), shaped([5, 17], { axis: 0 })].map(({ inputs, attributes }) => ({
      inputs,
      attributes: attributes ?? {},
    })),
    oracle: ([x], { axis = -1 }) => alongAxis(x as Values, axis, logSoftmaxRow),
    // x - max is exact only to a unit of the largest.
    atol: 1.5e-6,
    rtol: 3e-7,
    domains: [range(-6, 6)],
    gradient: { samples: one([5], [3, 4], [2, 2, 3]).map(({ inputs }) => ({ inputs, attributes: {} })) },
    special: [softmaxSpecial(3), softmaxSpecial(6)],
    bench: { small: shaped([1, 10], {}), typical: shaped([32, 10], {}), large: shaped([1024, 1000], {}) },
  },
  softmaxGrad: {
    call: ([y, dy]) => defined("softmaxGrad")([y as Tensor, dy as Tensor], {}),
    samples: same(2, ...rowShapes),
    oracle: ([y, dy]) => {
      const result = rows([y as Values, dy as Values], (p, d) => {
        const inner = addUp(p.map((value, i) => value * (d[i] as number)));
        return p.map((value, i) => value * ((d[i] as number) - inner));
      });
      const magnitude = rows([y as Values, dy as Values], (p, d) => {
        const inner = addUp(p.map((value, i) => Math.abs(value * (d[i] as number))));
        return p.map((value, i) => Math.abs(value) * (Math.abs(d[i] as number) + inner));
      });
      return { ...result, magnitude: magnitude.data };
    },
    atol: DENORMAL,
    rtol: 5e-7,
    domains: [range(0, 1), range(-2, 2)],
    gradient: { samples: same(2, [5], [3, 4]) },
    bench: classBench((shape) => [{ shape }, { shape }]),
  },
  logSoftmaxGrad: {
    call: ([y, dy]) => defined("logSoftmaxGrad")([y as Tensor, dy as Tensor], {}),
    samples: same(2, ...rowShapes),
    oracle: ([y, dy]) => {
      const result = rows([y as Values, dy as Values], (y0, d) => y0.map((value, i) => (d[i] as number) - Math.exp(value) * addUp(d)));
      const magnitude = rows([y as Values, dy as Values], (y0, d) => y0.map((value, i) => Math.abs(d[i] as number) + Math.exp(value) * addUp(d.map(Math.abs))));
      return { ...result, magnitude: magnitude.data };
    },
    atol: DENORMAL,
    rtol: 5e-7,
    domains: [range(-6, 0), range(-2, 2)],
    gradient: { samples: same(2, [5], [3, 4]) },
    bench: classBench((shape) => [{ shape }, { shape }]),
  },
  sparseCrossEntropy: {
    call: ([logits, labels]) => sparseCrossEntropy(labels as Tensor, logits as Tensor),
    samples: labelledShapes.map((shape) => labelled(shape)),
    oracle: ([logits, labels]) => {
      let row = 0;
      return rowValues([logits as Values], (values) => {
        const label = (labels as Values).data[row++] as number;
        return label >= 0 && label < values.length ? -(logSoftmaxRow(values)[label] as number) : Number.NaN;
      });
    },
    atol: 1.5e-6,
    rtol: 3e-7,
    domains: [range(-6, 6), range(0, 1)],
    gradient: { samples: [labelled([3, 4]), labelled([5])] },
    special: [
      {
        inputs: [
          { shape: [4, 3], domain: [1000, 999, 0, -1000, 0, 1000, 1, 2, 3, 1, 2, 3] },
          { shape: [4], dtype: "int32", domain: [0, 1, -1, 3] },
        ],
      },
    ],
    bench: { small: labelled([1, 10]), typical: labelled([32, 10]), large: labelled([1024, 1000]) },
  },
  sparseCrossEntropyGrad: {
    call: ([logits, labels, dloss]) => defined("sparseCrossEntropyGrad")([logits as Tensor, labels as Tensor, dloss as Tensor], {}),
    samples: labelledShapes.map((shape) => labelled(shape, [{ shape: shape.slice(0, -1), domain: range(-2, 2) }])),
    oracle: ([logits, labels, dloss]) => {
      let row = 0;
      return rows([logits as Values], (values) => {
        const [label, slope] = [(labels as Values).data[row] as number, (dloss as Values).data[row] as number];
        row++;
        return softmaxRow(values).map((p, i) => (p - Number(i === label)) * slope);
      });
    },
    atol: 3e-7,
    rtol: 6e-7,
    domains: [range(-6, 6), range(0, 1)],
    gradient: { samples: [labelled([3, 4], [{ shape: [3], domain: range(-2, 2) }])] },
    bench: { small: labelled([1, 10], [{ shape: [1] }]), typical: labelled([32, 10], [{ shape: [32] }]), large: labelled([1024, 1000], [{ shape: [1024] }]) },
  },
  crossEntropy: {
    call: ([logits, target]) => crossEntropy(target as Tensor, logits as Tensor),
    samples: same(2, ...labelledShapes),
    oracle: ([logits, target]) =>
      rowValues([logits as Values, target as Values], (x, t) => -addUp(logSoftmaxRow(x).map((value, i) => value * (t[i] as number)))),
    atol: 1.5e-6,
    rtol: 1e-6,
    domains: [range(-6, 6), targetDomain],
    gradient: { samples: same(2, [3, 4], [5]) },
    special: [
      {
        inputs: [
          { shape: [2, 3], domain: [1000, 999, 0, -1000, 0, 1000] },
          { shape: [2, 3], domain: [0, 1, 0, 0, 0, 1] },
        ],
      },
    ],
    bench: classBench((shape) => [{ shape }, { shape }]),
  },
  crossEntropyGrad: {
    call: ([logits, target, dloss]) => defined("crossEntropyGrad")([logits as Tensor, target as Tensor, dloss as Tensor], {}),
    samples: labelledShapes.map((shape) => ({ inputs: [{ shape }, { shape, domain: targetDomain }, { shape: shape.slice(0, -1), domain: range(-2, 2) }] })),
    oracle: ([logits, target, dloss]) => {
      let row = 0;
      const result = rows([logits as Values, target as Values], (x, t) => {
        const slope = (dloss as Values).data[row++] as number;
        const total = addUp(t);
        return softmaxRow(x).map((p, i) => (p * total - (t[i] as number)) * slope);
      });
      row = 0;
      const magnitude = rows([logits as Values, target as Values], (x, t) => {
        const slope = Math.abs((dloss as Values).data[row++] as number);
        const total = addUp(t);
        return softmaxRow(x).map((p, i) => (p * total + (t[i] as number)) * slope);
      });
      return { ...result, magnitude: magnitude.data };
    },
    atol: DENORMAL,
    rtol: 8e-7,
    domains: [range(-6, 6)],
    gradient: { samples: [{ inputs: [{ shape: [3, 4] }, { shape: [3, 4], domain: targetDomain }, { shape: [3], domain: range(-2, 2) }] }] },
    bench: classBench((shape) => [{ shape }, { shape }, { shape: shape.slice(0, -1) }]),
  },

  matMul: {
    call: ([a, b], { transposeA, transposeB }) => matMul(a as Tensor, b as Tensor, transposeA, transposeB),
    samples: products,
    oracle: ([a, b], { transposeA, transposeB }) => product(a as Values, b as Values, transposeA, transposeB),
    atol: DENORMAL,
    // Sums of up to 1100 products in float32.
    rtol: 1.2e-6,
    domains: [range(-2, 2)],
    gradient: {
      samples: [
        ...sizes(3, 4, 2),
        multiply([2, 3, 4], [4, 2]),
        multiply([2, 1, 2, 3], [2, 3, 2]),
        multiply([3], [3]),
        multiply([2, 3], [3]),
        multiply([3], [2, 3, 2]),
      ],
    },
    special: [
      {
        inputs: [
          { shape: [2, 3], domain: [Number.NaN, 1, 2, 1, Number.POSITIVE_INFINITY, 1] },
          { shape: [3, 2], domain: [1, 2, 0, 1, 1, 3] },
        ],
        attributes: {},
      },
      {
        inputs: [
          { shape: [9, 5], domain: [0, 1, 0, 0, 0, 0, 0] },
          { shape: [5, 17], domain: [Number.NaN, 1, 2, 3, Number.NEGATIVE_INFINITY, 1, 2] },
        ],
        attributes: {},
      },
    ],
    bench: { small: multiply([32, 10], [10, 10]), typical: multiply([32, 784], [784, 128]), large: multiply([512, 512], [512, 512]) },
  },
  outerProduct: {
    call: ([a, b]) => outerProduct(a as Tensor, b as Tensor),
    samples: two(
      ...WIDTHS.flatMap((n): [number[], number[]][] => [
        [[n], [3]],
        [[5], [n]],
        [[n], [n]],
      ]),
    ),
    oracle: ([a, b]) =>
      product({ ...(a as Values), shape: [...(a as Values).shape, 1] }, { ...(b as Values), shape: [1, ...(b as Values).shape] }, false, false),
    atol: DENORMAL,
    rtol: HALF_ULP,
    domains: [range(-2, 2)],
    gradient: { samples: two([[3], [4]], [[1], [5]]) },
    bench: {
      small: two([[4], [4]])[0] as Sample,
      typical: two([[784], [128]])[0] as Sample,
      large: two([[1024], [1024]])[0] as Sample,
    },
  },
  dense: {
    call: ([x, kernel, bias], { activation }) => dense(x as Tensor, kernel as Tensor, bias ?? null, activation),
    samples: [
      ...(["linear", "relu", "sigmoid", "tanh"] as const).flatMap((activation) => [
        ...[1, 3, 4, 5, 6, 8, 9, 16, 17, 33].flatMap((n) => [dot([n, 7], 9, activation), dot([6, 5], n, activation), dot([2, n], 3, activation, false)]),
        dot([2, 3, 13], 5, activation),
        dot([4], 6, activation),
      ]),
      dot([0, 3], 2, "relu"),
      dot([3, 0], 4, "sigmoid"),
      dot([3, 0], 4, "linear", false),
      dot([65, 130], 70, "relu"),
      dot([32, 300], 20, "tanh"),
    ],
    oracle: ([x, kernel, bias], { activation }: DenseAttributes) => {
      const wide = (x as Values).shape.length === 1 ? { ...(x as Values), shape: [1, ...(x as Values).shape] } : (x as Values);
      const { shape, data, magnitude } = product(wide, kernel as Values);
      const units = (kernel as Values).shape[1] as number;
      const result = Array.from(data, (value, i) => activate[activation](value + (bias === undefined ? 0 : (bias.data[i % units] as number))));
      return {
        shape: [...(x as Values).shape.slice(0, -1), ...shape.slice(-1)],
        data: result,
        magnitude: Array.from(
          magnitude,
          (value, i) => value + Math.abs(bias === undefined ? 0 : (bias.data[i % units] as number)) + Math.abs(result[i] as number),
        ),
      };
    },
    atol: DENORMAL,
    rtol: 6e-7,
    domains: [range(-1, 1)],
    gradient: {
      samples: [
        dot([3, 4], 2),
        dot([3, 4], 5, "sigmoid"),
        dot([2, 2, 3], 2, "tanh"),
        dot([3, 4], 2, "linear", false),
        {
          ...dot([3, 2], 2, "relu"),
          inputs: [
            { shape: [3, 2], domain: [1, 2, -1, 0.5, 2, -2] },
            { shape: [2, 2], domain: [1, -1, 0.5, 2] },
            { shape: [2], domain: [0.3, -0.4] },
          ],
        },
      ],
    },
    bench: { small: dot([1, 10], 10), typical: dot([32, 784], 128, "relu"), large: dot([512, 512], 512, "relu") },
  },

  reshape: {
    call: ([x], { shape }) => reshape(x as Tensor, shape),
    samples: [
      shaped([2, 6], { shape: [3, 4] }),
      shaped([2, 3, 4], { shape: [24] }),
      shaped([5], { shape: [5, 1] }),
      shaped([0, 3], { shape: [3, 0] }),
      shaped([1, 1], { shape: [] }),
      ...storage.map((dtype) => shaped([2, 3], { shape: [3, 2] }, dtype)),
    ],
    oracle: ([x], { shape }) => ({ shape, data: (x as Values).data }),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [shaped([2, 6], { shape: [3, 4] })] },
    bench: { small: shaped([4], { shape: [2, 2] }), typical: shaped([32, 784], { shape: [32, 28, 28] }), large: shaped([1 << 20], { shape: [1024, 1024] }) },
  },
  transpose: {
    call: ([x], { perm }) => transpose(x as Tensor, perm),
    samples: [
      ...perms.map(([shape, perm]) => shaped(shape, { perm })),
      ...storage.flatMap((dtype) => [
        shaped([7, 13], { perm: [1, 0] }, dtype),
        shaped([2, 3, 4], { perm: [1, 2, 0] }, dtype),
        shaped([2, 3, 4, 5], { perm: [2, 0, 3, 1] }, dtype),
      ]),
    ],
    oracle: ([x], { perm }) => permute(x as Values, perm),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [shaped([2, 3], { perm: [1, 0] }), shaped([2, 3, 2], { perm: [2, 0, 1] })] },
    bench: { small: shaped([4, 4], { perm: [1, 0] }), typical: shaped([32, 784], { perm: [1, 0] }), large: shaped([1024, 1024], { perm: [1, 0] }) },
  },
  broadcastTo: {
    call: ([x], { shape }) => broadcastTo(x as Tensor, shape),
    samples: [
      ...repeats.map(([from, shape]) => shaped(from, { shape })),
      ...storage.flatMap((dtype) => [shaped([3, 1], { shape: [2, 3, 5] }, dtype), shaped([7], { shape: [4, 7] }, dtype), shaped([], { shape: [9] }, dtype)]),
    ],
    oracle: ([x], { shape }) => repeat(x as Values, shape),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: {
      samples: [shaped([3, 1], { shape: [3, 4] }), shaped([2], { shape: [3, 2] }), shaped([2, 1, 2], { shape: [2, 3, 2] }), shaped([], { shape: [4] })],
    },
    bench: { small: shaped([1], { shape: [4] }), typical: shaped([128], { shape: [32, 128] }), large: shaped([1024, 1], { shape: [1024, 1024] }) },
  },
  gather: {
    call: ([x, indices], { axis }) => gather(x as Tensor, indices as Tensor, axis),
    samples: [
      picks([7, 3], 0, [5]),
      picks([2, 6, 3], 1, [9]),
      picks([5], 0, [1]),
      picks([4, 2], 0, [0]),
      picks([6, 3], 0, [2, 4]),
      picks([3, 4, 5], -1, [7]),
      picks([3, 4, 5], 2, [2, 3]),
      picks([6, 1], 0, [17]),
      picks([9, 33], 0, [40]),
      picks([5, 3], 0, []),
      picks([2, 0], 0, [3]),
      picks([3, 17], 1, [65]),
      picks([2, 3, 4, 5], 1, [3]),
      ...storage.flatMap((dtype) => [picks([5, 3], 0, [7], dtype), picks([2, 5], 1, [4], dtype)]),
    ],
    oracle: ([x, indices], { axis }) => gatherOf(x as Values, indices as Values, axis),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [picks([4, 3], 0, [6]), picks([2, 4, 2], 1, [5]), picks([5], 0, [2, 3])] },
    bench: { small: picks([10, 4], 0, [4]), typical: picks([1000, 64], 0, [32, 16]), large: picks([60000, 784], 0, [1024]) },
  },
  gatherGrad: {
    call: ([dy, indices], { axis, shape }) => defined("gatherGrad")([dy as Tensor, indices as Tensor], { axis, shape }),
    samples: (
      [
        [[7, 3], 0, [5]],
        [[2, 6, 3], 1, [9]],
        [[5], 0, [1]],
        [[4, 2], 0, [0]],
        [[6, 3], 0, [2, 4]],
        [[3, 4, 5], 2, [7]],
        [[3, 33], 0, [40]],
        [[3, 17], 1, [65]],
        [[1, 5], 0, [9]],
        [[2, 0], 0, [3]],
      ] as [number[], number, number[]][]
    ).map(([shape, axis, indices]) => ({
      inputs: [
        { shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)] },
        { shape: indices, dtype: "int32" as const, domain: range(0, shape[axis] as number) },
      ],
      attributes: { axis, shape },
    })),
    oracle: ([dy, indices], { axis, shape }) => scatterOf(dy as Values, indices as Values, axis, shape),
    atol: DENORMAL,
    rtol: 4e-7,
    domains: [range(-9, 9)],
    gradient: { samples: [{ inputs: [{ shape: [6, 2] }, { shape: [6], dtype: "int32", domain: range(0, 3) }], attributes: { axis: 0, shape: [3, 2] } }] },
    bench: {
      small: { inputs: [{ shape: [4, 4] }, { shape: [4], dtype: "int32", domain: range(0, 10) }], attributes: { axis: 0, shape: [10, 4] } },
      typical: { inputs: [{ shape: [512, 64] }, { shape: [512], dtype: "int32", domain: range(0, 1000) }], attributes: { axis: 0, shape: [1000, 64] } },
      large: { inputs: [{ shape: [4096, 256] }, { shape: [4096], dtype: "int32", domain: range(0, 10000) }], attributes: { axis: 0, shape: [10000, 256] } },
    },
  },
  clone: {
    call: ([x]) => clone(x as Tensor),
    samples: [...one([0], [1], [17], [2, 3], []), ...storage.flatMap((dtype) => [shaped([5], {}, dtype), shaped([2, 9], {}, dtype)])],
    oracle: ([x]) => ({ shape: (x as Values).shape, data: (x as Values).data }),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: one([3, 2]) },
    special: specialOf(EXTREMES),
    bench: elementwiseBench(1),
  },
  fill: {
    call: (_, { shape, value, dtype }) => fill(shape, value, dtype),
    samples: (["float32", "int32", "bool", "uint8", "int8"] as const).flatMap((dtype) =>
      [[], [0], [1], [3], [4], [17], [2, 3, 5]].map((shape): Sample => ({ inputs: [], attributes: { shape, value: dtype === "bool" ? 1 : 7, dtype } })),
    ),
    oracle: (_, { shape, value }) => ({ shape, data: new Array(sizeOf(shape)).fill(Math.fround(value)) }),
    atol: 0,
    rtol: 0,
    domains: [range(0, 1)],
    gradient: null,
    special: [...NOT_FINITE, 0.1, -0].map((value) => ({ inputs: [], attributes: { shape: [5], value, dtype: "float32" } })),
    bench: {
      small: { inputs: [], attributes: { shape: [4], value: 1 } },
      typical: { inputs: [], attributes: { shape: [32, 128], value: 1 } },
      large: { inputs: [], attributes: { shape: [1 << 20], value: 1 } },
    },
  },

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

/** The result type that numpy's broadcasting gives; for benches that count bytes. */
export const resultShape = (sample: Sample): readonly number[] => sample.inputs.map(({ shape }) => shape).reduce((a, b) => broadcastShape(a, b) ?? a, []);
