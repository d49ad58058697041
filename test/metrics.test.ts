/** @file Metrics: exact over uneven batches against float64 formulas, weights, names, state, and what fit and evaluate report. */
import { describe, expect, test } from "vitest";
import { compile, layers, Metric, type MetricFactory, type MetricValue, metrics, sequential, type Tensor, tensor } from "../src/index.js";
import { getMetric } from "../src/nn/metrics/index.js";
import { randomOf } from "./naive.js";

type Rows = readonly (readonly number[])[];
type Result = number | number[] | number[][];

const total = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
const random = randomOf(11);
const SAMPLES = 41;
const float = (value: () => number): number[][] => Array.from({ length: SAMPLES }, () => Array.from({ length: 3 }, () => Math.fround(value())));
const bits = float(() => Number(random() < 0.4));
const probabilities = float(random);
const targets = float(() => 4 * random() - 1);
const oneHot = float(() => 0).map((row) => row.with(Math.floor(3 * random()), 1));
const labels = oneHot.map((row) => [row.indexOf(1)]);
const predicted = labels.map(([label]) => [random() < 0.6 ? (label as number) : Math.floor(3 * random())]);
const weights = Array.from({ length: SAMPLES }, () => Math.fround(random()));

/** Sums over the elements of all samples: f(target, prediction, weight of the sample). */
const over = (y: Rows, p: Rows, w: readonly number[], f: (y: number, p: number) => number): number =>
  total(y.flatMap((row, i) => row.map((value, j) => (w[i] as number) * f(value, p[i]?.[j] as number))));
const mean = (y: Rows, p: Rows, w: readonly number[], f: (y: number, p: number) => number): number => over(y, p, w, f) / over(y, p, w, () => 1);

interface Counts {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}
const countsAt = (y: Rows, p: Rows, w: readonly number[], threshold: number): Counts => ({
  tp: over(y, p, w, (a, b) => Number(a === 1 && b > threshold)),
  fp: over(y, p, w, (a, b) => Number(a === 0 && b > threshold)),
  tn: over(y, p, w, (a, b) => Number(a === 0 && b <= threshold)),
  fn: over(y, p, w, (a, b) => Number(a === 1 && b <= threshold)),
});
const precision = ({ tp, fp }: Counts): number => (tp + fp === 0 ? 0 : tp / (tp + fp));
const recall = ({ tp, fn }: Counts): number => tp / (tp + fn);
const specificity = ({ tn, fp }: Counts): number => tn / (tn + fp);
const even = Array.from({ length: 200 }, (_, i) => i / 199);
const best = (y: Rows, p: Rows, w: readonly number[], constrained: (c: Counts) => number, least: number, read: (c: Counts) => number): number =>
  Math.max(...even.map((at) => countsAt(y, p, w, at)).map((c) => (constrained(c) >= least ? read(c) : 0)));
const column = (x: Rows, j: number): number[][] => x.map((row) => [row[j] as number]);
const rank = (row: readonly number[], j: number): number => row.filter((value) => value > (row[j] as number)).length;
const matrix = (y: Rows, p: Rows, w: readonly number[]): number[][] =>
  [0, 1, 2].map((i) => [0, 1, 2].map((j) => over(y, p, w, (a, b) => Number(a === i && b === j))));
const iou = (m: number[][], c: number): number =>
  (m[c]?.[c] as number) / (total(m[c] as number[]) + total(m.map((row) => row[c] as number)) - (m[c]?.[c] as number));
const f1 = (c: Counts, beta = 1): number => ((1 + beta ** 2) * c.tp) / ((1 + beta ** 2) * c.tp + beta ** 2 * c.fn + c.fp);
const r2Of = (y: Rows, p: Rows, w: readonly number[]): number => {
  const centre = mean(y, p, w, (a) => a);
  return 1 - over(y, p, w, (a, b) => (a - b) ** 2) / over(y, p, w, (a) => (a - centre) ** 2);
};
/** The share of pairs of a positive and a negative that are in order. */
const pairsInOrder = (y: Rows, p: Rows, w: readonly number[]): number => {
  const all = y.flatMap((row, i) => row.map((value, j) => ({ value, score: p[i]?.[j] as number, weight: w[i] as number })));
  const pairs = all
    .filter(({ value }) => value === 1)
    .flatMap((a) => all.filter(({ value }) => value === 0).map((b) => ({ won: Number(a.score > b.score), weight: a.weight * b.weight })));
  return total(pairs.map(({ won, weight }) => won * weight)) / total(pairs.map(({ weight }) => weight));
};

