/** @file The training and evaluation steps of a model, compiled where all of it can be, with loss and metrics over all batches. */
import { type Compiled, compile } from "../engine/compile.js";
import { gradientsOf } from "../engine/grad.js";
import { engine } from "../engine/op.js";
import type { Plan } from "../engine/plan.js";
import { step } from "../engine/step.js";
import type { Variable } from "../engine/variable.js";
import { isPure, type Mask } from "../nn/layer.js";
import { outputLoss } from "../nn/losses/loss.js";
import type { Metric } from "../nn/metrics/metric.js";
import { collectLosses } from "../nn/penalties.js";
import { cast } from "../ops/cast.js";
import { fill } from "../ops/creation.js";
import { add, div, maximum, mul } from "../ops/elementwise.js";
import { mean, sum } from "../ops/reduce.js";
import type { Optimizer } from "../optim/optimizer.js";
import { getOptimizer } from "../optim/train.js";
import { checkOptions, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Head, type HeadMetric, headsOf, lossMetric, type ModelCompileArgs } from "./heads.js";
import type { Logs } from "./history.js";
import type { Model } from "./model.js";
import type { BatchData } from "./source.js";

/** The tensors of a batch, as a step takes them. */
interface Batch {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  readonly weights: readonly Tensor[];
}

/** Plans that are looked up by their batch's first tensor, before all are forgotten: arrays have two, of whole and of ragged batches. */
const MOST_PLANS = 8;

/** Weights of samples that a mask counts in: those it hides have none, and the others theirs in the same ratio (Keras). */
function maskedWeights(mask: Mask, weights: Tensor | undefined): Tensor | undefined {
  if (mask === null) return weights;
  const kept = cast(mask, "float32");
  const scaled = mul(kept, div(kept.size, maximum(sum(kept), 1)));
  return weights === undefined ? scaled : mul(scaled, weights);
}

/** What an epoch has gathered so far. */
export interface TrainerState {
  samples: number;
  /** Values of the model's own step. */
  own: Record<string, number>;
  /** The state of each metric. */
  tensors: Tensor[][];
}

/** What compile makes of a model. */
export class Trainer {
  readonly optimizer: Optimizer;
  private readonly heads: readonly Head[];
  private readonly total = lossMetric("loss");
  /** All that is reported, the loss first. */
  private readonly reported: readonly HeadMetric[];
  /** Whether a fit runs; see fitting.ts. */
  isFitting = false;
  /** Whether a training step ends before its update when the loss is not finite. */
  isGuarded = false;
  /** @internal */
  readonly steps = { train: new Step(this, true), test: new Step(this, false) };
  /** Values that the model's own step gave, summed over samples. */
  private own: Record<string, number> = {};
  /** Samples since the last reset. */
  samples = 0;

  constructor(
    readonly model: Model,
    /** @internal What compile was told. */
    readonly args: ModelCompileArgs,
  ) {
    checkOptions("compile", args, "optimizer loss lossWeights metrics weightedMetrics");
    this.optimizer = getOptimizer(args.optimizer ?? "rmsprop");
    this.heads = headsOf(args, model.outputNames);
    const { heads } = this;
    this.reported = [this.total, ...heads.flatMap(({ total }) => total ?? []), ...heads.flatMap(({ metrics }) => metrics)];
  }

  /** @internal Whether the steps may be compiled: whether all that they consist of is computed with ops alone. */
  get isTraceable(): boolean {
    const { model, heads } = this;
    return (
      model.isTraceable &&
      heads.every(({ loss, metrics }) => (loss?.isTraceable ?? true) && metrics.every(({ metric }) => metric.isTraceable)) &&
      model.weights.every(({ regularizer, constraint }) => isPure(regularizer) && isPure(constraint))
    );
  }

  /** @internal What a plan depends on beside shapes: which weights there are to train. */
  planKey(): string {
    return this.model.trainableWeights.map(({ id }) => id).join();
  }

  /** Whether a step of the model's own told values. */
  private get hasOwn(): boolean {
    return Object.keys(this.own).length > 0;
  }

  /** Names of the values in logs, the loss first. */
  get names(): string[] {
    return this.hasOwn ? Object.keys(this.own) : this.reported.map(({ name }) => name);
  }

  /** All metrics, in the order of `names`. @internal */
  get metrics(): Metric[] {
    return this.reported.map(({ metric }) => metric);
  }

  /** The sum of the losses and penalties of a batch, which the metrics take in. */
  private forward({ inputs, targets, weights }: Batch, training: boolean): Tensor {
    if (this.heads.every(({ loss }) => loss === null))
      throw error(this.model.name, "fit and evaluate need a loss", "none", "give compile one, or the model a trainStep.");
    const { value: results, losses: penalties } = collectLosses(() => this.model.callOn(inputs, { training }));
    if (results.length !== this.heads.length)
      throw error(this.model.name, `compile was told of ${this.heads.length} outputs`, `a model with ${results.length}`);
    const terms = this.heads.flatMap(({ loss, weight, total, metrics }, i) => {
      const [y, [output, mask]] = [targets[i] as Tensor, results[i] as [Tensor, Mask]];
      const own = weights[i];
      for (const { metric, isWeighted } of metrics) metric.updateState(y, output, maskedWeights(mask, isWeighted ? own : undefined));
      if (loss === null) return [];
      const values = outputLoss(loss, y, output, maskedWeights(mask, own));
      const one = values.rank === 0 ? values : mean(values);
      total?.metric.updateState(one, output);
      return [weight === 1 ? one : mul(one, weight)];
    });
    for (const weight of this.model.trainableWeights) if (weight.regularizer !== null) terms.push(weight.regularizer.apply(weight));
    const loss = [...terms, ...penalties].reduce((a, b) => add(a, b));
    this.total.metric.updateState(loss, (results[0] as [Tensor, Mask])[0]);
    return loss;
  }

