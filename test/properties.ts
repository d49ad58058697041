/** @file What tests of random shapes share: random arguments, values whose sums are exact, and comparison without tolerance. */
import fc from "fast-check";
import { expect } from "vitest";
import { type DataType, type Tensor, tensor } from "../src/index.js";
import { numbersOf } from "./bits.js";
import { type Expected, randomOf, sizeOf, type Values } from "./naive.js";

/** Whole numbers that every type holds, so that sums are exact. */
export function whole(shape: readonly number[], seed: number, dtype: DataType = "float32"): Values {
  const random = randomOf(seed);
  return { shape, dtype, data: Array.from({ length: sizeOf(shape) }, () => Math.floor(random() * (dtype === "bool" ? 2 : 9))) };
}

export const toTensor = ({ data, shape, dtype }: Values): Tensor => {
  const x = tensor(Array.from(data), shape, dtype === "float16" ? "float32" : dtype);
  return dtype === "float16" ? x.cast(dtype) : x;
};

export function expectEqual(got: Tensor, expected: Expected, dtype: DataType): void {
  expect(got.shape).toEqual([...expected.shape]);
  expect(got.dtype).toBe(dtype);
  const values = numbersOf(got);
  const reference = Array.from(expected.data);
  if (values.length !== reference.length || values.some((value, i) => value !== reference[i])) expect(values).toEqual(reference);
}

// ---- random arguments, in the order that a test asks for them ----

export type Pick = fc.GeneratorValue;

export const between = (pick: Pick, min: number, max: number): number => pick(fc.integer, { min, max });
export const chance = (pick: Pick, percent: number): boolean => between(pick, 0, 99) < percent;
export const one = <T>(pick: Pick, ...choices: T[]): T => choices[between(pick, 0, choices.length - 1)] as T;
export const seedOf = (pick: Pick): number => between(pick, 0, 2 ** 30);
export const typeOf = (pick: Pick): DataType => one<DataType>(pick, "float32", "float32", "float32", "int32", "bool", "uint8", "float16", "int64");

/** Mostly small axes, some 0, some as wide as a few vectors; at most 3000 elements. */
export function shapeOf(pick: Pick, least: number, most: number): number[] {
  let left = 3000;
  return Array.from({ length: between(pick, least, most) }, () => {
    const size = Math.min(left, chance(pick, 20) ? between(pick, 6, 70) : chance(pick, 5) ? 0 : between(pick, 1, 5));
    left = Math.floor(left / Math.max(1, size));
    return size;
  });
}
