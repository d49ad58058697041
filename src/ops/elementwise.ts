/** @file Elementwise ops of one and two tensors, with broadcasting. */
import { loop } from "../engine/loop.js";
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement, upcastType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { broadcastShapes, broadcastStrides, collapse, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { castTo } from "./cast.js";
import { equal } from "./compare.js";
import { type TensorLike, toTensor } from "./creation.js";
import { reshape } from "./movement.js";
import { sum } from "./reduce.js";

const NONE = {};

// ---- two tensors ----

/** y = f(a, b) over `count` elements; a step of 0 repeats one element. */
export type PlainKernel = (count: number, a: Ref, b: Ref, y: Ref, aStep: number, bStep: number) => void;
/** The same over rows of a broadcast [d0, d1, d2, inner]; see assembly/kernels/elementwise.ts. */
export type RowsKernel = (
  rows: number,
  d1: number,
  d2: number,
  inner: number,
  a: Ref,
  a0: number,
  a1: number,
  a2: number,
  aStep: number,
  b: Ref,
  b0: number,
  b1: number,
  b2: number,
  bStep: number,
  y: Ref,
) => void;

/** Runs a binary kernel, broadcasting by strides. Axes beyond the four that a kernel walks are walked here. */
export function runBinary(plain: PlainKernel, rows: RowsKernel, a: Tensor, b: Tensor, y: Tensor): void {
  const { size } = y;
  if (a.size === size && b.size === size) plain(size, a, b, y, 1, 1);
  else if (b.size === 1 && a.size === size) plain(size, a, b, y, 1, 0);
  else if (a.size === 1 && b.size === size) plain(size, a, b, y, 0, 1);
  else if (size > 0) runRows(rows, a, b, y);
}

function runRows(rows: RowsKernel, a: Tensor, b: Tensor, y: Tensor): void {
  const { shape, strides } = collapse(y.shape, [broadcastStrides(a.shape, y.shape), broadcastStrides(b.shape, y.shape)]);
  const [s, t] = strides as [number[], number[]];
  walkRows(rows, shape, { ref: a, bytes: bytesPerElement(a.dtype) }, s, { ref: b, bytes: bytesPerElement(b.dtype) }, t, {
    ref: y,
    bytes: bytesPerElement(y.dtype),
  });
}

interface Operand {
  ref: Ref;
  /** Of one element. */
  bytes: number;
}

function walkRows(rows: RowsKernel, shape: readonly number[], a: Operand, s: readonly number[], b: Operand, t: readonly number[], y: Operand): void {
  if (shape.length > 4) {
    const rest = shape.slice(1);
    const moving = [
      { ref: a.ref, stride: (s[0] as number) * a.bytes },
      { ref: b.ref, stride: (t[0] as number) * b.bytes },
      { ref: y.ref, stride: sizeOf(rest) * y.bytes },
    ];
    loop(shape[0] as number, moving, ([p, q, r]) =>
      walkRows(rows, rest, { ...a, ref: p as Ref }, s.slice(1), { ...b, ref: q as Ref }, t.slice(1), { ...y, ref: r as Ref }),
    );
    return;
  }
  const pad = 4 - shape.length;
  const at = (list: readonly number[], i: number, absent: number): number => (i < pad ? absent : (list[i - pad] as number));
  const d0 = at(shape, 0, 1);
  const d1 = at(shape, 1, 1);
  const d2 = at(shape, 2, 1);
  rows(
    d0 * d1 * d2,
    d1,
    d2,
    at(shape, 3, 1),
    a.ref,
    at(s, 0, 0),
    at(s, 1, 0),
    at(s, 2, 0),
    at(s, 3, 0),
    b.ref,
    at(t, 0, 0),
    at(t, 1, 0),
    at(t, 2, 0),
    at(t, 3, 0),
    y.ref,
  );
}

/** The sum of dy over the axes along which `shape` was broadcast. */
export function unbroadcast(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const lead = dy.shape.length - shape.length;
  const axes = dy.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && dy.shape[i] !== 1));
  return reshape(sum(dy, axes), shape);
}

interface BinaryKernels {
  plain: (k: CoreKernels) => PlainKernel;
  rows: (k: CoreKernels) => RowsKernel;
}

type BinaryGrad = (dy: Tensor, a: Tensor, b: Tensor, y: Tensor, needs: readonly boolean[]) => [Tensor | null, Tensor | null];

