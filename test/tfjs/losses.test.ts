/** @file The losses and metrics that TensorFlow.js has, with its arguments, against TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import * as engram from "../../src/index.js";
import { randomOf } from "../naive.js";

type Call = (...args: never[]) => { shape: readonly number[]; dataSync(): ArrayLike<number> };
type Space = Record<string, Call>;

const random = randomOf(5);
const rows = (count: number, columns: number, value: () => number): number[][] => Array.from({ length: count }, () => Array.from({ length: columns }, value));
const labels = rows(5, 3, () => Number(random() < 0.5));
const oneHot = labels.map((_, i) => [0, 1, 2].map((j) => Number(i % 3 === j)));
const probabilities = rows(5, 3, () => 0.05 + 0.9 * random());
const real = rows(5, 3, () => 4 * random() - 2);
const weights = rows(5, 1, () => Math.floor(3 * random()) / 2);

function expectSame(space: "losses" | "metrics", name: string, args: (number | number[][] | null | undefined)[]): void {
  const results = [engram, tf].map((library) => {
    const given = args.map((arg) => (Array.isArray(arg) ? (library as typeof tf).tensor2d(arg) : arg));
    return ((library as unknown as Record<string, Space>)[space] as Space)[name]?.(...(given as never[])) as ReturnType<Call>;
  });
  const [own, theirs] = results as [ReturnType<Call>, ReturnType<Call>];
  expect(own.shape).toEqual(theirs.shape);
  const expected = theirs.dataSync();
  Array.from(own.dataSync(), (value: number, i: number) =>
    expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(expected[i] as number))),
  );
}

describe("losses", () => {
  const { NONE, MEAN, SUM, SUM_BY_NONZERO_WEIGHTS } = engram.Reduction;
  const functions: [string, number[][], number[][], number[]][] = [
    ["absoluteDifference", real, probabilities, []],
    ["computeWeightedLoss", real, [], []],
    ["cosineDistance", real, probabilities, [1]],
    ["cosineDistance", real, probabilities, [0]],
    ["hingeLoss", labels, real, []],
    ["huberLoss", real, probabilities, []],
    ["huberLoss", real, probabilities, [0.5]],
    ["logLoss", labels, probabilities, []],
    ["logLoss", labels, probabilities, [0.1]],
    ["meanSquaredError", real, probabilities, []],
    ["sigmoidCrossEntropy", labels, real, []],
    ["sigmoidCrossEntropy", labels, real, [0.2]],
    ["softmaxCrossEntropy", oneHot, real, [0]],
    ["softmaxCrossEntropy", oneHot, real, [0.2]],
  ];
  test.each(functions)("%s", (name, first, second, parameters) => {
    const takesParameter = ["huberLoss", "logLoss", "sigmoidCrossEntropy", "softmaxCrossEntropy"].includes(name);
    for (const reduction of [undefined, NONE, MEAN, SUM, SUM_BY_NONZERO_WEIGHTS]) {
      for (const given of [undefined, 2, weights]) {
        // softmaxCrossEntropy's losses have no last axis; TensorFlow.js broadcasts weights to them by numpy's rule.
        const w = name === "softmaxCrossEntropy" && given === weights ? 0.5 : given === weights && name === "cosineDistance" && parameters[0] === 0 ? 3 : given;
        const before = name === "cosineDistance" ? parameters : [];
        const after = takesParameter ? [parameters[0]] : [];
        expectSame("losses", name, name === "computeWeightedLoss" ? [first, w, reduction] : [first, second, ...before, w, ...after, reduction]);
      }
    }
  });

  test("the reductions have TensorFlow.js's numbers", () => {
    expect(engram.Reduction).toEqual(tf.Reduction);
    expect(() => engram.losses.hingeLoss(labels, real, 1, 7 as 0)).toThrow(/reduction must be one of Reduction/);
  });
});

describe("metrics", () => {
  const classes = [[0], [2], [1], [1], [2]];
  test.each([
    ["binaryAccuracy", labels, probabilities],
    ["binaryCrossentropy", labels, probabilities],
    ["sparseCategoricalAccuracy", classes, probabilities],
    ["categoricalAccuracy", oneHot, probabilities],
    ["categoricalCrossentropy", oneHot, probabilities],
    ["precision", labels, labels.map((row) => row.map((x, i) => (i === 1 ? 1 - x : x)))],
    ["recall", labels, labels.map((row) => row.map((x, i) => (i === 1 ? 1 - x : x)))],
    ["cosineProximity", real, probabilities],
    ["meanAbsoluteError", real, probabilities],
    ["meanAbsolutePercentageError", real, probabilities],
    ["MAPE", real, probabilities],
    ["mape", real, probabilities],
    ["meanSquaredError", real, probabilities],
    ["MSE", real, probabilities],
    ["mse", real, probabilities],
  ])("%s", (name, first, second) => expectSame("metrics", name, [first, second]));

  test("r2Score, of one column: of several TensorFlow.js takes the mean over all of them", () => {
    expectSame("metrics", "r2Score", [real.map(([x]) => [x as number]), probabilities.map(([x]) => [x as number])]);
  });
});
