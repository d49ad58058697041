/** @file A training with all that has a state, for tests that interrupt it. As a program it writes its result to a folder. */
import { writeFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Callback,
  callbacks,
  data,
  type History,
  type IOHandler,
  layers,
  Model,
  randomNormal,
  randomUniform,
  ready,
  type Sequential,
  schedules,
  sequential,
  setSeed,
  type Tensor,
  tensor,
  train,
} from "../../src/index.js";

export type Kind = keyof typeof trainings;

export interface Training {
  /** Where its backups go. */
  backup: string | IOHandler;
  saveFreq: "epoch" | number;
  /** A file for csvLogger. */
  csv: string;
  /** Multiplies the work. */
  epochs: number;
  seed?: number;
  extra?: readonly Callback[];
}

const bytesOf = (tensors: readonly Tensor[]): string =>
  Buffer.concat(tensors.map((x) => Buffer.from(Uint8Array.from(new Uint8Array(x.dataSync().slice().buffer))))).toString("hex");

interface Result {
  weights: string;
  optimizer: string;
  epoch: number[];
  history: [string, number[]][];
}

/** What a run amounts to, to the bit. */
const resultOf = async (model: Model, { epoch, history }: History): Promise<Result> => ({
  weights: bytesOf(model.getWeights()),
  optimizer: bytesOf((await model.optimizer.getWeights()).map((slot) => slot.tensor)),
  epoch,
  history: Object.entries(history),
});

function dataOf(): { x: Tensor; y: Tensor } {
  const x = randomNormal([50, 6], 0, 1, "float32", 1);
  return {
    x,
    y: x
      .slice([0, 0], [50, 1])
      .mul(2)
      .sub(x.slice([0, 1], [50, 1]).square()),
  };
}

const net = (): Sequential =>
  sequential({
    layers: [
      layers.dense({ units: 12, activation: "relu", inputShape: [6] }),
      layers.dropout({ rate: 0.3 }),
      layers.gaussianNoise({ stddev: 0.1, seed: 9 }),
      layers.batchNormalization(),
      layers.dense({ units: 1, kernelRegularizer: "l2" }),
    ],
  });

const watchers = ({ backup, saveFreq, csv, extra = [] }: Training): Callback[] => [
  // Where it stands in the list does not matter.
  callbacks.backupAndRestore({ path: backup, saveFreq }),
  callbacks.earlyStopping({ monitor: "val_loss", patience: 4, restoreBestWeights: true }),
  callbacks.csvLogger(csv),
  ...extra,
];

/** Elements of a dataset, some of them noisy. */
const pairs = ({ x, y }: { x: Tensor; y: Tensor }, noise: number): ReturnType<typeof data.array> =>
  data.zip({
    xs: data.array(x.arraySync() as number[][]).map((row) => tensor(row as number[]).add(randomUniform([6], 0, noise))),
    ys: data.array(y.arraySync() as number[][]),
  });

class OwnStep extends Model {
  readonly hidden = layers.dense({ units: 5, activation: "tanh" });
  readonly dropout = layers.dropout({ rate: 0.2 });
  readonly last = layers.dense({ units: 1 });
  override call(x: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    return this.last.apply(this.dropout.apply(this.hidden.apply(x), { training }));
  }
  override trainStep({ xs: [x], ys: [y] }: Parameters<NonNullable<Model["trainStep"]>>[0]): Record<string, Tensor> {
    const error = (): Tensor =>
      this.call(x as Tensor, { training: true })
        .sub(y as Tensor)
        .square()
        .mean();
    return { loss: this.optimizer.minimize(error, true) as Tensor };
  }
}

