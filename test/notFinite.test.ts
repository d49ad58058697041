/** @file Losses that are not finite: fit says in which epoch, batch and layer it began, and goes on or ends. */
import { describe, expect, test } from "vitest";
import { callbacks, type History, input, Layer, type LayerArgs, layers, type Model, model, sequential, type Tensor, tensor, train } from "../src/index.js";
import { captureOutput } from "./output.js";

/** A layer of one function. */
abstract class Pointwise extends Layer {
  abstract f(x: Tensor): Tensor;
  override call(x: Tensor): Tensor {
    return this.f(x);
  }
}
class Log extends Pointwise {
  static readonly className = "Log";
  static readonly traceable: boolean = true;
  f = (x: Tensor): Tensor => x.log();
}
class Root extends Pointwise {
  static readonly className = "Root";
  static readonly traceable: boolean = true;
  // At 0 a root is 0, and its slope infinite.
  f = (x: Tensor): Tensor => x.sqrt();
}
/** The same, run eagerly. */
class EagerLog extends Log {
  static override readonly traceable = false;
}

const net = (make?: (args: LayerArgs) => Layer): Model =>
  sequential({
    layers: [
      layers.dense({ units: 3, kernelInitializer: "ones", inputShape: [2], name: "first" }),
      ...(make ? [make({ name: "odd" })] : []),
      layers.dense({ units: 1, kernelInitializer: "ones", name: "last" }),
    ],
  });

/** Ten samples, all 1 but one. */
const ones = (odd?: { row: number; value: number }): Tensor => tensor(Array.from({ length: 10 }, (_, row) => [1, row === odd?.row ? odd.value : 1]));
const targets = tensor(Array.from({ length: 10 }, () => [0.5]));

interface Ran {
  said: string;
  history: History;
  weights: number[];
  model: Model;
}

async function fitted(
  made: Model,
  x: Tensor,
  y: Tensor,
  { stops = false, ...args }: { stops?: boolean; verbose?: 0 | 1; loss?: never; rate?: number } = {},
): Promise<Ran> {
  const { said, restore } = captureOutput();
  made.compile({ optimizer: train.sgd(args.rate ?? 0.01), loss: args.loss ?? "meanSquaredError" });
  const list = stops ? [callbacks.terminateOnNaN()] : [];
  const history = await made.fit(x, y, { batchSize: 2, epochs: 2, shuffle: false, verbose: args.verbose ?? 1, callbacks: list });
  restore();
  return {
    said: said
      .join("")
      .split("\n")
      .filter((line) => line.includes("the loss is"))
      .join("\n"),
    history,
    weights: made.getWeights().flatMap((w) => [...w.dataSync()]),
    model: made,
  };
}

const allFinite = (weights: readonly number[]): boolean => weights.every(Number.isFinite);

describe.each([
  ["a plan", Log],
  ["eager", EagerLog],
] as const)("in %s", (_, Odd) => {
  test("the layer whose output is the first; training goes on as Keras's does", async () => {
    const { said, history, weights } = await fitted(
      net((args) => new Odd(args)),
      ones({ row: 5, value: -7 }),
      targets,
    );
    expect(said).toBe("epoch 1, batch 3: the loss is NaN. The first that is not finite is an output of layer 'odd': NaN.");
    expect(history.history.loss).toEqual([Number.NaN, Number.NaN]);
    expect(allFinite(weights)).toBe(false);
  });

  test("terminateOnNaN ends there, with the weights of before, and speaks where fit is silent", async () => {
    const { said, history, weights } = await fitted(
      net((args) => new Odd(args)),
      ones({ row: 5, value: -7 }),
      targets,
      { stops: true, verbose: 0 },
    );
    expect(said).toContain("epoch 1, batch 3: the loss is NaN.");
    expect(history.epoch).toEqual([0]);
    expect(allFinite(weights)).toBe(true);
    // Those of the two batches before.
    const made = net((args) => new Odd(args));
    made.compile({ optimizer: train.sgd(0.01), loss: "meanSquaredError" });
    await made.fit(ones().slice([0, 0], [4, 2]), targets.slice([0, 0], [4, 1]), { batchSize: 2, shuffle: false, verbose: 0 });
    expect(weights).toEqual(made.getWeights().flatMap((w) => [...w.dataSync()]));
    const silent = await fitted(
      net((args) => new Odd(args)),
      ones({ row: 5, value: -7 }),
      targets,
      { verbose: 0 },
    );
    expect(silent.said).toBe("");
  });
});

test("what was not finite in the data", async () => {
  const x = ones({ row: 9, value: Number.NaN });
  expect((await fitted(net(), x, targets)).said).toBe("epoch 1, batch 5: the loss is NaN. The input had NaN in it already.");
  const y = tensor(Array.from({ length: 10 }, (_, i) => [i === 2 ? Number.POSITIVE_INFINITY : 1]));
  expect((await fitted(net(), ones(), y)).said).toBe("epoch 1, batch 2: the loss is Infinity. The targets had Infinity in it already.");
});

test("a gradient that was not, of a step whose loss was", async () => {
  const { said } = await fitted(
    net((args) => new Root(args)),
    ones().mul(tensor(Array.from({ length: 10 }, (_, i) => [Number(i > 1)]))),
    targets,
  );
  expect(said).toMatch(
    /^epoch 1, batch 2: the loss is NaN. The first that was not finite is a gradient of the batch before, in layer 'first': its weight 'first\/bias' has Infinity in it\.$/,
  );
});

test("an output that grows too large, in a model with several inputs; a loss of one's own", async () => {
  const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [2], name: "b" })];
  const big = layers.rescaling({ scale: 1e38, name: "big" }).apply(layers.concatenate({ name: "both" }).apply([a, b]));
  const two = model({ inputs: [a, b], outputs: layers.dense({ units: 1, kernelInitializer: "ones", name: "last" }).apply(big) });
  two.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { said, restore } = captureOutput();
  await two.fit([ones(), ones().mul(9)], targets, { verbose: 2, batchSize: 10 });
  restore();
  expect(said.join("")).toContain("layer 'big': Infinity");
  const own = Object.assign((y: Tensor, p: Tensor) => p.sub(1000).log().add(y).mean(), { traceable: true });
  const { said: ofLoss } = await fitted(net(), ones(), targets, { loss: own as never });
  expect(ofLoss).toContain("epoch 1, batch 1: the loss is NaN. The outputs of all layers are finite");
});

test("nothing is said, and nothing else comes out, where all is finite", async () => {
  const [guarded, plain] = [await fitted(net(), ones(), targets, { stops: true }), await fitted(net(), ones(), targets, { verbose: 0 })];
  expect(guarded.said).toBe("");
  expect(guarded.weights).toEqual(plain.weights);
  expect(guarded.history.history).toEqual(plain.history.history);
});

test("random numbers are those of an unguarded step", async () => {
  const noisy = (): Model =>
    sequential({
      layers: [
        layers.dense({ units: 4, kernelInitializer: "ones", inputShape: [2] }),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 1, kernelInitializer: "ones" }),
      ],
    });
  const { setSeed } = await import("../src/index.js");
  setSeed(1);
  const { weights } = await fitted(noisy(), ones(), targets, { stops: true });
  setSeed(1);
  expect((await fitted(noisy(), ones(), targets, { verbose: 0 })).weights).toEqual(weights);
});
