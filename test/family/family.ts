/** @file Compiles kernels.ts of this folder and makes it a kernel family, as a user with kernels of their own would. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { Family, type Source, type Target } from "../../src/wasm/kernels.js";

export interface TestKernels {
  cube(count: number, x: Source, y: Target): void;
  scaleByFour(count: number, shift: number, x: Source, y: Target): void;
  total(count: number, x: Source, total: Target): void;
}

/** Ranges of the function table and of memory that no family of the library uses (assembly/families.mjs). */
const TABLE_BASE = 2048;
const MEMORY_BASE = 983040;

async function compileKernels(): Promise<Uint8Array<ArrayBuffer>> {
  const source = readFileSync(fileURLToPath(new URL("./kernels.ts", import.meta.url)), "utf8");
  let bytes: Uint8Array | null = null;
  const options = [
    "--runtime",
    "stub",
    "--importMemory",
    "--importTable",
    "--sharedMemory",
    "--initialMemory",
    "16",
    "--maximumMemory",
    "65536",
    "--noExportMemory",
    "--enable",
    "simd",
    "--enable",
    "threads",
    "-O3",
    "--noAssert",
  ];
  const { error, stderr } = await asc.main(
    ["kernels.ts", ...options, "--tableBase", String(TABLE_BASE), "--memoryBase", String(MEMORY_BASE), "--outFile", "kernels.wasm"],
    {
      readFile: (name) => (name === "kernels.ts" ? source : null),
      writeFile: (name, content) => {
        if (name.endsWith(".wasm")) bytes = content as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || bytes === null) throw new Error(`test/family: ${error?.message}\n${stderr}`);
  return new Uint8Array(bytes as Uint8Array);
}

/** The family, ready to use. Its module is given as bytes; the library's own are embedded in its sources. */
export async function testFamily(): Promise<Family<TestKernels>> {
  const family = new Family<TestKernels>("test", "npw cube;nfpw scaleByFour;ipw total", TABLE_BASE, () => {
    throw new Error("the test family's module must be given");
  });
  family.use(await compileKernels());
  return family;
}
