/**
 * @file Ten programs as TensorFlow.js's documentation writes them, each run as it stands on TensorFlow.js and on engram: the numbers
 * agree. Starting weights are the same numbers, and options whose defaults differ are written out (docs/migrating-from-tfjs.md).
 */
import { readFileSync } from "node:fs";
import * as tfjs from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import * as engram from "../../src/index.js";
import { randomOf } from "../naive.js";
import { differences, gradientDifferences } from "./differences.js";

type Tf = typeof tfjs;
/** What a program finds: numbers, compared one by one. */
type Findings = Record<string, number | readonly number[]>;
type Program = (tf: Tf) => Findings | Promise<Findings>;

beforeAll(async () => {
  await tfjs.setBackend("cpu");
});

/** Numbers in [-1, 1), the same for both libraries. */
function numbers(count: number, seed: number): number[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => 2 * random() - 1);
}

const matrix = (tf: Tf, rows: number, columns: number, seed: number): tfjs.Tensor2D => tf.tensor2d(numbers(rows * columns, seed), [rows, columns]);

/** Gives a model's weights the same starting numbers in both libraries, layer by layer. */
function start<M extends tfjs.LayersModel>(tf: Tf, model: M): M {
  let seed = 100;
  for (const layer of model.layers)
    layer.setWeights(
      layer.weights.map(({ shape, name }) => {
        const values = numbers(
          (shape as number[]).reduce((x, y) => x * y, 1),
          seed++,
        );
        // The variances of batch normalisation are not below zero.
        return tf.tensor(name.includes("variance") ? values.map((value) => 2 + value) : values.map((value) => 0.5 * value), shape as number[]);
      }),
    );
  return model;
}

const valuesOf = (x: unknown): number[] => Array.from((x as tfjs.Tensor).dataSync());
const lossesOf = ({ history }: tfjs.History, name = "loss"): number[] => (history[name] as number[]).map(Number);

/** Options of fit that make runs of two libraries comparable: each has its own order of samples. */
const fixed = { shuffle: false, verbose: 0, yieldEvery: "never" } as const;

