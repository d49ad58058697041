/** @file Rows of reductions of more than one pass: logSumExp, variances, norms. */
import { euclideanNorm, logSumExp, mean, moments, norm, std, type Tensor, variance } from "../../src/index.js";
import { axesOf, broadcastTo, type Expected, reduce, type Values } from "../naive.js";
import { type Axes, addUp, greatest, least, reduction, reductionBench, reductionRow, reductions } from "./reduce.js";
import { DENORMAL, defined, NOT_FINITE, type Row, range, type Sample, WIDTHS } from "./row.js";

const squareSum = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
const meanOf = (values: readonly number[]): number => addUp([...values]) / values.length;
const spreadOf = (values: readonly number[], ddof = 0): number => {
  const center = meanOf(values);
  return squareSum(values.map((value) => value - center)) / (values.length - ddof);
};

function logSum(values: readonly number[]): number {
  const most = greatest([...values]);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

/** A value in float64, judged by magnitudes of its own. */
const judged = (
  f: (values: number[], attributes: never) => number,
  magnitude: (values: number[]) => number,
  options: Partial<Row>,
  call: Row["call"],
): Row => ({
  ...reductionRow(
    (x) => x,
    () => 0,
  ),
  call,
  oracle: ([x], attributes) => ({
    ...reduce(x as Values, attributes.axis, attributes.keepDims, (values) => f(values, attributes as never)),
    magnitude: reduce(x as Values, attributes.axis, attributes.keepDims, magnitude).data,
  }),
  ...options,
});

const withDdof = (sample: Sample, ddof: number): Sample => ({ ...sample, attributes: { ...sample.attributes, ddof } });
/** The unbiased estimate of one value is 0 / 0. */
const countOf = ({ inputs, attributes }: Sample): number => {
  const shape = (inputs[0] as { shape: readonly number[] }).shape;
  return axesOf(attributes.axis, shape.length).reduce((n, axis) => n * (shape[axis] as number), 1);
};
const unbiased = reductions.filter((sample) => countOf(sample) > 1).map((sample) => withDdof(sample, 1));
const someGradients = [reduction([7], null), reduction([3, 5], -1), reduction([2, 3, 4], [0, 2], true), reduction([3, 4], 0)];
const spreadGradients = [...someGradients, ...someGradients.slice(1, 3).map((sample) => withDdof(sample, 1)), reduction([2, 3, 2, 2, 2], [0, 2, 4])];
const special: Sample[] = [{ inputs: [{ shape: [4, 3], domain: [Number.NaN, 1, 2, 1, 2, 3, 1e19, 2, 3, 1e-30, 0, 0] }], attributes: { axis: 1 } }];
const infinite: Sample[] = [
  {
    inputs: [
      {
        shape: [6, 3],
        domain: [
          ...NOT_FINITE,
          1000,
          1001,
          -1000,
          -1000,
          -1001,
          -1e38,
          ...NOT_FINITE.slice(1),
          0,
          Number.NEGATIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          88,
          Number.POSITIVE_INFINITY,
          3e38,
        ],
      },
    ],
    attributes: { axis: 1 },
  },
];

/** Thousands of squares are added one after the other. */
const spreadOptions: Partial<Row> = { rtol: 2.5e-6, domains: [range(-3, 3)], gradient: { samples: spreadGradients }, special };
const orders = (...ords: (number | string)[]): Sample[] =>
  ords
    .flatMap((ord) => reductions.filter((_, i) => i % 5 === 0).map((sample) => ({ ...sample, attributes: { ...sample.attributes, axis: -1, ord } })))
    .filter(({ inputs }) => (inputs[0]?.shape.length ?? 0) > 0 && !inputs[0]?.shape.includes(0));
const matrix = (shape: readonly number[], ord: number | string, axis: readonly number[], keepDims = false): Sample => ({
  inputs: [{ shape }],
  attributes: { ord, axis, keepDims },
});
const matrices = [1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "fro", "euclidean"].flatMap((ord) => [
  matrix([3, 4], ord, [0, 1]),
  matrix([2, 5, 7], ord, [1, 2], true),
  matrix([4, 3, 2], ord, [2, 0]),
  matrix([3, 17], ord, [-2, -1]),
]);

/** Without ties, where greatest and least have no gradient. */
const extremal = [
  matrix([3, 4], Number.POSITIVE_INFINITY, [1]),
  matrix([4, 3], Number.NEGATIVE_INFINITY, [0]),
  matrix([3, 4], Number.POSITIVE_INFINITY, [0, 1]),
  matrix([3, 4], Number.NEGATIVE_INFINITY, [0, 1]),
].map((sample) => ({ ...sample, inputs: sample.inputs.map((input) => ({ ...input, domain: [1, -2, 3.5, 0.5, -4, 2.7, 1.7, -6, 5, -0.7, 8, 1.3] })) }));

function vectorNorm(values: number[], ord: number | string): number {
  const sizes = values.map(Math.abs);
  if (ord === 1) return addUp(sizes);
  if (ord === Number.POSITIVE_INFINITY) return greatest(sizes);
  if (ord === Number.NEGATIVE_INFINITY) return least(sizes);
  return Math.sqrt(squareSum(values));
}

function matrixNorm(x: Values, ord: number | string, [rows, columns]: readonly number[]): Values {
  const over = (from: Values, axis: number, f: (values: number[]) => number): Values => ({ ...(reduce(from, axis, true, f) as Values), dtype: "float32" });
  const sums = (axis: number): Values => over(x, axis, (values) => addUp(values.map(Math.abs)));
  if (ord === 1) return over(sums(rows as number), columns as number, greatest);
  if (ord === Number.POSITIVE_INFINITY) return over(sums(columns as number), rows as number, greatest);
  return over(sums(columns as number), rows as number, least);
}

/** With or without a center of a shape that broadcasts to x's. */
const products = (shape: readonly number[], axes: readonly number[], center?: readonly number[], keepDims = false): Sample => ({
  inputs: [{ shape }, { shape }, ...(center === undefined ? [] : [{ shape: center }])],
  attributes: { axes, keepDims },
});
const productSamples = [
  ...WIDTHS.flatMap((n) => [products([3, n], [1]), products([3, n], [1], [3, 1]), products([n, 3], [0], [3]), products([7, n], [0], [1, n], true)]),
  products([], []),
  products([2, 0, 3], [1]),
  products([2, 3, 4, 5], [1, 3], [2, 1, 4, 1]),
  products([2, 3, 1, 5, 2], [0, 3], [3, 1, 1, 2]),
  products([9000, 5], [0], [5]),
  products([20_000], [0], [1]),
];

export const statisticsRows: Record<string, Row> = {
  logSumExp: judged(
    logSum,
    (values) => Math.max(1, ...values.map(Math.abs)),
    { rtol: 6e-7, domains: [range(-6, 6)], special: infinite },
    ([x], { axis, keepDims }) => logSumExp(x as Tensor, axis, keepDims),
  ),
  variance: judged(
    (values, { ddof }: Axes & { ddof?: number }) => spreadOf(values, ddof),
    (values) => squareSum(values) / values.length,
    { ...spreadOptions, samples: [...reductions, ...unbiased] },
    ([x], { axis, keepDims, ddof }) => variance(x as Tensor, axis, keepDims, ddof),
  ),
  std: judged(
    (values, { ddof }: Axes & { ddof?: number }) => Math.sqrt(spreadOf(values, ddof)),
    (values) => 0.3 + Math.sqrt(squareSum(values) / values.length),
    { ...spreadOptions, samples: [...reductions, ...unbiased], atol: 1e-6 },
    ([x], { axis, keepDims, ddof }) => std(x as Tensor, axis, keepDims, ddof),
  ),
  moments: judged(
    (values, { result }: Axes & { result?: string }) => (result === "mean" ? meanOf(values) : spreadOf(values)),
    (values) => 0.5 + squareSum(values) / values.length,
    {
      ...spreadOptions,
      samples: [...reductions, ...reductions.map((sample) => ({ ...sample, attributes: { ...sample.attributes, result: "mean" } }))],
    },
    ([x], { axis, keepDims, result = "variance" }) => moments(x as Tensor, axis, keepDims)[result as "mean"],
  ),
  sumSquares: judged(
    (values, { around }: Axes & { around?: boolean }) => (around ? spreadOf(values) * values.length : squareSum(values)),
    (values) => squareSum(values),
    {
      ...spreadOptions,
      samples: [
        ...reductions,
        ...reductions.filter((sample) => countOf(sample) > 0).map((sample) => ({ ...sample, attributes: { ...sample.attributes, around: true } })),
      ],
    },
    ([x], { axis, keepDims = false, around }) => {
      const input = x as Tensor;
      const axes = axesOf(axis, input.rank).sort((a, b) => a - b);
      return defined("sumSquares")(around ? [input, mean(input, axis, true)] : [input], { axes, keepDims, scale: 1 });
    },
  ),
  sumProducts: {
    call: (inputs, { axes, keepDims }) => defined("sumProducts")(inputs, { axes, keepDims }),
    samples: productSamples,
    oracle: ([x, z, center], { axes, keepDims }) => {
      const centers = center === undefined ? null : broadcastTo(center, (x as Values).shape).data;
      const terms = Array.from((x as Values).data, (value, i) => (value - ((centers?.[i] as number) ?? 0)) * ((z as Values).data[i] as number));
      const over = (data: number[]): Expected => reduce({ shape: (x as Values).shape, dtype: "float32", data }, axes, keepDims, addUp);
      return { ...over(terms), magnitude: over(terms.map(Math.abs)).data };
    },
    atol: DENORMAL,
    rtol: 2.5e-6,
    domains: [range(-3, 3)],
    gradient: { samples: [products([2, 3, 4], [0, 2], [3, 1]), products([3, 5], [1]), products([5, 3], [0], [1, 3])] },
    bench: { small: products([8, 8], [1]), typical: products([128, 256], [0], [256]), large: products([1024, 1024], [0], [1024]) },
  },
  root: {
    call: ([x]) => defined("root")([x as Tensor], {}),
    samples: [reduction([5], null), reduction([2, 17], null), reduction([0], null)],
    oracle: ([x]) => ({ shape: (x as Values).shape, data: Array.from((x as Values).data, Math.sqrt) }),
    atol: DENORMAL,
    rtol: 6e-8,
    domains: [range(0.1, 4)],
    gradient: { samples: [{ inputs: [{ shape: [5], domain: range(0.5, 4) }] }] },
    bench: reductionBench,
  },
  norm: {
    call: ([x], { ord, axis, keepDims }) => norm(x as Tensor, ord, axis, keepDims),
    samples: [
      ...reductions.filter(({ attributes }) => typeof attributes.axis !== "object" || attributes.axis === null),
      ...orders(1, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "fro"),
      ...matrices,
    ],
    oracle: ([x], { ord, axis, keepDims }) => {
      const values = x as Values;
      const isMatrix = Array.isArray(axis) && axis.length === 2 && typeof ord === "number";
      if (!isMatrix) return reduce(values, axis, keepDims, (line) => vectorNorm(line, ord));
      const axes = axesOf(axis, values.shape.length);
      const kept = matrixNorm(values, ord, axes);
      return { shape: keepDims ? kept.shape : kept.shape.filter((_, i) => !axes.includes(i)), data: kept.data };
    },
    atol: DENORMAL,
    rtol: 1e-6,
    domains: [range(-3, 3, 0.3)],
    gradient: {
      samples: [...someGradients.filter((_, i) => i !== 2), ...orders(1, 2).slice(0, 4), ...extremal, matrix([3, 4], "fro", [0, 1]), matrix([3, 4], 1, [0, 1])],
    },
    special: [
      { inputs: [{ shape: [3, 3], domain: [Number.NaN, 1, 2, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 0, -0, 0] }], attributes: { axis: 1 } },
    ],
    bench: reductionBench,
  },
  euclideanNorm: {
    ...judged(
      (values) => Math.sqrt(squareSum(values)),
      (values) => Math.sqrt(squareSum(values)),
      { rtol: 1e-6, gradient: { samples: someGradients } },
      ([x], { axis, keepDims }) => euclideanNorm(x as Tensor, axis, keepDims),
    ),
    samples: reductions.filter(({ attributes }) => !Array.isArray(attributes.axis) || attributes.axis.length === 1 || attributes.axis.length === 2),
  },
};
