/** @file What the bench of engines asks of training in a worker: how fast it is, how soon it ends, and whether the page stays awake. */
import { init, layers, randomUniform, sequential, tensor } from "../../src/index.js";
import type { Order, Result } from "./protocol.js";

/** Images of random bytes: the time of a step does not depend on what they show. */
const IMAGES = 20_000;
/** Epochs that are not counted: compilers are at work. */
const WARM_UP = 5;

/** The longest time between two turns of this thread's event loop, in milliseconds, and how to end watching. */
function watchGaps(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const time = performance.now();
    longest = Math.max(longest, time - last);
    last = time;
  }, 4);
  return () => {
    clearInterval(timer);
    return Math.max(longest, performance.now() - last);
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Trains 784-128-10 on batches of 32, as `npm start` does. */
export async function digits({ worker, ms }: Extract<Order, { kind: "digits" }>): Promise<Result> {
  await init({ relaxed: false, threads: 1, ...(typeof document === "object" ? { trainerUrl: "/package/trainer.worker.js" } : {}) });
  const model = sequential({
    layers: [layers.dense({ units: 128, activation: "relu", inputShape: [784] }), layers.dense({ units: 10, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = tensor(
    Uint8Array.from({ length: IMAGES * 784 }, () => Math.random() * 256),
    [IMAGES, 784],
    "uint8",
  );
  const y = randomUniform([IMAGES], 0, 10, "int32");
  const ends: number[] = [];
  let told = 0;
  const callbacks = {
    needsWeights: false,
    onEpochEnd: () => void ends.push(performance.now()),
    // Without a worker it would be called after every batch.
    ...(worker ? { onBatchEnd: () => void told++ } : {}),
  };
  const end = new AbortController();
  const gapSoFar = watchGaps();
  const training = model.fit(x, y, { epochs: 1e6, batchSize: 32, verbose: 0, worker, callbacks, signal: end.signal });
  while (ends.length <= WARM_UP) await wait(20);
  const [toldBefore, began] = [told, performance.now()];
  await wait(ms);
  const [toldAfter, ended] = [told, performance.now()];
  const ending = performance.now();
  end.abort();
  await training;
  const cancel = performance.now() - ending;
  const counted = ends.slice(WARM_UP);
  const seconds = ((counted.at(-1) as number) - (counted[0] as number)) / 1000;
  return {
    figures: {
      samples: ((counted.length - 1) * IMAGES) / seconds,
      gap: gapSoFar(),
      told: ((toldAfter - toldBefore) * 1000) / (ended - began),
      cancel,
    },
  };
}
