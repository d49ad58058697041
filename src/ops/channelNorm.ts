/** @file Normalisation by vectors along the last axis: what the forms of batch and group normalisation share. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import { add, mul, neg, sub } from "./elementwise.js";
import { broadcastTo, reshape } from "./movement.js";
import { mean, sum } from "./reduce.js";
import { columns, rows } from "./softmaxRows.js";
import { productsOp } from "./squares.js";

/** Rows of x that a vector of the parameters is for. */
const rowsOfEach = (x: Tensor, parameter: Tensor): number => (x.size === 0 ? 1 : x.size / parameter.size);
/** Rows of each group, by groups. */
const groups = (t: Tensor, parameter: Tensor): Tensor => reshape(t, [rows(parameter), parameter.size === 0 ? 1 : t.size / parameter.size, columns(parameter)]);
/** The sum over the rows of each group, and of the product with z. */
const total = (dy: Tensor, parameter: Tensor): Tensor => reshape(sum(groups(dy, parameter), 1), parameter.shape);
const products = (z: Tensor, dy: Tensor, parameter: Tensor, ...center: Tensor[]): Tensor =>
  reshape(
    productsOp(
      [z, dy, ...center].map((t) => groups(t, parameter)),
      { axes: [1], keepDims: false },
    ),
    parameter.shape,
  );

const run = (k: CoreKernels, [x, average, factor, offset, z = x, slope = factor]: readonly Tensor[], y: Tensor): void =>
  k.channelNorm(rows(y), columns(y), rowsOfEach(x, average), x, average, factor, offset, z, slope, y);

/**
 * (x - average) * factor + offset, and + z * slope where they are given. The parameters have as many columns as x, and a row for each of as many
 * groups of x's rows.
 */
const channelNormOp: Apply = /* @__PURE__ */ defineOp("channelNorm", {
  run,
  grad: (dy, [x, average, factor, , z, slope], _, __, needs) => {
    const sums = needs[1] || needs[3] ? total(dy, factor) : null;
    const zeros = fill(factor.shape, 0);
    const scaled = (by: Tensor): Tensor => channelNormOp([dy, zeros, by, zeros]);
    return [
      needs[0] ? scaled(factor) : null,
      needs[1] ? sums && neg(mul(sums, factor)) : null,
      needs[2] ? products(x, dy, factor, average) : null,
      sums,
      slope && needs[4] ? scaled(slope) : null,
      z && needs[5] ? products(z, dy, factor) : null,
    ];
  },
  inplace: true,
});

/**
 * The same where average and deviation are those of x, over the rows of each group and `width` columns. Inputs are x, average, the factor s * scale,
 * offset, s = 1 / deviation, and scale. What x moves through average, s and factor is in its gradient, with g = dy scale
 *   s (g - mean(g)) - (x - average) s^3 mean(g (x - average)),
 * and they have none.
 */
const ownNormOp: Apply<{ width: number }> = /* @__PURE__ */ defineOp<{ width: number }>("ownNorm", {
  run: (k, inputs, y) => run(k, inputs.slice(0, 4), y),
  grad: (dy, [x, average, factor, , s, scale], _, { width }) => {
    const { shape } = s;
    const sums = total(dy, s);
    const weighted = products(x, dy, s, average);
    const averaged = (t: Tensor): Tensor => {
      const each = mul(mul(t, scale), -1 / rowsOfEach(x, s));
      if (width === 1) return each;
      const split = [s.size / width, width];
      return reshape(broadcastTo(mean(reshape(each, split), -1, true), split), shape);
    };
    const slope = mul(averaged(weighted), mul(s, mul(s, s)));
    return [channelNormOp([x, average, slope, mul(averaged(sums), s), dy, factor]), null, null, sums, null, mul(weighted, s)];
  },
  inplace: true,
});

/** Whether parameters are vectors along x's last axis. */
const areColumns = (x: Tensor, parameters: readonly Tensor[]): boolean =>
  x.rank > 0 && parameters.every((p) => p.size === columns(x) && columns(p) === columns(x));

/** (x - average) * factor + offset for shapes that broadcast to x's; the offset is 0 when not given. */
export function channelNorm(x: Tensor, average: Tensor, factor: Tensor, offset: Tensor | null): Tensor {
  const parameters = [average, factor, offset ?? fill(average.shape, 0)];
  if (areColumns(x, parameters)) return channelNormOp([x, ...parameters.map((p) => reshape(p, [p.size]))]);
  const y = mul(sub(x, average), factor);
  return offset === null ? y : add(y, offset);
}

/**
 * (x - average) * s * scale + offset by x's own average and s = 1 / deviation, which have x's last axis, over `width` columns; scale and offset
 * broadcast to their shape.
 */
export function ownNorm(x: Tensor, average: Tensor, s: Tensor, scale: Tensor | null, offset: Tensor | null, width = 1): Tensor {
  const { shape } = s;
  const [factor, shift] = [scale ?? fill(shape, 1), offset ?? fill(shape, 0)].map((p) => broadcastTo(p, shape)) as [Tensor, Tensor];
  return ownNormOp([x, average, scale === null ? s : mul(s, factor), shift, s, factor], { width });
}
