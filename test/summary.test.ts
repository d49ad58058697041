/** @file The table that summary prints. */
import { expect, test } from "vitest";
import { input, layers, Model, model, sequential, type Tensor, tensor } from "../src/index.js";

function summaryOf(of: Model, lineLength?: number, positions?: number[]): string[] {
  const lines: string[] = [];
  of.summary(lineLength, positions, (line) => lines.push(line));
  return lines;
}

test("layers one after another: columns as wide as needed, the memory of a step that ran", async () => {
  const small = sequential({
    name: "small",
    layers: [layers.dense({ units: 1000, inputShape: [2], name: "first" }), layers.dense({ units: 1, name: "last" })],
  });
  expect(summaryOf(small)).toEqual([
    'Model: "small"',
    "_".repeat(48),
    "Layer (type)   Output shape  Param #",
    "=".repeat(48),
    "first (Dense)  [null,1000]     3,000",
    "last (Dense)   [null,1]        1,001",
    "=".repeat(48),
    "Total params: 4,001",
    "Trainable params: 4,001",
    "Non-trainable params: 0",
    "_".repeat(48),
  ]);
  small.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  await small.fit(tensor([[1, 2]]), tensor([[3]]), { verbose: 0 });
  expect(summaryOf(small).at(-2)).toMatch(/^Training step: \d+ kB beside weights and data$/);
});

test("graphs: where inputs come from, frozen weights, calls of different shapes", () => {
  const [left, right] = [input({ shape: [4], name: "left" }), input({ shape: [4, 4], name: "right" })];
  const twice = layers.dense({ units: 2, name: "twice", trainable: false });
  const [one, two] = [twice.apply(left), layers.flatten({ name: "flat" }).apply(twice.apply(right))];
  const lines = summaryOf(model({ inputs: [left, right], outputs: layers.concatenate({ name: "joined" }).apply([one, two]) }));
  expect(lines.find((line) => line.startsWith("twice"))).toMatch(/^twice \(Dense\) +multiple +10 {2}left, right$/);
  expect(lines.find((line) => line.startsWith("joined"))).toMatch(/ {2}twice, flat$/);
  expect(lines).toContain("Trainable params: 0");
  expect(lines).toContain("Non-trainable params: 10");
});

test("a length or positions are kept to, names cut", () => {
  const long = sequential({ layers: [layers.dense({ units: 3, inputShape: [2], name: "n".repeat(60) })] });
  for (const lines of [summaryOf(long), summaryOf(long, 50), summaryOf(long, 50, [0.4, 0.7, 1]), summaryOf(long, 50, [20, 35, 50])])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual((lines[1] as string).length);
  expect(summaryOf(long, 50)[4]).toMatch(/^n+… \[null,3\] +9$/);
});

test("models that are not built yet say so", () => {
  class Own extends Model {
    hidden = layers.dense({ units: 2 });
    call(x: Tensor): Tensor {
      return this.hidden.apply(x);
    }
  }
  const own = new Own();
  expect(summaryOf(own)).toContain("Total params: ?");
  own.predict([[1, 2]]);
  expect(summaryOf(own)).toContain("Total params: 6");
  expect(summaryOf(sequential({ layers: [layers.dense({ units: 2 })] }))[4]).toMatch(/\(Dense\) +\? +\?$/);
  expect(summaryOf(sequential())).toHaveLength(9);
});
