/** @file Choice between two operands by a condition. */
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement, upcastType } from "../tensor/dtype.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { unbroadcast, walkRows } from "./broadcast.js";
import { castTo, toBool } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";

// The condition comes last, so that the result may take a's memory.
const whereOp: Apply = /* @__PURE__ */ defineOp("where", {
  shape: ([a, b, condition]) => {
    const [p, q, c] = [a, b, condition].map((x) => x.shape) as [number[], number[], number[]];
    return broadcastShapes("where", broadcastShapes("where", p, q), c);
  },
  run: (k, inputs, y) => {
    const [a, b, c] = inputs as [Tensor, Tensor, Tensor];
    const { size } = y;
    const bytes = bytesPerElement(y.dtype);
    if (size === 0) return;
    const step = (x: Tensor): number => Number(x.size === size);
    if (inputs.every((x) => x.size === size || x.size === 1)) return k.where(size, bytes, c, step(c), a, step(a), b, step(b), y);
    walkRows([c, a, b], y, ([d0, d1, d2, inner], [r, p, q], to) => {
      const [c0, c1, c2, cStep] = r.strides;
      const [a0, a1, a2, aStep] = p.strides;
      const [b0, b1, b2, bStep] = q.strides;
      k.whereRows(d0 * d1 * d2, bytes, d1, d2, inner, r.ref, c0, c1, c2, cStep, p.ref, a0, a1, a2, aStep, q.ref, b0, b1, b2, bStep, to);
    });
  },
  // Chosen, not multiplied by 0 or 1: a NaN on the way to the branch that is not taken stays there.
  grad: (dy, [a, b, condition], _, __, needs) => {
    return [needs[0] ? unbroadcast(where(condition, dy, 0), a.shape) : null, needs[1] ? unbroadcast(where(condition, 0, dy), b.shape) : null, null];
  },
  inplace: true,
});

/**
 * a where the condition holds, else b; all three broadcast to one shape.
 * @param condition bool; of other types what is not 0 holds
 * @param a float32, int32 or bool; the result has the common type of a and b
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { where } from "engram";
 * assert.deepEqual(where([true, false, true], [1, 2, 3], -1).arraySync(), [1, -1, 3]);
 * ```
 */
export function where(condition: TensorLike, a: TensorLike, b: TensorLike): Tensor {
  const c = toBool("where", "condition", condition);
  const x = toTensor("where", "a", a);
  const y = toTensor("where", "b", b);
  const dtype = upcastType("where", x.dtype, y.dtype);
  return whereOp([castTo(x, dtype), castTo(y, dtype), c]);
}
