/** @file data: datasets from arrays, generators, functions and tables. */

import { unstack } from "../ops/slices.js";
import { checkFunction, describe, error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import { CSVDataset, csv } from "./csv.js";
import { Dataset, type Element, type Dataset as Elements, importPasses, walked } from "./dataset.js";
import type { Table, TableArgs, TableRow } from "./table.js";

/** Elements of several datasets side by side; ends with the shortest. */
// biome-ignore lint/suspicious/noExplicitAny: datasets in objects and lists of any form
function zip(datasets: any): Dataset {
  // The caller may change the list afterwards.
  const given = Array.isArray(datasets) ? [...datasets] : { ...datasets };
  const parts: Dataset[] = Object.values(given);
  const wrong = parts.filter((part) => !(part instanceof Dataset));
  if (parts.length === 0 || wrong.length > 0) throw error("zip", "expected datasets in a list or an object", wrong.length > 0 ? describe(wrong[0]) : "none");
  const sizes = parts.map(({ size }) => size);
  return walked(sizes.includes(null) ? null : Math.min(...(sizes as number[])), (passes) => passes.zip(given));
}

/** Datasets, by TensorFlow.js's names. */
export const data = {
  /**
   * The items of an array, or the rows of a tensor.
   * @example
   * ```ts
   * import { data } from "engram";
   * const batches = await data.array([1, 2, 3, 4, 5]).map((x) => x * 10).batch(2).toArray();
   * assert.deepEqual(batches.map((batch) => batch.arraySync()), [[10, 20], [30, 40], [50]]);
   * ```
   */
  array: <T extends Element>(items: readonly T[] | Tensor): Dataset<T> => {
    if (items instanceof Tensor) return new Dataset(() => unstack(items) as T[], items.shape[0] ?? null);
    if (!Array.isArray(items)) throw error("data.array", "expected an array or a tensor", describe(items));
    return new Dataset(() => items, items.length);
  },
  /** What a generator function yields; it is called anew for each pass. */
  generator: <T extends Element>(f: () => Iterable<T> | AsyncIterable<T> | Iterator<T> | Promise<Iterator<T>>): Dataset<T> => {
    checkFunction("generator", f);
    return walked(null, (passes) => passes.generator(f));
  },
  /** f() without end. */
  func: <T extends Element>(f: () => T | Promise<T>): Dataset<T> => {
    checkFunction("func", f);
    return walked(Number.POSITIVE_INFINITY, (passes) => passes.func(f));
  },
  /** Elements of several datasets side by side, in the form they are given in; ends with the shortest. */
  zip,
  /** A table of comma-separated text; elements are rows by column name. */
  csv,
  /**
   * The rows of a table, as packages ship small ones or `data.csv` reads them, as tensors; text becomes columns of 0 and 1, or classes.
   * @throws when a value is missing, with its row and column, unless `missing` is "drop"
   * @example
   * ```ts
   * import { data } from "engram";
   * const rows = [{ size: 3, color: "red", kind: "plum" }, { size: 7, color: "green", kind: "apple" }];
   * const { xs, ys, columns, classes } = await data.table(rows, { target: "kind" });
   * assert.deepEqual(columns, ["size", "color=green", "color=red"]);
   * assert.deepEqual(xs.arraySync(), [[3, 0, 1], [7, 1, 0]]);
   * assert.deepEqual([classes, ys.arraySync()], [["apple", "plum"], [[1], [0]]]);
   * ```
   */
  table: async (rows: readonly TableRow[] | Dataset, args: TableArgs): Promise<Table> => {
    return (await importPasses()).table(rows, args);
  },
  /** The class of all datasets. */
  Dataset,
  /** The class of tables. */
  CSVDataset,
};

/** Types, by TensorFlow.js's names. */
export declare namespace data {
  type Dataset<T extends Element = Element> = Elements<T>;
}