type Case = [name: keyof typeof metrics, options: object, y: Rows, p: Rows, expected: (y: Rows, p: Rows, w: readonly number[]) => Result, tolerance?: number];
const cases: Case[] = [
  ["meanSquaredError", {}, targets, probabilities, (y, p, w) => mean(y, p, w, (a, b) => (a - b) ** 2)],
  ["rootMeanSquaredError", {}, targets, probabilities, (y, p, w) => Math.sqrt(mean(y, p, w, (a, b) => (a - b) ** 2))],
  ["meanAbsoluteError", {}, targets, probabilities, (y, p, w) => mean(y, p, w, (a, b) => Math.abs(a - b))],
  ["logCoshError", {}, targets, probabilities, (y, p, w) => mean(y, p, w, (a, b) => Math.log(Math.cosh(a - b)))],
  ["r2Score", {}, column(targets, 0), column(probabilities, 0), r2Of],
  ["r2Score", { classAggregation: null }, targets, probabilities, (y, p, w) => [0, 1, 2].map((j) => r2Of(column(y, j), column(p, j), w))],
  ["r2Score", {}, targets, probabilities, (y, p, w) => total([0, 1, 2].map((j) => r2Of(column(y, j), column(p, j), w))) / 3],
  ["accuracy", {}, labels, predicted, (y, p, w) => mean(y, p, w, (a, b) => Number(a === b))],
  ["binaryAccuracy", {}, bits, probabilities, (y, p, w) => mean(y, p, w, (a, b) => Number(a === Number(b > 0.5)))],
  ["binaryAccuracy", { threshold: 0.3 }, bits, probabilities, (y, p, w) => mean(y, p, w, (a, b) => Number(a === Number(b > 0.3)))],
  [
    "categoricalAccuracy",
    {},
    oneHot,
    probabilities,
    (y, p, w) =>
      mean(
        y.map((row, i) => [rank(p[i] as number[], row.indexOf(1))]),
        p,
        w,
        (a) => Number(a === 0),
      ),
  ],
  [
    "sparseCategoricalAccuracy",
    {},
    labels,
    probabilities,
    (y, p, w) =>
      mean(
        y.map(([label], i) => [rank(p[i] as number[], label as number)]),
        p,
        w,
        (a) => Number(a === 0),
      ),
  ],
  [
    "topKCategoricalAccuracy",
    { k: 2 },
    oneHot,
    probabilities,
    (y, p, w) =>
      mean(
        y.map((row, i) => [rank(p[i] as number[], row.indexOf(1))]),
        p,
        w,
        (a) => Number(a < 2),
      ),
  ],
  [
    "sparseTopKCategoricalAccuracy",
    { k: 2 },
    labels,
    probabilities,
    (y, p, w) =>
      mean(
        y.map(([label], i) => [rank(p[i] as number[], label as number)]),
        p,
        w,
        (a) => Number(a < 2),
      ),
  ],
  ["truePositives", {}, bits, probabilities, (y, p, w) => countsAt(y, p, w, 0.5).tp],
  ["falsePositives", { thresholds: [0.9, 0.2] }, bits, probabilities, (y, p, w) => [0.9, 0.2].map((at) => countsAt(y, p, w, at).fp)],
  ["trueNegatives", {}, bits, probabilities, (y, p, w) => countsAt(y, p, w, 0.5).tn],
  ["falseNegatives", { thresholds: 0.7 }, bits, probabilities, (y, p, w) => countsAt(y, p, w, 0.7).fn],
  ["precision", {}, bits, probabilities, (y, p, w) => precision(countsAt(y, p, w, 0.5))],
  ["precision", { classId: 1 }, bits, probabilities, (y, p, w) => precision(countsAt(column(y, 1), column(p, 1), w, 0.5))],
  [
    "precision",
    { topK: 2 },
    bits,
    probabilities,
    (y, p, w) =>
      precision(
        countsAt(
          y,
          p.map((row) => row.map((_, j) => Number(rank(row, j) < 2))),
          w,
          0.5,
        ),
      ),
  ],
  ["recall", { thresholds: [0.1, 0.6] }, bits, probabilities, (y, p, w) => [0.1, 0.6].map((at) => recall(countsAt(y, p, w, at)))],
  ["f1Score", { threshold: 0.5 }, bits, probabilities, (y, p, w) => [0, 1, 2].map((j) => f1(countsAt(column(y, j), column(p, j), w, 0.5)))],
  ["fBetaScore", { threshold: 0.5, beta: 2, average: "micro" }, bits, probabilities, (y, p, w) => f1(countsAt(y, p, w, 0.5), 2)],
  [
    "f1Score",
    { average: "macro" },
    oneHot,
    probabilities,
    (y, p, w) =>
      total(
        [0, 1, 2].map((j) =>
          f1(
            countsAt(
              column(y, j),
              p.map((row) => [Number(rank(row, j) === 0)]),
              w,
              0.5,
            ),
          ),
        ),
      ) / 3,
  ],
  ["auc", { numThresholds: 4000 }, bits, probabilities, pairsInOrder, 1e-3],
  ["auc", { thresholds: probabilities.flat() }, bits, probabilities, pairsInOrder, 1e-6],
  [
    "auc",
    { multiLabel: true, numThresholds: 4000 },
    bits,
    probabilities,
    (y, p, w) => total([0, 1, 2].map((j) => pairsInOrder(column(y, j), column(p, j), w))) / 3,
    5e-3,
  ],
  ["specificityAtSensitivity", { sensitivity: 0.6 }, bits, probabilities, (y, p, w) => best(y, p, w, recall, 0.6, specificity)],
  ["sensitivityAtSpecificity", { specificity: 0.6 }, bits, probabilities, (y, p, w) => best(y, p, w, specificity, 0.6, recall)],
  ["precisionAtRecall", { recall: 0.6 }, bits, probabilities, (y, p, w) => best(y, p, w, recall, 0.6, precision)],
  ["recallAtPrecision", { precision: 0.4 }, bits, probabilities, (y, p, w) => best(y, p, w, precision, 0.4, recall)],
  ["confusionMatrix", { numClasses: 3 }, labels, predicted, matrix],
  ["meanIoU", { numClasses: 3 }, labels, predicted, (y, p, w) => total([0, 1, 2].map((c) => iou(matrix(y, p, w), c))) / 3],
  ["iou", { numClasses: 3, targetClassIds: [1] }, labels, predicted, (y, p, w) => iou(matrix(y, p, w), 1)],
  [
    "oneHotMeanIoU",
    { numClasses: 3 },
    oneHot,
    probabilities,
    (_, p, w) =>
      total(
        [0, 1, 2].map((c) =>
          iou(
            matrix(
              labels,
              p.map((row) => [row.indexOf(Math.max(...row))]),
              w,
            ),
            c,
          ),
        ),
      ) / 3,
  ],
];

