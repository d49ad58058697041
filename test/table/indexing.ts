/** @file Rows of ops on indices. */
import {
  type DataType,
  embeddingLookup,
  gather,
  gatherND,
  lowerBound,
  oneHot,
  scatterND,
  searchSorted,
  sparseToDense,
  type Tensor,
  tensorScatterUpdate,
  unsortedSegmentSum,
  upperBound,
} from "../../src/index.js";
import { randomOf, sizeOf, type Values } from "../naive.js";
import { filled, gatherNDOf, gatherOf, oneHotOf, scatterNDOf, scatterOf, searchSortedOf } from "../naiveIndexing.js";
import { storage } from "./movement.js";
import { DENORMAL, defined, type InputSpec, type Row, range, type Sample } from "./row.js";

const integers = (shape: readonly number[], limit: number, from = 0): InputSpec => ({ shape, dtype: "int32", domain: range(from, limit) });

/** Tuples of indices [...shape, sizes.length] within `sizes`; `distinct` names no place twice. */
function tuples(shape: readonly number[], sizes: readonly number[], distinct = false): InputSpec {
  const random = randomOf(sizeOf(shape) * 31 + sizes.length);
  const count = sizeOf(shape);
  const rows = Array.from({ length: count }, () => Math.floor(random() * sizeOf(sizes)));
  if (distinct) {
    // The first of all places in a random order.
    const places = Array.from({ length: sizeOf(sizes) }, (_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
    for (let i = 0; i < count; i++) rows[i] = places[i]?.i as number;
  }
  const domain = rows.flatMap((row) => sizes.map((size, axis) => Math.floor(row / sizeOf(sizes.slice(axis + 1))) % size));
  return { shape: [...shape, sizes.length], dtype: "int32", domain };
}

// ---- gather and its like ----

const picks = (shape: readonly number[], axis: number, indices: readonly number[], dtype: DataType = "float32", batchDims = 0): Sample => ({
  inputs: [{ shape, dtype }, integers(indices, shape.at(axis) as number)],
  attributes: { axis, batchDims },
});
const adds = (shape: readonly number[], axis: number, indices: readonly number[], batchDims = 0, dtype: DataType = "float32"): Sample => ({
  inputs: [{ shape: [...shape.slice(0, axis), ...indices.slice(batchDims), ...shape.slice(axis + 1)], dtype }, integers(indices, shape[axis] as number)],
  attributes: { axis, batchDims, shape },
});

const gatherRows: Record<string, Row> = {
  gather: {
    call: ([x, indices], { axis, batchDims }) => gather(x as Tensor, indices as Tensor, axis, batchDims),
    samples: [
      picks([7, 3], 0, [5]),
      picks([2, 6, 3], 1, [9]),
      picks([5], 0, [1]),
      picks([4, 2], 0, [0]),
      picks([6, 3], 0, [2, 4]),
      picks([3, 4, 5], -1, [7]),
      picks([3, 4, 5], 2, [2, 3]),
      picks([6, 1], 0, [17]),
      picks([9, 33], 0, [40]),
      picks([5, 3], 0, []),
      picks([2, 0], 0, [3]),
      picks([0, 2], 1, [3]),
      picks([3, 17], 1, [65]),
      picks([2, 3, 4, 5], 1, [3]),
      picks([3, 4], 1, [3, 2], "float32", 1),
      picks([3, 4, 5], 1, [3, 7], "float32", 1),
      picks([2, 3, 4, 5], 3, [2, 6], "float32", 1),
      picks([2, 3, 4, 5], 2, [2, 3, 2, 2], "float32", 2),
      picks([2, 3, 4], 2, [2, 3], "float32", 2),
      picks([2, 3, 4], 2, [2, 3, 1], "float32", -1),
      ...storage.flatMap((dtype) => [picks([5, 3], 0, [7], dtype), picks([2, 5], 1, [4], dtype), picks([2, 5], 1, [2, 4], dtype, 1)]),
    ],
    oracle: ([x, indices], { axis, batchDims }) => gatherOf(x as Values, indices as Values, axis, batchDims < 0 ? 2 : batchDims),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [picks([4, 3], 0, [6]), picks([2, 4, 2], 1, [5]), picks([5], 0, [2, 3]), picks([2, 2, 3], 2, [2, 4], "float32", 1)] },
    bench: { small: picks([10, 4], 0, [4]), typical: picks([1000, 64], 0, [32, 16]), large: picks([60000, 784], 0, [1024]) },
  },
  scatterAdd: {
    call: ([x, indices], attributes) => defined("scatterAdd")([x as Tensor, indices as Tensor], attributes),
    samples: [
      adds([7, 3], 0, [5]),
      adds([2, 6, 3], 1, [9]),
      adds([5], 0, [1]),
      adds([4, 2], 0, [0]),
      adds([6, 3], 0, [2, 4]),
      adds([3, 4, 5], 2, [7]),
      adds([3, 33], 0, [40]),
      adds([3, 17], 1, [65]),
      adds([1, 5], 0, [9]),
      adds([2, 0], 0, [3]),
      adds([3, 4, 5], 1, [3, 7], 1),
      adds([2, 3, 4, 5], 3, [2, 6], 1),
      adds([7, 5], 0, [9], 0, "int32"),
      adds([3, 4, 5], 1, [3, 7], 1, "int32"),
      adds([0, 3], 0, [0]),
    ],
    oracle: ([x, indices], { axis, shape, batchDims }) => scatterOf(x as Values, indices as Values, axis, shape, batchDims),
    atol: DENORMAL,
    rtol: 4e-7,
    domains: [range(-9, 9)],
    gradient: { samples: [adds([3, 2], 0, [6]), adds([2, 2, 3], 2, [2, 4], 1)] },
    bench: { small: adds([10, 4], 0, [4]), typical: adds([1000, 64], 0, [512]), large: adds([10000, 256], 0, [4096]) },
  },
  embeddingLookup: {
    call: ([table, ids]) => embeddingLookup(table as Tensor, ids as Tensor),
    samples: [picks([7, 3], 0, [5]), picks([10, 16], 0, [3, 4]), picks([3, 2, 2], 0, [2, 1, 3]), picks([1, 33], 0, []), picks([4, 5], 0, [0])],
    oracle: ([table, ids]) => gatherOf(table as Values, ids as Values, 0),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [picks([4, 3], 0, [2, 3])] },
    bench: { small: picks([10, 4], 0, [4]), typical: picks([1000, 64], 0, [32, 16]), large: picks([10000, 256], 0, [4096]) },
  },
  unsortedSegmentSum: {
    call: ([x, ids], { segments }) => unsortedSegmentSum(x as Tensor, ids as Tensor, segments),
    samples: (
      [
        [[5], [5], 3],
        [[9, 3], [9], 6],
        [[4, 17], [4], 2],
        [[3, 2, 5], [3], 4],
        [[3, 2, 5], [3, 2], 4],
        [[0, 3], [0], 2],
        [[3, 0], [3], 2],
        [[6], [6], 0],
      ] as [number[], number[], number][]
    ).flatMap(([shape, ids, segments]): Sample[] => [
      // Two ids lie outside and are left out.
      { inputs: [{ shape }, integers(ids, segments + 1, -1)], attributes: { segments } },
      { inputs: [{ shape, dtype: "int32" }, integers(ids, segments + 1, -1)], attributes: { segments } },
    ]),
    oracle: ([x, ids], { segments }) => {
      const { shape } = x as Values;
      const rank = (ids as Values).shape.length;
      const rows = { ...(x as Values), shape: [sizeOf(shape.slice(0, rank)), sizeOf(shape.slice(rank))] };
      const flat = { ...(ids as Values), shape: [sizeOf((ids as Values).shape)] };
      const sums = scatterOf(rows, flat, 0, [segments, rows.shape[1] as number]);
      return { ...sums, shape: [segments, ...shape.slice(rank)] };
    },
    atol: DENORMAL,
    rtol: 4e-7,
    domains: [range(-9, 9)],
    gradient: { samples: [{ inputs: [{ shape: [5, 2] }, integers([5], 4, -1)], attributes: { segments: 3 } }] },
    bench: {
      small: { inputs: [{ shape: [4] }, integers([4], 2)], attributes: { segments: 2 } },
      typical: { inputs: [{ shape: [512, 64] }, integers([512], 100)], attributes: { segments: 100 } },
      large: { inputs: [{ shape: [4096, 256] }, integers([4096], 100)], attributes: { segments: 100 } },
    },
  },
};

