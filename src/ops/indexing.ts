/** @file Ops on indices that do not chain: tuples of indices, scatter, binary search, and results whose size depends on values. */
import { defineOp } from "../engine/op.js";
import { upcastType } from "../tensor/dtype.js";
import { checkOneOf, error } from "../tensor/errors.js";
import { checkShape, resolveAxis, type Shape, sameShape, sizeOf, stridesOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo, toBool } from "./castTo.js";
import { fromArray, type TensorLike, toTensor } from "./convert.js";
import { checkIndices, checkRowNumbers, indicesOf, known, rowNumbers, summable } from "./indices.js";
import { broadcastTo, reshape } from "./movement.js";
import { FIRST, gatherOp, scatterAddOp, scatterUpdateOp } from "./rows.js";

/**
 * The rows of a table that ids name: y[..., :] = table[ids[...], :]. The table's gradient sums over rows that are named more than
 * once, in order, so that it is reproducible.
 * @param table [vocabulary, ...]
 * @param ids int32, any shape
 * @throws when an id is outside [0, vocabulary); inside `compile`, where values are not known, such rows are zeros
 * @example
 * ```ts
 * import { embeddingLookup } from "engram";
 * assert.deepEqual(embeddingLookup([[1, 2], [3, 4]], [[1, 1]]).arraySync(), [[[3, 4], [3, 4]]]);
 * ```
 */
export function embeddingLookup(table: TensorLike, ids: TensorLike): Tensor {
  const weights = toTensor("embeddingLookup", "table", table);
  if (weights.rank < 2) throw error("embeddingLookup", "table must have rows, [vocabulary, ...]", `shape [${weights.shape}]`);
  const index = indicesOf("embeddingLookup", "ids", ids);
  const y = gatherOp([weights, index], FIRST);
  checkIndices("embeddingLookup", index, weights.shape[0] as number);
  return y;
}

// ---- tuples of indices ----

/**
 * Slices of x that tuples of indices name: y[..., :] = x[indices[..., 0], indices[..., 1], ..., :].
 * @param indices int32 [..., depth], depth at most x's rank
 * @returns shape [...indices without the last axis, ...x without its first `depth` axes]
 * @throws when a tuple is outside x; inside `compile`, where values are not known, such slices are zeros
 * @example
 * ```ts
 * import { gatherND } from "engram";
 * assert.deepEqual(gatherND([[1, 2], [3, 4]], [[0, 1], [1, 0]]).arraySync(), [2, 3]);
 * ```
 */
export function gatherND(x: TensorLike, indices: TensorLike): Tensor {
  const input = toTensor("gatherND", "x", x);
  const index = indicesOf("gatherND", "indices", indices);
  const depth = index.shape[index.rank - 1] as number;
  if (input.rank === 0 || index.rank === 0 || depth > input.rank)
    throw error("gatherND", "indices must be [..., depth] with depth at most x's rank", `indices [${index.shape}] for x [${input.shape}]`);
  const sizes = input.shape.slice(0, depth);
  const rest = input.shape.slice(depth);
  const rows = rowNumbers(index, sizes);
  const y = gatherOp([reshape(input, [sizeOf(sizes), sizeOf(rest)]), rows], FIRST);
  checkRowNumbers("gatherND", rows, index, sizes);
  return reshape(y, [...index.shape.slice(0, -1), ...rest]);
}

interface Scatter {
  indices: Tensor;
  rows: Tensor;
  updates: Tensor;
  /** The leading sizes that tuples index. */
  sizes: Shape;
  /** Elements that a tuple names. */
  inner: number;
}

