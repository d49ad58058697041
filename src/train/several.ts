/** @file Several steps of fit, and several epochs, in one call; imported by fits that are long enough. */
import { type Course, MOST_RUNS, runCourse, type Stint } from "../engine/course.js";
import type { GatheredMetric, MetricValue } from "../nn/metrics/metric.js";
import { now } from "../platform.js";
import type { Block } from "../wasm/block.js";
import type { ArraySource, ShuffledBatches } from "./arraySources.js";
import type { History } from "./history.js";
import { valuesOf } from "./historyValues.js";
import type { Trainer } from "./trainer.js";

/** Makes steps on arrays many at a time. */
export class Several {
  constructor(
    private readonly trainer: Trainer,
    private readonly source: ArraySource,
  ) {}

  private get shuffled(): ShuffledBatches | null {
    const { data } = this.source;
    return "order" in data ? (data as ShuffledBatches) : null;
  }

  /** Steps on batches of so many rows, the first of which is batch `index`; null where they are not compiled. */
  private stint(index: number, rows: number, count: number): Stint | null {
    const { source, trainer } = this;
    const { data } = source;
    const batch = source.batchOf(rows);
    const plan = trainer.steps.train.planOf(batch);
    if (plan === null) return null;
    // Where order is kept the batch is to be at its rows.
    if (this.shuffled === null) data.batch(index);
    return { plan, inputs: batch.all, rows, count };
  }

  private get totals(): (Block | undefined)[] {
    return this.trainer.metrics.map((metric) => (metric as GatheredMetric).totalsBlock);
  }

  private run(stints: readonly Stint[], index: number, rest: Pick<Course, "turns" | "totals" | "begin" | "guard">): ReturnType<typeof runCourse> {
    const { data } = this.source;
    const began = now();
    const result = runCourse({ stints, columns: data.columns, order: this.shuffled?.orderAt(index) ?? 0, ...rest });
    const milliseconds = (now() - began) / Math.max(1, result.runs);
    for (const { plan } of stints) plan.milliseconds = milliseconds;
    return result;
  }

  /**
   * Steps on the next whole batches.
   * @param most how many at most
   * @param budget milliseconds that they may take
   * @returns how many were made, and whether a guard ended them in the one after
   */
  steps(most: number, budget: number): [made: number, hasFailed: boolean] {
    const { trainer, source } = this;
    const { index, data } = source;
    const left = Math.min(most, Math.floor(data.rows / data.batchSize) - index, MOST_RUNS);
    const known = left < 1 ? null : this.stint(index, data.batchSize, 0);
    const { milliseconds = 0 } = known?.plan ?? {};
    if (known === null || (left < 2 && Number.isFinite(milliseconds))) return [0, false];
    // One at first, and where one takes long: its time is measured.
    const count = Math.max(1, Math.floor(Math.min(left, budget / milliseconds)));
    const guard = trainer.isGuarded ? this.totals[0]?.ptr : undefined;
    const { runs } = this.run([{ ...known, count }], index, { turns: 1, totals: [], guard });
    source.index += runs;
    trainer.samples += runs * data.batchSize;
    return [runs, runs < count];
  }

  /** Whole epochs, into the history; how many were made, 0 where they are to be made otherwise. */
  epochs(history: History, first: number, most: number, budget: number): number {
    const { trainer, source, totals } = this;
    const { data } = source;
    const { rows, batchSize } = data;
    const order = this.shuffled?.order;
    const whole = Math.floor(rows / batchSize);
    const parts = [[0, batchSize, whole] as const, [whole, rows % batchSize, Math.ceil((rows % batchSize) / batchSize)] as const];
    const stints = parts.filter(([, , count]) => count > 0).map((part) => this.stint(...part));
    if (!stints.every((stint) => stint !== null) || !totals.every((block) => block !== undefined)) return 0;
    const milliseconds = stints.reduce((sum, { plan, count }) => sum + count * plan.milliseconds, 0);
    const passes = order === undefined ? most : Math.min(most, order.bytes / 4 / rows);
    const turns = Math.floor(Math.min(passes, MOST_RUNS / data.count, budget / milliseconds));
    if (turns < 2) return 0;
    const { log, logBytes } = this.run(stints, 0, { turns, totals, begin: (turn) => source.begin(turn) });
    trainer.samples = rows;
    for (let turn = 0; turn < turns; turn++) history.epoch.push(first + turn);
    const { metrics, names } = trainer;
    let at = log;
    for (let i = 0; i < metrics.length; i++) {
      const values: MetricValue[] = [];
      for (let turn = 0; turn < turns; turn++) values.push((metrics[i] as GatheredMetric).valueAt(at + turn * logBytes));
      // A matrix is in no history.
      if (typeof values[0] === "number") valuesOf(history, names[i] as string).push(...(values as number[]));
      at += (totals[i] as Block).bytes;
    }
    return turns;
  }
}