// ---- tuples of indices ----

const named = (shape: readonly number[], count: readonly number[], depth: number, dtype: DataType = "float32"): Sample => ({
  inputs: [{ shape, dtype }, tuples(count, shape.slice(0, depth))],
});
const places: [number[], number[], number][] = [
  [[4], [5], 1],
  [[4, 5], [3], 2],
  [[4, 5, 2], [8], 2],
  [[4, 5, 2], [2, 3], 3],
  [[4, 5], [3], 1],
  [[3, 17], [7], 1],
  [[2, 3, 2, 3, 2, 2], [5], 6],
  [[3, 3], [0], 2],
  [[2, 2], [3], 0],
];
/** `shape`, tuples of indices, and updates. */
const updated = (shape: readonly number[], count: readonly number[], depth: number, distinct: boolean, dtype: DataType = "float32"): Sample => ({
  inputs: [{ shape, dtype }, tuples(count, shape.slice(0, depth), distinct), { shape: [...count, ...shape.slice(depth)], dtype }],
});
const flatPlaces: Sample = { inputs: [{ shape: [6, 2] }, { shape: [3], dtype: "int32", domain: [4, 0, 2] }, { shape: [3, 2] }] };

const tupleRows: Record<string, Row> = {
  gatherND: {
    call: ([x, indices]) => gatherND(x as Tensor, indices as Tensor),
    samples: [...places.map((place) => named(...place)), ...storage.map((dtype) => named([3, 4, 2], [5], 2, dtype))],
    oracle: ([x, indices]) => gatherNDOf(x as Values, indices as Values),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [named([3, 4], [6], 2), named([3, 2, 2], [2, 2], 1)] },
    bench: { small: named([4, 4], [4], 2), typical: named([64, 64, 16], [256], 2), large: named([1024, 1024], [1 << 20], 2) },
  },
  rowNumbers: {
    call: ([indices], attributes) => defined("rowNumbers")([indices as Tensor], attributes),
    samples: [[5], [17], [2, 3], [0], []].flatMap((shape): Sample[] => [
      { inputs: [tuples(shape, [3, 4])], attributes: { sizes: [3, 4] } },
      // Some are outside.
      { inputs: [integers([...shape, 3], 5, -1)], attributes: { sizes: [3, 4, 2] } },
      { inputs: [integers([...shape, 0], 1)], attributes: { sizes: [] } },
    ]),
    oracle: ([indices], { sizes }) => {
      const { shape, data } = indices as Values;
      const rows: number[] = [];
      for (let i = 0; i < sizeOf(shape.slice(0, -1)); i++) {
        const tuple = (sizes as number[]).map((_, j) => data[i * sizes.length + j] as number);
        rows.push(tuple.every((at, j) => at >= 0 && at < sizes[j]) ? tuple.reduce((row, at, j) => row * sizes[j] + at, 0) : -1);
      }
      return { shape: shape.slice(0, -1), data: rows };
    },
    atol: 0,
    rtol: 0,
    domains: [range(0, 2)],
    gradient: null,
    bench: {
      small: { inputs: [tuples([4], [3, 4])], attributes: { sizes: [3, 4] } },
      typical: { inputs: [tuples([1000], [30, 40])], attributes: { sizes: [30, 40] } },
      large: { inputs: [tuples([1 << 19], [30, 40])], attributes: { sizes: [30, 40] } },
    },
  },
  scatterND: {
    call: ([, indices, updates], { shape }) => scatterND(indices as Tensor, updates as Tensor, shape),
    samples: [...places.map((place) => updated(...place, false)), ...places.slice(0, 5).map((place) => updated(...place, false, "int32")), flatPlaces].map(
      (sample) => ({ ...sample, attributes: { shape: sample.inputs[0]?.shape } }),
    ),
    oracle: ([x, indices, updates]) => scatterNDOf(filled((x as Values).shape, 0), indices as Values, updates as Values, true),
    atol: DENORMAL,
    rtol: 4e-7,
    domains: [range(-9, 9)],
    gradient: { samples: [{ inputs: [{ shape: [0] }, tuples([5], [3, 2]), { shape: [5, 2] }], attributes: { shape: [3, 2, 2] } }] },
    bench: {
      small: { ...updated([4, 4], [4], 2, false), attributes: { shape: [4, 4] } },
      typical: { ...updated([64, 64, 16], [256], 2, false), attributes: { shape: [64, 64, 16] } },
      large: { ...updated([1024, 1024], [1 << 18], 2, false), attributes: { shape: [1024, 1024] } },
    },
  },
  tensorScatterUpdate: {
    call: ([x, indices, updates]) => tensorScatterUpdate(x as Tensor, indices as Tensor, updates as Tensor),
    samples: [
      ...places.map((place) => updated(...place, false)),
      ...(["float32", "int32"] as const).map((dtype) => updated([3, 4, 2], [5], 2, true, dtype)),
      flatPlaces,
    ],
    oracle: ([x, indices, updates]) => scatterNDOf(x as Values, indices as Values, updates as Values, false),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    // Also with places that are written more than once.
    gradient: { samples: [updated([4, 3], [3], 1, true), updated([3, 2], [7], 2, false), flatPlaces] },
    bench: { small: updated([4, 4], [4], 2, true), typical: updated([64, 64, 16], [256], 2, true), large: updated([1024, 1024], [1024], 1, true) },
  },
  scatterUpdate: {
    call: (inputs) => defined("scatterUpdate")(inputs, { shape: inputs[0]?.shape }),
    samples: [
      [[5, 3], [4]],
      [[1, 17], [3]],
      [[4, 0], [2]],
      [[0, 4], [3]],
      [[70, 65], [9]],
    ].flatMap(([shape, count]) =>
      (["float32", "bool", "int32"] as const).map(
        (dtype): Sample => ({
          // Some are outside.
          inputs: [{ shape: shape as number[], dtype }, integers(count as number[], 6, -1), { shape: [count?.[0] as number, shape?.[1] as number], dtype }],
        }),
      ),
    ),
    oracle: ([x, indices, updates]) => scatterNDOf(x as Values, indices as Values, updates as Values, false),
    atol: 0,
    rtol: 0,
    domains: [range(0, 9)],
    gradient: { samples: [{ inputs: [{ shape: [3, 2] }, integers([5], 4, -1), { shape: [5, 2] }] }] },
    bench: {
      small: { inputs: [{ shape: [4, 4] }, integers([2], 4), { shape: [2, 4] }] },
      typical: { inputs: [{ shape: [1000, 64] }, integers([512], 1000), { shape: [512, 64] }] },
      large: { inputs: [{ shape: [10000, 256] }, integers([4096], 10000), { shape: [4096, 256] }] },
    },
  },
  sparseToDense: {
    call: ([, indices, values, other], { shape }) => sparseToDense(indices as Tensor, values as Tensor, shape, other as Tensor),
    samples: (["float32", "int32"] as const).flatMap((dtype) =>
      [...places.slice(0, 2), [[3, 4, 2], [5], 3] as (typeof places)[number]].flatMap(([shape, count, depth]): Sample[] => {
        const { inputs } = updated(shape, count, depth, false, dtype);
        const spec = inputs as InputSpec[];
        return [
          { inputs: [...spec, { shape: [], dtype }], attributes: { shape } },
          { inputs: [spec[0], spec[1], { shape: [], dtype }, { shape: [], dtype }] as InputSpec[], attributes: { shape } },
        ];
      }),
    ),
    oracle: ([x, indices, values, other]) =>
      scatterNDOf(filled((x as Values).shape, (other as Values).data[0] as number), indices as Values, values as Values, false),
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [{ inputs: [{ shape: [0] }, tuples([3], [3, 2], true), { shape: [3] }, { shape: [] }], attributes: { shape: [3, 2] } }] },
    bench: {
      small: { inputs: [{ shape: [] }, tuples([4], [4, 4]), { shape: [4] }, { shape: [] }], attributes: { shape: [4, 4] } },
      typical: { inputs: [{ shape: [] }, tuples([100], [64, 64]), { shape: [100] }, { shape: [] }], attributes: { shape: [64, 64] } },
      large: { inputs: [{ shape: [] }, tuples([100000], [1024, 1024]), { shape: [100000] }, { shape: [] }], attributes: { shape: [1024, 1024] } },
    },
  },
};

