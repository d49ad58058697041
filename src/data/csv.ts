/** @file data.csv: tables as elements by column name. */
import { readText } from "../platform.js";
import { describe, error } from "../tensor/errors.js";
import { csvRows } from "./csvText.js";
import { Dataset } from "./dataset.js";

export interface ColumnConfig {
  /** A missing value is an error. */
  required?: boolean;
  /** How to read the column; by default numbers where the text is one, else text. */
  dtype?: "float32" | "int32" | "bool" | "string";
  /** Stands for a missing value. */
  default?: string | number | boolean;
  /** Whether the column belongs to the targets, ys. */
  isLabel?: boolean;
}

export interface CSVConfig {
  /** Whether the first row holds the columns' names; true by default. */
  hasHeader?: boolean;
  /** Names instead of the header's. */
  columnNames?: readonly string[];
  columnConfigs?: Readonly<Record<string, ColumnConfig>>;
  /** Only the columns that columnConfigs names. */
  configuredColumnsOnly?: boolean;
  /** What separates fields; a comma by default. */
  delimiter?: string;
}

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

/** A table of comma-separated text. Its elements are rows by column name, or { xs, ys } when a column is a label. */
export class CSVDataset extends Dataset {
  constructor(
    private readonly where: string,
    private readonly read: () => Promise<string>,
    private readonly config: CSVConfig,
  ) {
    super(() => this.rows());
  }

  /** The columns' names, those of the targets included. */
  async columnNames(): Promise<string[]> {
    const { value } = csvRows(await this.read(), this.config.delimiter ?? ",", this.where).next();
    return this.namesOf(value?.fields ?? []);
  }

  private namesOf(first: readonly string[]): string[] {
    const { hasHeader = true, columnNames, columnConfigs = {} } = this.config;
    const names = columnNames ?? (hasHeader ? first : undefined);
    if (names === undefined) throw error("csv", "columnNames must be given when there is no header", "none");
    if (columnNames !== undefined && first.length !== columnNames.length)
      throw error("csv", `${this.where}: expected ${columnNames.length} columns, as columnNames has`, `${first.length}`);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw error("csv", `${this.where}: column names must be unique`, `two columns '${twice}'`);
    const unknown = Object.keys(columnConfigs).find((name) => !names.includes(name));
    if (unknown !== undefined) throw error("csv", `${this.where}: columnConfigs must name columns among ${names.join(", ")}`, `'${unknown}'`);
    return [...names];
  }

  private async *rows(): AsyncGenerator<Row | { xs: Row; ys: Row }> {
    const { hasHeader = true, columnConfigs = {}, configuredColumnsOnly = false, delimiter = "," } = this.config;
    const hasLabels = Object.values(columnConfigs).some(({ isLabel }) => isLabel);
    let names: string[] | null = null;
    for (const { fields, line } of csvRows(await this.read(), delimiter, this.where)) {
      if (names === null) {
        names = this.namesOf(fields);
        if (hasHeader) continue;
      }
      if (fields.length !== names.length) throw error("csv", `${this.where}, line ${line}: expected ${names.length} columns`, `${fields.length}`);
      const [xs, ys]: [Row, Row] = [{}, {}];
      names.forEach((column, i) => {
        const config = columnConfigs[column];
        if (config === undefined && configuredColumnsOnly) return;
        (config?.isLabel ? ys : xs)[column] = fieldValue(fields[i] as string, config ?? {}, { where: this.where, line, column });
      });
      yield hasLabels ? { xs, ys } : xs;
    }
  }
}

/** Where a table comes from: an address, a file in Node ("file://..."), or its text. */
export type CSVSource = string | { text: string };

/**
 * A table of comma-separated text.
 * @throws while it is read, when a row has another number of columns, a value is missing or no number; the line and column are named
 */
export function csv(source: CSVSource, config: CSVConfig = {}): CSVDataset {
  return typeof source === "string" ? new CSVDataset(source, () => readText(source), config) : new CSVDataset("the text", async () => source.text, config);
}
