/** @file Logic of bools, elementwise with broadcasting; of other types what is not 0 counts as true. */
import type { Tensor } from "../tensor/tensor.js";
import { toBool } from "./castTo.js";
import { equal, notEqual } from "./compare.js";
import type { TensorLike } from "./convert.js";
import { where } from "./where.js";

/**
 * a and b.
 * @returns bool
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { logicalAnd } from "engram";
 * assert.deepEqual(logicalAnd([true, true, false], [true, false, false]).arraySync(), [1, 0, 0]);
 * ```
 */
export const logicalAnd = (a: TensorLike, b: TensorLike): Tensor => where(toBool("logicalAnd", "a", a), toBool("logicalAnd", "b", b), false);

/** a or b, as bool. */
export const logicalOr = (a: TensorLike, b: TensorLike): Tensor => where(toBool("logicalOr", "a", a), true, toBool("logicalOr", "b", b));

/** Either a or b but not both, as bool. */
export const logicalXor = (a: TensorLike, b: TensorLike): Tensor => notEqual(toBool("logicalXor", "a", a), toBool("logicalXor", "b", b));

/** Not x, as bool. */
export const logicalNot = (x: TensorLike): Tensor => equal(toBool("logicalNot", "x", x), false);