/** Indices and updates of a scatter into `shape`, checked: as row numbers, and as rows. */
function prepare(op: string, indices: Tensor, updates: Tensor, shape: Shape): Scatter {
  const tuples = indices.rank === 1 ? reshape(indices, [indices.size, 1]) : indices;
  const depth = tuples.shape[tuples.rank - 1] as number;
  const wanted = [...tuples.shape.slice(0, -1), ...shape.slice(depth)];
  if (indices.rank === 0 || shape.length === 0 || depth > shape.length || !sameShape(updates.shape, wanted))
    throw error(
      op,
      "updates must have the shape of indices without the last axis and of what a tuple names",
      `updates [${updates.shape}], indices [${indices.shape}] and shape [${shape}]`,
    );
  const sizes = shape.slice(0, depth);
  const inner = sizeOf(shape.slice(depth));
  const rows = rowNumbers(tuples, sizes);
  return { indices: tuples, rows, updates: reshape(updates, [rows.size, inner]), sizes, inner };
}

/**
 * Zeros of a shape with updates added at tuples of indices, in order: duplicates add up.
 * @param indices int32 [..., depth]; [n] is [n, 1]
 * @param updates [...indices without the last axis, ...shape without its first `depth` axes]
 * @returns float32, or int32 for int32 and bool
 * @throws when a tuple is outside `shape`; inside `compile`, where values are not known, its update is left out
 * @example
 * ```ts
 * import { scatterND } from "engram";
 * assert.deepEqual(scatterND([[1], [3], [1]], [5, 6, 7], [4]).arraySync(), [0, 12, 0, 6]);
 * ```
 */
export function scatterND(indices: TensorLike, updates: TensorLike, shape: Shape): Tensor {
  const values = summable("scatterND", "updates", updates);
  const s = prepare("scatterND", indicesOf("scatterND", "indices", indices), values, checkShape("scatterND", shape));
  const y = scatterAddOp([s.updates, s.rows], { ...FIRST, shape: [sizeOf(s.sizes), s.inner] });
  checkRowNumbers("scatterND", s.rows, s.indices, s.sizes);
  return reshape(y, shape);
}

/** x, of `shape` or one element of it, with slices replaced. */
function replace(op: string, x: Tensor, indices: Tensor, updates: Tensor, shape: Shape): Tensor {
  const s = prepare(op, indices, updates, shape);
  const rows = [sizeOf(s.sizes), s.inner];
  const y = scatterUpdateOp([reshape(x, x.size === 1 ? [] : rows), s.rows, s.updates], { shape: rows });
  checkRowNumbers(op, s.rows, s.indices, s.sizes);
  return reshape(y, shape);
}

/**
 * x with slices replaced at tuples of indices; where a slice is named more than once, the last update stays.
 * @param indices int32 [..., depth]; [n] is [n, 1]
 * @param updates of x's dtype, [...indices without the last axis, ...x without its first `depth` axes]
 * @throws when a tuple is outside x; inside `compile`, where values are not known, its update is left out
 * @example
 * ```ts
 * import { tensorScatterUpdate } from "engram";
 * assert.deepEqual(tensorScatterUpdate([1, 2, 3, 4], [[1], [3]], [8, 9]).arraySync(), [1, 8, 3, 9]);
 * ```
 */
export function tensorScatterUpdate(tensor: TensorLike, indices: TensorLike, updates: TensorLike): Tensor {
  const x = toTensor("tensorScatterUpdate", "tensor", tensor);
  const values = toTensor("tensorScatterUpdate", "updates", updates);
  if (x.dtype !== values.dtype) throw error("tensorScatterUpdate", `updates must be ${x.dtype}, as the tensor`, `dtype ${values.dtype}`);
  return replace("tensorScatterUpdate", x, indicesOf("tensorScatterUpdate", "indices", indices), values, x.shape);
}

/**
 * A tensor of defaultValue with values at tuples of indices; where one is named more than once, the last value stays.
 * @param sparseIndices int32: one index, [n], or [n, rank of outputShape]
 * @param sparseValues one value for all, or [n]
 * @throws when a tuple is outside outputShape; inside `compile`, where values are not known, its value is left out
 * @example
 * ```ts
 * import { sparseToDense } from "engram";
 * assert.deepEqual(sparseToDense([[0, 1], [1, 0]], [5, 6], [2, 2]).arraySync(), [[0, 5], [6, 0]]);
 * ```
 */