const trainings = {
  async arrays(training: Training) {
    const model = net();
    const rate = schedules.exponentialDecay({ initialLearningRate: 0.02, decaySteps: 5, decayRate: 0.9 });
    model.compile({ optimizer: train.adam({ learningRate: rate, useEma: true }), loss: "meanSquaredError", metrics: ["mae"] });
    const { x, y } = dataOf();
    return resultOf(model, await model.fit(x, y, { epochs: training.epochs, batchSize: 8, validationSplit: 0.2, verbose: 0, callbacks: watchers(training) }));
  },
  async plateau(training: Training) {
    const model = net();
    model.compile({ optimizer: train.sgd({ learningRate: 0.05, momentum: 0.9, gradientAccumulationSteps: 2 }), loss: "huber", metrics: ["mae"] });
    const { x, y } = dataOf();
    const rates = [
      callbacks.learningRateScheduler((epoch, rate) => (epoch % 2 ? rate * 0.9 : rate)),
      callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1, cooldown: 1, factor: 0.5 }),
    ];
    const weights = randomUniform([50], 0, 2, "float32", 3);
    const held = pairs({ x, y }, 0.2).shuffle(20).batch(7);
    const args = { epochs: training.epochs, batchSize: 16, sampleWeight: weights, validationData: held, verbose: 0 } as const;
    return resultOf(model, await model.fit(x, y, { ...args, callbacks: [...rates, ...watchers(training)] }));
  },
  async dataset(training: Training) {
    const model = net();
    model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] });
    const { x, y } = dataOf();
    const shuffled = pairs({ x, y }, 0.1).shuffle(30).batch(8);
    const args = { epochs: training.epochs, validationData: [x, y] as const, verbose: 0 } as const;
    return resultOf(model, await model.fitDataset(shuffled, { ...args, callbacks: watchers(training) }));
  },
  async endless(training: Training) {
    const model = net();
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const { x, y } = dataOf();
    const shuffled = pairs({ x, y }, 0.1).shuffle(30, 4).repeat().batch(8);
    const held = pairs({ x, y }, 0).shuffle(50, 7).batch(9);
    const args = { epochs: training.epochs, batchesPerEpoch: 5, validationData: held, validationBatches: 3, verbose: 0 } as const;
    return resultOf(model, await model.fitDataset(shuffled, { ...args, callbacks: watchers(training) }));
  },
  async ownStep(training: Training) {
    const model = new OwnStep();
    model.compile({ optimizer: train.adam(0.01), loss: "meanSquaredError" });
    const { x, y } = dataOf();
    return resultOf(model, await model.fit(x, y, { epochs: training.epochs, batchSize: 8, validationData: [x, y], verbose: 0, callbacks: watchers(training) }));
  },
  async lateShapes(training: Training) {
    const model = new OwnStep();
    model.trainStep = undefined as never;
    model.compile({ optimizer: train.adam(0.01), loss: "meanSquaredError" });
    const { x, y } = dataOf();
    const shuffled = pairs({ x, y }, 0.1).shuffle(30).batch(8);
    return resultOf(model, await model.fitDataset(shuffled, { epochs: training.epochs, validationData: [x, y], verbose: 0, callbacks: watchers(training) }));
  },
};

export const kinds = Object.keys(trainings) as Kind[];

/** Runs a training, or goes on with an interrupted one. */
export async function run(kind: Kind, training: Training): Promise<Result> {
  // Data, too, are of the build that fit will use.
  await ready();
  setSeed(training.seed ?? 1);
  return trainings[kind](training);
}

const [program, kind, folder, epochs] = process.argv.slice(1);
if (program === resolve("test/training/resumable.ts")) {
  // Not by console.log, which a process that is killed may not get to write.
  const told = { onBatchEnd: () => void writeSync(1, ".") };
  const training = {
    backup: `file://${folder}/backup`,
    saveFreq: kind === "plateau" ? "epoch" : 2,
    csv: `${folder}/log.csv`,
    epochs: Number(epochs),
    extra: [told],
  } as const;
  writeFileSync(`${folder}/result.json`, JSON.stringify(await run(kind as Kind, training)));
}
