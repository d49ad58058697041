/**
 * @file `npm run bench:ops`: every op of the op table, forward and backward, at a small, a typical and a large size, as a share of
 * the machine's copy speed or multiply peak, and at the large size against TensorFlow.js's wasm backend.
 *
 * Options: `--only add,mul`, `--sizes small,large`, `--rounds 5 --ms 20`, `--relaxed`, `--out DIR`. Results are written by a run of
 * everything. Neither side reads its results. "backward" is over a forward by itself, "cold" over one whose operands are no more in the cache
 * than those of its gradients. What is slower than memory is measured again on a part of its input that stays in the cache, less what
 * a call of a small sample takes: a row that is no faster there is bound by its arithmetic. Ends with the rows that are slower than they should be, and why.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { grads, init, keep, type Tensor, tidy } from "../src/index.js";
import { sizeOf } from "../src/tensor/shape.js";
import { opsTable } from "../test/ops.table.js";
import { inputsOf, makeTensor, type Row, type Sample } from "../test/table/row.js";
import { type ForeignCall, type ForeignTensor, tfjsTable } from "../test/tfjs/table.js";
import { installPeers } from "./peers/contenders.js";
import { fastestLoops, type PeakLoop } from "./peers/peak.js";
import { describeMachine, formatNumber, formatRatio, markdownTable, writeJson } from "./report.js";
import { type Contender, interleave, ratio, summarize, timed } from "./stats.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    sizes: { type: "string", default: "small,typical,large" },
    rounds: { type: "string", default: "5" },
    ms: { type: "string", default: "20" },
    relaxed: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
type Size = keyof Row["bench"];
const sizes = options.sizes.split(",") as Size[];
const timing = { rounds: Number(options.rounds), ms: Number(options.ms) };
const peers = fileURLToPath(new URL("peers", import.meta.url));

/** Floats that are copied to know the machine's speed; as many as the large elementwise samples have. */
const COPIED = 1 << 20;
const copyTarget = new Float32Array(COPIED);
const copySource = new Float32Array(COPIED).fill(1);
const copy = timed("copy", () => copyTarget.set(copySource));

/** A row is to run at this share of copy speed, unless it is bound by its arithmetic: then it is at most this much faster in the cache. */
const FAST_ENOUGH = 0.6;
const AS_IN_CACHE = 1.25;
/** The part of the largest inputs that stays in the cache, together with what is made of it. */
const CACHED = 16;

/** Why a row's ratio of backward to forward says nothing about its gradient: these are left out of the list of slow ones, and named below it. */
const exempt: Record<string, readonly string[]> = {
  "forward makes no pass over memory": ["reshape", "expandDims", "squeeze"],
  "is itself a gradient, whose gradient is a second-order one of the public op": [
    "reluGrad",
    "sigmoidGrad",
    "tanhGrad",
    "activationGrad",
    "pairSlope",
    "softmaxGrad",
    "logSoftmaxGrad",
    "sparseCrossEntropyGrad",
    "layerNormGrad",
    "prodGrad",
    "cumprodGrad",
    "mirrorPadGrad",
    "recurrence",
    "binaryCrossEntropyGrad",
  ],
  "fills its result with one number, whose gradient is a sum over all of dy: 6 MB are moved forward, 22 MB backward": ["sparseToDense"],
  "reads some rows of a table, whose gradient has all of them": ["gather", "embeddingLookup"],
  "a product that underflows, as one of a million numbers does: no quotient tells its gradient, which is made of the products of all others": ["prod"],
  "20 MB are moved backward (x and dy for two sums of each channel, and again for dx), 8 MB forward": [
    "channelNorm",
    "batchNorm",
    "batchNorm2d",
    "batchNorm3d",
    "batchNorm4d",
  ],
  "n^3 / 6 products of numbers forward; two triangular systems and a product of matrices, 2 n^3, backward": ["linalg.cholesky"],
};
/** How often the bytes of inputs and result move, where that is not once, with the reason. */
const moves: Record<string, readonly [times: number, reason: string]> = {
  ...Object.fromEntries(["split", "unstack", "meshgrid"].map((op) => [op, [2, "its call joins what it has taken apart"]])),
  ...Object.fromEntries(["variance", "std", "moments"].map((op) => [op, [2, "it reads x again around the mean"]])),
};
const exempted = new Set(Object.values(exempt).flat());

