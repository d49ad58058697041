/** @file Rows of logic, of choice by a condition and of sums of lists. */
import { addN, bitwiseAnd, type DataType, logicalAnd, logicalNot, logicalOr, logicalXor, type Tensor, where } from "../../src/index.js";
import { broadcastShape, broadcastTo, type Expected, map, type Values, zip } from "../naive.js";
import { type Binary, binaryRow, pairs } from "./pointwise.js";
import { EXTREMES, elementwiseBench, lists, mixedRanks, NOT_FINITE, one, type Row, range, type Sample, same, two, typedBench, withDtype } from "./row.js";

const bits = [1, 0, 0, 1, 1, 0, 1];

const boolBench = (count: number): Row["bench"] => {
  const [small, typical, large] = withDtype(same(count, [4], [32, 128], [1 << 20]), "bool", bits) as [Sample, Sample, Sample];
  return { small, typical, large };
};

const logicalRow = (call: (a: Tensor, b: Tensor) => Tensor, f: (a: boolean, b: boolean) => boolean): Row => {
  const truth: Binary = (a, b) => Number(f(a !== 0, b !== 0));
  return {
    ...binaryRow(call, truth),
    samples: [
      ...[...same(2, ...lists), ...two(...pairs)].map(
        ({ inputs: [a, b] }): Sample => ({
          inputs: [
            { ...a, shape: a?.shape ?? [], dtype: "bool", domain: bits },
            { ...b, shape: b?.shape ?? [], dtype: "bool", domain: [0, 1, 0, 0, 1] },
          ],
        }),
      ),
    ],
    special: withDtype(same(2, [9]), "int32", [0, -1, 5, 0, 0]),
    bench: boolBench(2),
    oracle: ([a, b]) => zip(a as Values, b as Values, truth),
    gradient: null,
  };
};

/** Inputs a, b and the condition. */
const choice = (a: readonly number[], b: readonly number[], condition: readonly number[], dtype: DataType = "float32"): Sample => {
  const values =
    dtype === "bool"
      ? ([
          [0, 1, 1],
          [1, 0, 0, 1, 0],
        ] as const)
      : ([undefined, undefined] as const);
  const [first, second] = values.map((domain) => ({ dtype, ...(domain === undefined ? {} : { domain }) }));
  return {
    inputs: [
      { shape: a, ...first },
      { shape: b, ...second },
      { shape: condition, dtype: "bool", domain: bits },
    ],
  };
};

const choices = (dtype?: DataType): Sample[] => [
  ...lists.map((shape) => choice(shape, shape, shape, dtype)),
  ...lists
    .filter(([n]) => (n as number) % 2 === 1)
    .flatMap((shape) => [choice(shape, [], shape, dtype), choice([1], shape, shape, dtype), choice(shape, shape, [], dtype)]),
  ...pairs.map(([a, b]) => choice(a, b, broadcastShape(a, b) as number[], dtype)),
  choice([33], [7, 1], [3, 1, 1], dtype),
  choice([1, 2, 1, 2, 1], [3, 1, 3, 1, 3], [1, 1, 3, 2, 1], dtype),
  choice([19, 1], [19, 37], [37], dtype),
  choice([2, 1, 3, 1, 2, 1], [1, 4, 1, 5, 1, 2], [1, 1, 3, 1, 1, 2], dtype),
];

const choose = (inputs: readonly Values[]): Expected => {
  const [a, b, condition] = inputs as [Values, Values, Values];
  const shape = broadcastShape(broadcastShape(a.shape, b.shape) as number[], condition.shape) as number[];
  const [p, q, c] = [a, b, condition].map((x) => broadcastTo(x, shape).data) as [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
  return { shape, data: Array.from(p, (value, i) => (c[i] !== 0 ? value : (q[i] as number))) };
};

export const logicalRows: Record<string, Row> = {
  bitwiseAnd: {
    ...binaryRow(bitwiseAnd, (a, b) => a & b),
    samples: withDtype([...same(2, ...lists), ...two(...pairs)], "int32", range(-(2 ** 31), 2 ** 31 - 1)),
    special: withDtype(same(2, [6]), "int32", [0, -1, 2 ** 31 - 1, -(2 ** 31), 1, 6]),
    oracle: ([a, b]) => zip(a as Values, b as Values, (p, q) => p & q),
    gradient: null,
    bench: typedBench(2, "int32", range(-(2 ** 31), 2 ** 31 - 1)),
  },
  logicalAnd: logicalRow(logicalAnd, (a, b) => a && b),
  logicalOr: logicalRow(logicalOr, (a, b) => a || b),
  logicalXor: logicalRow(logicalXor, (a, b) => a !== b),
  logicalNot: {
    call: ([x]) => logicalNot(x as Tensor),
    samples: withDtype(one(...lists, ...mixedRanks), "bool", bits),
    oracle: ([x]) => map(x as Values, (value) => Number(value === 0)),
    atol: 0,
    rtol: 0,
    domains: [[0, 2, -1, 0.5]],
    gradient: null,
    special: [{ inputs: [{ shape: [EXTREMES.length], domain: EXTREMES }] }],
    bench: boolBench(1),
  },

  where: {
    call: ([a, b, condition]) => where(condition as Tensor, a as Tensor, b as Tensor),
    samples: [...choices(), ...choices("bool"), choice([5], [5], [5], "int32"), choice([3, 1], [7], [3, 7], "int32")],
    oracle: choose,
    atol: 0,
    rtol: 0,
    domains: [range(-9, 9)],
    gradient: { samples: [choice([7], [7], [7]), choice([3, 1], [4], [3, 4]), choice([], [2, 3], [1]), choice([2, 1, 2], [3, 1], [5, 1, 1, 1])] },
    special: [
      {
        inputs: [
          { shape: [5], domain: [...NOT_FINITE, -0, 1e-45] },
          { shape: [2, 1], domain: [Number.NaN, 3e38] },
          { shape: [5], dtype: "bool", domain: bits },
        ],
      },
    ],
    bench: { small: choice([4], [4], [4]), typical: choice([32, 128], [32, 1], [128]), large: choice([1 << 20], [1 << 20], [1 << 20]) },
  },

  addN: {
    call: (inputs) => addN(inputs),
    samples: [
      ...same(1, ...lists),
      ...same(3, ...lists, ...mixedRanks),
      ...same(5, [7]),
      ...withDtype(same(3, [9], [2, 3]), "int32", range(-(2 ** 30), 2 ** 30)),
    ],
    oracle: (inputs) => {
      const [first] = inputs as [Values];
      const total = Array.from(first.data, (_, i) => inputs.reduce((sum, { data }) => sum + (data[i] as number), 0));
      const magnitude = Array.from(first.data, (_, i) => inputs.reduce((sum, { data }) => sum + Math.abs(data[i] as number), 0));
      return { shape: first.shape, data: first.dtype === "int32" ? total.map((value) => value | 0) : total, magnitude };
    },
    atol: 0,
    rtol: 2e-7,
    domains: [range(-3, 3)],
    gradient: { samples: same(3, [5], [2, 3]) },
    bench: elementwiseBench(3),
  },
};
