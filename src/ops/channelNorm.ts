/** @file Normalisation by vectors along the last axis: what the forms of batch and group normalisation share. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { add, mul, neg, sub } from "./elementwise.js";
import { reshape } from "./movement.js";
import { mean, sum } from "./reduce.js";
import { columns, rows, sameAsFirst } from "./softmaxRows.js";
import { productsOp } from "./squares.js";

/** Rows of x that a vector of the parameters is for. */
const rowsOfEach = (x: Tensor, parameter: Tensor): number => (x.size === 0 ? 1 : x.size / parameter.size);

/**
 * (x - average) * factor + offset. The parameters have as many columns as x, and a row for each of as many groups of x's rows; `own` says that
 * the average is x's, so that what x moves moves it too.
 */
const channelNormOp: Apply<{ own: boolean }> = /* @__PURE__ */ defineOp<{ own: boolean }>("channelNorm", {
  shape: sameAsFirst,
  run: (k, inputs, y) => {
    const [x, average, factor, offset] = inputs as [Tensor, Tensor, Tensor, Tensor];
    k.channelNorm(rows(y), columns(y), rowsOfEach(x, average), x, average, factor, offset, y);
  },
  grad: (dy, inputs, _, { own }, needs) => {
    const [x, average, factor] = inputs as [Tensor, Tensor, Tensor, Tensor];
    const { shape } = factor;
    const groups = (t: Tensor): Tensor => reshape(t, [rows(factor), t === average ? 1 : rowsOfEach(x, factor), columns(x)]);
    const slopes = groups(dy);
    const total = needs[3] || (needs[1] && !own) ? reshape(sum(slopes, 1), shape) : null;
    const zeros = fill(shape, 0);
    const dx = (): Tensor => channelNormOp([dy, own ? reshape(mean(slopes, 1), shape) : zeros, factor, zeros], { own });
    const dFactor = (): Tensor => reshape(productsOp([groups(x), slopes, groups(average)], { axes: [1], keepDims: false }), shape);
    return [needs[0] ? dx() : null, own ? null : total && neg(mul(total, factor)), needs[2] ? dFactor() : null, total];
  },
  inplace: true,
});

/** The same of any shapes that broadcast to x's; the offset is 0 when not given. */
export function channelNorm(x: Tensor, average: Tensor, factor: Tensor, offset: Tensor | null, own: boolean): Tensor {
  const channels = columns(x);
  const parameters = [average, factor, offset ?? fill(average.shape, 0)];
  if (x.rank > 0 && parameters.every((p) => p.size === channels && columns(p) === channels))
    return channelNormOp([x, ...parameters.map((p) => reshape(p, [channels]))], { own });
  const y = mul(sub(x, average), factor);
  return offset === null ? y : add(y, offset);
}

/** The same for x [samples, ..., channels] by parameters of each sample's channels, of one shape. */
export const sampleNorm = (x: Tensor, average: Tensor, factor: Tensor, offset: Tensor): Tensor => channelNormOp([x, average, factor, offset], { own: false });
