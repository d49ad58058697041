/** @file The arrays that fit, evaluate and predict are given, as lists of tensors in the model's order. */

import type { BatchShape } from "../nn/layer.js";
import { type TensorLike, toTensor } from "../ops/convert.js";
import { expandDims } from "../ops/movement.js";
import { describe, error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";

/** One array; or several, in a list or by the names of the model's inputs or outputs. */
export type Arrays = TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>;

export const isRecord = (value: Arrays): value is Readonly<Record<string, TensorLike>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value) && !(value instanceof Tensor);

/**
 * Tensors in the order of `names`. Without names (a subclassed model says nothing of its inputs) a list of tensors is a list, and
 * anything else one array.
 * @throws when the number or a name does not fit
 */
export function arraysOf(caller: string, what: string, value: Arrays, names: readonly string[] | null): Tensor[] {
  const convert = (item: TensorLike): Tensor => toTensor(caller, what, item);
  if (isRecord(value)) {
    if (names === null) return Object.values(value).map(convert);
    const given = Object.keys(value);
    if (given.length !== names.length || !names.every((name) => name in value))
      throw error(caller, `${what} must have an array for each of ${names.join(", ")}`, given.join(", ") || "none");
    return names.map((name) => convert(value[name] as TensorLike));
  }
  const isTensorList = Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Tensor || ArrayBuffer.isView(item));
  if (names === null || names.length === 1)
    return isTensorList && (names === null || value.length === 1) ? (value as TensorLike[]).map(convert) : [convert(value as TensorLike)];
  if (!Array.isArray(value) || value.length !== names.length) throw error(caller, `${what} must be a list of arrays for ${names.join(", ")}`, describe(value));
  return value.map(convert);
}

/** Lists of numbers as columns where the model has columns, as in TensorFlow.js. */
export const asColumns = (tensors: readonly Tensor[], shapes: readonly BatchShape[] | null): Tensor[] =>
  tensors.map((x, i) => (x.rank === 1 && shapes?.[i]?.length === 2 && shapes[i][1] === 1 ? expandDims(x, 1) : x));

/** Refuses arrays of different numbers of samples, and no samples where there are targets. */
export function checkRows(caller: string, x: readonly Tensor[], y: readonly Tensor[] = []): void {
  const rows = x[0]?.shape[0] ?? 0;
  if ([...x, ...y].some(({ shape }) => shape[0] !== rows) || (y[0] && !rows)) {
    const [xs, ys] = [x, y].map((arrays) => arrays.map(({ shape }) => `[${shape}]`).join(" "));
    throw error(caller, `all arrays must have the same number of samples${ys && ", above 0"}`, `x of shape ${xs}${ys && `, y of shape ${ys}`}`);
  }
}

/** Checks samples against the shapes that a model expects. */
export function checkShapes(caller: string, model: string, tensors: readonly Tensor[], shapes: readonly BatchShape[], names: readonly string[]): void {
  tensors.forEach((x, i) => {
    const expected = shapes[i] as BatchShape;
    if (x.rank !== expected.length || expected.some((size, axis) => axis > 0 && size !== null && size !== x.shape[axis])) {
      const where = shapes.length === 1 ? "x" : `input '${names[i]}'`;
      throw error(model, `${caller} expected ${where} of shape [${expected.map((size) => size ?? "batch")}]`, `shape [${x.shape}]`);
    }
  });
}
