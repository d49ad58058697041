/** @file Losses: values against formulas in float64, gradients, reductions, weights and names, and the loss of a model's output. */
import { describe, expect, test } from "vitest";
import { compile, grad, gradCheck, Loss, layers, losses, sequential, softmax, square, sub, type Tensor, tensor } from "../src/index.js";
import { getActivation } from "../src/nn/activations.js";
import { getLoss } from "../src/nn/losses/index.js";
import { outputLoss } from "../src/nn/losses/loss.js";
import { randomOf } from "./naive.js";

type Row = readonly number[];
type Values = (y: Row, p: Row) => number;

const total = (x: Row): number => x.reduce((a, b) => a + b, 0);
const average =
  (f: (y: number, p: number) => number): Values =>
  (y, p) =>
    total(p.map((q, i) => f(y[i] as number, q))) / p.length;
const limit = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softmaxOf = (x: Row): number[] => {
  const powers = x.map((value) => Math.exp(value - Math.max(...x)));
  return powers.map((power) => power / total(powers));
};
const normalised = (p: Row): number[] => p.map((q) => limit(q / total(p), 1e-7, 1 - 1e-7));
const huber =
  (delta: number) =>
  (y: number, p: number): number => {
    const e = Math.abs(y - p);
    return e <= delta ? (e * e) / 2 : delta * (e - delta / 2);
  };
const binary = (y: number, p: number): number => -(y * Math.log(limit(p, 1e-7, 1 - 1e-7)) + (1 - y) * Math.log(1 - limit(p, 1e-7, 1 - 1e-7)));
const focal = (y: number, p: number, gamma: number): number => (1 - (y * p + (1 - y) * (1 - p))) ** gamma * binary(y, p);

type Kind = "real" | "positive" | "probability" | "distribution" | "sign" | "bit" | "oneHot" | "label";

interface Oracle {
  name: keyof typeof losses;
  yTrue: Kind;
  yPred: Kind;
  options?: object;
  values: Values;
}

