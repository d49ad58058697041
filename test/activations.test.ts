/** @file Activations by name: every name of Keras 3 and TensorFlow.js, in both spellings. */
import { expect, test } from "vitest";
import { layers, relu, tensor } from "../src/index.js";
import { type ActivationName, getActivation } from "../src/nn/activations.js";
import { serializeLayer } from "../src/nn/serialization.js";
import { numbersOf } from "./bits.js";

const keras = `linear relu leaky_relu relu6 softmax celu elu selu softplus softsign squareplus soft_shrink sparse_plus silu swish gelu glu tanh
  tanh_shrink sigmoid sparse_sigmoid exponential hard_sigmoid hard_silu hard_swish hard_tanh hard_shrink mish log_softmax log_sigmoid`.split(/\s+/);
const tensorFlow = "elu hardSigmoid linear relu relu6 selu sigmoid softmax softplus softsign tanh logSoftmax gelu gelu_new mish swish".split(" ");

test("every name is known, and files get the spelling with underscores", () => {
  for (const name of [...keras, ...tensorFlow]) {
    const layer = layers.activation({ activation: name as ActivationName });
    const { config } = serializeLayer(layer);
    expect(config.activation).toBe(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    expect(getActivation(config.activation as string).apply).toBe(getActivation(name).apply);
    expect(layer.getConfig().activation).toBe(name);
  }
  expect(getActivation(undefined).apply).toBe(getActivation("linear").apply);
});

test("the piecewise ones that are no ops", () => {
  const x = tensor([-2, -1, 0, 0.5, 1, 3]);
  expect(numbersOf(getActivation("sparsePlus").apply(x))).toEqual([0, 0, 0.25, 0.5625, 1, 3]);
  expect(numbersOf(getActivation("sparse_sigmoid").apply(x))).toEqual([0, 0, 0.5, 0.75, 1, 1]);
  expect(numbersOf(getActivation("relu").apply(x))).toEqual(numbersOf(relu(x)));
});

test("other names are refused", () => {
  for (const name of ["rellu", "toString", ""]) expect(() => getActivation(name)).toThrow("expected one of linear, relu");
});
