/** @file What the browsers compute and Node computes too: the strict build must give the same bits everywhere. */
import {
  argMax,
  exp,
  grad,
  grads,
  init,
  layers,
  logSoftmax,
  matMul,
  mean,
  type Optimizer,
  randomNormal,
  randomUniform,
  sequential,
  setSeed,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  train,
} from "../../src/index.js";
import { opsTable } from "../ops.table.js";
import { inputsOf, makeTensor } from "../table/row.js";

/** Inputs and targets of exclusive or. */
export const xorInputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
export const xorTargets = [[0], [1], [1], [0]];

/**
 * A hash (FNV-1a, 32 bits) of the bits of tensors.
 * What a NaN carries besides being one is left to the machine, so all NaN count as the same.
 */
function hashOf(...tensors: Tensor[]): string {
  let hash = 0x811c9dc5;
  for (const x of tensors) {
    const values = x.dataSync().slice();
    if (values instanceof Float32Array) for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
    for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A network trained on exclusive or, and its answers. */
export async function trainXor(): Promise<{ answers: number[]; predictions: Tensor; losses: number[] }> {
  setSeed(1);
  const model = sequential();
  model.add(layers.dense({ units: 10, activation: "tanh", inputShape: [2] }));
  model.add(layers.dense({ units: 1, activation: "sigmoid" }));
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
  const history = await model.fit(tensor(xorInputs), tensor(xorTargets), { epochs: 1000, batchSize: 4, verbose: 0 });
  const predictions = model.predict(tensor(xorInputs)) as Tensor;
  return { answers: [...predictions.dataSync()].map((p) => Math.round(p)), predictions, losses: history.history.loss as number[] };
}

/** A training that threads share, where there are any: its plan and some of its calls are large enough. */
export async function trainWide(): Promise<Tensor> {
  setSeed(3);
  const model = sequential({
    layers: [layers.dense({ units: 256, activation: "relu", inputShape: [784] }), layers.dense({ units: 10, activation: "softmax" })],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  await model.fit(randomUniform([1000, 784]), randomUniform([1000], 0, 10, "int32"), { epochs: 3, batchSize: 128, verbose: 0 });
  return model.predict(randomUniform([1000, 784])) as Tensor;
}

/** Weights, optimizer's slots and history of a training with all that is drawn, shuffled and summed along the way, in each of its epochs. */
async function trainDeep(optimizer: Optimizer): Promise<string> {
  setSeed(5);
  const model = sequential({
    layers: [
      layers.dense({ units: 33, activation: "gelu", inputShape: [19], kernelRegularizer: "l2" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 17, activation: "tanh", kernelInitializer: "orthogonal" }),
      layers.layerNormalization(),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.dense({ units: 5, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = randomNormal([203, 19]);
  const y = randomUniform([203], 0, 5, "int32");
  const { history } = await model.fit(x, y, { epochs: 5, batchSize: 32, validationSplit: 0.2, verbose: 0 });
  const numbers = Object.values(history).map((values) => tensor(values as number[]));
  const slots = (await model.optimizer.getWeights()).map((slot) => slot.tensor);
  return hashOf(...model.getWeights(), ...slots, ...numbers, model.predict(x) as Tensor);
}

const optimizers = {
  adam: () => train.adam(0.01),
  nadam: () => train.nadam({ learningRate: 0.01, useEma: true, emaOverwriteFrequency: 3 }),
  nesterov: () => train.momentum(0.05, 0.9, true),
  rmsprop: () => train.rmsprop(0.005, 0.9, 0.5, 1e-7, true),
  ftrl: () => train.ftrl({ learningRate: 0.1, l1RegularizationStrength: 0.001 }),
};

/** Hashes of results by name: a difference names what differs. */
export async function workload(): Promise<Record<string, string>> {
  await init({ relaxed: false });
  setSeed(7);
  const a = randomNormal([67, 129]);
  const b = randomNormal([129, 45]);
  const wide = tidy(() => sum(matMul(a, b).tanh(), 0));
  const gradient = grad((x: Tensor) => mean(logSoftmax(tanh(matMul(x, b)))))(a);
  const { predictions, losses } = await trainXor();
  const trainings: Record<string, string> = {};
  for (const [name, make] of Object.entries(optimizers)) trainings[name] = await trainDeep(make());
  return {
    ...trainings,
    random: hashOf(a),
    matMul: hashOf(matMul(a, b)),
    transposed: hashOf(matMul(b, a, true, true)),
    exp: hashOf(exp(a)),
    sum: hashOf(wide),
    argMax: hashOf(argMax(a, 1)),
    gradient: hashOf(gradient),
    losses: hashOf(tensor(losses)),
    xor: hashOf(predictions),
    wide: hashOf(await trainWide()),
    large: hashOf(matMul(randomUniform([300, 200]), randomUniform([200, 500])).exp()),
  };
}

/** Hashes of everything that the rows of the op table give, values and gradients, by op. */
export async function tableHashes(): Promise<Record<string, string>> {
  await init({ relaxed: false });
  const hashes: Record<string, string> = {};
  for (const [name, row] of Object.entries(opsTable)) {
    const { call, samples, special = [], gradient } = row;
    setSeed(1);
    const results = [...samples, ...special].map((sample) => call(inputsOf(row, sample).map(makeTensor), sample.attributes ?? {}));
    const slopes = (gradient?.samples ?? []).flatMap((sample) => {
      const inputs = inputsOf(row, sample).map(makeTensor);
      const floats = inputs.filter(({ dtype }) => dtype === "float32");
      const y = (...xs: Tensor[]): Tensor => {
        const left = [...xs];
        return call(
          inputs.map((x) => (x.dtype === "float32" ? (left.shift() as Tensor) : x)),
          sample.attributes ?? {},
        );
      };
      return grads(y)(floats);
    });
    hashes[name] = hashOf(...results, ...slopes);
  }
  return hashes;
}
