/** @file Threads: the same bits for any number of them, and what happens when workers are lost. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { compile, init, keep, layers, randomUniform, sequential, setSeed, type Tensor, train } from "../src/index.js";
import { threads } from "../src/wasm/threads.js";
import { startThreads } from "../src/wasm/workers.js";
import { numbersOf } from "./bits.js";
import { opsTable } from "./ops.table.js";
import { inputsOf, makeTensor } from "./table/row.js";

const usual = { ...threads.least };
afterEach(() => {
  Object.assign(threads.least, usual);
});
afterAll(() => init({ threads: 1 }));

/** Every call and record that can be split is, from two elements on. */
const shareAll = (): void => void Object.assign(threads.least, { record: 0, plan: 0, call: 0, asleep: 0 });

describe.each([2, 3, 4])("%i threads: the bits of one", (size) => {
  beforeAll(() => init({ threads: size }));

  for (const [name, row] of Object.entries(opsTable)) {
    test(name, () => {
      for (const sample of row.samples) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        const call = (...all: Tensor[]) => row.call(all, sample.attributes ?? {});
        Object.assign(threads.least, { record: 1e15, call: 1e15 });
        const expected = numbersOf(call(...inputs));
        shareAll();
        expect(numbersOf(call(...inputs)), JSON.stringify(sample)).toEqual(expected);
      }
    });
  }
});

