/** @file The package as its users get it: packed, installed into an empty project, run in plain Node and through bundlers, checked by linters. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build as vite } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

/** An empty project outside the tree, so that nothing of the tree is found by accident. */
const project = mkdtempSync(join(tmpdir(), "engram-pack-"));
let tarball = "";

/** Runs a program in a folder and returns what it printed. */
function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")}: expected success. Got:\n${stdout}\n${stderr}`);
  }
}

beforeAll(() => {
  // npm runs the prepack script: dist is built anew.
  run("npm", ["pack", "--pack-destination", project], process.cwd());
  tarball = join(project, readdirSync(project).find((name) => name.endsWith(".tgz")) as string);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], project);
  copyFileSync("test/pack/program.mjs", join(project, "program.mjs"));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

const expected = "engram works\n";
/** What can be imported: ".", "./core", ... */
const entries = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).exports);

test("installing it installs nothing else", () => {
  expect(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["engram"]);
});

test("it ships the build, its licence and its pages, and no source, test or binary", () => {
  const folder = join(project, "node_modules/engram");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(folder, path)).isFile());
  expect(files.filter((path) => !/^dist[\\/].*\.(js|d\.ts)$|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path))).toEqual([]);
  for (const name of ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts", "dist/core.js", "dist/core.d.ts"])
    expect(files).toContain(name);
});

test("its declarations say what each function of a table makes", () => {
  const declared = (name: string): string => readFileSync(join(project, `node_modules/engram/dist/nn/${name}.d.ts`), "utf8");
  expect(declared("initializers")).toContain("/** All 0. */");
  expect(declared("constraints")).toContain("/** Norms of 1 along the axes. */");
  expect(declared("regularizers")).toContain("/** l1 * sum(|x|); l1 is 0.01 by default. */");
});

test("plain Node runs it", () => {
  expect(run(process.execPath, ["program.mjs"], project)).toBe(expected);
});

test("esbuild bundles it, and the bundle runs", async () => {
  mkdirSync(join(project, "with-esbuild"));
  await esbuild({
    absWorkingDir: project,
    entryPoints: ["program.mjs"],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    outfile: "with-esbuild/program.mjs",
    logLevel: "error",
  });
  expect(run(process.execPath, ["with-esbuild/program.mjs"], project)).toBe(expected);
});

test("Vite bundles it, and the bundle runs", async () => {
  await vite({
    root: project,
    configFile: false,
    logLevel: "error",
    build: {
      target: "es2022",
      outDir: "with-vite",
      lib: { entry: "program.mjs", formats: ["es"], fileName: () => "program.mjs" },
    },
  });
  expect(run(process.execPath, ["with-vite/program.mjs"], project)).toBe(expected);
});

const strictly = {
  strict: true,
  noEmit: true,
  skipDefaultLibCheck: true,
  target: "es2022",
  lib: ["es2022", "dom"],
  types: [],
};

/** Checks files of the project. */
function typecheck(files: readonly string[], options: object): void {
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...strictly, ...options }, files }));
  run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], process.cwd());
}

test.each([
  { module: "nodenext", files: ["program.ts", "program.cts"] },
  { module: "node16", files: ["program.ts"] },
  { module: "esnext", moduleResolution: "bundler", files: ["program.ts"] },
])("its types serve a strict TypeScript program: $module", ({ files, ...modules }) => {
  writeFileSync(
    join(project, "program.ts"),
    `import { type Tensor, tensor } from "engram";
import { matMul } from "engram/core";
import { confusionMatrixSvg } from "engram/draw";
import { dense } from "engram/layers";
import { type History, sequential as inOrder } from "engram/models";
const x: Tensor = tensor([[1, 2]]).mul(2);
export const values: Float32Array = matMul(x, x, false, true).dataSync();
export const made = [confusionMatrixSvg(tensor([[1]])), dense({ units: 1 })];
export const history: Promise<History> = inOrder({ layers: [dense({ units: 1 })] }).fit(x, x);
`,
  );
  writeFileSync(
    join(project, "program.cts"),
    `import engram = require("engram");
export const values: Float32Array = engram.tensor([1]).dataSync();
`,
  );
  typecheck(files, modules);
});

test("engram/models trains without chained methods, of which its types do not tell either", () => {
  writeFileSync(
    join(project, "models.mjs"),
    `import { tensor } from "engram/core";
import { dense } from "engram/layers";
import { sequential } from "engram/models";
const x = tensor([[1, 2]]);
const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] });
const { epoch } = await model.fit(x, [[1]], { epochs: 2, verbose: 0 });
// @ts-expect-error
console.log(epoch, x.square);
`,
  );
  expect(run(process.execPath, ["models.mjs"], project)).toBe("[ 0, 1 ] undefined\n");
  typecheck(["models.mjs"], { allowJs: true, checkJs: true, module: "nodenext" });
});

test("publint finds nothing", async () => {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("attw finds nothing", () => {
  const attw = "node_modules/@arethetypeswrong/cli/dist/index.js";
  // It ends with an exit code when it finds something, which `run` throws for.
  const report = run(process.execPath, [attw, tarball, "--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-color"], process.cwd());
  for (const entry of entries) expect(report).toContain(`"engram${entry.slice(1)}"`);
});
