/** @file data.table: rows with named or numbered columns as numbers to train on; with data.csv's rows imported when the first is asked for. */
import { tensor } from "../ops/creation.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";

export { columnNames, tableRows } from "./csvTable.js";

/** A field of a row; null, undefined, NaN and "" are missing. */
export type Field = number | string | boolean | null | undefined;

export type TableRow = readonly Field[] | Readonly<Record<string, Field>>;

export interface TableArgs {
  /** The column to predict: its name, or its number where rows are arrays. */
  target: string | number;
  /** The columns to predict it from; all others by default. */
  features?: readonly (string | number)[];
  /** What becomes of a row in which a value is missing: "error" (default) names it, "drop" leaves it out. */
  missing?: "error" | "drop";
}

export interface Table {
  /** float32 [rows, columns]: numbers as they are, a column of text as one column of 0 and 1 for each of its texts. */
  xs: Tensor;
  /** [rows, 1]: float32 where the target is a number, else int32: the class's place in `classes`. */
  ys: Tensor;
  /** Names of the columns of xs, such as "weight" and "origin=Japan". */
  columns: string[];
  /** Texts of the target in alphabetical order; empty where it is a number. */
  classes: string[];
}

const isMissing = (value: Field): boolean => value === null || value === undefined || value === "" || Number.isNaN(value);

/** The texts of a column in alphabetical order; none where all its values are numbers. */
function textsOf(rows: readonly Record<string, Field>[], column: string): string[] {
  const values = new Set(rows.map((row) => row[column]));
  return [...values].some((value) => typeof value === "string") ? [...values].map(String).sort() : [];
}

/** The rows as tensors; see data.table. */
export async function tableOf(given: readonly TableRow[] | AsyncIterable<unknown>, args: TableArgs): Promise<Table> {
  checkOptions("data.table", args, "target features missing");
  const { target, features, missing = "error" } = args;
  if (!given) throw error("data.table", "expected rows", describe(given));
  const source: unknown[] = [];
  for await (const row of given) source.push(row);
  const wanted = [target, ...(features ?? Object.keys(source[0] ?? {}).filter((column) => column !== String(target)))].map(String);
  const rows = (source as readonly Record<string, Field>[]).filter((row, i) => {
    const gap = wanted.find((column) => isMissing(row[column]));
    if (gap !== undefined && missing === "error")
      throw error("data.table", `expected a value in row ${i}, column '${gap}'`, describe(row[gap]), "missing: 'drop' leaves such rows out.");
    return gap === undefined;
  });
  if (rows.length === 0) throw error("data.table", "expected rows", `${source.length}, none of them whole`);
  const classes = textsOf(rows, String(target));
  const columns: string[] = [];
  const parts = wanted.slice(1).map((column) => {
    const texts = textsOf(rows, column);
    columns.push(...(texts.length === 0 ? [column] : texts.map((text) => `${column}=${text}`)));
    return (row: Record<string, Field>): number[] => (texts.length === 0 ? [Number(row[column])] : texts.map((text) => Number(text === String(row[column]))));
  });
  const answer = (row: Record<string, Field>): number => (classes.length === 0 ? Number(row[target]) : classes.indexOf(String(row[target])));
  return {
    xs: tensor(
      rows.flatMap((row) => parts.flatMap((part) => part(row))),
      [rows.length, columns.length],
    ),
    ys: tensor(rows.map(answer), [rows.length, 1], classes.length === 0 ? "float32" : "int32"),
    columns,
    classes,
  };
}
