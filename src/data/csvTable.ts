/** @file The rows of a table of comma-separated text; imported when the first is asked for. */
import { readText } from "../platformFiles.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import type { ColumnConfig, CSVConfig, CSVSource } from "./csv.js";
import { csvRows } from "./csvText.js";

type Value = number | string | boolean | undefined;
type Row = Record<string, Value>;

/** Numbers as people write them; not "", "0x10" or " ". */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

interface Place {
  where: string;
  line: number;
  column: string;
}

function fieldValue(text: string, { required = false, dtype, default: standIn }: ColumnConfig, { where, line, column }: Place): Value {
  const place = `${where}, line ${line}, column '${column}'`;
  if (text === "") {
    if (standIn !== undefined) return standIn;
    if (required) throw error("csv", `${place}: expected a value`, "nothing", "give columnConfigs a default.");
    return undefined;
  }
  if (dtype === "string") return text;
  if (dtype === "bool") {
    const known = ({ true: true, false: false, 1: true, 0: false } as Record<string, boolean>)[text.trim().toLowerCase()];
    if (known === undefined) throw error("csv", `${place}: expected true, false, 1 or 0`, describe(text));
    return known;
  }
  if (NUMBER.test(text)) return dtype === "int32" ? Math.trunc(Number(text)) : Number(text);
  if (dtype !== undefined) throw error("csv", `${place}: expected a number`, describe(text));
  return text;
}

/** What a source is called in error messages, and its text. */
async function textOf(source: CSVSource): Promise<{ where: string; text: string }> {
  if (typeof source !== "string") {
    if (typeof source?.text !== "string") throw error("csv", "expected an address, or { text }", describe(source));
    return { where: "the text", text: source.text };
  }
  const text = await readText(source).catch((cause: Error) => {
    throw error("csv", `${source}: expected a text`, cause.message, source.includes("://") ? undefined : `for a file, write "file://${source}".`);
  });
  return { where: source, text };
}

function checkConfig(config: CSVConfig): CSVConfig {
  checkOptions("csv", config, "hasHeader columnNames columnConfigs configuredColumnsOnly delimiter");
  const { columnNames = [], columnConfigs = {} } = config;
  if (!Array.isArray(columnNames)) throw error("csv", "columnNames must be a list", describe(columnNames));
  for (const [column, own] of Object.entries(columnConfigs)) {
    checkOptions(`csv: column '${column}'`, own, "required dtype default isLabel");
    if (!["float32", "int32", "bool", "string", undefined].includes(own.dtype))
      throw error("csv", `column '${column}': dtype must be float32, int32, bool or string`, describe(own.dtype));
  }
  return config;
}

/** The columns' names, those of the targets included. */
export async function columnNames(source: CSVSource, config: CSVConfig): Promise<string[]> {
  const { where, text } = await textOf(source);
  const { value } = csvRows(text, checkConfig(config).delimiter ?? ",", where).next();
  return namesOf(value?.fields, where, config);
}

function namesOf(first: readonly string[] | undefined, where: string, config: CSVConfig): string[] {
  const { hasHeader = true, columnNames, columnConfigs = {} } = config;
  if (first === undefined) throw error("csv", `${where}: expected rows`, "an empty text");
  const names = columnNames ?? (hasHeader ? first : undefined);
  if (names === undefined) throw error("csv", "columnNames must be given when there is no header", "none");
  if (columnNames !== undefined && first.length !== columnNames.length)
    throw error("csv", `${where}: expected ${columnNames.length} columns, as columnNames has`, `${first.length}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw error("csv", `${where}: column names must be unique`, `two columns '${twice}'`);
  const unknown = Object.keys(columnConfigs).find((name) => !names.includes(name));
  if (unknown !== undefined) throw error("csv", `${where}: columnConfigs must name columns among ${names.join(", ")}`, `'${unknown}'`);
  return [...names];
}

/** Rows by column name, or { xs, ys } when a column is a label. */
export async function* tableRows(source: CSVSource, config: CSVConfig): AsyncGenerator<Row | { xs: Row; ys: Row }> {
  const { hasHeader = true, columnConfigs = {}, configuredColumnsOnly = false, delimiter = "," } = checkConfig(config);
  const { where, text } = await textOf(source);
  const hasLabels = Object.values(columnConfigs).some(({ isLabel }) => isLabel);
  let names: string[] | null = null;
  for (const { fields, line } of csvRows(text, delimiter, where)) {
    if (names === null) {
      names = namesOf(fields, where, config);
      if (hasHeader) continue;
    }
    if (fields.length !== names.length) throw error("csv", `${where}, line ${line}: expected ${names.length} columns`, `${fields.length}`);
    const [xs, ys]: [Row, Row] = [{}, {}];
    names.forEach((column, i) => {
      const own = columnConfigs[column];
      if (own === undefined && configuredColumnsOnly) return;
      (own?.isLabel ? ys : xs)[column] = fieldValue(fields[i] as string, own ?? {}, { where, line, column });
    });
    yield hasLabels ? { xs, ys } : xs;
  }
  if (names === null) namesOf(undefined, where, config);
}
