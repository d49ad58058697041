/** @file Metrics of positives and negatives at thresholds. */
import { castTo } from "../../ops/castTo.js";
import { greater, greaterEqual, notEqual } from "../../ops/compare.js";
import { tensor } from "../../ops/creation.js";
import { abs, add, mul, sigmoid } from "../../ops/elementwise.js";
import { gather, oneHot } from "../../ops/gather.js";
import { lowerBound } from "../../ops/indexing.js";
import { logicalAnd } from "../../ops/logical.js";
import { reshape } from "../../ops/movement.js";
import { max } from "../../ops/reduce.js";
import { topk } from "../../ops/sort.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { aligned } from "../losses/samples.js";
import { areaUnder, type Curve } from "./auc.js";
import { addCounts, type Gathering, int, type MetricValue, offsets, ratio, total, weightedMean } from "./metric.js";

/** Weighted numbers of true and false positives and negatives at one threshold. */
export interface Counts {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}

export const precisionOf = ({ tp, fp }: Counts): number => ratio(tp, tp + fp);
export const recallOf = ({ tp, fn }: Counts): number => ratio(tp, tp + fn);

export interface ColumnOptions {
  /** Only this column of targets and predictions counts. */
  classId?: number;
}

/** Which predictions are positive. */
interface Selection extends ColumnOptions {
  /** Only the k greatest predictions of a sample can be positive. */
  topK?: number;
  /** Whether predictions are logits. */
  fromLogits?: boolean;
  /** Whether every column is counted by itself. */
  perClass?: boolean;
  /** Whether the greatest prediction of a sample is positive, whatever it is. */
  greatest?: boolean;
}

/** Counts at each threshold from the weights of negatives and positives between thresholds. */
function countsOf(negatives: number[], positives: number[]): Counts[] {
  const [n, p] = [total(negatives), total(positives)];
  let [tn, fn] = [0, 0];
  return negatives.slice(1).map((_, t) => {
    tn += negatives[t] as number;
    fn += positives[t] as number;
    return { tp: p - fn, fp: n - tn, tn, fn };
  });
}

/**
 * Counts at ascending thresholds; a prediction is positive where it is greater. The totals are a histogram: for each class, for
 * negative and for positive targets, the weight of the predictions between two thresholds.
 * @param finish the result from the counts of each class at each threshold
 */
function histogram(name: string, thresholds: readonly number[], selection: Selection, finish: (counts: Counts[][]) => MetricValue): Gathering {
  const { classId, perClass, topK, fromLogits, greatest } = selection;
  const buckets = thresholds.length + 1;
  /** How many thresholds each prediction is above. */
  const position = (p: Tensor): Tensor => {
    if (greatest) return castTo(logicalAnd(greaterEqual(p, max(p, -1, true)), greater(abs(p), 1e-9)), "int32");
    const above = reshape(lowerBound(tensor([...thresholds]), reshape(fromLogits ? sigmoid(p) : castTo(p, "float32"), [p.size])), p.shape);
    if (topK === undefined) return above;
    const amongGreatest = max(oneHot(topk(p, topK).indices, p.shape[p.rank - 1] as number), -2);
    return mul(amongGreatest, above);
  };
  const chosen = (x: Tensor): Tensor => (classId === undefined ? x : gather(x, [classId], -1));
  return {
    least: 2 * buckets,
    add(totals, yTrue, p, weights) {
      const positives = castTo(notEqual(chosen(aligned(name, yTrue, p)), 0), "int32");
      let index = add(chosen(position(p)), mul(positives, int(buckets)));
      const classes = perClass ? (p.shape[p.rank - 1] as number) : 1;
      if (classes > 1) index = add(index, offsets(classes, 2 * buckets));
      addCounts(name, totals, index, 2 * buckets * classes, weights);
    },
    read(sums) {
      const side = (i: number): number[] => sums.slice(i * buckets, (i + 1) * buckets);
      return finish(Array.from({ length: sums.length / buckets / 2 }, (_, i) => countsOf(side(2 * i), side(2 * i + 1))));
    },
  };
}

export interface ThresholdOptions extends ColumnOptions {
  /** One or several; a prediction is positive where it is greater. With several there is one result for each. */
  thresholds?: number | readonly number[];
  /** Only the k greatest predictions of a sample can be positive. */
  topK?: number;
}

