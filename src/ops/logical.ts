/** @file Logic of bools, elementwise with broadcasting; of other types what is not 0 counts as true. */
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { equal, notEqual } from "./compare.js";
import { type TensorLike, toTensor } from "./convert.js";
import { where } from "./where.js";

const truth = (op: string, name: string, value: TensorLike): Tensor => castTo(toTensor(op, name, value, "bool"), "bool");

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
export const logicalAnd = (a: TensorLike, b: TensorLike): Tensor => where(truth("logicalAnd", "a", a), truth("logicalAnd", "b", b), false);

/** a or b, as bool. */
export const logicalOr = (a: TensorLike, b: TensorLike): Tensor => where(truth("logicalOr", "a", a), true, truth("logicalOr", "b", b));

/** Either a or b but not both, as bool. */
export const logicalXor = (a: TensorLike, b: TensorLike): Tensor => notEqual(truth("logicalXor", "a", a), truth("logicalXor", "b", b));

/** Not x, as bool. */
export const logicalNot = (x: TensorLike): Tensor => equal(truth("logicalNot", "x", x), false);
