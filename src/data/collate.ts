/** @file Several elements as one: leaves stacked along a new first axis. */
import { stack } from "../ops/join.js";
import { make } from "../tensor/convert.js";
import { describe, error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";

/** An element, or a part of one. */
export type Leaf = unknown;

const isNumeric = (value: Leaf): boolean => typeof value === "number" || typeof value === "boolean" || ArrayBuffer.isView(value);
const isNumbers = (value: Leaf): boolean => isNumeric(value) || (Array.isArray(value) && value.length > 0 && value.every(isNumbers));

/**
 * The elements as one of the same form: tensors, numbers and arrays of numbers stacked, what is in objects and lists by name and place.
 * @throws when the elements are not of one form, or hold what is no number
 */
export function collate(elements: readonly Leaf[]): Leaf {
  const [first] = elements;
  if (first instanceof Tensor) return stack(elements as Tensor[]);
  if (isNumbers(first)) return make("batch", elements as number[], undefined, undefined);
  if (first === null || typeof first !== "object")
    throw error("batch", "elements must hold tensors, numbers and arrays of numbers", describe(first), "map them to such.");
  const names = Object.keys(first);
  const other = elements.find((element) => typeof element !== "object" || element === null || !names.every((name) => name in element));
  if (other !== undefined) throw error("batch", `elements of a batch must all have ${names.join(", ")}, like the first`, describe(other));
  const parts = names.map((key) => [key, collate(elements.map((element) => (element as Record<string, Leaf>)[key]))] as const);
  return Array.isArray(first) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}
