/**
 * @file This machine's peak in 128-bit WebAssembly SIMD, one thread: what a loop reaches that works in registers only
 * (or with one load for two products, as the best matrix multiply does).
 *
 * The module is assembled here, byte by byte, so that no compiler can fold the loop away, and in several shapes,
 * because which one saturates the machine depends on its latencies and on how many registers V8 leaves. The best
 * of them is the peak. Opcodes: WebAssembly core specification, SIMD and relaxed-SIMD sections.
 */
import { performance } from "node:perf_hooks";

export interface Peak {
  /** GFLOP/s of separate multiplies and adds. */
  strict: number;
  /** GFLOP/s of fused multiply-adds, where this engine has relaxed SIMD. */
  fused: number | undefined;
}

type Shape = "chain" | "split" | "loaded" | "fused";

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const SPLAT = [0xfd, 0x13];
const ADD = [0xfd, 0xe4, 0x01];
const MULTIPLY = [0xfd, 0xe6, 0x01];
const RELAXED_MADD = [0xfd, 0x85, 0x02];
const LOAD = [0xfd, 0x00, 0x04];
const EXTRACT_LANE_0 = [0xfd, 0x1f, 0x00];
const LANES = 4;

/** One loop to try. */
interface Loop {
  shape: Shape;
  /** Vectors that are accumulated into; too few wait for each other, too many spill to memory. */
  accumulators: number;
  /** Repetitions of the accumulator list in the loop body. Long bodies make older V8s spill, newer ones like them. */
  unroll: number;
}

const loops = (shape: Shape, accumulators: number[], unrolls: number[]): Loop[] =>
  accumulators.flatMap((count) => unrolls.map((unroll) => ({ shape, accumulators: count, unroll })));

const STRICT = [...loops("chain", [12, 13], [1, 2]), ...loops("split", [12], [1, 2]), ...loops("loaded", [6, 8, 10], [1, 8])];
const FUSED = loops("fused", [8, 10, 12, 13], [1, 2, 8]);

/** Unsigned LEB128. */
function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >> 7)];
}

const section = (id: number, content: number[]): number[] => [id, ...number(content.length), ...content];

/**
 * `(count: i32, x: f32, y: f32) => f32` with a loop over `accumulators` vectors: a = a * x + y in separate
 * instructions ("chain"), half of them a * x and half a + y ("split", shorter dependencies), a + m * x with m from
 * memory ("loaded", shortest dependencies), or fused.
 */
function peakModule({ shape, accumulators, unroll }: Loop): Uint8Array<ArrayBuffer> {
  const x = 3;
  const y = 4;
  const loaded = 5;
  const first = 6;
  const step = (index: number, place: number): number[] => {
    const a = first + index;
    if (shape === "loaded") {
      // A different address each time, so that no product is computed once for several accumulators.
      const load = index % 2 === 0 ? [0x41, 0, ...LOAD, ...number(place * 16), LOCAL_SET, loaded] : [];
      const factor = index % 2 === 0 ? x : y;
      return [...load, LOCAL_GET, a, LOCAL_GET, loaded, LOCAL_GET, factor, ...MULTIPLY, ...ADD, LOCAL_SET, a];
    }
    const left = [LOCAL_GET, a, LOCAL_GET, x];
    if (shape === "fused") return [...left, LOCAL_GET, y, ...RELAXED_MADD, LOCAL_SET, a];
    if (shape === "chain") return [...left, ...MULTIPLY, LOCAL_GET, y, ...ADD, LOCAL_SET, a];
    if (index % 2 === 0) return [...left, ...MULTIPLY, LOCAL_SET, a];
    return [LOCAL_GET, a, LOCAL_GET, y, ...ADD, LOCAL_SET, a];
  };
  const indices = Array.from({ length: accumulators }, (_, index) => index);
  const splat = (parameter: number, local: number): number[] => [LOCAL_GET, parameter, ...SPLAT, LOCAL_SET, local];
  const body = [
    ...number(1),
    ...number(accumulators + 3),
    0x7b, // locals: x, y, what was loaded, the accumulators; v128
    ...splat(1, x),
    ...splat(2, y),
    ...indices.flatMap((index) => splat(1, first + index)),
    0x03,
    0x40, // loop
    ...Array.from({ length: unroll }, (_, round) => indices.flatMap((index) => step(index, round * accumulators + index))).flat(),
    LOCAL_GET,
    0,
    0x41,
    1,
    0x6b,
    0x22,
    0,
    0x0d,
    0, // br_if (count = count - 1)
    0x0b,
    LOCAL_GET,
    first,
    ...indices.slice(1).flatMap((index) => [LOCAL_GET, first + index, ...ADD]), // every accumulator is used
    ...EXTRACT_LANE_0,
    0x0b,
  ];
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, 3, 0x7f, 0x7d, 0x7d, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]), // one page of memory
    ...section(7, [1, 1, 0x66, 0, 0]), // export "f"
    ...section(10, [1, ...number(body.length), ...body]),
  ]);
}

/** Mean GFLOP/s of one loop in the second half of `ms` milliseconds: the same statistic as a contender's. */
function measure(tried: Loop, ms: number): number {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(peakModule(tried)));
  const loop = instance.exports.f as (count: number, x: number, y: number) => number;
  const flopsPerPass = tried.unroll * tried.accumulators * LANES * (tried.shape === "split" ? 1 : 2);
  const passes = 20_000;
  // x = 1, y = 0: the values stay as they are, far from denormals, which some machines are slow on.
  const start = performance.now();
  while (performance.now() - start < ms / 2) loop(passes, 1, 0); // until V8's optimizing compiler has taken over
  const begin = performance.now();
  let calls = 0;
  do {
    loop(passes, 1, 0);
    calls++;
  } while (performance.now() - start < ms);
  return (flopsPerPass * passes * calls) / (performance.now() - begin) / 1e6;
}

/** Measures the peaks; takes about thirty times `ms` milliseconds. */
export function measurePeak(ms = 80): Peak {
  const best = (tried: Loop[]): number => Math.max(...tried.map((loop) => measure(loop, ms)));
  const hasRelaxed = WebAssembly.validate(peakModule(FUSED[0]));
  return { strict: best(STRICT), fused: hasRelaxed ? best(FUSED) : undefined };
}

/** The limit, to be timed in turn with kernels, so that the machine's noise falls on both alike. */
export interface PeakLoop {
  /** Milliseconds for `flops` operations in the fastest of the finalists, measured for about `ms` milliseconds. */
  measure(ms: number): number;
  flops: number;
}

/** How many of the loops take part: which is the fastest changes from run to run with the machine's state. */
const FINALISTS = 4;

/** The fastest register-only loops of a kind; undefined for fused where the engine has no relaxed SIMD. */
export function fastestLoops(kind: "strict" | "fused", ms = 80): PeakLoop | undefined {
  const tried = kind === "strict" ? STRICT : FUSED;
  if (!WebAssembly.validate(peakModule(tried[0]))) return undefined;
  const rates = new Map(tried.map((loop) => [loop, measure(loop, ms)]));
  const finalists = [...tried].sort((a, b) => (rates.get(b) ?? 0) - (rates.get(a) ?? 0)).slice(0, FINALISTS);
  return { flops: 1e9, measure: (time) => 1e3 / Math.max(...finalists.map((loop) => measure(loop, time / FINALISTS))) };
}
