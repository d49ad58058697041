/** @file Every layer, by its rows of layers.table.ts; and what only some of them do. */
import { describe, expect, test } from "vitest";
import { fill, fromBytes, input, Layer, layers, model, moments, randomNormal, sequential, setSeed, type Tensor, tensor, train, zeros } from "../src/index.js";
import { checkLayer } from "./checkLayer.js";
import { layersTable } from "./layers.table.js";

const factories: Record<string, unknown> = layers;

test("the table has rows for every layer, and for nothing else", () => {
  // What is no layer, and what is the input of every model that is checked.
  const others = ["Layer", "input", "inputLayer"];
  expect(Object.keys(layersTable).sort()).toEqual(
    Object.keys(factories)
      .filter((name) => !others.includes(name))
      .sort(),
  );
});

describe("layers", () => {
  for (const [name, rows] of Object.entries(layersTable))
    test.each(rows.map((row) => [JSON.stringify(row.args ?? {}), row] as const))(`${name} %s`, async (_, row) => {
      await checkLayer(factories[name] as Parameters<typeof checkLayer>[0], row);
    });
});

const sequence = tensor([
  [
    [1, 2],
    [3, 5],
    [0, 0],
  ],
  [
    [4, 1],
    [0, 0],
    [0, 0],
  ],
]);

