/** @file Rows of ops that repeat, mirror or reorder elements. */
import {
  batchToSpaceND,
  concat,
  depthToSpace,
  diag,
  meshgrid,
  mirrorPad,
  repeat,
  reshape,
  roll,
  spaceToBatchND,
  spaceToDepth,
  type Tensor,
  tile,
  tril,
  triu,
} from "../../src/index.js";
import type { Expected, Values } from "../naive.js";
import type { Row } from "./row.js";
import { defined } from "./row.js";
import {
  batchToSpaceOf,
  bench,
  depthToSpaceOf,
  element,
  everyType,
  exact,
  generate,
  mirrorOf,
  mirrorSums,
  named,
  repeatOf,
  rollOf,
  several,
  spaceToBatchOf,
  spaceToDepthOf,
} from "./shapeOracles.js";

const bandOf = (x: Values, keeps: (row: number, column: number) => boolean): Expected =>
  generate(x.shape, (position) => (keeps(...(position.slice(-2) as [number, number])) ? element(x, position) : 0));

const repetitions: Record<string, Row> = {
  tile: {
    ...exact,
    call: ([x], { reps }) => tile(x as Tensor, reps),
    // biome-ignore format: one sample a line
    samples: [
      named([3], { reps: [4] }),
      named([2, 3], { reps: [2, 1] }),
      named([1, 2], { reps: [3, 2] }),
      named([2, 3], { reps: [1, 5] }),
      named([2, 3], { reps: [1, 1] }),
      named([], { reps: [] }),
      named([2, 3], { reps: [0, 2] }),
      named([0, 3], { reps: [2, 2] }),
      named([3, 1, 2], { reps: [2, 4, 3] }),
      named([2, 3, 2, 2], { reps: [2, 1, 2, 3] }),
      named([2, 1, 2, 1, 2], { reps: [2, 2, 2, 2, 2] }),
      named([33], { reps: [9] }),
      named([5, 70], { reps: [3, 2] }),
      named([130, 1], { reps: [1, 3] }),
      ...everyType([[2, 3], { reps: [2, 3] }], [[17], { reps: [3] }]),
    ],
    oracle: ([x], { reps }) => {
      const { shape } = x as Values;
      return generate(
        shape.map((size, i) => size * reps[i]),
        (position) =>
          element(
            x as Values,
            position.map((p, i) => p % (shape[i] as number)),
          ),
      );
    },
    gradient: { samples: [named([2, 3], { reps: [2, 2] }), named([3], { reps: [3] })] },
    bench: bench(named([4], { reps: [2] }), named([32, 32], { reps: [1, 4] }), named([256, 256], { reps: [4, 4] })),
  },
  repeat: {
    ...exact,
    call: ([x], { repeats, axis }) => repeat(x as Tensor, repeats, axis),
    // biome-ignore format: one sample a line
    samples: [
      named([2, 3], { repeats: 3, axis: 1 }),
      named([2, 3], { repeats: 3, axis: 0 }),
      named([2, 3], { repeats: 2 }),
      named([2, 3], { repeats: 0, axis: -1 }),
      named([2, 3], { repeats: [1, 0, 4], axis: -1 }),
      named([2, 3], { repeats: [2], axis: 0 }),
      named([3], { repeats: [0, 1, 2] }),
      named([], { repeats: 3 }),
      named([0, 2], { repeats: 3, axis: 0 }),
      named([130], { repeats: 2 }),
      named([3, 4, 5], { repeats: 5, axis: 1 }),
      named([3, 4, 5], { repeats: [3, 1, 0, 2], axis: 1 }),
      ...everyType([[5, 3], { repeats: 2, axis: 1 }], [[3, 5], { repeats: [1, 2, 0], axis: 0 }]),
    ],
    oracle: ([x], { repeats, axis }) => repeatOf(x as Values, repeats, axis),
    gradient: { samples: [named([2, 3], { repeats: 2, axis: 1 }), named([3], { repeats: [2, 0, 1] })] },
    bench: bench(named([4], { repeats: 2 }), named([32, 32], { repeats: 4, axis: 1 }), named([512, 512], { repeats: 4, axis: 0 })),
  },
  mirrorPad: {
    ...exact,
    call: ([x], { paddings, mode }) => mirrorPad(x as Tensor, paddings, mode),
    // biome-ignore format: one sample a line
    samples: [
      named([3], { paddings: [[2, 1]], mode: "reflect" }),
      named([3], { paddings: [[3, 3]], mode: "symmetric" }),
      named([2, 5, 4], { paddings: [[0, 0], [2, 1], [3, 0]], mode: "reflect" }),
      named([2, 5, 4], { paddings: [[2, 1], [2, 5], [3, 4]], mode: "symmetric" }),
      named([1, 7], { paddings: [[0, 0], [0, 0]], mode: "reflect" }),
      named([1, 7], { paddings: [[1, 1], [7, 0]], mode: "symmetric" }),
      named([2, 40, 3], { paddings: [[0, 0], [39, 20], [2, 2]], mode: "reflect" }),
      named([2, 3, 2, 3], { paddings: [[1, 1], [1, 2], [1, 0], [2, 2]], mode: "reflect" }),
      named([0, 3], { paddings: [[0, 0], [1, 2]], mode: "reflect" }),
      ...everyType([[3, 4], { paddings: [[1, 2], [2, 1]], mode: "reflect" }], [[9], { paddings: [[4, 9]], mode: "symmetric" }]),
    ],
    oracle: ([x], { paddings, mode }) => mirrorOf(x as Values, paddings, mode),
    gradient: {
      // biome-ignore format: one sample a line
      samples: [
        named([3], { paddings: [[2, 1]], mode: "reflect" }),
        named([2, 3], { paddings: [[2, 1], [1, 3]], mode: "symmetric" }),
        named([3, 3], { paddings: [[2, 2], [1, 2]], mode: "reflect" }),
      ],
    },
    // biome-ignore format: one sample a line
    bench: bench(
      named([4], { paddings: [[1, 1]], mode: "reflect" }),
      named([32, 128], { paddings: [[2, 2], [2, 2]], mode: "symmetric" }),
      named([16, 64, 64, 16], { paddings: [[0, 0], [2, 2], [2, 2], [0, 0]], mode: "reflect" }),
    ),
  },
  mirrorPadGrad: {
    ...exact,
    rtol: 4e-7,
    atol: 1e-6,
    call: ([dy], attributes) => defined("mirrorPadGrad")([dy as Tensor], attributes),
    // biome-ignore format: one sample a line
    samples: [
      named([6], { paddings: [[2, 1]], skip: 1, shape: [3] }),
      named([4, 9], { paddings: [[0, 0], [3, 2]], skip: 0, shape: [4, 4] }),
      named([2, 6, 6, 7], { paddings: [[0, 0], [2, 1], [1, 2], [1, 2]], skip: 1, shape: [2, 3, 3, 4] }),
      named([0, 6], { paddings: [[0, 0], [2, 1]], skip: 1, shape: [0, 3] }),
    ],
    oracle: ([dy], { paddings, skip, shape }) => mirrorSums(dy as Values, paddings, skip, shape),
    gradient: {
      samples: [
        named([5, 6], {
          paddings: [
            [1, 1],
            [2, 1],
          ],
          skip: 1,
          shape: [3, 3],
        }),
      ],
    },
    bench: bench(
      named([6], { paddings: [[1, 1]], skip: 1, shape: [4] }),
      named([36, 132], {
        paddings: [
          [2, 2],
          [2, 2],
        ],
        skip: 0,
        shape: [32, 128],
      }),
      named([16, 68, 68, 16], {
        paddings: [
          [0, 0],
          [2, 2],
          [2, 2],
          [0, 0],
        ],
        skip: 1,
        shape: [16, 64, 64, 16],
      }),
    ),
  },
};

