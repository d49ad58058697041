/** @file Ops that put several tensors together: concat, stack. */
import { upcastType } from "../tensor/dtype.js";
import { describe, error } from "../tensor/errors.js";
import { resolveAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { expandDims } from "./movement.js";
import { concatOp } from "./window.js";

/** A list of tensors in one dtype: the lowest that holds them all. */
function together(op: string, tensors: readonly TensorLike[]): Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) throw error(op, "expected a list of one tensor or more", describe(tensors));
  const list = tensors.map((x, i) => toTensor(op, `tensors[${i}]`, x));
  const dtype = list.map((x) => x.dtype).reduce((a, b) => (a === b ? a : upcastType(op, a, b)));
  return list.map((x) => castTo(x, dtype));
}

/** Tensors whose shapes are equal but for an axis, one after another along it. */
function joined(list: readonly Tensor[], axis: number): Tensor {
  const { shape } = list[0];
  const begin = shape.map(() => 0);
  let length = 0;
  const moves = list.map(({ shape: size }, input) => {
    const to = { begin: begin.with(axis, length) };
    length += size[axis] as number;
    return { input, size, to };
  });
  return concatOp(list, { shape: shape.with(axis, length), moves });
}

/**
 * Tensors one after another along an axis. Types promote: bool < int32 < float32.
 * @throws when their other sizes differ
 * @example
 * ```ts
 * import { concat } from "engram";
 * assert.deepEqual(concat([[[1], [2]], [[3], [4]]], 1).arraySync(), [[1, 3], [2, 4]]);
 * ```
 */
export function concat(tensors: readonly TensorLike[], axis = 0): Tensor {
  const list = together("concat", tensors);
  const { shape } = list[0];
  const along = resolveAxis("concat", axis, shape);
  for (const x of list) {
    if (x.rank !== shape.length || x.shape.some((size, i) => i !== along && size !== shape[i]))
      throw error("concat", `shapes must be equal but for axis ${along}`, `[${shape}] and [${x.shape}]`);
  }
  return joined(list, along);
}

/**
 * Tensors of one shape along a new axis. Types promote: bool < int32 < float32.
 * @param axis of the result
 * @throws when their shapes differ
 * @example
 * ```ts
 * import { stack } from "engram";
 * assert.deepEqual(stack([[1, 2], [3, 4]], 1).arraySync(), [[1, 3], [2, 4]]);
 * ```
 */
export function stack(tensors: readonly TensorLike[], axis = 0): Tensor {
  const list = together("stack", tensors);
  const { shape } = list[0];
  const along = resolveAxis("stack", axis, [...shape, 1]);
  const other = list.find((x) => x.rank !== shape.length || x.shape.some((size, i) => size !== shape[i]));
  if (other) throw error("stack", "shapes must be equal", `[${shape}] and [${other.shape}]`);
  return joined(
    list.map((x) => expandDims(x, along)),
    along,
  );
}
