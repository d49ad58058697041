/** @file A training loop of one's own: batches from a dataset, a compiled step, three kinds of iris told apart. */
import { lineChartSvg } from "../src/draw/index.js";
import { argMax, compile, data, layers, losses, sequential, setSeed, type Tensor, train } from "../src/index.js";
import { savePicture } from "./support.js";
import { irises, prepared } from "./tables.js";

setSeed(1);
const { train: trained, test } = prepared(await data.table(irises(), { target: 4 }));
const batches = data
  .zip({ x: data.array(trained.x), y: data.array(trained.y) })
  .shuffle(120)
  .batch(20);

const model = sequential({ layers: [layers.dense({ units: 16, activation: "relu", inputShape: [4] }), layers.dense({ units: 3 })] });
const optimizer = train.adam(0.01);
const crossentropy = losses.sparseCategoricalCrossentropy({ fromLogits: true });

/** Forward, backward and update. Compiled, they are one call into WebAssembly. */
const step = compile((x: Tensor, y: Tensor) => optimizer.minimize(() => crossentropy.apply(y, model.apply(x, { training: true })), true) as Tensor);

const share = ({ x, y }: { x: Tensor; y: Tensor }): number =>
  argMax(model.predict(x), -1)
    .equal(y.squeeze([1]))
    .cast("float32")
    .mean()
    .item();

const history: number[] = [];
const accuracy: { name: string; values: number[] }[] = [
  { name: "training", values: [] },
  { name: "test", values: [] },
];
for (let epoch = 0; epoch < 40; epoch++) {
  let sum = 0;
  let count = 0;
  await batches.forEachAsync(({ x, y }: { x: Tensor; y: Tensor }) => {
    sum += step(x, y).item();
    count++;
  });
  history.push(sum / count);
  accuracy[0]?.values.push(share(trained));
  accuracy[1]?.values.push(share(test));
}

console.log(`loss ${history[0]?.toFixed(4)} in the first epoch, ${history.at(-1)?.toFixed(4)} in the last`);
console.log(`right for ${(100 * share(test)).toFixed(1)} % of the test flowers`);
savePicture("custom-training-loop", lineChartSvg(accuracy, { title: "Three kinds of iris: accuracy", xLabel: "epoch", yMax: 1 }));
