/** @file Values as each dtype holds them: rounding to float16 and bfloat16, truncation to integers. */
import type { DataType, Tensor } from "../src/index.js";

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Bits of the float16 nearest to a value, ties to even; beyond the largest, infinity. */
export function float16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(Math.fround(value));
  if (size >= 65520) return sign | 0x7c00;
  // Below 2^-14 steps are 2^-24; above, 2^-10 of the power of two below.
  const step = size < 2 ** -14 ? 2 ** -24 : 2 ** (Math.floor(Math.log2(size)) - 10);
  const steps = roundToEven(size / step);
  const rounded = steps * step;
  if (rounded < 2 ** -14) return sign | steps;
  const exponent = Math.floor(Math.log2(rounded));
  return sign | ((exponent + 15) << 10) | (rounded / 2 ** (exponent - 10) - 1024);
}

export function float16Value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const size =
    exponent === 31
      ? mantissa === 0
        ? Number.POSITIVE_INFINITY
        : Number.NaN
      : exponent === 0
        ? mantissa * 2 ** -24
        : (1024 + mantissa) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

/** Bits of the bfloat16 nearest to a value, ties to even. */
export function bfloat16Bits(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return 0x7fc0;
  const bits = word[0] as number;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

export function bfloat16Value(bits: number): number {
  word[0] = bits << 16;
  return float[0] as number;
}

/** Truncated towards zero and kept in a range; NaN gives 0. */
const saturated = (value: number, low: number, high: number): number => (Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, low), high)) + 0);

/** What a number becomes in a dtype. */
export function castValue(value: number, dtype: DataType): number {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "float16":
      return float16Value(float16Bits(value));
    case "bfloat16":
      return bfloat16Value(bfloat16Bits(value));
    case "bool":
      return Number(value !== 0);
    case "int32":
      return saturated(value, -(2 ** 31), 2 ** 31 - 1);
    case "uint8":
      return saturated(value, 0, 255);
    case "int8":
      return saturated(value, -128, 127);
    case "int64":
      return Math.trunc(value) + 0;
  }
}

/** A tensor's values as numbers, whatever its dtype. */
export function numbersOf(x: Tensor): number[] {
  const data = x.dataSync() as ArrayLike<number | bigint>;
  if (x.dtype === "float16") return Array.from(data, (bits) => float16Value(Number(bits)));
  if (x.dtype === "bfloat16") return Array.from(data, (bits) => bfloat16Value(Number(bits)));
  return Array.from(data, Number);
}
