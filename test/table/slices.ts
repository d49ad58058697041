/** @file Rows of ops that take parts of a tensor, and of pad. */
import { concat, pad, reverse, slice, split, stack, stridedSlice, type Tensor, unstack } from "../../src/index.js";
import { axesOf, transpose, type Values } from "../naive.js";
import { shaped } from "./movement.js";
import type { Row } from "./row.js";
import { bench, concatOf, everyType, exact, named, padOf, stridedOf, takeWindow } from "./shapeOracles.js";

export const sliceRows: Record<string, Row> = {
  slice: {
    ...exact,
    call: ([x], { begin, size }) => slice(x as Tensor, begin, size),
    // biome-ignore format: one sample a line
    samples: [
      named([7], { begin: [2], size: [3] }),
      named([7], { begin: 2, size: 3 }),
      named([7], { begin: [7], size: [0] }),
      named([4, 5], { begin: [1, 2], size: [2, -1] }),
      named([4, 5], { begin: [1, 0] }),
      named([4, 5], { begin: 2, size: 1 }),
      named([4, 5], { begin: [0, 3], size: [4, 2] }),
      named([4, 5], { begin: [1], size: [2] }),
      named([3, 4, 5], { begin: [1, 1, 1], size: [1, 2, 3] }),
      named([3, 4, 5], { begin: [0, 1, 0], size: [3, 2, 5] }),
      named([5, 33, 70], { begin: [1, 2, 3], size: [3, 30, 65] }),
      named([2, 3, 4, 5], { begin: [1, 0, 2, 1], size: [1, 3, 2, 3] }),
      named([2, 3, 2, 3, 4], { begin: [0, 1, 0, 1, 1], size: [2, 2, 1, 2, 2] }),
      named([2, 3, 2, 3, 2, 3], { begin: [0, 1, 0, 1, 0, 1], size: [2, 2, 2, 2, 2, 2] }),
      named([0, 3], { begin: [0, 1], size: [0, 2] }),
      ...everyType([[5, 7], { begin: [1, 2], size: [3, 4] }], [[40], { begin: [3], size: [33] }]),
    ],
    oracle: ([x], { begin, size }) => {
      const { shape } = x as Values;
      const [from, count] = [[begin].flat(), size === undefined ? [] : [size].flat()];
      const start = shape.map((_, i) => from[i] ?? 0);
      return takeWindow(
        x as Values,
        start,
        shape.map((length, i) => ((count[i] ?? -1) < 0 ? length - start[i] : count[i])),
      );
    },
    gradient: { samples: [named([5], { begin: [1], size: [3] }), named([3, 4], { begin: [1, 1], size: [2, 2] })] },
    bench: bench(
      named([8], { begin: [2], size: [4] }),
      named([64, 128], { begin: [16, 0], size: [32, 128] }),
      named([1024, 2048], { begin: [0, 512], size: [1024, 1024] }),
    ),
  },
  stridedSlice: {
    ...exact,
    call: ([x], { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask }) =>
      stridedSlice(x as Tensor, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask),
    // biome-ignore format: one sample a line
    samples: [
      named([7], { begin: [1], end: [6], strides: [2] }),
      named([7], { begin: [-1], end: [0], strides: [-1] }),
      named([7], { begin: [5], end: [-100], strides: [-2] }),
      named([7], { begin: [0], end: [100], strides: [3] }),
      named([7], { begin: [4], end: [2], strides: [1] }),
      named([5, 6], { begin: [1, 0], end: [4, 6], strides: [1, 3] }),
      named([3, 4, 5], { begin: [0, 1, 2], end: [3, 2, 5], strides: [2, 1, 1] }),
      named([4], { begin: [2], end: [2], strides: [1] }),
      named([3, 4, 5], { begin: [2, 3, 4], end: [0, 0, 0], strides: [-1, -2, -3], endMask: 7 }),
      named([3, 4, 5], { begin: [1, 9, 9], end: [2, 0, 0], strides: [1, -1, 2], beginMask: 6, endMask: 4 }),
      named([3, 4, 5], { begin: [1, 0], end: [3, 0], strides: [1, 1], ellipsisMask: 2 }),
      named([3, 4, 5], { begin: [0, 1], end: [0, 3], strides: [1, 1], ellipsisMask: 1 }),
      named([3, 4, 5], { begin: [1, 0, 2], end: [2, 0, 4], strides: [1, 1, 1], ellipsisMask: 2 }),
      named([3, 4], { begin: [0, 1, 0], end: [0, 3, 0], strides: [1, 1, 1], newAxisMask: 5 }),
      named([3, 4, 5], { begin: [1, -1], end: [2, 0], strides: [1, 1], shrinkAxisMask: 3 }),
      named([3, 4, 5], { begin: [1, 0, 0, -2], end: [2, 0, 0, -1], strides: [1, 1, 1, 1], ellipsisMask: 4, newAxisMask: 2, shrinkAxisMask: 9 }),
      named([40, 70], { begin: [0, 69], end: [40, 0], strides: [1, -1], endMask: 2 }),
      named([40, 70], { begin: [0, 0], end: [40, 70], strides: [1, 2] }),
      named([2, 3, 4, 5, 2], { begin: [0, 2, 0, 4, 0], end: [2, 0, 4, 0, 2], strides: [1, -1, 3, -2, 1] }),
      ...everyType([[7, 9], { begin: [6, 1], end: [0, 9], strides: [-2, 3] }], [[40], { begin: [39], end: [1], strides: [-1] }]),
    ],
    oracle: ([x], attributes) => stridedOf(x as Values, attributes),
    gradient: {
      // biome-ignore format: one sample a line
      samples: [
        named([7], { begin: [5], end: [0], strides: [-2] }),
        named([3, 4], { begin: [0, 1], end: [3, 4], strides: [2, 2] }),
        named([2, 3], { begin: [1, 0], end: [2, 3], strides: [1, 1], shrinkAxisMask: 1 }),
      ],
    },
    bench: bench(
      named([8], { begin: [0], end: [8], strides: [2] }),
      named([64, 128], { begin: [0, 0], end: [64, 128], strides: [2, 1] }),
      named([1024, 2048], { begin: [0, 0], end: [1024, 2048], strides: [1, 2] }),
    ),
  },
  reverse: {
    ...exact,
    call: ([x], { axis }) => reverse(x as Tensor, axis),
    // biome-ignore format: one sample a line
    samples: [
      ...[1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 130].map((n) => named([n], { axis: 0 })),
      named([3, 5], {}),
      named([3, 5], { axis: 1 }),
      named([3, 5], { axis: [0] }),
      named([3, 5], { axis: [-1, 0] }),
      named([3, 2, 3], { axis: [0, 2] }),
      named([4, 7, 33], { axis: 1 }),
      named([2, 3, 4, 5], { axis: [1, 3] }),
      named([], {}),
      named([3, 5], { axis: [] }),
      named([0, 3], { axis: [0, 1] }),
      ...everyType([[5, 17], { axis: 1 }], [[5, 3], { axis: 0 }]),
    ],
    oracle: ([x], { axis }) => {
      const { shape } = x as Values;
      const axes = axesOf(axis, shape.length);
      return takeWindow(
        x as Values,
        shape.map((length, i) => (axes.includes(i) ? length - 1 : 0)),
        shape,
        shape.map((_, i) => (axes.includes(i) ? -1 : 1)),
      );
    },
    gradient: { samples: [named([3, 4], { axis: 1 }), named([2, 3], {})] },
    bench: bench(named([4], { axis: 0 }), named([32, 128], { axis: 0 }), named([1024, 1024], { axis: 1 })),
  },
  unstack: {
    ...exact,
    // The slices in the opposite order, so that each is read.
    call: ([x], { axis }) => stack([...unstack(x as Tensor, axis)].reverse(), 0),
    // biome-ignore format: one sample a line
    samples: [
      ...[0, 1, 2, -1, -2].map((axis) => named([2, 3, 4], { axis })),
      named([5], { axis: 0 }),
      named([3, 0], { axis: 0 }),
      named([130, 3], { axis: 1 }),
      named([4, 2], {}),
      ...everyType([[5, 3], { axis: 1 }], [[5, 3], { axis: 0 }]),
    ],
    oracle: ([x], { axis = 0 }) => {
      const { shape } = x as Values;
      const along = axesOf(axis, shape.length)[0] as number;
      const front = [along, ...shape.map((_, i) => i).filter((i) => i !== along)];
      const moved = { ...transpose(x as Values, front), dtype: "float32" as const };
      return takeWindow(
        moved,
        moved.shape.map((size, i) => (i === 0 ? size - 1 : 0)),
        moved.shape,
        moved.shape.map((_, i) => (i === 0 ? -1 : 1)),
      );
    },
    gradient: { samples: [named([2, 3], { axis: 0 }), named([2, 3], { axis: 1 })] },
    bench: bench(named([2, 4], { axis: 0 }), named([8, 32, 64], { axis: 1 }), named([16, 1 << 16], { axis: 0 })),
  },
  split: {
    ...exact,
    call: ([x], { pieces, axis }) => concat([...split(x as Tensor, pieces, axis)].reverse(), axis),
    // biome-ignore format: one sample a line
    samples: [
      named([6, 2], { pieces: [2, 1, 3], axis: 0 }),
      named([2, 9], { pieces: [3, 3, 3], axis: 1 }),
      named([2, 9], { pieces: 3, axis: -1 }),
      named([2, 9], { pieces: [2, -1], axis: 1 }),
      named([2, 9], { pieces: [4, -1, 5], axis: 1 }),
      named([4, 2], { pieces: 1, axis: 0 }),
      named([3, 8, 5], { pieces: 4, axis: 1 }),
      named([6], { pieces: 2 }),
      named([0, 4], { pieces: 2, axis: 1 }),
      ...everyType([[5, 6], { pieces: [1, 2, 3], axis: 1 }], [[6, 5], { pieces: 2, axis: 0 }]),
    ],
    oracle: ([x], { pieces, axis = 0 }) => {
      const { shape, dtype } = x as Values;
      const along = axesOf(axis, shape.length)[0] as number;
      const length = shape[along] as number;
      const list: number[] = typeof pieces === "number" ? new Array(pieces).fill(length / pieces) : pieces;
      const known = list.reduce((sum, size) => sum + Math.max(size, 0), 0);
      let start = 0;
      const parts = list.map((given) => {
        const size = given < 0 ? length - known : given;
        const begin = shape.map((_, i) => (i === along ? start : 0));
        start += size;
        return {
          ...takeWindow(
            x as Values,
            begin,
            shape.map((n, i) => (i === along ? size : n)),
          ),
          dtype,
        };
      });
      return concatOf(parts.reverse(), along);
    },
    gradient: { samples: [named([4, 2], { pieces: [1, 3], axis: 0 }), named([2, 4], { pieces: 2, axis: 1 })] },
    bench: bench(named([4], { pieces: 2, axis: 0 }), named([32, 128], { pieces: 4, axis: 1 }), named([1024, 1024], { pieces: 4, axis: 1 })),
  },
  pad: {
    ...exact,
    call: ([x], { paddings, value }) => pad(x as Tensor, paddings, value),
    // biome-ignore format: one sample a line
    samples: [
      named([3, 4], { paddings: [[1, 2], [0, 3]] }),
      named([2, 3, 2], { paddings: [[0, 0], [2, 1], [1, 0]], value: -1.5 }),
      named([5], { paddings: [[3, 70]], value: 2 }),
      named([5], { paddings: [[0, 0]], value: 2 }),
      named([0, 2], { paddings: [[1, 2], [0, 1]], value: 3 }),
      named([2, 7, 9, 3], { paddings: [[0, 0], [1, 1], [2, 2], [0, 0]] }),
      named([1, 2, 1, 2, 3], { paddings: [[0, 1], [1, 0], [0, 0], [1, 1], [2, 0]], value: 1 }),
      named([17, 130], { paddings: [[1, 0], [0, 5]], value: 7 }),
      ...(["int32", "bool", "uint8", "int8"] as const).flatMap((dtype) => [shaped([5, 3], { paddings: [[1, 1], [0, 2]], value: 1 }, dtype), shaped([9], { paddings: [[2, 3]] }, dtype)]),
      ...everyType([[4, 3], { paddings: [[1, 0], [2, 1]] }]),
    ],
    oracle: ([x], { paddings, value = 0 }) => padOf(x as Values, paddings, value),
    gradient: {
      // biome-ignore format: one sample a line
      samples: [
        named([3], { paddings: [[1, 2]], value: 2 }),
        named([2, 3], { paddings: [[1, 0], [2, 1]] }),
      ],
    },
    bench: bench(
      named([4], { paddings: [[1, 1]] }),
      named([32, 128], {
        paddings: [
          [1, 1],
          [0, 0],
        ],
      }),
      named([16, 64, 64, 16], {
        paddings: [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ],
      }),
    ),
  },
};
