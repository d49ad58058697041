/** @file Rows of counts: bincount, confusionMatrix, inTopK. */
import { bincount, confusionMatrix, countNonZero, denseBincount, inTopK, type Tensor } from "../../src/index.js";
import { axesOf, reduce, type Values } from "../naive.js";
import { reduction } from "./reduce.js";
import { DENORMAL, EXTREMES, type InputSpec, type Row, range, type Sample, withDtype } from "./row.js";

const numbers = (shape: readonly number[], high: number, low = 0): InputSpec => ({ shape, dtype: "int32", domain: range(low, high) });
/** Counts, without weights and with them. */
const counted = (shape: readonly number[], size: number, more: object = {}): Sample[] => {
  const x = numbers(shape, size + 2, -1);
  const attributes = { size, ...more };
  return [
    { inputs: [x, { shape: [0], dtype: "int32" }], attributes },
    { inputs: [x, { shape: [0] }], attributes },
    { inputs: [x, { shape }], attributes },
    { inputs: [x, { shape, dtype: "int32", domain: range(-9, 9) }], attributes },
    { inputs: [x, { shape, dtype: "bool", domain: [1, 0, 1] }], attributes },
  ];
};
const vectors = [...counted([1], 1), ...counted([5], 4), ...counted([100], 7), ...counted([33], 64), ...counted([4], 0)];

/** Sums of weights by value, for rows of the last axis. */
function bins(x: Values, weights: Values, size: number, binary: boolean): { data: number[]; magnitude: number[] } {
  const columns = x.shape[x.shape.length - 1] as number;
  const data = new Array<number>((columns === 0 ? 0 : x.data.length / columns) * size).fill(0);
  const magnitude = [...data];
  for (let i = 0; i < x.data.length; i++) {
    const value = x.data[i] as number;
    if (value < 0 || value >= size) continue;
    const at = Math.floor(i / columns) * size + value;
    const weight = weights.data.length === 0 || binary ? 1 : (weights.data[i] as number);
    data[at] = binary ? 1 : (data[at] as number) + weight;
    magnitude[at] = (magnitude[at] as number) + Math.abs(weight);
  }
  return { data, magnitude };
}

const countRow = { atol: DENORMAL, rtol: 1e-6, domains: [range(0, 5), range(-2, 2)] };
const weighted = ({ inputs }: Sample): boolean => inputs[1]?.dtype === undefined && inputs[1]?.shape[0] !== 0;
const benchOf = (count: number, size: number): Sample => ({ inputs: [numbers([count], size), { shape: [count] }], attributes: { size } });
const pairs = (count: number, numClasses: number, low = 0, high = numClasses): Sample => ({
  inputs: [numbers([count], high, low), numbers([count], high, low)],
  attributes: { numClasses },
});
const hits = (shape: readonly number[], k: number): Sample => ({
  inputs: [{ shape }, numbers(shape.slice(0, -1), shape[shape.length - 1] as number)],
  attributes: { k },
});

export const countRows: Record<string, Row> = {
  bincount: {
    call: ([x, weights], { size }) => bincount(x as Tensor, weights as Tensor, size),
    samples: vectors,
    oracle: ([x, weights], { size }) => ({ shape: [size], ...bins(x as Values, weights as Values, size, false) }),
    ...countRow,
    gradient: { samples: vectors.slice(0, 10).filter(weighted) },
    bench: { small: benchOf(8, 4), typical: benchOf(4096, 100), large: benchOf(1 << 20, 1000) },
  },
  denseBincount: {
    call: ([x, weights], { size, binary }) => denseBincount(x as Tensor, weights as Tensor, size, binary),
    samples: [...vectors, ...counted([3, 7], 5), ...counted([4, 20], 6, { binary: true }), ...counted([9], 6, { binary: true })],
    oracle: ([x, weights], { size, binary }) => ({
      shape: [...(x as Values).shape.slice(0, -1), size],
      ...bins(x as Values, weights as Values, size, binary),
    }),
    ...countRow,
    gradient: { samples: [...vectors, ...counted([3, 7], 5)].filter(weighted).slice(-2) },
    bench: { small: benchOf(8, 4), typical: benchOf(4096, 100), large: benchOf(1 << 20, 1000) },
  },
  countNonZero: {
    call: ([x], { axis, keepDims }) => countNonZero(x as Tensor, axis, keepDims),
    samples: withDtype(
      [reduction([7], null), reduction([3, 5], 1), reduction([2, 3, 4], [0, 2], true), reduction([33, 3], 0), reduction([0], null)],
      "float32",
      [1, 0, 2, -0, -3],
    ).flatMap((sample) => [sample, ...withDtype([sample], "int32", [0, 5, 0, 1, -1]), ...withDtype([sample], "bool", [0, 1, 1])]),
    oracle: ([x], { axis, keepDims }) =>
      reduce(x as Values, axesOf(axis, (x as Values).shape.length), keepDims, (values) => values.filter((value) => value !== 0).length),
    atol: 0,
    rtol: 0,
    domains: [range(-2, 2)],
    gradient: null,
    special: [{ inputs: [{ shape: [EXTREMES.length], domain: EXTREMES }], attributes: { axis: null } }],
    bench: { small: reduction([8], null), typical: reduction([128, 10], -1), large: reduction([1024, 1024], null) },
  },
  confusionMatrix: {
    call: ([labels, predictions], { numClasses }) => confusionMatrix(labels as Tensor, predictions as Tensor, numClasses),
    samples: [pairs(5, 3), pairs(1, 1), pairs(100, 7), pairs(60, 4, -3, 7), pairs(0, 2)],
    oracle: ([labels, predictions], { numClasses: n }) => {
      const data = new Array<number>(n * n).fill(0);
      const inside = (value: number): boolean => value >= 0 && value < n;
      for (let i = 0; i < (labels as Values).data.length; i++) {
        const [r, c] = [(labels as Values).data[i] as number, (predictions as Values).data[i] as number];
        if (inside(r) && inside(c)) data[r * n + c] = (data[r * n + c] as number) + 1;
      }
      return { shape: [n, n], data };
    },
    atol: 0,
    rtol: 0,
    domains: [range(0, 3)],
    gradient: null,
    bench: { small: pairs(8, 3), typical: pairs(1000, 10), large: pairs(1 << 20, 10) },
  },
  inTopK: {
    call: ([predictions, targets], { k }) => inTopK(predictions as Tensor, targets as Tensor, k),
    samples: [hits([1, 1], 1), hits([5, 3], 2), hits([40, 10], 5), hits([2, 3, 50], 40), hits([7, 9], 9), ...withDtype([], "float32", [1])],
    oracle: ([predictions, targets], { k }) => {
      const [scores, classes] = [predictions as Values, targets as Values];
      const n = scores.shape[scores.shape.length - 1] as number;
      const data = Array.from(classes.data, (target, row) => {
        const line = Array.from({ length: n }, (_, i) => scores.data[row * n + i] as number);
        const ahead = line.filter((value, i) => value > (line[target] as number) || (value === line[target] && i < target)).length;
        return Number(ahead < k);
      });
      return { shape: classes.shape, data };
    },
    atol: 0,
    rtol: 0,
    domains: [[3, 1, 2, 3, 0.5, 2, -1], range(0, 1)],
    gradient: null,
    bench: { small: hits([1, 10], 5), typical: hits([32, 10], 5), large: hits([1024, 1000], 5) },
  },
};