const programs: Record<string, Program> = {
  "a line fitted by one dense unit": async (tf) => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 1, inputShape: [1] }));
    model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
    start(tf, model);
    const xs = tf.tensor2d([-1, 0, 1, 2, 3, 4], [6, 1]);
    const ys = tf.tensor2d([-3, -1, 1, 3, 5, 7], [6, 1]);
    const history = await model.fit(xs, ys, { epochs: 50, ...fixed });
    return { losses: lossesOf(history), prediction: valuesOf(model.predict(tf.tensor2d([20], [1, 1]))) };
  },

  "a polynomial fitted with variables and an optimizer": (tf) => {
    const [a, b, c] = [0.1, -0.2, 0.3].map((value) => tf.variable(tf.scalar(value))) as [tfjs.Variable, tfjs.Variable, tfjs.Variable];
    const xs = tf.linspace(-1, 1, 30);
    const ys = tf.tidy(() => xs.square().mul(-0.8).add(xs.mul(0.9)).sub(0.2));
    const predict = (x: tfjs.Tensor): tfjs.Tensor =>
      tf.tidy(() =>
        a
          .mul(x.pow(tf.scalar(2, "int32")))
          .add(b.mul(x))
          .add(c),
      );
    const optimizer = tf.train.adam(0.1);
    const losses: number[] = [];
    for (let i = 0; i < 60; i++) {
      const cost = optimizer.minimize(() => tf.losses.meanSquaredError(ys, predict(xs)), true, [a, b, c]) as tfjs.Scalar;
      losses.push(cost.dataSync()[0] as number);
      cost.dispose();
    }
    return { losses, coefficients: [a, b, c].flatMap(valuesOf) };
  },

  "a classifier with metrics, validation and evaluation": async (tf) => {
    const xs = matrix(tf, 90, 4, 1);
    const labels = tf.argMax(tf.matMul(xs, matrix(tf, 4, 3, 2)), 1);
    const ys = tf.oneHot(labels.toInt(), 3);
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 12, activation: "relu", inputShape: [4] }), tf.layers.dense({ units: 3, activation: "softmax" })],
    });
    model.compile({ optimizer: tf.train.adam(0.02), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    start(tf, model);
    const history = await model.fit(xs, ys, { epochs: 15, batchSize: 16, validationSplit: 0.2, ...fixed });
    const evaluated = model.evaluate(xs, ys, { batchSize: 32 }) as tfjs.Scalar[];
    return {
      ...Object.fromEntries(["loss", "acc", "val_loss", "val_acc"].map((name) => [name, lossesOf(history, name)])),
      evaluated: evaluated.flatMap(valuesOf),
    };
  },

  "a functional model with two inputs and two outputs": async (tf) => {
    const left = tf.input({ shape: [3], name: "left" });
    const right = tf.input({ shape: [2], name: "right" });
    const shared = tf.layers.dense({ units: 5, activation: "tanh" });
    const merged = tf.layers.concatenate().apply([shared.apply(left), tf.layers.dense({ units: 4 }).apply(right)] as tfjs.SymbolicTensor[]);
    const first = tf.layers.dense({ units: 1, name: "first" }).apply(merged) as tfjs.SymbolicTensor;
    const second = tf.layers.dense({ units: 2, activation: "sigmoid", name: "second" }).apply(merged) as tfjs.SymbolicTensor;
    const model = start(tf, tf.model({ inputs: [left, right], outputs: [first, second] }));
    model.compile({ optimizer: tf.train.sgd(0.1), loss: ["meanSquaredError", "binaryCrossentropy"] });
    const inputs = [matrix(tf, 20, 3, 3), matrix(tf, 20, 2, 4)];
    const targets = [matrix(tf, 20, 1, 5), matrix(tf, 20, 2, 6).greater(0).toFloat()];
    const history = await model.fit(inputs, targets, { epochs: 8, batchSize: 5, ...fixed });
    const outputs = model.predict(inputs) as tfjs.Tensor[];
    return {
      loss: lossesOf(history),
      firstLoss: lossesOf(history, "first_loss"),
      secondLoss: lossesOf(history, "second_loss"),
      outputs: outputs.flatMap(valuesOf),
    };
  },

  "a custom layer": async (tf) => {
    class Antirectifier extends tf.layers.Layer {
      static className = "Antirectifier";
      private alpha!: tfjs.LayerVariable;
      constructor() {
        super({});
      }
      override build(inputShape: tfjs.Shape): void {
        this.alpha = this.addWeight("alpha", [inputShape[1] as number], "float32", tf.initializers.ones());
        this.built = true;
      }
      override computeOutputShape(inputShape: tfjs.Shape): tfjs.Shape {
        return [inputShape[0] as number, 2 * (inputShape[1] as number)];
      }
      override call(inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor {
        const input = Array.isArray(inputs) ? (inputs[0] as tfjs.Tensor) : inputs;
        const centered = tf.sub(input, tf.mean(input)).mul(this.alpha.read());
        return tf.concat([tf.relu(centered), tf.relu(tf.neg(centered))], 1);
      }
    }
    tf.serialization.registerClass(Antirectifier);
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 6, inputShape: [3] }));
    model.add(new Antirectifier());
    model.add(tf.layers.dense({ units: 1 }));
    start(tf, model);
    model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: "meanSquaredError" });
    const history = await model.fit(matrix(tf, 24, 3, 7), matrix(tf, 24, 1, 8), { epochs: 10, batchSize: 8, ...fixed });
    return { losses: lossesOf(history), shape: (model.outputs[0] as tfjs.SymbolicTensor).shape.slice(1) as number[] };
  },

  "datasets: zip, map, batch, fitDataset, evaluateDataset": async (tf) => {
    const values = numbers(60, 9);
    const xs = tf.data.array(values.map((x) => [x, x * x]));
    const ys = tf.data.generator(function* () {
      for (const x of values) yield 3 * x - 1;
    });
    const dataset = tf.data
      .zip({ xs, ys })
      .map((element) => {
        const { xs: x, ys: y } = element as unknown as { xs: number[]; ys: number };
        return { xs: x, ys: [y] };
      })
      .batch(7);
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    start(tf, model);
    model.compile({ optimizer: tf.train.rmsprop(0.01), loss: "meanAbsoluteError", metrics: ["mse"] });
    const history = await model.fitDataset(dataset, { epochs: 6, verbose: 0, yieldEvery: "never" });
    const evaluated = (await model.evaluateDataset(dataset as never, {})) as tfjs.Scalar[];
    return { losses: lossesOf(history), mse: lossesOf(history, "mse"), evaluated: evaluated.flatMap(valuesOf) };
  },

  "a model saved to a handler and loaded from memory": async (tf) => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 8, activation: "elu", inputShape: [5], kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }),
        tf.layers.batchNormalization(),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    start(tf, model);
    let artifacts: tfjs.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (saved) => {
        artifacts = saved;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts as tfjs.io.ModelArtifacts));
    const x = matrix(tf, 6, 5, 10);
    return { own: valuesOf(model.predict(x)), loaded: valuesOf(loaded.predict(x)), parameters: loaded.countParams() };
  },

  "callbacks and early stopping": async (tf) => {
    const epochs: number[] = [];
    const batches: number[] = [];
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2], useBias: false })] });
    start(tf, model);
    model.compile({ optimizer: tf.train.sgd(0.5), loss: "meanSquaredError" });
    const [xs, ys] = [matrix(tf, 16, 2, 11), matrix(tf, 16, 1, 12)];
    const history = await model.fit(xs, ys, {
      epochs: 100,
      batchSize: 4,
      validationData: [matrix(tf, 8, 2, 13), matrix(tf, 8, 1, 14)],
      callbacks: [
        tf.callbacks.earlyStopping({ monitor: "val_loss", patience: 3 }),
        new tf.CustomCallback({
          onEpochEnd: (epoch, logs) => void epochs.push(epoch, logs?.val_loss as number),
          onBatchEnd: (_batch, logs) => void batches.push(logs?.loss as number),
        }),
      ],
      ...fixed,
    });
    return { stopped: history.epoch.length, epochs, firstBatches: batches.slice(0, 1) };
  },

  "gradients: grad, grads, valueAndGrads, variableGrads, customGrad": (tf) => {
    const x = tf.tensor1d([0.5, -1, 2]);
    const y = tf.tensor1d([3, 0.25, -2]);
    const f = (a: tfjs.Tensor): tfjs.Tensor => a.pow(tf.scalar(3)).add(a.sin());
    const g = (a: tfjs.Tensor, b: tfjs.Tensor): tfjs.Tensor => a.mul(b).sigmoid().sum();
    const clipped = tf.customGrad((a, save) => {
      (save as tfjs.GradSaveFunc)([a as tfjs.Tensor]);
      return {
        value: (a as tfjs.Tensor).square(),
        gradFunc: (dy: tfjs.Tensor, saved: tfjs.Tensor[]) => [dy.mul((saved[0] as tfjs.Tensor).clipByValue(-1, 1))],
      };
    });
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    const { value, grads } = tf.variableGrads(() => w.mul(x).square().sum() as tfjs.Scalar, [w]);
    const both = tf.valueAndGrads(g)([x, y]);
    return {
      first: valuesOf(tf.grad(f)(x)),
      second: valuesOf(tf.grad(tf.grad(f))(x)),
      grads: tf.grads(g)([x, y]).flatMap(valuesOf),
      value: valuesOf(both.value),
      ofVariable: [...valuesOf(value), ...valuesOf(Object.values(grads)[0])],
      custom: valuesOf(tf.grad((a) => clipped(a).sum())(tf.tensor1d([-3, 0.5, 3]))),
    };
  },

  "a training loop of one's own over a model with an embedding, one layer frozen": (tf) => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 10, outputDim: 4, inputLength: 3 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 6, activation: "relu", name: "frozen", trainable: false }),
        tf.layers.dense({ units: 3 }),
      ],
    });
    start(tf, model);
    const words = tf.tensor2d(
      numbers(36, 15).map((value) => Math.floor((value + 1) * 5)),
      [12, 3],
      "int32",
    );
    const labels = tf.oneHot(
      tf.tensor1d(
        numbers(12, 16).map((value) => Math.floor((value + 1) * 1.5)),
        "int32",
      ),
      3,
    );
    const optimizer = tf.train.adagrad(0.3, 0.1);
    const losses: number[] = [];
    const trained = model.trainableWeights.map((weight) => weight.read() as tfjs.Variable);
    for (let i = 0; i < 20; i++)
      losses.push(
        ...valuesOf(
          optimizer.minimize(
            () => tf.losses.softmaxCrossEntropy(labels, model.apply(words, { training: true }) as tfjs.Tensor2D) as tfjs.Scalar,
            true,
            trained,
          ),
        ),
      );
    return { losses, frozen: model.getLayer("frozen").getWeights().flatMap(valuesOf), trainable: model.trainableWeights.length };
  },
};

/** float32 through dozens of steps: the libraries add in other orders. */
const TOLERANCE = 2e-4;

test.each(Object.entries(programs))("%s", async (_, program) => {
  const theirs = await program(tfjs);
  const own = await program(engram as unknown as Tf);
  expect(Object.keys(own)).toEqual(Object.keys(theirs));
  for (const [name, values] of Object.entries(theirs)) {
    const [a, b] = [[own[name]].flat() as number[], [values].flat() as number[]];
    expect(a.length, name).toBe(b.length);
    expect(b.length, name).toBeGreaterThan(0);
    b.forEach((value, i) => {
      expect(Math.abs((a[i] as number) - value), `${name}[${i}]: ${a[i]}, TensorFlow.js ${value}`).toBeLessThanOrEqual(TOLERANCE * (1 + Math.abs(value)));
    });
  }
});

test("the migration guide has every op that differs, with its reason", () => {
  const rows = readFileSync("docs/migrating-from-tfjs.md", "utf8").split("\n");
  for (const list of [differences, gradientDifferences])
    for (const [name, { reason }] of Object.entries(list))
      expect(
        rows.some((row) => row.includes(`\`${name}\``) && row.includes(`| ${reason} |`)),
        name,
      ).toBe(true);
});
