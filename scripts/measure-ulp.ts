/**
 * @file Measures the error of the transcendental kernels over all 2^32 float32 inputs, those of two operands over random pairs, against
 * JavaScript's float64 functions. Run `npm run build:wasm` before.
 *
 * npx tsx scripts/measure-ulp.ts [step] [names]: prints the table of docs/numerics.md; with a step, every step-th input. A function takes some
 * minutes at step 1, seconds at step 64.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { coreSignatures, coreTableBase } from "../src/wasm/core.gen.js";
import { erf, erfc } from "../test/erf.js";
import { randomOf } from "../test/naive.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const step = Number(process.argv[2] ?? 1);
const wanted = process.argv[3]?.split(",");
/** Inputs a call. */
const BLOCK = 2 ** 20;
/** Pairs of operands, at step 1. */
const PAIRS = 2 ** 30;
/** Bytes of memory below the inputs, for the module's constants. */
const INPUTS = 2 ** 16;
const LEAST_NORMAL = 2 ** -126;

/** Computed in float32, with multiply-adds that the relaxed build fuses. */
const fused: Record<string, (x: number) => number> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  expm1: Math.expm1,
  log1p: Math.log1p,
  erf,
  erfc,
};
/** Of the same bits in both builds. */
const plain: Record<string, (x: number) => number> = {
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
};

interface Binary {
  oracle(a: number, b: number): number;
  /** The second operand to a, which may have any bits. */
  partner(a: number, random: () => number, any: () => number): number;
}

/** Any number, or one within 2^27 of a: half of the pairs each. */
const near: Binary["partner"] = (a, random, any) => (random() < 0.5 ? any() : a * 2 ** (54 * random() - 27) * (random() - 0.5));

/** Whole exponents for negative bases, and such that the result is neither 0 nor infinite. */
const exponentOf: Binary["partner"] = (a, random) => {
  const b = (300 * random() - 160) / Math.log2(Math.abs(a));
  return a < 0 ? Math.round(b) : b;
};

const binaries: Record<string, Binary> = {
  pow: { oracle: (a, b) => (a === 1 ? 1 : a ** b), partner: exponentOf },
  atan2: { oracle: Math.atan2, partner: near },
  hypot: { oracle: Math.hypot, partner: near },
  floorDiv: { oracle: (a, b) => Math.floor(a / b), partner: near },
  truncMod: { oracle: (a, b) => a % b, partner: near },
};

type Kernel = (begin: number, end: number, ...rest: number[]) => void;

interface Errors {
  inputs: number;
  /** Largest error where the exact result is a normal float32, in ULP, and its inputs. */
  normal: number;
  normalAt: string;
  /** Largest error where it is denormal, in units of 2^-149. */
  denormal: number;
  /** Results that are not the float32 nearest to the exact one. */
  inexact: number;
  /** Results that should be NaN, infinite or zero (of that sign) and are not, or are and should not be. */
  wrong: number;
}

/** Spacing of float32 numbers in each binade of float64: by the 11 bits of a float64's exponent. */
const spacing = Float64Array.from({ length: 2048 }, (_, biased) => 2 ** (Math.min(Math.max(biased - 1023, -126), 127) - 23));
const exact = new Float64Array(1);
const words = new Uint32Array(exact.buffer);

const memory = new WebAssembly.Memory({ initial: (INPUTS + 12 * BLOCK) / 65536, maximum: 65536, shared: true });
const array = (i: number): Float32Array => new Float32Array(memory.buffer, INPUTS + 4 * BLOCK * i, BLOCK);
const [a, b, y] = [array(0), array(1), array(2)];
const aBits = new Uint32Array(memory.buffer, INPUTS, BLOCK);

const nothing = (): Errors => ({ inputs: 0, normal: 0, normalAt: "", denormal: 0, inexact: 0, wrong: 0 });