  /** @internal Computes a step. */
  compute(batch: Batch, training: boolean): void {
    if (!training) return void this.forward(batch, false);
    const weights = this.model.trainableWeights;
    const { gradients } = gradientsOf("fit", () => this.optimizer.scaleLoss(this.forward(batch, true)), weights);
    if (engine.tracer === null && !this.mayGoOn()) return;
    this.optimizer.applyPairs(weights.flatMap((weight, i) => (gradients[i] ? [[weight, gradients[i]] as [Variable, Tensor]] : [])));
  }

  /** Forgets all batches. */
  reset(): void {
    for (const metric of this.metrics) metric.resetState();
    this.own = {};
    this.samples = 0;
  }

  /** Looks plans up anew from here on: other weights may be trained, and the batches are of other arrays. */
  forgetPlans(): void {
    this.steps.train.forget();
    this.steps.test.forget();
  }

  getState(): TrainerState {
    return { samples: this.samples, own: { ...this.own }, tensors: this.metrics.map((metric) => metric.getState()) };
  }

  setState({ samples, own, tensors }: TrainerState): void {
    this.reset();
    this.samples = samples;
    this.own = { ...own };
    for (const [i, metric] of this.metrics.entries()) if (tensors[i]?.length) metric.setState(tensors[i]);
  }

  /** Runs what takes batches of its own; an epoch that runs meanwhile goes on with what it has gathered. */
  apart<T>(fn: () => T): T {
    const state = this.isFitting ? this.getState() : null;
    this.forgetPlans();
    this.reset();
    try {
      return fn();
    } finally {
      this.forgetPlans();
      if (state) this.setState(state);
    }
  }

  /** Loss and metrics since the last reset; those that are one number. */
  logs(): Logs {
    const values = this.hasOwn
      ? Object.entries(this.own).map(([name, total]) => [name, total / this.samples])
      : this.reported.map(({ name, metric }) => [name, metric.value()]);
    return Object.fromEntries(values.filter(([, value]) => typeof value === "number"));
  }

  /** Loss and metrics since the last reset. */
  results(): Tensor[] {
    return this.hasOwn ? Object.values(this.logs()).map((value) => fill([], value)) : this.metrics.map((metric) => metric.result());
  }

  private readonly mayGoOn = (): boolean => !this.isGuarded || Number.isFinite(this.own.loss ?? this.total.metric.value());

  /** One step of training or evaluation on a batch. @returns false where a guarded step's loss was not finite, and nothing was updated */
  step(training: boolean, batch: BatchData): boolean {
    const own = training ? this.model.trainStep : this.model.testStep;
    if (own === undefined) (training ? this.steps.train : this.steps.test).run(batch, training && this.isGuarded ? this.mayGoOn : undefined);
    else {
      const values = step("fit", () => own.call(this.model, { xs: batch.inputs, ys: batch.targets, sampleWeight: batch.weights }));
      for (const [name, value] of Object.entries(values))
        this.own[name] = (this.own[name] ?? 0) + (typeof value === "number" ? value : value.item()) * batch.rows;
    }
    this.samples += batch.rows;
    return !training || this.mayGoOn();
  }

  dispose(): void {
    this.steps.train.dispose();
    this.steps.test.dispose();
  }
}

/** A step on a batch, compiled or not. */
class Step {
  private readonly compiled: Compiled<(...args: unknown[]) => void>;
  /** Plans, or null for a step that is not compiled, by the first tensor of a batch: looking one up by shapes would cost more than a small step. */
  private plans = new Map<Tensor, Plan | null>();

  constructor(
    private readonly trainer: Trainer,
    private readonly training: boolean,
  ) {
    this.compiled = compile(
      (inputs: unknown, targets: unknown, ...tensors: unknown[]) => {
        const [from, to] = [inputs as number, (inputs as number) + (targets as number)];
        const all = tensors as Tensor[];
        trainer.compute({ inputs: all.slice(0, from), targets: all.slice(from, to), weights: all.slice(to) }, training);
      },
      { key: () => trainer.planKey() },
    );
  }

  /** The plan of a step on a batch; null where it is not compiled. */
  planOf(batch: BatchData): Plan | null {
    const first = batch.inputs[0] as Tensor;
    let plan = this.plans.get(first);
    if (plan === undefined) {
      if (this.plans.size === MOST_PLANS) this.plans.clear();
      plan = this.trainer.isTraceable ? this.compiled.plan(batch.inputs.length, batch.targets.length, ...batch.all) : null;
      this.memory = Math.max(this.memory, plan?.bytes ?? 0);
      this.plans.set(first, plan);
    }
    return plan;
  }

  /** @param mayUpdate asked after the gradients of a training step; by default the weights are updated without asking */
  run(batch: BatchData, mayUpdate?: () => boolean): void {
    const plan = this.planOf(batch);
    if (plan !== null) {
      plan.run(batch.all, [], mayUpdate && { before: "update" });
      if (mayUpdate?.()) plan.run(batch.all, [], { from: "update" });
    } else step("fit", () => this.trainer.compute(batch, this.training));
  }

  /** Bytes that the largest plan so far takes beside weights and data. */
  memory = 0;

  forget(): void {
    // A cleared one would keep the next alive while the collector has not taken it, and so on from fit to fit.
    if (this.plans.size > 0) this.plans = new Map();
  }

  dispose(): void {
    this.compiled.dispose();
    this.plans.clear();
  }
}
