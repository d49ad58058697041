/** @file Training steps of small networks: by fit, compiled; eager; and in plain JavaScript. */
import { dense, keep, layers, mean, randomUniform, sequential, sparseCrossEntropy, train, variable, zeros } from "../src/index.js";
import { PlainMlp } from "./plain.js";
import { formatNumber, formatRatio, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { interleave, ratio, summarize, timed } from "./stats.js";

const BATCHES = 50;

interface Network {
  inputs: number;
  hidden: number;
  classes: number;
  batch: number;
}

const NETWORKS: Network[] = [
  { inputs: 784, hidden: 32, classes: 10, batch: 32 },
  { inputs: 784, hidden: 128, classes: 10, batch: 32 },
  { inputs: 784, hidden: 256, classes: 10, batch: 128 },
];

function fitContender({ inputs, hidden, classes, batch }: Network, name: string, shuffle: boolean) {
  const x = keep(randomUniform([BATCHES * batch, inputs]));
  const y = keep(randomUniform([BATCHES * batch], 0, classes, "int32"));
  const model = sequential({
    layers: [layers.dense({ units: hidden, activation: "relu", inputShape: [inputs] }), layers.dense({ units: classes, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return timed(name, () => model.fit(x, y, { batchSize: batch, shuffle, verbose: 0 }), BATCHES);
}

function eagerContender({ inputs, hidden, classes, batch }: Network) {
  const x = keep(randomUniform([batch, inputs]));
  const y = keep(randomUniform([batch], 0, classes, "int32"));
  const [w1, b1, w2, b2] = [
    variable(randomUniform([inputs, hidden], -0.05, 0.05)),
    variable(zeros([hidden])),
    variable(randomUniform([hidden, classes], -0.1, 0.1)),
    variable(zeros([classes])),
  ];
  const optimizer = train.adam();
  return timed("eager", () => optimizer.minimize(() => mean(sparseCrossEntropy(y, dense(dense(x, w1, b1, "relu"), w2, b2)))));
}

export async function stepBench({ rounds, ms, peak }: SectionOptions): Promise<Section> {
  const rows: Section["rows"] = [];
  const cells: string[][] = [];
  for (const network of NETWORKS) {
    const { inputs, hidden, classes, batch } = network;
    const plain = new PlainMlp(inputs, hidden, classes, batch);
    const plainData = randomUniform([batch, inputs]).dataSync();
    const plainLabels = randomUniform([batch], 0, classes, "int32").dataSync<"int32">();
    const measured = await interleave(
      [
        { name: "peak", measure: peak.measure },
        fitContender(network, "fit", false),
        fitContender(network, "fit, shuffled", true),
        eagerContender(network),
        timed("plain", () => plain.train(plainData, plainLabels)),
      ],
      { rounds, ms: 2 * ms },
    );
    // Forward, weight gradients, and the second layer's input gradient; the first layer's is not needed.
    const flops = 2 * batch * (2 * inputs * hidden + 3 * hidden * classes);
    const fraction = (ratio(measured, "peak", "fit") * flops) / peak.flops;
    const name = `${inputs}-${hidden}-${classes}, batch ${batch}, Adam`;
    const milliseconds = (contender: string): number => summarize(measured[contender]).median;
    rows.push({
      network: name,
      fit: milliseconds("fit"),
      shuffled: milliseconds("fit, shuffled"),
      eager: milliseconds("eager"),
      plain: milliseconds("plain"),
      fraction,
    });
    cells.push([
      name,
      ...["fit", "fit, shuffled", "eager", "plain"].map((contender) => formatNumber(milliseconds(contender))),
      formatRatio(ratio(measured, "plain", "fit")),
      `${(100 * fraction).toFixed(0)} %`,
    ]);
  }
  return {
    rows,
    fractions: [],
    table: markdownTable(["training step, ms", "fit", "fit, shuffled", "eager", "plain JS", "fit vs plain", "matmuls' share of the peak"], cells),
  };
}