/** Defines a binary op for float32 and int32 with numpy's broadcasting; its gradient is written for equal shapes. */
function binary(name: string, float32: BinaryKernels, int32: BinaryKernels, grad: BinaryGrad): (a: TensorLike, b: TensorLike) => Tensor {
  const apply = defineOp(name, {
    shape: ([a, b]) => broadcastShapes(name, (a as Tensor).shape, (b as Tensor).shape),
    run: (k, inputs, y) => {
      const kernels = y.dtype === "float32" ? float32 : int32;
      runBinary(kernels.plain(k), kernels.rows(k), inputs[0] as Tensor, inputs[1] as Tensor, y);
    },
    grad: (dy, inputs, y, _, needs) => {
      const [a, b] = inputs as [Tensor, Tensor];
      const [da, db] = grad(dy, a, b, y, needs);
      return [da && unbroadcast(da, a.shape), db && unbroadcast(db, b.shape)];
    },
    inplace: true,
  });
  return (a, b) => {
    const [x, y] = operands(name, a, b);
    return apply([x, y], NONE);
  };
}

/** Both operands as tensors of one type; bool computes as int32. */
function operands(name: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] {
  const x = a instanceof Tensor ? a : toTensor(name, "a", a);
  const y = b instanceof Tensor ? b : toTensor(name, "b", b);
  if (x.dtype === "float32" && y.dtype === "float32") return [x, y];
  const dtype = upcastType(name, x.dtype, y.dtype);
  const type = dtype === "bool" ? "int32" : dtype;
  return [castTo(x, type), castTo(y, type)];
}

/**
 * a + b, elementwise with broadcasting.
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { add } from "engram";
 * assert.deepEqual(add([[1, 2], [3, 4]], [10, 20]).arraySync(), [[11, 22], [13, 24]]);
 * ```
 */
export const add = /* @__PURE__ */ binary(
  "add",
  { plain: (k) => k.add, rows: (k) => k.addRows },
  { plain: (k) => k.addI32, rows: (k) => k.addI32Rows },
  (dy) => [dy, dy],
);

/** a - b, elementwise with broadcasting. */
export const sub = /* @__PURE__ */ binary(
  "sub",
  { plain: (k) => k.sub, rows: (k) => k.subRows },
  { plain: (k) => k.subI32, rows: (k) => k.subI32Rows },
  (dy, _a, _b, _y, needs) => [dy, needs[1] ? neg(dy) : null],
);

/** a * b, elementwise with broadcasting. */
export const mul = /* @__PURE__ */ binary(
  "mul",
  { plain: (k) => k.mul, rows: (k) => k.mulRows },
  { plain: (k) => k.mulI32, rows: (k) => k.mulI32Rows },
  (dy, a, b, _y, needs) => [needs[0] ? mul(dy, b) : null, needs[1] ? mul(dy, a) : null],
);

/** a / b, elementwise with broadcasting; int32 by int32 rounds down. */
export const div = /* @__PURE__ */ binary(
  "div",
  { plain: (k) => k.div, rows: (k) => k.divRows },
  { plain: (k) => k.divI32, rows: (k) => k.divI32Rows },
  (dy, _a, b, y, needs) => [needs[0] ? div(dy, b) : null, needs[1] ? neg(div(mul(dy, y), b)) : null],
);

// ---- one tensor ----

type UnaryKernel = (k: CoreKernels) => (count: number, x: Ref, y: Ref) => void;

/** Defines a float32 op y = f(x); other types are cast first. `grad` gives dx from dy, x and y. */
function unary(name: string, kernel: UnaryKernel, grad: (dy: Tensor, x: Tensor, y: Tensor) => Tensor, int32?: UnaryKernel): (x: TensorLike) => Tensor {
  const apply = defineOp(name, {
    shape: ([x]) => (x as Tensor).shape,
    run: (k, [x], y) => (y.dtype === "int32" ? (int32 as UnaryKernel) : kernel)(k)(y.size, x as Tensor, y),
    grad: (dy, [x], y) => [grad(dy, x as Tensor, y)],
    inplace: true,
  });
  return (value) => {
    const x = value instanceof Tensor ? value : toTensor(name, "x", value);
    if (x.dtype === "float32") return apply([x], NONE);
    return apply([castTo(x, int32 === undefined ? "float32" : "int32")], NONE);
  };
}

