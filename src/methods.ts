/** @file Puts the chained methods on Tensor.prototype: the only module with a side effect. */
import * as ops from "./ops/index.js";
import type { DataType } from "./tensor/dtype.js";
import type { Shape } from "./tensor/shape.js";
import { Tensor } from "./tensor/tensor.js";

type Like = ops.TensorLike;
type Axis = number | readonly number[] | null;

declare module "./tensor/tensor.js" {
  interface Tensor {
    add(b: Like): Tensor;
    sub(b: Like): Tensor;
    mul(b: Like): Tensor;
    div(b: Like): Tensor;
    equal(b: Like): Tensor;
    greater(b: Like): Tensor;
    neg(): Tensor;
    exp(): Tensor;
    log(): Tensor;
    square(): Tensor;
    sqrt(): Tensor;
    relu(): Tensor;
    sigmoid(): Tensor;
    tanh(): Tensor;
    softmax(dim?: number): Tensor;
    logSoftmax(axis?: number): Tensor;
    sum(axis?: Axis, keepDims?: boolean): Tensor;
    mean(axis?: Axis, keepDims?: boolean): Tensor;
    max(axis?: Axis, keepDims?: boolean): Tensor;
    argMax(axis?: number): Tensor;
    matMul(b: Like, transposeA?: boolean, transposeB?: boolean): Tensor;
    outerProduct(b: Like): Tensor;
    cast(dtype: DataType): Tensor;
    toFloat(): Tensor;
    toInt(): Tensor;
    toBool(): Tensor;
    reshape(shape: Shape): Tensor;
    reshapeAs(x: Tensor): Tensor;
    flatten(): Tensor;
    asScalar(): Tensor;
    as1D(): Tensor;
    transpose(perm?: readonly number[]): Tensor;
    broadcastTo(shape: Shape): Tensor;
    gather(indices: Like, axis?: number): Tensor;
    clipByValue(clipValueMin: number, clipValueMax: number): Tensor;
    clone(): Tensor;
  }
}

/** Ops whose first argument becomes `this`. */
const chained = [
  "add",
  "sub",
  "mul",
  "div",
  "equal",
  "greater",
  "neg",
  "exp",
  "log",
  "square",
  "sqrt",
  "relu",
  "sigmoid",
  "tanh",
  "softmax",
  "logSoftmax",
  "sum",
  "mean",
  "max",
  "argMax",
  "matMul",
  "outerProduct",
  "cast",
  "reshape",
  "transpose",
  "broadcastTo",
  "gather",
  "clipByValue",
  "clone",
] as const;

const prototype = Tensor.prototype as unknown as Record<string, unknown>;
for (const name of chained) {
  const op = ops[name] as (...args: unknown[]) => unknown;
  prototype[name] = function (this: Tensor, a?: unknown, b?: unknown, c?: unknown) {
    return op(this, a, b, c);
  };
}

const { reshape, cast } = ops;
Object.assign(Tensor.prototype, {
  toFloat(this: Tensor) {
    return cast(this, "float32");
  },
  toInt(this: Tensor) {
    return cast(this, "int32");
  },
  toBool(this: Tensor) {
    return cast(this, "bool");
  },
  reshapeAs(this: Tensor, x: Tensor) {
    return reshape(this, x.shape);
  },
  flatten(this: Tensor) {
    return reshape(this, [this.size]);
  },
  as1D(this: Tensor) {
    return reshape(this, [this.size]);
  },
  asScalar(this: Tensor) {
    return reshape(this, []);
  },
});