export function sparseToDense(sparseIndices: TensorLike, sparseValues: TensorLike, outputShape: Shape, defaultValue: TensorLike = 0): Tensor {
  const indices = indicesOf("sparseToDense", "sparseIndices", sparseIndices);
  const values = toTensor("sparseToDense", "sparseValues", sparseValues);
  const rest = toTensor("sparseToDense", "defaultValue", defaultValue, values.dtype);
  if (indices.rank > 2 || (indices.shape[1] ?? 1) !== outputShape.length || rest.dtype !== values.dtype)
    throw error(
      "sparseToDense",
      "sparseIndices must be [n, rank of outputShape], defaultValue of sparseValues' dtype",
      `[${indices.shape}] for outputShape=[${outputShape}], ${rest.dtype} and ${values.dtype}`,
    );
  const tuples = indices.rank === 2 ? indices : reshape(indices, [indices.size, 1]);
  const updates = values.rank === 0 ? broadcastTo(values, [tuples.shape[0] as number]) : values;
  return replace("sparseToDense", rest.size === 1 ? rest : broadcastTo(rest, outputShape), tuples, updates, outputShape);
}

// ---- binary search ----

const searchSortedOp = /* @__PURE__ */ defineOp<{ right: boolean }>("searchSorted", {
  shape: ([, values]) => values.shape,
  dtype: "int32",
  run: (k, [sequence, values], y, { right }) => {
    const search = sequence.dtype === "float32" ? k.searchSorted : k.searchSortedI32;
    search(y.size, sequence.shape[sequence.rank - 1] as number, y.shape[y.rank - 1] as number, right ? 1 : 0, sequence, values, y);
  },
  grad: null,
});

/**
 * Where values would go in sorted rows: the number of elements of a row that are < value (left), or <= value (right).
 * @param sortedSequence sorted along its last axis
 * @param values of sortedSequence's leading axes and any last one
 * @returns int32, of values' shape
 * @throws when the leading axes differ
 * @example
 * ```ts
 * import { searchSorted } from "engram";
 * assert.deepEqual(searchSorted([0, 3, 9, 10, 10], [0, 4, 10]).arraySync(), [0, 2, 3]);
 * assert.deepEqual(searchSorted([0, 3, 9, 10, 10], [0, 4, 10], "right").arraySync(), [1, 2, 5]);
 * ```
 */
export function searchSorted(sortedSequence: TensorLike, values: TensorLike, side: "left" | "right" = "left"): Tensor {
  const sequence = toTensor("searchSorted", "sortedSequence", sortedSequence);
  const wanted = toTensor("searchSorted", "values", values);
  checkOneOf("searchSorted", "side", side, ["left", "right"]);
  if (sequence.rank === 0 || wanted.rank === 0 || !sameShape(sequence.shape.slice(0, -1), wanted.shape.slice(0, -1)))
    throw error("searchSorted", "values must have sortedSequence's axes but the last", `sortedSequence [${sequence.shape}] and values [${wanted.shape}]`);
  const common = upcastType("searchSorted", sequence.dtype, wanted.dtype);
  const dtype = common === "bool" ? "int32" : common;
  return searchSortedOp([castTo(sequence, dtype), castTo(wanted, dtype)], { right: side === "right" });
}

/** First position at which a value may stand in sorted rows: searchSorted, left. */
export const lowerBound = (sortedSequence: TensorLike, values: TensorLike): Tensor => searchSorted(sortedSequence, values, "left");

/** Last position at which a value may stand in sorted rows: searchSorted, right. */
export const upperBound = (sortedSequence: TensorLike, values: TensorLike): Tensor => searchSorted(sortedSequence, values, "right");

// ---- results whose size depends on values ----

/** Positions of the true elements. */
function truePositions(op: string, condition: Tensor): Int32Array<ArrayBuffer> {
  const values = known(op, condition);
  const positions = new Int32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]) positions[count++] = i;
  return positions.slice(0, count);
}