interface Result extends Record<string, string | number | undefined> {
  op: string;
  size: Size;
  /** Of the inputs. */
  shapes: string;
  microseconds: number;
  gigabytes: number;
  /** Bytes read and written a second, over those of a copy of a million floats. */
  ofCopy: number;
  /** How many times as many bytes a second it moves where they stay in the cache. */
  inCache?: number;
  /** Of inputs and result. */
  types: "floats" | "others";
  gflops?: number;
  /** Of the multiply peak, for products. */
  ofPeak?: number;
  /** Time of all gradients over the time of the op. */
  backward?: number;
  /** The same over the time of an op that finds no more of its operands in the cache than its gradients do. */
  backwardCold?: number;
  /** How many times as fast as TensorFlow.js's wasm backend. */
  vsTfjs?: number;
}

/** The op and then its gradients with respect to the inputs that are float32. */
function backwardOf(row: Row, inputs: readonly Tensor[], attributes: unknown, dy: Tensor): () => void {
  const places = inputs.flatMap(({ dtype }, i) => (dtype === "float32" ? [i] : []));
  const f = grads((...xs: Tensor[]) =>
    row.call(
      inputs.map((x, i) => (places.includes(i) ? (xs[places.indexOf(i)] as Tensor) : x)),
      attributes,
    ),
  );
  const differentiated = places.map((i) => inputs[i] as Tensor);
  return () => tidy(() => void f(differentiated, dy));
}

/**
 * The sample with a part of the rows of its largest inputs, or of the large counts among its attributes where it has no inputs; undefined where
 * that leaves nothing, or no input is large.
 */
function cachedSample(sample: Sample): Sample | undefined {
  const { inputs, attributes = {} } = sample;
  if (inputs.length === 0) {
    const cut = ([key, value]: [string, unknown]): [string, unknown] => [key, typeof value === "number" && value >= COPIED ? value / CACHED : value];
    return { ...sample, attributes: Object.fromEntries(Object.entries(attributes).map(cut)) };
  }
  const [largest] = inputs.map(({ shape }) => shape).sort((a, b) => sizeOf(b) - sizeOf(a));
  const rows = largest?.[0] ?? 0;
  if (rows < CACHED || rows % CACHED !== 0) return undefined;
  return { ...sample, inputs: inputs.map((input) => (input.shape[0] === rows ? { ...input, shape: [rows / CACHED, ...input.shape.slice(1)] } : input)) };
}

const bytesOf = (op: string, tensors: readonly Tensor[]): number =>
  tensors.reduce((sum, x) => sum + x.size * (x.dtype === "bool" ? 1 : 4), 0) * (moves[op]?.[0] ?? 1);

/** Bytes a millisecond that a row moves where they stay in the cache, what the call of a small sample takes aside; undefined where its sample cannot be cut. */
async function cachedSpeed(op: string, row: Row, sample: Sample): Promise<number | undefined> {
  const part = cachedSample(sample);
  if (part === undefined) return undefined;
  const kept: Tensor[] = [];
  const prepare = (name: string, of: Sample): [Contender, bytes: number] => {
    const inputs = inputsOf(row, of).map((values) => keep(makeTensor(values)));
    const run = (): Tensor => row.call(inputs, of.attributes ?? {});
    const y = tidy(run);
    kept.push(...inputs, y);
    return [timed(name, () => tidy(() => void run())), bytesOf(op, [...inputs, y])];
  };
  try {
    const [[large, bytes], [small, fewer]] = [prepare("part", part), prepare("small", row.bench.small)];
    const measured = await interleave([large, small], timing);
    const [ms, call] = [measured.part, measured.small].map((times) => summarize(times as number[]).median) as [number, number];
    return (bytes - fewer) / (ms - call);
  } catch {
    // Attributes such as a result's shape fit the whole only.
    return undefined;
  } finally {
    for (const x of kept) x.dispose();
  }
}