/** A metric over batches of 16 and what is left. */
function measure(
  metric: Metric,
  y: Rows,
  p: Rows,
  w?: readonly number[],
  run: (update: (...batch: Tensor[]) => void) => (...batch: Tensor[]) => unknown = (f) => f,
): Result {
  const update = run((...batch: Tensor[]) => metric.updateState(batch[0] as Tensor, batch[1] as Tensor, batch[2]));
  for (let at = 0; at < SAMPLES; at += 16) {
    const batch = [y, p].map((x) => tensor(x.slice(at, at + 16) as number[][]));
    update(...batch, ...(w ? [tensor(w.slice(at, at + 16))] : []));
  }
  return metric.value();
}

function expectNear(got: Result, expected: Result, tolerance: number): void {
  const [a, b] = [got, expected].map((x) => [x].flat(2)) as [number[], number[]];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => expect(Math.abs(value - (b[i] as number))).toBeLessThanOrEqual(tolerance * (1 + Math.abs(b[i] as number))));
}

describe.each(cases)("%s %o", (name, options, y, p, expected, tolerance = 1e-6) => {
  const make = (): Metric => (metrics[name] as MetricFactory<object>)(options);
  const ones = weights.map(() => 1);

  test("is exact over batches, eager and compiled", () => {
    expectNear(measure(make(), y, p), expected(y, p, ones), tolerance);
    expectNear(
      measure(make(), y, p, undefined, (update) => compile(update as never) as never),
      expected(y, p, ones),
      tolerance,
    );
  });

  test("is weighted by sample", () => {
    expectNear(measure(make(), y, p, weights), expected(y, p, weights), tolerance);
  });

  test("goes on from a state, and forgets", () => {
    const [whole, first, second] = [make(), make(), make()];
    const value = measure(whole, y, p);
    first.updateState(y.slice(0, 9) as number[][], p.slice(0, 9) as number[][]);
    second.setState(first.getState().map((state) => tensor(state.dataSync(), state.shape, state.dtype)));
    second.updateState(y.slice(9) as number[][], p.slice(9) as number[][]);
    expectNear(second.value(), value, 1e-12);
    second.resetState();
    expectNear(measure(second, y, p), value, 0);
    second.setState([]);
    expect(total([second.value()].flat(2))).toBe(total([make().value()].flat(2)));
  });
});

