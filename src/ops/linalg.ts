/** @file The namespace `linalg`: equations, determinants and factors of the matrices in the last two axes, computed in float64. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp, scratch } from "../engine/op.js";
import { error } from "../tensor/errors.js";
import { broadcastShapes, type Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { bandOp } from "./band.js";
import { toFloat } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { tril, triu } from "./diagonal.js";
import { add, mul, neg, sub } from "./elementwise.js";
import { stack } from "./join.js";
import { swapLast } from "./lastAxis.js";
import { sign } from "./math.js";
import { matMul } from "./matmul.js";
import { broadcastTo, reshape, transpose } from "./movement.js";
import { sum } from "./reduce.js";
import { unstack } from "./slices.js";
import { takeWindow } from "./window.js";

const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);
const sizesOf = (x: Tensor): [number, number] => x.shape.slice(-2) as [number, number];
/** Bytes of `rows` of n float64, padded to pairs. */
const room = (rows: number, n: number): number => rows * (n + 1) * 8;

/** Matrices with their rows as columns. */
const swapped = (x: Tensor): Tensor => swapLast(x, x.rank - 2);

/** Identity matrices in x's shape. */
const identityLike = (x: Tensor): Tensor => bandOp([fill(x.shape, 1)], { lower: 0, upper: 0 });

function matrices(name: string, value: TensorLike, square = true): Tensor {
  const x = toFloat(name, "a", value);
  const [m, n] = sizesOf(x);
  if (x.rank < 2 || (square && m !== n)) throw error(name, `a must be ${square ? "square matrices" : "matrices"}`, `shape [${x.shape}]`);
  return x;
}

// ---- equations ----

/** x with a x = b, or with a's transpose in its place; both have the same batch axes. */
const solveOp: Apply<{ turned: boolean }> = /* @__PURE__ */ defineOp<{ turned: boolean }>("linalg.solve", {
  shape: ([, b]) => b.shape,
  run: (k, [a, b], x, { turned }) => {
    const [n, m] = sizesOf(x);
    if (x.size === 0) return;
    const count = x.size / (n * m);
    k.solve(count, n, m, turned ? 1 : n, turned ? n : 1, a, b, x, scratch(count * 4), scratch(room(count * (n + 1), n + m)));
  },
  grad: (dx, inputs, x, { turned }, needs) => {
    const db = solveOp([inputs[0], dx], { turned: !turned });
    return [needs[0] ? neg(turned ? matMul(x, db, false, true) : matMul(db, x, false, true)) : null, db];
  },
});

function solved(name: string, a: Tensor, value: TensorLike, turned: boolean): Tensor {
  const given = toFloat(name, "b", value);
  const b = given.rank === 1 ? reshape(given, [given.size, 1]) : given;
  const [n, m] = sizesOf(b);
  if (n !== sizesOf(a)[1]) throw error(name, "b must have a's number of rows", `a of shape [${a.shape}] and b of shape [${given.shape}]`);
  const batch = broadcastShapes(name, batchOf(a), batchOf(b));
  const x = solveOp([broadcastTo(a, [...batch, n, n]), broadcastTo(b, [...batch, n, m as number])], { turned });
  return given.rank === 1 ? reshape(x, [...batch, n]) : x;
}

/**
 * x with a x = b, for square a: [..., n, n] and b: [..., n, m] or [n]; leading axes broadcast. Infinite or NaN where a is singular.
 * @throws when a is not square or the shapes do not fit
 * @example
 * ```ts
 * import { linalg } from "engram";
 * assert.deepEqual(linalg.solve([[2, 0], [1, 1]], [4, 5]).arraySync(), [2, 3]);
 * ```
 */
export const solve = (a: TensorLike, b: TensorLike): Tensor => solved("linalg.solve", matrices("linalg.solve", a), b, false);

/**
 * x with t x = b, where t is a's lower triangle, or its upper one; what is in the other is ignored. Shapes as those of `solve`.
 * @param adjoint solves with t's transpose
 * @throws when a is not square or the shapes do not fit
 */
export function triangularSolve(a: TensorLike, b: TensorLike, lower = true, adjoint = false): Tensor {
  const x = matrices("linalg.triangularSolve", a);
  return solved("linalg.triangularSolve", lower ? tril(x) : triu(x), b, adjoint);
}

/** The inverses of square matrices; infinite or NaN where they are singular. */
export function inv(a: TensorLike): Tensor {
  const x = matrices("linalg.inv", a);
  return solveOp([x, identityLike(x)], { turned: false });
}

const detOp = /* @__PURE__ */ defineOp("linalg.det", {
  shape: ([a]) => batchOf(a),
  run: (k, [a], y) => {
    const [, n] = sizesOf(a);
    k.solve(y.size, n, 0, n, 1, a, a, y, y, scratch(room(y.size * (n + 1), n)));
  },
  grad: (dy, [a], y) => {
    const cofactors = solveOp([a, identityLike(a)], { turned: true });
    return [mul(cofactors, reshape(mul(dy, y), [...y.shape, 1, 1]))];
  },
});

/** The determinants of square matrices. The gradient, det(a) inv(a)^T, is NaN where a is singular. */
export const det = (a: TensorLike): Tensor => detOp([matrices("linalg.det", a)]);

// ---- factors ----

