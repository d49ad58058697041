/** @file Normalisation of rows, and its gradients: what layer and root-mean-square normalisation and l2Normalize share. */
import { fill } from "../engine/fill.js";
import { type Apply, alias, defineOp, type Op, recordNode } from "../engine/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { greaterEqual } from "./compare.js";
import { add, div, maximum, mul, neg, sqrt, square, sub } from "./elementwise.js";
import { reshape } from "./movement.js";
import { mean, sum } from "./reduce.js";
import { axisSize } from "./reduceAxes.js";
import { columns, rows } from "./softmaxRows.js";
import { putWindow, takeWindow } from "./window.js";

/** What a row is divided by: the root of its mean square, its deviation from its mean, which is taken off first, or its length. */
export const MEAN_SQUARE = 0;
export const DEVIATION = 1;
const LENGTH = 2;

/**
 * How rows are normalised: xn = (x - m) s. By kind, s is 1 / sqrt(mean((x - m)^2) + epsilon), with m the row's mean or 0, or
 * 1 / sqrt(max(sum(x^2), epsilon)).
 */
export interface RowNorm {
  epsilon: number;
  kind: number;
}

/** The gradient with those of the parameters after its rows, or without. */
interface RowNormGrad extends RowNorm {
  parameters: boolean;
}

/** Rows that a partial sum of the parameters' gradients takes. */
const CHUNK = 128;

/** All axes but the last. */
const rowAxes = (x: Tensor): number[] => x.shape.slice(1).map((_, i) => i);
const onesOf = (x: Tensor): Tensor => fill([columns(x)], 1);
const zerosOf = (x: Tensor): Tensor => fill([columns(x)], 0);
const chunksOf = (x: Tensor): number => Math.ceil(rows(x) / CHUNK);

/** xn * scale, for DEVIATION + offset, over the last axis; scale and offset have that axis alone. */
export const layerNormOp: Apply<RowNorm> = /* @__PURE__ */ defineOp<RowNorm>("layerNorm", {
  run: (k, [x, scale, offset], y, { epsilon, kind }) => k.layerNorm(rows(y), columns(y), epsilon, kind, x, scale, offset, y),
  grad: (dy, [x, scale], _, attributes, needs) => {
    const parameters = Boolean(needs[1] || needs[2]);
    const all = layerNormGradOp([x, scale, dy], { ...attributes, parameters });
    if (!parameters) return [all, null, null];
    const part = [1, columns(x)];
    const sums = sum(reshape(takeWindow(all, [2 * chunksOf(x), columns(x)], { begin: [rows(x), 0] }), [chunksOf(x), 2, columns(x)]), 0);
    const row = (i: number): Tensor | null => (needs[i + 1] ? reshape(takeWindow(sums, part, { begin: [i, 0] }), [columns(x)]) : null);
    return [firstRows(all, x), row(0), row(1)];
  },
  inplace: true,
});

const firstRowsOp: Op = {
  name: "firstRows",
  grad: (dy, inputs) => {
    const { shape } = inputs[0];
    return [putWindow(reshape(dy, [rows(dy), columns(dy)]), shape, { begin: [0, 0] })];
  },
  inplace: false,
};

/** The first of a matrix's elements, of the shape of `like`, without a copy. */
const firstRows = (x: Tensor, like: Tensor): Tensor => recordNode(firstRowsOp, [x], alias(x, [...like.shape], "firstRows"));

/**
 * dx of layerNorm from x, scale and dy. With `parameters` its rows, and after them for each chunk of rows the sums of dy xn and, for DEVIATION, of dy: what the
 * gradients of scale and offset are sums of.
 */
