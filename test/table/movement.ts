/** @file Rows of ops that move or repeat elements. */
import { broadcastTo, clone, type DataType, fill, reshape, type Tensor, transpose } from "../../src/index.js";
import { transpose as permute, broadcastTo as repeat, sizeOf, type Values } from "../naive.js";
import { EXTREMES, elementwiseBench, NOT_FINITE, one, type Row, range, type Sample, specialOf } from "./row.js";

export const shaped = (shape: readonly number[], attributes: unknown, dtype: DataType = "float32"): Sample => ({ inputs: [{ shape, dtype }], attributes });
/** Every storage size: 1, 2, 4 and 8 bytes. */
export const storage: DataType[] = ["float32", "int32", "bool", "uint8", "int8", "float16", "bfloat16", "int64"];
export const perms: [number[], number[]][] = [
  [
    [2, 3],
    [1, 0],
  ],
  [
    [7, 13],
    [1, 0],
  ],
  [
    [4, 4],
    [1, 0],
  ],
  [
    [8, 16],
    [1, 0],
  ],
  [
    [33, 65],
    [1, 0],
  ],
  [
    [1, 9],
    [1, 0],
  ],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4],
    [0, 2, 1],
  ],
  [
    [2, 3, 4],
    [1, 0, 2],
  ],
  [
    [2, 3, 4],
    [2, 1, 0],
  ],
  [
    [2, 17, 6, 16],
    [0, 2, 1, 3],
  ],
  [
    [2, 1, 3, 5],
    [0, 3, 1, 2],
  ],
  [
    [2, 3, 2, 3, 2],
    [4, 2, 0, 3, 1],
  ],
  [
    [2, 3, 2, 3, 2, 2],
    [5, 3, 1, 4, 2, 0],
  ],
  [
    [2, 2, 2, 2, 2, 2, 2],
    [6, 4, 2, 0, 5, 3, 1],
  ],
  [[5], [0]],
  [[], []],
  [
    [0, 3],
    [1, 0],
  ],
  [
    [131, 77],
    [1, 0],
  ],
  [
    [3, 40, 41],
    [0, 2, 1],
  ],
];
export const repeats: [number[], number[]][] = [
  [
    [3, 1],
    [3, 5],
  ],
  [[1], [2, 4]],
  [
    [2, 1, 3],
    [4, 2, 5, 3],
  ],
  [[], [3]],
  [[], []],
  [
    [1, 1],
    [0, 3],
  ],
  [
    [0, 1],
    [0, 3],
  ],
  [[5], [3, 5]],
  [
    [2, 1, 2, 1],
    [2, 3, 2, 4],
  ],
  [
    [1, 2, 1, 2, 1, 2],
    [2, 2, 2, 2, 2, 2],
  ],
  [
    [17, 1],
    [17, 33],
  ],
  [
    [1, 130],
    [7, 130],
  ],
];
export const movementRows: Record<string, Row> = {
  reshape: {
    call: ([x], { shape }) => reshape(x as Tensor, shape),
    samples: [
      shaped([2, 6], { shape: [3, 4] }),
      shaped([2, 3, 4], { shape: [24] }),
      shaped([5], { shape: [5, 1] }),
      shaped([0, 3], { shape: [3, 0] }),
      shaped([1, 1], { shape: [] }),
      ...storage.map((dtype) => shaped([2, 3], { shape: [3, 2] }, dtype)),
    ],
    oracle: ([x], { shape }) => ({ shape, data: (x as Values).data }),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [shaped([2, 6], { shape: [3, 4] })] },
    bench: { small: shaped([4], { shape: [2, 2] }), typical: shaped([32, 784], { shape: [32, 28, 28] }), large: shaped([1 << 20], { shape: [1024, 1024] }) },
  },
  transpose: {
    call: ([x], { perm }) => transpose(x as Tensor, perm),
    samples: [
      ...perms.map(([shape, perm]) => shaped(shape, { perm })),
      ...storage.flatMap((dtype) => [
        shaped([7, 13], { perm: [1, 0] }, dtype),
        shaped([2, 3, 4], { perm: [1, 2, 0] }, dtype),
        shaped([2, 3, 4, 5], { perm: [2, 0, 3, 1] }, dtype),
      ]),
    ],
    oracle: ([x], { perm }) => permute(x as Values, perm),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [shaped([2, 3], { perm: [1, 0] }), shaped([2, 3, 2], { perm: [2, 0, 1] })] },
    bench: { small: shaped([4, 4], { perm: [1, 0] }), typical: shaped([32, 784], { perm: [1, 0] }), large: shaped([1024, 1024], { perm: [1, 0] }) },
  },
  broadcastTo: {
    call: ([x], { shape }) => broadcastTo(x as Tensor, shape),
    samples: [
      ...repeats.map(([from, shape]) => shaped(from, { shape })),
      ...storage.flatMap((dtype) => [shaped([3, 1], { shape: [2, 3, 5] }, dtype), shaped([7], { shape: [4, 7] }, dtype), shaped([], { shape: [9] }, dtype)]),
    ],
    oracle: ([x], { shape }) => repeat(x as Values, shape),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: {
      samples: [shaped([3, 1], { shape: [3, 4] }), shaped([2], { shape: [3, 2] }), shaped([2, 1, 2], { shape: [2, 3, 2] }), shaped([], { shape: [4] })],
    },
    bench: { small: shaped([1], { shape: [4] }), typical: shaped([128], { shape: [32, 128] }), large: shaped([1024, 1], { shape: [1024, 1024] }) },
  },
  clone: {
    call: ([x]) => clone(x as Tensor),
    samples: [...one([0], [1], [17], [2, 3], []), ...storage.flatMap((dtype) => [shaped([5], {}, dtype), shaped([2, 9], {}, dtype)])],
    oracle: ([x]) => ({ shape: (x as Values).shape, data: (x as Values).data }),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: one([3, 2]) },
    special: specialOf(EXTREMES),
    bench: elementwiseBench(1),
  },
  fill: {
    call: (_, { shape, value, dtype }) => fill(shape, value, dtype),
    samples: (["float32", "int32", "bool", "uint8", "int8"] as const).flatMap((dtype) =>
      [[], [0], [1], [3], [4], [17], [2, 3, 5]].map((shape): Sample => ({ inputs: [], attributes: { shape, value: dtype === "bool" ? 1 : 7, dtype } })),
    ),
    oracle: (_, { shape, value }) => ({ shape, data: new Array(sizeOf(shape)).fill(Math.fround(value)) }),
    atol: 0,
    rtol: 0,
    domains: [range(0, 1)],
    gradient: null,
    special: [...NOT_FINITE, 0.1, -0].map((value) => ({ inputs: [], attributes: { shape: [5], value, dtype: "float32" } })),
    bench: {
      small: { inputs: [], attributes: { shape: [4], value: 1 } },
      typical: { inputs: [], attributes: { shape: [32, 128], value: 1 } },
      large: { inputs: [], attributes: { shape: [1 << 20], value: 1 } },
    },
  },
};