/**
 * Coordinates of the true elements, in row-major order. Not inside `compile`, where values are not known.
 * @returns int32 [number of true elements, rank of condition]
 * @example
 * ```ts
 * import { whereAsync } from "engram";
 * assert.deepEqual((await whereAsync([[true, false], [false, true]])).arraySync(), [[0, 0], [1, 1]]);
 * ```
 */
export async function whereAsync(condition: TensorLike): Promise<Tensor> {
  const mask = toBool("whereAsync", "condition", condition);
  const positions = truePositions("whereAsync", mask);
  const strides = stridesOf(mask.shape);
  const coordinates = new Int32Array(positions.length * mask.rank);
  let at = 0;
  for (const position of positions)
    for (let axis = 0; axis < mask.rank; axis++) coordinates[at++] = Math.floor(position / (strides[axis] as number)) % (mask.shape[axis] as number);
  return fromArray(coordinates, [positions.length, mask.rank], "int32");
}

/**
 * The slices of a tensor at the true elements of a mask. Not inside `compile`, where values are not known.
 * @param mask bool, of the shape of the tensor's axes from `axis` on
 * @returns shape [...axes before `axis`, number of true elements, ...axes after the mask's]
 * @throws when the mask is a scalar or does not fit
 * @example
 * ```ts
 * import { booleanMask } from "engram";
 * assert.deepEqual(booleanMask([[1, 2], [3, 4], [5, 6]], [true, false, true]).arraySync(), [[1, 2], [5, 6]]);
 * ```
 */
export function booleanMask(tensor: TensorLike, mask: TensorLike, axis = 0): Tensor {
  const x = toTensor("booleanMask", "tensor", tensor);
  const chosen = toBool("booleanMask", "mask", mask);
  const from = resolveAxis("booleanMask", axis, x.shape);
  const to = from + chosen.rank;
  if (chosen.rank === 0 || !sameShape(x.shape.slice(from, to), chosen.shape))
    throw error("booleanMask", "mask must have the shape of the tensor's axes from axis on", `mask [${chosen.shape}] for [${x.shape}] and axis=${axis}`);
  const positions = truePositions("booleanMask", chosen);
  const rows = reshape(x, [...x.shape.slice(0, from), chosen.size, ...x.shape.slice(to)]);
  return gatherOp([rows, fromArray(positions, [positions.length], "int32")], { axis: from, batchDims: 0 });
}

/** booleanMask under TensorFlow.js's name. */
export const booleanMaskAsync = async (tensor: TensorLike, mask: TensorLike, axis = 0): Promise<Tensor> => booleanMask(tensor, mask, axis);

/**
 * The elements of x that are not in y, in x's order, and their positions in x. Not inside `compile`, where values are not known.
 * @returns [elements, positions as int32]
 * @throws when x and y do not both have one axis and the same dtype
 * @example
 * ```ts
 * import { setdiff1d } from "engram";
 * const [values, positions] = setdiff1d([1, 2, 3, 4], [1, 3]);
 * assert.deepEqual([values.arraySync(), positions.arraySync()], [[2, 4], [1, 3]]);
 * ```
 */
export function setdiff1d(x: TensorLike, y: TensorLike): [Tensor, Tensor] {
  const a = toTensor("setdiff1d", "x", x);
  const b = toTensor("setdiff1d", "y", y);
  if (a.rank !== 1 || b.rank !== 1 || a.dtype !== b.dtype)
    throw error("setdiff1d", "x and y must have one axis and the same dtype", `x ${a.dtype}[${a.shape}] and y ${b.dtype}[${b.shape}]`);
  const excluded = new Set(Array.from(known("setdiff1d", b)));
  const positions = Array.from(known("setdiff1d", a)).flatMap((value, i) => (excluded.has(value) ? [] : [i]));
  const at = fromArray(Int32Array.from(positions), [positions.length], "int32");
  return [gatherOp([a, at], FIRST), at];
}

/** setdiff1d under TensorFlow.js's name. */
export const setdiff1dAsync = async (x: TensorLike, y: TensorLike): Promise<[Tensor, Tensor]> => setdiff1d(x, y);