// ---- binary search and one-hot ----

const ascending = (shape: readonly number[], dtype: DataType): InputSpec => {
  const length = shape.at(-1) as number;
  // Steps of 2 every third element: some repeat.
  return { shape, dtype, domain: Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor((i % length) / 3) * 2 - (dtype === "bool" ? 0 : 3)) };
};
const searches: Sample[] = (["float32", "int32"] as const).flatMap((dtype) =>
  (
    [
      [[1], [4]],
      [[5], [17]],
      [[0], [3]],
      [[8], [0]],
      [
        [2, 9],
        [2, 5],
      ],
      [
        [2, 3, 16],
        [2, 3, 4],
      ],
      [[1003], [130]],
    ] as [number[], number[]][]
  ).map(([sequence, values]): Sample => ({ inputs: [ascending(sequence, dtype), { shape: values, dtype, domain: range(-5, sequence.at(-1) as number) }] })),
);
const searchRow = (call: Row["call"], right: (side: string) => boolean, sides: readonly string[]): Row => ({
  call,
  samples: searches.flatMap((sample) => sides.map((side) => ({ ...sample, attributes: { side } }))),
  oracle: ([sequence, values], { side }) => searchSortedOf(sequence as Values, values as Values, right(side)),
  atol: 0,
  rtol: 0,
  domains: [range(-9, 9)],
  gradient: null,
  special: [
    {
      inputs: [
        { shape: [4], domain: [Number.NEGATIVE_INFINITY, -1, 0, Number.POSITIVE_INFINITY] },
        { shape: [5], domain: [Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45] },
      ],
      attributes: { side: sides[0] },
    },
  ],
  bench: {
    small: { inputs: [ascending([4], "float32"), { shape: [4] }], attributes: { side: sides[0] } },
    typical: { inputs: [ascending([100], "float32"), { shape: [4096], domain: range(0, 100) }], attributes: { side: sides[0] } },
    large: { inputs: [ascending([1000], "float32"), { shape: [1 << 20], domain: range(0, 1000) }], attributes: { side: sides[0] } },
  },
});

