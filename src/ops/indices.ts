/** @file Index tensors: their making, their checks, and tuples of indices as row numbers. */
import { defineOp, engine, scratch } from "../engine/op.js";
import { upcastType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { core } from "../wasm/core.js";
import { heap } from "../wasm/heap.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { reshape } from "./movement.js";

/** The argument as an int32 tensor; tensors of other types are refused, as TensorFlow.js does. */
export function indicesOf(op: string, name: string, value: TensorLike): Tensor {
  const indices = toTensor(op, name, value, "int32");
  if (indices.dtype !== "int32") throw error(op, `${name} must be int32`, `dtype ${indices.dtype}`, `cast them: ${name}.cast('int32').`);
  return indices;
}

/** The argument as a tensor to be added up: float32, or int32 for int32 and bool. */
export function summable(op: string, name: string, value: TensorLike): Tensor {
  const x = toTensor(op, name, value);
  return upcastType(op, x.dtype, x.dtype) === "bool" ? castTo(x, "int32") : x;
}

/** The first position of a value outside [0, limit) of an int32 tensor in memory; -1 when there is none. */
function firstOutside(indices: Tensor, limit: number): number {
  const at = scratch(4);
  const k = core.live;
  k.firstOutside(indices.size, limit, indices, at);
  return heap.i32[at.block.ptr >>> 2] as number;
}

/** Throws when a value of an int32 tensor in memory is outside [0, limit); while tracing, when values are not known, it cannot. */
export function checkIndices(op: string, indices: Tensor, limit: number): void {
  if (engine.tracer !== null) return;
  const at = firstOutside(indices, limit);
  if (at >= 0) throw error(op, `indices must be in [0, ${limit})`, `${heap.i32[(indices.block.ptr >>> 2) + at]} at position ${at}`);
}

/** The values of a tensor, for an op that cannot be traced because the shape of its result depends on them. */
export function known(op: string, x: Tensor): ArrayLike<number | bigint> {
  if (engine.tracer !== null)
    throw error(op, "expected values, which are not known inside compile", "a traced call", "call it outside, or multiply by a mask.");
  return x.dataSync();
}

const rowNumbersOp = /* @__PURE__ */ defineOp<{ sizes: Shape }>("rowNumbers", {
  shape: ([indices]) => indices.shape.slice(0, -1),
  run: (k, [indices], y, { sizes }) => {
    k.fillI32(y.size, 0, y);
    sizes.forEach((size, axis) => {
      k.addIndexColumn(y.size, sizes.length, axis, size, indices, y);
    });
  },
  grad: null,
});

/** Tuples of indices, along the last axis, into leading axes of `sizes`, as numbers of rows; -1 for a tuple that is outside. */
export function rowNumbers(indices: Tensor, sizes: Shape): Tensor {
  const shape = indices.shape.slice(0, -1);
  const rows = sizes.length === 1 ? reshape(indices, shape) : rowNumbersOp([indices], { sizes });
  return reshape(rows, [sizeOf(shape)]);
}

/** Throws when a tuple of indices was outside `sizes`: what checkIndices is to one axis. */
export function checkRowNumbers(op: string, rows: Tensor, indices: Tensor, sizes: Shape): void {
  const at = engine.tracer === null ? firstOutside(rows, sizeOf(sizes)) : -1;
  if (at < 0) return;
  const tuple = indices.dataSync<"int32">().slice(at * sizes.length, (at + 1) * sizes.length);
  throw error(op, `indices must be within [${sizes}]`, `[${tuple}] at position ${at}`);
}
