/** @file What the browsers compute and Node computes too: the strict build must give the same bits everywhere. */
import {
  argMax,
  exp,
  grad,
  init,
  layers,
  logSoftmax,
  matMul,
  mean,
  randomNormal,
  randomUniform,
  sequential,
  setSeed,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
} from "../../src/index.js";

/** Inputs and targets of exclusive or. */
export const xorInputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
export const xorTargets = [[0], [1], [1], [0]];

/** A hash (FNV-1a, 32 bits) of the tensor's bits. */
function hashOf(x: Tensor): string {
  const values = x.dataSync();
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
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

/** Hashes of results by name: a difference names what differs. */
export async function workload(): Promise<Record<string, string>> {
  await init({ relaxed: false });
  setSeed(7);
  const a = randomNormal([67, 129]);
  const b = randomNormal([129, 45]);
  const wide = tidy(() => sum(matMul(a, b).tanh(), 0));
  const gradient = grad((x: Tensor) => mean(logSoftmax(tanh(matMul(x, b)))))(a);
  const { predictions, losses } = await trainXor();
  return {
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