const oracles: Oracle[] = [
  { name: "meanAbsoluteError", yTrue: "real", yPred: "real", values: average((y, p) => Math.abs(y - p)) },
  { name: "meanAbsolutePercentageError", yTrue: "positive", yPred: "real", values: average((y, p) => (100 * Math.abs(y - p)) / y) },
  { name: "meanSquaredLogarithmicError", yTrue: "positive", yPred: "positive", values: average((y, p) => (Math.log1p(y) - Math.log1p(p)) ** 2) },
  { name: "huber", yTrue: "real", yPred: "real", values: average(huber(1)) },
  { name: "huber", yTrue: "real", yPred: "real", options: { delta: 0.3 }, values: average(huber(0.3)) },
  { name: "smoothL1", yTrue: "real", yPred: "real", options: { beta: 0.5 }, values: average((y, p) => huber(0.5)(y, p) / 0.5) },
  { name: "logcosh", yTrue: "real", yPred: "real", values: average((y, p) => Math.log(Math.cosh(p - y))) },
  { name: "hinge", yTrue: "sign", yPred: "real", values: average((y, p) => Math.max(0, 1 - y * p)) },
  { name: "hinge", yTrue: "bit", yPred: "real", values: average((y, p) => Math.max(0, 1 - (2 * y - 1) * p)) },
  { name: "squaredHinge", yTrue: "sign", yPred: "real", values: average((y, p) => Math.max(0, 1 - y * p) ** 2) },
  {
    name: "categoricalHinge",
    yTrue: "oneHot",
    yPred: "real",
    values: (y, p) => Math.max(0, 1 + Math.max(...p.map((q, i) => (1 - (y[i] as number)) * q)) - total(p.map((q, i) => (y[i] as number) * q))),
  },
  {
    name: "kullbackLeiblerDivergence",
    yTrue: "distribution",
    yPred: "distribution",
    values: (y, p) => total(p.map((q, i) => (y[i] as number) * Math.log((y[i] as number) / q))),
  },
  { name: "poisson", yTrue: "positive", yPred: "positive", values: average((y, p) => p - y * Math.log(p + 1e-7)) },
  {
    name: "cosineSimilarity",
    yTrue: "real",
    yPred: "real",
    values: (y, p) => -total(p.map((q, i) => q * (y[i] as number))) / (Math.hypot(...y) * Math.hypot(...p)),
  },
  { name: "binaryCrossentropy", yTrue: "bit", yPred: "probability", values: average(binary) },
  {
    name: "binaryCrossentropy",
    yTrue: "probability",
    yPred: "probability",
    options: { labelSmoothing: 0.2 },
    values: average((y, p) => binary(0.8 * y + 0.1, p)),
  },
  { name: "binaryCrossentropy", yTrue: "bit", yPred: "real", options: { fromLogits: true }, values: average((y, x) => binary(y, sigmoid(x))) },
  {
    name: "binaryCrossentropy",
    yTrue: "bit",
    yPred: "real",
    options: { fromLogits: true, posWeight: 3 },
    values: average((y, x) => (y === 1 ? 3 : 1) * binary(y, sigmoid(x))),
  },
  { name: "binaryFocalCrossentropy", yTrue: "bit", yPred: "probability", values: average((y, p) => focal(y, p, 2)) },
  {
    name: "binaryFocalCrossentropy",
    yTrue: "bit",
    yPred: "real",
    options: { fromLogits: true, gamma: 1.5 },
    values: average((y, x) => focal(y, sigmoid(x), 1.5)),
  },
  {
    name: "binaryFocalCrossentropy",
    yTrue: "bit",
    yPred: "probability",
    options: { applyClassBalancing: true, alpha: 0.3 },
    values: average((y, p) => (y === 1 ? 0.3 : 0.7) * focal(y, p, 2)),
  },
  {
    name: "categoricalCrossentropy",
    yTrue: "oneHot",
    yPred: "probability",
    values: (y, p) => -total(normalised(p).map((q, i) => (y[i] as number) * Math.log(q))),
  },
  {
    name: "categoricalCrossentropy",
    yTrue: "distribution",
    yPred: "real",
    options: { fromLogits: true, labelSmoothing: 0.1 },
    values: (y, x) => -total(softmaxOf(x).map((q, i) => (0.9 * (y[i] as number) + 0.1 / x.length) * Math.log(q))),
  },
  {
    name: "categoricalFocalCrossentropy",
    yTrue: "oneHot",
    yPred: "probability",
    values: (y, p) => -total(normalised(p).map((q, i) => (y[i] as number) * 0.25 * (1 - q) ** 2 * Math.log(q))),
  },
  {
    name: "categoricalFocalCrossentropy",
    yTrue: "oneHot",
    yPred: "real",
    options: { fromLogits: true, gamma: 3, alpha: 0.5 },
    values: (y, x) => -total(softmaxOf(x).map((q, i) => (y[i] as number) * 0.5 * (1 - q) ** 3 * Math.log(q))),
  },
  { name: "sparseCategoricalCrossentropy", yTrue: "label", yPred: "probability", values: ([label], p) => -Math.log(normalised(p)[label as number] as number) },
  {
    name: "sparseCategoricalCrossentropy",
    yTrue: "label",
    yPred: "real",
    options: { fromLogits: true },
    values: ([label], x) => -Math.log(softmaxOf(x)[label as number] as number),
  },
  {
    name: "sparseCategoricalCrossentropy",
    yTrue: "label",
    yPred: "real",
    options: { fromLogits: true, labelSmoothing: 0.2 },
    values: ([label], x) => -total(softmaxOf(x).map((q, i) => ((i === label ? 0.8 : 0) + 0.2 / x.length) * Math.log(q))),
  },
];

/** A row of float32 numbers of a kind, away from kinks. */
function row(kind: Kind, size: number, random: () => number): number[] {
  const float = (x: number): number => Math.fround(x);
  const choice = Math.floor(random() * size);
  const numbers = Array.from({ length: size }, () => random());
  switch (kind) {
    case "real":
      return numbers.map((x) => float(3 * x - 1.5));
    case "positive":
      return numbers.map((x) => float(3 * x + 0.1));
    case "probability":
      return numbers.map((x) => float(0.1 + 0.8 * x));
    case "distribution":
      return softmaxOf(numbers).map(float);
    case "sign":
      return numbers.map((x) => (x < 0.5 ? -1 : 1));
    case "bit":
      return numbers.map((x) => (x < 0.5 ? 0 : 1));
    case "oneHot":
      return numbers.map((_, i) => Number(i === choice));
    case "label":
      return [choice];
  }
}

