/** @file Rows of the namespace `linalg`. */
import { linalg, type Tensor } from "../../src/index.js";
import { type Expected, sizeOf, type Values } from "../naive.js";
import { DENORMAL, type Domain, HALF_ULP, type InputSpec, type Row, range, type Sample, TWO_ULP, withDtype } from "./row.js";

type Matrix = number[][];

// ---- oracles: plain loops over matrices of numbers ----

const columnsOf = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => row[j] as number));
const dotOf = (x: readonly number[], y: readonly number[]): number => x.reduce((total, value, i) => total + value * (y[i] as number), 0);
const productOf = (a: Matrix, b: Matrix): Matrix => a.map((row) => columnsOf(b).map((column) => dotOf(row, column)));
const identity = (n: number): Matrix => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));

/** The matrices of a tensor; one without columns keeps its rows. */
function matricesOf({ shape, data }: Values): Matrix[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return Array.from({ length: sizeOf(shape.slice(0, -2)) }, (_, c) =>
    Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => data[(c * rows + i) * columns + j] as number)),
  );
}

/** Row echelon form of [a | b] by elimination with pivoting, and a's determinant. */
function eliminate(a: Matrix, b: Matrix): { x: Matrix; determinant: number } {
  const rows = a.map((row, i) => [...row, ...(b[i] as number[])]);
  const n = a.length;
  let determinant = 1;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k; i < n; i++) if (Math.abs(rows[i]?.[k] as number) > Math.abs(rows[best]?.[k] as number)) best = i;
    if (best !== k) determinant = -determinant;
    [rows[k], rows[best]] = [rows[best] as number[], rows[k] as number[]];
    const pivot = rows[k]?.[k] as number;
    determinant *= pivot;
    for (let i = k + 1; i < n && pivot !== 0; i++) {
      const factor = (rows[i]?.[k] as number) / pivot;
      rows[i] = (rows[i] as number[]).map((value, j) => value - factor * (rows[k]?.[j] as number));
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    rows[k] = (rows[k] as number[]).map((value) => value / (rows[k]?.[k] as number));
    for (let i = 0; i < k; i++) rows[i] = (rows[i] as number[]).map((value, j) => value - (rows[i]?.[k] as number) * (rows[k]?.[j] as number));
  }
  return { x: rows.map((row) => row.slice(n)), determinant };
}

function choleskyOf(given: Matrix): Matrix {
  const a = given.map((row, i) => row.map((value, j) => Math.fround(value + (given[j]?.[i] as number)) / 2));
  const l = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      const left = (a[i]?.[j] as number) - dotOf((l[i] as number[]).slice(0, j), (l[j] as number[]).slice(0, j));
      (l[i] as number[])[j] = i === j ? Math.sqrt(left) : left / (l[j]?.[j] as number);
    }
  }
  return l;
}

/** q (square) and r by Householder reflections. */
function qrOf(a: Matrix): { q: Matrix; r: Matrix } {
  let q = identity(a.length);
  let r = a;
  for (let j = 0; j < Math.min(a.length, a[0]?.length ?? 0); j++) {
    const v = r.map((row, i) => (i < j ? 0 : (row[j] as number)));
    v[j] = (v[j] as number) + ((v[j] as number) > 0 ? 1 : -1) * Math.hypot(...v);
    const scale = dotOf(v, v);
    if (scale === 0) continue;
    const reflection = identity(a.length).map((row, i) => row.map((value, k) => value - (2 * (v[i] as number) * (v[k] as number)) / scale));
    q = productOf(q, reflection);
    r = productOf(reflection, r);
  }
  return { q, r };
}

const triangle = (a: Matrix, lower: boolean): Matrix => a.map((row, i) => row.map((value, j) => ((lower ? j <= i : j >= i) ? value : 0)));

/** Applies `f` to each matrix. */
const each = (x: Values, shape: readonly number[], f: (a: Matrix, c: number) => Matrix): Expected => ({ shape, data: matricesOf(x).flatMap(f).flat() });

