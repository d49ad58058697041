/** @file What the bench of engines times: kernels, steps of training, and the large samples of the op table. */
import { hasRelaxedSimd } from "../../src/engine/init.js";
import { init, keep, layers, matMul, randomUniform, sequential, type Tensor, tidy } from "../../src/index.js";
import { threads } from "../../src/wasm/threads.js";
import { opsTable } from "../../test/ops.table.js";
import { inputsOf, makeTensor } from "../../test/table/row.js";
import { timed } from "../stats.js";
import type { Order, Result, Setup } from "./protocol.js";

interface Task {
  make(): () => unknown;
  /** Of one call. */
  amount: number;
  unit: "GFLOP/s" | "Gelem/s" | "steps/s" | "calls/s";
}

/** Tensors of the task at hand. */
const taken: Tensor[] = [];
const held = (x: Tensor): Tensor => {
  taken.push(x);
  return keep(x);
};

function multiply(m: number, k: number, n: number, transposeB = false): Task {
  const make = () => {
    const a = held(randomUniform([m, k], -1, 1));
    const b = held(randomUniform(transposeB ? [n, k] : [k, n], -1, 1));
    return () => tidy(() => void matMul(a, b, false, transposeB));
  };
  return { make, amount: 2 * m * k * n, unit: "GFLOP/s" };
}

function pointwise(shape: number[], f: (x: Tensor) => Tensor): Task {
  const make = () => {
    const x = held(randomUniform(shape, -1, 1));
    return () => tidy(() => void f(x));
  };
  return { make, amount: shape.reduce((a, b) => a * b, 1), unit: "Gelem/s" };
}

/** Steps of fit, in a plan, with Adam. */
function training(inputs: number, hidden: number, batch: number): Task {
  const steps = 25;
  const make = () => {
    const x = held(randomUniform([steps * batch, inputs]));
    const y = held(randomUniform([steps * batch], 0, 10, "int32"));
    const model = sequential({
      layers: [layers.dense({ units: hidden, activation: "relu", inputShape: [inputs] }), layers.dense({ units: 10, activation: "softmax" })],
    });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    return () => model.fit(x, y, { batchSize: batch, verbose: 0 });
  };
  return { make, amount: steps, unit: "steps/s" };
}

/** Fits into the second cache: what counts is the code, not the memory. */
const some = [256, 256];

const kernels: Record<string, Task> = {
  "matMul 512": multiply(512, 512, 512),
  "matMul 512, b transposed": multiply(512, 512, 512, true),
  "matMul 128x784x256": multiply(128, 784, 256),
  "matMul 32x784x128": multiply(32, 784, 128),
  "matMul 1x1024x1024": multiply(1, 1024, 1024),
  "step of 784-128-10, batch 32": training(784, 128, 32),
  "step of 784-256-10, batch 128": training(784, 256, 128),
  "step of 8-16-10, batch 32": training(8, 16, 32),
  exp: pointwise(some, (x) => x.exp()),
  tanh: pointwise(some, (x) => x.tanh()),
  gelu: pointwise(some, (x) => x.gelu()),
  sin: pointwise(some, (x) => x.sin()),
  add: pointwise(some, (x) => x.add(x)),
  softmax: pointwise(some, (x) => x.softmax()),
  "sum of rows": pointwise(some, (x) => x.sum(1)),
  "sum of columns": pointwise(some, (x) => x.sum(0)),
  transpose: pointwise(some, (x) => x.transpose()),
  "one small op": pointwise([4], (x) => x.add(x)),
};

const ops = (): Record<string, Task> =>
  Object.fromEntries(
    Object.entries(opsTable).map(([name, row]): [string, Task] => {
      const make = () => {
        const sample = row.bench.large;
        const inputs = inputsOf(row, sample).map((values) => held(makeTensor(values)));
        return () => tidy(() => void row.call(inputs, sample.attributes ?? {}));
      };
      return [name, { make, amount: 1, unit: "calls/s" }];
    }),
  );

const groups: Record<string, () => Record<string, Task>> = { kernels: () => kernels, ops };

export const names = (group: string): string[] => Object.keys(groups[group]());

/** The last task, which is likely to be timed again. */
let last: { name: string; call: () => unknown } | undefined;

let chosen: Promise<void> | undefined;
export async function measure(order: Extract<Order, { setup: Setup }>): Promise<Result> {
  chosen ??= init(order.setup);
  await chosen;
  const { make, amount, unit } = groups[order.group]()[order.task];
  if (last?.name !== order.task) {
    for (const x of taken.splice(0)) x.dispose();
    last = { name: order.task, call: make() };
  }
  const { call } = last;
  const times = order.kind === "slice" ? [await timed(order.task, call).measure(order.ms)] : [await within(call, 200), await after(call, 2000)];
  return { times, amount, unit, setup: { relaxed: order.setup.relaxed && hasRelaxedSimd(), threads: threads.size } };
}

/** Milliseconds of one call, over so many. */
async function within(call: () => unknown, ms: number): Promise<number> {
  const begun = performance.now();
  let calls = 0;
  let spent = 0;
  do {
    await call();
    calls++;
    spent = performance.now() - begun;
  } while (spent < ms);
  return spent / calls;
}

async function after(call: () => unknown, ms: number): Promise<number> {
  await within(call, ms);
  return within(call, 500);
}