describe("metrics", () => {
  test("of values are their mean and sum, weighted", () => {
    const [average, sum] = [metrics.mean(), metrics.sum({ name: "all" })];
    for (const metric of [average, sum]) {
      metric.updateState(
        [
          [1, 2],
          [3, 4],
        ],
        [1, 0],
      );
      metric.updateState(6);
    }
    expect([average.value(), average.name, sum.value(), sum.name]).toEqual([3, "mean", 9, "all"]);
    expect(average.result().item()).toBe(3);
  });

  test("stay exact where float32 sums would not", () => {
    const sum = metrics.sum();
    sum.updateState(2 ** 24);
    for (let i = 0; i < 5; i++) sum.updateState(1);
    expect(sum.value()).toBe(2 ** 24 + 5);
    const far = metrics.r2Score();
    far.updateState([[10001], [10002], [10003]], [[10001], [10002], [10004]]);
    expect(far.value()).toBe(0.5);
  });

  test("called with targets and predictions give their value at once", () => {
    expect(
      metrics
        .binaryAccuracy(
          [
            [1, 1],
            [0, 0],
          ],
          [
            [0.9, 0.2],
            [0.1, 0.4],
          ],
        )
        .arraySync(),
    ).toEqual([0.5, 1]);
    expect(metrics.confusionMatrix([0, 1, 1], [0, 1, 0], { numClasses: 2 }).arraySync()).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(metrics.auc([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]).item()).toBe(0.75);
  });

  test("have a value before the first batch", () => {
    expect(metrics.confusionMatrix({ numClasses: 2 }).value()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect([metrics.auc(), metrics.meanSquaredError(), metrics.precision()].map((metric) => metric.value())).toEqual([0, 0, 0]);
  });

  test("are had by Keras's, TensorFlow.js's and short names", () => {
    for (const name of ["AUC", "auc", "F1Score", "f1_score", "root_mean_squared_error", "RMSE", "TopKCategoricalAccuracy", "mse", "MSE"])
      expect(getMetric(name, "").name).toBe(name);
    expect(() => getMetric("nothing", "")).toThrow(/compile: metrics must be an object, a function or one of .*f1Score/);
  });

  test("say what is wrong, and are as before then", () => {
    const metric = metrics.binaryAccuracy();
    metric.updateState([[1]], [[1]]);
    expect(() => metric.updateState([1, 2, 3], [[1], [2]])).toThrow(/binaryAccuracy: targets must have shape/);
    expect(() => metric.updateState([[1], [1]], [[1], [0]], [1, 2, 3])).toThrow(/binaryAccuracy: sample weights must have shape/);
    expect(metric.value()).toBe(1);
    expect(() => metrics.confusionMatrix()).toThrow(/numClasses must be a whole number/);
    expect(() => metrics.precisionAtRecall({ recall: 2 })).toThrow(/recall must be in \[0, 1\]/);
    expect(() => compile(() => tensor(metric.value()))()).toThrow(/not known inside compile/);
    const rows = metrics.f1Score();
    rows.updateState([[1, 0]], [[1, 0]]);
    expect(() => rows.updateState([[1, 0, 0]], [[1, 0, 0]])).toThrow(/expected a batch for 8 totals. Got one for 12/);
    expect(() => rows.setState(metric.getState())).toThrow(/totals/);
  });
});

describe("a model's metrics", () => {
  const model = (units: number, activation: "softmax" | "sigmoid") => sequential({ layers: [layers.dense({ units, activation, inputShape: [3] })] });
  class Positives extends Metric {
    private readonly share = metrics.mean();
    override updateState(_: Tensor, yPred: Tensor): void {
      this.share.updateState(yPred.greater(0.5));
    }
    override value(): MetricValue {
      return this.share.value();
    }
    override resetState(): void {
      this.share.resetState();
    }
  }
  const within = (t: Tensor, q: Tensor): Tensor => q.sub(t).abs().less(0.5).cast("float32").mean(-1);

  test("are those of predict, in evaluate and in fit's validation", async () => {
    const made = model(3, "sigmoid");
    const list = [
      "accuracy",
      metrics.auc({ name: "area" }),
      "precision",
      within,
      new Positives("positives"),
      metrics.f1Score({ average: "macro" }),
      metrics.binaryAccuracy,
    ];
    made.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics: list });
    const [x, y] = [tensor(targets), tensor(bits)];
    const evaluated = [made.evaluate(x, y, { batchSize: 7 })].flat().map((value) => value.item());
    const p = made.predict(x).arraySync() as number[][];
    const apart = ["binaryAccuracy", "auc", "precision"].map((name) => measure((metrics[name as "auc"] as MetricFactory<object>)(), bits, p) as number);
    expect(evaluated.length).toBe(8);
    apart.forEach((value, i) => expect(evaluated[i + 1]).toBeCloseTo(value, 6));
    expect(evaluated[4]).toBeCloseTo(apart[0] as number, 6);
    expect(evaluated[7]).toBeCloseTo(apart[0] as number, 6);
    expect(evaluated[5]).toBeCloseTo(p.flat().filter((value) => value > 0.5).length / p.flat().length, 6);
    const { history } = await made.fit(x, y, { epochs: 2, batchSize: 16, validationData: [x, y], verbose: 0 });
    const names = ["loss", "acc", "area", "precision", "within", "positives", "f1Score", "binaryAccuracy"];
    expect(Object.keys(history)).toEqual([...names, ...names.map((name) => `val_${name}`)]);
    const after = [made.evaluate(x, y)].flat().map((value) => value.item());
    names.forEach((name, i) => expect(history[`val_${name}`]?.[1]).toBeCloseTo(after[i] as number, 5));
  });

  test("accuracy and crossentropy are seen from loss and shapes", () => {
    const made = model(3, "softmax");
    const p = made.predict(targets).arraySync() as number[][];
    for (const [loss, y, name] of [
      ["sparseCategoricalCrossentropy", labels, "sparseCategorical"],
      ["categoricalCrossentropy", oneHot, "categorical"],
    ] as const) {
      made.compile({ optimizer: "sgd", loss, metrics: ["acc", "crossentropy"] });
      const [, accuracy, crossentropy] = made.evaluate(targets, y as number[][]) as Tensor[];
      expect(accuracy?.item()).toBeCloseTo(measure(metrics[`${name}Accuracy`](), y, p) as number, 6);
      expect(crossentropy?.item()).toBeCloseTo(measure(metrics[`${name}Crossentropy`](), y, p) as number, 5);
    }
  });
});
