/** @file Compiles every kernel family for each target and embeds the release builds as base64 modules. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import binaryen from "assemblyscript/binaryen";
import { families } from "../assembly/families.mjs";
import { lzma } from "./lzma.mjs";
import { inOrder } from "./order-functions.mjs";
import { slim } from "./slim-wasm.mjs";

// The compiler inlines functions of up to 70 nodes wherever they are called. What gains by it carries @inline; of the rest only small ones are
// inlined, which saves a hundredth of the bytes. There is no option for it, and the compiler takes the function when it is loaded.
const setFlexibleInlineMaxSize = binaryen._BinaryenSetFlexibleInlineMaxSize;
binaryen._BinaryenSetFlexibleInlineMaxSize = () => setFlexibleInlineMaxSize(28);
const { default: asc } = await import("assemblyscript/asc");

const root = fileURLToPath(new URL("../", import.meta.url));
const targets = { strict: "simd", relaxed: "relaxed", debug: "debug" };
const embedded = ["strict", "relaxed"];
const wanted = process.argv.slice(2);

async function compile(family, build) {
  const out = `build/${family.name}.${build}.wasm`;
  const args = [
    `assembly/${family.name}.gen.ts`,
    "--config",
    "asconfig.json",
    "--target",
    targets[build],
    "--outFile",
    out,
    "--tableBase",
    String(family.table[0]),
    "--memoryBase",
    String(family.memory[0]),
  ];
  const { error, stderr } = await asc.main(args, { baseDir: root });
  if (error) throw new Error(`${out}: ${error.message}\n${stderr}`);
  if (build !== "debug") writeFileSync(root + out, inOrder(slim(readFileSync(root + out))));
  return out;
}

/** Newest modification time of what the modules are made of. */
function sourcesTime() {
  const sources = readdirSync(`${root}assembly`, { recursive: true }).map((name) => `assembly/${name}`);
  return Math.max(
    ...["asconfig.json", "scripts/build-wasm.mjs", "scripts/lzma.mjs", "scripts/order-functions.mjs", "scripts/slim-wasm.mjs", ...sources].map(
      (file) => statSync(root + file).mtimeMs,
    ),
  );
}

const timeOf = (path) => statSync(root + path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

mkdirSync(`${root}build`, { recursive: true });
mkdirSync(`${root}src/wasm/embedded`, { recursive: true });
for (const family of families) {
  for (const build of wanted.length > 0 ? wanted : Object.keys(targets)) {
    const wasm = `build/${family.name}.${build}.wasm`;
    const module = `src/wasm/embedded/${family.name}.${build}.ts`;
    const isEmbedded = embedded.includes(build);
    if (timeOf(wasm) > sourcesTime() && (!isEmbedded || timeOf(module) > 0)) continue;
    await compile(family, build);
    const bytes = readFileSync(root + wasm);
    if (isEmbedded) {
      const data = Buffer.from(lzma(bytes)).toString("base64");
      const text = `/** @file Generated: build/${family.name}.${build}.wasm, compressed by scripts/lzma.mjs, as base64. */\n// The type keeps the text out of the declaration file.\nexport default { bytes: ${bytes.length}, data: "${data}" as string };\n`;
      writeFileSync(root + module, text);
    }
    console.log(`${wasm}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  }
}