/** Enters the error of one result. */
function enter(errors: Errors, got: number, expected: number, at: () => string): void {
  const nearest = Math.fround(expected);
  errors.inputs++;
  if (Object.is(got, nearest)) {
    if (expected === 0 || !Number.isFinite(nearest)) return;
  } else errors.inexact++;
  if (expected === 0 || !Number.isFinite(nearest) || !Number.isFinite(got)) {
    errors.wrong++;
    return;
  }
  exact[0] = expected;
  const error = Math.abs(got - expected) / (spacing[((words[1] as number) >>> 20) & 2047] as number);
  if (Math.abs(expected) < LEAST_NORMAL) errors.denormal = Math.max(errors.denormal, error);
  else if (error > errors.normal) {
    errors.normal = error;
    errors.normalAt = at();
  }
}

function measureUnary(kernel: Kernel, oracle: (x: number) => number): Errors {
  const errors = nothing();
  for (let base = 0; base < 2 ** 32; base += BLOCK * step) {
    for (let i = 0; i < BLOCK; i++) aBits[i] = base + i * step;
    kernel(0, BLOCK, a.byteOffset, y.byteOffset);
    for (let i = 0; i < BLOCK; i++) enter(errors, y[i] as number, oracle(a[i] as number), () => `${a[i]}`);
  }
  return errors;
}

function measureBinary(kernel: Kernel, { oracle, partner }: Binary): Errors {
  const errors = nothing();
  const random = randomOf(1);
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  const any = (): number => {
    word[0] = random() * 2 ** 32;
    return float[0] as number;
  };
  for (let done = 0; done < PAIRS / step; done += BLOCK) {
    for (let i = 0; i < BLOCK; i++) {
      a[i] = any();
      b[i] = partner(a[i] as number, random, any);
    }
    kernel(0, BLOCK, a.byteOffset, b.byteOffset, y.byteOffset, 1, 1);
    // -0 and 0 are one remainder.
    for (let i = 0; i < BLOCK; i++) enter(errors, (y[i] as number) + 0, oracle(a[i] as number, b[i] as number) + 0, () => `${a[i]}, ${b[i]}`);
  }
  return errors;
}

// Node 20 has relaxed SIMD behind a flag; later versions ignore it.
setFlagsFromString("--experimental-wasm-relaxed-simd");
const kernelsOf = (build: string): Record<string, Kernel> => {
  const table = new WebAssembly.Table({ initial: 1024, element: "anyfunc" });
  const module = new WebAssembly.Module(readFileSync(`${root}build/core.${build}.wasm`));
  new WebAssembly.Instance(module, { env: { memory, table, abort() {} } });
  return Object.fromEntries(coreSignatures.split(";").map((entry, i) => [entry.split(" ")[0], table.get(coreTableBase + i)]));
};
const strict = kernelsOf("strict");
const relaxed = kernelsOf("relaxed");

function print(name: string, build: string, measure: () => Errors): void {
  if (wanted !== undefined && !wanted.includes(name)) return;
  const errors = measure();
  const share = ((100 * errors.inexact) / errors.inputs).toFixed(2);
  console.log(`| ${name} | ${build} | ${errors.normal.toFixed(3)} | ${errors.normalAt} | ${errors.denormal.toFixed(3)} | ${share} % | ${errors.wrong} |`);
}

console.log("| function | build | largest error, ULP | at | denormal results, ULP | not nearest | wrong NaN, infinity or zero |");
console.log("|---|---|---|---|---|---|---|");
for (const [name, oracle] of Object.entries(fused)) {
  print(name, "strict", () => measureUnary(strict[name] as Kernel, oracle));
  print(name, "relaxed", () => measureUnary(relaxed[name] as Kernel, oracle));
}
for (const [name, oracle] of Object.entries(plain)) print(name, "both", () => measureUnary(strict[name] as Kernel, oracle));
for (const [name, binary] of Object.entries(binaries)) print(name, "both", () => measureBinary(strict[name] as Kernel, binary));
