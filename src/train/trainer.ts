/** @file The compiled training and evaluation steps of a model, with exact totals of loss and metrics. */
import { compile } from "../engine/compile.js";
import { gradientsOf } from "../engine/grad.js";
import type { Plan } from "../engine/plan.js";
import { Variable } from "../engine/variable.js";
import { getLoss, type LossIdentifier } from "../nn/losses/index.js";
import { type Loss, outputLoss } from "../nn/losses/loss.js";
import type { SampleFunction } from "../nn/losses/samples.js";
import { getMetric, type Metric } from "../nn/metrics.js";
import { fill } from "../ops/creation.js";
import { add, mul } from "../ops/elementwise.js";
import { mean, sum } from "../ops/reduce.js";
import { accumulate } from "../ops/update.js";
import type { Optimizer } from "../optim/optimizer.js";
import { getOptimizer, type OptimizerIdentifier } from "../optim/train.js";
import type { Tensor } from "../tensor/tensor.js";
import { heap } from "../wasm/heap.js";
import type { Batches } from "./batches.js";
import type { Logs } from "./history.js";

/** What a trainer needs of a model. */
export interface Trainable {
  readonly name: string;
  readonly trainableWeights: readonly Variable[];
  call(x: Tensor, training: boolean, penalties?: Tensor[]): Tensor;
}

interface TrainerArgs {
  optimizer: OptimizerIdentifier;
  loss: LossIdentifier;
  metrics?: string | SampleFunction | readonly (string | SampleFunction)[];
}

/** Batches between two readings of the totals: few enough that float32 sums stay exact for counts. */
const DRAIN_EVERY = 256;

/** Sums of loss and metrics: added up in the plan, read and zeroed by JavaScript now and then. */
class Totals {
  private readonly variables: Variable[];
  private readonly sums: Float64Array;
  private samples = 0;
  private waiting = 0;

  constructor(private readonly names: readonly string[]) {
    this.variables = names.map((name) => new Variable([], "float32", 1, false, `total/${name}`).assign(fill([], 0)));
    this.sums = new Float64Array(names.length);
  }

  /** Adds the sum of a batch's values to total `index`; recorded in the plan. */
  add(index: number, values: Tensor): void {
    accumulate([sum(values), this.variables[index] as Variable], { scale: 1 });
  }

  reset(): void {
    this.drain();
    this.sums.fill(0);
    this.samples = 0;
  }

  count(samples: number): void {
    this.samples += samples;
    if (++this.waiting >= DRAIN_EVERY) this.drain();
  }

  private drain(): void {
    this.waiting = 0;
    for (let i = 0; i < this.sums.length; i++) {
      const word = (this.variables[i] as Variable).block.ptr >>> 2;
      this.sums[i] = (this.sums[i] as number) + (heap.f32[word] as number);
      heap.f32[word] = 0;
    }
  }

  /** Means over all samples since the last reset. */
  logs(): Logs {
    this.drain();
    return Object.fromEntries(this.names.map((name, i) => [name, (this.sums[i] as number) / this.samples]));
  }
}

export class Trainer {
  readonly optimizer: Optimizer;
  private readonly loss: Loss;
  private readonly metrics: readonly Metric[];
  private readonly totals: Totals;
  private readonly trainStep: ReturnType<typeof compile>;
  private readonly testStep: ReturnType<typeof compile>;
  /** Plans by the first tensor of a batch since the last reset: looking one up by shapes would cost more than a small step. */
  private readonly plans = new Map<Tensor, Plan>();

  constructor(
    private readonly model: Trainable,
    { optimizer, loss, metrics = [] }: TrainerArgs,
  ) {
    this.optimizer = getOptimizer(optimizer);
    this.loss = getLoss(loss);
    const list = typeof metrics === "string" || typeof metrics === "function" ? [metrics] : metrics;
    this.metrics = list.map((metric) => getMetric(metric, this.loss.name));
    this.totals = new Totals(["loss", ...this.metrics.map(({ name }) => name)]);
    const key = (): string => this.model.trainableWeights.map(({ id }) => id).join();
    this.trainStep = compile((x: Tensor, y: Tensor) => this.train(x, y), { key });
    this.testStep = compile((x: Tensor, y: Tensor) => this.test(x, y));
  }

  /** Names of the values in logs, the loss first. */
  get names(): string[] {
    return ["loss", ...this.metrics.map(({ name }) => name)];
  }

  private forward(x: Tensor, y: Tensor, training: boolean): { prediction: Tensor; loss: Tensor } {
    const penalties: Tensor[] = [];
    const prediction = this.model.call(x, training, penalties);
    const loss = outputLoss(this.loss, y, prediction);
    for (const weight of this.model.trainableWeights) if (weight.regularizer !== null) penalties.push(weight.regularizer.apply(weight));
    return { prediction, loss: penalties.reduce<Tensor>((sum, penalty) => add(sum, penalty), loss.rank === 0 ? loss : mean(loss)) };
  }

  private train(x: Tensor, y: Tensor): void {
    const weights = this.model.trainableWeights;
    let parts: ReturnType<Trainer["forward"]> | undefined;
    const { gradients } = gradientsOf(
      "fit",
      () => {
        parts = this.forward(x, y, true);
        return parts.loss;
      },
      weights,
    );
    this.addTotals(y, parts as NonNullable<typeof parts>);
    this.optimizer.applyPairs(weights.flatMap((weight, i) => (gradients[i] ? [[weight, gradients[i]] as [Variable, Tensor]] : [])));
  }

  private test(x: Tensor, y: Tensor): void {
    this.addTotals(y, this.forward(x, y, false));
  }

  private addTotals(y: Tensor, { prediction, loss }: ReturnType<Trainer["forward"]>): void {
    // The loss of a batch counts for each of its samples.
    this.totals.add(0, mul(loss, prediction.shape[0] as number));
    this.metrics.forEach((metric, i) => {
      this.totals.add(i + 1, metric.apply(y, prediction));
    });
  }

  reset(): void {
    this.totals.reset();
    this.plans.clear();
  }

  /** Means since the last reset. */
  logs(): Logs {
    return this.totals.logs();
  }

  /** One step on batch `index`. */
  trainBatch(batches: Batches, index: number): void {
    this.run(this.trainStep, batches, index);
  }

  private run(compiled: Trainer["trainStep"], batches: Batches, index: number): void {
    const inputs = batches.batch(index);
    const first = inputs[0] as Tensor;
    let plan = this.plans.get(first);
    if (plan === undefined) {
      plan = compiled.plan(...(inputs as never[]));
      this.plans.set(first, plan);
    }
    plan.run(inputs, []);
    this.totals.count(batches.rowsOf(index));
  }

  /** Loss and metrics over all batches. */
  evaluate(batches: Batches): Logs {
    this.reset();
    for (let i = 0; i < batches.count; i++) this.run(this.testStep, batches, i);
    const logs = this.logs();
    this.reset();
    return logs;
  }

  /** The plan of the training step on batches like the first. */
  plan(batches: Batches): ReturnType<Trainer["trainStep"]["plan"]> {
    return this.trainStep.plan(...(batches.batch(0) as never[]));
  }

  dispose(): void {
    this.trainStep.dispose();
    this.testStep.dispose();
  }
}
