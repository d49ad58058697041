/** @file Rows of reductions. */
import { all, any, argMax, argMin, max, mean, min, prod, sum, type Tensor } from "../../src/index.js";
import { reduce, type Values } from "../naive.js";
import { DENORMAL, defined, type Row, range, type Sample, WIDTHS, withDtype } from "./row.js";

export interface Axes {
  axis: number | readonly number[] | null;
  keepDims?: boolean;
}

export const reduction = (shape: readonly number[], axis: Axes["axis"], keepDims = false): Sample => ({ inputs: [{ shape }], attributes: { axis, keepDims } });
export const reductions: Sample[] = [
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
export const reductionBench = { small: reduction([8], null), typical: reduction([128, 10], -1), large: reduction([1024, 1024], null) };

export function reductionRow(
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

export const addUp = (values: number[]): number => values.reduce((a, b) => a + b, 0);
export const greatest = (values: number[]): number =>
  values.reduce((a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)), Number.NEGATIVE_INFINITY);

export const least = (values: number[]): number => -greatest(values.map((value) => -value));

const argRow = (call: (x: Tensor, axis?: number) => Tensor, better: (a: number, b: number) => boolean): Row => ({
  ...reductionRow(
    (x) => x,
    () => 0,
  ),
  call: ([x], { axis }) => call(x as Tensor, axis),
  samples: [
    ...WIDTHS.filter((n) => n > 0).flatMap((n) => [reduction([n], 0), reduction([2, n], 1), reduction([n, 3], 0), reduction([3, n, 5], 1)]),
    ...withDtype([reduction([17], 0), reduction([4, 9], 1), reduction([9, 4], 0)], "int32", range(-(2 ** 31), 2 ** 31)),
    // Ties: the first of them.
    ...withDtype([reduction([17], 0), reduction([4, 33], 1), reduction([33, 4], 0)], "float32", [1, 3, 2, 3, -1]),
    ...withDtype([reduction([17], 0), reduction([4, 33], -1)], "bool", [0, 1, 1]),
    ...withDtype([reduction([9], 0)], "float32", [-0, 0]),
    reduction([0, 4], 1),
    reduction([3, 2, 4], -2),
  ],
  oracle: ([x], { axis }) =>
    reduce(x as Values, axis, false, (values) =>
      values.reduce((best, value, i) => (better(value, values[best] as number) || (Number.isNaN(value) && !Number.isNaN(values[best])) ? i : best), 0),
    ),
  atol: 0,
  rtol: 0,
  gradient: null,
  bench: { small: reduction([8], 0), typical: reduction([32, 10], 1), large: reduction([1024, 1024], 1) },
});

/** An error of an ULP for each factor. */
const prodOracle: Row["oracle"] = ([x], { axis, keepDims }) => {
  const values = x as Values;
  if (values.dtype !== "float32") return reduce(values, axis, keepDims, (factors) => factors.reduce(Math.imul, 1));
  const product = (factors: number[]): number => factors.reduce((a, b) => a * b, 1);
  return { ...reduce(values, axis, keepDims, product), magnitude: reduce(values, axis, keepDims, (factors) => product(factors) * factors.length).data };
};

const withZeros = (shape: readonly number[], axis: Axes["axis"]): Sample => ({
  inputs: [{ shape, domain: [1.5, 0, 2, -1, 0.7, 0, 3, 0, 0, 0, 1, 2, -0.5] }],
  attributes: { axis },
});

const logicalRow = (call: typeof any, f: (values: number[]) => boolean): Row => {
  const shapes = reductions.filter((_, i) => i % 2 === 0 || i > 60);
  return {
    ...reductionRow(call, (values) => Number(f(values))),
    samples: [
      ...withDtype(shapes, "bool", [1, 1, 1, 1, 1, 1, 1, 0, 1, 1]),
      ...withDtype(shapes, "bool", [0, 0, 0, 0, 0, 0, 1]),
      ...withDtype(shapes.slice(0, 10), "bool", [1]),
      ...withDtype(shapes.slice(0, 10), "bool", [0]),
      ...withDtype(shapes.slice(0, 10), "float32", [0, 0.5, -0]),
    ],
    oracle: ([x], { axis, keepDims }) => reduce(x as Values, axis, keepDims, (values) => Number(f(values))),
    atol: 0,
    rtol: 0,
    gradient: null,
    special: [],
  };
};

/** Lines that are normal numbers, lines with zeros, and lines whose product is out of range where that of the others is not. */
const linesOf = ([outer, rows, inner]: [number, number, number]): Sample[] => {
  const dy = { shape: [outer, 1, inner] };
  const zeros = [1, 2, 0, -1, 1.5, 0.5, 0, 1, -2, 1, 1];
  const domains = [undefined, zeros, [1e-20, 1, 1e-20, -2, 1e-3], [3, 1e13, 2e13, 1e13]];
  return (rows < 10 ? domains : domains.slice(0, 3)).map((domain) => ({
    inputs: [{ shape: [outer, rows, inner], ...(domain && { domain }) }, dy],
  }));
};

export const reduceRows: Record<string, Row> = {
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

  argMax: argRow(argMax, (a, b) => a > b),
  argMin: argRow(argMin, (a, b) => a < b),
  prod: {
    ...reductionRow(prod, () => 0, { int32: true }),
    oracle: prodOracle,
    rtol: 6e-8,
    domains: [range(0.9, 1.1)],
    gradient: {
      samples: [
        ...[reduction([7], null), reduction([3, 5], -1), reduction([2, 3, 4], [0, 2], true), reduction([3, 4], 0)],
        ...[withZeros([4, 3], 1), withZeros([13], null), withZeros([2, 3, 2], [0, 2]), withZeros([3, 3], 0)],
      ],
    },
  },
  prodGrad: {
    call: ([x, dy]) => defined("prodGrad")([x as Tensor, prod(x as Tensor, 1, true), dy as Tensor], {}),
    samples: [...linesOf([3, 5, 1]), ...linesOf([2, 4, 7]), ...linesOf([1, 70, 1]), ...linesOf([2, 0, 3]), ...linesOf([0, 3, 2])],
    oracle: ([x, dy]) => {
      const { shape, data } = x as Values;
      const [, rows, inner] = shape as [number, number, number];
      const others = Array.from(data, (_, at) => {
        const first = at - Math.floor((at / inner) % rows) * inner;
        let product = (dy as Values).data[Math.floor(at / (rows * inner)) * inner + (at % inner)] as number;
        for (let r = 0; r < rows; r++) if (first + r * inner !== at) product *= data[first + r * inner] as number;
        return product;
      });
      return { shape, data: others };
    },
    atol: DENORMAL,
    rtol: 2e-5,
    domains: [range(0.8, 1.2), range(-1, 1)],
    gradient: { samples: [...linesOf([2, 4, 2]).slice(0, 2), ...linesOf([3, 5, 1]).slice(0, 2)], tolerance: 3e-3 },
    bench: {
      small: linesOf([1, 8, 1])[0] as Sample,
      typical: linesOf([32, 128, 1])[0] as Sample,
      large: linesOf([1, 1024, 1024])[0] as Sample,
    },
  },
  any: logicalRow(any, (values) => values.some((value) => value !== 0)),
  all: logicalRow(all, (values) => values.every((value) => value !== 0)),
};
