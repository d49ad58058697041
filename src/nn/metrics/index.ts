/** @file The metrics by name, and what compile takes for one. */
import { step } from "../../engine/step.js";
import type { TensorLike } from "../../ops/convert.js";
import { neg } from "../../ops/elementwise.js";
import type { Tensor } from "../../tensor/tensor.js";
import { keyOf, type Traceable } from "../losses/index.js";
import type { LossFactory } from "../losses/loss.js";
import { namedLosses } from "../losses/named.js";
import { makeOrApply, type SampleFunction } from "../losses/samples.js";
import { ownFunction } from "../own.js";
import {
  binaryAccuracy,
  categoricalAccuracy,
  equality,
  formOf,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./accuracy.js";
import { area, atThresholds, type Counts, fScore, precisionOf, recallOf, under } from "./confusion.js";
import { byClass, type MatrixOptions, overlap } from "./matrix.js";
import { addValues, GatheredMetric, type Gathering, Metric, ratio } from "./metric.js";
import { r2 } from "./r2.js";

/** What a metric of some options gathers. */
type MetricDefinition<O> = (name: string, options: O) => Gathering;

/** The same, with the values of samples whose mean it is. */
interface MeanDefinition<O> extends MetricDefinition<O> {
  values: (t: Tensor, p: Tensor, options: O) => Tensor;
}

/** A metric by one name: made from options, or applied to targets and predictions. */
export interface MetricFactory<O> {
  /** A metric with these options, for compile or `updateState`. */
  (options?: Partial<O> & { name?: string }): Metric;
  /** Its value of targets and predictions: one a sample for means, one for all of them for others. */
  (yTrue: TensorLike, yPred: TensorLike, options?: Partial<O>): Tensor;
}

type MetricFactories<D> = { [Name in keyof D]: D[Name] extends MetricDefinition<infer O> ? MetricFactory<O> : never };

function metricFactories<D extends object>(definitions: D): MetricFactories<D> {
  const make = (key: string, definition: MeanDefinition<object>, { name = key, ...options }: { name?: string }): Metric =>
    new GatheredMetric(name, definition(name, options));
  return makeOrApply<MeanDefinition<object>>(definitions, make, (name, definition, options, t, p) => {
    if (definition.values) return step(name, () => definition.values(t, p, options));
    const metric = make(name, definition, options);
    metric.updateState(t, p);
    return metric.result();
  }) as MetricFactories<D>;
}

/** The mean of a function's values of samples, and what `finish` makes of it. A value for a whole batch counts for each of its samples. */
function meanOf<O extends object = object>(
  values: (t: Tensor, p: Tensor, options: O) => Tensor,
  defaults: O = {} as O,
  finish = (mean: number): number => mean,
): MeanDefinition<O> {
  const apply = (t: Tensor, p: Tensor, given: O): Tensor => values(t, p, { ...defaults, ...given });
  const definition = (name: string, given: O): Gathering => ({
    least: 2,
    add: (totals, t, p, weights) => addValues(name, totals, apply(t, p, given), weights, p.shape[0]),
    read: ([sum, count]) => finish(ratio(sum as number, count as number)),
  });
  return Object.assign(definition, { values: apply });
}

/** The mean of a function of targets and predictions. */
export const meanMetric = (name: string, values: SampleFunction, isTraceable = true): GatheredMetric =>
  new GatheredMetric(name, meanOf((t, p) => values(t, p))(name, {}), isTraceable);

type LossMetrics<L> = { [Name in keyof L]: L[Name] extends LossFactory<infer O> ? MeanDefinition<O> : never };

/** The means of losses. */
const meansOf = <L extends object>(losses: L): LossMetrics<L> =>
  Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, meanOf(loss)])) as LossMetrics<L>;

/** Of values rather than targets and predictions. */
const ofValues =
  (read: (total: number, count: number) => number) =>
  ({ name = read === ratio ? "mean" : "sum" } = {}): Metric =>
    new GatheredMetric(name, {
      least: 2,
      add: (totals, values, weights) => addValues(name, totals, values, weights),
      read: ([sum, count]) => read(sum as number, count as number),
    });

