/**
 * @file `npm run bench`: engram's kernels against the machine's own limits and against plain JavaScript, in one run.
 *
 * Options: `--rounds 7 --ms 60`, `--only matmul,elementwise,overhead,step,threads,fit,cold`, `--relaxed` (the relaxed build), `--out DIR`.
 * Fails when a kernel seems to exceed 1.02 of the measured peak: then the peak is wrong, and every fraction with it.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { init } from "../src/index.js";
import { coldBench } from "./cold.js";
import { elementwiseBench } from "./elementwise.js";
import { fitBench } from "./fit.js";
import { matmulBench } from "./matmul.js";
import { overheadBench } from "./overhead.js";
import { fastestLoops } from "./peers/peak.js";
import { planBench } from "./plan.js";
import { barChart, describeMachine, formatNumber, writeJson, writeText } from "./report.js";
import { stepBench } from "./step.js";
import { threadsBench } from "./threads.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    ms: { type: "string", default: "60" },
    only: { type: "string" },
    relaxed: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

/** What every section gets: how long to measure, and the loop that is the limit. */
const timing = { rounds: Number(options.rounds), ms: Number(options.ms) };
const strict = fastestLoops("strict");
const fused = fastestLoops("fused");
const peak = options.relaxed ? fused : strict;
if (peak === undefined)
  throw new Error("--relaxed: expected an engine with relaxed SIMD. Got one without. HINT: Node 22, or node --experimental-wasm-relaxed-simd.");
const relaxed = readFileSync(fileURLToPath(new URL("../build/core.relaxed.wasm", import.meta.url)));
await init({ threads: 1, ...(options.relaxed ? { core: relaxed } : { relaxed: false }) });

const sections = {
  matmul: matmulBench,
  elementwise: elementwiseBench,
  overhead: overheadBench,
  step: stepBench,
  plan: planBench,
  threads: threadsBench,
  fit: fitBench,
  cold: coldBench,
};
const wanted = options.only?.split(",") ?? Object.keys(sections);
const results: Record<string, unknown> = { machine: describeMachine(), build: options.relaxed ? "relaxed" : "strict", timing };
let highest = 0;
for (const [name, run] of Object.entries(sections)) {
  if (!wanted.includes(name)) continue;
  console.log(`\n## ${name}\n`);
  const section = await run({ ...timing, peak });
  results[name] = section.rows;
  highest = Math.max(highest, ...section.fractions);
  console.log(section.table);
}

const folder = options.out ?? fileURLToPath(new URL("results", import.meta.url));
const file = options.relaxed ? "relaxed" : "strict";
if (options.only === undefined || options.out !== undefined) {
  writeJson(`${folder}/${file}.json`, results);
  const rows = (results.matmul ?? []) as { shape: string; fraction: number; peakGflops: number }[];
  const groups = rows.map(({ shape, fraction }) => ({ label: shape, bars: [{ series: "engram", value: fraction, text: `${Math.round(100 * fraction)} %` }] }));
  const title = `Matrix multiply as a share of this machine's ${file} SIMD peak, one thread`;
  writeText(
    `${folder}/${file}.svg`,
    barChart({ title, subtitle: describeMachine().cpu, groups, colours: { engram: "#2a6fdb" }, below: "of the peak", above: "peak" }),
  );
}
if (highest > 1.02) {
  console.error(`peak: expected no kernel above 1.02 of it. Got ${formatNumber(highest)}.`);
  process.exitCode = 1;
}