/** TensorFlow.js's turn, or undefined where it lacks the function, a type or a gradient of the kind. */
function tfjsContender(call: ForeignCall, row: Row, sample: Sample): Contender | undefined {
  const inputs: ForeignTensor[] = [];
  try {
    for (const { data, shape, dtype } of inputsOf(row, sample)) inputs.push(tf.tensor(Array.from(data, Number), shape, dtype ?? "float32"));
    const run = (): void => tf.dispose(call(inputs, sample.attributes ?? {}));
    run();
    return timed("tfjs-wasm", run);
  } catch {
    return undefined;
  }
}

async function measure(op: string, row: Row, size: Size, peak: PeakLoop): Promise<Result> {
  const sample = row.bench[size];
  const attributes = sample.attributes ?? {};
  const inputs = inputsOf(row, sample).map((values) => keep(makeTensor(values)));
  const y = keep(row.call(inputs, attributes));
  const bytes = bytesOf(op, [...inputs, y]);
  const flops = row.flops?.(sample);
  const contenders = [copy, timed("forward", () => tidy(() => void row.call(inputs, attributes)))];
  const others: Tensor[] = [];
  if (row.gradient !== null && y.dtype === "float32") {
    contenders.push(timed("both", backwardOf(row, inputs, attributes, y)));
    if (size === "large") {
      // The op on two sets of operands in turn touches about as much memory as the op and its gradients.
      others.push(...inputsOf(row, sample).map((values) => keep(makeTensor(values))));
      const twoSets = (): void => void [inputs, others].map((set) => row.call(set, attributes));
      contenders.push(timed("cold", () => tidy(twoSets), 2));
    }
  }
  if (flops !== undefined) contenders.push({ name: "peak", measure: peak.measure });
  const peer = size === "large" ? tfjsContender(calls[op] as ForeignCall, row, sample) : undefined;
  if (peer !== undefined) contenders.push(peer);
  const measured = await interleave(contenders, timing);
  for (const x of [...inputs, ...others, y]) x.dispose();
  const ms = summarize(measured.forward as number[]).median;
  const result: Result = {
    op,
    size,
    shapes: sample.inputs.map(({ shape }) => `[${shape}]`).join(" "),
    microseconds: ms * 1e3,
    gigabytes: bytes / ms / 1e6,
    ofCopy: (ratio(measured, "copy", "forward") * bytes) / (8 * COPIED),
    types: [...inputs, y].every(({ dtype }) => dtype === "float32") ? "floats" : "others",
  };
  if (size === "large" && flops === undefined && result.ofCopy < FAST_ENOUGH) {
    const cached = await cachedSpeed(op, row, sample);
    if (cached !== undefined) result.inCache = cached / (bytes / ms);
  }
  if (flops !== undefined) {
    result.gflops = flops / ms / 1e6;
    result.ofPeak = (ratio(measured, "peak", "forward") * flops) / peak.flops;
  }
  if (measured.both !== undefined) result.backward = Math.max(0, ratio(measured, "both", "forward") - 1);
  if (measured.cold !== undefined) result.backwardCold = Math.max(0, ratio(measured, "both", "cold") - 1);
  if (peer !== undefined) result.vsTfjs = ratio(measured, "tfjs-wasm", "forward");
  return result;
}

const percent = (share: number | undefined): string => (share === undefined ? "" : `${(100 * share).toFixed(0)} %`);

installPeers();
const { tf, calls } = await tfjsTable(["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"], peers);
await tf.setBackend("wasm");
await tf.ready();
if (options.relaxed) await init({ core: readFileSync(fileURLToPath(new URL("../build/core.relaxed.wasm", import.meta.url))) });
const peak = fastestLoops(options.relaxed ? "fused" : "strict");
if (peak === undefined) throw new Error("--relaxed: expected an engine with relaxed SIMD. Got one without.");

