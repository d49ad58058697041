/**
 * @file Measures the error of the transcendental kernels over all 2^32 float32 inputs, against JavaScript's float64 functions.
 *
 * npx tsx scripts/measure-ulp.ts [step]: prints the table of docs/numerics.md; a quarter of an hour. With a step, every step-th input.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { erf, erfc } from "../test/erf.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const step = Number(process.argv[2] ?? 1);
/** Inputs a call. */
const BLOCK = 2 ** 20;
/** Bytes of memory below the inputs, for the module's constants. */
const INPUTS = 2 ** 16;
const LEAST_NORMAL = 2 ** -126;

/** The kernels' functions in float64, by file. */
const files: Record<string, Record<string, (x: number) => number>> = {
  elementwise: {
    exp: Math.exp,
    log: Math.log,
    tanh: Math.tanh,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    sqrt: Math.sqrt,
  },
  erf: { expm1: Math.expm1, log1p: Math.log1p, erf, erfc },
};

type Kernel = (begin: number, end: number, x: number, y: number) => void;

interface Errors {
  inputs: number;
  /** Largest error where the exact result is a normal float32, in ULP, and its input. */
  normal: number;
  normalAt: number;
  /** Largest error where it is denormal, in units of 2^-149. */
  denormal: number;
  /** Results that are not the float32 nearest to the exact one. */
  inexact: number;
  /** Results that should be NaN, infinite or zero (of that sign) and are not, or are and should not be. */
  wrong: number;
}

/** Spacing of float32 numbers in each binade of float64: by the 11 bits of a float64's exponent. */
const spacing = Float64Array.from({ length: 2048 }, (_, biased) => 2 ** (Math.min(Math.max(biased - 1023, -126), 127) - 23));

function compile(file: string, target: string): BufferSource {
  const output = `build/ulp-${target}.wasm`;
  mkdirSync(`${root}build`, { recursive: true });
  execFileSync("npx", ["asc", `assembly/kernels/${file}.ts`, "--config", "asconfig.json", "--target", target, "-o", output], {
    cwd: root,
    stdio: "inherit",
  });
  return readFileSync(root + output);
}

function measure(kernel: Kernel, oracle: (x: number) => number, memory: WebAssembly.Memory): Errors {
  const errors: Errors = { inputs: 0, normal: 0, normalAt: Number.NaN, denormal: 0, inexact: 0, wrong: 0 };
  const bits = new Uint32Array(memory.buffer, INPUTS, BLOCK);
  const x = new Float32Array(memory.buffer, INPUTS, BLOCK);
  const y = new Float32Array(memory.buffer, INPUTS + 4 * BLOCK, BLOCK);
  const exact = new Float64Array(1);
  const words = new Uint32Array(exact.buffer);
  for (let base = 0; base < 2 ** 32; base += BLOCK * step) {
    for (let i = 0; i < BLOCK; i++) bits[i] = base + i * step;
    errors.inputs += BLOCK;
    kernel(0, BLOCK, INPUTS, INPUTS + 4 * BLOCK);
    for (let i = 0; i < BLOCK; i++) {
      const input = x[i] as number;
      const got = y[i] as number;
      const expected = oracle(input);
      const nearest = Math.fround(expected);
      if (!Object.is(got, nearest)) errors.inexact++;
      if (expected === 0 || !Number.isFinite(nearest) || !Number.isFinite(got)) {
        if (!Object.is(got, nearest)) errors.wrong++;
        continue;
      }
      exact[0] = expected;
      const error = Math.abs(got - expected) / (spacing[((words[1] as number) >>> 20) & 2047] as number);
      if (Math.abs(expected) < LEAST_NORMAL) {
        errors.denormal = Math.max(errors.denormal, error);
      } else if (error > errors.normal) {
        errors.normal = error;
        errors.normalAt = input;
      }
    }
  }
  return errors;
}

// Node 20 has relaxed SIMD behind a flag; later versions ignore it.
setFlagsFromString("--experimental-wasm-relaxed-simd");
console.log("| function | build | largest error, ULP | at x | denormal results, ULP | not nearest | wrong NaN, infinity or zero |");
console.log("|---|---|---|---|---|---|---|");
for (const [target, build] of Object.entries({ simd: "strict", relaxed: "relaxed" })) {
  const memory = new WebAssembly.Memory({ initial: (INPUTS + 8 * BLOCK) / 65536, maximum: 65536, shared: true });
  const table = new WebAssembly.Table({ initial: 1024, element: "anyfunc" });
  for (const [file, oracles] of Object.entries(files)) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(compile(file, target)), { env: { memory, table, abort() {} } });
    for (const [name, oracle] of Object.entries(oracles)) {
      const errors = measure(exports[name] as Kernel, oracle, memory);
      const share = ((100 * errors.inexact) / errors.inputs).toFixed(2);
      console.log(`| ${name} | ${build} | ${errors.normal.toFixed(3)} | ${errors.normalAt} | ${errors.denormal.toFixed(3)} | ${share} % | ${errors.wrong} |`);
    }
  }
}
