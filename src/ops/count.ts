/** @file Counts: of values, of classes, of pairs of classes, of hits. */
import { fill } from "../engine/fill.js";
import { checkCount, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo, toInt } from "./castTo.js";
import { equal, greaterEqual, less } from "./compare.js";
import { ofRank, type TensorLike, toTensor } from "./convert.js";
import { add, mul } from "./elementwise.js";
import { indicesOf, summable } from "./indices.js";
import { addLast } from "./lastAxis.js";
import { logicalAnd } from "./logical.js";
import { reshape } from "./movement.js";
import { any } from "./reduce.js";
import { topk } from "./sort.js";
import { where } from "./where.js";

/** Sums of weights (1 each, if there are none) by value along the last axis of x; values outside [0, size) are left out. */
function countLast(op: string, x: Tensor, weights: TensorLike, size: number, binary: boolean): Tensor {
  const given = summable(op, "weights", weights);
  checkCount(op, "size", size, 0);
  if (given.size !== x.size && given.size !== 0) throw error(op, "weights must have x's shape, or no elements", `weights [${given.shape}] and x [${x.shape}]`);
  const counts = addLast(given.size === 0 || binary ? fill(x.shape, 1, given.dtype) : reshape(given, x.shape), x, size);
  return binary ? castTo(castTo(counts, "bool"), given.dtype) : counts;
}

/**
 * How often each whole number below size is in x; or, with weights, the sum of its weights. Others are left out.
 * @param x int32
 * @param weights of x's shape, or without elements for 1 each
 * @returns [size], of the weights' dtype; gradients go to the weights
 * @throws when x is not int32, or weights do not fit
 * @example
 * ```ts
 * import { bincount } from "engram";
 * assert.deepEqual(bincount([1, 3, 1, 9], [], 4).arraySync(), [0, 2, 0, 1]);
 * assert.deepEqual(bincount([1, 3, 1], [0.5, 2, 1], 4).arraySync(), [0, 1.5, 0, 2]);
 * ```
 */
export function bincount(x: TensorLike, weights: TensorLike, size: number): Tensor {
  const values = indicesOf("bincount", "x", x);
  return countLast("bincount", reshape(values, [values.size]), weights, size, false);
}

/**
 * bincount of a vector, or of each row of a matrix.
 * @param binaryOutput gives 1 for a number that is there, however often
 * @returns [size], or [rows, size], of the weights' dtype
 * @throws when x is not int32 or has more than two axes, or weights do not fit
 */
export function denseBincount(x: TensorLike, weights: TensorLike, size: number, binaryOutput = false): Tensor {
  const values = ofRank("denseBincount", "x", indicesOf("denseBincount", "x", x), 1, 2);
  return countLast("denseBincount", values, weights, size, binaryOutput);
}

/**
 * How often class r was predicted as class c, at [r, c]. Pairs with a class outside [0, numClasses) are left out. `confusionMatrixSvg` of
 * engram/draw makes a picture of it.
 * @param labels [examples], whole numbers
 * @param predictions [examples], whole numbers
 * @returns int32 [numClasses, numClasses]
 * @throws when labels and predictions are not two vectors of one length, or numClasses is not a whole number > 0
 * @example
 * ```ts
 * import { confusionMatrix } from "engram";
 * assert.deepEqual(confusionMatrix([0, 1, 2, 1, 0], [0, 2, 2, 1, 0], 3).arraySync(), [[2, 0, 0], [0, 1, 1], [0, 0, 1]]);
 * ```
 */
export function confusionMatrix(labels: TensorLike, predictions: TensorLike, numClasses: number): Tensor {
  const rows = toInt("confusionMatrix", "labels", labels);
  const columns = toInt("confusionMatrix", "predictions", predictions);
  if (rows.rank !== 1 || !sameShape(rows.shape, columns.shape))
    throw error("confusionMatrix", "labels and predictions must be two vectors of one length", `shapes [${rows.shape}] and [${columns.shape}]`);
  checkCount("confusionMatrix", "numClasses", numClasses);
  const width = fill([], numClasses, "int32");
  // A label outside gives a place outside; a prediction must not give the place of another pair.
  const inside = logicalAnd(greaterEqual(columns, 0), less(columns, width));
  const places = where(inside, add(mul(rows, width), columns), fill([], -1, "int32"));
  return reshape(bincount(places, fill([0], 0, "int32"), numClasses * numClasses), [numClasses, numClasses]);
}

/**
 * Whether the target's prediction is among the k largest of its row; of equals the first ones are.
 * @param predictions [..., classes]
 * @param targets [...], whole numbers
 * @returns bool [...]
 * @throws when targets do not have predictions' axes but the last, or k is outside [1, classes]
 * @example
 * ```ts
 * import { inTopK } from "engram";
 * assert.deepEqual(inTopK([[20, 10, 40, 30], [30, 50, -20, 10]], [2, 0]).arraySync(), [1, 0]);
 * ```
 */
export function inTopK(predictions: TensorLike, targets: TensorLike, k = 1): Tensor {
  const scores = toTensor("inTopK", "predictions", predictions);
  const classes = toInt("inTopK", "targets", targets);
  if (scores.rank < 2 || !sameShape(scores.shape.slice(0, -1), classes.shape))
    throw error("inTopK", "predictions must be [..., classes] and targets [...]", `shapes [${scores.shape}] and [${classes.shape}]`);
  checkCount("inTopK", "k", k);
  return any(equal(topk(scores, k).indices, reshape(classes, [...classes.shape, 1])), -1);
}

/** `inTopK` as a promise, as TensorFlow.js has it. */
export async function inTopKAsync(predictions: TensorLike, targets: TensorLike, k = 1): Promise<Tensor> {
  return inTopK(predictions, targets, k);
}

/** TensorFlow.js's `tf.math`. */
export const math = {
  /** confusionMatrix(labels, predictions, numClasses) */
  confusionMatrix,
};
