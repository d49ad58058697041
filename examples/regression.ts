/** @file Regression: miles per gallon of cars from a table of numbers and text, columns normalised, training stopped early. */
import { lineChartSvg } from "../src/draw/index.js";
import { callbacks, data, layers, sequential, setSeed, type Tensor, train } from "../src/index.js";
import { savePicture } from "./support.js";
import { cars, prepared } from "./tables.js";

setSeed(1);
const rows = cars().map((car) => ({ ...car, Year: Number(String(car.Year).slice(0, 4)) }));
const features = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration", "Year", "Origin"];
const table = await data.table(rows, { target: "Miles_per_Gallon", features, missing: "drop" });
const { train: trained, test } = prepared(table);

const model = sequential({
  layers: [
    layers.dense({ units: 32, activation: "relu", inputShape: [table.columns.length] }),
    layers.dense({ units: 32, activation: "relu" }),
    layers.dense({ units: 1 }),
  ],
});
model.compile({ optimizer: train.adam(0.003), loss: "meanSquaredError", metrics: ["mae"] });
// The last fifth of the training rows tells when to stop. The test rows are not looked at before the end.
const stop = callbacks.earlyStopping({ patience: 20, restoreBestWeights: true });
const { epoch, history } = await model.fit(trained.x, trained.y, { epochs: 500, validationSplit: 0.2, callbacks: stop, verbose: 0 });

const [, error] = model.evaluate(test.x, test.y) as [Tensor, Tensor];
const guess = test.y.sub(trained.y.mean()).abs().mean();
console.log(`stopped after ${epoch.length} epochs`);
console.log(`off by ${error.item().toFixed(2)} miles per gallon on average; guessing the mean, by ${guess.item().toFixed(2)}`);

const curves = [
  { name: "training", values: history.mae as number[] },
  { name: "held out", values: history.val_mae as number[] },
];
const title = "Miles per gallon: mean error over epochs";
savePicture("regression", lineChartSvg(curves, { title, xLabel: "epoch", yMin: 0, yMax: 8 }));
