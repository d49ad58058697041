/** @file The op behind linspace and range: numbers at equal distances. */
import { defineOp } from "../engine/op.js";
import type { DataType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";

const sequenceOp = /* @__PURE__ */ defineOp<{ start: number; step: number; count: number; dtype: DataType }>("range", {
  shape: (_, { count }) => [count],
  dtype: (_, { dtype }) => dtype,
  run: (k, _, y, { start, step, dtype }) => {
    const [start0, start1, step0, step1] = new Int32Array(new Float64Array([start, step]).buffer) as unknown as [number, number, number, number];
    k.sequence(y.size, Number(dtype === "int32"), start0, start1, step0, step1, y);
  },
  grad: null,
});

/** `count` numbers from start on, each `step` after the one before. */
export const sequence = (start: number, step: number, count: number, dtype: DataType): Tensor =>
  castTo(sequenceOp([], { start, step, count, dtype: dtype === "int32" ? dtype : "float32" }), dtype);
