/** @file Rows of layer and root-mean-square normalisation. */
import { layerNorm, rmsNorm, type Tensor } from "../../src/index.js";
import { axesOf, type Expected, eachPosition, indexIn, type Values } from "../naive.js";
import { DENORMAL, defined, type InputSpec, NOT_FINITE, type Row, range, type Sample, WIDTHS } from "./row.js";

type Axis = number | readonly number[];
interface Attributes {
  axis: Axis;
  epsilon?: number;
}

/** (x - m) / sqrt(mean((x - m)^2) + epsilon) * scale + offset over any axes, m the mean or 0. */
function normalized(x: Values, axis: Axis, epsilon: number, centre: boolean, scale?: Values, offset?: Values): Expected {
  const axes = axesOf(axis, x.shape.length).sort((a, b) => a - b);
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const inner = axes.map((i) => x.shape[i] as number);
  const groups = new Map<number, number[]>();
  eachPosition(x.shape, (position, index) => {
    const group = indexIn(kept, position);
    groups.set(group, [...(groups.get(group) ?? []), x.data[index] as number]);
  });
  const moments = new Map(
    [...groups].map(([group, values]) => {
      const mean = centre ? values.reduce((a, b) => a + b, 0) / values.length : 0;
      return [group, { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length + epsilon) }];
    }),
  );
  const data: number[] = [];
  const magnitude: number[] = [];
  eachPosition(x.shape, (position, index) => {
    const { mean, deviation } = moments.get(indexIn(kept, position)) as { mean: number; deviation: number };
    const at = indexIn(
      inner,
      axes.map((i) => position[i] as number),
    );
    const factor = scale === undefined ? 1 : (scale.data[at] as number);
    const shift = offset === undefined ? 0 : (offset.data[at] as number);
    const value = x.data[index] as number;
    data.push(((value - mean) / deviation) * factor + shift);
    // Rounding of the mean, and of each step.
    magnitude.push(((Math.abs(value) + Math.abs(mean)) / deviation) * Math.abs(factor) + Math.abs(shift));
  });
  return { shape: x.shape, data, magnitude };
}

/** x, scale and, unless `last` is 2, offset. */
const of = (shape: readonly number[], last: 2 | 3, axis: Axis = -1, more: Partial<Attributes> = {}): Sample => {
  const parameters = axesOf(axis, shape.length)
    .sort((a, b) => a - b)
    .map((i) => shape[i] as number);
  const inputs: InputSpec[] = [{ shape }, { shape: parameters, domain: range(0.5, 1.5) }, { shape: parameters }];
  return { inputs: inputs.slice(0, last), attributes: { axis, ...more } };
};

const samples = (last: 2 | 3): Sample[] => [
  ...WIDTHS.map((n) => of([3, n], last)),
  of([300, 9], last),
  of([4, 1], last),
  of([7], last),
  of([0, 5], last),
  of([2, 3, 4, 5], last, [2, 3]),
  of([2, 3, 4, 5], last, 1),
  of([2, 3, 4, 5], last, [0, -1], { epsilon: 1e-6 }),
  of([2, 1, 3, 1, 37], last, -1, { epsilon: 0.1 }),
  // A mean far larger than the deviation.
  { inputs: [{ shape: [5, 65], domain: range(1000, 1001) }, ...of([5, 65], last).inputs.slice(1)], attributes: { axis: -1 } },
  // Only one of the rows is.
  { inputs: [{ shape: [2, 4], domain: [100, 101, 102, 103, -1, 2, 1, -2] }, ...of([2, 4], last).inputs.slice(1)], attributes: { axis: -1 } },
];
const special = (last: 2 | 3): Sample[] => [
  { inputs: [{ shape: [4, 3], domain: [1, 2, ...NOT_FINITE, 1, 2, 3, 4, 5, 6, 7] }, ...of([4, 3], last).inputs.slice(1)], attributes: { axis: -1 } },
];
const gradients = (last: 2 | 3) => ({
  samples: [of([2, 5], last), of([3, 2, 4], last, [0, 2]), of([2, 2, 9], last, -1, { epsilon: 0.01 }), of([130, 3], last, -1, { epsilon: 1 })],
});
const bench = (last: 2 | 3) => ({ small: of([4, 64], last), typical: of([32, 768], last), large: of([1024, 768], last) });

/** What rows are divided by: the root of the mean square, the deviation from the mean, the length. */
const MEAN_SQUARE = 0;
const DEVIATION = 1;
const LENGTH = 2;
/** Inputs x, scale and dy of the gradient op. */
const rows = (count: number, n: number, parameters = true, kind = DEVIATION, epsilon = 1e-3): Sample => ({
  inputs: [{ shape: [count, n] }, { shape: [n] }, { shape: [count, n] }],
  attributes: { epsilon, kind, parameters },
});
/** Rows of which the gradient op makes a partial sum. */
const CHUNK = 128;