const moves: Record<string, Row> = {
  roll: {
    ...exact,
    call: ([x], { shift, axis }) => roll(x as Tensor, shift, axis),
    // biome-ignore format: one sample a line
    samples: [
      named([5], { shift: 2, axis: 0 }),
      named([5], { shift: -7, axis: 0 }),
      named([5, 3], { shift: [2, -1], axis: [0, 1] }),
      named([5, 3], { shift: 4 }),
      named([5, 3], { shift: 1, axis: [0, 1] }),
      named([5, 3], { shift: [1, 3], axis: [0, 0] }),
      named([5, 3], { shift: 0, axis: 1 }),
      named([2, 3, 4], { shift: [1, 1, 1], axis: [0, 1, -1] }),
      named([0, 3], { shift: 2, axis: 0 }),
      named([], { shift: 2 }),
      named([3, 130], { shift: 33, axis: 1 }),
      ...everyType([[4, 5], { shift: [1, -2], axis: [0, 1] }], [[17], { shift: 5, axis: 0 }]),
    ],
    oracle: ([x], { shift, axis }) => rollOf(x as Values, shift, axis),
    gradient: { samples: [named([5], { shift: 2, axis: 0 }), named([2, 3], { shift: [1, -1], axis: [0, 1] })] },
    bench: bench(named([4], { shift: 1, axis: 0 }), named([32, 128], { shift: 5, axis: 0 }), named([1024, 1024], { shift: 100, axis: 1 })),
  },
  spaceToBatchND: {
    ...exact,
    call: ([x], { blockShape, paddings }) => spaceToBatchND(x as Tensor, blockShape, paddings),
    // biome-ignore format: one sample a line
    samples: [
      named([1, 4, 1], { blockShape: [2], paddings: [[0, 0]] }),
      named([2, 4, 6, 3], { blockShape: [2, 3], paddings: [[0, 0], [0, 0]] }),
      named([1, 3, 5, 1], { blockShape: [2, 2], paddings: [[1, 0], [0, 1]] }),
      named([2, 5, 4], { blockShape: [3, 2], paddings: [[0, 1], [0, 0]] }),
      named([0, 4, 1], { blockShape: [2], paddings: [[0, 0]] }),
      named([1, 4, 4, 4, 2], { blockShape: [2, 2, 2], paddings: [[0, 0], [0, 0], [0, 0]] }),
      ...everyType([[1, 4, 3], { blockShape: [2], paddings: [[1, 1]] }]),
    ],
    oracle: ([x], { blockShape, paddings }) => spaceToBatchOf(x as Values, blockShape, paddings),
    gradient: {
      samples: [
        named([1, 3, 4, 1], {
          blockShape: [2, 2],
          paddings: [
            [1, 0],
            [0, 0],
          ],
        }),
      ],
    },
    // biome-ignore format: one sample a line
    bench: bench(
      named([1, 2, 2, 1], { blockShape: [2, 2], paddings: [[0, 0], [0, 0]] }),
      named([1, 32, 32, 4], { blockShape: [2, 2], paddings: [[0, 0], [0, 0]] }),
      named([4, 128, 128, 16], { blockShape: [2, 2], paddings: [[0, 0], [0, 0]] }),
    ),
  },
  batchToSpaceND: {
    ...exact,
    call: ([x], { blockShape, crops }) => batchToSpaceND(x as Tensor, blockShape, crops),
    // biome-ignore format: one sample a line
    samples: [
      named([2, 2, 1], { blockShape: [2], crops: [[0, 0]] }),
      named([12, 2, 3, 3], { blockShape: [2, 3], crops: [[0, 0], [0, 0]] }),
      named([4, 2, 3, 1], { blockShape: [2, 2], crops: [[1, 0], [0, 2]] }),
      named([6, 2, 2], { blockShape: [3, 2], crops: [[0, 1], [0, 0]] }),
      named([0, 4, 1], { blockShape: [2], crops: [[0, 0]] }),
      ...everyType([[4, 2, 3], { blockShape: [2], crops: [[1, 1]] }]),
    ],
    oracle: ([x], { blockShape, crops }) => batchToSpaceOf(x as Values, blockShape, crops),
    gradient: {
      samples: [
        named([4, 2, 2, 1], {
          blockShape: [2, 2],
          crops: [
            [1, 0],
            [0, 0],
          ],
        }),
      ],
    },
    // biome-ignore format: one sample a line
    bench: bench(
      named([4, 1, 1, 1], { blockShape: [2, 2], crops: [[0, 0], [0, 0]] }),
      named([4, 16, 16, 4], { blockShape: [2, 2], crops: [[0, 0], [0, 0]] }),
      named([16, 64, 64, 16], { blockShape: [2, 2], crops: [[0, 0], [0, 0]] }),
    ),
  },
  depthToSpace: {
    ...exact,
    call: ([x], { blockSize, dataFormat }) => depthToSpace(x as Tensor, blockSize, dataFormat),
    // biome-ignore format: one sample a line
    samples: [
      named([1, 1, 1, 4], { blockSize: 2 }),
      named([2, 3, 2, 12], { blockSize: 2, dataFormat: "NHWC" }),
      named([2, 12, 3, 2], { blockSize: 2, dataFormat: "NCHW" }),
      named([1, 18, 5, 3], { blockSize: 3, dataFormat: "NCHW" }),
      named([0, 2, 2, 4], { blockSize: 2 }),
      named([1, 2, 3, 9], { blockSize: 3 }),
    ],
    oracle: ([x], { blockSize, dataFormat }) => depthToSpaceOf(x as Values, blockSize, dataFormat),
    gradient: { samples: [named([1, 2, 1, 4], { blockSize: 2 }), named([1, 8, 1, 2], { blockSize: 2, dataFormat: "NCHW" })] },
    bench: bench(named([1, 1, 1, 4], { blockSize: 2 }), named([1, 16, 16, 16], { blockSize: 2 }), named([4, 64, 64, 64], { blockSize: 2 })),
  },
  spaceToDepth: {
    ...exact,
    call: ([x], { blockSize, dataFormat }) => spaceToDepth(x as Tensor, blockSize, dataFormat),
    // biome-ignore format: one sample a line
    samples: [
      named([1, 2, 2, 1], { blockSize: 2 }),
      named([2, 6, 4, 3], { blockSize: 2, dataFormat: "NHWC" }),
      named([2, 3, 6, 4], { blockSize: 2, dataFormat: "NCHW" }),
      named([1, 2, 9, 3], { blockSize: 3, dataFormat: "NCHW" }),
      named([1, 2, 2, 0], { blockSize: 2 }),
      ...everyType([[1, 4, 2, 3], { blockSize: 2 }]),
    ],
    oracle: ([x], { blockSize, dataFormat }) => spaceToDepthOf(x as Values, blockSize, dataFormat),
    gradient: { samples: [named([1, 2, 4, 1], { blockSize: 2 }), named([1, 2, 2, 2], { blockSize: 2, dataFormat: "NCHW" })] },
    bench: bench(named([1, 2, 2, 1], { blockSize: 2 }), named([1, 32, 32, 4], { blockSize: 2 }), named([4, 128, 128, 16], { blockSize: 2 })),
  },
};

