/** @file Initializers, regularizers and constraints, by themselves and in layers. */
import { describe, expect, test } from "vitest";
import { constraints, initializers, layers, matMul, mean, regularizers, sequential, setSeed, sub, type Tensor, tensor, train, variance } from "../src/index.js";
import { getConstraint } from "../src/nn/constraints.js";
import { deserializeLayer } from "../src/nn/deserialize.js";
import { getInitializer } from "../src/nn/initializers.js";
import { getRegularizer } from "../src/nn/regularizers.js";
import { serializeLayer } from "../src/nn/serialization.js";

const far = (a: Tensor, b: Tensor): number => sub(a, b).abs().max().item();

describe("initializers", () => {
  test("identity: the diagonal, of any matrix", () => {
    expect(initializers.identity({ gain: 2 }).apply([2, 3]).arraySync()).toEqual([
      [2, 0, 0],
      [0, 2, 0],
    ]);
    expect(() => initializers.identity().apply([3])).toThrow("identity: the shape must have 2 axes. Got shape [3].");
  });

  test.each([[[4, 9]], [[9, 4]], [[3, 3, 5]], [[1, 1]], [[6, 6]]])("orthogonal: rows or columns of %j", (shape) => {
    const w = initializers.orthogonal({ gain: 3, seed: 1 }).apply(shape);
    expect(w.shape).toEqual(shape);
    const columns = shape[shape.length - 1] as number;
    const matrix = w.reshape([-1, columns]);
    const rows = matrix.shape[0] as number;
    const product = rows <= columns ? matMul(matrix, matrix, false, true) : matMul(matrix, matrix, true, false);
    expect(far(product, initializers.identity({ gain: 9 }).apply(product.shape))).toBeLessThan(1e-5);
  });

  test("random ones have their mean and variance", () => {
    setSeed(3);
    const shape = [200, 300];
    const expected: [Tensor, number][] = [
      [initializers.glorotUniform().apply(shape), 2 / 500],
      [initializers.heNormal().apply(shape), 2 / 200],
      [initializers.leCunUniform().apply(shape), 1 / 200],
      [initializers.varianceScaling({ scale: 3, mode: "fanOut", distribution: "normal" }).apply(shape), 3 / 300],
      [initializers.randomNormal({ stddev: 0.5 }).apply(shape), 0.25],
    ];
    for (const [w, spread] of expected) {
      expect(Math.abs(mean(w).item())).toBeLessThan(0.03 * Math.sqrt(spread));
      expect(Math.abs(variance(w).item() / spread - 1)).toBeLessThan(0.03);
    }
  });

  test("come by their names and from files", () => {
    expect(getInitializer("heUniform" as never).className).toBe("HeUniform");
    expect(
      getInitializer({ class_name: "VarianceScaling", config: { scale: 2, mode: "fan_out", distribution: "truncated_normal", seed: null } }).config,
    ).toEqual({
      scale: 2,
      mode: "fanOut",
      distribution: "truncatedNormal",
      seed: null,
    });
    expect(() => getInitializer("heUniforn" as never)).toThrow("initializer: expected one of zeros, ones");
  });
});

describe("regularizers", () => {
  const w = tensor([
    [3, 4],
    [0, 2],
  ]);
  test("sums of absolutes and of squares", () => {
    expect(regularizers.l1({ l1: 0.5 }).apply(w).item()).toBe(4.5);
    expect(regularizers.l2({ l2: 0.5 }).apply(w).item()).toBe(14.5);
    expect(getRegularizer("l1l2")?.apply(w).item()).toBeCloseTo(0.38, 6);
    expect(
      getRegularizer({ class_name: "L1L2", config: { l1: 1, l2: 0 } })
        ?.apply(w)
        .item(),
    ).toBe(9);
    expect(
      getRegularizer({ class_name: "L2", config: { l2: 1 } })
        ?.apply(w)
        .item(),
    ).toBe(29);
    expect(() => regularizers.l1({ l1: -1 })).toThrow("l1l2: factors must be >= 0");
  });

  test("orthogonal: cosines of the pairs of rows, or of columns", () => {
    expect(regularizers.orthogonal({ factor: 1 }).apply(w).item()).toBeCloseTo(0.8, 6);
    expect(
      getRegularizer({ class_name: "OrthogonalRegularizer", config: { factor: 1, mode: "columns" } })
        ?.apply(w)
        .item(),
    ).toBeCloseTo(4 / Math.sqrt(20), 6);
  });
});

describe("constraints", () => {
  const w = tensor([
    [3, 0.3],
    [-4, 0.4],
  ]);
  test("norms along an axis", () => {
    expect(
      far(
        constraints.maxNorm({ maxValue: 1 }).apply(w),
        tensor([
          [0.6, 0.3],
          [-0.8, 0.4],
        ]),
      ),
    ).toBeLessThan(1e-6);
    expect(
      far(
        constraints.unitNorm().apply(w),
        tensor([
          [0.6, 0.6],
          [-0.8, 0.8],
        ]),
      ),
    ).toBeLessThan(1e-6);
    expect(
      far(
        constraints.minMaxNorm({ minValue: 1, maxValue: 2, rate: 0.5 }).apply(w),
        tensor([
          [2.1, 0.45],
          [-2.8, 0.6],
        ]),
      ),
    ).toBeLessThan(1e-5);
    expect(getConstraint("nonNeg")?.apply(w).min().item()).toBe(0);
    expect(
      getConstraint({ class_name: "MaxNorm", config: { max_value: 1, axis: 1 } })
        ?.apply(tensor([[3, 4]]))
        .arraySync(),
    ).toEqual([[expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]]);
  });
});

describe("in layers", () => {
  test("penalties count in the loss and constraints hold in fit", async () => {
    const model = sequential();
    const dense = layers.dense({
      units: 1,
      inputShape: [2],
      kernelInitializer: "ones",
      kernelRegularizer: regularizers.l2({ l2: 1 }),
      kernelConstraint: "nonNeg",
      activityRegularizer: "l1",
    });
    model.add(dense);
    model.compile({ optimizer: train.sgd(1), loss: "meanSquaredError" });
    const x = tensor([
      [0, 0],
      [0, 0],
    ]);
    const { history } = await model.fit(x, tensor([[0], [0]]), { epochs: 1, verbose: 0 });
    // Nothing but the penalty, 1^2 + 1^2; its slope 2 takes the weights below 0.
    expect(history.loss).toEqual([2]);
    expect(dense.getWeights()[0]?.arraySync()).toEqual([[0], [0]]);
  });

  test("come back from a file", () => {
    const layer = layers.dense({
      units: 2,
      kernelRegularizer: "l1l2",
      biasRegularizer: regularizers.l1(),
      kernelConstraint: constraints.maxNorm({ maxValue: 3, axis: [0] }),
      kernelInitializer: "orthogonal",
    });
    expect(layer.getConfig()).toMatchObject({
      kernelRegularizer: { className: "L1L2", config: { l1: 0.01, l2: 0.01 } },
      kernelConstraint: { className: "MaxNorm", config: { maxValue: 3, axis: [0] } },
      kernelInitializer: { className: "Orthogonal", config: { gain: 1, seed: null } },
    });
    const written = serializeLayer(layer);
    expect(written.config).toMatchObject({
      kernel_regularizer: { class_name: "L1L2", config: { l1: 0.01, l2: 0.01 } },
      kernel_constraint: { class_name: "MaxNorm", config: { max_value: 3, axis: [0] } },
    });
    expect(deserializeLayer(written).getConfig()).toEqual(layer.getConfig());
  });
});
