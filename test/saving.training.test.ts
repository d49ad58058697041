/** @file Saving with the optimizer: a loaded model goes on training with the same bits; training configurations of other programs. */
import { describe, expect, test } from "vitest";
import {
  input,
  io,
  type Layer,
  layers,
  loadLayersModel,
  losses,
  type Model,
  type ModelArtifacts,
  type ModelCompileArgs,
  metrics,
  model,
  schedules,
  sequential,
  setSeed,
  tensor,
  train,
} from "../src/index.js";

async function artifactsOf(from: Model, options = {}): Promise<ModelArtifacts> {
  let kept: ModelArtifacts = {};
  await from.save(
    io.withSaveHandlerSync((artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
    options,
  );
  return kept;
}

/** As if it had been a file. */
const throughText = ({ weightData, ...rest }: ModelArtifacts): ModelArtifacts => ({ ...JSON.parse(JSON.stringify(rest)), weightData });

const xs = tensor(
  Array.from({ length: 36 }, (_, i) => Math.sin(i)),
  [12, 3],
);
const ys = tensor(
  Array.from({ length: 24 }, (_, i) => Number(i % 4 === 0)),
  [12, 2],
);

const small = (): Model =>
  sequential({
    layers: [layers.dense({ units: 5, activation: "tanh", inputShape: [3], kernelRegularizer: "l2" }), layers.batchNormalization(), layers.dense({ units: 2 })],
  });

const fitted = async (of: Model, epochs = 2): Promise<Float32Array[]> => {
  await of.fit(xs, ys, { epochs, batchSize: 4, shuffle: false, verbose: 0 });
  return of.weights.map((weight) => weight.dataSync() as Float32Array);
};

describe("a model saved with its optimizer", () => {
  const rate = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 4, decayRate: 0.5 });
  test.each<[string, () => ModelCompileArgs]>([
    ["sgd", () => ({ optimizer: train.sgd(0.1), loss: "meanSquaredError" })],
    ["momentum", () => ({ optimizer: train.momentum(0.1, 0.9), loss: "meanSquaredError" })],
    ["adam", () => ({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] })],
    ["amsgrad", () => ({ optimizer: train.adam({ learningRate: 0.01, amsgrad: true, clipNorm: 1 }), loss: losses.huber({ delta: 0.5 }) })],
    ["adamW", () => ({ optimizer: train.adamW({ learningRate: rate, weightDecay: 0.01, useEma: true }), loss: "meanAbsoluteError" })],
    ["rmsprop", () => ({ optimizer: train.rmsprop({ learningRate: 0.01, centered: true, momentum: 0.5 }), loss: "meanSquaredError" })],
    ["accumulating", () => ({ optimizer: train.nadam({ learningRate: 0.01, gradientAccumulationSteps: 4 }), loss: "meanSquaredError" })],
  ])("goes on with the same bits: %s", async (_, args) => {
    setSeed(1);
    const one = small();
    one.compile(args());
    await fitted(one);
    const artifacts = throughText(await artifactsOf(one, { includeOptimizer: true }));
    expect(artifacts.weightSpecs?.filter(({ group }) => group === "optimizer").length).toBeGreaterThan(0);
    const two = await loadLayersModel(io.fromMemory(artifacts));
    expect(two.optimizer.iterations).toBe(one.optimizer.iterations);
    expect(await fitted(two)).toEqual(await fitted(one));
  });

  test("keeps the state of layers that were frozen for a while with their weights", async () => {
    const one = small();
    (one.layers[0] as Layer).trainable = false;
    one.compile({ optimizer: train.adam(0.05), loss: "meanSquaredError" });
    await fitted(one);
    (one.layers[0] as Layer).trainable = true;
    await fitted(one, 1);
    const two = await loadLayersModel(io.fromMemory(await artifactsOf(one, { includeOptimizer: true })));
    expect(await fitted(two)).toEqual(await fitted(one));
  });

  test("keeps losses and metrics with their options, output by output", async () => {
    const x = input({ shape: [3] });
    const a = layers.dense({ units: 2, activation: "softmax", name: "a" }).apply(x);
    const b = layers.dense({ units: 2, name: "b" }).apply(x);
    const one = model({ inputs: x, outputs: [a, b] });
    one.compile({
      optimizer: "sgd",
      loss: { a: losses.categoricalCrossentropy({ labelSmoothing: 0.1 }), b: losses.meanSquaredError },
      lossWeights: { a: 0.5, b: 2 },
      metrics: { a: ["accuracy", metrics.auc({ curve: "PR", name: "area" })], b: metrics.meanAbsoluteError },
    });
    const artifacts = throughText(await artifactsOf(one, { includeOptimizer: true }));
    expect(artifacts.trainingConfig).toMatchObject({
      loss: { a: { class_name: "CategoricalCrossentropy", config: { label_smoothing: 0.1 } }, b: "mean_squared_error" },
      loss_weights: { a: 0.5, b: 2 },
      metrics: { a: ["accuracy", { class_name: "Auc", config: { curve: "PR", name: "area" } }], b: "mean_absolute_error" },
    });
    const two = await loadLayersModel(io.fromMemory(artifacts));
    expect(two.metricsNames).toEqual(one.metricsNames);
    const values = (of: Model): number[] => [of.evaluate(xs, [ys, ys], {})].flat().map((value) => value.dataSync()[0] as number);
    expect(values(two)).toEqual(values(one));
  });

  test("tells what cannot be saved", async () => {
    const one = small();
    await expect(
      one.save(
        io.withSaveHandlerSync(() => null as never),
        { includeOptimizer: true },
      ),
    ).rejects.toThrow(/needs a compiled model/);
    one.compile({ optimizer: "sgd", loss: (t, p) => p.sub(t).square().mean(-1) });
    await expect(
      one.save(
        io.withSaveHandlerSync(() => null as never),
        { includeOptimizer: true },
      ),
    ).rejects.toThrow(/includeOptimizer needs losses and metrics by name.*HINT: save without it/);
  });
});