describe("masks", () => {
  const both = (first: Tensor): Tensor => layers.add().computeMask([first, first], [tensor([true, false]), tensor([false, false])]) as Tensor;

  test("hide steps: masking sets them to 0 and later layers skip them", () => {
    const layer = layers.masking({ maskValue: -1 });
    const x = tensor([
      [
        [-1, -1],
        [-1, 2],
      ],
    ]);
    expect(layer.apply(x).add(0).arraySync()).toEqual([
      [
        [0, 0],
        [-1, 2],
      ],
    ]);
    expect((layer.computeMask(x) as Tensor).arraySync()).toEqual([[0, 1]]);
  });

  test("weigh the loss and the metrics: steps that are hidden count in neither", () => {
    const model = sequential({ layers: [layers.masking({ inputShape: [3, 2] }), layers.dense({ units: 1, kernelInitializer: "ones" })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError", weightedMetrics: ["mae"] });
    const [loss, error] = (model.evaluate(sequence, zeros([2, 3, 1])) as Tensor[]).map((value) => value.item());
    expect(loss).toBeCloseTo((9 + 64 + 25) / 3, 4);
    expect(error).toBeCloseTo((3 + 8 + 5) / 3, 5);
  });

  test("keep hidden steps out of the averages of batch normalisation", () => {
    const layer = layers.batchNormalization({ momentum: 0, epsilon: 0 });
    layer.ensureBuilt([null, 3, 2]);
    const mask = layers.masking().computeMask(sequence) as Tensor;
    const y = layer.call(sequence, { training: true, mask });
    const [, , mean, variance] = layer.getWeights().map((weight) => weight.arraySync() as number[]);
    expect(mean).toEqual([expect.closeTo(8 / 3, 6), expect.closeTo(8 / 3, 6)]);
    expect(variance).toEqual([expect.closeTo(14 / 9, 5), expect.closeTo(26 / 9, 5)]);
    expect((y.arraySync() as number[][][])[0]?.[0]?.[0]).toBeCloseTo((1 - 8 / 3) / Math.sqrt(14 / 9), 5);
  });

  test("leave softmax the other shares", () => {
    const mask = tensor([[true, false, true]]);
    expect(
      layers
        .softmax()
        .call(tensor([[1, 9, 1]]), { mask })
        .arraySync(),
    ).toEqual([[0.5, 0, 0.5]]);
    const along = layers.softmax({ axis: 1 }).call(
      tensor([
        [
          [1, 0],
          [9, 9],
          [1, 0],
        ],
      ]),
      { mask },
    );
    expect(along.arraySync()).toEqual([
      [
        [0.5, 0.5],
        [0, 0],
        [0.5, 0.5],
      ],
    ]);
  });

  test("of merged inputs: a step of any is one, and an input without a mask has all", () => {
    expect(both(zeros([2, 4])).arraySync()).toEqual([1, 0]);
    const [x, mask] = [
      zeros([2, 3, 4]),
      tensor([
        [true, true, false],
        [true, false, false],
      ]),
    ];
    expect(layers.multiply().computeMask([x, x], [mask, null])).toBeNull();
    const joined = layers.concatenate({ axis: 1 }).computeMask([x, x], [mask, null]) as Tensor;
    expect(joined.arraySync()).toEqual([
      [1, 1, 0, 1, 1, 1],
      [1, 0, 0, 1, 1, 1],
    ]);
  });

  test("pass through nested and shared models", () => {
    const inner = sequential({ layers: [layers.embedding({ inputDim: 5, outputDim: 2, maskZero: true, inputLength: 3 }), layers.dropout({ rate: 0.5 })] });
    const x = input({ shape: [3], dtype: "int32" });
    const outer = model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(inner.apply(x)) });
    expect((outer.computeMask(tensor([[1, 0, 2]], [1, 3], "int32"), null) as Tensor).arraySync()).toEqual([[1, 0, 1]]);
  });
});

describe("batch normalisation", () => {
  const x = tensor([
    [1, 10],
    [3, 30],
  ]);

  test("moves its averages in training, compiled or not, and uses them elsewhere", async () => {
    const layer = layers.batchNormalization({ momentum: 0.75, inputShape: [2] });
    const model = sequential({ layers: [layer] });
    model.compile({ optimizer: train.sgd(0), loss: "meanSquaredError" });
    await model.fit(x, x, { epochs: 2, verbose: 0 });
    const [, , mean, variance] = layer.getWeights().map((weight) => weight.arraySync());
    expect(mean).toEqual([0.875, 8.75]);
    expect(variance).toEqual([1, expect.closeTo(0.75 * (0.75 + 25) + 25, 4)]);
    const y = model.predict(x).arraySync() as number[][];
    expect(y[0]?.[0]).toBeCloseTo((1 - 0.875) / Math.sqrt(1.001), 6);
  });

  test("is as in inference where it is frozen, and trains again when it is not", async () => {
    const layer = layers.batchNormalization({ inputShape: [2] });
    const model = sequential({ layers: [layer, layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const averages = (): unknown => layer.getWeights().map((weight) => weight.arraySync());
    layer.trainable = false;
    const before = averages();
    await model.fit(x, zeros([2, 1]), { epochs: 2, verbose: 0 });
    expect(averages()).toEqual(before);
    layer.trainable = true;
    await model.fit(x, zeros([2, 1]), { epochs: 1, verbose: 0 });
    expect(averages()).not.toEqual(before);
  });
});

describe("noise", () => {
  const share = (y: Tensor, value: number): number => y.equal(value).cast("float32").mean().item();

  test("keeps mean and variance, and drops the share it is told", () => {
    setSeed(11);
    const x = fill([20_000], 1);
    const dropped = layers.dropout({ rate: 0.25 }).call(x, { training: true });
    expect(share(dropped, 0)).toBeCloseTo(0.25, 1);
    expect(dropped.mean().item()).toBeCloseTo(1, 1);
    const gaussian = layers.gaussianDropout({ rate: 0.2 }).call(x, { training: true });
    expect(moments(gaussian).variance.item()).toBeCloseTo(0.25, 1);
    const normal = randomNormal([20_000]);
    const { mean, variance } = moments(layers.alphaDropout({ rate: 0.3 }).call(normal, { training: true }));
    expect(Math.abs(mean.item())).toBeLessThan(0.05);
    expect(variance.item()).toBeCloseTo(1, 1);
  });

  test("spatial dropout drops features in all positions or in none", () => {
    const y = layers.spatialDropout1d({ rate: 0.5 }).call(fill([4, 5, 6], 1), { training: true });
    expect(moments(y, 1).variance.max().item()).toBe(0);
    expect(() => layers.spatialDropout2d({ rate: 0.5 }).call(fill([4, 5, 6], 1), { training: true })).toThrow("the input must have 4 axes");
  });
});

describe("what does not fit is refused with the layer's name", () => {
  test.each<[() => unknown, string]>([
    [() => layers.dense({ units: 0, name: "a" }), "a: units must be a whole number >= 1. Got units=0."],
    [() => layers.dense({ units: 2, name: "a" }).apply(zeros([3])), "a: the input must have 2 axes or more. Got shape [null]."],
    [() => layers.dense({ units: 2, activation: "rleu" as "relu" }), "activation: expected one of linear, relu"],
    [() => layers.dense({ units: 2, dtype: "int32" }), "dtype must be float32"],
    [() => layers.dropout({ rate: 1, name: "a" }), "a: rate must be in [0, 1). Got rate=1."],
    [() => layers.reLU({ maxValue: -1, name: "a" }), "a: maxValue must be >= 0. Got maxValue=-1."],
    [() => layers.reshape({ targetShape: [-1, -1], name: "a" }), "a: targetShape must be whole numbers, with one -1 at most. Got targetShape=[-1,-1]."],
    [() => layers.reshape({ targetShape: [5], name: "a" }).apply(input({ shape: [4] })), "a: targetShape must have the 4 elements of a sample. Got [5]."],
    [() => layers.permute({ dims: [1, 3], name: "a" }), "a: dims must be the numbers from 1 on in some order. Got dims=[1,3]."],
    [() => layers.batchNormalization({ axis: 0, name: "a" }).apply(zeros([2, 3])), "a: axis must be among the 2, and not the batch's. Got axis=0."],
    [() => layers.add({ name: "a" }).apply(input({ shape: [4] })), "a: apply expected a list of 2 inputs or more. Got one."],
    [() => layers.add({ name: "a" }).apply([input({ shape: [4] }), input({ shape: [3] })]), "a: the inputs' shapes must broadcast. Got [null,4] and [null,3]."],
    [
      () => layers.dot({ axes: 2, name: "a" }).apply([input({ shape: [4] }), input({ shape: [4] })]),
      "a: axis must be among the 2, and not the batch's. Got axis=2.",
    ],
    [() => layers.einsumDense({ equation: "ab,bc", outputShape: 3, name: "a" }), 'a: equation must be like "abc,cd->abd".'],
    [() => layers.dense({ units: 2, name: "a" }).apply(input({ shape: [null] })), "a: the input's sizes that 'kernel' depends on must be known."],
  ])("%#", (make, message) => {
    expect(make).toThrow(message);
  });
});

test("a shared layer tells each of its calls", () => {
  const shared = layers.dense({ units: 2, name: "shared" });
  const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
  const [first, second] = [shared.apply(a), shared.apply(b)];
  expect([shared.getInputAt(0), shared.getInputAt(1)]).toEqual([a, b]);
  expect([shared.getOutputAt(0), shared.getOutputAt(1)]).toEqual([first, second]);
  for (const wrong of [() => shared.output, () => shared.outputShape, () => shared.getInputAt(2)])
    expect(wrong).toThrow("shared: expected a layer called once, or the number of a call. Got 2 calls.");
});

test("names and weights are Keras's", () => {
  const layer = new (class ThingNormalization extends layers.Layer {
    override call(x: Tensor): Tensor {
      return x;
    }
  })();
  expect(layer.name).toMatch(/^thing_normalization/);
  const batch = layers.batchNormalization({ name: "bn" });
  batch.ensureBuilt([null, 2]);
  expect(batch.weights.map(({ name }) => name)).toEqual(["bn/gamma", "bn/beta", "bn/moving_mean", "bn/moving_variance"]);
  expect(batch.trainableWeights.length).toBe(2);
});

test("flatten of a layout with channels first gives what channels last gives", () => {
  const x = randomNormal([2, 3, 4, 5]);
  const [first, last] = [layers.flatten({ dataFormat: "channelsFirst" }), layers.flatten()];
  expect((first.apply(x) as Tensor).arraySync()).toEqual((last.apply(x.transpose([0, 2, 3, 1])) as Tensor).arraySync());
  expect(() => layers.flatten({ dataFormat: "NHWC" as never })).toThrow("dataFormat must be channelsFirst or channelsLast");
});

test("inputDType is the type of a model's input", () => {
  const model = sequential({ layers: [layers.embedding({ inputDim: 3, outputDim: 2, inputShape: [4], inputDType: "int32" }), layers.flatten()] });
  expect(model.inputs[0]?.dtype).toBe("int32");
  expect(model.layers[0]?.getConfig().inputDType).toBe("int32");
  expect(sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] }).inputs[0]?.dtype).toBe("float32");
});

test("a custom layer as TensorFlow.js's guides write it", () => {
  class Antirectifier extends Layer {
    static readonly className = "Antirectifier";
    override computeOutputShape([batch, width]: [number | null, number]): [number | null, number] {
      return [batch, 2 * width];
    }
    override call(inputs: Tensor | Tensor[], options: object): Tensor {
      const input = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
      this.invokeCallHook(inputs, options);
      return input.relu().concat(input.neg().relu(), 1);
    }
  }
  const model = sequential({ layers: [new Antirectifier({ inputShape: [2] })] });
  expect(model.predict(tensor([[1, -2]])).arraySync()).toEqual([[1, 0, 0, 2]]);
});

test("pictures may stay bytes until rescaling makes numbers of them", async () => {
  const network = sequential({
    layers: [layers.inputLayer({ inputShape: [2], dtype: "uint8" }), layers.rescaling({ scale: 1 / 255 }), layers.dense({ units: 1 })],
  });
  const x = fromBytes(new Uint8Array([0, 51, 255, 102]), [2, 2], "uint8");
  expect(
    layers
      .rescaling({ scale: 1 / 255 })
      .apply(x)
      .arraySync(),
  ).toEqual([
    [0, expect.closeTo(0.2, 6)],
    [1, expect.closeTo(0.4, 6)],
  ]);
  network.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { loss } = (await network.fit(x, tensor([[1], [2]]), { epochs: 30, verbose: 0 })).history;
  expect(loss?.at(-1)).toBeLessThan(0.5 * (loss?.[0] as number));
});

test("inputs become what the model declares", () => {
  const x = input({ shape: [2], dtype: "int32" });
  const y = model({ inputs: x, outputs: layers.flatten().apply(x) }).predict(tensor([[1.7, 2.2]]));
  expect([y.dtype, y.arraySync()]).toEqual(["int32", [[1, 2]]]);
});
