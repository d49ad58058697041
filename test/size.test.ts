/**
 * @file Byte ceilings of what a bundler ships, minified and gzipped, wasm included, of the package as users install it: bundled as
 * `npm run build` does, not from the sources. Raise one only in the commit that needs it.
 */
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { build as buildByVite } from "vite";
import { beforeAll, expect, test } from "vitest";
import { bundle } from "../scripts/bundle.mjs";

const kB = 1000;

interface Bundle {
  /** What is loaded at once. */
  entry: number;
  /** What an `import()` brings in later, such as the relaxed build. */
  later: number;
}

const installed = "build/size/node_modules/engram";

beforeAll(async () => {
  rmSync(installed, { recursive: true, force: true });
  await bundle(`${installed}/dist`);
  copyFileSync("package.json", `${installed}/package.json`);
  // Otherwise "engram" is the package that the folder lies in, as it was last built.
  writeFileSync("build/size/package.json", JSON.stringify({ name: "program", type: "module" }));
});

/** Gzipped bytes of a program that esbuild bundles as a browser would get it. */
async function byEsbuild(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: "build/size", sourcefile: "program.js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    splitting: true,
    metafile: true,
    write: false,
    outdir: "build/size",
    logLevel: "silent",
  });
  const gzipped = new Map(outputFiles.map(({ path, contents }) => [path, gzipSync(contents, { level: 9 }).length]));
  const total = [...gzipped.values()].reduce((a, b) => a + b, 0);
  // The entry and the chunks it imports statically.
  const outputs = Object.entries(metafile.outputs);
  const atOnce = new Set(outputs.filter(([, output]) => output.entryPoint === "build/size/program.js").map(([path]) => path));
  for (const path of atOnce)
    for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? []) if (kind === "import-statement") atOnce.add(imported);
  const entry = [...gzipped].filter(([path]) => [...atOnce].some((name) => path.endsWith(name))).reduce((sum, [, bytes]) => sum + bytes, 0);
  return { entry, later: total - entry };
}

/** Gzipped bytes of what vite's bundler makes a page load at once. */
async function byVite(program: string): Promise<Bundle> {
  writeFileSync("build/size/program.js", program);
  const result = await buildByVite({
    configFile: false,
    root: "build/size",
    logLevel: "silent",
    build: { write: false, target: "es2022", modulePreload: false, rollupOptions: { input: "build/size/program.js" } },
  });
  const chunks = "output" in result ? result.output.filter((file) => file.type === "chunk") : [];
  const atOnce = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of atOnce) for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) atOnce.add(imported);
  const sizes = chunks.map(({ fileName, code }) => [atOnce.has(fileName), gzipSync(code, { level: 9 }).length] as const);
  const sum = (at: boolean): number => sizes.filter(([isAtOnce]) => isAtOnce === at).reduce((all, [, bytes]) => all + bytes, 0);
  return { entry: sum(true), later: sum(false) };
}

const all = 'export * from "engram";';
/** Ops, gradients, losses, metrics and optimizers, as functions and as methods. */
const numeric = 'import "engram"; export * from "engram/core";';
const matMul = 'import { tensor, matMul } from "engram/core"; console.log(matMul(tensor([[1]]), tensor([[1]])).dataSync());';

/** A dense model with names for all that has names. */
const denseModel = (imports: string): string => `
${imports}
const model = sequential({ layers: [layers.dense({ inputShape: [4], units: 8, activation: "relu" }), layers.dense({ units: 3, activation: "softmax" })] });
model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
await model.fit(tensor([[1, 2, 3, 4]]), tensor([[1, 0, 0]]), { epochs: 2 });
console.log(model.predict(tensor([[1, 2, 3, 4]])).dataSync());`;
const whole = 'import { layers, sequential, tensor } from "engram";';
// esbuild keeps the whole of an object of a package's, such as `layers`, but not of a module that is imported by its own name.
const apart = 'import { sequential, tensor } from "engram"; import * as layers from "engram/layers";';
const least = 'import { sequential } from "engram/models"; import { tensor } from "engram/core"; import * as layers from "engram/layers";';

test.each([
  ["all of engram", all, byEsbuild, 106.5 * kB],
  ["all of engram/core and the chained methods", numeric, byEsbuild, 86.7 * kB],
  ["a dense model", denseModel(whole), byVite, 81.9 * kB],
  ["a dense model, with engram/layers and esbuild", denseModel(apart), byEsbuild, 83 * kB],
  ["a dense model of engram/models", denseModel(least), byVite, 74.6 * kB],
  ["a dense model of engram/models, with esbuild", denseModel(least), byEsbuild, 75.6 * kB],
  ["tensor and matMul of engram/core", matMul, byEsbuild, 34.7 * kB],
])("%s", async (name, program, bundled, ceiling) => {
  const { entry, later } = await bundled(program);
  console.log(`${name}: ${(entry / kB).toFixed(1)} kB of ${ceiling / kB} kB${later > 0 ? `, and ${(later / kB).toFixed(1)} kB only when asked for` : ""}`);
  expect(entry).toBeLessThan(ceiling);
});
