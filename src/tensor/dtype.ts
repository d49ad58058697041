/** @file Element types: sizes, JavaScript arrays, promotion. */
import { checkOneOf, error } from "./errors.js";

/** Types that ops compute with. */
export type NumericDtype = "float32" | "int32" | "bool";
/** All element types; the last five are for storage: load, cast, gather. */
export type DataType = NumericDtype | "float16" | "bfloat16" | "uint8" | "int8" | "int64";

export type TypedArray = Float32Array | Int32Array | Uint8Array | Int8Array | Uint16Array | BigInt64Array | Uint8ClampedArray | Float64Array;

interface DtypeInfo {
  bytes: number;
  /** The array that `data()` gives; float16 and bfloat16 give their raw 16 bits. */
  array: { new (length: number): DataArray; new (buffer: ArrayBuffer): DataArray; from(values: Iterable<never>): DataArray };
}

export interface DataTypeMap {
  float32: Float32Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  bool: Uint8Array<ArrayBuffer>;
  float16: Uint16Array<ArrayBuffer>;
  bfloat16: Uint16Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
  int8: Int8Array<ArrayBuffer>;
  int64: BigInt64Array<ArrayBuffer>;
}

/** What a tensor's values are in JavaScript. */
export type DataArray = DataTypeMap[DataType];

const info = (bytes: number, array: unknown): DtypeInfo => ({ bytes, array: array as DtypeInfo["array"] });

const table: Record<DataType, DtypeInfo> = {
  float32: info(4, Float32Array),
  int32: info(4, Int32Array),
  bool: info(1, Uint8Array),
  float16: info(2, Uint16Array),
  bfloat16: info(2, Uint16Array),
  uint8: info(1, Uint8Array),
  int8: info(1, Int8Array),
  int64: info(8, BigInt64Array),
};

const names = /* @__PURE__ */ Object.keys(table);

/** Bytes of one element. */
export const bytesPerElement = (dtype: DataType): number => table[dtype].bytes;

/** A new array of the type's kind over a buffer that holds its bytes. */
export const arrayOver = <D extends DataType>(dtype: D, buffer: ArrayBuffer): DataTypeMap[D] => new table[dtype].array(buffer) as DataTypeMap[D];

/** A new zeroed array of the type's kind. */
export const newArray = <D extends DataType>(dtype: D, length: number): DataTypeMap[D] => new table[dtype].array(length) as DataTypeMap[D];

/** The name itself, checked. */
export function checkDtype(op: string, dtype: DataType): DataType {
  checkOneOf(op, "dtype", dtype, names);
  return dtype;
}

/** The element type that TensorFlow.js infers for values without one. */
export function inferDtype(value: unknown): DataType {
  let first = value;
  while (Array.isArray(first)) first = first[0];
  if (ArrayBuffer.isView(first)) {
    const kind = (first as TypedArray)[Symbol.toStringTag];
    return kind.startsWith("Float") ? "float32" : kind.startsWith("Big") ? "int64" : "int32";
  }
  return typeof first === "boolean" ? "bool" : "float32";
}

const rank: Record<NumericDtype, number> = { bool: 0, int32: 1, float32: 2 };

/** The type two operands are computed in: bool < int32 < float32. */
export function upcastType(op: string, a: DataType, b: DataType): NumericDtype {
  if (a === b && a in rank) return a as NumericDtype;
  for (const dtype of [a, b]) {
    if (!(dtype in rank)) throw error(op, "expected float32, int32 or bool", `a tensor of dtype ${dtype}`, "cast it first: x.cast('float32').");
  }
  return rank[a as NumericDtype] > rank[b as NumericDtype] ? (a as NumericDtype) : (b as NumericDtype);
}
