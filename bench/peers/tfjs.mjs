/** @file TensorFlow.js 4.22 as a contender: `node tfjs.mjs wasm` or `node tfjs.mjs cpu`. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { batchOf, checkElementwise, checkLearns, checkMatmul, elementwiseInputs, inputs, mnist, oneHot, serve, Unsupported, XOR } from "./protocol.mjs";

const backend = process.argv[2] ?? "wasm";

// tfjs greets the user of Node with advice to install its native binding; standard output belongs to the protocol.
console.log = console.warn = console.info = (...words) => process.stderr.write(`${words.join(" ")}\n`);

function classifier([inputSize, hidden, classes]) {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: hidden, activation: "relu", inputShape: [inputSize] }), tf.layers.dense({ units: classes, activation: "softmax" })],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: "sparseCategoricalCrossentropy" });
  return model;
}

function prepareMatmul(task) {
  const { m, k, n, transA = false, transB = false } = task;
  const [aValues, bValues] = [inputs(m * k, 1), inputs(k * n, 2)];
  const a = tf.tensor2d(aValues, transA ? [k, m] : [m, k]);
  const b = tf.tensor2d(bValues, transB ? [n, k] : [k, n]);
  const product = tf.matMul(a, b, transA, transB);
  checkMatmul(task, aValues, bValues, product.dataSync());
  product.dispose();
  const release = () => tf.dispose([a, b]);
  return { matMul: { run: () => tf.matMul(a, b, transA, transB).dispose(), release } };
}

const FUNCTIONS = { exp: tf.exp, tanh: tf.tanh, sigmoid: tf.sigmoid, softmax: tf.softmax, relu: tf.relu, sum: tf.sum };

function prepareElementwise(task) {
  const values = elementwiseInputs(task);
  const shape = task.op === "softmax" ? [task.size / 1024, 1024] : [task.size];
  const x = tf.tensor(values.x, shape);
  const y = tf.tensor(values.y, shape);
  const apply = task.op === "add" ? () => tf.add(x, y) : () => FUNCTIONS[task.op](x);
  const result = apply();
  checkElementwise(task, values, result.dataSync());
  result.dispose();
  const read = () => {
    const output = apply();
    output.dataSync();
    output.dispose();
  };
  return { [task.op]: { run: task.read ? read : () => apply().dispose(), release: () => tf.dispose([x, y]) } };
}

/** The same network with the operations written out, as in tfjs's own low-level examples. */
function handWritten([inputSize, hidden, classes], x, dense) {
  const w1 = tf.variable(tf.randomNormal([inputSize, hidden], 0, 0.05));
  const b1 = tf.variable(tf.zeros([hidden]));
  const w2 = tf.variable(tf.randomNormal([hidden, classes], 0, 0.1));
  const b2 = tf.variable(tf.zeros([classes]));
  const optimizer = tf.train.adam(1e-3);
  const loss = () => {
    const logits = tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, w1), b1)), w2), b2);
    return tf.losses.softmaxCrossEntropy(dense, logits);
  };
  return { run: () => optimizer.minimize(loss), loss, release: () => tf.dispose([w1, b1, w2, b2]) };
}

async function prepareStep({ layers, batch }) {
  const [inputSize, , classes] = layers;
  const data = batchOf(batch, inputSize, classes);
  const x = tf.tensor2d(data.x, [batch, inputSize]);
  const labels = tf.tensor2d(Float32Array.from(data.labels), [batch, 1]);
  const dense = tf.tensor2d(oneHot(data.labels, classes), [batch, classes]);
  const model = classifier(layers);
  const before = await model.trainOnBatch(x, labels);
  for (let i = 0; i < 20; i++) await model.trainOnBatch(x, labels);
  checkLearns(before, await model.trainOnBatch(x, labels));
  const written = handWritten(layers, x, dense);
  return {
    trainOnBatch: {
      run: () => model.trainOnBatch(x, labels),
      release: () => {
        model.dispose();
        tf.dispose([x, labels, dense]);
      },
    },
    "optimizer.minimize": { run: written.run, release: written.release },
  };
}

