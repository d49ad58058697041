/** @file Reductions over any axes: sum, mean, prod, max, min, any, all, argMax, argMin. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp, type OpDefinition } from "../engine/op.js";
import { upcastType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { reducedShape, resolveAxes, resolveAxis, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo, toFloat } from "./castTo.js";
import { equal } from "./compare.js";
import { type TensorLike, toTensor } from "./convert.js";
import { mul } from "./elementwise.js";
import { summable } from "./indices.js";
import { broadcastTo, reshape } from "./movement.js";
import { whereChosen } from "./pairSlope.js";
import { type Axis, axisSize, COUNT, I32, MAX, PROD, type Reduction, reduceAxes, SUM, SUM_BYTES, SUM_I32, shapeOf } from "./reduceAxes.js";
import { prodGradOp } from "./scanOps.js";
import { kept } from "./squares.js";

/** dy with the reduced axes back, as size 1, and repeated to x's shape. */
function spread(dy: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  return broadcastTo(kept(dy, x, axes), x.shape);
}

const sumOp: Apply<Reduction> = /* @__PURE__ */ defineOp<Reduction>("sum", {
  shape: shapeOf,
  dtype: ([x]) => (x.dtype === "float32" ? "float32" : "int32"),
  run: (k, [x], y, { axes }) => reduceAxes(k, x.shape, axes, x, y, x.dtype === "float32" ? SUM : x.dtype === "bool" ? SUM_BYTES : SUM_I32),
  grad: (dy, [x], _, { axes }) => [spread(dy, x, axes)],
});

const countOp = /* @__PURE__ */ defineOp<Reduction>("countNonZero", {
  shape: shapeOf,
  dtype: "int32",
  run: (k, [x], y, { axes }) => reduceAxes(k, x.shape, axes, x, y, x.dtype === "float32" ? COUNT : SUM_BYTES),
  grad: null,
});

const meanOp = /* @__PURE__ */ defineOp<Reduction>("mean", {
  shape: shapeOf,
  run: (k, [x], y, { axes }) => {
    // The mean of nothing is NaN: 0 * Infinity.
    reduceAxes(k, x.shape, axes, x, y, SUM, 0, 1 / axisSize(x, axes));
  },
  grad: (dy, [x], _, { axes }) => {
    return [spread(mul(dy, 1 / axisSize(x, axes)), x, axes)];
  },
});

/** Defines a reduction of float32 and int32 by the kernel `reduce`. `flip` are bits to flip on the way in and out. */
function combining(name: string, kind: number, flip: { float32: number; int32: number }, grad: OpDefinition<Reduction>["grad"]): Apply<Reduction> {
  return defineOp<Reduction>(name, {
    shape: shapeOf,
    run: (k, [x], y, { axes }) => {
      const float = y.dtype === "float32";
      reduceAxes(k, x.shape, axes, x, y, float ? kind : kind + I32, float ? flip.float32 : flip.int32);
    },
    grad,
  });
}

/** The gradient of max and min goes to every element that equals the result. */
const toEqual: OpDefinition<Reduction>["grad"] = (dy, [x], y, { axes }) => [whereChosen(kept(dy, x, axes), x, kept(y, x, axes))];

const NO_FLIP = { float32: 0, int32: 0 };
/** Makes the smallest the largest: the sign of floats, all bits of integers. */
const FLIP = { float32: 0x80000000 | 0, int32: -1 };

/** Defined for neighbouring axes. */
const prodOp = /* @__PURE__ */ combining("prod", PROD, NO_FLIP, (dy, [x], y, { axes }) => {
  const first = axes[0] ?? 0;
  const [outer, inner] = [sizeOf(x.shape.slice(0, first)), sizeOf(x.shape.slice(first + axes.length))];
  const [lines, all, from] = [x, y, dy].map((t) => reshape(t, [outer, t === x ? axisSize(x, axes) : 1, inner])) as [Tensor, Tensor, Tensor];
  return [reshape(prodGradOp([lines, all, from]), x.shape)];
});

/** The argument as a tensor, refused when it is of a dtype that is for storage only. */
function computable(op: string, x: TensorLike): Tensor {
  const input = toTensor(op, "x", x);
  upcastType(op, input.dtype, input.dtype);
  return input;
}

/**
 * Sum over axes; over all of them when none is given. The sum of nothing is 0.
 * @param keepDims keeps reduced axes as size 1
 * @returns float32, or int32 for int32 and bool
 * @throws when an axis does not exist or is named twice
 * @example
 * ```ts
 * import { sum } from "engram";
 * assert.equal(sum([[1, 2], [3, 4]]).item(), 10);
 * assert.deepEqual(sum([[1, 2], [3, 4]], 0).arraySync(), [4, 6]);
 * ```
 */
