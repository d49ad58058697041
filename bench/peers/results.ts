/** @file What the runner has measured, as the results file, the table and the picture show it. */
import { type BarGroup, barChart, describeMachine, formatNumber, formatRatio, markdownTable } from "../report.js";
import { median, type Rounds, ratio, summarize } from "../stats.js";
import type { Hello } from "./child.js";
import { CONTENDERS, ENGRAM, TORCH_NAME } from "./contenders.js";
import type { Peak } from "./peak.js";
import type { BenchTask } from "./tasks.js";

/** One contender's result of one task. */
interface Entry {
  /** In the task's unit, of the median time. */
  figure: number;
  medianMs: number;
  minMs: number;
  /** Interquartile range over the median. */
  spread: number;
  rounds: number;
  /** Which way of doing the task was fastest. */
  variant: string;
  /** How many times as fast engram is: the median of the ratios of each round. */
  engramIsFasterBy?: number;
}

export interface TaskResult {
  key: string;
  label: string;
  unit: string;
  contenders: Record<string, Entry>;
  unsupported: Record<string, string>;
}

export function taskResult(task: BenchTask, rounds: Rounds, variants: Record<string, string>, unsupported: Record<string, string>): TaskResult {
  const contenders: Record<string, Entry> = {};
  for (const [name, samples] of Object.entries(rounds)) {
    const { median: medianMs, min: minMs, spread, rounds: measured } = summarize(samples);
    const faster = name !== ENGRAM && rounds[ENGRAM] ? { engramIsFasterBy: ratio(rounds, name, ENGRAM) } : {};
    contenders[name] = { figure: task.figure(medianMs), medianMs, minMs, spread, rounds: measured, variant: variants[name], ...faster };
  }
  return { key: task.key, label: task.label, unit: task.unit, contenders, unsupported };
}

/** PyTorch's ratios count only where its matrix multiply proves that it runs on a tuned BLAS: 1.2 of the strict peak. */
const TORCH_LEAST = 1.2;

export interface Results {
  machine: ReturnType<typeof describeMachine>;
  peak: Peak;
  contenders: Record<string, Hello>;
  options: { rounds: number; ms: number };
  /** Median over everything measured of the rounds' interquartile range over their median. */
  noise: number;
  /** Why PyTorch's ratios are missing, if they are. */
  torchRefused?: string;
  tasks: TaskResult[];
}

/** Says why PyTorch must not be compared with, or nothing. */
function refuseTorch(hello: Hello | undefined, tasks: readonly TaskResult[], peak: Peak): string | undefined {
  if (!hello) return undefined;
  const square = tasks.find(({ key }) => key === "matmul/1024/NN")?.contenders[TORCH_NAME];
  const reached = Math.max(hello.matmul1024GFlops ?? 0, square ? (square.figure * square.medianMs) / square.minMs : 0);
  if (reached >= TORCH_LEAST * peak.strict) return undefined;
  const expected = `at least ${TORCH_LEAST} x the strict peak of ${formatNumber(peak.strict)} GFLOP/s`;
  return `no ratio to PyTorch: its 1024 matrix multiply reached ${formatNumber(reached)} GFLOP/s, expected ${expected}`;
}

export function collect(tasks: TaskResult[], hellos: Record<string, Hello>, peak: Peak, options: { rounds: number; ms: number }): Results {
  const torchRefused = refuseTorch(hellos[TORCH_NAME], tasks, peak);
  if (torchRefused) for (const { contenders } of tasks) delete contenders[TORCH_NAME]?.engramIsFasterBy;
  const spreads = tasks.flatMap(({ contenders }) => Object.values(contenders).map(({ spread }) => spread));
  return {
    machine: describeMachine(),
    peak,
    contenders: hellos,
    options,
    noise: median(spreads),
    ...(torchRefused ? { torchRefused } : {}),
    tasks,
  };
}

/** The README's table: each contender's figure and, for the peers, how many times as fast engram is. */
export function table({ contenders, tasks }: Results): string {
  const names = Object.keys(contenders);
  const rows = tasks.map((task) => [
    `${task.label} (${task.unit})`,
    ...names.map((name) => {
      const entry = task.contenders[name];
      if (!entry) return "-";
      const faster = entry.engramIsFasterBy;
      return faster === undefined ? formatNumber(entry.figure) : `${formatNumber(entry.figure)} (${formatRatio(faster)})`;
    }),
  ]);
  return markdownTable(["", ...names], rows);
}

/** One line for each contender, the peaks and the noise: what one must know to read the table. */
export function legend({ machine, peak, contenders, noise, torchRefused }: Results): string {
  const fused = peak.fused === undefined ? "" : `, fused ${formatNumber(peak.fused)}`;
  return [
    `${machine.cpu}, ${machine.cores} cores; ${machine.platform}, ${machine.date}`,
    `peak of 128-bit SIMD: strict ${formatNumber(peak.strict)} GFLOP/s${fused}; noise between rounds ${(noise * 100).toFixed(0)} %`,
    ...Object.entries(contenders).map(
      ([name, hello]) => `${name} ${hello.version}: ${hello.backend}, ${hello.threads} thread${hello.threads === 1 ? "" : "s"}, ${hello.runtime}`,
    ),
    ...(torchRefused ? [torchRefused] : []),
    "In brackets: how many times as fast engram is (median of the ratios within each round).",
  ].join("\n");
}

/** The headline tasks as bars: how many times as fast engram is than each peer. */
export function picture({ machine, tasks }: Results, shown: readonly BenchTask[]): string {
  const groups: BarGroup[] = [];
  for (const { key, picture: label } of shown) {
    const result = tasks.find((task) => task.key === key);
    if (!label || !result) continue;
    const bars = CONTENDERS.flatMap(({ name, tableOnly }) => {
      if (tableOnly) return [];
      const faster = result.contenders[name]?.engramIsFasterBy;
      return faster === undefined ? [] : [{ series: name, value: faster, text: formatRatio(faster) }];
    });
    if (bars.length > 0) groups.push({ label, bars });
  }
  const used = new Set(groups.flatMap(({ bars }) => bars.map(({ series }) => series)));
  return barChart({
    title: "How many times as fast engram is as each peer",
    subtitle: `One thread, ${machine.cpu}, Node ${machine.node}, ${machine.date}; median of ratios of interleaved rounds; logarithmic axis`,
    groups,
    colours: Object.fromEntries(CONTENDERS.filter(({ name }) => used.has(name)).map(({ name, colour }) => [name, colour])),
    above: "engram is faster",
    below: "the peer is faster",
  });
}
