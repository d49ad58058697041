/**
 * @file Cold start: what a program costs that imports the package, loads a saved network for handwritten digits and predicts once, over an
 * empty Node process; and TensorFlow.js's beside it. Processes take turns; what counts is the median of a round's differences.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../scripts/bundle.mjs";
import { layers, sequential } from "../src/index.js";
import { formatNumber, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { type Contender, interleave, median } from "./stats.js";

const root = fileURLToPath(new URL("../", import.meta.url));
/** Milliseconds over an empty process that engram may cost. */
const BAR = 80;

/** The package as `npm run build` makes it. */
const engram = (index: string, model: string): string => `
  import { loadLayersModel, zeros } from ${JSON.stringify(index)};
  const model = await loadLayersModel(${JSON.stringify(`file://${model}`)});
  if (model.predict(zeros([1, 784])).dataSync().length !== 10) throw new Error("no digits");`;

/** The same with TensorFlow.js, which reads no files in Node by itself. */
const tfjs = (folder: string, model: string, backend: "cpu" | "wasm"): string => `
  import { createRequire } from "node:module";
  import { readFileSync } from "node:fs";
  const require = createRequire(${JSON.stringify(join(folder, "x.js"))});
  const tf = require("@tensorflow/tfjs");
  ${backend === "wasm" ? 'require("@tensorflow/tfjs-backend-wasm");' : ""}
  await tf.setBackend("${backend}");
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(${JSON.stringify(join(model, "model.json"))}, "utf8"));
  const bytes = readFileSync(${JSON.stringify(model)} + "/" + weightsManifest[0].paths[0]);
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }));
  if (model.predict(tf.zeros([1, 784])).dataSync().length !== 10) throw new Error("no digits");`;

/** A program as a contender: one process a turn. */
const program = (name: string, text: string): Contender => ({
  name,
  measure: () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", text], { encoding: "utf8" });
    const time = performance.now() - start;
    if (status !== 0) throw new Error(`${name}: expected a program that runs. Got ${stderr}`);
    return time;
  },
});

export async function coldBench({ rounds }: SectionOptions): Promise<Section> {
  const scratch = mkdtempSync(join(tmpdir(), "engram-cold-"));
  try {
    const [dist, model] = [join(root, "build/cold"), join(scratch, "model")];
    await bundle(dist);
    await sequential({
      layers: [layers.dense({ units: 32, activation: "relu", inputShape: [784] }), layers.dense({ units: 10, activation: "softmax" })],
    }).save(`file://${model}`);
    const peers = join(root, "bench/peers");
    const hasWasm = existsSync(join(peers, "node_modules/@tensorflow/tfjs-backend-wasm"));
    const measured = await interleave(
      [
        program("empty process", ""),
        program("engram", engram(pathToFileURL(join(dist, "index.js")).href, model)),
        program("tfjs (cpu)", tfjs(root, model, "cpu")),
        ...(hasWasm ? [program("tfjs (wasm)", tfjs(peers, model, "wasm"))] : []),
      ],
      { rounds: Math.max(11, rounds), ms: 0, budget: Number.POSITIVE_INFINITY },
    );
    const empty = measured["empty process"] as number[];
    const rows = Object.entries(measured).map(([name, times]) => ({
      name,
      milliseconds: median(times as number[]),
      over: median((times as number[]).map((time, round) => time - (empty[round] as number))),
    }));
    const table = markdownTable(
      ["cold start: import, load, predict once", "ms", "over an empty process"],
      rows.map(({ name, milliseconds, over }) => [name, formatNumber(milliseconds), formatNumber(over)]),
    );
    return { rows, fractions: [], table: `${table}\n\nengram may cost ${BAR} ms over an empty process.` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
