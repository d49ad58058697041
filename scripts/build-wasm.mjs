/** @file Compiles every kernel family for each target and embeds the release builds as base64 modules. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { families } from "../assembly/families.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const targets = { strict: "simd", relaxed: "relaxed", debug: "debug" };
const embedded = ["strict", "relaxed"];
const wanted = process.argv.slice(2);

async function compile(family, build) {
  const out = `build/${family.name}.${build}.wasm`;
  const args = [`assembly/${family.name}.gen.ts`, "--config", "asconfig.json", "--target", targets[build], "--outFile", out,
    "--tableBase", String(family.table[0]), "--memoryBase", String(family.memory[0])];
  const { error, stderr } = await asc.main(args, { baseDir: root });
  if (error) throw new Error(`${out}: ${error.message}\n${stderr}`);
  return out;
}

/** Newest modification time of the AssemblyScript sources. */
function sourcesTime(family) {
  const files = ["assembly/families.mjs", "asconfig.json", "scripts/build-wasm.mjs", `assembly/${family.name}.gen.ts`, "assembly/simd.ts", "assembly/math.ts",
    ...(family.exports ?? []).map((name) => `assembly/${name}.ts`), ...family.kernels.map((name) => `assembly/kernels/${name}.ts`)];
  return Math.max(...files.map((file) => statSync(root + file).mtimeMs));
}

const timeOf = (path) => statSync(root + path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

mkdirSync(`${root}build`, { recursive: true });
mkdirSync(`${root}src/wasm/embedded`, { recursive: true });
for (const family of families) {
  for (const build of wanted.length > 0 ? wanted : Object.keys(targets)) {
    const wasm = `build/${family.name}.${build}.wasm`;
    const module = `src/wasm/embedded/${family.name}.${build}.ts`;
    const isEmbedded = embedded.includes(build);
    if (timeOf(wasm) > sourcesTime(family) && (!isEmbedded || timeOf(module) > 0)) continue;
    await compile(family, build);
    const bytes = readFileSync(root + wasm);
    if (isEmbedded) {
      writeFileSync(root + module, `/** @file Generated: build/${family.name}.${build}.wasm as base64. */\n// The type keeps the text out of the declaration file.\nexport default "${bytes.toString("base64")}" as string;\n`);
    }
    console.log(`${wasm}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  }
}
