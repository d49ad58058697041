/** @file Rows of activations. */
import {
  celu,
  elu,
  gelu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  prelu,
  relu6,
  selu,
  silu,
  softplus,
  softShrink,
  softsign,
  squareplus,
  swish,
  type Tensor,
  tanhShrink,
  thresholdedRelu,
} from "../../src/index.js";
import * as forms from "../../src/ops/activate.js";
import { erfc } from "../erf.js";
import { map, type Values, zip } from "../naive.js";
import { pairs, sigmoidOf, unaryRow } from "./pointwise.js";
import {
  DENORMAL,
  type Domain,
  defined,
  EXTREMES,
  elementwiseBench,
  lists,
  mixedRanks,
  one,
  type Row,
  range,
  type Sample,
  same,
  specialOf,
  specialPairs,
  two,
} from "./row.js";

/** Four units in the last place. */
const FOUR_ULP = 4.8e-7;
/** Half of what is left of a normal number that is multiplied by a denormal one. */
const UNDERFLOW = 1e-37;

/** Smooth functions around their bends and far from them. */
const special = specialOf([...EXTREMES, 2, -2, 5, -5, 10, -10, 14.7, -14.7, 30, -30, 1e9, -1e9, 1e19, -1e19, -0.8, 1.15, -1.16, 0.01, -1e-5]);

const smooth = (call: (x: Tensor) => Tensor, f: (x: number) => number, options: Partial<Row> & { gradientDomain?: Domain } = {}): Row =>
  unaryRow(call, f, range(-8, 8), { gradientDomain: range(-2, 2, 0.1), rtol: FOUR_ULP, atol: UNDERFLOW, special, ...options });

/** Straight lines with corners at some of -3, -1, -0.5, 0, 0.5, 1, 3 and 6: the gradient is tested between them. */
const lines = (call: (x: Tensor) => Tensor, f: (x: number) => number, options: Partial<Row> = {}): Row =>
  unaryRow(call, f, range(-8, 8), { gradientDomain: [-4, -2.1, -0.7, -0.3, 0.2, 0.7, 1.6, 4, 7.5, -0.9], rtol: 1.2e-7, ...options });