/** Rows of both kinds as tensors, of [2, 3] samples. */
function batch({ yTrue, yPred }: Oracle, size: number, seed: number): { rows: [number[], number[]][]; y: Tensor; p: Tensor } {
  const random = randomOf(seed);
  const rows = Array.from({ length: 6 }, () => [row(yTrue, size, random), row(yPred, size, random)] as [number[], number[]]);
  const y =
    yTrue === "label"
      ? tensor(Int32Array.from(rows.map(([label]) => label[0] as number)), [2, 3])
      : tensor(
          rows.flatMap(([target]) => target),
          [2, 3, size],
        );
  return {
    rows,
    y,
    p: tensor(
      rows.flatMap(([, prediction]) => prediction),
      [2, 3, size],
    ),
  };
}

const cases = oracles.map((oracle) => [`${oracle.name} ${JSON.stringify(oracle.options ?? {})} of ${oracle.yTrue}`, oracle] as const);
const valuesOf = ({ name, options }: Oracle, y: Tensor, p: Tensor): Tensor =>
  (losses[name] as (y: Tensor, p: Tensor, options?: object) => Tensor)(y, p, options);

const tolerances = { epsilon: 1e-3, tolerance: 4e-3 };

describe.each(cases)("%s", (_, oracle) => {
  test.each([1, 2, 5, 33])("is its formula for %i columns, eager and compiled", (size) => {
    if (size === 1 && ["oneHot", "label"].includes(oracle.yTrue)) return;
    const { rows, y, p } = batch(oracle, size, size);
    const expected = rows.map(([target, prediction]) => oracle.values(target, prediction));
    for (const values of [valuesOf(oracle, y, p), compile((t: Tensor, q: Tensor) => valuesOf(oracle, t, q))(y, p)]) {
      expect(values.shape).toEqual([2, 3]);
      values
        .dataSync()
        .forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(expected[i] as number))));
    }
  });

  test("has the gradients of finite differences, in second order too", () => {
    const { y, p } = batch(oracle, 4, 7);
    const isContinuous = !["bit", "sign", "label"].includes(oracle.yTrue);
    if (isContinuous) gradCheck((t: Tensor, q: Tensor) => valuesOf(oracle, t, q), [y, p], tolerances);
    else gradCheck((q: Tensor) => valuesOf(oracle, y, q), [p], tolerances);
  });
});

const close = (x: Tensor, expected: number, tolerance = 1e-6): void => expect(Math.abs(x.item() - expected)).toBeLessThanOrEqual(tolerance);
const [y, p] = [
  tensor([
    [0, 1],
    [0, 0],
  ]),
  tensor([
    [1, 1],
    [1, 0],
  ]),
];

describe("losses", () => {
  test("are had by Keras's, TensorFlow.js's and short names", () => {
    for (const name of ["mse", "MSE", "mean_squared_error", "MeanSquaredError"]) expect(getLoss(name).name).toBe("meanSquaredError");
    expect(getLoss("kl_divergence").name).toBe("kullbackLeiblerDivergence");
    expect(getLoss("BinaryCrossentropy").name).toBe("binaryCrossentropy");
    expect(getLoss("cosine").name).toBe("cosineProximity");
    expect(() => getLoss("nothing")).toThrow(/compile: loss must be an object, a function or one of .*huber.*"nothing"/);
  });

  test("are reduced to a mean, a sum or not", () => {
    close(losses.huber().apply(y, p), 0.25);
    close(losses.huber({ reduction: "mean" }).apply(y, p), 0.25);
    close(losses.huber({ reduction: "sum" }).apply(y, p), 0.5);
    expect(losses.huber({ reduction: "none" }).apply(y, p).arraySync()).toEqual([0.25, 0.25]);
    expect(() => losses.huber({ reduction: "avg" as "mean" }).apply(y, p)).toThrow(/huber: reduction must be/);
  });

  test("are weighted by sample, the mean still over all samples", () => {
    close(losses.huber().apply(y, p, [2, 0]), 0.25);
    close(losses.huber({ reduction: "sum" }).apply(y, p, [[2], [4]]), 1.5);
    expect(() => losses.huber().apply(y, p, [1, 2, 3])).toThrow(/huber: sample weights must have shape \[2\]. Got \[3\]/);
  });

  test("take targets with an axis of size 1 at the end, or without it, and no other shape", () => {
    close(losses.meanAbsoluteError().apply([1, 2], [[1], [3]]), 0.5);
    close(
      losses.sparseCategoricalCrossentropy({ fromLogits: true }).apply(
        [[0], [1]],
        [
          [0, 0],
          [0, 0],
        ],
      ),
      Math.LN2,
    );
    expect(() => losses.huber(tensor([1, 2, 3, 4]), y)).toThrow(/huber: targets must have shape \[2,2\]. Got \[4\]/);
    expect(() => losses.sparseCategoricalCrossentropy(y, p)).toThrow(/targets must have shape \[2\]/);
  });

  test("of an ignored class are 0 and do not count in the mean", () => {
    const options = { fromLogits: true, ignoreClass: -1 };
    const logits = tensor([
      [0, 0],
      [5, 1],
      [0, 0],
    ]);
    close(losses.sparseCategoricalCrossentropy(options).apply([0, -1, 1], logits), Math.LN2);
    expect(losses.sparseCategoricalCrossentropy([0, -1, 1], logits, options).arraySync()[1]).toBe(0);
    close(losses.sparseCategoricalCrossentropy(options).apply([-1, -1, -1], logits), 0);
  });

  test("of logits are finite and have a slope where probabilities have lost all digits", () => {
    const loss = losses.binaryCrossentropy({ fromLogits: true });
    const slope = grad((x: Tensor) => loss.apply([[1], [0]], x))(tensor([[-200], [200]]));
    expect(loss.apply([[1], [0]], [[-200], [200]]).item()).toBe(200);
    expect(slope.arraySync()).toEqual([[-0.5], [0.5]]);
  });
});

