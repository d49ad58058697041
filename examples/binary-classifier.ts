/** @file A classifier of two classes, 10 relu -> 8 relu -> 1 sigmoid: the sex of penguins from their measures, species and island. */
import { lineChartSvg } from "../src/draw/index.js";
import { data, layers, sequential, setSeed, type Tensor, train } from "../src/index.js";
import { savePicture } from "./support.js";
import { penguins, prepared } from "./tables.js";

setSeed(3);
const table = await data.table(penguins(), { target: "Sex" });
const { train: trained, test } = prepared(table);

const model = sequential({
  layers: [
    layers.dense({ units: 10, activation: "relu", inputShape: [table.columns.length] }),
    layers.dense({ units: 8, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ],
});
model.compile({ optimizer: train.adam(0.002), loss: "binaryCrossentropy", metrics: ["accuracy"] });
const { history } = await model.fit(trained.x, trained.y, { epochs: 100, validationData: [test.x, test.y], verbose: 0 });

const [loss, accuracy] = model.evaluate(test.x, test.y) as [Tensor, Tensor];
console.log(`Loss: ${loss.item().toFixed(4)}`);
console.log(`Accuracy: ${accuracy.item().toFixed(4)}`);

const curves = [
  { name: "training", values: history.acc as number[] },
  { name: "test", values: history.val_acc as number[] },
];
savePicture("binary-classifier", lineChartSvg(curves, { title: "Male or female? Accuracy on 333 penguins", xLabel: "epoch" }));
