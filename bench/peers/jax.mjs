/**
 * @file jax-js (WebAssembly device) as a contender. Needs Node 22 or later: it calls `navigator` and compiles relaxed
 * SIMD at run time, so the runner starts it with the Node of the `node24` package.
 *
 * jax-js has no layers and no optimizer of its own, so its user writes the step by hand and wraps it in `jit`. The
 * step is timed with plain gradient descent (less work than Adam) and with Adam; the faster one counts.
 */
import { createRequire } from "node:module";
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { batchOf, checkElementwise, checkLearns, checkMatmul, elementwiseInputs, inputs, oneHot, serve, Unsupported, XOR } from "./protocol.mjs";

const tensor = (values, shape) => np.array(values).reshape(shape);

function prepareMatmul(task) {
  const { m, k, n, transA = false, transB = false } = task;
  const [aValues, bValues] = [inputs(m * k, 1), inputs(k * n, 2)];
  const a = tensor(aValues, transA ? [k, m] : [m, k]);
  const b = tensor(bValues, transB ? [n, k] : [k, n]);
  const multiply = jit((x, y) => np.matmul(transA ? x.transpose() : x, transB ? y.transpose() : y));
  checkMatmul(task, aValues, bValues, multiply(a.ref, b.ref).dataSync());
  const release = () => {
    multiply.dispose();
    tree.dispose([a, b]);
  };
  const wait = async () => (await multiply(a.ref, b.ref).blockUntilReady()).dispose();
  return {
    "jit, blockUntilReady": { run: wait, release },
    "jit, dataSync": { run: () => multiply(a.ref, b.ref).dataSync() },
  };
}

const FUNCTIONS = {
  exp: (x) => np.exp(x),
  tanh: (x) => np.tanh(x),
  sigmoid: (x) => nn.sigmoid(x),
  softmax: (x) => nn.softmax(x, -1),
  relu: (x) => nn.relu(x),
  sum: (x) => np.sum(x),
};

function prepareElementwise(task) {
  const values = elementwiseInputs(task);
  const x = tensor(values.x, task.op === "softmax" ? [task.size / 1024, 1024] : [task.size]);
  const y = tensor(values.y, [task.size]);
  const compiled = jit(task.op === "add" ? (left, right) => np.add(left, right) : FUNCTIONS[task.op]);
  const apply = task.op === "add" ? () => compiled(x.ref, y.ref) : () => compiled(x.ref);
  checkElementwise(task, values, apply().dataSync());
  const release = () => {
    compiled.dispose();
    tree.dispose([x, y]);
  };
  const wait = async () => (await apply().blockUntilReady()).dispose();
  return { [task.read ? "jit, dataSync" : "jit, blockUntilReady"]: { run: task.read ? () => apply().dataSync() : wait, release } };
}

/** Glorot-uniform weights and zero biases of a network with one hidden layer. */
function classifierParameters([inputSize, hidden, classes]) {
  const limit = (from, to) => Math.sqrt(6 / (from + to));
  return {
    w1: tensor(inputs(inputSize * hidden, 3, limit(inputSize, hidden)), [inputSize, hidden]),
    b1: np.zeros([hidden]),
    w2: tensor(inputs(hidden * classes, 4, limit(hidden, classes)), [hidden, classes]),
    b2: np.zeros([classes]),
  };
}

function logits(p, x) {
  const hidden = nn.relu(np.matmul(x, p.w1).add(p.b1));
  return np.matmul(hidden, p.w2).add(p.b2);
}

const crossEntropy = (p, x, dense) => nn.logSoftmax(logits(p, x), -1).mul(dense).sum(-1).mean().mul(-1);

/** Wraps one training step on fixed data: `update` gives [new state, loss]; the loss is read each time. */
function trainer(state, update, data, release) {
  let current = state;
  const compiled = jit(update);
  return {
    run() {
      const [next, loss] = compiled(current, ...data.map((array) => array.ref));
      current = next;
      return loss.dataSync()[0];
    },
    release() {
      compiled.dispose();
      tree.dispose(current);
      release?.();
    },
  };
}

function gradientDescent(loss, rate) {
  const lossAndGradient = valueAndGrad(loss);
  return (parameters, ...data) => {
    const [value, gradient] = lossAndGradient(tree.ref(parameters), ...data);
    return [tree.map((p, g) => p.sub(g.mul(rate)), parameters, gradient), value];
  };
}

