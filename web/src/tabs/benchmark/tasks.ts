/** @file What is measured: each task for plain JavaScript and for engram, on the same numbers, whose results must agree. */

import type { Tensor } from "engram";
import * as tf from "engram";
import type { Contender } from "./measure.js";
import { type ActivationKey, addProduct, plainLoops } from "./plain.js";
import { PlainMlp } from "./plainMlp.js";

export const sizes = [16, 32, 64, 128, 256, 512] as const;
export const activationKeys: readonly ActivationKey[] = ["relu", "sigmoid", "tanh", "gelu"];
const NUMBERS = 1 << 18;
export const NETWORK = [784, 128, 10] as const;
export const BATCH = 32;
/** Steps of one call of fit. */
const STEPS = 8;

export type TaskKey = `matMul${(typeof sizes)[number]}` | "step" | ActivationKey;
export type Unit = "GFLOP/s" | "steps/s" | "M/s";

export interface Task {
  key: TaskKey;
  unit: Unit;
  /** What one whole counts for, in the unit times a millisecond. */
  work: number;
  prepare: () => Prepared;
}

export interface Prepared {
  plain: Contender;
  engram: Contender;
  /** The largest difference of both contenders' results, as a part of the largest result. */
  difference: () => number | Promise<number>;
  dispose: () => void;
}

/** Numbers from -1 to 1 that are the same on every machine. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)));
    largest = Math.max(largest, Math.abs(a[i] as number));
  }
  return most / largest;
}

/** A task of an op: what it gives is released at once, as in a loop of a program. */
const op = (f: () => Tensor): Contender => ({ parts: 1, run: () => void f().dispose() });
const read = (f: () => Tensor): Float32Array => tf.tidy(() => Float32Array.from(f().dataSync()));

function matMulTask(size: (typeof sizes)[number]): Task {
  const prepare = (): Prepared => {
    const [a, b] = [numbers(size * size, 1), numbers(size * size, 2)];
    const out = new Float32Array(size * size);
    const [x, y] = [tf.tensor2d(a, [size, size]), tf.tensor2d(b, [size, size])];
    const run = (from: number, to: number): undefined => {
      out.fill(0, from * size, to * size);
      addProduct(a, b, out, size, size, from, to);
    };
    return {
      plain: { parts: size, run },
      engram: op(() => tf.matMul(x, y)),
      difference: () => {
        run(0, size);
        return differenceOf(
          out,
          read(() => tf.matMul(x, y)),
        );
      },
      dispose: () => tf.dispose([x, y]),
    };
  };
  return { key: `matMul${size}`, unit: "GFLOP/s", work: (2 * size ** 3) / 1e6, prepare };
}

function activationTask(key: ActivationKey): Task {
  const prepare = (): Prepared => {
    const numbersIn = numbers(NUMBERS, 3).map((x) => 5 * x);
    const out = new Float32Array(NUMBERS);
    const x = tf.tensor1d(numbersIn);
    const f = { relu: tf.relu, sigmoid: tf.sigmoid, tanh: tf.tanh, gelu: (input: Tensor) => tf.gelu(input, true) }[key];
    // Parts of a thousand numbers: a loop over fewer would be measured with its call.
    const run = (from: number, to: number): undefined => void plainLoops[key](numbersIn, out, from << 10, to << 10);
    return {
      plain: { parts: NUMBERS >> 10, run },
      engram: op(() => f(x)),
      difference: () => {
        run(0, NUMBERS >> 10);
        return differenceOf(
          out,
          read(() => f(x)),
        );
      },
      dispose: () => x.dispose(),
    };
  };
  return { key, unit: "M/s", work: NUMBERS / 1000, prepare };
}

function prepareStep(): Prepared {
  const [inputs, hidden, classes] = NETWORK;
  const rows = STEPS * BATCH;
  const xs = numbers(rows * inputs, 4).map(Math.abs);
  const ys = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) ys[row * classes + ((row * 7) % classes)] = 1;
  const weights = [numbers(inputs * hidden, 5).map((w) => w * 0.08), numbers(hidden * classes, 6).map((w) => w * 0.2)];
  const plain = new PlainMlp(
    NETWORK,
    BATCH,
    weights.map((kernel) => kernel.slice()),
  );
  const batches = Array.from({ length: STEPS }, (_, i) => ({
    x: xs.subarray(i * BATCH * inputs, (i + 1) * BATCH * inputs),
    y: ys.subarray(i * BATCH * classes, (i + 1) * BATCH * classes),
  }));
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: hidden, activation: "relu", inputShape: [inputs] }), tf.layers.dense({ units: classes, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  const initial = [
    tf.tensor2d(weights[0] as Float32Array, [inputs, hidden]),
    tf.zeros([hidden]),
    tf.tensor2d(weights[1] as Float32Array, [hidden, classes]),
    tf.zeros([classes]),
  ];
  model.setWeights(initial);
  const [x, y] = [tf.tensor2d(xs, [rows, inputs]), tf.tensor2d(ys, [rows, classes])];
  const fit = () => model.fit(x, y, { batchSize: BATCH, epochs: 1, shuffle: false, verbose: 0, yieldEvery: "never" });
  return {
    plain: {
      parts: STEPS,
      run: (from, to): undefined => {
        for (let i = from; i < to; i++) plain.step(batches[i]?.x as Float32Array, batches[i]?.y as Float32Array);
      },
    },
    engram: { parts: 1, run: fit },
    // Before either is measured, the mean loss of their first steps.
    difference: async () => {
      const loss = batches.reduce((sum, batch) => sum + plain.step(batch.x, batch.y), 0) / STEPS;
      return differenceOf([loss], [(await fit()).history.loss?.[0] as number]);
    },
    dispose: () => {
      model.dispose();
      tf.dispose([x, y, ...initial]);
    },
  };
}

export const tasks: readonly Task[] = [
  ...sizes.map(matMulTask),
  { key: "step", unit: "steps/s", work: STEPS * 1000, prepare: prepareStep },
  ...activationKeys.map(activationTask),
];
