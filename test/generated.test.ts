/** @file The kernel generator: its output is fresh, the function table is in opcode order, bad signatures are refused. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { families } from "../assembly/families.mjs";
import { generate, parseKernels } from "../scripts/generate-kernels.mjs";
import { coreSignatures, coreTableBase } from "../src/wasm/core.gen.js";
import { kernelsOf } from "../src/wasm/kernels.js";
import { functionNames, tableEntries } from "./wasmSections.js";

const signatures: Record<string, { list: string; base: number }> = { core: { list: coreSignatures, base: coreTableBase } };
const namesOf = (family: string): string[] => kernelsOf(signatures[family]?.list ?? "").map(([name]) => name);

test("every family's generated interface is checked here", () => {
  expect(Object.keys(signatures)).toEqual(families.map(({ name }) => name));
});

test("families do not overlap in the function table or in memory", () => {
  for (const field of ["table", "memory"] as const) {
    const ranges = families.map((family) => family[field] as [number, number]).sort((a, b) => a[0] - b[0]);
    for (const [i, [first, limit]] of ranges.entries()) {
      expect(first).toBeLessThan(limit);
      if (i > 0) expect(first).toBeGreaterThanOrEqual((ranges[i - 1] as [number, number])[1]);
    }
  }
});

test("generated files are what the generator writes: run npm run generate", () => {
  for (const { path, text } of generate()) expect(readFileSync(path, "utf8") === text, path).toBe(true);
});

describe.each(families.map(({ name }) => name))("the module of family %s", (family) => {
  const names = namesOf(family);

  test("the function table holds each kernel at its place", () => {
    // The debug build keeps function names; the other builds come from the same entry file.
    const wasm = readFileSync(`build/${family}.debug.wasm`);
    const functions = functionNames(wasm);
    const { base, list } = { base: signatures[family]?.base, list: tableEntries(wasm) };
    expect(list.offset).toBe(base);
    expect(list.functions.slice(0, names.length).map((index) => functions.get(index)?.split("/").at(-1))).toEqual(names);
  });

  test.each(["strict", "relaxed", "debug"])("the %s build has every kernel once, in the table", (build) => {
    const wasm = readFileSync(`build/${family}.${build}.wasm`);
    expect(new Set(names).size).toBe(names.length);
    const list = tableEntries(wasm);
    expect(list.offset).toBe(signatures[family]?.base);
    expect(list.functions.length).toBeGreaterThanOrEqual(names.length);
    // Equal code may be shared by two kernels.
    if (build === "debug") expect(new Set(list.functions).size).toBe(list.functions.length);
  });
});

describe("the generator refuses", () => {
  const kernel = (parameters: string, { tags = "@writes y", result = "void", doc = true, generic = "" } = {}): string =>
    `${doc ? `/** y = f(x). x, y: [n]. ${tags} */\n` : ""}export function f${generic}(${parameters}): ${result} {}\n`;
  const parse = (source: string): unknown => parseKernels(source, "kernels/x.ts");

  test("nothing in a good signature", () => {
    expect(parse(kernel("begin: i32, end: i32, scale: f32, x: usize, y: usize"))).toMatchObject([{ name: "f", kinds: "fpw", split: true }]);
  });

  test.each([
    ["a type it does not know", kernel("n: i64, y: usize"), "kernels/x.ts: f: expected i32, f32 or usize. Got n: i64."],
    ["a double", kernel("n: f64, y: usize"), "kernels/x.ts: f: expected i32, f32 or usize. Got n: f64."],
    ["a return value", kernel("n: i32, y: usize", { result: "i32" }), "kernels/x.ts: f: expected result void. Got i32."],
    ["a missing doc comment", kernel("n: i32, y: usize", { doc: false }), "kernels/x.ts: f: expected a doc comment"],
    ["missing tags", kernel("n: i32, y: usize", { tags: "" }), "kernels/x.ts: f: expected @writes or @updates to name an address. Got neither."],
    ["scratch alone", kernel("n: i32, y: usize", { tags: "@scratch y" }), "kernels/x.ts: f: expected @writes or @updates to name an address. Got neither."],
    [
      "a tag for what is no address",
      kernel("n: i32, y: usize", { tags: "@writes n" }),
      "kernels/x.ts: f: @writes expected an address of the signature. Got n.",
    ],
    ["too many parameters", kernel("a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, y: usize"), "kernels/x.ts: f: expected at most 21 parameters"],
    ["type parameters", kernel("n: i32, y: usize", { generic: "<T>" }), "kernels/x.ts: f: expected a plain function. Got type parameters <T>."],
  ])("%s", (_, source, message) => {
    expect(() => parse(source)).toThrow(message);
  });
});
