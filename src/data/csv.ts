/** @file data.csv: tables as elements by column name. */
import { Dataset, importPasses } from "./dataset.js";

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

/** A table of comma-separated text. Its elements are rows by column name, or { xs, ys } when a column is a label. */
export class CSVDataset extends Dataset {
  constructor(
    private readonly table: CSVSource,
    private readonly config: CSVConfig,
  ) {
    super(async () => (await importPasses()).csv(table, config));
  }

  /** The columns' names, those of the targets included. */
  async columnNames(): Promise<string[]> {
    return (await importPasses()).columnNames(this.table, this.config);
  }
}

/** Where a table comes from: an address, a file in Node ("file://..."), or its text. */
export type CSVSource = string | { text: string };

/**
 * A table of comma-separated text.
 * @throws while it is read, when a row has another number of columns, a value is missing or no number; the line and column are named
 */
export function csv(source: CSVSource, config: CSVConfig = {}): CSVDataset {
  return new CSVDataset(source, config);
}
