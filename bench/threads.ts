/**
 * @file What two threads gain over one, by turns in one run, and where it begins to pay. `threads.least` (src/wasm/threads.ts) and
 * WORTH_SHARING (src/engine/plan.ts) follow from the second table: what is shared whatever its size, against the same by one thread.
 */
import { compile, init, keep, layers, matMul, randomUniform, sequential, type Tensor, tidy } from "../src/index.js";
import { threads } from "../src/wasm/threads.js";
import { formatNumber, formatRatio, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { type Contender, interleave, ratio, summarize, timed } from "./stats.js";

const BATCHES = 50;
/** Workers look for a job for some 60 us. */
const PAUSE_MS = 0.2;
/** The usual thresholds, and those with which all is shared, or nothing. */
const usual = { ...threads.least };
const all = { record: 0, plan: 0, call: 0, asleep: 0 };
const nothing = { record: 1e15, plan: 1e15, call: 1e15, asleep: 1e15 };

/** Something to be timed with one thread and with two; `calls` counts in one run of it. */
interface Case {
  name: string;
  run: () => unknown;
  calls: number;
  /** Milliseconds of a call that do not count. */
  rest?: number;
}

const random = (...shape: number[]): Tensor => keep(randomUniform(shape, -1, 1));

/** A call that finds the workers asleep. */
function afterPause(each: Case): Case {
  const pause = (): void => {
    const end = performance.now() + PAUSE_MS;
    while (performance.now() < end);
  };
  return { name: `${each.name}, after ${1000 * PAUSE_MS} us of nothing`, run: () => [pause(), each.run()], calls: 1, rest: PAUSE_MS };
}

function matrices(size: number): Case {
  const [a, b] = [random(size, size), random(size, size)];
  return { name: `matrix multiply ${size}`, run: () => tidy(() => void matMul(a, b)), calls: 1 };
}

function exponentials(count: number): Case {
  const x = random(count);
  return { name: `exp of ${count}`, run: () => tidy(() => void x.exp()), calls: 1 };
}

function training(inputs: number, hidden: number, batch: number): Case {
  const [x, y] = [random(BATCHES * batch, inputs), keep(randomUniform([BATCHES * batch], 0, 10, "int32"))];
  const model = sequential({
    layers: [layers.dense({ units: hidden, activation: "relu", inputShape: [inputs] }), layers.dense({ units: 10, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return { name: `step of ${inputs}-${hidden}-10, batch ${batch}`, run: () => model.fit(x, y, { batchSize: batch, verbose: 0 }), calls: BATCHES };
}

/** A plan of records that each need the one before: two waits for each. */
function chain(rows: number): Case {
  const x = random(rows, 64);
  const f = compile((a: Tensor) => {
    let y = a;
    for (let i = 0; i < 10; i++) y = y.softmax();
    return y.sum();
  });
  return { name: `plan of 10 softmaxes of ${rows} rows of 64`, run: () => tidy(() => void f(x)), calls: 1 };
}

/** The case with these thresholds; plans are encoded anew for them, before the time is taken. */
function contender(name: string, { run, calls, rest = 0 }: Case, least: typeof usual): Contender {
  const { measure } = timed(name, run, calls);
  return {
    name,
    measure: async (ms) => {
      Object.assign(threads.least, least);
      threads.generation++;
      await run();
      return (await measure(ms)) - rest;
    },
  };
}

/** One thread against two, with some thresholds. */
async function compare(cases: readonly Case[], least: typeof usual, { rounds, ms }: SectionOptions): Promise<Section["rows"]> {
  const rows: Section["rows"] = [];
  for (const each of cases) {
    const measured = await interleave([contender("one", each, nothing), contender("two", each, least)], { rounds, ms });
    const [one, two] = [summarize(measured.one).median, summarize(measured.two).median];
    rows.push({ name: each.name, one: 1000 * one, two: 1000 * two, gain: ratio(measured, "one", "two") });
  }
  return rows;
}

const tableOf = (what: string, rows: Section["rows"]): string =>
  markdownTable(
    [what, "one thread, us", "two, us", "gain"],
    rows.map(({ name, one, two, gain }) => [String(name), formatNumber(one as number), formatNumber(two as number), formatRatio(gain as number)]),
  );

export async function threadsBench(options: SectionOptions): Promise<Section> {
  await init({ threads: 2 });
  if (threads.size < 2) throw new Error("threads: expected two threads. Got one.");
  try {
    const large = [
      matrices(512),
      matrices(1024),
      exponentials(1 << 22),
      exponentials(1 << 16),
      training(784, 256, 128),
      training(784, 128, 32),
      training(784, 32, 32),
    ];
    const gains = await compare(large, usual, options);
    const sizes = [256, 4096, 16_384, 32_768, 65_536, 262_144];
    const small = [
      ...sizes.map(exponentials),
      ...sizes.slice(-3).map((size) => afterPause(exponentials(size))),
      ...[16, 32, 48, 64, 96, 128].map(matrices),
      ...[2, 32, 64, 128, 256, 512].map(chain),
      training(64, 32, 32),
      training(784, 32, 32),
    ];
    const costs = await compare(small, all, options);
    return {
      rows: [...gains, ...costs],
      fractions: [],
      table: `${tableOf("as shared by default", gains)}\n\n${tableOf("shared at any size", costs)}`,
    };
  } finally {
    Object.assign(threads.least, usual);
    await init({ threads: 1 });
  }
}