const layerNormGradOp: Apply<RowNormGrad> = /* @__PURE__ */ defineOp<RowNormGrad>("layerNormGrad", {
  shape: ([x], { parameters }) => (parameters ? [rows(x) + 2 * chunksOf(x), columns(x)] : x.shape),
  run: (k, [x, scale, dy], dx, { epsilon, kind, parameters }) => {
    const chunks = chunksOf(x);
    k.layerNormGrad(chunks, rows(x), columns(x), CHUNK, parameters ? chunks : 0, epsilon, kind, x, scale, dy, dx);
  },
  // dx is linear in g = dy scale, by a symmetric matrix; the sums are linear in dy.
  grad: (u, [x, scale, dy], all, { epsilon, kind, parameters }, needs) => {
    const attributes = { epsilon, kind, parameters: false };
    const ones = onesOf(x);
    const upstream = parameters ? firstRows(u, x) : u;
    const w = needs[1] || needs[2] ? layerNormGradOp([x, ones, upstream], attributes) : null;
    let dx = needs[0] ? curvature(x, mul(dy, scale), upstream, parameters ? firstRows(all, x) : all, attributes) : null;
    let ddy = w && mul(w, scale);
    // The chunks' sums are only ever added up, so what comes back to them is the same for all: that of the first.
    if (parameters && x.size > 0) {
      const [byScale, byOffset] = [0, 1].map((i) => reshape(takeWindow(u, [1, columns(x)], { begin: [rows(x) + i, 0] }), scale.shape)) as [Tensor, Tensor];
      dx = dx && add(dx, layerNormGradOp([x, byScale, dy], attributes));
      ddy = ddy && add(ddy, layerNormOp([x, byScale, byOffset], attributes));
    }
    return [dx, w && sum(mul(w, dy), rowAxes(x)), ddy];
  },
  inplace: true,
});

/**
 * The gradient of u dx by x. With f = u dx = s (u g - [mean(u) sum(g)] - (u xn) (g xn) / n) for each row, n = 1 for lengths, the derivative of f by
 * xn is -s / n (u (g xn) + g (u xn)), that of f by s is f / s, and that of s by x is -s^2 xn / n, or all 0 at a length that is epsilon's.
 */
function curvature(x: Tensor, g: Tensor, u: Tensor, dx: Tensor, attributes: RowNormGrad): Tensor {
  const { kind, epsilon } = attributes;
  let normal = layerNormOp([x, onesOf(x), zerosOf(x)], attributes);
  const isLength = kind === LENGTH;
  const total = (isLength ? sum : mean)(square(kind === DEVIATION ? sub(x, mean(x, -1, true)) : x), -1, true);
  const s = div(isLength ? 1 : 1 / columns(x), sqrt((isLength ? maximum : add)(total, epsilon)));
  if (isLength) normal = mul(normal, castTo(greaterEqual(total, epsilon), "float32"));
  const along = (v: Tensor): Tensor => sum(mul(v, normal), -1, true);
  const byNormal = mul(neg(s), add(mul(u, along(g)), mul(g, along(u))));
  return sub(layerNormGradOp([x, onesOf(x), byNormal], attributes), mul(mul(normal, s), sum(mul(u, dx), -1, true)));
}

/** Whether a permutation moves nothing; axes of size 1 may be anywhere. */
export const isInOrder = (perm: readonly number[], shape: readonly number[]): boolean =>
  perm.filter((i) => shape[i] !== 1).every((i, at, order) => at === 0 || i > (order[at - 1] as number));

/** Longer rows are summed in chunks elsewhere. */
const LONGEST = 8192;

/** x over its length along axes, at least the root of epsilon; null unless these are x's last and not long. */
export function unitRows(x: Tensor, axes: readonly number[], epsilon: number): Tensor | null {
  const { shape } = x;
  const size = axisSize(x, axes);
  if (size > LONGEST || !isInOrder([...shape.flatMap((_, i) => (axes.includes(i) ? [] : [i])), ...axes], shape)) return null;
  const matrix = reshape(x, [size === 0 ? 0 : x.size / size, size]);
  return reshape(layerNormOp([matrix, onesOf(matrix), zerosOf(matrix)], { epsilon, kind: LENGTH }), shape);
}
