/** @file Every layer, by its rows of layers.table.ts; and what only some of them do. */
import { describe, expect, test } from "vitest";
import { layers } from "../src/index.js";
import { checkLayer } from "./checkLayer.js";
import { layersTable } from "./layers.table.js";

const factories: Record<string, unknown> = layers;

test("the table has rows for every layer, and for nothing else", () => {
  // What is no layer, and what is the input of every model that is checked.
  const others = ["Layer", "input", "inputLayer"];
  expect(Object.keys(layersTable).sort()).toEqual(
    Object.keys(factories)
      .filter((name) => !others.includes(name))
      .sort(),
  );
});

describe("layers", () => {
  for (const [name, rows] of Object.entries(layersTable))
    test.each(rows.map((row) => [JSON.stringify(row.args ?? {}), row] as const))(`${name} %s`, async (_, row) => {
      await checkLayer(factories[name] as Parameters<typeof checkLayer>[0], row);
    });
});
