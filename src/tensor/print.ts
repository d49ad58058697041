/** @file Tensors as text: rows and columns aligned, long axes shortened. */
import type { DataArray, DataType } from "./dtype.js";
import type { Shape } from "./shape.js";

/** Axes longer than this are shown by their first and last values. */
const LONGEST = 20;
const EDGE = 3;

/** The number that 16 bits of a float16 or bfloat16 stand for. */
function fromHalf(bits: number, dtype: "float16" | "bfloat16"): number {
  const [mantissaBits, bias] = dtype === "float16" ? [10, 15] : [7, 127];
  const exponent = (bits >> mantissaBits) & (2 * bias + 1);
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  const finite = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  const size = exponent <= 2 * bias ? finite : fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return bits & 0x8000 ? -size : size;
}

function formatNumber(stored: number | bigint, dtype: DataType): string {
  if (dtype === "bool") return stored ? "true" : "false";
  const value = dtype === "float16" || dtype === "bfloat16" ? fromHalf(Number(stored), dtype) : stored;
  if (typeof value === "bigint" || !dtype.includes("float")) return String(value);
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : value < 0 ? "-Infinity" : "NaN";
  return String(Number(value.toPrecision(7)));
}

/** Indices shown along an axis; -1 stands for "...". */
function shown(length: number): number[] {
  if (length <= LONGEST) return Array.from({ length }, (_, i) => i);
  return [...Array.from({ length: EDGE }, (_, i) => i), -1, ...Array.from({ length: EDGE }, (_, i) => length - EDGE + i)];
}

/** The values as nested brackets. */
export function formatValues(values: DataArray, shape: Shape, dtype: DataType): string {
  if (shape.length === 0) return formatNumber(values[0] as number, dtype);
  const columns = shown(shape[shape.length - 1] as number);
  let width = 0;
  const cell = (index: number): string => formatNumber(values[index] as number, dtype);
  const visit = (depth: number, offset: number, leaf: (offset: number) => void): void => {
    if (depth === shape.length - 1) return leaf(offset);
    const stride = shape.slice(depth + 1).reduce((a, b) => a * b, 1);
    for (const i of shown(shape[depth] as number)) if (i >= 0) visit(depth + 1, offset + i * stride, leaf);
  };
  visit(0, 0, (offset) => {
    for (const i of columns) if (i >= 0) width = Math.max(width, cell(offset + i).length);
  });
  const row = (offset: number): string => `[${columns.map((i) => (i < 0 ? "..." : cell(offset + i).padStart(shape.length > 1 ? width : 0))).join(", ")}]`;
  const build = (depth: number, offset: number): string => {
    if (depth === shape.length - 1) return row(offset);
    const stride = shape.slice(depth + 1).reduce((a, b) => a * b, 1);
    const parts = shown(shape[depth] as number).map((i) => (i < 0 ? "..." : build(depth + 1, offset + i * stride)));
    return `[${parts.join(`,\n${" ".repeat(depth + 1)}`)}]`;
  };
  return build(0, 0);
}

/** What `print()` shows. */
export function formatTensor(values: DataArray, shape: Shape, dtype: DataType, verbose: boolean): string {
  const body = formatValues(values, shape, dtype)
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
  const head = verbose ? `Tensor\n  dtype: ${dtype}\n  rank: ${shape.length}\n  shape: [${shape}]\n  values:` : "Tensor";
  return `${head}\n${body}`;
}
