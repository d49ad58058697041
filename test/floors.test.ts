/** @file The shape of the tree: import direction, who may know the surroundings, file sizes, dependencies. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { filesUnder, lineOf, parse, walk } from "./tree.js";

/** A file may import its own floor and lower ones. The longest matching path counts. */
const floors: Record<string, number> = {
  "src/platform.ts": 1,
  "src/platformFiles.ts": 1,
  "src/platformTerminal.ts": 1,
  "src/platformThreads.ts": 1,
  "src/platformTrainer.ts": 1,
  "src/wasm/": 1,
  "src/tensor/": 2,
  "src/engine/": 3,
  "src/ops/": 4,
  "src/methods.ts": 4,
  "src/data/": 5,
  "src/nn/": 5,
  "src/optim/": 5,
  "src/train/": 6,
  "src/io/": 6,
  "src/draw/": 6,
  "src/core.ts": 7,
  "src/index.ts": 7,
  "src/models.ts": 7,
  "src/trainer.ts": 7,
};

/** Names of a host's surroundings, which only the platform files may use. */
const surroundings = new Set([
  "process",
  "require",
  "fetch",
  "Worker",
  "navigator",
  "crossOriginIsolated",
  "document",
  "window",
  "self",
  "localStorage",
  "indexedDB",
  "Deno",
  "Bun",
]);

const LONGEST_FILE = 400;

const sources = filesUnder("src", ".ts");
const kernels = filesUnder("assembly", ".ts");
const isGenerated = (path: string): boolean => path.endsWith(".gen.ts") || path.startsWith("src/wasm/embedded/");

function floorOf(path: string): number {
  const matches = Object.keys(floors).filter((key) => (key.endsWith("/") ? path.startsWith(key) : path === key));
  const longest = matches.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined)
    throw new Error(`${path}: expected a file on a floor. Got none: add its folder to the floors in test/floors.test.ts and in docs/ARCHITECTURE.md.`);
  return floors[longest] as number;
}

/** Modules that a file loads at run time: its imports and re-exports but `import type` and `export type`, and `import()`. */
function importsOf(path: string): { module: string; line: number }[] {
  const found: { module: string; line: number }[] = [];
  walk(parse(path), (node) => {
    let specifier: ts.Expression | undefined;
    if (ts.isImportDeclaration(node) && !node.importClause?.isTypeOnly) specifier = node.moduleSpecifier;
    else if (ts.isExportDeclaration(node) && !node.isTypeOnly) specifier = node.moduleSpecifier;
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) specifier = node.arguments[0];
    if (specifier && ts.isStringLiteral(specifier)) found.push({ module: specifier.text, line: lineOf(specifier) });
  });
  return found;
}

/** True for an identifier that stands for a global, not for a property, a parameter or a member of that name. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return parent.expression.getText().replaceAll(/[()]/g, "").startsWith("globalThis");
  if (
    (ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent)) &&
    parent.name === node
  )
    return false;
  return true;
}

describe("floors", () => {
  test("a file imports only its own floor and lower ones", () => {
    const wrong: string[] = [];
    for (const path of sources) {
      for (const { module, line } of importsOf(path)) {
        if (!module.startsWith(".")) continue;
        const target = posix.join(posix.dirname(path), module).replace(/\.js$/, ".ts");
        if (floorOf(target) > floorOf(path)) wrong.push(`${path}:${line} (floor ${floorOf(path)}) imports ${target} (floor ${floorOf(target)})`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("eager ops work without the compiler: only its own files, core.ts and the floors above import it", () => {
    const compiler = ["trace", "fuse", "memory", "layout", "plan", "course", "compile"].map((name) => `src/engine/${name}.ts`);
    const wrong = sources
      .filter((path) => floorOf(path) <= 4 && !compiler.includes(path))
      .flatMap((path) => importsOf(path).map(({ module, line }) => ({ path, line, target: posix.join(posix.dirname(path), module).replace(/\.js$/, ".ts") })))
      .filter(({ target }) => compiler.includes(target))
      .map(({ path, line, target }) => `${path}:${line} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  test("nothing but the project's own files is imported at run time", () => {
    const wrong = sources.flatMap((path) =>
      importsOf(path)
        .filter(({ module }) => !module.startsWith("."))
        .map(({ module, line }) => `${path}:${line} imports ${module}`),
    );
    expect(wrong).toEqual([]);
    const manifest = JSON.parse(readFileSync("package.json", "utf8"));
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"]) expect(manifest[field], field).toBeUndefined();
  });

  test("only the platform files name the surroundings", () => {
    const wrong: string[] = [];
    for (const path of sources) {
      if (/^src\/platform(Files|Terminal|Threads|Trainer)?\.ts$/.test(path) || isGenerated(path)) continue;
      walk(parse(path), (node) => {
        if (ts.isIdentifier(node) && surroundings.has(node.text) && isGlobalUse(node)) wrong.push(`${path}:${lineOf(node)} names ${node.text}`);
        if (ts.isStringLiteral(node) && node.text.startsWith("node:")) wrong.push(`${path}:${lineOf(node)} names ${node.text}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  test("only simd.ts names a relaxed instruction", () => {
    const wrong = kernels.filter((path) => path !== "assembly/simd.ts" && readFileSync(path, "utf8").includes("relaxed_"));
    expect(wrong).toEqual([]);
  });

  test("kernels import nothing but kernels", () => {
    const wrong = kernels.flatMap((path) =>
      importsOf(path)
        .filter(({ module }) => !posix.join(posix.dirname(path), module).startsWith("assembly/"))
        .map(({ module, line }) => `${path}:${line} imports ${module}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("files", () => {
  const tests = filesUnder("test", ".ts").filter((path) => !path.startsWith("test/fixtures/"));
  const written = [...sources, ...kernels, ...tests, ...filesUnder("bench", ".ts"), ...filesUnder("examples", ".ts"), ...filesUnder("scripts", ".mjs")].filter(
    (path) => !isGenerated(path),
  );

  test(`have at most ${LONGEST_FILE} lines`, () => {
    const wrong = written
      .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }))
      .filter(({ lines }) => lines > LONGEST_FILE)
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expect(wrong).toEqual([]);
  });

  test("begin with what they are for", () => {
    const wrong = written.filter((path) => !/^\/\*\*\s+(\* )?@file \S/.test(readFileSync(path, "utf8")));
    expect(wrong).toEqual([]);
  });
});
