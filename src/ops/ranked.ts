/** @file slice, pad, reverse, concat and batchNorm for tensors of a fixed number of axes, under TensorFlow.js's names. */
import type { Tensor } from "../tensor/tensor.js";
import { batchNorm } from "./batchNorm.js";
import { ofRank, type TensorLike } from "./convert.js";
import { concat } from "./join.js";
import { pad } from "./pad.js";
import { reverse, slice } from "./slices.js";

type Positions = number | readonly number[];
type Pair = readonly [before: number, after: number];

/** `f` for tensors of so many axes. */
const ranked =
  <Rest extends unknown[]>(name: string, rank: number, f: (x: Tensor, ...rest: Rest) => Tensor): ((x: TensorLike, ...rest: Rest) => Tensor) =>
  (x, ...rest) =>
    f(ofRank(name, "x", x, rank), ...rest);

/** `slice` of a tensor of one axis. */
export const slice1d: (x: TensorLike, begin: number, size: number) => Tensor = /* @__PURE__ */ ranked("slice1d", 1, slice);
/** `slice` of a tensor of two axes. */
export const slice2d: (x: TensorLike, begin: Positions, size: Positions) => Tensor = /* @__PURE__ */ ranked("slice2d", 2, slice);
/** `slice` of a tensor of three axes. */
export const slice3d: (x: TensorLike, begin: Positions, size: Positions) => Tensor = /* @__PURE__ */ ranked("slice3d", 3, slice);
/** `slice` of a tensor of four axes. */
export const slice4d: (x: TensorLike, begin: Positions, size: Positions) => Tensor = /* @__PURE__ */ ranked("slice4d", 4, slice);

/** `pad` of a tensor of one axis; paddings are [before, after]. */
export const pad1d = (x: TensorLike, paddings: Pair, constantValue?: number): Tensor => pad(ofRank("pad1d", "x", x, 1), [paddings], constantValue);
/** `pad` of a tensor of two axes. */
export const pad2d = /* @__PURE__ */ ranked("pad2d", 2, pad);
/** `pad` of a tensor of three axes. */
export const pad3d = /* @__PURE__ */ ranked("pad3d", 3, pad);
/** `pad` of a tensor of four axes. */
export const pad4d = /* @__PURE__ */ ranked("pad4d", 4, pad);

/** `reverse` of a tensor of one axis. */
export const reverse1d = (x: TensorLike): Tensor => reverse(ofRank("reverse1d", "x", x, 1), 0);
/** `reverse` of a tensor of two axes. */
export const reverse2d = /* @__PURE__ */ ranked("reverse2d", 2, reverse);
/** `reverse` of a tensor of three axes. */
export const reverse3d = /* @__PURE__ */ ranked("reverse3d", 3, reverse);
/** `reverse` of a tensor of four axes. */
export const reverse4d = /* @__PURE__ */ ranked("reverse4d", 4, reverse);

const concatRanked =
  (name: string, rank: number) =>
  (tensors: readonly TensorLike[], axis?: number): Tensor =>
    concat(
      tensors.map((x) => ofRank(name, "x", x, rank)),
      rank === 1 ? 0 : axis,
    );

/** `concat` of tensors of one axis. */
export const concat1d: (tensors: readonly TensorLike[]) => Tensor = /* @__PURE__ */ concatRanked("concat1d", 1);
/** `concat` of tensors of two axes. */
export const concat2d: (tensors: readonly TensorLike[], axis: number) => Tensor = /* @__PURE__ */ concatRanked("concat2d", 2);
/** `concat` of tensors of three axes. */
export const concat3d: (tensors: readonly TensorLike[], axis: number) => Tensor = /* @__PURE__ */ concatRanked("concat3d", 3);
/** `concat` of tensors of four axes. */
export const concat4d: (tensors: readonly TensorLike[], axis: number) => Tensor = /* @__PURE__ */ concatRanked("concat4d", 4);

/** `batchNorm` of a tensor of two axes. */
export const batchNorm2d: typeof batchNorm = /* @__PURE__ */ ranked("batchNorm2d", 2, batchNorm);
/** `batchNorm` of a tensor of three axes. */
export const batchNorm3d: typeof batchNorm = /* @__PURE__ */ ranked("batchNorm3d", 3, batchNorm);
/** `batchNorm` of a tensor of four axes. */
export const batchNorm4d: typeof batchNorm = /* @__PURE__ */ ranked("batchNorm4d", 4, batchNorm);
