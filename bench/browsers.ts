/**
 * @file `npm run bench:browsers`: engram in Chromium, Firefox, WebKit and Node, which take turns within one run.
 *
<<<<<<< HEAD
 * Options: `--rounds 7 --ms 60`, `--only start,kernels,warmUp,relaxed,threads,ops`, `--ops sort,tile` (of all ops), `--engines node,chromium`, `--out DIR`.
=======
 * Options: `--rounds 7 --ms 60`, `--only start,kernels,warmUp,relaxed,threads,worker,ops`, `--engines node,chromium`, `--out DIR`.
>>>>>>> 12f53c9 (Bench of training in a worker, in the three browsers; threads read the clock from their kit)
 * Ratios are to Node's figure of the same round. Only a run of all sections but `ops` is written to bench/results.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Engine, serve } from "./browsers/engines.js";
import type { Result, Setup } from "./browsers/protocol.js";
import { describeMachine, formatNumber, markdownTable, writeJson } from "./report.js";
import { median } from "./stats.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    ms: { type: "string", default: "60" },
    only: { type: "string" },
    ops: { type: "string" },
    engines: { type: "string", default: "node,chromium,firefox,webkit" },
    out: { type: "string" },
  },
});
const [rounds, ms] = [Number(options.rounds), Number(options.ms)];
const strict: Setup = { relaxed: false, threads: 1 };

const server = await serve();
const engines: Engine[] = [];
for (const name of options.engines.split(",")) engines.push(await server.open(name));

/** One line of a table: a figure by engine. */
type Row = { name: string; unit: string } & Record<string, number | string>;

/** Results of a round by engine, each in its turn; each round begins with another engine. */
async function turns<T>(round: number, measure: (engine: Engine) => Promise<T>): Promise<Map<string, T>> {
  const results = new Map<string, T>();
  for (let turn = 0; turn < engines.length; turn++) {
    const engine = engines[(round + turn) % engines.length];
    results.set(engine.name, await measure(engine));
  }
  return results;
}

const again = async (): Promise<void> => void (await Promise.all(engines.map((engine) => engine.again())));

/** The median of what `figure` gives of each round's results, by engine. */
function medians<T>(all: readonly Map<string, T>[], figure: (result: T, results: Map<string, T>) => number): Record<string, number> {
  return Object.fromEntries(engines.map(({ name }) => [name, median(all.map((results) => figure(results.get(name) as T, results)))]));
}

/** Calls that a millisecond has, in units of 1e-6 where the task has others than calls. */
const rate = ({ times = [], amount = 1, unit }: Result, which = 0): number => (amount / times[which]) * (unit === "GFLOP/s" || unit === "Gelem/s" ? 1e-6 : 1e3);

/** Rates of tasks, and their ratios to Node's. */
async function kernels(tasks: readonly string[], group: string, setup: Setup): Promise<Row[]> {
  await again();
  const rows: Row[] = [];
  for (const task of tasks) {
    const all: Map<string, Result>[] = [];
    for (let round = 0; round < rounds; round++) all.push(await turns(round, (engine) => engine.order({ kind: "slice", group, task, setup, ms })));
    const of = medians(all, (result, results) => rate(result) / rate(results.get("node") ?? result));
    rows.push({ name: task, unit: all[0].get(engines[0].name)?.unit as string, ...medians(all, (result) => rate(result)), ...prefixed("of", of) });
  }
  return rows;
}