/** A number from the counts at each of the thresholds, which are 0.5 by default. */
export const atThresholds =
  (read: (counts: Counts) => number) =>
  (name: string, options: ThresholdOptions): Gathering => {
    const { topK, thresholds = topK === undefined ? 0.5 : Number.NEGATIVE_INFINITY } = options;
    const list = [thresholds].flat();
    const sorted = [...new Set(list)].sort((a, b) => a - b);
    return histogram(name, sorted, options, ([counts]) => {
      const results = list.map((threshold) => read((counts as Counts[])[sorted.indexOf(threshold)] as Counts));
      return typeof thresholds === "number" ? (results[0] as number) : results;
    });
  };

/** Keras's thresholds: `count` of them spread evenly over [0, 1], the outer ones beyond it by `margin`. */
const evenThresholds = (count: number, margin: number): number[] =>
  count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => (i === 0 ? -margin : i === count - 1 ? 1 + margin : i / (count - 1)));

export interface ConstraintOptions extends ColumnOptions {
  /** 200 by default, spread evenly over [0, 1]. */
  numThresholds?: number;
}

/** The greatest `read` at any threshold where `constrained` is at least the option of the given name. */
export const under =
  <Name extends string>(option: Name, constrained: (counts: Counts) => number, read: (counts: Counts) => number) =>
  (name: string, options: ConstraintOptions & { [option in Name]?: number }): Gathering => {
    const least = options[option] as number;
    if (!(least >= 0 && least <= 1)) throw error(name, `${option} must be in [0, 1]`, describe(least));
    return histogram(name, evenThresholds(options.numThresholds ?? 200, 0), options, ([counts]) =>
      Math.max(0, ...(counts as Counts[]).filter((at) => constrained(at) >= least).map(read)),
    );
  };

export interface FOptions {
  /** How the classes' scores become one: not (null), from all counts together, as their mean, or weighted by the classes' numbers of targets. */
  average?: "micro" | "macro" | "weighted" | null;
  /** Above which score a prediction is positive; null for the greatest of each sample. */
  threshold?: number | null;
  /** 1 by default. */
  beta?: number;
}

/** (1 + beta^2) precision recall / (beta^2 precision + recall) of each class. */
export function fScore(name: string, { average = null, threshold = null, beta = 1 }: FOptions): Gathering {
  const share = beta * beta;
  const score = ({ tp, fp, fn }: Counts): number => ratio((1 + share) * tp, (1 + share) * tp + share * fn + fp);
  return histogram(name, [threshold ?? 0], { greatest: threshold === null, perClass: true }, (all) => {
    const classes = all.map((counts) => counts[0] as Counts);
    const scores = classes.map(score);
    if (average === null) return scores;
    const sum = (key: keyof Counts): number => total(classes.map((counts) => counts[key]));
    if (average === "micro") return score({ tp: sum("tp"), fp: sum("fp"), tn: 0, fn: sum("fn") });
    return weightedMean(scores, average === "macro" ? undefined : classes.map(({ tp, fn }) => tp + fn));
  });
}

export interface AreaOptions {
  /** ROC by default. */
  curve?: Curve;
  /** 200 by default, spread evenly over [0, 1]. */
  numThresholds?: number;
  /** In place of numThresholds: thresholds within [0, 1]. */
  thresholds?: readonly number[];
  /** Whether each column is a label of its own, whose areas are averaged. */
  multiLabel?: boolean;
  fromLogits?: boolean;
}

/** Beyond 0 and 1, so that every prediction is above the first threshold and none above the last (Keras). */
const BEYOND = 1e-7;

/** The area under a curve, of all columns together or as the mean over labels. */
export function area(name: string, { numThresholds = 200, thresholds, multiLabel = false, fromLogits = false, curve = "ROC" }: AreaOptions): Gathering {
  const list = thresholds ? [-BEYOND, ...[...thresholds].sort((a, b) => a - b), 1 + BEYOND] : evenThresholds(numThresholds, BEYOND);
  return histogram(name, list, { perClass: multiLabel, fromLogits }, (all) => weightedMean(all.map((counts) => areaUnder(counts, curve))));
}
