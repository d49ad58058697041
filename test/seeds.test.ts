/** @file Layers with a seed of their own: a stream that nothing else moves, eagerly and in plans. */
import { describe, expect, test } from "vitest";
import { type Layer, layers, ones, randomNormal, sequential, setSeed, type Tensor } from "../src/index.js";

const kinds: Record<string, (seed?: number) => Layer> = {
  dropout: (seed) => layers.dropout({ rate: 0.5, ...(seed === undefined ? {} : { seed }) }),
  alphaDropout: (seed) => layers.alphaDropout({ rate: 0.5, ...(seed === undefined ? {} : { seed }) }),
  gaussianDropout: (seed) => layers.gaussianDropout({ rate: 0.5, ...(seed === undefined ? {} : { seed }) }),
  gaussianNoise: (seed) => layers.gaussianNoise({ stddev: 1, ...(seed === undefined ? {} : { seed }) }),
  spatialDropout1d: (seed) => layers.spatialDropout1d({ rate: 0.5, ...(seed === undefined ? {} : { seed }) }),
};

const x = ones([3, 4, 16]);
const draw = (layer: Layer): unknown => (layer.apply(x, { training: true }) as Tensor).arraySync();

describe.each(Object.entries(kinds))("%s", (_, make) => {
  test("a seed gives the same stream whatever else is drawn, each call another part of it", () => {
    const [a, b, other] = [make(5), make(5), make(6)] as [Layer, Layer, Layer];
    setSeed(1);
    const first = [draw(a), draw(a)];
    setSeed(2);
    randomNormal([9]);
    expect([draw(b), draw(b)]).toEqual(first);
    expect(first[0]).not.toEqual(first[1]);
    expect(draw(other)).not.toEqual(first[0]);
    expect(make(5).getConfig().seed).toBe(5);
  });

  test("without one it follows setSeed", () => {
    const [a, b] = [make(), make()] as [Layer, Layer];
    setSeed(3);
    const first = draw(a);
    expect(draw(a)).not.toEqual(first);
    setSeed(3);
    expect(draw(b)).toEqual(first);
    expect(make().getConfig()).not.toHaveProperty("seed");
  });
});

test("a compiled step goes on in the stream as an eager one does", async () => {
  /** The sums that a weight of 0 and rate 1 sees, step by step. */
  const seen = async (traceable: boolean): Promise<number[]> => {
    const sums: number[] = [];
    const model = sequential({ layers: [layers.dropout({ rate: 0.5, seed: 11, inputShape: [64] }), layers.dense({ units: 1, kernelInitializer: "zeros" })] });
    const loss = Object.assign((y: Tensor, p: Tensor) => p.sub(y).mean(), { traceable });
    model.compile({ optimizer: "sgd", loss });
    const callbacks = { onBatchEnd: () => void sums.push(model.getWeights()[0]?.sum().item() as number) };
    await model.fit(ones([6, 64]), ones([6, 1]), { batchSize: 2, epochs: 2, verbose: 0, shuffle: false, callbacks });
    return sums;
  };
  setSeed(1);
  const eager = await seen(false);
  setSeed(99);
  const compiled = await seen(true);
  expect(compiled).toEqual(eager);
  expect(new Set(compiled.map((sum, i) => sum - (compiled[i - 1] ?? 0))).size).toBeGreaterThan(3);
});