const clip = (x: number, low: number, high: number): number => (Number.isNaN(x) ? x : Math.min(Math.max(x, low), high));
/** A part of x; what is nothing of infinity is nothing. */
const part = (x: number, share: number): number => (share === 0 ? 0 : x * share);
const below = (x: number, value: number): number => (x > 0 ? x : value);
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const geluOf = (x: number): number => part(x, erfc(-x * Math.SQRT1_2) / 2);
const geluTanhOf = (x: number): number => part(x, sigmoidOf(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** The calls with and without a parameter, which is `fallback` then. */
function withParameter(
  row: Row,
  call: (x: Tensor, parameter?: number) => Tensor,
  f: (x: number, parameter: number) => number,
  fallback: number,
  other: number,
): Row {
  const samples = (list: readonly Sample[], parameter?: number): Sample[] => list.map((sample) => ({ ...sample, attributes: { parameter } }));
  const gradient = row.gradient as NonNullable<Row["gradient"]>;
  const { small, typical, large } = row.bench;
  return {
    ...row,
    call: ([x], { parameter }) => call(x as Tensor, parameter),
    oracle: ([x], { parameter = fallback }) => map(x as Values, (value) => f(value, parameter)),
    samples: [...samples(row.samples), ...samples(row.samples.slice(0, 7), other)],
    special: [...samples(row.special ?? []), ...samples(row.special ?? [], other)],
    gradient: { ...gradient, samples: [...samples(gradient.samples), ...samples(gradient.samples, other)] },
    bench: { small: { ...small, attributes: {} }, typical: { ...typical, attributes: {} }, large: { ...large, attributes: {} } },
  };
}

const slopes: Record<string, { form: forms.Form; parameters: number[]; slope: (x: number) => number }> = {
  leaky: { form: forms.leaky, parameters: [0.3], slope: (x) => (x > 0 ? 1 : Math.fround(0.3)) },
  exponential: { form: forms.exponential, parameters: [2, 3, 0.75, 2.25], slope: (x) => (x > 0 ? 2 : 2.25 * Math.exp(0.75 * x)) },
  gelu: { form: forms.normal, parameters: [], slope: (x) => erfc(-x * Math.SQRT1_2) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI) },
};

export const activationRows: Record<string, Row> = {
  relu6: lines(relu6, (x) => clip(x, 0, 6)),
  hardTanh: lines(hardTanh, (x) => clip(x, -1, 1)),
  hardSigmoid: lines(hardSigmoid, (x) => clip(x + 3, 0, 6) / 6, { atol: 1e-7 }),
  hardSwish: lines(hardSwish, (x) => part(x, clip(x + 3, 0, 6) / 6), { atol: 4e-7 }),
  leakyRelu: withParameter(lines(leakyRelu, Math.abs), leakyRelu, (x, alpha) => below(x, alpha * x), 0.2, 0.5),
  softShrink: withParameter(lines(softShrink, Math.abs), softShrink, (x, t) => x - clip(x, -t, t), 0.5, 1),
  hardShrink: withParameter(lines(hardShrink, Math.abs), hardShrink, (x, t) => (Math.abs(x) <= t ? 0 : x), 0.5, 3),
  thresholdedRelu: withParameter(lines(thresholdedRelu, Math.abs), thresholdedRelu, (x, theta) => (x <= theta ? 0 : x), 1, 0.5),
  prelu: {
    call: ([x, alpha]) => prelu(x as Tensor, alpha as Tensor),
    samples: [...same(2, ...lists), ...two(...pairs)],
    oracle: ([x, alpha]) => zip(x as Values, alpha as Values, (a, b) => below(a, a * b)),
    atol: DENORMAL,
    rtol: 6e-8,
    domains: [range(-3, 3, 0.1), range(-0.5, 0.9)],
    gradient: {
      samples: two(
        [[5], [5]],
        [[3, 4], [4]],
        [
          [2, 1, 3],
          [2, 1],
        ],
      ),
    },
    special: specialPairs([Number.NaN, Number.POSITIVE_INFINITY, 1, -0, 0, -2]),
    bench: { ...elementwiseBench(2), typical: { inputs: [{ shape: [32, 128] }, { shape: [128] }] } },
  },

  elu: withParameter(smooth(elu, Math.abs), elu, (x, alpha) => below(x, alpha * Math.expm1(x)), 1, 0.5),
  celu: withParameter(smooth(celu, Math.abs), celu, (x, alpha) => below(x, alpha * Math.expm1(x / alpha)), 1, 2.5),
  selu: smooth(selu, (x) => 1.0507009873554805 * below(x, 1.6732632423543772 * Math.expm1(x))),

  softplus: smooth(softplus, softplusOf),
  logSigmoid: smooth(logSigmoid, (x) => -softplusOf(-x)),
  softsign: smooth(softsign, (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : x / (1 + Math.abs(x)))),
  // Below 0 most of x cancels.
  squareplus: withParameter(
    smooth(squareplus, Math.abs, { atol: 2e-6, special: specialOf([Number.NaN, 0, -0, 1, -1, 20, 1e4]) }),
    squareplus,
    (x, b) => (x + Math.sqrt(x * x + b)) / 2,
    4,
    0.25,
  ),
  // What is left of x near 0 is x^3 / 3.
  tanhShrink: smooth(tanhShrink, (x) => x - Math.tanh(x), { atol: 3e-7 }),

  gelu: smooth(gelu, geluOf, { rtol: 8e-7 }),
  geluTanh: smooth((x) => gelu(x, true), geluTanhOf, { rtol: 2e-6, atol: 1e-12, special: specialOf([...EXTREMES, 3, -3, 8]) }),
  silu: smooth(silu, (x) => part(x, sigmoidOf(x))),
  swish: withParameter(smooth(swish, Math.abs), swish, (x, alpha) => part(x, sigmoidOf(alpha * x)), 1, 1.5),
  mish: smooth(mish, (x) => part(x, Math.tanh(softplusOf(x)))),
  glu: {
    call: ([x], { axis }) => glu(x as Tensor, axis),
    samples: [
      ...one([2], [6], [3, 8], [2, 3, 34], [0, 4], [3, 0]).map((sample) => ({ ...sample, attributes: {} })),
      ...one([4], [6, 5], [2, 3, 4]).map((sample) => ({ ...sample, attributes: { axis: 0 } })),
    ],
    oracle: ([x], { axis = -1 }) => {
      const { shape, data } = x as Values;
      const at = axis < 0 ? shape.length + axis : axis;
      const half = (shape[at] as number) / 2;
      const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1);
      const outer = shape.slice(0, at).reduce((a, b) => a * b, 1);
      const result: number[] = [];
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < half * inner; i++) {
          const from = o * 2 * half * inner + i;
          result.push((data[from] as number) * sigmoidOf(data[from + half * inner] as number));
        }
      return { shape: shape.map((size, i) => (i === at ? half : size)), data: result };
    },
    atol: DENORMAL,
    rtol: FOUR_ULP,
    domains: [range(-6, 6)],
    gradient: { samples: [...one([6], [2, 4])].map((sample) => ({ ...sample, attributes: {} })) },
    bench: {
      small: { ...(one([4])[0] as Sample), attributes: {} },
      typical: { ...(one([32, 256])[0] as Sample), attributes: {} },
      large: { ...(one([1024, 1024])[0] as Sample), attributes: {} },
    },
  },

  activationGrad: {
    call: ([x, dy], { name }) => {
      const { form, parameters } = slopes[name] as (typeof slopes)[string];
      return defined("activationGrad")([x as Tensor, dy as Tensor], { form, parameters });
    },
    samples: Object.keys(slopes).flatMap((name) => same(2, ...lists, ...mixedRanks).map((sample) => ({ ...sample, attributes: { name } }))),
    oracle: ([x, dy], { name }) => zip(x as Values, dy as Values, (at, upstream) => upstream * (slopes[name] as (typeof slopes)[string]).slope(at)),
    atol: 4e-7,
    rtol: 1e-6,
    domains: [range(-6, 6), range(-2, 2)],
    gradient: {
      samples: Object.keys(slopes).map((name) => ({ inputs: [{ shape: [9], domain: range(-2, 2, 0.1) }, { shape: [9] }], attributes: { name } })),
    },
    bench: {
      small: { ...(same(2, [4])[0] as Sample), attributes: { name: "leaky" } },
      typical: { ...(same(2, [32, 128])[0] as Sample), attributes: { name: "gelu" } },
      large: { ...(same(2, [1 << 20])[0] as Sample), attributes: { name: "leaky" } },
    },
  },
};
