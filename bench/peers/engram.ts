/**
 * @file engram as a contender, on one thread: `node --import tsx engram.ts strict` or, with relaxed SIMD on a Node that has it,
 * `relaxed`; without a word it is as it comes, which settles both for itself.
 */
import * as eg from "../../src/index.js";
import {
  batchOf,
  checkElementwise,
  checkLearns,
  checkMatmul,
  type ElementwiseTask,
  elementwiseInputs,
  inputs,
  type MatmulTask,
  mnist,
  serve,
  Unsupported,
  type Variant,
  XOR,
} from "./protocol.mjs";

type Variants = Record<string, Variant>;

interface StepTask {
  layers: [number, number, number];
  batch: number;
  mode: "best" | "eager";
}

/** Batches in the data set that `fit` is timed on: one epoch is one call, its own costs included. */
const BATCHES_PER_EPOCH = 50;

function prepareMatmul(task: MatmulTask): Variants {
  const { m, k, n, transA = false, transB = false } = task;
  const [aValues, bValues] = [inputs(m * k, 1), inputs(k * n, 2)];
  const a = eg.tensor(aValues, transA ? [k, m] : [m, k]);
  const b = eg.tensor(bValues, transB ? [n, k] : [k, n]);
  const product = eg.matMul(a, b, transA, transB);
  checkMatmul(task, aValues, bValues, product.dataSync());
  product.dispose();
  const release = (): void => eg.dispose([a, b]);
  return { matMul: { run: () => eg.matMul(a, b, transA, transB).dispose(), release } };
}

const FUNCTIONS: Record<string, (x: eg.Tensor) => eg.Tensor> = {
  exp: eg.exp,
  tanh: eg.tanh,
  sigmoid: eg.sigmoid,
  softmax: eg.softmax,
  relu: eg.relu,
  sum: (x) => eg.sum(x),
};

function prepareElementwise(task: ElementwiseTask): Variants {
  const values = elementwiseInputs(task);
  const shape = task.op === "softmax" ? [task.size / 1024, 1024] : [task.size];
  const x = eg.tensor(values.x, shape);
  const y = eg.tensor(values.y, shape);
  const apply = task.op === "add" ? () => eg.add(x, y) : () => FUNCTIONS[task.op](x);
  const result = apply();
  checkElementwise(task, values, result.dataSync());
  result.dispose();
  const read = (): void => {
    const output = apply();
    output.dataSync();
    output.dispose();
  };
  return { [task.op]: { run: task.read ? read : () => apply().dispose(), release: () => eg.dispose([x, y]) } };
}

function classifier([inputSize, hidden, classes]: StepTask["layers"]) {
  const model = eg.sequential({
    layers: [eg.layers.dense({ units: hidden, activation: "relu", inputShape: [inputSize] }), eg.layers.dense({ units: classes, activation: "softmax" })],
  });
  model.compile({ optimizer: eg.train.adam(1e-3), loss: "sparseCategoricalCrossentropy" });
  return model;
}

