/** @file Rows of running sums and products. */
import { cumprod, cumsum, type Tensor } from "../../src/index.js";
import { lines, scanLine, type Values } from "../naive.js";
import { DENORMAL, defined, type Row, range, type Sample, WIDTHS, withDtype } from "./row.js";

const scan = (shape: readonly number[], axis: number, exclusive = false, reverse = false): Sample => ({
  inputs: [{ shape }],
  attributes: { axis, exclusive, reverse },
});
const shapes: [number[], number][] = [
  ...WIDTHS.map((n): [number[], number] => [[n], 0]),
  ...WIDTHS.filter((n) => n < 100).flatMap((n): [number[], number][] => [
    [[3, n], -1],
    [[n, 3], 0],
    [[5, n], 0],
  ]),
  [[2, 4, 3], 1],
  [[2, 3, 4, 5], -2],
  [[2, 3, 2, 3, 2], 2],
  [[2, 3, 2, 3, 2], 0],
  [[1, 1], 1],
  [[0, 3], 0],
  [[2, 0, 3], 0],
];
const samples = shapes.flatMap(([shape, axis], i) => [scan(shape, axis), scan(shape, axis, i % 2 === 0, i % 3 !== 0), scan(shape, axis, i % 2 === 1, true)]);
const gradients = [
  scan([7], 0),
  scan([7], 0, true, true),
  scan([3, 5], 1, false, true),
  scan([3, 5], 0, true),
  scan([2, 4, 3], 1),
  scan([2, 4, 3], 1, true, true),
];
const twoOf = ({ inputs, attributes }: Sample): Sample => ({ inputs: [...inputs, ...inputs], attributes });
const bench = { small: scan([8], 0), typical: scan([32, 128], 1), large: scan([1024, 1024], 1) };

