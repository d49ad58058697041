/** @file Reads the files of MNIST; loaded when loadMnist is called. */

import { fromBytes, tensor } from "../ops/creation.js";
import { fileSystem } from "../platformFiles.js";
import { error } from "../tensor/errors.js";
import type { IdxData } from "./idx.js";
import { readFile } from "./idxFile.js";
import type { LabelledImages, MnistData, MnistOptions } from "./mnist.js";

interface NamedIdx extends IdxData {
  /** Path of the file, for error messages. */
  name: string;
}

/** Names that a file goes by: as published, as some archives rename it, either compressed. */
const spellings = (set: string, kind: string, axes: number): string[] =>
  [`${set}-${kind}-idx${axes}-ubyte`, `${set}-${kind}.idx${axes}-ubyte`].flatMap((name) => [name, `${name}.gz`]);

async function readOne(folder: string, present: readonly string[], set: string, kind: string, axes: number): Promise<NamedIdx> {
  const names = spellings(set, kind, axes);
  const found = names.find((name) => present.includes(name));
  if (found === undefined)
    throw error(
      "loadMnist",
      `${folder}: expected a file ${names[0]} or ${names[1]}`,
      present.length === 0 ? "an empty folder" : `a folder with ${listed(present)}`,
    );
  const name = `${folder}/${found}`;
  const fs = await fileSystem();
  const idx = await readFile(await fs.readFile(name), name);
  if (!(idx.data instanceof Uint8Array) || idx.shape.length !== axes) {
    throw error(
      "loadMnist",
      `${name}: expected uint8 values with ${axes} ${axes === 1 ? "axis" : "axes"} (${kind})`,
      `${idx.data.constructor.name} of shape [${idx.shape}]`,
      "is it the right file under this name?",
    );
  }
  return { ...idx, name };
}

const listed = (names: readonly string[]): string => (names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", "));

function checkSet(images: NamedIdx, labels: NamedIdx, classes: number): void {
  const count = images.shape[0] as number;
  if (count !== labels.shape[0])
    throw error("loadMnist", `${labels.name}: expected ${count} labels, one for each image of ${images.name}`, `${labels.shape[0]} labels`);
  if (count === 0) throw error("loadMnist", `${images.name}: expected at least one image`, `shape [${images.shape}]`);
  const wrong = (labels.data as Uint8Array).findIndex((label) => label >= classes);
  if (wrong >= 0) throw error("loadMnist", `${labels.name}: expected labels from 0 to ${classes - 1}`, `label ${labels.data[wrong]} at index ${wrong}`);
}

/** float32 of each grey: x / 255, rounded once. */
const shades = /* @__PURE__ */ Float32Array.from({ length: 256 }, (_, grey) => grey / 255);

function toTensors(images: NamedIdx, labels: NamedIdx): LabelledImages {
  const greys = images.data as Uint8Array;
  // Not by casting and dividing tensors: WebAssembly's memory never shrinks, and those would need three times as much of it.
  const values = new Float32Array(greys.length);
  for (let i = 0; i < greys.length; i++) values[i] = shades[greys[i] as number] as number;
  return { images: fromBytes(new Uint8Array(values.buffer), [...images.shape, 1], "float32"), labels: tensor(Int32Array.from(labels.data)) };
}

/** The four files of a folder, each checked against the others; see loadMnist. */
export async function readMnist(folder: string, { classes = 10 }: MnistOptions): Promise<MnistData> {
  const fs = await fileSystem();
  const present = await fs.readdir(folder).catch((cause: Error) => {
    throw error("loadMnist", `${folder}: expected a folder with four IDX files`, cause.message);
  });
  const trainImages = await readOne(folder, present, "train", "images", 3);
  const trainLabels = await readOne(folder, present, "train", "labels", 1);
  const testImages = await readOne(folder, present, "t10k", "images", 3);
  const testLabels = await readOne(folder, present, "t10k", "labels", 1);
  checkSet(trainImages, trainLabels, classes);
  checkSet(testImages, testLabels, classes);
  if (testImages.shape.slice(1).join() !== trainImages.shape.slice(1).join()) {
    throw error(
      "loadMnist",
      `${testImages.name}: expected images of ${trainImages.shape.slice(1).join(" x ")} as in ${trainImages.name}`,
      `images of ${testImages.shape.slice(1).join(" x ")}`,
    );
  }
  return { train: toTensors(trainImages, trainLabels), test: toTensors(testImages, testLabels) };
}

/** What the classes of Fashion-MNIST are, by label (Xiao, Rasul and Vollgraf, 2017). */
const FASHION: readonly string[] = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

/** Fashion-MNIST; see loadFashionMnist. */
export const readFashionMnist = async (folder: string): Promise<MnistData & { classNames: readonly string[] }> => ({
  ...(await readMnist(folder, {})),
  classNames: FASHION,
});