function repeat<Values extends Float32Array | Int32Array>(values: Values, times: number, Kind: new (length: number) => Values): Values {
  const all = new Kind(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** The compiled step, as `fit` runs it. */
async function prepareFit({ layers, batch }: StepTask): Promise<Variants> {
  const rows = batch * BATCHES_PER_EPOCH;
  // The same batch over and over, which is what the peers train on: more of this made-up data could not be learned.
  const data = batchOf(batch, layers[0], layers[2]);
  const x = eg.tensor(repeat(data.x, BATCHES_PER_EPOCH, Float32Array), [rows, layers[0]]);
  const labels = eg.tensor(repeat(data.labels, BATCHES_PER_EPOCH, Int32Array), [rows], "int32");
  const model = classifier(layers);
  const fit = (epochs: number) => model.fit(x, labels, { batchSize: batch, epochs, shuffle: false, verbose: 0 });
  const { loss } = (await fit(10)).history;
  checkLearns(Number(loss[0]), Number(loss[9]));
  const release = (): void => {
    model.dispose();
    eg.dispose([x, labels]);
  };
  return { "model.fit": { run: () => fit(1), perRun: BATCHES_PER_EPOCH, release } };
}

/** The same network without `compile`: operations one by one, gradients from the tape. */
function prepareEager({ layers, batch }: StepTask): Variants {
  const [inputSize, hidden, classes] = layers;
  const data = batchOf(batch, inputSize, classes);
  const x = eg.tensor(data.x, [batch, inputSize]);
  const labels = eg.tensor(data.labels, [batch], "int32");
  const w1 = eg.variable(eg.tensor(inputs(inputSize * hidden, 3, 0.08), [inputSize, hidden]));
  const b1 = eg.variable(eg.zeros([hidden]));
  const w2 = eg.variable(eg.tensor(inputs(hidden * classes, 4, 0.2), [hidden, classes]));
  const b2 = eg.variable(eg.zeros([classes]));
  const optimizer = eg.train.adam(1e-3);
  const loss = (): eg.Tensor => {
    const logits = eg.add(eg.matMul(eg.relu(eg.add(eg.matMul(x, w1), b1)), w2), b2);
    return eg.mean(eg.sparseCrossEntropy(labels, logits));
  };
  const before = loss().item();
  for (let i = 0; i < 40; i++) optimizer.minimize(loss);
  checkLearns(before, loss().item());
  return { "optimizer.minimize": { run: () => optimizer.minimize(loss), release: () => eg.dispose([x, labels, w1, b1, w2, b2]) } };
}

/** What `npm start` trains. */
async function prepareMnist({ rows }: { rows: number }): Promise<Variants> {
  const data = mnist(rows);
  const x = eg.tensor(data.x, [rows, 28, 28, 1]);
  const labels = eg.tensor(data.labels, [rows], "int32");
  const model = eg.sequential({
    layers: [
      eg.layers.flatten({ inputShape: [28, 28, 1] }),
      eg.layers.dense({ units: 128, activation: "relu" }),
      eg.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const fit = (epochs: number) => model.fit(x, labels, { epochs, batchSize: 32, verbose: 0 });
  const { loss } = (await fit(2)).history;
  checkLearns(Number(loss[0]), Number(loss[1]));
  const release = (): void => {
    model.dispose();
    eg.dispose([x, labels]);
  };
  return { "model.fit": { run: () => fit(1), release } };
}

async function prepareXor(): Promise<Variants> {
  const x = eg.tensor(XOR.x, [4, 2]);
  const y = eg.tensor(XOR.y, [4, 1]);
  const model = eg.sequential({
    layers: [eg.layers.dense({ units: 10, activation: "tanh", inputShape: [2] }), eg.layers.dense({ units: 1, activation: "sigmoid" })],
  });
  model.compile({ optimizer: eg.train.adam(0.01), loss: "binaryCrossentropy" });
  const fit = () => model.fit(x, y, { batchSize: 1, epochs: 100, shuffle: false, verbose: 0 });
  const { loss } = (await fit()).history;
  checkLearns(Number(loss[0]), Number(loss[99]));
  const release = (): void => {
    model.dispose();
    eg.dispose([x, y]);
  };
  return { "model.fit": { run: fit, release } };
}

function prepareEagerAdd({ inside }: { inside: boolean }): Variants {
  const a = eg.tensor([1, 2, 3, 4]);
  const b = eg.tensor([10, 20, 30, 40]);
  const perRun = 1000;
  const release = (): void => eg.dispose([a, b]);
  const manyAdds = (): void => {
    for (let i = 0; i < perRun; i++) eg.add(a, b);
  };
  if (inside) return { tidy: { run: () => eg.tidy(manyAdds), perRun, release } };
  const addAndDispose = (): void => {
    for (let i = 0; i < perRun; i++) eg.add(a, b).dispose();
  };
  return { "nothing disposed": { run: manyAdds, perRun, release }, dispose: { run: addAndDispose, perRun } };
}

function preparePredict({ layers, rows }: { layers: StepTask["layers"]; rows: number }): Variants {
  const model = classifier(layers);
  const x = eg.tensor(inputs(rows * layers[0], 1, 0.5, 0.5), [rows, layers[0]]);
  const predict = (batchSize?: number) => () => {
    const y = model.predict(x, batchSize === undefined ? {} : { batchSize }) as eg.Tensor;
    y.dataSync();
    y.dispose();
  };
  const release = (): void => {
    model.dispose();
    x.dispose();
  };
  return { "predict, one batch": { run: predict(rows), release }, predict: { run: predict() } };
}

const build = process.argv[2];

await serve({
  async hello() {
    if (build !== undefined) await eg.init({ relaxed: build === "relaxed", threads: 1 });
    const product = eg.matMul(eg.tensor([1, 2, 3, 4], [2, 2]), eg.tensor([5, 6, 7, 8], [2, 2])).dataSync();
    if (product.join() !== "19,22,43,50") throw new Error(`matMul: expected 19,22,43,50, received ${product}`);
    const backend = build === "strict" ? "wasm, SIMD" : "wasm, relaxed SIMD";
    return { version: "this tree", backend, threads: build === undefined ? "up to all" : 1 };
  },
  prepare(task) {
    switch (task.name) {
      case "matmul":
        return prepareMatmul(task as unknown as MatmulTask);
      case "elementwise":
        return prepareElementwise(task as unknown as ElementwiseTask);
      case "step":
        return task.mode === "eager" ? prepareEager(task as unknown as StepTask) : prepareFit(task as unknown as StepTask);
      case "mnist":
        return prepareMnist(task as unknown as { rows: number });
      case "xor":
        return prepareXor();
      case "eagerAdd":
        return prepareEagerAdd(task as unknown as { inside: boolean });
      case "predict":
        return preparePredict(task as unknown as { layers: StepTask["layers"]; rows: number });
      default:
        throw new Unsupported(`no task ${task.name}`);
    }
  },
});
