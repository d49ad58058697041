/** @file How a matrix product is made of kernel calls: batches, transposes, packing. */
import { loop } from "../engine/loop.js";
import { scratch } from "../engine/op.js";
import { broadcastStrides, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type CoreKernels, core } from "../wasm/core.js";
import type { Ref, Source } from "../wasm/kernels.js";
import type { FusedActivation } from "./matmul.js";

const activationCodes: Record<FusedActivation, number> = { linear: 0, relu: 1, sigmoid: 2, tanh: 3 };

interface Epilogue {
  bias: Source;
  activation: FusedActivation;
}

/** One operand's matrix: strides in elements along its rows and columns, after transposing. */
interface Strides {
  row: number;
  column: number;
}

function stridesOf(x: Tensor, transposed: boolean): Strides {
  const columns = x.shape[x.rank - 1] as number;
  return transposed ? { row: 1, column: columns } : { row: columns, column: 1 };
}

/** y = activation(a b + bias) over the last two axes, leading axes broadcast. */
export function multiply(k: CoreKernels, a: Tensor, transposeA: boolean, b: Tensor, transposeB: boolean, y: Tensor, epilogue: Epilogue | null): void {
  const n = y.shape[y.rank - 1] as number;
  const inner = a.shape[a.rank - (transposeA ? 2 : 1)] as number;
  const as = stridesOf(a, transposeA);
  const bs = stridesOf(b, transposeB);
  if (y.size === 0) return;
  const bias = epilogue?.bias ?? 0;
  const activation = activationCodes[epilogue?.activation ?? "linear"];
  const single = (x: Ref, w: Ref, to: Ref, m: number): void => {
    const panels = Math.ceil(n / 8);
    k.gemmColumns(panels, m, n, inner, x, as.row, as.column, w, bs.row, bs.column, 0, bias, activation, 0, to, n, scratch(Math.max(64, (core.exports.packedBytesB as (n: number, k: number) => number)(n, inner))));
  };
  // A weight matrix without batch axes serves all rows of a at once.
  if (b.rank === 2 && !transposeA) return single(a, b, y, y.size / n);
  const batch = y.shape.slice(0, -2);
  const m = y.shape[y.rank - 2] as number;
  const matrices = { a: broadcastStrides(a.shape.slice(0, -2), batch), b: broadcastStrides(b.shape.slice(0, -2), batch) };
  const aSize = sizeOf(a.shape.slice(-2)) * 4;
  const bSize = sizeOf(b.shape.slice(-2)) * 4;
  const each = (axis: number, x: Ref, w: Ref, to: Ref): void => {
    if (axis === batch.length) return single(x, w, to, m);
    const moving = [
      { ref: x, stride: (matrices.a[axis] as number) * aSize },
      { ref: w, stride: (matrices.b[axis] as number) * bSize },
      { ref: to, stride: sizeOf(batch.slice(axis + 1)) * m * n * 4 },
    ];
    loop(batch[axis] as number, moving, ([p, q, r]) => each(axis + 1, p as Ref, q as Ref, r as Ref));
  };
  each(0, a, b, y);
}
