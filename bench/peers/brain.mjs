/**
 * @file brain.js as a contender: it has whole networks only, so it takes part in the training and prediction tasks.
 *
 * Version 2.0.0-beta.24 rather than 1.6.1 (npm's `latest`), because it is 1.5 to 10 times as fast. It trains one sample
 * at a time; a step here is `train` over as many samples as the batch has. Its gradient descent with momentum is
 * faster than its Adam; both are tried.
 */
import { createRequire } from "node:module";
import brain from "brain.js";
import { batchOf, checkLearns, oneHot, serve, Unsupported, XOR } from "./protocol.mjs";

// Training must not stop early, and must not spend time on measuring its error more often than it has to.
const TO_THE_END = { errorThresh: 1e-9, errorCheckInterval: 1e6 };

const errorOf = (network, samples) => network.train(samples, { errorThresh: 1e-9, errorCheckInterval: 1, iterations: 1 }).error;

function samplesOf(x, y, columns, classes) {
  return Array.from({ length: x.length / columns }, (_, row) => ({
    input: x.subarray(row * columns, (row + 1) * columns),
    output: y.subarray(row * classes, (row + 1) * classes),
  }));
}

/** Its hidden units are sigmoids: its relu networks of this size die, and take as long. */
function classifier([inputSize, hidden, classes], options = {}) {
  return new brain.NeuralNetwork({ inputSize, hiddenLayers: [hidden], outputSize: classes, activation: "sigmoid", ...options });
}

function prepareStep({ layers, batch, mode }) {
  if (mode === "eager") throw new Unsupported("brain.js has whole networks only");
  const [inputSize, , classes] = layers;
  const { x, labels } = batchOf(batch, inputSize, classes);
  const samples = samplesOf(x, oneHot(labels, classes), inputSize, classes);
  // Several passes a call, so that checking and formatting the samples (done once a call) weighs little.
  const passes = 4;
  const variant = (options) => {
    const network = classifier(layers, options);
    network.train(samples, { ...TO_THE_END, iterations: 1 });
    const before = errorOf(network, samples);
    network.train(samples, { ...TO_THE_END, iterations: 25 });
    checkLearns(before, errorOf(network, samples));
    return { run: () => network.train(samples, { ...TO_THE_END, iterations: passes }), perRun: passes };
  };
  return {
    "train, momentum": variant({ learningRate: 0.02 }),
    "train, Adam": variant({ praxis: "adam", learningRate: 0.001 }),
  };
}

function prepareXor() {
  const samples = samplesOf(XOR.x, XOR.y, 2, 1);
  const network = new brain.NeuralNetwork({ hiddenLayers: [10], activation: "tanh", learningRate: 0.1 });
  network.train(samples, { ...TO_THE_END, iterations: 1 });
  const before = errorOf(network, samples);
  const fit = () => network.train(samples, { ...TO_THE_END, iterations: 100 });
  for (let i = 0; i < 20; i++) fit();
  checkLearns(before, errorOf(network, samples));
  return { train: { run: fit } };
}

function preparePredict({ layers, rows }) {
  const { x, labels } = batchOf(rows, layers[0], layers[2]);
  const samples = samplesOf(x, oneHot(labels, layers[2]), layers[0], layers[2]);
  const network = classifier(layers);
  network.train(samples.slice(0, 1), { ...TO_THE_END, iterations: 1 });
  const run = () => {
    for (const { input } of samples) network.run(input);
  };
  return { run: { run } };
}

const PREPARE = { step: prepareStep, xor: prepareXor, predict: preparePredict };

await serve({
  hello() {
    const { version } = createRequire(import.meta.url)("brain.js/package.json");
    return { version, backend: "plain JavaScript", threads: 1 };
  },
  prepare(task) {
    const prepare = PREPARE[task.name];
    if (!prepare) throw new Unsupported("brain.js has whole networks only");
    return prepare(task);
  },
});