const diagonals: Record<string, Row> = {
  ...Object.fromEntries(
    (
      [
        ["tril", tril, (k: number) => (row: number, column: number) => column - row <= k],
        ["triu", triu, (k: number) => (row: number, column: number) => column - row >= k],
      ] as const
    ).map(([name, op, keeps]): [string, Row] => [
      name,
      {
        ...exact,
        call: ([x], { k }) => op(x as Tensor, k),
        samples: [
          ...[-9, -3, -1, 0, 1, 2, 9].flatMap((k) => [named([4, 5], { k }), named([5, 4], { k }), named([2, 3, 4], { k })]),
          named([3, 3], {}),
          named([0, 3], { k: 0 }),
          named([3, 0], { k: 0 }),
          named([2, 40, 33], { k: 3 }),
          ...everyType([[5, 7], { k: 1 }], [[3, 3], { k: -1 }]),
        ],
        oracle: ([x], { k = 0 }) => bandOf(x as Values, keeps(k)),
        gradient: { samples: [named([3, 4], { k: 0 }), named([2, 2, 3], { k: 1 })] },
        bench: bench(named([4, 4], { k: 0 }), named([64, 64], { k: 0 }), named([1024, 1024], { k: 0 })),
      },
    ]),
  ),
  band: {
    ...exact,
    call: ([x], attributes) => defined("band")([x as Tensor], attributes),
    samples: [
      named([5, 6], { lower: 1, upper: 2 }),
      named([5, 6], { lower: 0, upper: 0 }),
      named([2, 6, 5], { lower: -1, upper: 3 }),
      named([5, 6], { lower: -3, upper: 1 }),
      ...everyType([[5, 9], { lower: 2, upper: 1 }]),
    ],
    oracle: ([x], { lower, upper }) => bandOf(x as Values, (row, column) => column - row >= -lower && column - row <= upper),
    gradient: { samples: [named([3, 4], { lower: 1, upper: 1 })] },
    bench: bench(named([4, 4], { lower: 1, upper: 1 }), named([64, 64], { lower: 1, upper: 1 }), named([1024, 1024], { lower: 100, upper: 100 })),
  },
  diag: {
    ...exact,
    call: ([x]) => diag(x as Tensor),
    samples: [named([3], {}), named([], {}), named([2, 3], {}), named([0], {}), named([33], {}), named([2, 2, 2], {}), ...everyType([[5], {}])],
    oracle: ([x]) => {
      const { shape } = x as Values;
      return generate([...shape, ...shape], (position) => {
        const [front, back] = [position.slice(0, shape.length), position.slice(shape.length)];
        return front.every((p, i) => p === back[i]) ? element(x as Values, front) : 0;
      });
    },
    gradient: { samples: [named([3], {}), named([2, 2], {})] },
    bench: bench(named([4], {}), named([64], {}), named([1024], {})),
  },
  meshgrid: {
    ...exact,
    // Both grids, one after the other.
    call: ([x, y], { indexing }) => concat(meshgrid(x as Tensor, y as Tensor, { indexing }).map((grid) => reshape(grid, [-1]))),
    samples: [
      several([[3], [2]], { indexing: "xy" }),
      several([[3], [2]], { indexing: "ij" }),
      several([[3], [2]], {}),
      several([[1], [130]], { indexing: "xy" }),
      several([[17], [1]], { indexing: "ij" }),
      several([[4], [3]], { indexing: "xy" }, "int32"),
    ],
    oracle: ([x, y], { indexing = "xy" }) => {
      const [a, b] = [x as Values, y as Values];
      const [w, h] = [a.data.length, b.data.length];
      const shape = indexing === "xy" ? [h, w] : [w, h];
      const at = (values: Values, axis: number): number[] => Array.from(generate(shape, (p) => values.data[p[axis] as number] as number).data);
      const data = indexing === "xy" ? [...at(a, 1), ...at(b, 0)] : [...at(a, 0), ...at(b, 1)];
      return { shape: [data.length], data };
    },
    gradient: { samples: [several([[3], [2]], { indexing: "xy" }), several([[2], [3]], { indexing: "ij" })] },
    bench: bench(several([[2], [2]], {}), several([[32], [64]], {}), several([[1024], [512]], {})),
  },
};

export const rearrangeRows: Record<string, Row> = { ...repetitions, ...moves, ...diagonals };
