/** @file Rows of orders: sort, argSort, topk. */
import { argSort, sort, type Tensor, topk } from "../../src/index.js";
import { argSortLine, before, lines, type Values } from "../naive.js";
import { EXTREMES, type Row, range, type Sample, WIDTHS, withDtype } from "./row.js";

const along = (shape: readonly number[], axis: number, more: object = {}): Sample => ({ inputs: [{ shape }], attributes: { axis, ...more } });
const shapes: [number[], number][] = [
  ...WIDTHS.map((n): [number[], number] => [[n], 0]),
  ...WIDTHS.filter((n) => n < 100).flatMap((n): [number[], number][] => [
    [[3, n], -1],
    [[n, 3], 0],
  ]),
  [[40, 70], 1],
  [[2, 4, 3], 1],
  [[2, 3, 4, 5], -2],
  [[2, 3, 2, 3, 2], 0],
  [[2, 40, 2], 1],
  [[0, 3], 0],
  [[3, 0], 1],
  [[0, 3], 1],
];
const both = shapes.flatMap(([shape, axis]) => [along(shape, axis), along(shape, axis, { descending: true })]);
const ties = [1, 3, 2, 3, -1, 0, -0, 2];
const orders: Sample[] = [
  ...both,
  ...withDtype(both.slice(0, 60), "float32", ties),
  ...withDtype(both.slice(20, 80), "int32", range(-(2 ** 31), 2 ** 31)),
  ...withDtype(both.slice(30, 60), "int32", range(-3, 3)),
  ...withDtype(both.slice(30, 60), "bool", [1, 0, 0, 1, 1]),
];
const extremes = (n: number): Sample[] =>
  [false, true].map((descending) => ({ inputs: [{ shape: [n], domain: EXTREMES }], attributes: { axis: 0, descending } }));
const special = [...extremes(EXTREMES.length), ...extremes(3 * EXTREMES.length)];
const distinct = (...samples: Sample[]): Sample[] =>
  samples.map(({ inputs, attributes }) => ({ attributes, inputs: inputs.map((input) => ({ ...input, domain: "distinct" as const })) }));
const bench = { small: along([8], 0), typical: along([32, 128], 1), large: along([1 << 20], 0) };
const exact = { atol: 0, rtol: 0, domains: [range(-3, 3)] };

const ofOrder = (x: Values, axis: number, f: (line: number[]) => number[], values: boolean) =>
  lines(x, axis, (line) => (values ? f(line).map((i) => line[i] as number) : f(line)));

/** topk takes -0 and 0 as equal. */
const smaller = (a: number, b: number): boolean => (a === 0 && b === 0 ? false : before(a, b));
const top = (shape: readonly number[], axis: number, k: number): Sample[] => ["values", "indices"].map((result) => along(shape, axis, { k, result }));
const tops: Sample[] = [
  ...WIDTHS.filter((n) => n > 0).flatMap((n) => [...top([n], 0, 1), ...top([3, n], 1, Math.ceil(n / 2)), ...top([n], 0, n)]),
  ...top([5, 40], -1, 5),
  ...top([40, 3], 0, 7),
  ...top([2, 1003], 1, 33),
  ...top([2, 1003], 1, 32),
  ...top([2, 4, 3], 1, 2),
  ...top([4, 5], 1, 0),
  ...top([0, 4], 1, 2),
];

export const sortRows: Record<string, Row> = {
  sort: {
    call: ([x], { axis, descending }) => sort(x as Tensor, axis, descending),
    samples: orders,
    oracle: ([x], { axis, descending }) => ofOrder(x as Values, axis, (line) => argSortLine(line, descending), true),
    ...exact,
    gradient: { samples: distinct(along([7], 0), along([3, 5], 1, { descending: true }), along([4, 3], 0), along([2, 40], 1)) },
    special,
    bench,
  },
  argSort: {
    call: ([x], { axis, descending }) => argSort(x as Tensor, axis, descending),
    samples: orders,
    oracle: ([x], { axis, descending }) => ofOrder(x as Values, axis, (line) => argSortLine(line, descending), false),
    ...exact,
    gradient: null,
    special,
    bench,
  },
  topk: {
    call: ([x], { axis, k, result = "values" }) => topk(x as Tensor, k, true, axis)[result as "values"],
    samples: [
      ...tops,
      ...withDtype(tops, "float32", ties),
      ...withDtype(tops.slice(0, 40), "int32", range(-(2 ** 31), 2 ** 31)),
      ...withDtype(tops.slice(0, 40), "bool", [1, 0, 0, 1, 1]),
    ],
    oracle: ([x], { axis, k, result = "values" }) => ofOrder(x as Values, axis, (line) => argSortLine(line, true, smaller).slice(0, k), result === "values"),
    ...exact,
    gradient: { samples: distinct(along([7], 0, { k: 3 }), along([3, 5], 1, { k: 2 }), along([4, 3], 0, { k: 4 }), along([2, 50], 1, { k: 40 })) },
    special: ["values", "indices"].flatMap((result) =>
      [5, 40].map((k) => ({ inputs: [{ shape: [50], domain: EXTREMES }], attributes: { axis: 0, k, result } })),
    ),
    bench: { small: along([8], 0, { k: 2 }), typical: along([32, 100], 1, { k: 5 }), large: along([1024, 1000], 1, { k: 5 }) },
  },
};
