/** @file Reductions over any axes: sum, mean, max, argMax. */
import { type Apply, defineOp, scratch } from "../engine/op.js";
import { bytesPerElement, upcastType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { reducedShape, resolveAxes, resolveAxis, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { castTo } from "./castTo.js";
import { equal } from "./compare.js";
import { type TensorLike, toTensor } from "./convert.js";
import { mul } from "./elementwise.js";
import { broadcastTo, reshape } from "./movement.js";

interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

/** Reduces [outer, rows, inner] over rows in chunks; `last` for the pass that writes the result. */
type Pass = (outputs: number, rows: number, inner: number, chunk: number, chunks: number, x: Ref, y: Ref, last: boolean, first: boolean) => void;

/** Rows of a chunk, when few outputs have many rows. Fixed by the shape alone, so that sums do not depend on threads. */
const CHUNK = 4096;
const FEW_OUTPUTS = 64;

/** Runs a reduction axis group by axis group, last first, without transposing. */
function reduceAxes(x: Tensor, axes: readonly number[], y: Tensor, partialBytes: number, pass: Pass): void {
  if (x.size === 0) return pass(y.size, 0, 1, 1, 1, x, y, true, true);
  const groups = groupAxes(x.shape, axes);
  let from: Ref = x;
  let before = groups.reduce((n, group) => n * group.size, 1);
  let first = true;
  const reduced = groups.filter((group) => group.reduced);
  if (reduced.length === 0) reduced.push({ size: 1, inner: 1, reduced: true });
  for (const [i, { size: rows, inner }] of reduced.reverse().entries()) {
    const last = i === reduced.length - 1;
    const innerNow = groupsInner(groups, reduced, i, inner);
    const outputs = rows === 0 ? y.size : before / rows;
    const chunks = rows > 2 * CHUNK && outputs <= FEW_OUTPUTS ? Math.ceil(rows / CHUNK) : 1;
    if (chunks > 1) {
      const partial = scratch(outputs * chunks * partialBytes);
      pass(outputs * chunks, rows, innerNow, CHUNK, chunks, from, partial, false, first);
      first = false;
      from = partial;
    }
    const to = last ? y : scratch(outputs * partialBytes);
    const left = chunks > 1 ? chunks : rows;
    pass(outputs, left, innerNow, Math.max(1, left), 1, from, to, last, first);
    first = false;
    from = to;
    before = outputs;
  }
}

interface AxisGroup {
  size: number;
  /** Elements after the group, before any reduction. */
  inner: number;
  reduced: boolean;
}

/** Neighbouring axes that are reduced, or kept, together; axes of size 1 join any. */
function groupAxes(shape: readonly number[], axes: readonly number[]): AxisGroup[] {
  const groups: AxisGroup[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const reduced = axes.includes(i);
    const last = groups[groups.length - 1];
    if (last !== undefined && last.reduced === reduced) last.size *= size;
    else groups.push({ size, inner: 1, reduced });
  });
  let inner = 1;
  for (let i = groups.length - 1; i >= 0; i--) {
    const group = groups[i] as AxisGroup;
    group.inner = inner;
    inner *= group.size;
  }
  return groups;
}

/** Elements after a reduced group once the groups behind it are reduced (they are done first). */
function groupsInner(groups: readonly AxisGroup[], reduced: readonly AxisGroup[], index: number, inner: number): number {
  let result = inner;
  for (let i = 0; i < index; i++) result /= Math.max(1, (reduced[i] as AxisGroup).size);
  return groups.length === 0 ? 1 : result;
}

const shapeOf = ([x]: readonly Tensor[], { axes, keepDims }: Reduction): number[] => reducedShape((x as Tensor).shape, axes, keepDims);

/** dy with the reduced axes back, as size 1, and repeated to x's shape. */
function spread(dy: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(dy, reducedShape(x.shape, axes, true)), x.shape);
}

const sumOp: Apply<Reduction> = /* @__PURE__ */ defineOp<Reduction>("sum", {
  shape: shapeOf,
  dtype: ([x]) => ((x as Tensor).dtype === "float32" ? "float32" : "int32"),
  run: (k, inputs, y, { axes }) => {
    const [x] = inputs as [Tensor];
    reduceAxes(x, axes, y, 4, (outputs, rows, inner, chunk, chunks, from, to, _last, first) => {
      if (x.dtype === "float32") k.sum(outputs, rows, inner, chunk, chunks, 1, from, to);
      else if (first && bytesPerElement(x.dtype) === 1) k.sumBool(outputs, rows, inner, chunk, chunks, from, to);
      else k.sumI32(outputs, rows, inner, chunk, chunks, from, to);
    });
  },
  grad: (dy, [x], _, { axes }) => [spread(dy, x as Tensor, axes)],
});