const specificityOf = ({ tn, fp }: Counts): number => ratio(tn, tn + fp);
const losses = /* @__PURE__ */ meansOf(namedLosses);

/**
 * Metrics. Called with options (or nothing) a name makes a metric for compile, or to `updateState`; called with targets and
 * predictions it gives their value: one a sample for accuracies and losses, as in TensorFlow.js, one for all samples for others.
 * @example
 * ```ts
 * import { layers, metrics, sequential, tensor } from "engram";
 * const model = sequential({ layers: [layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * model.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics: ["accuracy", metrics.auc({ curve: "PR" })] });
 * assert.equal([model.evaluate([[0, 1], [1, 0]], [[0], [1]])].flat().length, 3);
 * assert.deepEqual(metrics.binaryAccuracy(tensor([[1, 1], [0, 0]]), tensor([[0.9, 0.2], [0.1, 0.4]])).arraySync(), [0.5, 1]);
 * const recall = metrics.recall({ thresholds: [0.5, 0.1] });
 * recall.updateState([[1], [1]], [[0.9], [0.2]]);
 * assert.deepEqual(recall.value(), [0.5, 1]);
 * ```
 */
export const metrics = {
  /** The mean of the values given to `updateState`, weighted. */
  mean: /* @__PURE__ */ ofValues(ratio),
  /** The sum of the values given to `updateState`, weighted. */
  sum: /* @__PURE__ */ ofValues((total) => total),
  .../* @__PURE__ */ metricFactories({
    ...losses,
    /** The mean cosine of the angle between targets and predictions along an axis, the last by default. */
    cosineSimilarity: /* @__PURE__ */ meanOf((t, p, options) => neg(namedLosses.cosineSimilarity(t, p, options)), { axis: -1 }),
    /** mean(log(cosh(p - y))) over the last axis. */
    logCoshError: losses.logcosh,
    /** mean((y - p)^2) over the last axis. */
    mse: losses.meanSquaredError,
    /** mean((y - p)^2) over the last axis. */
    MSE: losses.meanSquaredError,
    /** 100 mean(|y - p| / |y|) over the last axis. */
    mape: losses.meanAbsolutePercentageError,
    /** 100 mean(|y - p| / |y|) over the last axis. */
    MAPE: losses.meanAbsolutePercentageError,
    /** The root of the mean squared error. */
    rootMeanSquaredError: /* @__PURE__ */ meanOf(namedLosses.meanSquaredError as SampleFunction, {}, Math.sqrt),
    /** The coefficient of determination: 1 - sum (y - p)^2 / sum (y - mean y)^2. */
    r2Score: r2,

    /** Share of predictions that equal their targets. */
    accuracy: /* @__PURE__ */ meanOf(equality),
    /** Share of predictions on the targets' side of the threshold, 0.5 by default. */
    binaryAccuracy: /* @__PURE__ */ meanOf(binaryAccuracy, { threshold: 0.5 }),
    /** Share of samples whose greatest prediction is the greatest target. */
    categoricalAccuracy: /* @__PURE__ */ meanOf(categoricalAccuracy),
    /** Share of samples whose greatest prediction is the label's. */
    sparseCategoricalAccuracy: /* @__PURE__ */ meanOf(sparseCategoricalAccuracy),
    /** Share of samples whose greatest target is among the k greatest predictions, 5 by default. */
    topKCategoricalAccuracy: /* @__PURE__ */ meanOf(topKCategoricalAccuracy, { k: 5 }),
    /** Share of samples whose label is among the k greatest predictions, 5 by default. */
    sparseTopKCategoricalAccuracy: /* @__PURE__ */ meanOf(sparseTopKCategoricalAccuracy, { k: 5 }),

    /** True positives. */
    truePositives: /* @__PURE__ */ atThresholds(({ tp }) => tp),
    /** False positives. */
    falsePositives: /* @__PURE__ */ atThresholds(({ fp }) => fp),
    /** True negatives. */
    trueNegatives: /* @__PURE__ */ atThresholds(({ tn }) => tn),
    /** False negatives. */
    falseNegatives: /* @__PURE__ */ atThresholds(({ fn }) => fn),
    /** True positives among predicted ones. */
    precision: /* @__PURE__ */ atThresholds(precisionOf),
    /** True positives among actual ones. */
    recall: /* @__PURE__ */ atThresholds(recallOf),
    /** (1 + beta^2) precision recall / (beta^2 precision + recall) of each class, or their average. */
    fBetaScore: fScore,
    /** 2 precision recall / (precision + recall) of each class, or their average. */
    f1Score: fScore,
    /** The area under the ROC or precision-recall curve. */
    auc: area,
    /** The greatest specificity at which the sensitivity is at least the given one. */
    specificityAtSensitivity: /* @__PURE__ */ under("sensitivity", recallOf, specificityOf),
    /** The greatest sensitivity at which the specificity is at least the given one. */
    sensitivityAtSpecificity: /* @__PURE__ */ under("specificity", specificityOf, recallOf),
    /** The greatest precision at which the recall is at least the given one. */
    precisionAtRecall: /* @__PURE__ */ under("recall", recallOf, precisionOf),
    /** The greatest recall at which the precision is at least the given one. */
    recallAtPrecision: /* @__PURE__ */ under("precision", precisionOf, recallOf),

    /** The matrix of samples by target (rows) and prediction (columns), of class numbers. */
    confusionMatrix: (name: string, options: MatrixOptions): Gathering => byClass(name, options, false, (matrix) => matrix),
    /** Mean over the target classes of intersection over union, of class numbers. */
    iou: /* @__PURE__ */ overlap(false),
    /** Mean over all classes of intersection over union, of class numbers. */
    meanIoU: /* @__PURE__ */ overlap(false),
    /** Mean over the target classes of intersection over union, of one score a class. */
    oneHotIoU: /* @__PURE__ */ overlap(true),
    /** Mean over all classes of intersection over union, of one score a class. */
    oneHotMeanIoU: /* @__PURE__ */ overlap(true),
  }),
};