const prefixed = (prefix: string, figures: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix} ${name}`, value]));

const share = (value: number | string | undefined): string => (typeof value === "number" ? `${(100 * value).toFixed(0)} %` : "");
const shown = (value: number | string | undefined): string => (typeof value === "number" ? formatNumber(value) : "");

const kernelTable = (rows: readonly Row[]): string =>
  markdownTable(
    ["", "unit", ...engines.map(({ name }) => name), ...others().map((name) => `${name} / node`)],
    rows.map((row) => [row.name, row.unit, ...engines.map(({ name }) => shown(row[name])), ...others().map((name) => share(row[`of ${name}`]))]),
  );
const others = (): string[] => engines.map(({ name }) => name).filter((name) => name !== "node");

const chosen = ["matMul 512", "step of 784-128-10, batch 32", "step of 784-256-10, batch 128", "exp", "softmax"];

/** How a figure under one setup compares with the strict one of one thread, in the same engine. */
async function compared(setup: Setup): Promise<Row[]> {
  const rows: Row[] = [];
  const got = new Map<string, Result[][]>();
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const one of [strict, setup]) {
      await again();
      for (const task of chosen) {
        const results = await turns(round, (engine) => engine.order({ kind: "slice", group: "kernels", task, setup: one, ms: 3 * ms }));
        for (const [name, result] of results) {
          const key = `${task}|${name}`;
          const list = got.get(key) ?? [];
          got.set(key, list);
          list[round] = [...(list[round] ?? []), result];
        }
      }
    }
  }
  for (const task of chosen) {
    const row: Row = { name: task, unit: "times strict, one thread" };
    for (const { name } of engines) {
      const list = got.get(`${task}|${name}`) as [Result, Result][];
      const had = list[0][1].setup;
      const isAsked = had?.relaxed === setup.relaxed && had.threads === setup.threads;
      row[name] = isAsked ? median(list.map(([usual, other]) => rate(other) / rate(usual))) : "has none";
    }
    rows.push(row);
  }
  return rows;
}

/** Speed in the first 0.2 s of a page and after 2 s. */
async function warmUp(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const task of ["matMul 512", "step of 784-128-10, batch 32", "exp"]) {
    const all: Map<string, Result>[] = [];
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      await again();
      all.push(await turns(round, (engine) => engine.order({ kind: "warmUp", group: "kernels", task, setup: strict })));
    }
    const unit = all[0].get(engines[0].name)?.unit as string;
    rows.push({ name: `${task}, first 0.2 s`, unit, ...medians(all, (result) => rate(result)) });
    rows.push({ name: `${task}, after 2 s`, unit, ...medians(all, (result) => rate(result, 1)) });
  }
  return rows;
}

const plainTable = (rows: readonly Row[]): string =>
  markdownTable(
    ["", "unit", ...engines.map(({ name }) => name)],
    rows.map((row) => [row.name, row.unit, ...engines.map(({ name }) => (typeof row[name] === "string" ? row[name] : shown(row[name])))]),
  );

/** From import to the first prediction, of new pages: the package's own files, and an app's that esbuild has bundled. */
async function start(): Promise<Row[]> {
  const rows: Row[] = [];
  const paths = { "the package's files": "package/index.js", "a bundled app": "app/stdin.js" };
  for (const [name, path] of Object.entries(paths)) {
    const all: Map<string, Result>[] = [];
    for (let round = 0; round < Math.max(11, rounds); round++) {
      await again();
      all.push(await turns(round, (engine) => engine.order({ kind: "start", path })));
    }
    rows.push({ name: `import to first prediction, ${name}`, unit: "ms", ...medians(all, ({ times = [] }) => times[0]) });
  }
  return rows;
}

/** A training of the digits network in a worker; in Node, the figure it is compared with, without one. */
async function worker(): Promise<Row[]> {
  const all: Map<string, Result>[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    await again();
    all.push(await turns(round, (engine) => engine.order({ kind: "digits", worker: engine.name !== "node", ms: 2000 })));
  }
  const figure =
    (name: string): ((result: Result) => number) =>
    (result) =>
      result.figures?.[name] as number;
  const speed = figure("samples");
  return [
    { name: "784-128-10, batch 32, in a worker", unit: "samples/s", ...medians(all, speed) },
    { name: "of Node's speed without one", unit: "", ...medians(all, (result, results) => speed(result) / speed(results.get("node") ?? result)) },
    { name: "longest gap of the page", unit: "ms", ...medians(all, figure("gap")) },
    { name: "progress", unit: "times a second", ...medians(all, figure("told")) },
    { name: "until it has ended after a signal", unit: "ms", ...medians(all, figure("cancel")) },
  ];
}

/** Ops of the table whose speed in an engine is far from Node's. */
async function ops(): Promise<Row[]> {
  const { names = [] } = await engines[0].order({ kind: "list", group: "ops" });
  return kernels(options.ops?.split(",") ?? names, "ops", strict);
}
const cliffs = (rows: readonly Row[]): string =>
  kernelTable(rows.filter((row) => options.ops !== undefined || others().some((name) => (row[`of ${name}`] as number) < 0.6)));

const sections: Record<string, [run: () => Promise<Row[]>, table: (rows: readonly Row[]) => string]> = {
  start: [start, plainTable],
  kernels: [async () => kernels((await engines[0].order({ kind: "list", group: "kernels" })).names ?? [], "kernels", strict), kernelTable],
  warmUp: [warmUp, plainTable],
  relaxed: [() => compared({ relaxed: true, threads: 1 }), plainTable],
  threads: [() => compared({ relaxed: false, threads: 2 }), plainTable],
  worker: [worker, plainTable],
  ops: [ops, cliffs],
};
const usual = Object.keys(sections).filter((name) => name !== "ops");
const wanted = options.only?.split(",") ?? usual;

const results: Record<string, unknown> = { machine: describeMachine(), timing: { rounds, ms } };
try {
  for (const [name, [run, table]] of Object.entries(sections)) {
    if (!wanted.includes(name)) continue;
    const rows = await run();
    results[name] = rows;
    console.log(`\n## ${name}\n\n${table(rows)}`);
  }
} finally {
  await server.close();
}
if (options.only === undefined || options.out !== undefined)
  writeJson(`${options.out ?? fileURLToPath(new URL("results", import.meta.url))}/browsers.json`, results);