const meanOp = /* @__PURE__ */ defineOp<Reduction>("mean", {
  shape: shapeOf,
  run: (k, inputs, y, { axes }) => {
    const [x] = inputs as [Tensor];
    const scale = 1 / sizeOf(axes.map((axis) => x.shape[axis] as number));
    // The mean of nothing is NaN: 0 * Infinity.
    reduceAxes(x, axes, y, 4, (outputs, rows, inner, chunk, chunks, from, to, last) => k.sum(outputs, rows, inner, chunk, chunks, last ? scale : 1, from, to));
  },
  grad: (dy, inputs, _, { axes }) => {
    const [x] = inputs as [Tensor];
    return [spread(mul(dy, 1 / sizeOf(axes.map((axis) => x.shape[axis] as number))), x, axes)];
  },
});

type ExtremeKernel = (outputs: number, rows: number, inner: number, chunk: number, chunks: number, x: Ref, y: Ref) => void;

/** Defines max or min; the gradient goes to every element that equals the result. */
function extreme(name: "max" | "min", choose: (k: CoreKernels, dtype: string) => ExtremeKernel): Apply<Reduction> {
  return defineOp<Reduction>(name, {
    shape: shapeOf,
    run: (k, inputs, y, { axes }) => {
      const [x] = inputs as [Tensor];
      const kernel = choose(k, x.dtype);
      reduceAxes(x, axes, y, 4, (outputs, rows, inner, chunk, chunks, from, to) => kernel(outputs, rows, inner, chunk, chunks, from, to));
    },
    grad: (dy, inputs, y, { axes }) => {
      const [x] = inputs as [Tensor];
      const kept = reducedShape(x.shape, axes, true);
      const isResult = castTo(equal(x, reshape(y, kept)), "float32");
      return [mul(isResult, reshape(dy, kept))];
    },
  });
}

const maxOp = /* @__PURE__ */ extreme("max", (k, dtype) => (dtype === "float32" ? k.max : k.maxI32));
const minOp = /* @__PURE__ */ extreme("min", (k, dtype) => (dtype === "float32" ? k.min : k.minI32));

type Axis = number | readonly number[] | null;

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
  const input = castTo(toTensor("mean", "x", x), "float32");
  return meanOp([input], { axes: resolveAxes("mean", axis, input.shape), keepDims });
}

/** Maximum over axes; over all of them when none is given. NaN wins; the maximum of nothing is -Infinity. */
export function max(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const input = computable("max", x);
  return maxOp([input.dtype === "bool" ? castTo(input, "int32") : input], { axes: resolveAxes("max", axis, input.shape), keepDims });
}

/** Minimum over axes; over all of them when none is given. NaN wins; the minimum of nothing is Infinity. */
export function min(x: TensorLike, axis: Axis = null, keepDims = false): Tensor {
  const input = computable("min", x);
  return minOp([input.dtype === "bool" ? castTo(input, "int32") : input], { axes: resolveAxes("min", axis, input.shape), keepDims });
}

const argMaxOp = /* @__PURE__ */ defineOp<{ axis: number }>("argMax", {
  shape: ([x], { axis }) => reducedShape((x as Tensor).shape, [axis], false),
  dtype: "int32",
  run: (k, inputs, y, { axis }) => {
    const [x] = inputs as [Tensor];
    const inner = sizeOf(x.shape.slice(axis + 1));
    const kernel = x.dtype === "float32" ? k.argMax : k.argMaxI32;
    kernel(y.size, x.shape[axis] as number, inner, x, y);
  },
  grad: null,
});

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
export function argMax(x: TensorLike, axis = 0): Tensor {
  const given = computable("argMax", x);
  const input = given.dtype === "float32" ? given : castTo(given, "int32");
  const along = resolveAxis("argMax", axis, input.shape);
  if (input.shape[along] === 0) throw error("argMax", "the axis must have elements", `axis=${axis} for x of shape [${input.shape}]`);
  return argMaxOp([input], { axis: along });
}
