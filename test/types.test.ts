/** @file Types and classes under TensorFlow.js's names, as typed programs use them; tsc reads this file too. */
import { expect, expectTypeOf, test } from "vitest";
import * as tf from "../src/index.js";

const make = (): tf.Sequential => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });

test("sequential, functional and loaded models are a LayersModel", async () => {
  const chain: tf.LayersModel = make();
  const graph: tf.LayersModel = tf.model({ inputs: chain.inputs[0] as tf.SymbolicTensor, outputs: chain.outputs[0] as tf.SymbolicTensor });
  const loaded: tf.LayersModel = (await tf.models.modelFromJSON(JSON.parse(chain.toJSON()))) as tf.Sequential;
  expect(loaded).toBeInstanceOf(tf.LayersModel);
  expect(loaded.inputs[0]?.shape).toEqual([null, 3]);
  expectTypeOf(() => tf.loadLayersModel("file://model")).returns.resolves.toEqualTypeOf<tf.LayersModel>();
  expect(chain).toBeInstanceOf(tf.LayersModel);
  expect(graph).toBeInstanceOf(tf.LayersModel);
  expect(graph.inputShape).toEqual([null, 3]);
  class Own extends tf.Model {
    call(x: tf.OneOrMore<tf.Tensor>): tf.OneOrMore<tf.Tensor> {
      return x;
    }
  }
  expect(new Own()).not.toBeInstanceOf(tf.LayersModel);
});

test("classes override hooks of callbacks", async () => {
  class Own extends tf.Callback {
    seen: number[] = [];
    override async onEpochEnd(epoch: number, logs?: tf.Logs): Promise<void> {
      if (logs) this.seen.push(epoch);
    }
  }
  const [model, own] = [make(), new Own()];
  model.compile({ optimizer: "sgd", loss: "mse" });
  await model.fit(tf.zeros([1, 3]), tf.zeros([1, 2]), { verbose: 0, callbacks: own });
  expect(own.seen).toEqual([0]);
});

test("tensors have a rank in their name alone", () => {
  const matrix: tf.Tensor<tf.Rank.R2> = tf.tensor2d([[1, 2]]);
  const any: tf.Tensor<tf.Rank> = matrix;
  expectTypeOf<tf.Tensor2D>().toEqualTypeOf<tf.Tensor>();
  expect(any.shape).toEqual([1, 2]);
});

test("data.Dataset is a type and a class", async () => {
  const numbers: tf.data.Dataset<number> = tf.data.array([1, 2]);
  expect(numbers).toBeInstanceOf(tf.data.Dataset);
});
