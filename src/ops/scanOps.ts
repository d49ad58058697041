/** @file The ops behind running sums and products, the recurrence that their gradients are made of, and the gradient of a product. */
import { gradientsThrough } from "../engine/grad.js";
import { type Apply, defineOp, scratchOf } from "../engine/op.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { runBinary, unbroadcast } from "./broadcast.js";
import { add, mul } from "./elementwise.js";

export interface Scan {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

// Kinds of the kernel `scan`, for float32; those of int32 are two more.
const SUM = 0;
const PROD = 1;
const I32 = 2;

/** Lines along an axis, elements of a line, and elements between neighbours on it. */
const linesOf = (x: Tensor, axis: number): [number, number, number] => {
  const rows = x.shape[axis] as number;
  return [x.size === 0 ? 0 : x.size / rows, rows, sizeOf(x.shape.slice(axis + 1))];
};

function defineScan(name: string, kind: number, grad: (dy: Tensor, x: Tensor, y: Tensor, attributes: Scan) => Tensor): Apply<Scan> {
  return defineOp<Scan>(name, {
    run: (k, [x], y, { axis, exclusive, reverse }) =>
      k.scan(...linesOf(x, axis), x.dtype === "float32" ? kind : kind + I32, Number(exclusive), Number(reverse), x, y),
    grad: (dy, [x], y, attributes) => [grad(dy, x, y, attributes)],
  });
}

/** y_r = b_q + a_q y_q with q the element before r (after it, if reverse), and 0 where there is none. */
const recurrenceOp: Apply<Omit<Scan, "exclusive">> = /* @__PURE__ */ defineOp<Omit<Scan, "exclusive">>("recurrence", {
  run: (k, [a, b], y, { axis, reverse }) => k.recurrence(...linesOf(a, axis), Number(reverse), 0, a, b, a, y),
  // What reaches b_q has come through every later y: the same recurrence in the other direction.
  grad: (dy, inputs, y, { axis, reverse }) => {
    const db = recurrenceOp([inputs[0], dy], { axis, reverse: !reverse });
    return [mul(db, y), db];
  },
});

export const cumsumOp: Apply<Scan> = /* @__PURE__ */ defineScan("cumsum", SUM, (dy, _x, _y, { axis, exclusive, reverse }) =>
  cumsumOp([dy], { axis, exclusive, reverse: !reverse }),
);

/** The gradient of x through y, its exclusive running products. */
const exclusiveGrad = (dy: Tensor, x: Tensor, y: Tensor, axis: number, reverse: boolean): Tensor => mul(y, recurrenceOp([x, dy], { axis, reverse: !reverse }));

// Without a division, so that it holds where elements are 0: dx_q = (the product of those before q) * (dy_q + sum over r > q of dy_r
// times the product of those between q and r, and x_r), where exclusive products lack dy_q and x_r.
const cumprodSlope = (x: Tensor, dy: Tensor, { axis, exclusive, reverse }: Scan): Tensor => {
  const before = cumprodOp([x], { axis, exclusive: true, reverse });
  if (exclusive) return exclusiveGrad(dy, x, before, axis, reverse);
  return mul(before, add(dy, recurrenceOp([x, mul(dy, x)], { axis, reverse: !reverse })));
};

/** That in one pass, from y, the running products, which follow from x. */
const cumprodGradOp: Apply<Scan> = /* @__PURE__ */ defineOp<Scan>("cumprodGrad", {
  run: (k, [x, dy, y], dx, { axis, exclusive, reverse }) => k.recurrence(...linesOf(x, axis), Number(!reverse), exclusive ? 1 : 2, x, dy, y, dx),
  grad: (upstream, [x, dy], _, attributes) => [...gradientsThrough((a, b) => cumprodSlope(a, b, attributes), [x, dy], upstream), null],
});

export const cumprodOp: Apply<Scan> = /* @__PURE__ */ defineScan("cumprod", PROD, (dy, x, y, attributes) => cumprodGradOp([x, dy, y], attributes));

/** dy [outer, 1, inner] times the product of the other elements of a line of x [outer, rows, inner]; y is the product of all, which follows from x. */
export const prodGradOp: Apply = /* @__PURE__ */ defineOp("prodGrad", {
  run: (k, [x, y, dy], dx) => {
    const products = scratchOf(y.shape);
    k.mul(y.size, y, dy, products, 1, 1);
    runBinary(k, "div", products, x, dx);
    const [, rows, inner] = linesOf(x, 1);
    k.prodOthers(y.size, rows, inner, x, y, dy, dx);
  },
  // The others are those before times those after.
  grad: (upstream, [x, , dy], _, __, needs) => {
    const [before, after] = [false, true].map((reverse) => cumprodOp([x], { axis: 1, exclusive: true, reverse })) as [Tensor, Tensor];
    const both = mul(upstream, dy);
    return [
      needs[0] ? add(exclusiveGrad(mul(both, after), x, before, 1, false), exclusiveGrad(mul(both, before), x, after, 1, true)) : null,
      null,
      needs[2] ? unbroadcast(mul(upstream, mul(before, after)), dy.shape) : null,
    ];
  },
});
