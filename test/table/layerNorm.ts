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
  samples: [of([2, 5], last), of([3, 2, 4], last, [0, 2]), of([2, 2, 9], last, -1, { epsilon: 0.01 })],
});
const bench = (last: 2 | 3) => ({ small: of([4, 64], last), typical: of([32, 768], last), large: of([1024, 768], last) });

/** Inputs of a gradient op. */
const rows = (...shapes: (readonly number[])[]): Sample => ({ inputs: shapes.map((shape) => ({ shape })), attributes: { epsilon: 1e-3, centre: true } });

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
    samples: [...WIDTHS.map((n) => rows([3, n], [n], [3, n])), { ...rows([2, 9], [9], [2, 9]), attributes: { epsilon: 1e-6, centre: false } }],
    oracle: ([x, scale, dy], { epsilon, centre }) => {
      const { shape, data } = x as Values;
      const n = shape[1] as number;
      const unit: Values = { shape: [n], dtype: "float32", data: new Array(n).fill(1) };
      const normal = normalized(x as Values, -1, epsilon, centre, unit).data;
      const dx: number[] = [];
      const magnitude: number[] = [];
      for (let r = 0; r < (shape[0] as number); r++) {
        const row = Array.from({ length: n }, (_, i) => ({
          g: ((dy as Values).data[r * n + i] as number) * ((scale as Values).data[i] as number),
          xn: normal[r * n + i] as number,
          value: data[r * n + i] as number,
        }));
        const mean = centre ? row.reduce((sum, { value }) => sum + value, 0) / n : 0;
        const s = 1 / Math.sqrt(row.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / n + epsilon);
        const first = centre ? row.reduce((sum, { g }) => sum + g, 0) / n : 0;
        const second = row.reduce((sum, { g, xn }) => sum + g * xn, 0) / n;
        const size = row.reduce((sum, { g, xn }) => sum + Math.abs(g) * (1 + Math.abs(xn)), 0) / n;
        for (const { g, xn } of row) {
          dx.push(s * (g - first - xn * second));
          magnitude.push(s * (Math.abs(g) + size * (1 + Math.abs(xn))));
        }
      }
      return { shape, data: dx, magnitude };
    },
    atol: DENORMAL,
    rtol: 2e-6,
    domains: [range(-2, 2), range(0.5, 1.5), range(-1, 1)],
    gradient: { samples: [rows([2, 5], [5], [2, 5]), { ...rows([2, 4], [4], [2, 4]), attributes: { epsilon: 0.01, centre: false } }] },
    bench: { small: rows([4, 64], [64], [4, 64]), typical: rows([32, 768], [768], [32, 768]), large: rows([1024, 768], [768], [1024, 768]) },
  },
  layerNormScaleGrad: {
    call: (inputs, attributes) => defined("layerNormScaleGrad")(inputs, attributes),
    samples: [
      ...WIDTHS.map((n) => rows([3, n], [3, n])),
      rows([257, 5], [257, 5]),
      rows([600, 9], [600, 9]),
      rows([0, 9], [0, 9]),
      { ...rows([2, 9], [2, 9]), attributes: { epsilon: 1e-6, centre: false } },
    ],
    oracle: ([x, dy], { epsilon, centre }) => {
      const n = (x as Values).shape[1] as number;
      const { data: normal, magnitude: parts } = normalized(x as Values, -1, epsilon, centre) as Required<Expected>;
      const data = new Array<number>(n).fill(0);
      const magnitude = new Array<number>(n).fill(0);
      for (let i = 0; i < normal.length; i++) {
        const slope = (dy as Values).data[i] as number;
        data[i % n] = (data[i % n] as number) + slope * (normal[i] as number);
        magnitude[i % n] = (magnitude[i % n] as number) + Math.abs(slope) * (parts[i] as number);
      }
      return { shape: [n], data, magnitude };
    },
    atol: DENORMAL,
    rtol: 1.2e-6,
    domains: [range(-2, 2), range(-1, 1)],
    gradient: { samples: [rows([3, 4], [3, 4])] },
    bench: { small: rows([4, 64], [4, 64]), typical: rows([32, 768], [32, 768]), large: rows([1024, 768], [1024, 768]) },
  },
};
