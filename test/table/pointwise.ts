/** @file Helpers of rows that work element by element. */
import type { Tensor } from "../../src/index.js";
import { map, type Values, zip } from "../naive.js";
import {
  DENORMAL,
  type Domain,
  defined,
  EXTREMES,
  elementwiseBench,
  HALF_ULP,
  lists,
  mixedRanks,
  NOT_FINITE,
  one,
  type Row,
  range,
  same,
  specialOf,
  specialPairs,
  TWO_ULP,
  two,
  withDtype,
} from "./row.js";

export const unaryGradients = one([7], [2, 5]);

export function unaryRow(
  call: (x: Tensor) => Tensor,
  f: (x: number) => number,
  domain: Domain,
  options: Partial<Row> & { gradientDomain?: Domain; int32?: boolean } = {},
): Row {
  const { gradientDomain, int32, ...rest } = options;
  const integers = int32 ? withDtype(one([1], [4], [33], [2, 3]), "int32", range(-70000, 70000)) : [];
  return {
    call: ([x]) => call(x as Tensor),
    samples: [...one(...lists, ...mixedRanks), ...integers],
    oracle: ([x]) => map(x as Values, (x as Values).dtype === "int32" ? (value) => f(value) | 0 : f),
    atol: DENORMAL,
    rtol: TWO_ULP,
    domains: [domain],
    gradient: {
      samples:
        gradientDomain === undefined
          ? unaryGradients
          : unaryGradients.map(({ inputs }) => ({ inputs: inputs.map((input) => ({ ...input, domain: gradientDomain })) })),
    },
    special: specialOf(EXTREMES),
    bench: elementwiseBench(1),
    ...rest,
  };
}

export const pairs: [number[], number[]][] = [
  [[], [5]],
  [[3, 4], []],
  [[7], [1]],
  [[1], [9]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 3, 1, 5],
    [3, 4, 1],
  ],
  [[17, 13], [13]],
  [[13], [17, 13]],
  [
    [5, 9],
    [5, 1],
  ],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [
    [2, 1, 33],
    [2, 17, 1],
  ],
  [[0, 3], [1]],
  [
    [3, 1],
    [1, 0],
  ],
  [
    [1, 0],
    [5, 1],
  ],
  [
    [2, 2, 2, 2, 2],
    [2, 1, 2, 1, 2],
  ],
  [
    [2, 1, 3, 1, 2, 1],
    [1, 4, 1, 5, 1, 2],
  ],
  [[67, 151], [151]],
  [
    [67, 151],
    [67, 1],
  ],
  [
    [64, 1, 6],
    [1, 3, 6],
  ],
];

export type Binary = (a: number, b: number) => number;

export function binaryRow(call: (a: Tensor, b: Tensor) => Tensor, f: Binary, options: Partial<Row> & { int32?: Binary; int32Domain?: Domain } = {}): Row {
  const { int32, int32Domain = range(-(2 ** 31), 2 ** 31), ...rest } = options;
  const integers = int32 === undefined ? [] : withDtype([...same(2, [1], [5], [17], [64]), ...two(...pairs.slice(0, 8))], "int32", int32Domain);
  return {
    call: ([a, b]) => call(a as Tensor, b as Tensor),
    samples: [...same(2, ...lists), ...two(...pairs), ...integers],
    oracle: ([a, b]) => zip(a as Values, b as Values, (a as Values).dtype === "int32" ? (int32 as Binary) : f),
    atol: DENORMAL,
    rtol: HALF_ULP,
    domains: [range(-3, 3), range(-3, 3, 0.3)],
    gradient: {
      samples: two(
        [[5], [5]],
        [[3, 4], [4]],
        [
          [3, 1],
          [1, 4],
        ],
        [[], [3]],
        [
          [2, 1, 2],
          [3, 1],
        ],
      ),
    },
    special: specialPairs([...NOT_FINITE, 0, -0, 1.5, -2, 1e-40, 3e38, -3e38]),
    bench: { ...elementwiseBench(2), typical: { inputs: [{ shape: [32, 128] }, { shape: [128] }] } },
    ...rest,
  };
}

/** A gradient op g(y, dy), linear in dy. */
export function slopeRow(name: string, f: (y: number, dy: number) => number, yDomain: Domain, options: Partial<Row> = {}): Row {
  return {
    call: ([y, dy]) => defined(name)([y as Tensor, dy as Tensor], {}),
    samples: same(2, ...lists, [], [2, 3, 5]),
    oracle: ([y, dy]) => zip(y as Values, dy as Values, f),
    atol: 1e-12,
    rtol: 3e-7,
    domains: [yDomain, range(-2, 2)],
    gradient: { samples: same(2, [6], [2, 4]) },
    bench: elementwiseBench(2),
    ...options,
  };
}

export const sigmoidOf = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
export const comparisonRow = (call: (a: Tensor, b: Tensor) => Tensor, f: (a: number, b: number) => boolean): Row => ({
  ...binaryRow(call, (a, b) => Number(f(a, b)), { int32: (a, b) => Number(f(a, b)), int32Domain: range(-2, 3) }),
  samples: [
    ...withDtype([...same(2, ...lists), ...two(...pairs)], "float32", [1, 2, 0.5, -1, 2, -0, 0]),
    ...withDtype([...same(2, ...lists), ...two(...pairs)], "int32", range(-2, 3)),
    ...withDtype([...same(2, ...lists), ...two(...pairs)], "bool", [1, 0, 0, 1, 1]),
  ],
  oracle: ([a, b]) => zip(a as Values, b as Values, (x, y) => Number(f(x, y))),
  gradient: null,
});