const choleskyOp = /* @__PURE__ */ defineOp("linalg.cholesky", {
  run: (k, [a], l) => {
    const [, n] = sizesOf(l);
    const rows = l.size === 0 ? 0 : l.size / n;
    if (rows > 0) k.cholesky(rows / n, n, a, l, scratch(room(rows, n)));
  },
  // l^-T p l^-1 for a symmetric a, with p the lower triangle of l^T dl and half its diagonal.
  grad: (dl, _, l) => {
    const p = matMul(l, dl, true);
    const half = solveOp([l, sub(tril(p), mul(bandOp([p], { lower: 0, upper: 0 }), 0.5))], { turned: true });
    return [solveOp([l, swapped(half)], { turned: true })];
  },
  inplace: true,
});

/**
 * The lower triangular l with l l^T = (a + a^T) / 2; NaN where that is not positive definite.
 * @throws when a is not square
 * @example
 * ```ts
 * import { linalg } from "engram";
 * assert.deepEqual(linalg.cholesky([[4, 2], [2, 10]]).arraySync(), [[2, 0], [1, 3]]);
 * ```
 */
export function cholesky(a: TensorLike): Tensor {
  const x = matrices("linalg.cholesky", a);
  return choleskyOp([mul(add(x, swapped(x)), 0.5)]);
}

/** The first `columns` columns of Q in a = Q R, for a with no more columns than rows. */
const qrOp = /* @__PURE__ */ defineOp<{ columns: number }>("linalg.qr", {
  shape: ([a], { columns }) => [...a.shape.slice(0, -1), columns],
  run: (k, [a], q, { columns }) => {
    const [m, n] = sizesOf(a);
    const count = q.size === 0 ? 0 : q.size / (m * columns);
    if (count > 0) k.qr(count, m, n, columns, a, q, scratch(room(count * (n + 2), m)));
  },
  // (dq + q s) r^-T, with s the symmetric matrix whose lower triangle is that of -dq^T q (Walter and Lehmann 2018).
  grad: (dq, [a], q, { columns }) => {
    if (columns > sizesOf(a)[1]) throw error("linalg.qr", "a full q of more rows than columns has no gradient", `q of shape [${q.shape}]`);
    const s = matMul(dq, q, true);
    const symmetric = add(tril(s), swapped(tril(s, -1)));
    const r = triu(matMul(q, a, true));
    return [swapped(solveOp([r, swapped(sub(dq, matMul(q, symmetric)))], { turned: false }))];
  },
});

/**
 * Factors [q, r] of x = q r: q has orthonormal columns, r is upper triangular. With k = min(rows, columns) q is [..., rows, k] and r
 * [..., k, columns]; with `fullMatrices` q is square. The gradient exists where the first k columns are independent.
 * @throws when x has less than two axes
 * @example
 * ```ts
 * import { linalg, matMul } from "engram";
 * const [q, r] = linalg.qr([[3, 1], [4, 2]]);
 * assert.ok(matMul(q, r).sub([[3, 1], [4, 2]]).abs().max().item() < 1e-6);
 * ```
 */
export function qr(x: TensorLike, fullMatrices = false): [Tensor, Tensor] {
  const a = matrices("linalg.qr", x, false);
  const [m, n] = sizesOf(a);
  const begin = a.shape.map(() => 0);
  const first = n > m ? takeWindow(a, [...batchOf(a), m, m], { begin }) : a;
  const q = qrOp([first], { columns: fullMatrices ? m : Math.min(m, n) });
  return [q, triu(matMul(q, a, true))];
}

/**
 * Vectors made orthonormal one after another, each without its part along those before it: the rows of a matrix, or a list of vectors.
 * @returns a matrix, or a list as it was given
 * @throws when there are more vectors than dimensions
 * @example
 * ```ts
 * import { linalg } from "engram";
 * assert.deepEqual(linalg.gramSchmidt([[0, 2], [3, 4]]).abs().arraySync(), [[0, 1], [1, 0]]);
 * ```
 */
export function gramSchmidt(xs: readonly Tensor[]): Tensor[];
export function gramSchmidt(xs: TensorLike): Tensor;
export function gramSchmidt(xs: TensorLike | readonly Tensor[]): Tensor | Tensor[] {
  const isList = Array.isArray(xs) && xs[0] instanceof Tensor;
  const x = matrices("linalg.gramSchmidt", isList ? stack(xs as Tensor[]) : (xs as TensorLike), false);
  const [count, length] = sizesOf(x);
  if (x.rank > 2 || count > length) throw error("linalg.gramSchmidt", "there must be no more vectors than dimensions", `shape [${x.shape}]`);
  const a = transpose(x);
  const q = qrOp([a], { columns: count });
  // Each points to the same side as its vector.
  const y = transpose(mul(q, sign(sum(mul(a, q), 0))));
  return isList ? unstack(y) : y;
}

/**
 * Matrices with elements outside a band of diagonals set to 0.
 * @param numLower diagonals kept below the main one; all if negative
 * @param numUpper diagonals kept above the main one; all if negative
 * @throws when a has less than two axes, or a number is not whole or exceeds a's size
 * @example
 * ```ts
 * import { linalg } from "engram";
 * assert.deepEqual(linalg.bandPart([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 0, 1).arraySync(), [[1, 2, 0], [0, 5, 6], [0, 0, 9]]);
 * ```
 */
export function bandPart(a: TensorLike, numLower: number, numUpper: number): Tensor {
  const x = toTensor("linalg.bandPart", "a", a);
  const [m, n] = sizesOf(x);
  if (x.rank < 2 || ![numLower, numUpper].every(Number.isInteger) || numLower > m || numUpper > n)
    throw error("linalg.bandPart", "expected matrices and whole numbers up to their size", `numLower=${numLower}, numUpper=${numUpper} for shape [${x.shape}]`);
  return bandOp([x], { lower: numLower < 0 ? m : numLower, upper: numUpper < 0 ? n : numUpper });
}