const wanted = options.only?.split(",");
const results: Result[] = [];
for (const [op, row] of Object.entries(opsTable)) {
  if (wanted !== undefined && !wanted.includes(op)) continue;
  for (const size of sizes) {
    const result = await measure(op, row, size, peak);
    results.push(result);
    process.stderr.write(`${op} ${size}: ${formatNumber(result.microseconds)} us\n`);
  }
}

const header = ["op", "size", "inputs", "us", "GB/s", "of copy", "GFLOP/s", "of peak", "backward", "cold", "vs tfjs-wasm"];
const cells = results.map((r) => [
  r.op,
  r.size,
  r.shapes,
  formatNumber(r.microseconds),
  formatNumber(r.gigabytes),
  percent(r.ofCopy),
  r.gflops === undefined ? "" : formatNumber(r.gflops),
  percent(r.ofPeak),
  r.backward === undefined ? "" : formatRatio(r.backward),
  r.backwardCold === undefined ? "" : formatRatio(r.backwardCold),
  r.vsTfjs === undefined ? "" : formatRatio(r.vsTfjs),
]);
console.log(markdownTable(header, cells));

const large = results.filter(({ size }) => size === "large");
const list = (title: string, rows: readonly Result[], figure: (r: Result) => string): void =>
  console.log(`\n${title}: ${rows.length === 0 ? "none" : rows.map((r) => `${r.op} ${figure(r)}`).join(", ")}`);
list(
  "Slower than TensorFlow.js's wasm backend",
  large.filter(({ vsTfjs }) => vsTfjs !== undefined && vsTfjs < 1),
  (r) => formatRatio(r.vsTfjs as number),
);
const slow = large.filter(({ op, backward = 0 }) => backward > 3 && !exempted.has(op));
const isSlowCold = ({ backwardCold }: Result): boolean => (backwardCold as number) > 3;
list(
  "Backward more than 3 times forward",
  slow.filter(isSlowCold),
  (r) => `${formatRatio(r.backward as number)} (cold ${formatRatio(r.backwardCold as number)})`,
);
list(
  "Backward more than 3 times a forward that finds all of its operands in the cache, but not of one that finds no more of them there than backward does",
  slow.filter((r) => !isSlowCold(r)),
  (r) => `${formatRatio(r.backward as number)} (cold ${formatRatio(r.backwardCold as number)})`,
);
for (const [reason, ops] of Object.entries(exempt)) {
  list(
    `Not judged by that ratio (${reason})`,
    large.filter(({ op, backward }) => backward !== undefined && ops.includes(op)),
    (r) => formatRatio(r.backward as number),
  );
}
const below = large.filter(({ ofCopy, ofPeak }) => ofPeak === undefined && ofCopy < FAST_ENOUGH);
const isArithmetic = ({ inCache }: Result): boolean => inCache !== undefined && inCache < AS_IN_CACHE;
const beside = (r: Result): string => `${percent(r.ofCopy)}${r.inCache === undefined ? "" : ` (${formatRatio(r.inCache)} in the cache)`}`;
list(
  "Below 60 % of copy speed, floats",
  below.filter((r) => r.types === "floats" && !isArithmetic(r)),
  beside,
);
list(
  "Below 60 % of copy speed, other types",
  below.filter((r) => r.types === "others" && !isArithmetic(r)),
  beside,
);
list("Below 60 % of copy speed and hardly faster in the cache: bound by arithmetic", below.filter(isArithmetic), beside);
const folder = options.out ?? (wanted === undefined && sizes.length === 3 ? fileURLToPath(new URL("results", import.meta.url)) : undefined);
if (folder !== undefined && existsSync(folder)) writeJson(`${folder}/ops.json`, { machine: describeMachine(), timing, results });
