/** @file Rows of ops that give a tensor another shape, or join several. */
import { concat, expandDims, squeeze, stack, type Tensor } from "../../src/index.js";
import { axesOf, type Values } from "../naive.js";
import { storage } from "./movement.js";
import type { Row } from "./row.js";
import { bench, concatOf, everyType, exact, named, several, stackOf } from "./shapeOracles.js";

const sameData =
  (shapeOf: (shape: readonly number[], attributes: { axis?: number | number[] }) => readonly number[]): Row["oracle"] =>
  ([x], attributes) => ({ shape: shapeOf((x as Values).shape, attributes), data: (x as Values).data });

const views: Record<string, Row> = {
  expandDims: {
    ...exact,
    call: ([x], { axis }) => expandDims(x as Tensor, axis),
    // biome-ignore format: one sample a line
    samples: [
      ...[0, 1, 2, -1, -3].map((axis) => named([2, 3], { axis })),
      named([], { axis: 0 }),
      named([0], { axis: -1 }),
      named([2, 3], {}),
      ...everyType([[3], { axis: 1 }]),
    ],
    oracle: sameData((shape, { axis = 0 }) => {
      const result = [...shape];
      result.splice(axesOf(axis, shape.length + 1)[0] as number, 0, 1);
      return result;
    }),
    gradient: { samples: [named([2, 3], { axis: 1 })] },
    bench: bench(named([4], { axis: 0 }), named([32, 128], { axis: 1 }), named([1 << 20], { axis: 0 })),
  },
  squeeze: {
    ...exact,
    call: ([x], { axis }) => squeeze(x as Tensor, axis),
    // biome-ignore format: one sample a line
    samples: [
      named([1, 2, 1, 3], {}),
      named([1, 2, 1, 3], { axis: [0] }),
      named([1, 2, 1, 3], { axis: [-2] }),
      named([1, 2, 1, 3], { axis: [0, 2] }),
      named([1, 1], {}),
      named([], {}),
      named([2, 3], {}),
      named([1, 0], {}),
      ...everyType([[3, 1], {}]),
    ],
    oracle: sameData((shape, { axis }) => {
      const axes = axis === undefined ? shape.flatMap((size, i) => (size === 1 ? [i] : [])) : axesOf(axis, shape.length);
      return shape.filter((_, i) => !axes.includes(i));
    }),
    gradient: { samples: [named([1, 2, 1], {})] },
    bench: bench(named([1, 4], {}), named([32, 1, 128], {}), named([1 << 20, 1], {})),
  },
};

const joins: Record<string, Row> = {
  concat: {
    ...exact,
    call: (inputs, { axis }) => concat([...inputs], axis),
    // biome-ignore format: one sample a line
    samples: [
      several([[2, 3], [1, 3]], { axis: 0 }),
      several([[2, 3], [2, 1], [2, 5]], { axis: 1 }),
      several([[1, 2, 3], [1, 2, 4]], { axis: -1 }),
      several([[0, 2], [3, 2]], { axis: 0 }),
      several([[3], [0], [70]], { axis: 0 }),
      several([[3, 0], [3, 0]], { axis: 1 }),
      several([[5]], { axis: 0 }),
      several([[17, 33], [17, 16], [17, 1]], { axis: 1 }),
      several([[2, 3, 4, 5], [2, 3, 2, 5]], { axis: -2 }),
      several([[2, 2, 2, 2, 2, 3], [2, 2, 1, 2, 2, 3]], { axis: 2 }),
      several([[300], [3], [129]], {}),
      ...storage.flatMap((dtype) => [several([[5, 3], [5, 2]], { axis: 1 }, dtype), several([[2, 7], [3, 7]], { axis: 0 }, dtype)]),
      { inputs: [{ shape: [2, 2] }, { shape: [2, 3], dtype: "int32" }], attributes: { axis: 1 } },
      { inputs: [{ shape: [4], dtype: "bool" }, { shape: [3], dtype: "int32" }], attributes: { axis: 0 } },
    ],
    oracle: (inputs, { axis = 0 }) => concatOf(inputs, axis),
    gradient: {
      // biome-ignore format: one sample a line
      samples: [
        several([[2, 3], [1, 3]], { axis: 0 }),
        several([[2, 1], [2, 2], [2, 3]], { axis: 1 }),
      ],
    },
    bench: bench(
      several([[2], [2]], { axis: 0 }),
      several(
        [
          [32, 64],
          [32, 64],
        ],
        { axis: 1 },
      ),
      several(
        [
          [1024, 512],
          [1024, 512],
        ],
        { axis: 1 },
      ),
    ),
  },
  stack: {
    ...exact,
    call: (inputs, { axis }) => stack([...inputs], axis),
    // biome-ignore format: one sample a line
    samples: [
      ...[0, 1, 2, -1, -2].map((axis) => several([[2, 5], [2, 5], [2, 5]], { axis })),
      several([[], [], []], { axis: 0 }),
      several([[3]], { axis: 1 }),
      several([[0, 2], [0, 2]], { axis: 1 }),
      several([[130], [130], [130], [130], [130]], { axis: -1 }),
      several([[4, 3, 2], [4, 3, 2]], { axis: 2 }),
      several([[17], [17]], {}),
      ...storage.flatMap((dtype) => [several([[5, 3], [5, 3]], { axis: 1 }, dtype), several([[9], [9], [9]], { axis: 1 }, dtype)]),
      { inputs: [{ shape: [3], dtype: "bool" }, { shape: [3] }], attributes: { axis: 0 } },
    ],
    oracle: (inputs, { axis = 0 }) => stackOf(inputs, axis),
    gradient: {
      // biome-ignore format: one sample a line
      samples: [
        several([[2, 3], [2, 3]], { axis: 0 }),
        several([[3], [3], [3]], { axis: -1 }),
      ],
    },
    bench: bench(
      several([[4], [4]], { axis: 0 }),
      several(
        [
          [32, 64],
          [32, 64],
        ],
        { axis: 1 },
      ),
      several([[1 << 19], [1 << 19]], { axis: 0 }),
    ),
  },
};

export const shapeRows: Record<string, Row> = { ...views, ...joins };
