/** @file What it takes to trace, fuse, lay out and encode the training step of a network with ten layers: after warm-up, and the first of the process. */
import { keep, layers, randomUniform, sequential } from "../src/index.js";
import { batchOf } from "../src/train/source.js";
import { formatNumber, markdownTable } from "./report.js";
import type { Section } from "./section.js";

const LAYERS = 10;
const WIDTH = 64;
/** The bar for one after warm-up, in milliseconds. */
const BAR = 20;

export function planBench(): Section {
  const x = keep(randomUniform([32, WIDTH]));
  const y = keep(randomUniform([32], 0, WIDTH, "int32"));
  const times = Array.from({ length: 25 }, () => {
    const model = sequential({
      layers: Array.from({ length: LAYERS }, (_, i) =>
        layers.dense({ units: WIDTH, activation: i === LAYERS - 1 ? "softmax" : "relu", ...(i === 0 && { inputShape: [WIDTH] }) }),
      ),
    });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const start = performance.now();
    model.compiled("bench").steps.train.planOf(batchOf([x], [y], [], 1));
    const time = performance.now() - start;
    model.dispose();
    return time;
  });
  const [first] = times as [number];
  const median = times.slice(5).sort((a, b) => a - b)[10] as number;
  return {
    rows: [{ name: `plan of ${LAYERS} layers`, milliseconds: median, first, bar: BAR }],
    fractions: [],
    table: markdownTable(
      ["making a plan, ms", "median", "first", "at most"],
      [[`${LAYERS} dense layers, Adam`, formatNumber(median), formatNumber(first), formatNumber(BAR)]],
    ),
  };
}
