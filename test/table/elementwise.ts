/** @file Rows of elementwise ops. */
import {
  abs,
  add,
  cast,
  clipByValue,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  relu,
  sigmoid,
  sqrt,
  square,
  sub,
  type Tensor,
  tanh,
} from "../../src/index.js";
import { castValue } from "../bits.js";
import { map, type Values, zip } from "../naive.js";
import { shaped, storage } from "./movement.js";
import { binaryRow, comparisonRow, sigmoidOf, slopeRow, unaryRow } from "./pointwise.js";
import { defined, EXTREMES, elementwiseBench, lists, mixedRanks, NOT_FINITE, one, type Row, range, type Sample, same, specialOf } from "./row.js";

type PairSlope = (a: number, b: number, dy: number) => number;
const pairSlopes: PairSlope[] = [
  (a, b, dy) => (a >= b ? dy : 0),
  (a, b, dy) => (a > b ? dy : 0),
  (a, b, dy) => (a === b ? dy : 0),
  (a, b, dy) => -2 * (a - b) * dy,
  (a, b, dy) => (a > 0 ? dy : dy * b),
  (a, _, dy) => (a > 0 ? 0 : dy * a),
  (a, b, dy) => (a === dy ? b : 0),
  (a, _, dy) => dy - 2 * (a - dy),
  (a, b, dy) => dy + a + b,
];
/** Operands that broadcast to the first input's shape: along one axis, along several, and beyond the kernel's four axes. */
const broadcastPairs: Sample[] = [
  { inputs: [{ shape: [3, 17] }, { shape: [3, 17] }, { shape: [17] }] },
  { inputs: [{ shape: [2, 3, 4] }, { shape: [] }, { shape: [2, 1, 4] }] },
  { inputs: [{ shape: [2, 3, 2, 3, 2, 5] }, { shape: [2, 1, 2, 1, 2, 1] }, { shape: [3, 1, 3, 1, 5] }] },
  // Values that tie.
  {
    inputs: [
      { shape: [3, 17], domain: [1, 2, 2, 3, 1] },
      { shape: [17], domain: [2, 1, 2, 1, 3, 3, 1] },
      { shape: [3, 17], domain: [1, 2, 3] },
    ],
  },
];
const withKind = ({ small, typical, large }: Row["bench"]): Row["bench"] => {
  const attributes = { kind: 0 };
  return { small: { ...small, attributes }, typical: { ...typical, attributes }, large: { ...large, attributes } };
};

export const elementwiseRows: Record<string, Row> = {
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
  pairSlope: {
    call: ([dy, a, b], { kind }) => defined("pairSlope")([dy as Tensor, a as Tensor, b as Tensor], { kind, factor: -2 }),
    samples: pairSlopes.flatMap((_, kind) => [...same(3, ...lists, ...mixedRanks), ...broadcastPairs].map((sample) => ({ ...sample, attributes: { kind } }))),
    oracle: (inputs, { kind }) => {
      const [dy, a, b] = inputs as [Values, Values, Values];
      const zeros = { ...dy, data: Array.from(dy.data, () => 0) };
      const [p, q] = [zip(a, zeros, (x) => x), zip(b, zeros, (x) => x)];
      return {
        shape: dy.shape,
        dtype: "float32",
        data: Array.from(dy.data, (up, i) => (pairSlopes[kind] as PairSlope)(p.data[i] as number, q.data[i] as number, up)),
      };
    },
    atol: 4e-7,
    rtol: 4e-7,
    domains: [range(-2, 2), range(-3, 3, 0.1), range(-2, 2)],
    gradient: {
      samples: pairSlopes.flatMap((_, kind) => [same(3, [7])[0] as Sample, broadcastPairs[1] as Sample].map((sample) => ({ ...sample, attributes: { kind } }))),
    },
    bench: withKind(elementwiseBench(3)),
  },
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
};
