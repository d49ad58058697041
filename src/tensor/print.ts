/** @file Tensors as text: rows and columns aligned, long axes shortened. */
import type { DataArray, DataType } from "./dtype.js";
import { type Shape, sizeOf } from "./shape.js";

/** Axes longer than this are shown by their first and last values. */
const LONGEST = 20;
const EDGE = 3;
/** What stands for the others. */
const GAP = "...";

/** Numbers as text, nested as their brackets will be. */
type Cells = string | readonly Cells[];

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
  return String(Number(value.toPrecision(7)));
}

/** Indices shown along an axis; -1 stands for "...". */
function shown(length: number): number[] {
  if (length <= LONGEST) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: 2 * EDGE + 1 }, (_, i) => (i < EDGE ? i : i > EDGE ? length - 2 * EDGE - 1 + i : -1));
}

/** The values as nested brackets. */
export function formatValues(values: DataArray, shape: Shape, dtype: DataType): string {
  if (shape.length === 0) return formatNumber(values[0] as number, dtype);
  const last = shape.length - 1;
  const cellsOf = (depth: number, offset: number): Cells =>
    shown(shape[depth] as number).map((i) => {
      if (i < 0) return GAP;
      const at = offset + i * sizeOf(shape.slice(depth + 1));
      return depth < last ? cellsOf(depth + 1, at) : formatNumber(values[at] as number, dtype);
    });
  const widthOf = (cells: Cells): number => (typeof cells !== "string" ? Math.max(0, ...cells.map(widthOf)) : cells === GAP ? 0 : cells.length);
  const cells = cellsOf(0, 0);
  const width = last > 0 ? widthOf(cells) : 0;
  const write = (part: Cells, depth: number): string => {
    if (typeof part !== "string") return `[${part.map((each) => write(each, depth + 1)).join(depth < last ? `,\n${" ".repeat(depth + 1)}` : ", ")}]`;
    return part === GAP ? part : part.padStart(width);
  };
  return write(cells, 0);
}

/** What `print()` shows. */
export function formatTensor(values: DataArray, shape: Shape, dtype: DataType, verbose: boolean): string {
  const body = formatValues(values, shape, dtype).replaceAll("\n", "\n    ");
  const head = verbose ? `Tensor\n  dtype: ${dtype}\n  rank: ${shape.length}\n  shape: [${shape}]\n  values:` : "Tensor";
  return `${head}\n    ${body}`;
}
