/** @file slice, pad, reverse and concat for tensors of a fixed number of axes, under TensorFlow.js's names. */
import { error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { concat } from "./join.js";
import { type Paddings, pad } from "./pad.js";
import { reverse, slice } from "./slices.js";

/** x as a tensor of `rank` axes. */
function ofRank(op: string, rank: number, x: TensorLike): Tensor {
  const input = toTensor(op, "x", x);
  if (input.rank !== rank) throw error(op, `x must have ${rank} axes`, `shape [${input.shape}]`);
  return input;
}

type Positions = number | readonly number[];
type Axes = number | readonly number[];
type Pair = readonly [before: number, after: number];

/** `slice` of a tensor of one axis. */
export const slice1d = (x: TensorLike, begin: number, size: number): Tensor => slice(ofRank("slice1d", 1, x), begin, size);
/** `slice` of a tensor of two axes. */
export const slice2d = (x: TensorLike, begin: Positions, size: Positions): Tensor => slice(ofRank("slice2d", 2, x), begin, size);
/** `slice` of a tensor of three axes. */
export const slice3d = (x: TensorLike, begin: Positions, size: Positions): Tensor => slice(ofRank("slice3d", 3, x), begin, size);
/** `slice` of a tensor of four axes. */
export const slice4d = (x: TensorLike, begin: Positions, size: Positions): Tensor => slice(ofRank("slice4d", 4, x), begin, size);

/** `pad` of a tensor of one axis; paddings are [before, after]. */
export const pad1d = (x: TensorLike, paddings: Pair, constantValue?: number): Tensor => pad(ofRank("pad1d", 1, x), [paddings], constantValue);
/** `pad` of a tensor of two axes. */
export const pad2d = (x: TensorLike, paddings: Paddings, constantValue?: number): Tensor => pad(ofRank("pad2d", 2, x), paddings, constantValue);
/** `pad` of a tensor of three axes. */
export const pad3d = (x: TensorLike, paddings: Paddings, constantValue?: number): Tensor => pad(ofRank("pad3d", 3, x), paddings, constantValue);
/** `pad` of a tensor of four axes. */
export const pad4d = (x: TensorLike, paddings: Paddings, constantValue?: number): Tensor => pad(ofRank("pad4d", 4, x), paddings, constantValue);

/** `reverse` of a tensor of one axis. */
export const reverse1d = (x: TensorLike): Tensor => reverse(ofRank("reverse1d", 1, x), 0);
/** `reverse` of a tensor of two axes. */
export const reverse2d = (x: TensorLike, axis?: Axes): Tensor => reverse(ofRank("reverse2d", 2, x), axis);
/** `reverse` of a tensor of three axes. */
export const reverse3d = (x: TensorLike, axis?: Axes): Tensor => reverse(ofRank("reverse3d", 3, x), axis);
/** `reverse` of a tensor of four axes. */
export const reverse4d = (x: TensorLike, axis?: Axes): Tensor => reverse(ofRank("reverse4d", 4, x), axis);

const allOfRank = (op: string, rank: number, tensors: readonly TensorLike[]): Tensor[] => tensors.map((x) => ofRank(op, rank, x));

/** `concat` of tensors of one axis. */
export const concat1d = (tensors: readonly TensorLike[]): Tensor => concat(allOfRank("concat1d", 1, tensors), 0);
/** `concat` of tensors of two axes. */
export const concat2d = (tensors: readonly TensorLike[], axis: number): Tensor => concat(allOfRank("concat2d", 2, tensors), axis);
/** `concat` of tensors of three axes. */
export const concat3d = (tensors: readonly TensorLike[], axis: number): Tensor => concat(allOfRank("concat3d", 3, tensors), axis);
/** `concat` of tensors of four axes. */
export const concat4d = (tensors: readonly TensorLike[], axis: number): Tensor => concat(allOfRank("concat4d", 4, tensors), axis);