/** What compile takes for a metric. */
export type MetricIdentifier = string | SampleFunction | Metric;

/** The name of a function in a table. */
const nameIn = (table: object, wanted: unknown): string | undefined => Object.entries(table).find(([, value]) => value === wanted)?.[0];

function functionMetric(f: SampleFunction, lossName: string): Metric {
  const known = nameIn(metrics, f);
  if (known) return getMetric(known, lossName);
  const loss = nameIn(namedLosses, f);
  return meanMetric(((f as { made?: string[] }).made?.[0] ?? loss ?? f.name) || "metric", f, loss !== undefined || ((f as Traceable).traceable ?? false));
}

/**
 * A metric by name, as a function of targets and predictions that gives values of samples, or itself.
 * @throws when the name is unknown
 */
export function getMetric(identifier: MetricIdentifier, lossName: string): Metric {
  if (identifier instanceof Metric) return identifier;
  const mine = ownFunction<SampleFunction>(identifier);
  if (mine || typeof identifier === "function") return functionMetric(mine ?? (identifier as SampleFunction), lossName);
  const kind = /^(?:acc(?:uracy)?|(crossentropy|ce))$/i.exec(identifier);
  if (kind !== null) {
    // Which one is seen from the shapes and from the loss.
    const suffix = kind[1] ? "Crossentropy" : "Accuracy";
    return meanMetric(kind[1] ? identifier : "acc", (t, p) => (metrics[`${formOf(lossName, t, p)}${suffix}`] as MetricFactory<object>)(t, p));
  }
  return (metrics[keyOf("metrics", metrics, identifier) as "auc"] as MetricFactory<object>)({ name: identifier });
}