/** What a training ends with. */
async function trained(kind: string): Promise<number[]> {
  setSeed(7);
  const hidden =
    kind === "deep"
      ? [layers.dense({ units: 40, activation: "tanh", inputShape: [30] }), layers.layerNormalization({}), layers.dense({ units: 24, activation: "gelu" })]
      : [layers.dense({ units: 64, activation: "relu", inputShape: [30] })];
  const dropped = kind === "dropout" ? [layers.dropout({ rate: 0.3 })] : [];
  const model = sequential({ layers: [...hidden, ...dropped, layers.dense({ units: 5, activation: "softmax" })] });
  model.compile({ optimizer: kind === "deep" ? "rmsprop" : "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = keep(randomUniform([150, 30], -1, 1));
  const y = keep(randomUniform([150], 0, 5, "int32"));
  const { history } = await model.fit(x, y, { epochs: 4, batchSize: 32, verbose: 0 });
  return [...(history.loss as number[]), ...model.getWeights().flatMap((weight) => [...weight.dataSync()])];
}

describe("trainings", () => {
  test.each(["shallow", "dropout", "deep"])(
    "%s: the same bits with 1 to 4 threads",
    async (kind) => {
      await init({ threads: 1 });
      const expected = await trained(kind);
      expect(expected.every(Number.isFinite)).toBe(true);
      for (const size of [2, 3, 4]) {
        await init({ threads: size });
        shareAll();
        expect(await trained(kind), `${size} threads`).toEqual(expected);
      }
    },
    120_000,
  );

  test("a plan follows the number of threads", async () => {
    shareAll();
    const f = compile((x: Tensor) => x.mul(2).add(1).sum(1));
    const x = keep(randomUniform([64, 64]));
    await init({ threads: 1 });
    const expected = numbersOf(f(x));
    expect(f.plan(x).layout.sharing?.threads).toBe(undefined);
    await init({ threads: 3 });
    expect(numbersOf(f(x))).toEqual(expected);
    expect(f.plan(x).layout.sharing?.threads).toBe(3);
    await init({ threads: 1 });
    expect(numbersOf(f(x))).toEqual(expected);
    expect(f.plan(x).layout.sharing?.threads).toBe(undefined);
  });

  test("loops and conditions of a plan have their turns in step", async () => {
    const run = async (size: number): Promise<number[]> => {
      await init({ threads: size });
      shareAll();
      setSeed(5);
      const model = sequential({ layers: [layers.dense({ units: 16, inputShape: [8] }), layers.dense({ units: 1 })] });
      model.compile({ optimizer: train.adam({ learningRate: 0.01, gradientAccumulationSteps: 3 }), loss: "meanSquaredError" });
      await model.fit(keep(randomUniform([64, 8])), keep(randomUniform([64, 1])), { epochs: 3, batchSize: 8, verbose: 0 });
      return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    };
    const expected = await run(1);
    for (const size of [2, 4]) expect(await run(size)).toEqual(expected);
  });
});

test("where threads wait for cores, fewer are started by themselves, down to one", async () => {
  let time = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => ++time);
  const info = vi.spyOn(console, "info").mockImplementation(() => {});
  try {
    await startThreads();
    expect(threads.size).toBe(1);
    expect(info.mock.calls).toEqual(availableParallelism() > 1 ? [["engram computes with one thread: all cores are busy."]] : []);
    await init({ threads: 3 });
    expect(threads.size).toBe(3);
  } finally {
    clock.mockRestore();
    info.mockRestore();
  }
});

test("threads outlive a change of the module", async () => {
  await init({ threads: 2 });
  await init({ core: readFileSync("build/core.strict.wasm") });
  expect(threads.size).toBe(2);
});

describe("surroundings", () => {
  test("a number of threads that cannot be is refused", async () => {
    await expect(init({ threads: 0 })).rejects.toThrow("init: threads must be an integer in [1, 32]. Got 0");
    await expect(init({ threads: 1.5 })).rejects.toThrow("Got 1.5");
  });

  const script = (text: string) => {
    const { stdout, stderr, status, signal } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", text], {
      encoding: "utf8",
      timeout: 60_000,
    });
    return { out: stdout.trim(), stderr, status, signal };
  };
  const head = `
    import { init, keep, randomUniform, tidy } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
    import { threads } from ${JSON.stringify(new URL("../src/wasm/threads.ts", import.meta.url).href)};
  `;

  test("a module that comes while threads start by themselves has them begin anew", () => {
    const { out, stderr } = script(`${head}
      import { readFileSync } from "node:fs";
      import { startThreads } from ${JSON.stringify(new URL("../src/wasm/workers.ts", import.meta.url).href)};
      const { changed } = threads;
      const starting = startThreads();
      while (threads.changed === changed) await new Promise(setImmediate);
      await init({ core: readFileSync("build/core.strict.wasm") });
      await starting;
      console.log(threads.size >= 1, tidy(() => randomUniform([512, 512]).matMul(randomUniform([512, 512])).shape).join());
    `);
    expect(stderr).toBe("");
    expect(out.split("\n").at(-1)).toBe("true 512,512");
  });

  test("workers neither keep a process alive nor use its cores while there is nothing to do", () => {
    const { out, status } = script(`${head}
      await init({ threads: 3 });
      const x = keep(randomUniform([1 << 20]));
      for (let i = 0; i < 20; i++) x.exp();
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { user, system } = process.cpuUsage(before);
      console.log(threads.size, (user + system) / 1000 < 100);
    `);
    expect({ out, status }).toEqual({ out: "3 true", status: 0 });
  });

  /** Keeps hold of the workers that are started, and not of the one that loads TypeScript. */
  const spy = `
    import { Worker } from "node:worker_threads";
    const started = [];
    const { unref } = Worker.prototype;
    Worker.prototype.unref = function () {
      if (this.constructor === Worker) started.push(this);
      return unref.call(this);
    };
    ${head}
    await init({ threads: 2 });
    const x = keep(randomUniform([1 << 20]));
    const expected = x.exp().sum().item();
    const isRight = () => x.exp().sum().item() === expected;
  `;

  test("workers that end while nothing runs are done without", () => {
    const { out, status } = script(`${spy}
      const before = threads.size;
      await Promise.all(started.map((worker) => worker.terminate()));
      console.log(before, started.length, threads.size, isRight());
    `);
    expect({ out, status }).toEqual({ out: "engram computes with one thread: a worker is lost: it has ended.\n2 1 1 true", status: 0 });
  });

  /** A training that loses its worker in the midst of the second of its three epochs. */
  const training = (how: string) => `${spy.replace("{ init, keep", "{ init, keep, layers, sequential, setSeed")}
    import { heap } from ${JSON.stringify(new URL("../src/wasm/heap.ts", import.meta.url).href)};
    const hashOf = (arrays) => arrays.reduce((hash, values) => values.reduce((h, value) => Math.imul(h ^ Math.fround(value * 1e6), 0x01000193), hash), 7);
    setSeed(3);
    const model = sequential({ layers: [layers.dense({ units: 256, activation: "relu", inputShape: [200] }), layers.dense({ units: 10, activation: "softmax" })] });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    const [x_, y] = [keep(randomUniform([1024, 200])), keep(randomUniform([1024], 0, 10, "int32"))];
    const state = async () => [...model.getWeights().map((w) => w.dataSync()), ...(await model.optimizer.getWeights()).map(({ tensor }) => tensor.dataSync())];
    const states = [];
    const lose = ${how};
    const callbacks = { onEpochBegin: async () => void states.push(hashOf(await state())), onBatchEnd: (batch) => void (states.length === 2 && batch === 4 && lose()) };
    const fit = () => model.fit(x_, y, { epochs: 3, batchSize: 128, verbose: 0, yieldEvery: "never", callbacks });
    try {
      await fit();
      console.log("trained");
    } catch ({ name, message }) {
      console.log(name, message.includes("is as it was before batch 0 of epoch 1;"));
    }
    console.log(threads.size, states.length, states.at(-1) === hashOf(await state()), states[0] !== states[1]);
    const { history } = await fit();
    console.log(history.loss.length, history.loss.every(Number.isFinite), threads.size);
  `;
  const terminate = "() => void started.map((worker) => worker.terminate())";
  /** The next job of the worker calls a kernel that is none. */
  const trap = `() => {
    const { run } = threads;
    threads.run = (base, starts, first, end) => {
      heap.i32[(base + starts[1][first]) >>> 2] = 0x0fff0fff;
      run(base, starts, first, end);
    };
  }`;
  test.each([
    ["terminated", terminate],
    ["trapped", trap],
  ])("a worker that is %s in the midst of fit: weights and optimizer are put back, training goes on", (_, how) => {
    const { out, status } = script(training(how));
    expect({ out, status }).toEqual({ out: "ThreadsLostError true\n1 2 true true\n3 true 1", status: 0 });
  });

  test("a worker that never answers: a clear error within seconds, and the next call works", () => {
    const { out, status } = script(`${spy}
      for (const worker of started) worker.terminate();
      // The main thread has no turn to hear of it.
      const end = performance.now() + 300;
      while (performance.now() < end);
      const began = performance.now();
      try {
        x.exp();
      } catch ({ name, message }) {
        console.log(name, message.endsWith("engram goes on with one thread."), performance.now() - began < 20_000);
      }
      console.log(threads.size, isRight());
    `);
    expect({ out, status }).toEqual({ out: "ThreadsLostError true true\n1 true", status: 0 });
  });
});