/** x of a x = b, where leading axes that one lacks are the other's. */
function solution(a: Values, b: Values, change: (a: Matrix) => Matrix): Expected {
  const isVector = b.shape.length === 1;
  const columns = isVector ? { ...b, shape: [...b.shape, 1] } : b;
  const batch = a.shape.length >= columns.shape.length ? a.shape.slice(0, -2) : columns.shape.slice(0, -2);
  const [as, bs] = [matricesOf(a), matricesOf(columns)];
  const data = Array.from({ length: sizeOf(batch) }, (_, c) => eliminate(change(as[c % as.length] as Matrix), bs[c % bs.length] as Matrix).x);
  return { shape: isVector ? [...batch, ...b.shape] : [...batch, ...columns.shape.slice(-2)], data: data.flat(2) };
}

// ---- samples ----

const SIZES = [1, 2, 3, 4, 5, 8, 9, 17];

/** Matrices far from singular; with `symmetric` they are nearly so, and positive definite. */
function regular(symmetric: boolean, ...shape: number[]): InputSpec {
  const n = shape.at(-1) as number;
  const domain = Array.from({ length: sizeOf(shape) }, (_, at) => {
    const [i, j, c] = [Math.floor(at / n) % n, at % n, Math.floor(at / (n * n))];
    const key = symmetric ? i * j + i + j : i * 7 + j * 3;
    return i === j ? n / 2 + 1.5 + 0.1 * i : Math.sin(key + c) + (symmetric ? 0.01 * i : 0);
  });
  return { shape, domain };
}

const system = (a: readonly number[], b: readonly number[], attributes: object = {}): Sample => ({ inputs: [{ shape: a }, { shape: b }], attributes });
const systems = (attributes: object = {}): Sample[] => [
  ...SIZES.flatMap((n) => [system([n, n], [n, 3], attributes), system([3, n, n], [3, n, 4], attributes)]),
  ...[1, 2, 7].map((m) => system([4, 4], [4, m], attributes)),
  system([5, 5], [5], attributes),
  system([2, 4, 4], [4], attributes),
  system([2, 3, 3], [3, 2], attributes),
  system([3, 3], [2, 2, 3, 2], attributes),
  system([40, 40], [40, 33], attributes),
  system([0, 0], [0, 2], attributes),
  system([3, 3], [3, 0], attributes),
  system([0, 3, 3], [0, 3, 2], attributes),
];
const squares: Sample[] = [
  ...SIZES.flatMap((n) => [
    [n, n],
    [2, 3, n, n],
  ]),
  [33, 33],
  [0, 0],
  [0, 3, 3],
  [2, 0, 0],
].map((shape) => ({ inputs: [{ shape }] }));
const regulars: Sample[] = [
  ...SIZES.flatMap((n) => [
    [n, n],
    [2, 3, n, n],
  ]),
  [33, 33],
  [0, 0],
  [0, 3, 3],
  [2, 0, 0],
].map((shape) => ({
  inputs: [regular(true, ...shape)],
}));
const bench = (make: (n: number) => Sample): Row["bench"] => ({ small: make(3), typical: make(32), large: make(256) });
const gradientSystems = (attributes: object = {}): Sample[] => [
  { inputs: [regular(false, 3, 3), { shape: [3, 2] }], attributes },
  { inputs: [regular(false, 2, 2, 2), { shape: [2] }], attributes },
  { inputs: [regular(false, 2, 2), { shape: [2, 2, 1] }], attributes },
];

interface Factor {
  part: 0 | 1;
  full?: boolean;
}
const factored = (shape: readonly number[], part: 0 | 1, full = false): Sample => ({ inputs: [{ shape }], attributes: { part, full } });
const factorShapes = [
  ...SIZES.flatMap((n) => [
    [n, n],
    [n, 3],
    [3, n],
    [2, n + 2, n],
  ]),
  [40, 7],
  [7, 40],
  [0, 0],
  [3, 0],
  [0, 3],
  [0, 3, 2],
  [2, 2, 3, 2],
];

