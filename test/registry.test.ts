/** @file Forbids drift: every op has a row, a gradient or an explicit null, and a doc comment; every kernel has a caller. */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { definedOps } from "../src/engine/op.js";
import * as engram from "../src/index.js";
import * as ops from "../src/ops/index.js";
import { coreSignatures } from "../src/wasm/core.gen.js";
import { kernelsOf } from "../src/wasm/kernels.js";
import { opsTable } from "./ops.table.js";
import { filesUnder } from "./tree.js";

/** Public functions among the ops that a row has nothing to check in, each with its reason. */
const noOps: Record<string, string> = {
  ...Object.fromEntries(
    ["tensor", "scalar", "tensor1d", "tensor2d", "tensor3d", "tensor4d", "tensor5d", "tensor6d"].map((name) => [name, "takes values as they are"]),
  ),
  ...Object.fromEntries(["zeros", "ones", "zerosLike", "onesLike"].map((name) => [name, "is fill"])),
  ...Object.fromEntries(
    ["booleanMask", "booleanMaskAsync", "setdiff1d", "setdiff1dAsync", "whereAsync"].map((name) => [name, "cannot be traced: test/indexing.test.ts"]),
  ),
  ...Object.fromEntries(
    ["slice", "pad", "reverse", "concat"].flatMap((name) => [1, 2, 3, 4].map((rank) => [`${name}${rank}d`, `is ${name} of tensors of ${rank} axes`])),
  ),
  ...Object.fromEntries(["buffer", "TensorBuffer"].map((name) => [name, "is no op: test/creation.test.ts"])),
  ensureShape: "gives x itself",
  broadcastArgs: "reads its values, which a plan does not have",
  unique: "cannot be traced: test/sort.test.ts",
  inTopKAsync: "is inTopK",
  fromBytes: "takes bytes as they are",
  rand: "calls a function of the user's: test/random.test.ts",
  setSeed: "gives no tensor",
  ...Object.fromEntries(["fromPixels", "fromPixelsAsync", "toPixels", "draw"].map((name) => [`browser.${name}`, "takes pictures: test/pixels.test.ts"])),
  ...Object.fromEntries(["jacobian", "hessianVectorProduct", "jvp"].map((name) => [name, "takes a function: test/derivatives.test.ts"])),
  ...Object.fromEntries(["scan", "foriLoop"].map((name) => [name, "takes a function: test/scan.test.ts"])),
  gradCheck: "is what the rows' gradients are checked with",
};

/** Ops whose gradient is never a tensor: it stops there without an error. */
const stopsGradient = ["cast", "oneHot"];

/** Kernels that no file of src/ calls, each with its reason. */
const uncalledKernels: Record<string, string> = {};

const allOps: Record<string, unknown> = ops;
/** Public functions by name; those that only a namespace has, such as linalg, as "linalg.name". */
const functions = Object.entries(ops).flatMap(([name, value]) =>
  typeof value === "function" ? [name] : Object.entries(value).flatMap(([inner, f]) => (allOps[inner] === f ? [] : [`${name}.${inner}`])),
);
const names = [...definedOps.keys()].sort();
const rows = Object.keys(opsTable).sort();

describe("the op table", () => {
  test("has a row for every defined op", () => {
    expect(names.filter((name) => !(name in opsTable))).toEqual([]);
  });

  test("has a row for every public op, composed ones too", () => {
    expect(functions.filter((name) => !(name in opsTable) && !(name in noOps))).toEqual([]);
    expect(Object.keys(noOps).filter((name) => !functions.includes(name) || name in opsTable)).toEqual([]);
  });

  test("has no row without an op", () => {
    expect(rows.filter((name) => !definedOps.has(name) && !functions.includes(name) && !(name in engram))).toEqual([]);
  });

  test("tests the gradient of every op that has one, and of no other", () => {
    const wrong = names.filter(
      (name) => name in opsTable && (definedOps.get(name)?.grad === null || stopsGradient.includes(name)) !== (opsTable[name]?.gradient === null),
    );
    expect(wrong).toEqual([]);
  });
});

test("every op has a gradient or an explicit null", () => {
  expect(names.filter((name) => definedOps.get(name)?.grad === undefined)).toEqual([]);
});

describe("kernels", () => {
  const kernels = kernelsOf(coreSignatures).map(([name]) => name);
  const text = filesUnder("src", ".ts")
    .filter((path) => !path.endsWith(".gen.ts") && !path.startsWith("src/wasm/embedded/"))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  // `k.name` or `kernels.name`, or the name in a table of kernels.
  const called = new Set([...text.matchAll(/\b(?:k|kernels)\.(\w+)|"(\w+)"/g)].map((match) => match[1] ?? (match[2] as string)));

  test("are each called by an op", () => {
    // A kernel over rows is called where the plain one is, see runBinary, and one of int32 where that of float32 is, see pointwise.ts.
    const names = (name: string): string[] => [name, name.replace(/Rows$/, ""), name.replace(/I32(Rows)?$/, "")];
    expect(kernels.filter((name) => !names(name).some((each) => called.has(each)) && !(name in uncalledKernels))).toEqual([]);
  });

  test("that are listed as uncalled exist and are uncalled", () => {
    expect(Object.keys(uncalledKernels).filter((name) => !kernels.includes(name) || called.has(name))).toEqual([]);
  });
});

describe("doc comments", () => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, { default?: string }> };
  const entryPoints = Object.values(exports).flatMap((entry) =>
    entry.default === undefined ? [] : [entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts")],
  );
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const program = ts.createProgram(entryPoints, options);
  const checker = program.getTypeChecker();

  const isDocumented = (symbol: ts.Symbol): boolean => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== "";
  const isInternal = (symbol: ts.Symbol): boolean => symbol.getJsDocTags(checker).some(({ name }) => name === "internal");
  const where = (symbol: ts.Symbol): string => symbol.declarations?.[0]?.getSourceFile().fileName.replace(/^.*\/src\//, "src/") ?? "";
  const isFunction = (symbol: ts.Symbol): boolean => checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0;

  /** The public names of the entry points, aliases resolved. */
  function publicSymbols(): Set<ts.Symbol> {
    const exported = entryPoints.flatMap((path) =>
      checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path) as ts.SourceFile) as ts.Symbol),
    );
    return new Set(exported.map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)));
  }

  /** Methods of a class, and functions of a public object such as `layers`, but private, internal and merged ones. */
  function membersOf(symbol: ts.Symbol): ts.Symbol[] {
    if (symbol.flags & ts.SymbolFlags.Class) {
      return [...(symbol.members?.values() ?? [])].filter((member) => {
        const declaration = member.declarations?.[0];
        const isMethod = declaration !== undefined && ts.isMethodDeclaration(declaration) && !ts.isComputedPropertyName(declaration.name);
        return isMethod && !(ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Override)) && !isInternal(member);
      });
    }
    if (symbol.flags & ts.SymbolFlags.Variable && !isFunction(symbol)) return checker.getTypeOfSymbol(symbol).getProperties().filter(isFunction);
    return [];
  }

  test("stand on every public function, class and object, and on their methods", () => {
    const missing: string[] = [];
    for (const symbol of publicSymbols()) {
      if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class | ts.SymbolFlags.Variable))) continue;
      if (!isDocumented(symbol)) missing.push(`${where(symbol)}: ${symbol.name}`);
      for (const member of membersOf(symbol)) if (!isDocumented(member)) missing.push(`${where(member)}: ${symbol.name}.${member.name}`);
    }
    expect(missing).toEqual([]);
  });
});
