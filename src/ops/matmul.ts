/** @file Matrix multiply: batched, broadcast, transposed, with bias and activation in the epilogue. */
import { type Apply, defineOp } from "../engine/op.js";
import { checkOneOf, error } from "../tensor/errors.js";
import { broadcastShapes, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { reluGrad, sigmoidGrad, tanhGrad } from "./activationGrads.js";
import { unbroadcast } from "./broadcast.js";
import { castTo, toFloat } from "./castTo.js";
import { ofRank, type TensorLike } from "./convert.js";
import { multiply } from "./gemm.js";
import { reshape } from "./movement.js";
import { sum } from "./reduce.js";
import { productsOp } from "./squares.js";

interface Transposes {
  transposeA: boolean;
  transposeB: boolean;
}

const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);

/** Rows and columns of the last two axes, after transposing. */
function matrix(x: Tensor, transposed: boolean): readonly [number, number] {
  const rows = x.shape[x.rank - 2] as number;
  const columns = x.shape[x.rank - 1] as number;
  return transposed ? [columns, rows] : [rows, columns];
}

const matMulOp: Apply<Transposes> = /* @__PURE__ */ defineOp<Transposes>("matMul", {
  shape: ([a, b], { transposeA, transposeB }) => {
    const [m, k] = matrix(a, transposeA);
    const [kb, n] = matrix(b, transposeB);
    if (k !== kb)
      throw error(
        "matMul",
        "the inner sizes must be equal",
        `a of shape [${a.shape}]${transposeA ? " transposed" : ""} and b of shape [${b.shape}]${transposeB ? " transposed" : ""}`,
      );
    // The common case without batch axes: no arrays but the result.
    if (a.rank === 2 && b.rank === 2) return [m, n];
    return [...broadcastShapes("matMul", batchOf(a), batchOf(b)), m, n];
  },
  run: (k, [a, b], y, { transposeA, transposeB }) => multiply(k, a, transposeA, b, transposeB, y, null),
  grad: (dy, [a, b], _, { transposeA, transposeB }, needs) => {
    const product = (x: Tensor, tx: boolean, y: Tensor, ty: boolean): Tensor => matMulOp([x, y], { transposeA: tx, transposeB: ty });
    const da = (): Tensor => (transposeA ? product(b, transposeB, dy, true) : product(dy, false, b, !transposeB));
    const db = (): Tensor => (transposeB ? product(dy, true, a, transposeA) : product(a, !transposeA, dy, false));
    return [needs[0] ? unbroadcast(da(), a.shape) : null, needs[1] ? unbroadcast(db(), b.shape) : null];
  },
});

/**
 * Matrix product of the last two axes; leading axes broadcast. A tensor of one axis counts as a row on the left and as a column
 * on the right, and that axis is dropped from the result, as in numpy.
 * @param transposeA swaps a's last two axes first, without a copy
 * @throws when the inner sizes differ or the leading axes do not broadcast
 * @example
 * ```ts
 * import { matMul } from "engram/core";
 * assert.deepEqual(matMul([[1, 2], [3, 4]], [[5], [6]]).arraySync(), [[17], [39]]);
 * ```
 */
export function matMul(a: TensorLike, b: TensorLike, transposeA = false, transposeB = false): Tensor {
  const x = toFloat("matMul", "a", a);
  const y = toFloat("matMul", "b", b);
  if (x.rank === 0 || y.rank === 0)
    throw error("matMul", "a and b must have at least one axis", `shapes [${x.shape}] and [${y.shape}]`, "multiply by a number with mul.");
  if (x.rank > 1 && y.rank > 1) return matMulOp([x, y], { transposeA, transposeB });
  const left = x.rank === 1 ? reshape(x, [1, x.size]) : x;
  const right = y.rank === 1 ? reshape(y, [y.size, 1]) : y;
  const product = matMulOp([left, right], { transposeA: transposeA && x.rank > 1, transposeB: transposeB && y.rank > 1 });
  const kept = product.shape.filter((_, i) => !(x.rank === 1 && i === product.rank - 2) && !(y.rank === 1 && i === product.rank - 1));
  return reshape(product, kept);
}

/** Activations that the multiply's epilogue applies while the tile is in registers. */
export type FusedActivation = "linear" | "relu" | "sigmoid" | "tanh";

