/** @file The row of takeAlongAxis. */
import { type DataType, type Tensor, takeAlongAxis } from "../../src/index.js";
import { type Expected, eachPosition, indexIn, stridesOf, type Values } from "../naive.js";
import { type Domain, type Row, range, type Sample, withDtype } from "./row.js";

interface Along {
  axis: number;
}

/** Values and indices along an axis, `count` of them, each in [low, high). */
function along(shape: readonly number[], axis: number, count: number, low = 0, high = shape.at(axis) as number): Sample {
  const indices = shape.with(axis, count);
  return {
    inputs: [{ shape }, { shape: indices, dtype: "int32", domain: range(low, high) }],
    attributes: { axis },
  };
}

const shapes: [number[], number, number][] = [
  [[1], 0, 1],
  [[7], 0, 3],
  [[5], 0, 17],
  [[4, 5], 1, 3],
  [[6, 2], 0, 3],
  [[3, 33], -1, 33],
  [[33, 3], 0, 65],
  [[2, 9, 5], 1, 4],
  [[2, 3, 4, 5], 2, 7],
  [[2, 1, 3, 2, 2], 3, 5],
  [[4, 0], 0, 3],
  [[0, 4], 1, 3],
  [[4, 5], 1, 0],
];
const takes = shapes.map(([shape, axis, count]) => along(shape, axis, count));

const ofType = (samples: readonly Sample[], dtype: DataType, domain: Domain): Sample[] =>
  samples.map(({ inputs: [x, indices], attributes }) => ({
    attributes,
    inputs: [...(withDtype([{ inputs: [x as never] }], dtype, domain)[0] as Sample).inputs, indices as never],
  }));

/** The place that each index names: its row-major index in a tensor of `shape`, or -1 when there is none. */
function places(indices: Values, shape: readonly number[], axis: number): number[] {
  const strides = stridesOf(shape);
  const at: number[] = [];
  eachPosition(indices.shape, (position, i) => {
    const index = indices.data[i] as number;
    const inside = index >= 0 && index < (shape[axis] as number);
    at.push(inside ? position.reduce((sum, p, a) => sum + (a === axis ? index : shape[a] === 1 ? 0 : p) * (strides[a] as number), 0) : -1);
  });
  return at;
}

function take([x, indices]: readonly Values[], { axis }: Along): Expected {
  const [values, index] = [x as Values, indices as Values];
  const resolved = axis < 0 ? axis + values.shape.length : axis;
  return { shape: index.shape, data: places(index, values.shape, resolved).map((at) => (at < 0 ? 0 : (values.data[at] as number))) };
}

const exact = { atol: 0, rtol: 0, domains: [range(-3, 3), range(0, 1)] };
const takeBench = { small: along([8], 0, 4), typical: along([32, 100], 1, 10), large: along([1024, 1024], 1, 1024) };

export const alongAxisRows: Record<string, Row> = {
  takeAlongAxis: {
    call: ([x, indices], { axis }) => takeAlongAxis(x as Tensor, indices as Tensor, axis),
    samples: [
      ...takes,
      ...ofType(takes, "int32", range(-(2 ** 31), 2 ** 31)),
      ...ofType(takes.slice(0, 8), "bool", [1, 0, 0, 1]),
      // The other axes broadcast.
      { inputs: [{ shape: [3, 5] }, { shape: [1, 4], dtype: "int32", domain: range(0, 5) }], attributes: { axis: 1 } },
      { inputs: [{ shape: [1, 5] }, { shape: [3, 4], dtype: "int32", domain: range(0, 5) }], attributes: { axis: 1 } },
    ],
    oracle: ([x, indices], { axis }) => {
      const [values, index] = [x as Values, indices as Values];
      const resolved = axis < 0 ? axis + values.shape.length : axis;
      const shape = values.shape.map((size, a) => (a === resolved ? (index.shape[a] as number) : Math.max(size, index.shape[a] as number)));
      if (shape.includes(0)) return { shape: index.shape, data: [] };
      const spread: number[] = [];
      eachPosition(shape, (position) => spread.push(index.data[indexIn(index.shape, position)] as number));
      return take([values, { shape, dtype: "int32", data: spread }], { axis });
    },
    ...exact,
    gradient: { samples: [along([5], 0, 4), along([3, 4], 1, 6), along([4, 3], 0, 2), along([2, 3, 2], 1, 3)] },
    bench: takeBench,
  },
};