/** Rows of dx; then, with parameters, for each chunk of rows the sum of dy xn and the sum of dy. */
function gradient([x, scale, dy]: readonly Values[], { epsilon, kind, parameters }: { epsilon: number; kind: number; parameters: boolean }): Expected {
  const [count, n] = (x as Values).shape as [number, number];
  const data: number[] = [];
  const magnitude: number[] = [];
  const chunks = parameters && n > 0 ? Math.ceil(count / CHUNK) : 0;
  const sums = new Array<number>(chunks * 2 * n).fill(0);
  const sizes = [...sums];
  for (let r = 0; r < count; r++) {
    const values = Array.from({ length: n }, (_, i) => (x as Values).data[r * n + i] as number);
    const mean = kind === DEVIATION ? values.reduce((a, b) => a + b, 0) / n : 0;
    const terms = kind === LENGTH ? 1 : n;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / terms;
    const s = 1 / Math.sqrt(kind === LENGTH ? Math.max(square, epsilon) : square + epsilon);
    const row = values.map((value, i) => {
      const d = (dy as Values).data[r * n + i] as number;
      return { d, g: d * ((scale as Values).data[i] as number), xn: (value - mean) * s, size: (Math.abs(value) + Math.abs(mean)) * s };
    });
    const first = kind === DEVIATION ? row.reduce((sum, { g }) => sum + g, 0) / n : 0;
    const second = kind === LENGTH && square < epsilon ? 0 : row.reduce((sum, { g, xn }) => sum + g * xn, 0) / terms;
    const total = row.reduce((sum, { g, xn }) => sum + Math.abs(g) * (1 + Math.abs(xn)), 0) / terms;
    row.forEach(({ d, g, xn, size }, i) => {
      data.push(s * (g - first - xn * second));
      magnitude.push(s * (Math.abs(g) + total * (1 + Math.abs(xn))));
      if (!parameters) return;
      const at = Math.floor(r / CHUNK) * 2 * n + i;
      sums[at] = (sums[at] as number) + d * xn;
      sizes[at] = (sizes[at] as number) + Math.abs(d) * size;
      if (kind !== DEVIATION) return;
      sums[at + n] = (sums[at + n] as number) + d;
      sizes[at + n] = (sizes[at + n] as number) + Math.abs(d);
    });
  }
  return { shape: [n === 0 && parameters ? 0 : count + 2 * chunks, n], data: [...data, ...sums], magnitude: [...magnitude, ...sizes] };
}

export const layerNormRows: Record<string, Row> = {
  layerNorm: {
    call: ([x, scale, offset], { axis, epsilon }) => layerNorm(x as Tensor, axis, scale, offset, epsilon),
    samples: [...samples(3), { inputs: [{ shape: [4, 6] }], attributes: { axis: -1 } }],
    oracle: ([x, scale, offset], { axis, epsilon = 1e-3 }) => normalized(x as Values, axis, epsilon, true, scale, offset),
    atol: DENORMAL,
    rtol: 1.2e-6,
    domains: [range(-2, 2)],
    gradient: gradients(3),
    special: special(3),
    bench: bench(3),
  },
  rmsNorm: {
    call: ([x, scale], { axis, epsilon }) => rmsNorm(x as Tensor, axis, scale, epsilon),
    samples: [...samples(2), { inputs: [{ shape: [4, 6] }], attributes: { axis: -1 } }],
    oracle: ([x, scale], { axis, epsilon = 1e-6 }) => normalized(x as Values, axis, epsilon, false, scale),
    atol: DENORMAL,
    rtol: 1.2e-6,
    domains: [range(-2, 2)],
    gradient: gradients(2),
    special: special(2),
    bench: bench(2),
  },
  layerNormGrad: {
    call: (inputs, attributes) => defined("layerNormGrad")(inputs, attributes),
    samples: [
      ...WIDTHS.flatMap((n) => [rows(3, n), rows(2, n, false)]),
      rows(2, 9, true, MEAN_SQUARE, 1e-6),
      rows(257, 5),
      rows(600, 9, false),
      rows(0, 9),
      rows(3, 9, false, LENGTH, 1e-6),
      // Lengths below the least.
      rows(3, 3, true, LENGTH, 5),
    ],
    oracle: gradient,
    atol: DENORMAL,
    rtol: 2e-6,
    domains: [range(-2, 2), range(0.5, 1.5), range(-1, 1)],
    gradient: {
      samples: [rows(2, 5), rows(2, 4, true, MEAN_SQUARE, 0.01), rows(3, 4, false), rows(2, 4, false, LENGTH, 1e-6), rows(3, 3, true, LENGTH, 5)],
    },
    bench: { small: rows(4, 64), typical: rows(32, 768), large: rows(1024, 768) },
  },
};