const activationGrads: Record<FusedActivation, (y: Tensor, dy: Tensor) => Tensor> = {
  linear: (_, dy) => dy,
  relu: (y, dy) => reluGrad(y, dy),
  sigmoid: (y, dy) => sigmoidGrad(y, dy),
  tanh: (y, dy) => tanhGrad(y, dy),
};

const activations = /* @__PURE__ */ Object.keys(activationGrads);

const denseOp = /* @__PURE__ */ defineOp<{ activation: FusedActivation }>("dense", {
  shape: ([x, kernel, bias]) => {
    const [inputSize, units] = kernel.shape as [number, number];
    if (x.shape[x.rank - 1] !== inputSize)
      throw error("dense", `x's last axis must have the kernel's ${inputSize} rows`, `x of shape [${x.shape}] and kernel of shape [${kernel.shape}]`);
    if (bias !== undefined && bias.size !== units) throw error("dense", `bias must have the kernel's ${units} columns`, `shape [${bias.shape}]`);
    return [...x.shape.slice(0, -1), units];
  },
  run: (k, [x, kernel, bias], y, { activation }) => multiply(k, x, false, kernel, false, y, { bias: bias ?? 0, activation }),
  grad: (dy, [x, kernel], y, { activation }, needs) => {
    const rows = sizeOf(x.shape.slice(0, -1));
    const flat = reshape(activationGrads[activation](y, dy), [rows, kernel.shape[1] as number]);
    return [
      needs[0] ? reshape(matMul(flat, kernel, false, true), x.shape) : null,
      needs[1] ? matMul(reshape(x, [rows, kernel.shape[0] as number]), flat, true, false) : null,
      needs[2] ? sum(flat, 0) : null,
    ];
  },
});

/**
 * activation(x kernel + bias) over x's last axis, in one pass.
 * @param kernel [inputs, units]
 * @param bias [units], or null for none
 * @throws when the sizes do not fit
 * @example
 * ```ts
 * import { dense } from "engram/core";
 * assert.deepEqual(dense([[1, 2]], [[1, -1], [1, -1]], [0.5, 0.5], "relu").arraySync(), [[3.5, 0]]);
 * ```
 */
export function dense(x: TensorLike, kernel: TensorLike, bias: TensorLike | null = null, activation: FusedActivation = "linear"): Tensor {
  const input = toFloat("dense", "x", x);
  const weights = toFloat("dense", "kernel", kernel);
  if (input.rank === 0 || weights.rank !== 2)
    throw error("dense", "x must have an axis and kernel must have two", `shapes [${input.shape}] and [${weights.shape}]`);
  checkOneOf("dense", "activation", activation, activations);
  return denseOp(bias === null ? [input, weights] : [input, weights, toFloat("dense", "bias", bias)], { activation });
}

/**
 * Outer product of two vectors.
 * @example
 * ```ts
 * import { outerProduct } from "engram";
 * assert.deepEqual(outerProduct([1, 2], [3, 4]).arraySync(), [[3, 4], [6, 8]]);
 * ```
 */
export function outerProduct(a: TensorLike, b: TensorLike): Tensor {
  const x = ofRank("outerProduct", "a", a, 1);
  const y = ofRank("outerProduct", "b", b, 1);
  return matMul(reshape(x, [x.size, 1]), reshape(y, [1, y.size]));
}

/**
 * Product of vectors and matrices: the inner product of two vectors, a matrix and a vector, or two matrices.
 * @throws when one has neither one nor two axes, or the inner sizes differ
 * @example
 * ```ts
 * import { dot } from "engram";
 * assert.equal(dot([1, 2], [3, 4]).item(), 11);
 * assert.deepEqual(dot([[1, 2], [3, 4]], [1, 1]).arraySync(), [3, 7]);
 * ```
 */
export function dot(a: TensorLike, b: TensorLike): Tensor {
  const x = ofRank("dot", "a", a, 1, 2);
  const y = ofRank("dot", "b", b, 1, 2);
  if (x.rank === 1 && sameShape(x.shape, y.shape))
    return productsOp(
      [x, y].map((v) => castTo(v, "float32")),
      { axes: [0], keepDims: false },
    );
  return matMul(x, y);
}
