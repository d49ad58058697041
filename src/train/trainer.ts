/** @file The compiled training and evaluation steps of a model, with loss and metrics over all batches. */
import { compile } from "../engine/compile.js";
import { gradientsOf } from "../engine/grad.js";
import type { Plan } from "../engine/plan.js";
import type { Variable } from "../engine/variable.js";
import { getLoss, type LossIdentifier } from "../nn/losses/index.js";
import { type Loss, outputLoss } from "../nn/losses/loss.js";
import { getMetric, type MetricIdentifier, meanMetric } from "../nn/metrics/index.js";
import type { Metric } from "../nn/metrics/metric.js";
import { add } from "../ops/elementwise.js";
import { mean } from "../ops/reduce.js";
import type { Optimizer } from "../optim/optimizer.js";
import { getOptimizer, type OptimizerIdentifier } from "../optim/train.js";
import type { Tensor } from "../tensor/tensor.js";
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
  metrics?: MetricIdentifier | readonly MetricIdentifier[];
}

/** Each name once: later ones of the same name are numbered. */
const unique = (names: readonly string[]): string[] =>
  names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name}_${before}`;
  });

export class Trainer {
  readonly optimizer: Optimizer;
  /** Names of the values in logs, the loss first. */
  readonly names: readonly string[];
  private readonly loss: Loss;
  /** The loss of each batch, then the metrics. */
  private readonly metrics: readonly [Metric, ...Metric[]];
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
    const list = [metrics].flat() as readonly MetricIdentifier[];
    this.metrics = [meanMetric("loss", (loss) => loss), ...list.map((metric) => getMetric(metric, this.loss.name))];
    this.names = unique(this.metrics.map(({ name }) => name));
    const key = (): string => this.model.trainableWeights.map(({ id }) => id).join();
    this.trainStep = compile((x: Tensor, y: Tensor) => this.train(x, y), { key });
    this.testStep = compile((x: Tensor, y: Tensor) => this.test(x, y));
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
    this.updateMetrics(y, parts as NonNullable<typeof parts>);
    this.optimizer.applyPairs(weights.flatMap((weight, i) => (gradients[i] ? [[weight, gradients[i]] as [Variable, Tensor]] : [])));
  }

  private test(x: Tensor, y: Tensor): void {
    this.updateMetrics(y, this.forward(x, y, false));
  }

  private updateMetrics(y: Tensor, { prediction, loss }: ReturnType<Trainer["forward"]>): void {
    const [total, ...metrics] = this.metrics;
    total.updateState(loss, prediction);
    for (const metric of metrics) metric.updateState(y, prediction);
  }

  reset(): void {
    for (const metric of this.metrics) metric.resetState();
    this.plans.clear();
  }

  /** Loss and metrics since the last reset; those that are one number. */
  logs(): Logs {
    const values = this.metrics.map((metric, i) => [this.names[i] as string, metric.value()] as const);
    return Object.fromEntries(values.filter((entry): entry is readonly [string, number] => typeof entry[1] === "number"));
  }

  /** Loss and metrics since the last reset. */
  results(): Tensor[] {
    return this.metrics.map((metric) => metric.result());
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
  }

  /** Loss and metrics over all batches. */
  evaluate(batches: Batches): Logs {
    this.reset();
    for (let i = 0; i < batches.count; i++) this.run(this.testStep, batches, i);
    this.plans.clear();
    return this.logs();
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
