/** @file The tasks that every contender is asked to do, and how a time becomes the figure that the table shows. */

export type Unit = "GFLOP/s" | "Gelem/s" | "ms" | "us" | "samples/s";

export interface BenchTask {
  /** Unique; the key in the results file. */
  key: string;
  /** Row of the table. */
  label: string;
  group: "matmul" | "elementwise" | "step" | "xor" | "eagerAdd" | "predict" | "mnist";
  unit: Unit;
  /** Sent to the contender as it is; `name` is the group. */
  request: Record<string, unknown>;
  /** The figure in `unit`, from milliseconds per iteration. */
  figure(ms: number): number;
  /** Label in the picture, for the tasks that are shown there. */
  picture?: string;
}

function matmul(m: number, k: number, n: number, order: "NN" | "TN" | "NT" | "TT" = "NN", picture?: string): BenchTask {
  const shape = m === k && k === n ? `${m}` : `${m}x${k}x${n}`;
  return {
    key: `matmul/${shape}/${order}`,
    label: `matmul ${shape} ${order}`,
    group: "matmul",
    unit: "GFLOP/s",
    request: { name: "matmul", m, k, n, transA: order[0] === "T", transB: order[1] === "T" },
    figure: (ms) => (2 * m * k * n) / ms / 1e6,
    ...(picture ? { picture } : {}),
  };
}

const SIZE = 1_048_576;

function elementwise(op: string, read: boolean): BenchTask {
  return {
    key: `elementwise/${op}${read ? "/read" : ""}`,
    label: `${op} ${op === "softmax" ? "1024x1024" : "1 M"}${read ? ", read back" : ""}`,
    group: "elementwise",
    unit: "Gelem/s",
    request: { name: "elementwise", op, size: SIZE, read },
    figure: (ms) => SIZE / ms / 1e6,
    ...(read || op === "sum" || op === "add" ? {} : { picture: `${op}, 1 M values` }),
  };
}

function step(layers: number[], batch: number, mode: "best" | "eager", picture?: string): BenchTask {
  const shape = layers.join("-");
  return {
    key: `step/${shape}/${batch}${mode === "eager" ? "/eager" : ""}`,
    label: `training step ${shape}, batch ${batch}${mode === "eager" ? ", eager" : ""}`,
    group: "step",
    unit: "ms",
    request: { name: "step", layers, batch, optimizer: "adam", mode },
    figure: (ms) => ms,
    ...(picture ? { picture } : {}),
  };
}

function eagerAdd(inside: boolean): BenchTask {
  return {
    key: `eagerAdd/${inside ? "inside" : "outside"}`,
    label: `eager add of 4 values, ${inside ? "in tidy" : "no tidy"}`,
    group: "eagerAdd",
    unit: "us",
    request: { name: "eagerAdd", inside },
    figure: (ms) => ms * 1000,
    ...(inside ? { picture: "eager add, 4 values" } : {}),
  };
}

function predict(rows: number): BenchTask {
  return {
    key: `predict/${rows}`,
    label: `predict 784-128-10, ${rows === 1 ? "1 row" : `${rows} rows`}`,
    group: "predict",
    unit: "ms",
    request: { name: "predict", layers: [784, 128, 10], rows },
    figure: (ms) => ms,
    picture: `predict, ${rows === 1 ? "1 row" : `${rows} rows`}`,
  };
}

/** Images in an epoch of the task that is `npm start`'s: enough for its ratio, and few enough for the slow. */
const MNIST_ROWS = 3200;

/** Orders are those of the operands in memory: TN means that the left operand is stored transposed. */
export const TASKS: readonly BenchTask[] = [
  matmul(64, 64, 64),
  matmul(128, 128, 128),
  matmul(256, 256, 256),
  matmul(256, 256, 256, "TN"),
  matmul(256, 256, 256, "NT", "matmul 256, B transposed"),
  matmul(256, 256, 256, "TT"),
  matmul(255, 255, 255),
  matmul(257, 257, 257, "NN", "matmul 257"),
  matmul(512, 512, 512),
  matmul(1024, 1024, 1024, "NN", "matmul 1024"),
  // The three products of one dense layer's training step: forward, weight gradient, input gradient.
  matmul(32, 784, 128),
  matmul(784, 32, 128, "TN", "weight gradient 784x32x128"),
  matmul(32, 128, 784, "NT"),
  ...["exp", "tanh", "sigmoid", "softmax", "relu", "add", "sum"].flatMap((op) => [elementwise(op, false), elementwise(op, true)]),
  step([784, 32, 10], 32, "best"),
  step([784, 128, 10], 32, "best", "training step 784-128-10"),
  step([784, 128, 10], 32, "eager"),
  step([784, 256, 10], 128, "best", "training step 784-256-10"),
  {
    key: "xor",
    label: "XOR 2-10-1, 400 steps of batch 1",
    group: "xor",
    unit: "ms",
    request: { name: "xor" },
    figure: (ms) => ms,
    picture: "XOR, 400 steps of batch 1",
  },
  eagerAdd(true),
  eagerAdd(false),
  predict(10_000),
  predict(1),
  {
    key: "mnist",
    label: "MNIST 784-128-10, batch 32, fit",
    group: "mnist",
    unit: "samples/s",
    request: { name: "mnist", rows: MNIST_ROWS },
    figure: (ms) => (MNIST_ROWS / ms) * 1000,
    picture: "MNIST, model.fit",
  },
];