describe("training configurations in files", () => {
  const load = async (trainingConfig: unknown, options = {}): Promise<Model> =>
    loadLayersModel(io.fromMemory({ ...(await artifactsOf(small())), trainingConfig }), options);
  const sgd = { class_name: "SGD", config: { learning_rate: 0.25 } };

  test("of Keras 2: wrapped metrics, options that are off", async () => {
    const found = await load({
      loss: {
        class_name: "CategoricalCrossentropy",
        config: { reduction: "auto", name: "categorical_crossentropy", from_logits: true, label_smoothing: 0, axis: -1 },
      },
      metrics: [
        [
          { class_name: "MeanMetricWrapper", config: { name: "accuracy", dtype: "float32", fn: "categorical_accuracy" } },
          { class_name: "Precision", config: { name: "precision", dtype: "float32", thresholds: null, top_k: null, class_id: null } },
        ],
      ],
      weighted_metrics: null,
      loss_weights: null,
      optimizer_config: {
        class_name: "Adam",
        config: { name: "Adam", learning_rate: 0.5, decay: 0.0, beta_1: 0.8, beta_2: 0.99, epsilon: 1e-7, amsgrad: false, jit_compile: true, clipnorm: null },
      },
    });
    expect(found.optimizer.learningRate).toBe(0.5);
    expect(found.optimizer.getConfig()).toMatchObject({ beta1: 0.8, beta2: 0.99 });
    expect(found.metricsNames).toEqual(["loss", "accuracy", "precision"]);
    expect([found.evaluate(xs, ys)].flat()).toHaveLength(3);
  });

  test("of TensorFlow.js: names in snake_case", async () => {
    const found = await load({ loss: "mean_squared_error", metrics: ["acc", "mean_absolute_error"], optimizer_config: sgd });
    expect(found.metricsNames.slice(0, 2)).toEqual(["loss", "acc"]);
    expect(found.optimizer.learningRate).toBe(0.25);
  });

  test("that are damaged say where", async () => {
    await expect(load("nonsense")).rejects.toThrow(/the handler's model: expected trainingConfig\.optimizer_config to have class_name/);
    await expect(load({ optimizer_config: { class_name: "Nonsense", config: {} }, loss: "mse" })).rejects.toThrow(/optimizer must be one of.*trainingConfig/);
    await expect(load({ optimizer_config: sgd, loss: "nonsense" })).rejects.toThrow(/loss must be.*trainingConfig/);
    await expect(load({ optimizer_config: sgd, loss: { class_name: "Nonsense", config: {} } })).rejects.toThrow(/HINT: load with \{ compile: false \}/);
    expect((await load({ optimizer_config: sgd, loss: "nonsense" }, { compile: false })).predict(xs).shape).toEqual([12, 2]);
  });

  test("whose state does not fit are refused", async () => {
    const one = small();
    one.compile({ optimizer: train.adam(0.05), loss: "meanSquaredError" });
    await fitted(one);
    const artifacts = await artifactsOf(one, { includeOptimizer: true });
    const specs = artifacts.weightSpecs ?? [];
    const fewer = { ...artifacts, weightSpecs: specs.slice(0, -1), weightData: (artifacts.weightData as ArrayBuffer).slice(0, -8) };
    await expect(loadLayersModel(io.fromMemory(fewer))).rejects.toThrow(/setWeights expected iter and tensors of.*trainingConfig/);
  });
});