async function prepareMnist({ rows }) {
  if (backend === "cpu") throw new Unsupported("plain JavaScript takes too long");
  const data = mnist(rows);
  const x = tf.tensor4d(data.x, [rows, 28, 28, 1]);
  const labels = tf.tensor2d(Float32Array.from(data.labels), [rows, 1]);
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ units: 128, activation: "relu" }),
      tf.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const fit = (epochs) => model.fit(x, labels, { epochs, batchSize: 32, verbose: 0 });
  const { loss } = (await fit(2)).history;
  checkLearns(loss[0], loss[1]);
  const release = () => {
    model.dispose();
    tf.dispose([x, labels]);
  };
  return { "model.fit": { run: () => fit(1), release } };
}

async function prepareXor() {
  const x = tf.tensor2d(XOR.x, [4, 2]);
  const y = tf.tensor2d(XOR.y, [4, 1]);
  const model = tf.sequential({
    // Seeded: from some starts XOR is learnt late, and then nothing shows that it learns.
    layers: [
      tf.layers.dense({ units: 10, activation: "tanh", inputShape: [2], kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }),
      tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: "binaryCrossentropy" });
  const fit = () => model.fit(x, y, { batchSize: 1, epochs: 100, shuffle: false, verbose: 0 });
  const { history } = await fit();
  checkLearns(history.loss[0], history.loss[99]);
  const release = () => {
    model.dispose();
    tf.dispose([x, y]);
  };
  return { "model.fit": { run: fit, release } };
}

function prepareEagerAdd({ inside }) {
  const a = tf.tensor1d([1, 2, 3, 4]);
  const b = tf.tensor1d([10, 20, 30, 40]);
  const perRun = 1000;
  const outside = () => {
    for (let i = 0; i < perRun; i++) tf.add(a, b).dispose();
  };
  const insideTidy = () => {
    tf.tidy(() => {
      for (let i = 0; i < perRun; i++) tf.add(a, b);
    });
  };
  const release = () => tf.dispose([a, b]);
  return inside ? { tidy: { run: insideTidy, perRun, release } } : { dispose: { run: outside, perRun, release } };
}

function preparePredict({ layers, rows }) {
  const model = classifier(layers);
  const x = tf.tensor2d(inputs(rows * layers[0], 1, 0.5, 0.5), [rows, layers[0]]);
  const readAndDispose = (y) => {
    y.dataSync();
    y.dispose();
  };
  return {
    "predict, one batch": {
      run: () => readAndDispose(model.predict(x, { batchSize: rows })),
      release: () => {
        model.dispose();
        x.dispose();
      },
    },
    predictOnBatch: { run: () => readAndDispose(model.predictOnBatch(x)) },
  };
}

const PREPARE = {
  matmul: prepareMatmul,
  elementwise: prepareElementwise,
  step: prepareStep,
  mnist: prepareMnist,
  xor: prepareXor,
  eagerAdd: prepareEagerAdd,
  predict: preparePredict,
};

await serve({
  async hello() {
    await tf.setBackend(backend);
    await tf.ready();
    if (tf.getBackend() !== backend) throw new Error(`expected backend ${backend}, received ${tf.getBackend()}`);
    const simd = backend === "wasm" && (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"));
    if (backend === "wasm" && !simd) throw new Error("tfjs-wasm runs without SIMD here: that would be no fair peer");
    const threads = backend === "wasm" && (await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")) ? "several" : 1;
    return { version: tf.version.tfjs, backend: simd ? "wasm, SIMD" : backend, threads };
  },
  prepare(task) {
    const prepare = PREPARE[task.name];
    if (!prepare) throw new Unsupported(`no task ${task.name}`);
    return prepare(task);
  },
});