export function sum(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const input = computable("sum", x);
  return sumOp([input], { axes: resolveAxes("sum", axis, input.shape), keepDims });
}

/** Mean over axes, as float32; over all of them when none is given. The mean of nothing is NaN. */
export function mean(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const input = toFloat("mean", "x", x);
  return meanOp([input], { axes: resolveAxes("mean", axis, input.shape), keepDims });
}

/**
 * Product over axes; over all of them when none is given. The product of nothing is 1. The gradient is right where elements are 0.
 * @returns float32, or int32 for int32 and bool
 */
export function prod(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const input = summable("prod", "x", x);
  const axes = resolveAxes("prod", axis, input.shape);
  // One group of neighbouring axes after the other, the last first.
  const groups: number[][] = [];
  for (const at of axes) {
    const last = groups[groups.length - 1];
    if (last !== undefined && last[last.length - 1] === at - 1) last.push(at);
    else groups.push([at]);
  }
  const y = groups.reduceRight((partial, group) => prodOp([partial], { axes: group, keepDims: true }), input);
  return reshape(y, reducedShape(input.shape, axes, keepDims));
}

/** Defines max or min: of bools any or all. */
function extreme(name: string, flip: { float32: number; int32: number }, ofBools: typeof any): typeof any {
  const op = combining(name, MAX, flip, toEqual);
  return (x, axis = null, keepDims = false) => {
    const input = computable(name, x);
    if (input.dtype === "bool") return ofBools(input, axis, keepDims);
    return op([input], { axes: resolveAxes(name, axis, input.shape), keepDims });
  };
}

/** Maximum over axes, of x's dtype; over all of them when none is given. NaN wins; the maximum of nothing is -Infinity. */
export const max = /* @__PURE__ */ extreme("max", NO_FLIP, any);

/** Minimum over axes, of x's dtype; over all of them when none is given. NaN wins; the minimum of nothing is Infinity. */
export const min = /* @__PURE__ */ extreme("min", FLIP, all);

/** How many elements are not 0, and of how many. */
function counts(op: string, given: Tensor, axis: Axis, keepDims: boolean): [Tensor, number] {
  const input = given.dtype === "float32" ? given : castTo(given, "bool");
  const axes = resolveAxes(op, axis, input.shape);
  return [countOp([input], { axes, keepDims }), axisSize(input, axes)];
}

/**
 * How many elements are not 0, over axes; over all of them when none is given. NaN counts.
 * @returns int32
 */
export const countNonZero = (x: TensorLike, axis: Axis = null, keepDims = false): Tensor =>
  counts("countNonZero", toTensor("countNonZero", "x", x), axis, keepDims)[0];

/** True where an element is true (other types: not 0), over axes; over all of them when none is given. Of nothing it is false. */
export function any(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  return castTo(counts("any", toTensor("any", "x", x, "bool"), axis, keepDims)[0], "bool");
}

/** True where all elements are true (other types: not 0), over axes; over all of them when none is given. Of nothing it is true. */
export function all(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const [count, size] = counts("all", toTensor("all", "x", x, "bool"), axis, keepDims);
  return equal(count, fill([], size, "int32"));
}

/** Defines argMax or argMin; `flip` are bits to flip in x. */
function defineArgMax(name: string, flip: { float32: number; int32: number }): (x: TensorLike, axis?: number) => Tensor {
  const op = defineOp<{ axis: number }>(name, {
    shape: ([x], { axis }) => reducedShape(x.shape, [axis], false),
    dtype: "int32",
    run: (k, [x], y, { axis }) => {
      const float = x.dtype === "float32";
      k.argMax(y.size, x.shape[axis] as number, sizeOf(x.shape.slice(axis + 1)), Number(float), float ? flip.float32 : flip.int32, x, y);
    },
    grad: null,
  });
  return (x, axis = 0) => {
    const input = summable(name, "x", x);
    const along = resolveAxis(name, axis, input.shape);
    if (input.shape[along] === 0) throw error(name, "the axis must have elements", `axis=${axis} for x of shape [${input.shape}]`);
    return op([input], { axis: along });
  };
}

/**
 * Index of the first largest element along an axis; a NaN counts as the largest.
 * @returns int32
 * @throws when the axis does not exist or has no elements
 * @example
 * ```ts
 * import { argMax } from "engram";
 * assert.deepEqual(argMax([[1, 9, 3], [7, 2, 7]], 1).arraySync(), [1, 0]);
 * ```
 */
export const argMax = /* @__PURE__ */ defineArgMax("argMax", NO_FLIP);

/**
 * Index of the first smallest element along an axis; a NaN counts as the smallest.
 * @returns int32
 * @throws when the axis does not exist or has no elements
 */
export const argMin = /* @__PURE__ */ defineArgMax("argMin", FLIP);
