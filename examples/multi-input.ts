/** @file Two inputs and two outputs: from a penguin's measures and its species (by an embedding) to its mass and its sex. */
import { lineChartSvg } from "../src/draw/index.js";
import { data, input, layers, model, moments, randomPermutation, type SymbolicTensor, setSeed, train } from "../src/index.js";
import { savePicture } from "./support.js";
import { type Penguin, penguins } from "./tables.js";

setSeed(1);
const rows = penguins();
const shuffled = Array.from(randomPermutation(rows.length).dataSync(), (i) => rows[i] as Penguin);
const features = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)"];
const column = (target: string) => data.table(shuffled, { target, features });
const [mass, species, sex] = [await column("Body Mass (g)"), await column("Species"), await column("Sex")];
const { mean, variance } = moments(mass.xs, 0);

const measures = input({ shape: [3], name: "measures" });
const kind = input({ shape: [1], name: "species", dtype: "int32" });
const vector = layers.flatten().apply(layers.embedding({ inputDim: species.classes.length, outputDim: 4 }).apply(kind));
const both = layers.concatenate().apply([measures, vector] as SymbolicTensor[]);
const hidden = layers.dense({ units: 32, activation: "relu" }).apply(both);
const network = model({
  inputs: [measures, kind],
  outputs: [layers.dense({ units: 1, name: "mass" }).apply(hidden), layers.dense({ units: 1, activation: "sigmoid", name: "sex" }).apply(hidden)],
});
network.compile({
  optimizer: train.adam(0.01),
  loss: { mass: "meanSquaredError", sex: "binaryCrossentropy" },
  metrics: { mass: "mae", sex: "accuracy" },
});
const { history } = await network.fit(
  { measures: mass.xs.sub(mean).div(variance.sqrt()), species: species.ys },
  { mass: mass.ys.div(1000), sex: sex.ys },
  { epochs: 60, validationSplit: 0.2, verbose: 0 },
);
const last = (name: string): number => history[name]?.at(-1) as number;
console.log(
  `of penguins it has not seen: mass off by ${(1000 * last("val_mass_mae")).toFixed(0)} g on average, sex right for ${(100 * last("val_sex_acc")).toFixed(0)} %`,
);

const curves = ["mass_loss", "val_mass_loss", "sex_loss", "val_sex_loss"].map((name) => ({ name, values: history[name] as number[] }));
savePicture("multi-input", lineChartSvg(curves, { title: "Mass and sex of penguins: losses", xLabel: "epoch", yMin: 0, yMax: 1 }));
