/** @file Rows of matrix multiply. */
import { dense, matMul, outerProduct, type Tensor } from "../../src/index.js";
import { matMul as product, sizeOf, type Values } from "../naive.js";
import { sigmoidOf } from "./pointwise.js";
import { DENORMAL, HALF_ULP, type InputSpec, type Row, range, type Sample, two, WIDTHS } from "./row.js";

/** Around the tile (5 or 6 rows by 8 columns) and the vector; one size varies at a time. */
export const TILE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 31, 33];
export const multiply = (a: readonly number[], b: readonly number[], transposeA = false, transposeB = false): Sample => ({
  inputs: [{ shape: a }, { shape: b }],
  attributes: { transposeA, transposeB },
});
export const sizes = (m: number, k: number, n: number): Sample[] =>
  [false, true].flatMap((ta) => [false, true].map((tb) => multiply(ta ? [k, m] : [m, k], tb ? [n, k] : [k, n], ta, tb)));
export const products: Sample[] = [
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

export type DenseAttributes = { activation: "linear" | "relu" | "sigmoid" | "tanh" };
export const dot = (x: readonly number[], units: number, activation: DenseAttributes["activation"] = "linear", bias = true): Sample => {
  const inputs: InputSpec[] = [{ shape: x }, { shape: [x[x.length - 1] as number, units] }];
  return { inputs: bias ? [...inputs, { shape: [units] }] : inputs, attributes: { activation } };
};
export const activate = { linear: (x: number) => x, relu: (x: number) => (x < 0 ? 0 : x), sigmoid: sigmoidOf, tanh: Math.tanh };

/** 2 m k n of two matrices without batch axes. */
const productFlops = ({ shape }: InputSpec, { shape: other }: InputSpec, transposeA: boolean): number =>
  (2 * sizeOf(shape) * sizeOf(other)) / (shape[transposeA ? shape.length - 2 : shape.length - 1] as number);

export const matmulRows: Record<string, Row> = {
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
    flops: ({ inputs: [a, b], attributes }) => productFlops(a as InputSpec, b as InputSpec, attributes.transposeA),
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
    flops: ({ inputs: [x, kernel] }) => productFlops(x as InputSpec, kernel as InputSpec, false),
    bench: { small: dot([1, 10], 10), typical: dot([32, 784], 128, "relu"), large: dot([512, 512], 512, "relu") },
  },
};