/** -x */
export const neg = /* @__PURE__ */ unary(
  "neg",
  (k) => k.neg,
  (dy) => neg(dy),
  (k) => k.negI32,
);
/** e^x */
export const exp = /* @__PURE__ */ unary(
  "exp",
  (k) => k.exp,
  (dy, _x, y) => mul(dy, y),
);
/** Natural logarithm; -Infinity at 0, NaN below. */
export const log = /* @__PURE__ */ unary(
  "log",
  (k) => k.log,
  (dy, x) => div(dy, x),
);
/** x^2 */
export const square = /* @__PURE__ */ unary(
  "square",
  (k) => k.square,
  (dy, x) => mul(dy, mul(x, 2)),
  (k) => k.squareI32,
);
/** Square root; NaN below 0. */
export const sqrt = /* @__PURE__ */ unary(
  "sqrt",
  (k) => k.sqrt,
  (dy, _x, y) => div(dy, mul(y, 2)),
);

/** Defines the gradient op dx = g(y, dy) of an activation; linear in dy, so its own gradient needs only d g / d y. */
function activationGrad(
  name: string,
  kernel: (k: CoreKernels) => (count: number, y: Ref, dy: Ref, dx: Ref) => void,
  byY: ((upstream: Tensor, y: Tensor, dy: Tensor) => Tensor) | null,
): (y: Tensor, dy: Tensor) => Tensor {
  const apply: Apply = defineOp(name, {
    shape: ([y]) => (y as Tensor).shape,
    run: (k, [y, dy], dx) => kernel(k)(dx.size, y as Tensor, dy as Tensor, dx),
    grad: (upstream, inputs, _, __, needs) => {
      const [y, dy] = inputs as [Tensor, Tensor];
      return [needs[0] && byY ? byY(upstream, y, dy) : null, needs[1] ? apply([y, upstream], NONE) : null];
    },
    inplace: true,
  });
  return (y, dy) => apply([y, dy], NONE);
}

/** dy where y > 0, else 0. */
export const reluGrad = /* @__PURE__ */ activationGrad("reluGrad", (k) => k.reluGrad, null);
/** dy * y * (1 - y) */
export const sigmoidGrad = /* @__PURE__ */ activationGrad(
  "sigmoidGrad",
  (k) => k.sigmoidGrad,
  (upstream, y, dy) => mul(mul(upstream, dy), sub(1, mul(y, 2))),
);
/** dy * (1 - y^2) */
export const tanhGrad = /* @__PURE__ */ activationGrad(
  "tanhGrad",
  (k) => k.tanhGrad,
  (upstream, y, dy) => mul(mul(mul(upstream, dy), y), -2),
);

/** max(x, 0) */
export const relu = /* @__PURE__ */ unary(
  "relu",
  (k) => k.relu,
  (dy, _x, y) => reluGrad(y, dy),
);
/** 1 / (1 + e^-x) */
export const sigmoid = /* @__PURE__ */ unary(
  "sigmoid",
  (k) => k.sigmoid,
  (dy, _x, y) => sigmoidGrad(y, dy),
);
/** Hyperbolic tangent. */
export const tanh = /* @__PURE__ */ unary(
  "tanh",
  (k) => k.tanh,
  (dy, _x, y) => tanhGrad(y, dy),
);

const clipOp = /* @__PURE__ */ defineOp<{ low: number; high: number }>("clipByValue", {
  shape: ([x]) => (x as Tensor).shape,
  run: (k, [x], y, { low, high }) => k.clip(y.size, low, high, x as Tensor, y),
  // The slope is 1 where clipping changed nothing.
  grad: (dy, [x], y) => [mul(dy, castTo(equal(x as Tensor, y), "float32"))],
  inplace: true,
});

/**
 * x limited to [clipValueMin, clipValueMax]; NaN stays.
 * @throws when the bounds are in the wrong order
 * @example
 * ```ts
 * import { clipByValue } from "engram";
 * assert.deepEqual(clipByValue([-2, 0.5, 2], -1, 1).arraySync(), [-1, 0.5, 1]);
 * ```
 */
export function clipByValue(x: TensorLike, clipValueMin: number, clipValueMax: number): Tensor {
  if (!(clipValueMin <= clipValueMax))
    throw error("clipByValue", "clipValueMin must be <= clipValueMax", `clipValueMin=${clipValueMin}, clipValueMax=${clipValueMax}`);
  return clipOp([castTo(toTensor("clipByValue", "x", x), "float32")], { low: clipValueMin, high: clipValueMax });
}