describe("a triplet's loss", () => {
  const [anchor, same, other] = [tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 1]])];
  test.each([
    [{}, 5 - 1 + 1],
    [{ margin: 0 }, 5 - 1],
    [{ p: 1 }, 7 - 1 + 1],
    [{ p: Number.POSITIVE_INFINITY, margin: 0 }, 4 - 1],
    [{ p: 3, margin: 0 }, 91 ** (1 / 3) - 1],
  ])("%o", (options, expected) => close(losses.tripletMargin(anchor, same, other, options), expected, 2e-5));
  test("swapped takes the nearer of both distances to the other", () => {
    close(losses.tripletMargin(anchor, other, same, { margin: 5, swap: true }), 1 - Math.hypot(3, 3) + 5, 1e-5);
  });
});

describe("the loss of a model's output", () => {
  const labels = tensor([[1, 0]]);
  test.each([
    ["softmax", "categoricalCrossentropy", 200],
    ["sigmoid", "binaryCrossentropy", 200],
  ] as const)("is computed from the logits of its %s", (name, loss, expected) => {
    const of = getActivation(name).apply;
    const logits = tensor([[-100, 100]]);
    const slope = grad((x: Tensor) => outputLoss(getLoss(loss), labels, of(x)))(logits);
    const scale = name === "softmax" ? 1 : 0.5;
    close(outputLoss(getLoss(loss), labels, of(logits)), expected * (name === "softmax" ? 1 : 0.5), 1e-4);
    expect(slope.arraySync()).toEqual([[-scale, scale]]);
    // Called directly the loss is of the probabilities, as they are: 1 - 1e-7 is 1 - 1.2e-7 in float32.
    close(getLoss(loss).apply(labels, of(logits)), -Math.log(1e-7), 0.1);
  });

  test("is of the probabilities where the activation is not the one that the loss supposes", () => {
    const output = softmax([[1, 2]]);
    expect(outputLoss(getLoss("binaryCrossentropy"), labels, output).item()).toBe(getLoss("binaryCrossentropy").apply(labels, output).item());
  });

  test("may be a function that gives a value a sample, or one for all", async () => {
    const values = (t: Tensor, q: Tensor): Tensor => square(sub(t, q)).mean(-1);
    const history = await Promise.all(
      ["meanSquaredError", values, (t: Tensor, q: Tensor) => values(t, q).mean(), losses.meanSquaredError, losses.meanSquaredError()].map(async (loss) => {
        const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2], kernelInitializer: "zeros" })] });
        model.compile({ optimizer: "sgd", loss });
        return (await model.fit(p, y, { epochs: 3, batchSize: 1, shuffle: false, verbose: 0 })).history.loss;
      }),
    );
    for (const other of history) other?.forEach((value, i) => expect(Math.abs(value - (history[0]?.[i] as number))).toBeLessThan(1e-6));
  });

  test("may be a subclass of Loss, with its reduction", () => {
    class Absolute extends Loss {
      override call(t: Tensor, q: Tensor): Tensor {
        return sub(t, q).abs().sum(-1);
      }
    }
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2], kernelInitializer: "zeros" })] });
    model.compile({ optimizer: "sgd", loss: new Absolute() });
    expect((model.evaluate(p, y) as Tensor).item()).toBe(0.5);
  });
});
