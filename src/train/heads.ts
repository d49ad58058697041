/** @file What compile is told about each output of a model: its loss, that loss's weight, its metrics. */
import { getLoss, type LossIdentifier } from "../nn/losses/index.js";
import type { Loss } from "../nn/losses/loss.js";
import { getMetric, type MetricIdentifier, meanMetric } from "../nn/metrics/index.js";
import type { Metric } from "../nn/metrics/metric.js";
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

/** The entries of a setting by output: a list in their order, or an object by their names. */
function entriesOf(what: string, value: unknown, names: readonly string[]): unknown[] {
  if (Array.isArray(value)) {
    if (value.length !== names.length)
      throw error("compile", `${what} must have an entry for each of the ${names.length} outputs ${names.join(", ")}`, `${value.length}`);
    return value;
  }
  const unknown = Object.keys(value as object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw error("compile", `${what} must be by the names of the outputs, ${names.join(", ")}`, `'${unknown}'`);
  return names.map((name) => (value as Record<string, unknown>)[name] ?? null);
}

function lossesOf(loss: ModelCompileArgs["loss"], names: readonly string[]): (Loss | null)[] {
  if (loss === undefined || loss === null) return names.map(() => null);
  const list = isIdentifier(loss) ? names.map(() => loss) : entriesOf("loss", loss, names);
  return list.map((each) => (each === null || each === undefined ? null : getLoss(each as LossIdentifier)));
}

function metricsOf(metrics: ModelCompileArgs["metrics"], names: readonly string[], losses: readonly (Loss | null)[]): Metric[][] {
  if (metrics === undefined || metrics === null) return names.map(() => []);
  let lists: unknown[];
  if (isIdentifier(metrics)) lists = names.map(() => metrics);
  else if (!Array.isArray(metrics)) lists = entriesOf("metrics", metrics, names);
  // A flat list is for every output; a list with lists has one for each.
  else lists = metrics.some(Array.isArray) ? entriesOf("metrics", metrics, names) : names.map(() => metrics);
  const made = lists.map((list, i) => [list ?? []].flat().map((metric) => getMetric(metric as MetricIdentifier, losses[i]?.name ?? "")));
  const objects = new Set<Metric>();
  for (const metric of made.flat()) {
    if (objects.has(metric)) throw error("compile", "each output must have metrics of its own", `'${metric.name}' for several`, "give metrics by output.");
    objects.add(metric);
  }
  return made;
}

/** Names that are not taken yet; further ones are numbered. */
function naming(): (name: string) => string {
  const taken = new Map<string, number>();
  return (name) => {
    const count = taken.get(name) ?? 0;
    taken.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
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
  const losses = lossesOf(args.loss, outputNames);
  const weights = args.lossWeights === undefined ? outputNames.map(() => 1) : entriesOf("lossWeights", args.lossWeights, outputNames);
  const several = outputNames.length > 1;
  const name = naming();
  name("loss");
  const totals = outputNames.map((output, i) => (several && losses[i] ? lossMetric(name(`${output}_loss`)) : null));
  const [plain, weighted] = [args.metrics, args.weightedMetrics].map((metrics) => metricsOf(metrics, outputNames, losses)) as [Metric[][], Metric[][]];
  return outputNames.map((output, i) => {
    const weight = (weights[i] ?? 1) as number;
    if (!Number.isFinite(weight)) throw error("compile", "lossWeights must be finite numbers", describe(weight));
    const all = [
      ...(plain[i] as Metric[]).map((metric) => ({ metric, isWeighted: false })),
      ...(weighted[i] as Metric[]).map((metric) => ({ metric, isWeighted: true })),
    ];
    const metrics = all.map((each) => ({ ...each, name: name(several ? `${output}_${each.metric.name}` : each.metric.name) }));
    return { loss: losses[i] as Loss | null, weight, total: totals[i] ?? null, metrics };
  });
}
