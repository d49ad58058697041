/** @file What a user of the package might write, the same in every host: trains, predicts, saves, and tells what came of it. */
import { init, layers, loadLayersModel, matMul, randomNormal, sequential, setSeed, tensor } from "engram";

/** A hash of all bits of a model's weights. */
async function bits(model) {
  let hash = 0;
  for (const weight of model.getWeights()) {
    const values = await weight.data();
    for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}

/** XOR: what a small network answers after training, rounded. */
async function xor() {
  setSeed(2);
  const model = sequential({ layers: [layers.dense({ units: 8, activation: "tanh", inputShape: [2] }), layers.dense({ units: 1, activation: "sigmoid" })] });
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
  const x = tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
  await model.fit(x, tensor([[0], [1], [1], [0]]), { epochs: 1000, batchSize: 4, verbose: 0 });
  return model.predict(x).round().flatten().arraySync();
}

/** A network that is large enough for threads, trained for a few steps. */
async function wide(args) {
  setSeed(3);
  const model = sequential({ layers: [layers.dense({ units: 256, activation: "relu", inputShape: [64] }), layers.dense({ units: 1 })] });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  const x = randomNormal([512, 64]);
  await model.fit(x, x.sum(1, true), { epochs: 2, batchSize: 64, verbose: 0, ...args });
  return model;
}

/** Whether products are added without rounding them first, as only relaxed kernels do. */
function isFused() {
  const a = 1 + 2 ** -12;
  return matMul([[-1, a]], [[Math.fround(a * a)], [a]]).arraySync()[0][0] !== 0;
}

/**
 * Runs all of it.
 * @param place where models can be saved here
 * @param urls addresses of the workers' files, where the host asks for them: options of init
 */
export async function run(place, urls) {
  // Threads that cannot be had are told of on the console.
  const said = [];
  console.info = (text) => void said.push(text);
  await init({ relaxed: false, threads: 1, ...urls });
  const answers = await xor();
  const model = await wide();
  const strict = await bits(model);
  await model.save(place);
  const saved = await bits(await loadLayersModel(place));
  const inWorker = await bits(await wide({ worker: true }));
  await init({ threads: 2 });
  const shared = await bits(await wide());
  await init({ threads: 1 });
  const fusedBefore = isFused();
  await init({ relaxed: true });
  return { answers, strict, saved, inWorker, shared, said, fused: [fusedBefore, isFused()] };
}
