/** @file Puts the chained methods on Tensor.prototype: the only module with a side effect. */
import { type Variable, variable } from "./engine/variable.js";
import * as activations from "./ops/activations.js";
import * as arithmetic from "./ops/arithmetic.js";
import * as batchNorm from "./ops/batchNorm.js";
import { buffer, type TensorBuffer } from "./ops/buffer.js";
import * as cast from "./ops/cast.js";
import * as compare from "./ops/compare.js";
import type { TensorLike } from "./ops/convert.js";
import * as diagonal from "./ops/diagonal.js";
import * as elementwise from "./ops/elementwise.js";
import * as gather from "./ops/gather.js";
import { concat, stack } from "./ops/join.js";
import * as like from "./ops/like.js";
import * as logical from "./ops/logical.js";
import * as math from "./ops/math.js";
import * as matmul from "./ops/matmul.js";
import * as movement from "./ops/movement.js";
import * as pad from "./ops/pad.js";
import * as rearrange from "./ops/rearrange.js";
import * as reduce from "./ops/reduce.js";
import * as scan from "./ops/scan.js";
import * as slices from "./ops/slices.js";
import * as softmax from "./ops/softmax.js";
import * as sort from "./ops/sort.js";
import * as statistics from "./ops/statistics.js";
import { where } from "./ops/where.js";
import type { DataType } from "./tensor/dtype.js";
import { Tensor } from "./tensor/tensor.js";

/** The functions of a module of ops as methods: the first argument becomes `this`. */
type Methods<Module> = {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the op takes first
  [Name in keyof Module]: Module[Name] extends (x: any, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;
};

declare module "./tensor/tensor.js" {
  interface Tensor<_R extends Rank>
    extends Methods<typeof activations>,
      Methods<typeof arithmetic>,
      Methods<typeof batchNorm>,
      Methods<typeof cast>,
      Methods<typeof compare>,
      Methods<typeof diagonal>,
      Methods<typeof elementwise>,
      Methods<typeof gather>,
      Methods<typeof like>,
      Methods<typeof logical>,
      Methods<typeof math>,
      Methods<typeof matmul>,
      Methods<typeof movement>,
      Methods<typeof pad>,
      Methods<typeof rearrange>,
      Methods<typeof reduce>,
      Methods<typeof scan>,
      Methods<typeof slices>,
      Methods<typeof softmax>,
      Methods<typeof sort>,
      Methods<typeof statistics> {
    /** x where the condition holds, else b. */
    where(condition: TensorLike, b: TensorLike): Tensor;
    /** As float32. */
    toFloat(): Tensor;
    /** As int32, without the fraction. */
    toInt(): Tensor;
    /** As bool: x != 0. */
    toBool(): Tensor;
    /** The same elements in x's shape. */
    reshapeAs(x: Tensor): Tensor;
    /** The same elements along one axis. */
    flatten(): Tensor;
    /** The same elements along one axis. */
    as1D(): Tensor;
    /** The same elements along two axes. */
    as2D(rows: number, columns: number): Tensor;
    /** The same elements along three axes. */
    as3D(rows: number, columns: number, depth: number): Tensor;
    /** The same elements along four axes. */
    as4D(rows: number, columns: number, depth: number, depth2: number): Tensor;
    /** The same elements along five axes. */
    as5D(rows: number, columns: number, depth: number, depth2: number, depth3: number): Tensor;
    /** The one element without axes. */
    asScalar(): Tensor;
    /** The same values as another type: cast. */
    asType(dtype: DataType): Tensor;
    /** The values as a TensorBuffer, copied. */
    buffer<D extends DataType = "float32">(): Promise<TensorBuffer<D>>;
    /** The values as a TensorBuffer, copied. */
    bufferSync<D extends DataType = "float32">(): TensorBuffer<D>;
    /** A variable that starts with these values. */
    variable(trainable?: boolean, name?: string, dtype?: DataType): Variable;
    /** x and the other tensors one after another along an axis. */
    concat(x: Tensor | readonly TensorLike[], axis?: number): Tensor;
    /** x and the other tensors along a new axis. */
    stack(x: Tensor | readonly TensorLike[], axis?: number): Tensor;
  }
}

/** as2D(rows, columns) and its like: reshape to the sizes given. */
const asRank =
  (rank: number) =>
  (x: Tensor, ...sizes: number[]): Tensor =>
    movement.reshape(x, sizes.slice(0, rank));
const flat = (x: Tensor): Tensor => movement.reshape(x, [x.size]);
const bufferSync = (x: Tensor): TensorBuffer<DataType> => buffer(x.shape, x.dtype, x.dataSync<DataType>());

const prototype = Tensor.prototype as unknown as Record<string, unknown>;
// biome-ignore format: a list that grows by lines
const methods = {
  ...activations,
  ...arithmetic,
  ...batchNorm,
  ...cast,
  ...compare,
  ...diagonal,
  ...elementwise,
  ...gather,
  ...like,
  ...logical,
  ...math,
  ...matmul,
  ...movement,
  ...pad,
  ...rearrange,
  ...reduce,
  ...scan,
  ...slices,
  ...softmax,
  ...sort,
  ...statistics,
  concat: (x: Tensor, more: Tensor | readonly TensorLike[], axis?: number) => concat([x, more].flat(), axis),
  stack: (x: Tensor, more: Tensor | readonly TensorLike[], axis?: number) => stack([x, more].flat(), axis),
  where: (x: Tensor, condition: TensorLike, b: TensorLike) => where(condition, x, b),
  toFloat: (x: Tensor) => cast.cast(x, "float32"),
  toInt: (x: Tensor) => cast.cast(x, "int32"),
  toBool: (x: Tensor) => cast.cast(x, "bool"),
  asType: cast.cast,
  reshapeAs: (x: Tensor, like: Tensor) => movement.reshape(x, like.shape),
  flatten: flat,
  as1D: flat,
  as2D: asRank(2),
  as3D: asRank(3),
  as4D: asRank(4),
  as5D: asRank(5),
  asScalar: asRank(0),
  buffer: async (x: Tensor) => bufferSync(x),
  bufferSync,
  variable,
};
for (const [name, op] of Object.entries(methods as unknown as Record<string, (...args: unknown[]) => unknown>)) {
  // Fixed parameters: rest parameters would allocate on every call.
  prototype[name] = function (this: Tensor, a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown, f?: unknown, g?: unknown, h?: unknown) {
    return op(this, a, b, c, d, e, f, g, h);
  };
}
