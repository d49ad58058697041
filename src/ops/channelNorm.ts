/** @file Normalisation by vectors along the last axis: what the forms of batch normalisation share. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { add, mul, neg, sub } from "./elementwise.js";
import { reshape } from "./movement.js";
import { mean, sum } from "./reduce.js";
import { columns, rows, sameAsFirst } from "./softmaxRows.js";
import { productsOp } from "./squares.js";

/** (x - average) * factor + offset; `own` says that the average is x's, so that what x moves moves it too. */
const channelNormOp: Apply<{ own: boolean }> = /* @__PURE__ */ defineOp<{ own: boolean }>("channelNorm", {
  shape: sameAsFirst,
  run: (k, inputs, y) => {
    const [x, average, factor, offset] = inputs as [Tensor, Tensor, Tensor, Tensor];
    k.channelNorm(rows(y), columns(y), x, average, factor, offset, y);
  },
  grad: (dy, inputs, _, { own }, needs) => {
    const [x, average, factor] = inputs as [Tensor, Tensor, Tensor, Tensor];
    const axes = x.shape.slice(1).map((_, i) => i);
    const total = needs[3] || (needs[1] && !own) ? sum(dy, axes) : null;
    const dx = (): Tensor => (own ? channelNormOp([dy, mean(dy, axes), factor, fill(factor.shape, 0)], { own }) : mul(dy, factor));
    return [
      needs[0] ? dx() : null,
      own ? null : total && neg(mul(total, factor)),
      needs[2] ? productsOp([x, dy, average], { axes, keepDims: false }) : null,
      total,
    ];
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
