/** @file Elementwise ops, softmax and sums over a million floats, against plain JavaScript and the machine's copy speed. */
import { add, exp, keep, log, mul, randomUniform, relu, sigmoid, softmax, sqrt, sum, type Tensor, tanh, tidy } from "../src/index.js";
import { type PlainOp, plainOps } from "./plain.js";
import { formatNumber, formatRatio, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { interleave, ratio, summarize, timed } from "./stats.js";

const SIZE = 1 << 20;

/** Bytes moved for each element: read and written. */
const OPS: { name: string; run: (x: Tensor, y: Tensor) => Tensor; shape?: number[]; bytes: number }[] = [
  { name: "add", run: (x, y) => add(x, y), bytes: 12 },
  { name: "mul", run: (x, y) => mul(x, y), bytes: 12 },
  { name: "relu", run: (x) => relu(x), bytes: 8 },
  { name: "sqrt", run: (x) => sqrt(x), bytes: 8 },
  { name: "exp", run: (x) => exp(x), bytes: 8 },
  { name: "log", run: (x) => log(x), bytes: 8 },
  { name: "sigmoid", run: (x) => sigmoid(x), bytes: 8 },
  { name: "tanh", run: (x) => tanh(x), bytes: 8 },
  { name: "sum", run: (x) => sum(x), bytes: 4 },
  { name: "softmax", run: (x) => softmax(x), shape: [1024, 1024], bytes: 8 },
];

export async function elementwiseBench({ rounds, ms }: SectionOptions): Promise<Section> {
  const rows: Section["rows"] = [];
  const cells: string[][] = [];
  const from = new Float32Array(SIZE).fill(1);
  const to = new Float32Array(SIZE);
  for (const { name, run, shape = [SIZE], bytes } of OPS) {
    const x = keep(randomUniform(shape, 0.1, 4));
    const y = keep(randomUniform(shape, 0.1, 4));
    const contenders = [timed("copy", () => to.set(from)), timed("engram", () => tidy(() => void run(x, y)))];
    const plain = plainOps[name] as PlainOp | undefined;
    const [a, b] = [x.dataSync(), y.dataSync()];
    if (plain) contenders.push(timed("plain", () => plain(a, b, to, 1024)));
    const measured = await interleave(contenders, { rounds, ms });
    x.dispose();
    y.dispose();
    const gigaElements = SIZE / summarize(measured.engram).median / 1e6;
    const ofCopy = (ratio(measured, "copy", "engram") * bytes) / 8;
    const vsPlain = plain ? ratio(measured, "plain", "engram") : Number.NaN;
    rows.push({ op: name, gigaElements, ofCopy, ...(plain ? { vsPlain } : {}) });
    cells.push([name, formatNumber(gigaElements), `${(100 * ofCopy).toFixed(0)} %`, plain ? formatRatio(vsPlain) : ""]);
  }
  return { rows, fractions: [], table: markdownTable(["1 M floats", "Gelem/s", "of copy speed", "vs plain JS"], cells) };
}
