/** @file Rows of softmax and the cross-entropies. */
import { binaryCrossEntropy, crossEntropy, logSoftmax, softmax, sparseCrossEntropy, type Tensor } from "../../src/index.js";
import { lines, logSoftmaxRow, rows, rowValues, softmaxRow, type Values, zip } from "../naive.js";
import { shaped } from "./movement.js";
import { addUp } from "./reduce.js";
import { DENORMAL, defined, type InputSpec, one, type Row, range, type Sample, same, WIDTHS } from "./row.js";

export const rowShapes: number[][] = [
  ...WIDTHS.filter((n) => n > 0).map((n) => [n]),
  ...[1, 3, 4, 5, 10, 16, 17, 33].map((n) => [3, n]),
  [2, 3, 4, 17],
  [7, 1003],
  [0, 4],
  [1, 1],
];
export const classBench = (inputs: (shape: readonly number[]) => InputSpec[]) => ({
  small: { inputs: inputs([1, 10]) },
  typical: { inputs: inputs([32, 10]) },
  large: { inputs: inputs([1024, 1000]) },
});

export const softmaxSpecial = (columns: number): Sample => ({
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

/** Labels of rows: logits [..., classes], labels [...]. */
export const labelled = (shape: readonly number[], extra: InputSpec[] = []): Sample => ({
  inputs: [{ shape }, { shape: shape.slice(0, -1), dtype: "int32", domain: range(0, shape[shape.length - 1] as number) }, ...extra],
});
export const labelledShapes = [[1, 1], [1, 2], [3, 4], [5, 10], [4, 17], [2, 33], [2, 3, 5], [0, 4], [7, 1003], [6]];
export const targetDomain = range(0, 1);

const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));
/** The greatest logits, whose exponentials are 0 or overflow, with targets of both kinds. */
const farLogits: InputSpec[] = [
  { shape: [12], domain: [30, -30, 100, -100, 1000, -1000, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0, 1e-45] },
  { shape: [12], domain: [1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0.5] },
];
const elementsBench = (inputs: number): Row["bench"] => {
  const [small, typical, large] = same(inputs, [16], [32, 10], [1 << 20]) as [Sample, Sample, Sample];
  return { small, typical, large };
};

export const softmaxRows: Record<string, Row> = {
  softmax: {
    call: ([x], { axis }) => softmax(x as Tensor, axis),
    samples: [...one(...rowShapes, []), shaped([3, 4, 5], { axis: 1 }), shaped([3, 4, 5], { axis: 0 }), shaped([5, 17], { axis: -2 })].map(
      ({ inputs, attributes }) => ({ inputs, attributes: attributes ?? {} }),
    ),
    oracle: ([x], { axis = -1 }) => {
      const result = lines(x as Values, axis, softmaxRow);
      // Rounding max - x and its product with log2(e) moves e^(x - max) by a unit of either; a polynomial of 5 units comes on top.
      return {
        ...result,
        magnitude: lines(x as Values, axis, (row) => softmaxRow(row).map((p, i) => p * (5 + Math.max(...row) - (row[i] as number)))).data,
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
    oracle: ([x], { axis = -1 }) => lines(x as Values, axis, logSoftmaxRow),
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
  binaryCrossEntropy: {
    call: ([logits, target]) => binaryCrossEntropy(target as Tensor, logits as Tensor),
    samples: same(2, ...rowShapes, []),
    oracle: ([logits, target]) =>
      zip(logits as Values, target as Values, (x, t) => Math.log1p(Math.exp(-Math.abs(x))) + (x === 0 ? 0 : Math.abs(x) * (x > 0 ? 1 - t : t))),
    atol: DENORMAL,
    rtol: 6e-7,
    domains: [range(-20, 20), targetDomain],
    gradient: { samples: same(2, [3, 4], [5]).map(({ inputs: [x, t] }) => ({ inputs: [{ ...x, domain: range(-4, 4) }, t] as InputSpec[] })) },
    special: [{ inputs: farLogits }],
    bench: elementsBench(2),
  },
  binaryCrossEntropyGrad: {
    call: (inputs) => defined("binaryCrossEntropyGrad")(inputs as Tensor[], {}),
    samples: same(3, ...rowShapes, []),
    oracle: (inputs) => {
      const [logits, target, dy] = inputs as [Values, Values, Values];
      const parts = zip(logits, target, (x, t) => (1 - t) * sigmoidOf(x));
      const others = zip(logits, target, (x, t) => t * sigmoidOf(-x));
      const each = (join: (above: number, below: number, dy: number) => number): number[] =>
        Array.from(dy.data, (value, i) => join(parts.data[i] as number, others.data[i] as number, value));
      return {
        ...parts,
        data: each((above, below, value) => (above - below) * value),
        magnitude: each((above, below, value) => (above + below) * Math.abs(value)),
      };
    },
    atol: DENORMAL,
    rtol: 6e-7,
    domains: [range(-20, 20), targetDomain, range(-2, 2)],
    gradient: {
      samples: same(3, [3, 4], [5]).map(({ inputs: [x, t, dy] }) => ({ inputs: [{ ...x, domain: range(-4, 4) }, t, dy] as InputSpec[] })),
    },
    special: [{ inputs: [...farLogits, { shape: [12], domain: [1] }] }],
    bench: elementsBench(3),
  },
};
