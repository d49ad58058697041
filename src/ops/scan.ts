/** @file Running sums and products along an axis. */
import { type Apply, defineOp } from "../engine/op.js";
import { resolveAxis, type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add, mul } from "./elementwise.js";

interface Scan {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

// Kinds of the kernel `scan`, for float32; those of int32 are two more.
const SUM = 0;
const PROD = 1;
const I32 = 2;

const sameAsFirst = ([x]: readonly Tensor[]): Shape => (x as Tensor).shape;
/** Lines along an axis, elements of a line, and elements between neighbours on it. */
const linesOf = (x: Tensor, axis: number): [number, number, number] => {
  const rows = x.shape[axis] as number;
  return [x.size === 0 ? 0 : x.size / rows, rows, sizeOf(x.shape.slice(axis + 1))];
};

function defineScan(name: string, kind: number, grad: (dy: Tensor, x: Tensor, y: Tensor, attributes: Scan) => Tensor): Apply<Scan> {
  return defineOp<Scan>(name, {
    shape: sameAsFirst,
    run: (k, inputs, y, { axis, exclusive, reverse }) => {
      const [x] = inputs as [Tensor];
      k.scan(...linesOf(x, axis), x.dtype === "float32" ? kind : kind + I32, Number(exclusive), Number(reverse), x, y);
    },
    grad: (dy, [x], y, attributes) => [grad(dy, x as Tensor, y, attributes)],
  });
}

/** y_r = b_q + a_q y_q with q the element before r (after it, if reverse), and 0 where there is none. */
const recurrenceOp: Apply<Omit<Scan, "exclusive">> = /* @__PURE__ */ defineOp<Omit<Scan, "exclusive">>("recurrence", {
  shape: sameAsFirst,
  run: (k, inputs, y, { axis, reverse }) => {
    const [a, b] = inputs as [Tensor, Tensor];
    k.recurrence(...linesOf(a, axis), Number(reverse), a, b, y);
  },
  // What reaches b_q has come through every later y: the same recurrence in the other direction.
  grad: (dy, inputs, y, { axis, reverse }) => {
    const db = recurrenceOp([inputs[0] as Tensor, dy], { axis, reverse: !reverse });
    return [mul(db, y), db];
  },
});

const cumsumOp: Apply<Scan> = /* @__PURE__ */ defineScan("cumsum", SUM, (dy, _x, _y, { axis, exclusive, reverse }) =>
  cumsumOp([dy], { axis, exclusive, reverse: !reverse }),
);

// Without a division, so that it holds where elements are 0: dx_q = (the product of those before q) * (dy_q + sum over r > q of dy_r
// times the product of those between q and r, and x_r), where exclusive products lack dy_q and x_r.
const cumprodOp: Apply<Scan> = /* @__PURE__ */ defineScan("cumprod", PROD, (dy, x, y, { axis, exclusive, reverse }) => {
  if (exclusive) return mul(y, recurrenceOp([x, dy], { axis, reverse: !reverse }));
  const later = recurrenceOp([x, mul(dy, x)], { axis, reverse: !reverse });
  return mul(cumprodOp([x], { axis, exclusive: true, reverse }), add(dy, later));
});

function scanOf(name: string, op: Apply<Scan>, x: TensorLike, axis: number, exclusive: boolean, reverse: boolean): Tensor {
  const input = toTensor(name, "x", x);
  return op([castTo(input, input.dtype === "float32" ? "float32" : "int32")], { axis: resolveAxis(name, axis, input.shape), exclusive, reverse });
}

/**
 * Running sums along an axis: y_r = x_0 + ... + x_r.
 * @param exclusive leaves out x_r itself
 * @param reverse sums from the end
 * @returns float32, or int32 for int32 and bool
 * @throws when the axis does not exist
 * @example
 * ```ts
 * import { cumsum } from "engram";
 * assert.deepEqual(cumsum([1, 2, 3]).arraySync(), [1, 3, 6]);
 * assert.deepEqual(cumsum([1, 2, 3], 0, true, true).arraySync(), [5, 3, 0]);
 * ```
 */
export function cumsum(x: TensorLike, axis = 0, exclusive = false, reverse = false): Tensor {
  return scanOf("cumsum", cumsumOp, x, axis, exclusive, reverse);
}

/**
 * Running products along an axis: y_r = x_0 * ... * x_r. The gradient is right where elements are 0.
 * @param exclusive leaves out x_r itself
 * @param reverse multiplies from the end
 * @returns float32, or int32 for int32 and bool
 * @throws when the axis does not exist
 */
export function cumprod(x: TensorLike, axis = 0, exclusive = false, reverse = false): Tensor {
  return scanOf("cumprod", cumprodOp, x, axis, exclusive, reverse);
}
