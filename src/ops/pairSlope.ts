/** @file Slopes of functions of two tensors, times what comes from above, in one pass. */
import { fill } from "../engine/fill.js";
import { type Apply, defineEffect, defineOp, type Op, recordNode, unwritten } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { unbroadcast, walkRows } from "./broadcast.js";
import { mul } from "./elementwise.js";

/** A function of assembly/kernels/slopes.ts, by its number there, and its factor. */
interface PairSlope {
  kind: number;
  factor: number;
}

const zero = (): Tensor => fill([], 0);

/** dy, a and b. */
type Three = readonly [Tensor, Tensor, Tensor];

/** A function of dy, a and b, linear in dy, whose shape a and b broadcast to. */
const pairSlope: Apply<PairSlope> = /* @__PURE__ */ defineOp<PairSlope>("pairSlope", {
  run: (k, [dy, a, b], dx, { kind, factor }) => {
    if (dx.size === 0) return;
    walkRows([a, b, dy], dx, ([d0, d1, d2, inner], [p, q, upstream], to) => {
      const [a0, a1, a2, aStep] = p.strides;
      const [b0, b1, b2, bStep] = q.strides;
      k.pairSlope(d0 * d1 * d2 * inner, kind, factor, d1, d2, inner, p.ref, a0, a1, a2, aStep, q.ref, b0, b1, b2, bStep, upstream.ref, to);
    });
  },
  grad: slopeGrad,
  inplace: true,
});

function slopeGrad(upstream: Tensor, [dy, a, b]: readonly Tensor[], _: Tensor, slope: PairSlope, needs: readonly boolean[]): (Tensor | null)[] {
  const { kind, factor } = slope;
  if (kind === 8) return [upstream, unbroadcast(upstream, a.shape), unbroadcast(upstream, b.shape)];
  if (kind === 6) return [null, null, unbroadcast(whereSame(upstream, dy, a), b.shape)];
  if (kind === 7) return [mul(upstream, 1 - factor), needs[1] ? unbroadcast(mul(upstream, factor), a.shape) : null, null];
  const byDy = needs[0] ? pairSlope([upstream, a, b], slope) : null;
  const product = (scale: number, { shape }: Tensor): Tensor => unbroadcast(scaledProduct(scale, upstream, dy), shape);
  const below = ({ shape }: Tensor): Tensor => unbroadcast(whereAtLeast(mul(upstream, dy), zero(), a), shape);
  const byA = !needs[1] ? null : kind === 3 ? product(factor, a) : kind === 5 ? below(a) : null;
  const byB = !needs[2] ? null : kind === 3 ? product(-factor, b) : kind === 4 ? below(b) : null;
  return [byDy, byA, byB];
}

const slopesEffect = /* @__PURE__ */ defineEffect("pairSlopes", (k, [dy, a, b, da, db], { kind }: { kind: number }) =>
  k.pairSlopes(dy.size, kind, a, b, dy, da, db),
);
const slopeNode: Op = { name: "pairSlope", grad: slopeGrad as Op["grad"], inplace: false };

/** Both slopes of a function of two tensors, of which `kind` is the number in the kernel: from one reading where both are needed and nothing is broadcast. */
function bothSlopes(kind: number, needs: readonly boolean[], byA: Three, slopeA: PairSlope, byB: Three, slopeB: PairSlope): [Tensor | null, Tensor | null] {
  const [dy, a, b] = byA;
  if (!needs[0] || !needs[1] || a.size !== dy.size || b.size !== dy.size)
    return [needs[0] ? pairSlope(byA, slopeA) : null, needs[1] ? pairSlope(byB, slopeB) : null];
  const da = unwritten(dy.shape, "pairSlopes");
  const db = unwritten(dy.shape, "pairSlopes");
  slopesEffect([dy, a, b, da, db], { kind });
  return [recordNode(slopeNode, byA, da, slopeA), recordNode(slopeNode, byB, db, slopeB)];
}

/** dy where a >= b, else 0. */
export const whereAtLeast = (dy: Tensor, a: Tensor, b: Tensor): Tensor => pairSlope([dy, a, b], { kind: 0, factor: 0 });
/** dy where a = b, else 0. */
export const whereSame = (dy: Tensor, a: Tensor, b: Tensor): Tensor => pairSlope([dy, a, b], { kind: 2, factor: 0 });
/** dy where x = y, else 0; y and dy broadcast to x's shape. */
export const whereChosen = (dy: Tensor, x: Tensor, y: Tensor): Tensor => pairSlope([x, y, dy], { kind: 6, factor: 0 });
/** v + share (x - v); x broadcasts to v's shape. */
export const movedTowards = (share: number, v: Tensor, x: Tensor): Tensor => pairSlope([v, x, zero()], { kind: 7, factor: share });
/** x + a + b, of one shape. */
export const addThree = (x: Tensor, a: Tensor, b: Tensor): Tensor => pairSlope([x, a, b], { kind: 8, factor: 0 });
/** factor (a - b) dy */
export const scaledDifference = (factor: number, a: Tensor, b: Tensor, dy: Tensor): Tensor => pairSlope([dy, a, b], { kind: 3, factor });
/** factor a b, for a of b's shape. */
export const scaledProduct = (factor: number, a: Tensor, b: Tensor): Tensor => scaledDifference(factor, a, zero(), b);

/** dy where a >= b, and dy where a < b, else 0. */
export const slopesOfGreater = (dy: Tensor, a: Tensor, b: Tensor, needs: readonly boolean[]): [Tensor | null, Tensor | null] =>
  bothSlopes(0, needs, [dy, a, b], { kind: 0, factor: 0 }, [dy, b, a], { kind: 1, factor: 0 });
/** dy where x > 0, else alpha dy; and 0 where x > 0, else x dy. */
export const slopesOfPrelu = (dy: Tensor, x: Tensor, alpha: Tensor, needs: readonly boolean[]): [Tensor | null, Tensor | null] =>
  bothSlopes(1, needs, [dy, x, alpha], { kind: 4, factor: 0 }, [dy, x, zero()], { kind: 5, factor: 0 });