/** Adam without bias correction by step number: two corrections folded into the rate once warmed up. */
function adam(loss, rate) {
  const lossAndGradient = valueAndGrad(loss);
  return ({ p, m, v }, ...data) => {
    const [value, g] = lossAndGradient(tree.ref(p), ...data);
    const nextM = tree.map((mean, slope) => mean.mul(0.9).add(slope.mul(0.1)), m, tree.ref(g));
    const nextV = tree.map((mean, slope) => mean.mul(0.999).add(np.square(slope).mul(0.001)), v, g);
    const nextP = tree.map((weight, mean, square) => weight.sub(mean.mul(rate).div(np.sqrt(square).add(1e-7))), p, tree.ref(nextM), tree.ref(nextV));
    return [{ p: nextP, m: nextM, v: nextV }, value];
  };
}

function adamState(parameters) {
  const zeros = () => tree.map((array) => np.zeros(array.shape), parameters);
  return { p: parameters, m: zeros(), v: zeros() };
}

function prepareStep({ layers, batch, mode }) {
  if (mode === "eager") throw new Unsupported("its way of training is jit");
  const [inputSize, , classes] = layers;
  const data = batchOf(batch, inputSize, classes);
  const x = tensor(data.x, [batch, inputSize]);
  const dense = tensor(oneHot(data.labels, classes), [batch, classes]);
  const descent = trainer(classifierParameters(layers), gradientDescent(crossEntropy, 0.02), [x, dense], () => tree.dispose([x, dense]));
  const before = descent.run();
  for (let i = 0; i < 200; i++) descent.run();
  checkLearns(before, descent.run());
  const withAdam = trainer(adamState(classifierParameters(layers)), adam(crossEntropy, 1e-3), [x, dense]);
  return { "jit, gradient descent": descent, "jit, Adam": withAdam };
}

function prepareXor() {
  const samples = [0, 1, 2, 3].map((i) => [tensor(XOR.x.slice(i * 2, i * 2 + 2), [1, 2]), tensor(XOR.y.slice(i, i + 1), [1, 1])]);
  const loss = (p, x, y) => {
    const out = nn.sigmoid(np.matmul(np.tanh(np.matmul(x, p.w1).add(p.b1)), p.w2).add(p.b2));
    return np.square(out.sub(y)).mean();
  };
  const update = jit(gradientDescent(loss, 0.5));
  let state = classifierParameters([2, 10, 1]);
  const fit = () => {
    let total = 0;
    for (let epoch = 0; epoch < 100; epoch++) {
      total = 0;
      for (const [x, y] of samples) {
        const [next, value] = update(state, x.ref, y.ref);
        state = next;
        total += value.dataSync()[0];
      }
    }
    return total;
  };
  const before = fit();
  for (let i = 0; i < 10; i++) fit();
  checkLearns(before, fit());
  const release = () => {
    update.dispose();
    tree.dispose(state);
    tree.dispose(samples);
  };
  return { "jit, gradient descent": { run: fit, release } };
}

function prepareEagerAdd({ inside }) {
  if (inside) throw new Unsupported("jax-js has no scope that frees its arrays");
  const a = np.array([1, 2, 3, 4]);
  const b = np.array([10, 20, 30, 40]);
  const perRun = 100;
  const run = () => {
    // Work is put off until a result is read, so the read belongs to the measurement.
    for (let i = 0; i < perRun; i++) np.add(a.ref, b.ref).dataSync();
  };
  return { "add, dataSync": { run, perRun, release: () => tree.dispose([a, b]) } };
}

function preparePredict({ layers, rows }) {
  const parameters = classifierParameters(layers);
  const x = tensor(inputs(rows * layers[0], 1, 0.5, 0.5), [rows, layers[0]]);
  const forward = jit((p, batch) => nn.softmax(logits(p, batch), -1));
  const release = () => {
    forward.dispose();
    tree.dispose([parameters, x]);
  };
  return { "jit, dataSync": { run: () => forward(tree.ref(parameters), x.ref).dataSync(), release } };
}

const PREPARE = {
  matmul: prepareMatmul,
  elementwise: prepareElementwise,
  step: prepareStep,
  xor: prepareXor,
  eagerAdd: prepareEagerAdd,
  predict: preparePredict,
};

await serve({
  async hello() {
    const devices = await init();
    if (!devices.includes("wasm")) throw new Error(`expected the device wasm, received ${devices}`);
    defaultDevice("wasm");
    const entry = createRequire(import.meta.url).resolve("@jax-js/jax");
    const { version } = createRequire(import.meta.url)(entry.replace(/dist[\\/]index\.cjs$/, "package.json"));
    return { version, backend: "wasm, relaxed SIMD", threads: 1 };
  },
  prepare(task) {
    const prepare = PREPARE[task.name];
    if (!prepare) throw new Unsupported(`no task ${task.name}`);
    return prepare(task);
  },
});
