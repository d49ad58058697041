/** @file JavaScript values to tensor values: nested arrays, typed arrays, numbers. */
import { type DataArray, type DataType, newArray, type TypedArray } from "./dtype.js";
import { describe, error } from "./errors.js";
import { sizeOf } from "./shape.js";

/** Nested arrays of numbers or booleans, typed arrays, or one number. */
export type Nested = number | boolean | bigint | TypedArray | readonly Nested[];

/** The shape that the nesting of a value implies. */
export function inferShape(op: string, value: Nested): number[] {
  const shape: number[] = [];
  let inner: Nested = value;
  for (;;) {
    if (ArrayBuffer.isView(inner)) {
      shape.push((inner as TypedArray).length);
      return shape;
    }
    if (!Array.isArray(inner)) break;
    shape.push(inner.length);
    if (inner.length === 0) return shape;
    inner = inner[0] as Nested;
  }
  if (typeof inner !== "number" && typeof inner !== "boolean" && typeof inner !== "bigint")
    throw error(op, "values must be numbers or booleans, in arrays of equal lengths", describe(inner));
  return shape;
}

/** Fills `into` in row-major order and checks that every array has the length that its siblings have. */
function flattenInto(op: string, value: Nested, shape: readonly number[], depth: number, into: DataArray | Float64Array, at: number): number {
  if (depth === shape.length) {
    if (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "bigint")
      throw error(op, `values must be nested ${shape.length} deep everywhere`, describe(value));
    into[at] = (into instanceof BigInt64Array ? BigInt(value) : Number(value)) as never;
    return at + 1;
  }
  const length = (value as { length?: number }).length;
  if (length !== shape[depth])
    throw error(op, `arrays at depth ${depth} must have ${shape[depth]} values like the first`, length === undefined ? describe(value) : `one of ${length}`);
  if (ArrayBuffer.isView(value)) {
    copyInto(value as TypedArray, into, at);
    return at + (length as number);
  }
  let next = at;
  for (const item of value as readonly Nested[]) next = flattenInto(op, item, shape, depth + 1, into, next);
  return next;
}

/** Copies numbers between arrays of any two kinds. */
function copyInto(from: TypedArray, into: DataArray | Float64Array, at: number): void {
  if (into instanceof BigInt64Array !== from instanceof BigInt64Array) {
    for (let i = 0; i < from.length; i++) into[at + i] = (into instanceof BigInt64Array ? BigInt(from[i] as number) : Number(from[i])) as never;
  } else (into as Float32Array).set(from as Float32Array, at);
}

/** Values in row-major order as the dtype's array. */
export function flatten(op: string, value: Nested, shape: readonly number[], dtype: DataType): DataArray {
  const implied = inferShape(op, value);
  const count = sizeOf(implied);
  // Whether a value is 0 is asked before anything is rounded to a byte.
  const raw = dtype === "bool" ? new Float64Array(count) : newArray(dtype, count);
  flattenInto(op, value, implied, 0, raw, 0);
  const size = sizeOf(shape);
  if (size !== count) throw error(op, `shape [${shape}] needs ${size} values`, `${count}`);
  return raw instanceof Float64Array ? Uint8Array.from(raw, (number) => Number(number !== 0)) : raw;
}

/** Row-major values as nested arrays; a number for a scalar. */
export function nest(values: ArrayLike<number | bigint | boolean>, shape: readonly number[]): Nested {
  let at = 0;
  const build = (depth: number): Nested => {
    if (depth === shape.length) return values[at++] as Nested;
    return Array.from({ length: shape[depth] as number }, () => build(depth + 1));
  };
  return build(0);
}
