/** @file Byte ceilings of what a bundler ships, minified and gzipped, wasm included. Raise one only in the commit that needs it. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const kB = 1000;

interface Bundle {
  /** What is loaded at once. */
  entry: number;
  /** What an `import()` brings in later, such as the relaxed build. */
  later: number;
}

/** Gzipped bytes of a program that is bundled as a browser would get it. */
async function sizeOf(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: process.cwd(), sourcefile: "program.js" },
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
  const atOnce = new Set(outputs.filter(([, output]) => output.entryPoint === "program.js").map(([path]) => path));
  for (const path of atOnce)
    for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? []) if (kind === "import-statement") atOnce.add(imported);
  const entry = [...gzipped].filter(([path]) => [...atOnce].some((name) => path.endsWith(name))).reduce((sum, [, bytes]) => sum + bytes, 0);
  return { entry, later: total - entry };
}

test.each([
  ["all of engram", 'export * from "./src/index.ts";', 113 * kB],
  [
    "tensor and matMul of engram/core",
    'import { tensor, matMul } from "./src/core.ts"; console.log(matMul(tensor([[1]]), tensor([[1]])).dataSync());',
    60 * kB,
  ],
])("%s", async (name, program, ceiling) => {
  const { entry, later } = await sizeOf(program);
  console.log(`${name}: ${(entry / kB).toFixed(1)} kB of ${ceiling / kB} kB${later > 0 ? `, and ${(later / kB).toFixed(1)} kB only when asked for` : ""}`);
  expect(entry).toBeLessThan(ceiling);
});
