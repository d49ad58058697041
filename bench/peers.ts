/**
 * @file `npm run bench:peers`: engram against the libraries in `bench/peers`, taking turns within one run.
 *
 * Writes bench/results/peers.json and peers.svg and prints the README's table. A peer that is missing, or whose own
 * numbers are wrong, is a failure: the message says what to install, and the exit code is 1.
 *
 * Options: `--rounds 7 --ms 100`, `--only engram,tfjs-wasm` (contenders), `--tasks step,xor` (beginnings of task
 * keys). Results are written only by a run of everything, unless `--out DIR` names another folder.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Child, type Hello, Unsupported } from "./peers/child.js";
import { CONTENDERS, installPeers, TORCH_NAME } from "./peers/contenders.js";
import { measurePeak } from "./peers/peak.js";
import { collect, legend, picture, type TaskResult, table, taskResult } from "./peers/results.js";
import { type BenchTask, TASKS } from "./peers/tasks.js";
import { formatNumber, writeJson, writeText } from "./report.js";
import { interleave } from "./stats.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    ms: { type: "string", default: "100" },
    only: { type: "string" },
    tasks: { type: "string" },
    out: { type: "string" },
  },
});
const timing = { rounds: Number(options.rounds), ms: Number(options.ms) };
const failures: string[] = [];

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function fail(reason: unknown): void {
  const message = reason instanceof Error ? reason.message : String(reason);
  failures.push(message);
  say(`FAILED ${message}`);
}

/** Starts the contenders that were asked for; those that cannot run are failures. */
async function start(): Promise<{ children: Child[]; hellos: Record<string, Hello> }> {
  const wanted = options.only?.split(",") ?? CONTENDERS.map(({ name }) => name);
  const unknown = wanted.filter((name) => !CONTENDERS.some((contender) => contender.name === name));
  if (unknown.length > 0) throw new Error(`--only: expected some of ${CONTENDERS.map(({ name }) => name)}, received ${unknown}`);
  const children: Child[] = [];
  const hellos: Record<string, Hello> = {};
  for (const spec of CONTENDERS.filter(({ name }) => wanted.includes(name))) {
    const child = new Child(spec);
    try {
      const hello = await child.hello();
      if (spec.name === TORCH_NAME && hello.blas !== "OpenBLAS") throw new Error(`PyTorch runs without OpenBLAS; ${spec.install}`);
      hellos[spec.name] = hello;
      children.push(child);
      say(`${spec.name} ${hello.version}: ${hello.backend}, ${hello.runtime}`);
    } catch (error) {
      fail(error);
      child.stop();
    }
  }
  return { children, hellos };
}

/** Prepares a task on every contender that can do it, then lets them take turns. */
async function runTask(task: BenchTask, children: readonly Child[]): Promise<TaskResult> {
  const able: Child[] = [];
  const variants: Record<string, string> = {};
  const unsupported: Record<string, string> = {};
  for (const child of children) {
    try {
      variants[child.name] = (await child.prepare(task.request)).variant;
      able.push(child);
    } catch (error) {
      if (error instanceof Unsupported) unsupported[child.name] = error.message;
      else fail(`${task.key}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const rounds = await interleave(able, timing);
  for (const child of able) await child.release();
  return taskResult(task, rounds, variants, unsupported);
}

function sayResult({ label, unit, contenders }: TaskResult): void {
  const figures = Object.entries(contenders).map(([name, { figure }]) => `${name} ${formatNumber(figure)}`);
  say(`${label}: ${figures.join(", ")} ${unit}`);
}

const prefixes = options.tasks?.split(",") ?? [""];
const tasks = TASKS.filter(({ key }) => prefixes.some((prefix) => key.startsWith(prefix)));
if (tasks.length === 0) throw new Error(`--tasks: expected beginnings of ${TASKS.map(({ key }) => key)}, received ${prefixes}`);

try {
  installPeers();
} catch (error) {
  fail(error);
}
const peak = measurePeak();
say(`strict peak ${formatNumber(peak.strict)} GFLOP/s`);
const { children, hellos } = await start();
const results: TaskResult[] = [];
try {
  for (const task of tasks) {
    const result = await runTask(task, children);
    results.push(result);
    sayResult(result);
  }
} finally {
  for (const child of children) child.stop();
}

const all = collect(results, hellos, peak, timing);
console.log(`\n${table(all)}\n\n${legend(all)}`);
const partial = options.only !== undefined || options.tasks !== undefined;
if (options.out !== undefined || (!partial && failures.length === 0)) {
  const folder = options.out ?? fileURLToPath(new URL("results", import.meta.url));
  writeJson(`${folder}/peers.json`, all);
  writeText(`${folder}/peers.svg`, picture(all, TASKS));
}
if (failures.length > 0) {
  say(`\n${failures.length} failure${failures.length === 1 ? "" : "s"}:\n${failures.join("\n")}`);
  process.exitCode = 1;
}