const hot = (shape: readonly number[], attributes: object): Sample => ({
  inputs: [integers(shape, 6, -2)],
  attributes: { depth: 4, on: 1, off: 0, dtype: "float32", ...attributes },
});

export const indexingRows: Record<string, Row> = {
  ...gatherRows,
  ...tupleRows,
  searchSorted: searchRow(
    ([sequence, values], { side }) => searchSorted(sequence as Tensor, values as Tensor, side),
    (side) => side === "right",
    ["left", "right"],
  ),
  lowerBound: searchRow(
    ([sequence, values]) => lowerBound(sequence as Tensor, values as Tensor),
    () => false,
    [""],
  ),
  upperBound: searchRow(
    ([sequence, values]) => upperBound(sequence as Tensor, values as Tensor),
    () => true,
    [""],
  ),
  oneHot: {
    call: ([indices], { depth, on, off, dtype }) => oneHot(indices as Tensor, depth, on, off, dtype),
    samples: [
      ...[[], [1], [5], [2, 3], [0], [130]].map((shape) => hot(shape, {})),
      ...[2, 3, 5, 17, 5000].map((depth) => hot([3], { depth })),
      hot([7], { on: 2.5, off: -0.5 }),
      hot([7], { on: 7, off: -3, dtype: "int32" }),
      hot([7], { dtype: "bool" }),
    ],
    oracle: ([indices], { depth, on, off }) => oneHotOf(indices as Values, depth, on, off),
    atol: 0,
    rtol: 0,
    domains: [range(0, 1)],
    gradient: null,
    bench: { small: hot([4], {}), typical: hot([128], { depth: 10 }), large: hot([100000], { depth: 10 }) },
  },
};