const vectors = (...shapes: (readonly number[])[]): Sample[] => shapes.map((shape) => ({ inputs: [{ shape }] }));
const banded = (shape: readonly number[], lower: number, upper: number): Sample => ({ inputs: [{ shape }], attributes: { lower, upper } });
const bands: Sample[] = [
  ...[-1, 0, 1, 3].flatMap((lower) => [-1, 0, 2, 4].map((upper) => banded([4, 5], Math.min(lower, 4), upper))),
  ...SIZES.map((n) => banded([2, n, 9], 1, 1)),
  banded([2, 3, 4, 4], 1, -1),
  banded([0, 3], 0, -1),
  banded([3, 0], 1, 0),
];

const common = { atol: DENORMAL, rtol: TWO_ULP, domains: [range(-2, 2)] as const satisfies readonly Domain[] };

export const linalgRows: Record<string, Row> = {
  "linalg.solve": {
    ...common,
    call: ([a, b]) => linalg.solve(a as Tensor, b as Tensor),
    samples: systems(),
    oracle: ([a, b]) => solution(a as Values, b as Values, (matrix) => matrix),
    gradient: { samples: gradientSystems() },
    bench: bench((n) => system([n, n], [n, n])),
  },
  "linalg.triangularSolve": {
    ...common,
    call: ([a, b], { lower, adjoint }) => linalg.triangularSolve(a as Tensor, b as Tensor, lower, adjoint),
    samples: [
      // Random triangles of many rows have solutions that explode.
      ...[{ lower: true }, { lower: false }, { adjoint: true }, { lower: false, adjoint: true }].flatMap((attributes) => [
        ...SIZES.map((n) => ({ inputs: [regular(false, 2, n, n), { shape: [2, n, 3] }], attributes })),
        { inputs: [regular(false, 3, 3), { shape: [3] }], attributes },
      ]),
      { inputs: [regular(false, 0, 0), { shape: [0, 3] }], attributes: {} },
    ],
    oracle: ([a, b], { lower = true, adjoint = false }) =>
      solution(a as Values, b as Values, (matrix) => (adjoint ? columnsOf(triangle(matrix, lower)) : triangle(matrix, lower))),
    gradient: { samples: [...gradientSystems(), ...gradientSystems({ lower: false, adjoint: true })] },
    bench: bench((n) => ({ inputs: [regular(false, n, n), { shape: [n, n] }], attributes: {} })),
  },
  "linalg.inv": {
    ...common,
    call: ([a]) => linalg.inv(a as Tensor),
    samples: squares,
    oracle: ([a]) => each(a as Values, (a as Values).shape, (matrix) => eliminate(matrix, identity(matrix.length)).x),
    gradient: { samples: [{ inputs: [regular(false, 3, 3)] }, { inputs: [regular(false, 2, 2, 2)] }] },
    bench: bench((n) => ({ inputs: [{ shape: [n, n] }] })),
  },
  "linalg.det": {
    ...common,
    call: ([a]) => linalg.det(a as Tensor),
    samples: [...squares, { inputs: [{ shape: [2, 2, 2], domain: [1, 2, 2, 4, 1, 2, 3, 4] }] }],
    oracle: ([a]) =>
      each(a as Values, (a as Values).shape.slice(0, -2), (matrix) => [
        [
          eliminate(
            matrix,
            matrix.map(() => []),
          ).determinant,
        ],
      ]),
    gradient: { samples: [{ inputs: [regular(false, 3, 3)] }, { inputs: [regular(false, 2, 2, 2)] }] },
    special: [{ inputs: [{ shape: [2, 3, 3], domain: [1, 2, 3, 0, 0, 5, 0, 0, 4, Number.NaN, 1, 2, 3, 4, 5, 6, 7, 8] }] }],
    bench: bench((n) => ({ inputs: [{ shape: [n, n] }] })),
  },
  "linalg.cholesky": {
    ...common,
    call: ([a]) => linalg.cholesky(a as Tensor),
    samples: regulars,
    oracle: ([a]) => each(a as Values, (a as Values).shape, choleskyOf),
    gradient: { samples: [{ inputs: [regular(true, 3, 3)] }, { inputs: [regular(true, 2, 2, 2)] }] },
    bench: bench((n) => ({ inputs: [regular(true, n, n)] })),
  },
  "linalg.qr": {
    ...common,
    // r is a product of float32.
    rtol: 1.2e-6,
    call: ([x], { part, full }) => linalg.qr(x as Tensor, full)[part as 0 | 1],
    samples: factorShapes.flatMap((shape) => [factored(shape, 0), factored(shape, 1), factored(shape, 0, true), factored(shape, 1, true)]),
    oracle: ([x], { part, full }: Factor) => {
      const { shape } = x as Values;
      const [m, n] = shape.slice(-2) as [number, number];
      const columns = full ? m : Math.min(m, n);
      const result = part === 0 ? [m, columns] : [columns, n];
      return {
        ...each(x as Values, [...shape.slice(0, -2), ...result], (a) => {
          const { q, r } = qrOf(a);
          return part === 0 ? q.map((row) => row.slice(0, columns)) : r.slice(0, columns);
        }),
        magnitude: new Array(sizeOf([...shape.slice(0, -2), ...result])).fill(part === 0 ? 1 : 2 * m),
      };
    },
    gradient: {
      samples: [factored([3, 3], 0), factored([3, 3], 1), factored([4, 2], 0), factored([4, 2], 1), factored([2, 4], 1), factored([2, 3, 2], 0)],
    },
    bench: bench((n) => factored([n, n], 0)),
  },
  "linalg.gramSchmidt": {
    ...common,
    rtol: 1.2e-6,
    call: ([x]) => linalg.gramSchmidt(x as Tensor),
    samples: vectors(
      ...SIZES.flatMap((n) => [
        [n, n],
        [n, n + 3],
        [1, n],
      ]),
      [0, 3],
      [0, 0],
    ),
    oracle: ([x]) => {
      const { shape } = x as Values;
      const done: Matrix = [];
      for (const row of matricesOf(x as Values)[0] as Matrix) {
        let left = row;
        for (const other of done) left = left.map((value, i) => value - dotOf(other, left) * (other[i] as number));
        done.push(left.map((value) => value / Math.hypot(...left)));
      }
      return { shape, data: done.flat(), magnitude: done.flat().map(() => 1) };
    },
    gradient: { samples: vectors([2, 3], [3, 3], [1, 4]) },
    bench: bench((n) => ({ inputs: [{ shape: [n, n] }] })),
  },
  "linalg.bandPart": {
    ...common,
    rtol: 0,
    call: ([a], { lower, upper }) => linalg.bandPart(a as Tensor, lower, upper),
    samples: [...bands, ...withDtype(bands.slice(0, 8), "int32", range(-9, 9)), ...withDtype(bands.slice(0, 8), "bool", [1, 0, 1])],
    oracle: ([a], { lower, upper }) => {
      const [low, high] = [lower, upper].map((limit) => (limit < 0 ? Number.POSITIVE_INFINITY : limit)) as [number, number];
      return each(a as Values, (a as Values).shape, (matrix) => matrix.map((row, i) => row.map((value, j) => (i - j <= low && j - i <= high ? value : 0))));
    },
    gradient: { samples: [banded([3, 4], 1, 1), banded([2, 2, 2], 0, -1)] },
    bench: bench((n) => banded([n * 4, n * 4], 2, 2)),
  },
};

/** Half an ULP is what rounding a result of float64 costs; the oracle's own errors are far less. */
for (const name of ["linalg.solve", "linalg.inv", "linalg.det", "linalg.cholesky"]) (linalgRows[name] as Row).rtol = HALF_ULP * 1.01;