interface Options {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

function scanRow(
  call: typeof cumsum,
  none: number,
  f: (a: number, b: number) => number,
  wrapped: (a: number, b: number) => number,
  options: Partial<Row>,
): Row {
  return {
    call: ([x], { axis, exclusive, reverse }) => call(x as Tensor, axis, exclusive, reverse),
    samples: [
      ...samples,
      ...withDtype(
        samples.filter((_, i) => i % 4 === 0),
        "int32",
        range(-(2 ** 31), 2 ** 31),
      ),
      ...withDtype([scan([9], 0), scan([3, 5], 1, true)], "bool", [1, 0, 1, 1]),
    ],
    oracle: ([x], { axis, exclusive, reverse }: Options) => {
      const values = x as Values;
      const combine = values.dtype === "float32" ? f : wrapped;
      // An error of an ULP of what has been combined for each step.
      const sizes = { ...values, data: Array.from(values.data, Math.abs) };
      const magnitude = lines(sizes, axis, (line) => scanLine(line, none, f, exclusive, reverse).map((value) => value * Math.max(1, line.length))).data;
      return { ...lines(values, axis, (line) => scanLine(line, none, combine, exclusive, reverse)), magnitude };
    },
    atol: DENORMAL,
    rtol: 6e-8,
    domains: [range(-3, 3)],
    gradient: { samples: gradients },
    special: [
      {
        inputs: [{ shape: [2, 7], domain: [1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 1, Number.NaN, 3, 1, 2, 3, Number.NaN, 1, 1, 1] }],
        attributes: { axis: 1, exclusive: false, reverse: false },
      },
    ],
    bench,
    ...options,
  };
}

const zeros = (domain: number[], axis: number, exclusive: boolean, reverse: boolean): Sample => ({
  inputs: [{ shape: [3, 4], domain }],
  attributes: { axis, exclusive, reverse },
});
const withZeros = [
  zeros([1, 0, 2, -1.5, 0, 3, 0, 2, 0, 0, 0, 1.2], 1, false, false),
  zeros([1, 0, 2, -1.5, 0, 3, 0, 2, 0, 0, 0, 1.2], 1, true, true),
  zeros([0, 2, 1, 0, 1.5, 0, -2, 0, 1, 3, 0, 0], 0, false, true),
];

export const scanRows: Record<string, Row> = {
  cumsum: scanRow(
    cumsum,
    0,
    (a, b) => a + b,
    (a, b) => (a + b) | 0,
    {},
  ),
  cumprod: scanRow(cumprod, 1, (a, b) => a * b, Math.imul, {
    domains: [range(-1.6, 1.6, 0.6)],
    gradient: { samples: [...gradients, ...withZeros], tolerance: 3e-3 },
  }),
  cumprodGrad: {
    call: ([x, dy], { axis, exclusive, reverse }) => {
      const [values, up] = [x as Tensor, dy as Tensor];
      const attributes = { axis: axis < 0 ? axis + values.rank : axis, exclusive, reverse };
      return defined("cumprodGrad")([values, up, cumprod(values, axis, exclusive, reverse)], attributes);
    },
    samples: samples.filter((_, i) => i % 2 === 0).map(twoOf),
    oracle: ([x, dy], { axis, exclusive, reverse }) => {
      const [values, up] = [x as Values, dy as Values];
      const run = (f: (value: number) => number): number[] => {
        const slopes = lines({ ...values, data: Array.from(values.data, (_, i) => i) }, axis, (line) => {
          const order = reverse ? [...line].reverse() : line;
          const result = order.map((_, q) => {
            // The product of all before r, and of r itself, but without q.
            let product = 1;
            let total = 0;
            order.forEach((at, r) => {
              if (exclusive && r > q) total += product * f(up.data[at] as number);
              if (r !== q) product *= f(values.data[at] as number);
              if (!exclusive && r >= q) total += product * f(up.data[at] as number);
            });
            return total;
          });
          return reverse ? result.reverse() : result;
        });
        return Array.from(slopes.data);
      };
      return { shape: values.shape, data: run((value) => value), magnitude: run(Math.abs) };
    },
    atol: DENORMAL,
    rtol: 2e-5,
    domains: [range(-1.6, 1.6, 0.6), range(-2, 2)],
    gradient: { samples: gradients.map(twoOf), tolerance: 3e-3 },
    bench: { small: twoOf(bench.small), typical: twoOf(bench.typical), large: twoOf(bench.large) },
  },
  recurrence: {
    call: ([a, b], { axis, reverse }) => defined("recurrence")([a as Tensor, b as Tensor], { axis: axis < 0 ? axis + (a as Tensor).rank : axis, reverse }),
    samples: samples.map(({ inputs, attributes: { axis, reverse } }) => ({ inputs: [...inputs, ...inputs], attributes: { axis, reverse } })),
    oracle: ([a, b], { axis, reverse }) => {
      const [factors, terms] = [a as Values, b as Values];
      const run = (absolute: boolean): number[] => {
        // Lines of pairs: the factors' positions, then what they hold.
        const positions = lines({ ...factors, data: Array.from(factors.data, (_, i) => i) }, axis, (line) => {
          let y = 0;
          const order = reverse ? [...line].reverse() : line;
          const result = order.map((at) => {
            const earlier = y;
            const [p, q] = [factors.data[at] ?? 0, terms.data[at] ?? 0];
            y = absolute ? Math.abs(q) + Math.abs(p) * y : q + p * y;
            return earlier;
          });
          return reverse ? result.reverse() : result;
        });
        return Array.from(positions.data);
      };
      return { shape: factors.shape, data: run(false), magnitude: run(true) };
    },
    atol: DENORMAL,
    rtol: 2e-5,
    domains: [range(-1, 1), range(-2, 2)],
    gradient: {
      samples: gradients.slice(0, 5).map(({ inputs, attributes: { axis, reverse } }) => ({ inputs: [...inputs, ...inputs], attributes: { axis, reverse } })),
    },
    bench: {
      small: { inputs: [{ shape: [8] }, { shape: [8] }], attributes: { axis: 0, reverse: false } },
      typical: { inputs: [{ shape: [32, 128] }, { shape: [32, 128] }], attributes: { axis: 1, reverse: false } },
      large: { inputs: [{ shape: [1024, 1024] }, { shape: [1024, 1024] }], attributes: { axis: 0, reverse: false } },
    },
  },
};
