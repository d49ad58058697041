/** @file What compile is told about each output of a model: its loss, that loss's weight, its metrics. */
import { getLoss, type LossIdentifier } from "../nn/losses/index.js";
import type { Loss } from "../nn/losses/loss.js";
import { getMetric, type MetricIdentifier, meanMetric } from "../nn/metrics/index.js";
import type { Metric } from "../nn/metrics/metric.js";
import { numbered } from "../nn/names.js";
import type { Optimizer } from "../optim/optimizer.js";
import { describe, error } from "../tensor/errors.js";

/** One of something for the only output or for all, a list in the outputs' order, or an object by their names. */
export type PerOutput<T> = T | readonly (T | null)[] | Readonly<Record<string, T>>;

export interface ModelCompileArgs {
  /** By name, with Keras 3's rates, or an optimizer; rmsprop by default. */
  optimizer?: string | Optimizer;
  /** By name, from `losses`, or a function of targets and predictions; by output where there are several. */
  loss?: PerOutput<LossIdentifier>;
  /** Factors of the outputs' losses in their sum; 1 by default. */
  lossWeights?: readonly number[] | Readonly<Record<string, number>>;
  /** By name, from `metrics`, or functions as for the loss; by output where there are several. */
  metrics?:
    | MetricIdentifier
    | readonly (MetricIdentifier | readonly MetricIdentifier[])[]
    | Readonly<Record<string, MetricIdentifier | readonly MetricIdentifier[]>>;
  /** Metrics that sample and class weights count in. */
  weightedMetrics?: ModelCompileArgs["metrics"];
}

/** A metric of one output, and whether sample weights count in it. */
export interface HeadMetric {
  readonly name: string;
  readonly metric: Metric;
  readonly isWeighted: boolean;
}

/** What is told about one output. */
export interface Head {
  readonly loss: Loss | null;
  readonly weight: number;
  /** The output's own loss, where there are several. */
  readonly total: HeadMetric | null;
  readonly metrics: readonly HeadMetric[];
}

// biome-ignore lint/suspicious/noExplicitAny: classes of losses and of metrics, which have a sign in common
const isIdentifier = (value: any): boolean =>
  typeof value === "string" || typeof value === "function" || typeof value?.getConfig === "function" || typeof value?.apply === "function";

/** A setting by output: one for all, a list in their order, or an object by their names. */
function perOutput(what: string, value: unknown, names: readonly string[]): unknown[] {
  if (value === null || value === undefined || isIdentifier(value)) return names.map(() => value);
  if (Array.isArray(value)) {
    if (value.length !== names.length)
      throw error("compile", `${what} must have an entry for each of the ${names.length} outputs ${names.join(", ")}`, `${value.length}`);
    return value;
  }
  const unknown = Object.keys(value as object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw error("compile", `${what} must be by the names of the outputs, ${names.join(", ")}`, `'${unknown}'`);
  return names.map((name) => (value as Record<string, unknown>)[name]);
}

/** The metrics of each output. */
function metricsOf(
  metrics: ModelCompileArgs["metrics"],
  isWeighted: boolean,
  names: readonly string[],
  losses: readonly (Loss | null)[],
): Omit<HeadMetric, "name">[][] {
  // A flat list is for every output; a list with lists has one for each.
  const lists = Array.isArray(metrics) && !metrics.some(Array.isArray) ? names.map(() => metrics) : perOutput("metrics", metrics, names);
  const made = lists.map((list, i) => [list ?? []].flat().map((metric) => getMetric(metric as MetricIdentifier, losses[i]?.name ?? "")));
  const twice = made.flat().find((metric, i, all) => all.indexOf(metric) < i);
  if (twice) throw error("compile", "each output must have metrics of its own", `'${twice.name}' for several`, "give metrics by output.");
  return made.map((list) => list.map((metric) => ({ metric, isWeighted })));
}

/** Names for the outputs of a model that does not tell theirs: as many as there are losses. */
function namesOf(loss: ModelCompileArgs["loss"]): readonly string[] {
  if (!loss || isIdentifier(loss)) return ["output"];
  return Array.isArray(loss) ? loss.map((_, i) => `output_${i + 1}`) : Object.keys(loss);
}

/** The mean of losses. */
export const lossMetric = (name: string): HeadMetric => ({ name, metric: meanMetric("loss", (loss) => loss), isWeighted: true });

/** What compile was told, output by output. */
export function headsOf(args: ModelCompileArgs, known: readonly string[] | null): Head[] {
  const outputNames = known ?? namesOf(args.loss);
  const losses = perOutput("loss", args.loss, outputNames).map((loss) => (loss === null || loss === undefined ? null : getLoss(loss as LossIdentifier)));
  const weights = perOutput("lossWeights", args.lossWeights, outputNames);
  const several = outputNames.length > 1;
  const taken = new Map([["loss", 1]]);
  const totals = outputNames.map((output, i) => (several && losses[i] ? lossMetric(numbered(taken, `${output}_loss`)) : null));
  const plain = metricsOf(args.metrics, false, outputNames, losses);
  const weighted = metricsOf(args.weightedMetrics, true, outputNames, losses);
  return outputNames.map((output, i) => {
    const weight = (weights[i] ?? 1) as number;
    if (!Number.isFinite(weight)) throw error("compile", "lossWeights must be finite numbers", describe(weight));
    const metrics = [plain[i], weighted[i]].flatMap((list = []) =>
      list.map((each) => ({ ...each, name: numbered(taken, several ? `${output}_${each.metric.name}` : each.metric.name) })),
    );
    return { loss: losses[i] as Loss | null, weight, total: totals[i] as HeadMetric | null, metrics };
  });
}
