/** @file How a matrix product is made of kernel calls: batches, transposes, packing. The table is in assembly/kernels/gemm.ts. */
import { loop } from "../engine/loop.js";
import { scratch } from "../engine/op.js";
import { broadcastStrides, collapse, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type CoreKernels, core } from "../wasm/core.js";
import type { Ref, Source } from "../wasm/kernels.js";
import type { FusedActivation } from "./matmul.js";

const activationCodes: Record<FusedActivation, number> = { linear: 0, relu: 1, sigmoid: 2, tanh: 3 };

/** Columns of a panel of B (NR in assembly/tile.ts). */
const PANEL = 8;
/** Elements of B up to which a batch of products is one kernel call. */
const SMALL_MATRIX = 65_536;

interface Epilogue {
  bias: Source;
  activation: FusedActivation;
}

/**
 * What kernels take of one product: sizes and the strides, in floats, of A [m, k] and B [k, n], the bias and the activation's number; C [m, n] is
 * contiguous.
 */
type Product = [m: number, n: number, k: number, aRow: number, aCol: number, bRow: number, bCol: number, bias: Source, activation: number];

/** Multiplies one pair of matrices. */
type Multiply = (a: Ref, b: Ref, c: Ref) => void;

const room = (bytes: number): Ref => scratch(Math.max(64, bytes));

/** The kernels for the shape; scratch is taken once, so that a loop over a batch shares it. */
function choose(kernels: CoreKernels, [m, n, k, aRow, aCol, bRow, bCol, bias, activation]: Product): Multiply {
  const dots = aCol === 1 && bRow === 1;
  const panels = Math.ceil(n / PANEL);
  const sizes = core.exports as Record<"packedBytesB" | "gemmScratchBytes" | "gemmColumnsScratchBytes" | "prefersColumns", (...args: number[]) => number>;
  if (k > 0) {
    if (n === 1 && m >= 8 && aRow === 1 && bias === 0) return (a, b, c) => kernels.gemmThin(m, 1, k, b, 0, bRow, a, aCol, 0, activation, 0, c, 0);
    // An outer product is a product with broadcasting.
    if (k === 1 && m > 2 && bCol === 1 && bias === 0 && activation === 0) return (a, b, c) => kernels.mulRows(m, 1, m, n, a, 0, 0, aRow, 0, b, 0, 0, 0, 1, c);
    const thin: Multiply = (a, b, c) => kernels.gemmThin(n, m, k, a, aRow, aCol, b, bRow, bias, activation, 0, c, n);
    if (bCol === 1 && n >= 8 && (m <= 2 || k === 1)) return thin;
    if (dots && n <= 3) return (a, b, c) => kernels.gemmDots(m, n, k, a, aRow, b, bCol, bias, 0, 1, activation, 0, c, n, 1);
    if (dots && m <= 3) return (a, b, c) => kernels.gemmDots(n, m, k, b, bCol, a, aRow, bias, 1, 0, activation, 0, c, 1, n);
    if (bCol === 1 && m <= 2) return thin;
    if (sizes.prefersColumns(m, n, k, aRow, bRow, bCol)) {
      const space = room(sizes.gemmColumnsScratchBytes(m, n, k, bRow, bCol));
      return (a, b, c) => kernels.gemmColumns(panels, m, n, k, a, aRow, aCol, b, bRow, bCol, bias, activation, 0, c, n, space);
    }
  }
  const packed = room(sizes.packedBytesB(n, k));
  const space = room(sizes.gemmScratchBytes(m, n, k, aRow, aCol));
  return (a, b, c) => {
    kernels.packB(panels, n, k, b, bRow, bCol, packed);
    kernels.gemm(m, n, k, a, aRow, aCol, packed, bias, activation, 0, c, n, space);
  };
}

/** y = activation(a b + bias) over the last two axes, leading axes broadcast. */
export function multiply(kernels: CoreKernels, a: Tensor, transposeA: boolean, b: Tensor, transposeB: boolean, y: Tensor, epilogue: Epilogue | null): void {
  if (y.size === 0) return;
  const aColumns = a.shape[a.rank - 1] as number;
  // A vector is one row.
  const aRows = a.shape[a.rank - 2] ?? 1;
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const n = y.shape[y.rank - 1] as number;
  // A weight matrix without batch axes serves all rows of a at once.
  const isShared = b.rank === 2 && (a.rank === 2 || !transposeA);
  const product: Product = [
    isShared && !transposeA ? y.size / n : (y.shape[y.rank - 2] as number),
    n,
    transposeA ? aRows : aColumns,
    transposeA ? 1 : aColumns,
    transposeA ? aColumns : 1,
    transposeB ? 1 : bColumns,
    transposeB ? bColumns : 1,
    epilogue?.bias ?? 0,
    activationCodes[epilogue?.activation ?? "linear"],
  ];
  if (isShared) return choose(kernels, product)(a, b, y);
  const batch = y.shape.slice(0, -2);
  const { shape, strides } = collapse(batch, [broadcastStrides(a.shape.slice(0, -2), batch), broadcastStrides(b.shape.slice(0, -2), batch)]);
  if (shape.length === 0) return choose(kernels, product)(a, b, y);
  const scaled = (list: readonly number[], size: number): number[] => list.map((stride) => stride * size);
  multiplyBatch(kernels, product, shape, [scaled(strides[0], aRows * aColumns), scaled(strides[1], bRows * bColumns)], a, b, y);
}

/** Products over batch axes; `aBatch` and `bBatch` are the strides of a and b in floats along each. */
function multiplyBatch(kernels: CoreKernels, product: Product, shape: readonly number[], [aBatch, bBatch]: [number[], number[]], a: Ref, b: Ref, y: Ref): void {
  const [m, n, k, aRow, aCol, bRow, bCol, bias, activation] = product;
  const last = shape.length - 1;
  const oneCall = n * k <= SMALL_MATRIX;
  const innermost = oneCall ? last : shape.length;
  let each: Multiply;
  if (oneCall) {
    const count = shape[last] as number;
    const space = room((core.exports.gemmBatchedScratchBytes as (batch: number, k: number) => number)(count, k));
    each = (x, w, to) =>
      kernels.gemmBatched(count, m, n, k, x, aBatch[last], aRow, aCol, w, bBatch[last], bRow, bCol, bias, activation, 0, to, m * n, n, space);
  } else each = choose(kernels, product);
  const walk = (axis: number, x: Ref, w: Ref, to: Ref): void => {
    if (axis === innermost) return each(x, w, to);
    const moving = [
      { ref: x, stride: aBatch[axis] * 4 },
      { ref: w, stride: bBatch[axis] * 4 },
      { ref: to, stride: sizeOf(shape.slice(axis + 1)) * m * n * 4 },
    ];
    loop(shape[axis] as number, moving, ([p, q, r]) => walk(axis + 1, p as Ref, q as Ref, r as Ref));
  };
  walk(0, a, b, y);
}
