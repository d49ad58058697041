/** @file Layer and root-mean-square normalisation. */
import { fill } from "../engine/fill.js";
import { type Apply, defineOp, scratch } from "../engine/op.js";
import { error } from "../tensor/errors.js";
import { resolveAxes, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { add, div, mul, neg, sqrt, square, sub } from "./elementwise.js";
import { reshape, transpose } from "./movement.js";
import { mean, sum } from "./reduce.js";
import { reduceAxes, SUM } from "./reduceAxes.js";
import { columns, rows, sameAsFirst } from "./softmaxRows.js";

/** How rows are normalised: xn = (x - m) / sqrt(mean((x - m)^2) + epsilon), m the row's mean or, unless `centre`, 0. */
interface RowNorm {
  epsilon: number;
  centre: boolean;
}

/** Rows that a partial sum of `layerNormScaleGrad` takes. */
const CHUNK = 256;

/** All axes but the last. */
const rowAxes = (x: Tensor): number[] => x.shape.slice(1).map((_, i) => i);
const onesOf = (x: Tensor): Tensor => fill([columns(x)], 1);
const zerosOf = (x: Tensor): Tensor => fill([columns(x)], 0);

/** xn * scale + offset over the last axis; scale and offset have that axis alone. */
const layerNormOp: Apply<RowNorm> = /* @__PURE__ */ defineOp<RowNorm>("layerNorm", {
  shape: sameAsFirst,
  run: (k, inputs, y, { epsilon, centre }) => {
    const [x, scale, offset] = inputs as [Tensor, Tensor, Tensor];
    k.layerNorm(rows(y), columns(y), epsilon, Number(centre), x, scale, offset, y);
  },
  grad: (dy, inputs, _, attributes, needs) => {
    const [x, scale] = inputs as [Tensor, Tensor];
    return [
      needs[0] ? layerNormGradOp([x, scale, dy], attributes) : null,
      needs[1] ? layerNormScaleGradOp([x, dy], attributes) : null,
      needs[2] ? sum(dy, rowAxes(dy)) : null,
    ];
  },
  inplace: true,
});

/** dx of layerNorm from x, scale and dy. */
const layerNormGradOp: Apply<RowNorm> = /* @__PURE__ */ defineOp<RowNorm>("layerNormGrad", {
  shape: sameAsFirst,
  run: (k, inputs, dx, { epsilon, centre }) => {
    const [x, scale, dy] = inputs as [Tensor, Tensor, Tensor];
    k.layerNormGrad(rows(dx), columns(dx), epsilon, Number(centre), x, scale, dy, dx);
  },
  // dx is linear in g = dy scale, by a symmetric matrix. With s the rows' 1 / sqrt(...), and for each row
  //   f = u dx = s (u g - [mean(u) sum(g)] - (u xn) (g xn) / n),
  // the derivative of f by xn is -s / n (u (g xn) + g (u xn)), that of f by s is f / s, and that of s by x is -s^2 xn / n.
  grad: (u, inputs, dx, attributes, needs) => {
    const [x, scale, dy] = inputs as [Tensor, Tensor, Tensor];
    const w = needs[1] || needs[2] ? layerNormGradOp([x, onesOf(x), u], attributes) : null;
    return [needs[0] ? curvature(x, mul(dy, scale), u, dx, attributes) : null, w && sum(mul(w, dy), rowAxes(x)), w && mul(w, scale)];
  },
  inplace: true,
});

/** The gradient of u dx by x. */
function curvature(x: Tensor, g: Tensor, u: Tensor, dx: Tensor, attributes: RowNorm): Tensor {
  const n = columns(x);
  const normal = layerNormOp([x, onesOf(x), zerosOf(x)], attributes);
  const away = attributes.centre ? sub(x, mean(x, -1, true)) : x;
  const s = div(1 / n, sqrt(add(mean(square(away), -1, true), attributes.epsilon)));
  const along = (v: Tensor): Tensor => sum(mul(v, normal), -1, true);
  const byNormal = mul(neg(s), add(mul(u, along(g)), mul(g, along(u))));
  return sub(layerNormGradOp([x, onesOf(x), byNormal], attributes), mul(mul(normal, s), sum(mul(u, dx), -1, true)));
}

/** The sum of dy xn over rows: the gradient of scale. */
const layerNormScaleGradOp: Apply<RowNorm> = /* @__PURE__ */ defineOp<RowNorm>("layerNormScaleGrad", {
  shape: ([x]) => [columns(x as Tensor)],
  run: (k, inputs, dscale, { epsilon, centre }) => {
    const [x, dy] = inputs as [Tensor, Tensor];
    const chunks = Math.max(1, Math.ceil(rows(x) / CHUNK));
    const partial = chunks === 1 ? dscale : scratch(chunks * dscale.size * 4);
    k.layerNormScaleGrad(chunks, rows(x), columns(x), CHUNK, epsilon, Number(centre), x, dy, partial);
    if (chunks > 1) reduceAxes(k, [chunks, dscale.size], [0], partial, dscale, SUM);
  },
  grad: (u, inputs, _, attributes, needs) => {
    const [x, dy] = inputs as [Tensor, Tensor];
    return [needs[0] ? layerNormGradOp([x, u, dy], attributes) : null, needs[1] ? layerNormOp([x, u, zerosOf(x)], attributes) : null];
  },
});

/** A scale or offset as a vector over the normalised axes. */
function vector(name: string, what: string, value: TensorLike | null | undefined, otherwise: number, shape: readonly number[]): Tensor {
  const size = sizeOf(shape);
  if (value === null || value === undefined) return fill([size], otherwise);
  const given = castTo(toTensor(name, what, value), "float32");
  if (given.size !== size) throw error(name, `${what} must have the normalised axes' shape [${shape}]`, `shape [${given.shape}]`);
  return reshape(given, [size]);
}

function normalizeAxes(
  name: string,
  x: TensorLike,
  axis: number | readonly number[],
  scale: TensorLike | null | undefined,
  offset: TensorLike | null | undefined,
  attributes: RowNorm,
): Tensor {
  const input = castTo(toTensor(name, "x", x), "float32");
  const axes = resolveAxes(name, axis, input.shape);
  if (axes.length === 0) throw error(name, "expected an axis to normalise", `axis=[${axis}] for x of shape [${input.shape}]`);
  const sizes = axes.map((i) => input.shape[i] as number);
  const parameters = [vector(name, "scale", scale, 1, sizes), vector(name, "offset", offset, 0, sizes)];
  const kept = input.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const perm = [...kept, ...axes];
  // Axes of size 1 are anywhere.
  const isLast = perm.filter((i) => input.shape[i] !== 1).every((i, at, order) => at === 0 || i > (order[at - 1] as number));
  const arranged = isLast ? input : transpose(input, perm);
  const y = layerNormOp([reshape(arranged, [...kept.map((i) => input.shape[i] as number), sizeOf(sizes)]), ...parameters], attributes);
  const full = reshape(y, arranged.shape);
  return isLast
    ? full
    : transpose(
        full,
        perm.map((_, i) => perm.indexOf(i)),
      );
}

/**
 * Layer normalisation: (x - mean) / sqrt(variance + epsilon) * scale + offset, with mean and variance over `axis` (Ba et al. 2016).
 * @param axis one or more axes; the last by default
 * @param scale of the normalised axes' shape; 1 when not given
 * @param offset of the normalised axes' shape; 0 when not given
 * @throws when an axis does not exist, or the shapes do not fit
 * @example
 * ```ts
 * import { layerNorm } from "engram";
 * assert.deepEqual(layerNorm([[1, 3], [20, 10]], -1, null, null, 0).arraySync(), [[-1, 1], [1, -1]]);
 * ```
 */
export const layerNorm = (
  x: TensorLike,
  axis: number | readonly number[] = -1,
  scale?: TensorLike | null,
  offset?: TensorLike | null,
  epsilon = 1e-3,
): Tensor => normalizeAxes("layerNorm", x, axis, scale, offset, { epsilon, centre: true });

/**
 * Root-mean-square normalisation: x / sqrt(mean(x^2) + epsilon) * scale, with the mean over `axis` (Zhang and Sennrich 2019).
 * @param axis one or more axes; the last by default
 * @param scale of the normalised axes' shape; 1 when not given
 * @throws when an axis does not exist, or the shapes do not fit
 * @example
 * ```ts
 * import { rmsNorm } from "engram";
 * assert.deepEqual(rmsNorm([[3, 3], [0, 0]], -1, null, 7).arraySync(), [[0.75, 0.75], [0, 0]]);
 * ```
 */
export const rmsNorm = (x: TensorLike, axis: number | readonly number[] = -1, scale?: TensorLike | null, epsilon = 1e-6): Tensor =>
  normalizeAxes("rmsNorm", x, axis, scale, null, { epsilon, centre: false });
