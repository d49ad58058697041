/** @file Ops that repeat or reorder elements: tile, repeat, roll, and the moves between space, batch and depth. */
import { checkCount, checkOneOf, error, isCount } from "../tensor/errors.js";
import { inverse, resolveAxis, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { ofRank, type TensorLike, toTensor } from "./convert.js";
import { gather } from "./gather.js";
import { broadcastTo, expandDims, reshape, transpose } from "./movement.js";
import { type Paddings, pad } from "./pad.js";
import { slice } from "./slices.js";
import { rollOp } from "./window.js";

// ---- tile, repeat ----

/**
 * x `reps[i]` times one after another along each axis i.
 * @throws when reps are not one whole number >= 0 an axis
 * @example
 * ```ts
 * import { tile } from "engram";
 * assert.deepEqual(tile([[1, 2]], [2, 2]).arraySync(), [[1, 2, 1, 2], [1, 2, 1, 2]]);
 * ```
 */
export function tile(x: TensorLike, reps: readonly number[]): Tensor {
  const input = toTensor("tile", "x", x);
  const { shape } = input;
  if (reps?.length !== shape.length || !reps.every((n) => isCount(n)))
    throw error("tile", "reps must be one whole number >= 0 for each axis", `reps=[${reps}] for x of shape [${shape}]`);
  // An axis for the repetitions before each axis that is repeated.
  const seen = shape.flatMap((size) => [1, size]);
  const repeated = shape.flatMap((size, i) => [reps[i] as number, size]);
  const result = shape.map((size, i) => size * (reps[i] as number));
  return reshape(broadcastTo(reshape(input, seen), repeated), result);
}

/**
 * Each element of x repeated along an axis.
 * @param repeats how often: a number for all, or one for each element of the axis
 * @param axis by default x is flattened first
 * @throws when repeats are not whole numbers >= 0, one or as many as the axis has
 * @example
 * ```ts
 * import { repeat } from "engram";
 * assert.deepEqual(repeat([[1, 2]], 2, 1).arraySync(), [[1, 1, 2, 2]]);
 * assert.deepEqual(repeat([1, 2, 3], [0, 1, 2]).arraySync(), [2, 3, 3]);
 * ```
 */
export function repeat(x: TensorLike, repeats: number | readonly number[], axis?: number): Tensor {
  const given = toTensor("repeat", "x", x);
  const input = axis === undefined ? reshape(given, [given.size]) : given;
  const { shape } = input;
  const along = resolveAxis("repeat", axis ?? 0, shape);
  const length = shape[along] as number;
  const counts = typeof repeats === "number" ? [repeats] : repeats;
  if (!counts.every((n) => isCount(n)) || (counts.length !== 1 && counts.length !== length))
    throw error("repeat", `repeats must be whole numbers >= 0: one, or ${length}`, `repeats=[${repeats}] for x of shape [${shape}]`);
  if (counts.length !== 1) {
    const indices = counts.flatMap((count, i) => new Array<number>(count).fill(i));
    return gather(input, Int32Array.from(indices), along);
  }
  const count = counts[0] as number;
  const wide = expandDims(input, along + 1);
  return reshape(broadcastTo(wide, wide.shape.with(along + 1, count)), shape.with(along, length * count));
}

// ---- roll ----

/**
 * x with its elements moved on along axes; those that fall off the end come in at the front.
 * @param shift by how many elements: one number for all the axes, or one for each; negative ones move back
 * @param axis one or several; by default x is rolled as if it were flat
 * @throws when an axis does not exist, or shifts are not whole numbers, one or as many as axes
 * @example
 * ```ts
 * import { roll } from "engram";
 * assert.deepEqual(roll([1, 2, 3, 4], 1).arraySync(), [4, 1, 2, 3]);
 * ```
 */
export function roll(x: TensorLike, shift: number | readonly number[], axis?: number | readonly number[]): Tensor {
  const input = toTensor("roll", "x", x);
  if (axis === undefined) return reshape(roll(reshape(input, [input.size]), shift, 0), input.shape);
  const axes = (typeof axis === "number" ? [axis] : axis).map((one) => resolveAxis("roll", one, input.shape));
  const given = typeof shift === "number" ? axes.map(() => shift) : shift;
  if (given.length !== axes.length || !given.every(Number.isInteger))
    throw error("roll", "shift must be one whole number for each axis", `shift=[${shift}] and axis=[${axis}]`);
  const shifts = input.shape.map(() => 0);
  for (const [i, at] of axes.entries()) {
    const size = Math.max(1, input.shape[at] as number);
    shifts[at] = ((((shifts[at] as number) + (given[i] as number)) % size) + size) % size;
  }
  const { shape } = input;
  const zeros = shape.map(() => 0);
  let pieces = [{ from: zeros, to: zeros, size: shape as number[] }];
  for (const [axis, by] of shifts.entries()) {
    if (by === 0) continue;
    const rest = (shape[axis] as number) - by;
    // What moves on by the shift, and what comes round to the front.
    pieces = pieces.flatMap(({ from, to, size }) => [
      { from, to: to.with(axis, by), size: size.with(axis, rest) },
      { from: from.with(axis, rest), to, size: size.with(axis, by) },
    ]);
  }
  return rollOp([input], { shape, moves: pieces.map(({ from, to, size }) => ({ input: 0, size, from: { begin: from }, to: { begin: to } })) });
}

// ---- space, batch, depth ----

/** Of blocks of axes after the first: elements of a block, and pairs for all axes of x, [0, 0] for the first and those behind. */
function blocksOf(op: string, x: Tensor, blockShape: readonly number[], pairs: Paddings): { count: number; all: Paddings; isPadded: boolean } {
  if (x.rank < 1 + blockShape.length || pairs.length !== blockShape.length || !blockShape.every((n) => isCount(n, 1)))
    throw error(
      op,
      "expected a batch axis, and one whole number > 0 and one pair for each axis after it",
      `blockShape=[${blockShape}], ${pairs.length} pairs, x of shape [${x.shape}]`,
    );
  const all = x.shape.map((_, i) => pairs[i - 1] ?? [0, 0]);
  return { count: sizeOf(blockShape), all, isPadded: all.some((pair) => pair.length !== 2 || pair[0] !== 0 || pair[1] !== 0) };
}

/** The axes of blocks, in x of [batch, blocks, in a block, blocks, in a block, ..., others], then the others in their order. */
const blocksFirst = (x: Tensor, count: number): number[] => {
  const isOther = (axis: number): number => Number(axis === 0 || axis > 2 * count || axis % 2 === 1);
  return x.shape.map((_, axis) => axis).sort((a, b) => isOther(a) - isOther(b));
};

/**
 * Blocks of space moved to the batch: of each block of `blockShape` elements of the axes after the first, every element becomes part
 * of another entry of the batch.
 * @param paddings zeros before and after x along those axes
 * @throws when the padded axes are not whole numbers of blocks
 * @example
 * ```ts
 * import { spaceToBatchND } from "engram";
 * assert.deepEqual(spaceToBatchND([[[1], [2], [3], [4]]], [2], [[0, 0]]).arraySync(), [[[1], [3]], [[2], [4]]]);
 * ```
 */
export function spaceToBatchND(x: TensorLike, blockShape: readonly number[], paddings: Paddings): Tensor {
  const input = toTensor("spaceToBatchND", "x", x);
  const { count, all, isPadded } = blocksOf("spaceToBatchND", input, blockShape, paddings);
  const padded = isPadded ? pad(input, all) : input;
  const [batch, ...rest] = padded.shape as [number, ...number[]];
  const blocks = rest.map((size, i) => size / (blockShape[i] ?? 1));
  if (!blocks.every(Number.isInteger))
    throw error("spaceToBatchND", "the padded axes must be whole numbers of blocks", `axes of [${rest}] and blockShape=[${blockShape}]`);
  const split = reshape(padded, [batch, ...blocks.flatMap((size, i) => (i < blockShape.length ? [size, blockShape[i] as number] : [size]))]);
  return reshape(transpose(split, blocksFirst(split, blockShape.length)), [batch * count, ...blocks]);
}

/**
 * The reverse of spaceToBatchND: entries of the batch interleaved as blocks of the axes after the first.
 * @param crops elements cut off before and after the result along those axes
 * @throws when the batch is not a whole number of blocks, or the crops are larger than the axes
 * @example
 * ```ts
 * import { batchToSpaceND } from "engram";
 * assert.deepEqual(batchToSpaceND([[[1], [3]], [[2], [4]]], [2], [[0, 1]]).arraySync(), [[[1], [2], [3]]]);
 * ```
 */
export function batchToSpaceND(x: TensorLike, blockShape: readonly number[], crops: Paddings): Tensor {
  const input = toTensor("batchToSpaceND", "x", x);
  const { count, all, isPadded } = blocksOf("batchToSpaceND", input, blockShape, crops);
  const [batch, ...rest] = input.shape as [number, ...number[]];
  if (batch % count !== 0) throw error("batchToSpaceND", `the batch must be a multiple of ${count}`, `x of shape [${input.shape}]`);
  const split = reshape(input, [...blockShape, batch / count, ...rest]);
  const whole = [batch / count, ...rest.map((size, i) => size * (blockShape[i] ?? 1))];
  const merged = reshape(transpose(split, inverse(blocksFirst(split, blockShape.length))), whole);
  const size = whole.map((length, i) => length - (all[i] as readonly number[]).reduce((a, b) => a + b, 0));
  if (size.some((length) => length < 0))
    throw error("batchToSpaceND", "crops must not be larger than the axes", `${JSON.stringify(crops)} of [${merged.shape}]`);
  const begin = all.map(([before]) => before as number);
  return isPadded ? slice(merged, begin, size) : merged;
}

/** Images, and their batch, height, width and depth. */
function imagesOf(op: string, x: TensorLike, blockSize: number, dataFormat: string): [images: Tensor, n: number, h: number, w: number, d: number] {
  const input = ofRank(op, "x", x, 4);
  checkCount(op, "blockSize", blockSize);
  checkOneOf(op, "dataFormat", dataFormat, ["NHWC", "NCHW"]);
  const [n, a, b, c] = input.shape as [number, number, number, number];
  return dataFormat === "NHWC" ? [input, n, a, b, c] : [input, n, b, c, a];
}

/**
 * Depth moved to space: each `blockSize` x `blockSize` group of channels becomes a block of pixels.
 * @param x [batch, height, width, depth], or [batch, depth, height, width] where dataFormat is NCHW
 * @throws when the depth is not a multiple of blockSize * blockSize
 * @example
 * ```ts
 * import { depthToSpace } from "engram";
 * assert.deepEqual(depthToSpace([[[[1, 2, 3, 4]]]], 2).arraySync(), [[[[1], [2]], [[3], [4]]]]);
 * ```
 */
export function depthToSpace(x: TensorLike, blockSize: number, dataFormat: "NHWC" | "NCHW" = "NHWC"): Tensor {
  const [input, n, h, w, depth] = imagesOf("depthToSpace", x, blockSize, dataFormat);
  const b = blockSize;
  const d = depth / (b * b);
  if (!Number.isInteger(d)) throw error("depthToSpace", `the depth must be a multiple of ${b * b}`, `x of shape [${input.shape}]`);
  if (dataFormat === "NHWC") return reshape(transpose(reshape(input, [n, h, w, b, b, d]), [0, 1, 3, 2, 4, 5]), [n, h * b, w * b, d]);
  return reshape(transpose(reshape(input, [n, b, b, d, h, w]), [0, 3, 4, 1, 5, 2]), [n, d, h * b, w * b]);
}

/**
 * The reverse of depthToSpace: each block of `blockSize` x `blockSize` pixels becomes channels of one pixel.
 * @param x [batch, height, width, depth], or [batch, depth, height, width] where dataFormat is NCHW
 * @throws when height or width is not a multiple of blockSize
 * @example
 * ```ts
 * import { spaceToDepth } from "engram";
 * assert.deepEqual(spaceToDepth([[[[1], [2]], [[3], [4]]]], 2).arraySync(), [[[[1, 2, 3, 4]]]]);
 * ```
 */
export function spaceToDepth(x: TensorLike, blockSize: number, dataFormat: "NHWC" | "NCHW" = "NHWC"): Tensor {
  const [input, n, height, width, d] = imagesOf("spaceToDepth", x, blockSize, dataFormat);
  const b = blockSize;
  const [h, w] = [height / b, width / b];
  if (!Number.isInteger(h) || !Number.isInteger(w)) throw error("spaceToDepth", `height and width must be multiples of ${b}`, `x of shape [${input.shape}]`);
  if (dataFormat === "NHWC") return reshape(transpose(reshape(input, [n, h, b, w, b, d]), [0, 1, 3, 2, 4, 5]), [n, h, w, b * b * d]);
  return reshape(transpose(reshape(input, [n, d, h, b, w, b]), [0, 3, 5, 1, 2, 4]), [n, b * b * d, h, w]);
}
