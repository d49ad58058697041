/** @file A population of neurons, 100 senses -> 50 -> 10 muscles, learns what to do at each of 20 stimuli. */
import { lineChartSvg } from "../src/draw/index.js";
import { layers, randomUniform, sequential, setSeed, train } from "../src/index.js";
import { savePicture } from "./support.js";

setSeed(1);
const stimuli = randomUniform([20, 100]);
const responses = randomUniform([20, 10]);

const model = sequential({
  layers: [layers.dense({ units: 50, activation: "sigmoid", inputShape: [100] }), layers.dense({ units: 10, activation: "sigmoid" })],
});
model.compile({ optimizer: train.sgd(0.1), loss: "meanSquaredError" });

/** The share of outputs that lie within 0.1 of their targets. */
const share = (): number => model.predict(stimuli).sub(responses).abs().less(0.1).cast("float32").mean().item();

const before = share();
const shares: number[] = [];
const { history } = await model.fit(stimuli, responses, { epochs: 1000, batchSize: 1, verbose: 0, callbacks: { onEpochEnd: () => void shares.push(share()) } });
console.log(`loss ${history.loss?.[0]?.toFixed(4)} in the first epoch, ${history.loss?.at(-1)?.toFixed(4)} in the last`);
console.log(`within 0.1 of their targets: ${(100 * before).toFixed(1)} % of the outputs before, ${(100 * share()).toFixed(1)} % after 1,000 epochs`);
savePicture("nervous-system", lineChartSvg([{ name: "share within 0.1", values: shares }], { title: "Responses learnt", xLabel: "epoch", yMin: 0, yMax: 1 }));
