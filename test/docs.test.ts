/** @file Runs every documented example: the code under `@example` in the sources, and the TypeScript blocks of the pages. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { told } from "../src/engine/init.js";
import { filesUnder } from "./tree.js";
import { trainerUrl } from "./worker/trainerUrl.js";

const folder = "build/doc-examples";

interface Example {
  /** Where it is: file and line. */
  where: string;
  code: string;
}

/** The text of ```ts blocks with the lines they begin on, counted from 1. */
function blocksOf(text: string): { code: string; line: number }[] {
  return [...text.matchAll(/^( *)```ts\n([\s\S]*?)^ *```/gm)].map((match) => ({
    code: match[2] as string,
    line: text.slice(0, match.index).split("\n").length + 1,
  }));
}

/** The examples in a source file's doc comments: a block that follows `@example`. */
function examplesOfSource(path: string): Example[] {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const firstLine = source.slice(0, comment.index).split("\n").length;
    // Same number of lines as in the file, without the comment's stars.
    const text = comment[0].replace(/^\s*\* ?/gm, "");
    return text
      .split(/^@example.*$/m)
      .slice(1)
      .flatMap((part) => {
        const before = text.slice(0, text.indexOf(part)).split("\n").length;
        const block = blocksOf(part.split(/^@\w/m)[0] as string)[0];
        return block === undefined ? [] : [{ where: `${path}:${firstLine + before - 1 + block.line - 1}`, code: block.code }];
      });
  });
}

/** The blocks of a page that use the library; others (a configuration, a fragment) are not programs. */
const examplesOfPage = (path: string): Example[] =>
  blocksOf(readFileSync(path, "utf8"))
    .filter(({ code }) => /from "engram(\/core|\/draw|\/layers|\/models)?"/.test(code))
    .map(({ code, line }) => ({ where: `${path}:${line}`, code }));

const pages = [...readdirSync(".").filter((name) => name.endsWith(".md")), ...(existsSync("docs") ? filesUnder("docs", ".md") : [])];
const examples = [
  ...filesUnder("src", ".ts")
    .filter((path) => !path.startsWith("src/wasm/embedded/"))
    .flatMap(examplesOfSource),
  ...pages.flatMap(examplesOfPage),
];

/** The example as a module of this tree: the library's sources, and `assert` as the one name that needs no import. */
function moduleOf({ where, code }: Example): string {
  const rewritten = code
    .replaceAll(/from "engram"/g, 'from "../../src/index.js"')
    .replaceAll(/from "engram\/draw"/g, 'from "../../src/draw/index.js"')
    .replaceAll(/from "engram\/models"/g, 'from "../../src/models.js"')
    .replaceAll(/from "engram\/layers"/g, 'from "../../src/nn/layers/index.js"')
    .replaceAll(/from "engram\/core"/g, 'from "../../src/core.js"');
  return `/** @file Generated from ${where}. */\nimport assert from "node:assert/strict";\nvoid assert;\n${rewritten}`;
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const modules = examples.map((example) => {
  const path = `${folder}/${example.where.replaceAll(/[^\w]+/g, "-")}.ts`;
  writeFileSync(path, moduleOf(example));
  return { ...example, path };
});

// The sources have no trainer.worker.js beside them, as the package has.
beforeAll(async () => {
  told.trainerUrl = await trainerUrl();
});

describe("documented examples run", () => {
  test("there are some, and each checks or prints something", () => {
    expect(modules.length).toBeGreaterThan(0);
    expect(examples.filter(({ code }) => !/assert|print|console/.test(code)).map(({ where }) => where)).toEqual([]);
  });

  test.each(modules.map(({ where, path }) => [where, path] as const))("%s", async (_, path) => {
    await import(resolve(path));
  });
});

test("documented examples have no type errors", () => {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  // As a reader pastes them: without annotations that only a strict project asks for.
  const loose: ts.CompilerOptions = {
    ...options,
    strict: false,
    noImplicitAny: false,
    noImplicitOverride: false,
    exactOptionalPropertyTypes: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const program = ts.createProgram(
    modules.map(({ path }) => path),
    loose,
  );
  const errors = modules.flatMap(({ where, path }) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ messageText }) => `${where}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
  );
  expect(errors).toEqual([]);
});
