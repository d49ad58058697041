/** @file Metric: a value that is gathered over batches, exactly. */
import { engine } from "../../engine/op.js";
import { step } from "../../engine/step.js";
import { Variable } from "../../engine/variable.js";
import { castTo } from "../../ops/castTo.js";
import { type TensorLike, toTensor } from "../../ops/convert.js";
import { fill, tensor } from "../../ops/creation.js";
import { broadcastTo, clone } from "../../ops/movement.js";
import { tally } from "../../ops/tally.js";
import { error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Block } from "../../wasm/block.js";
import { heap } from "../../wasm/heap.js";
import { alignedWeights } from "../losses/samples.js";
import { isDeclaredTraceable } from "../own.js";

/** What a metric amounts to: mostly a number, some have one for each class or threshold, or a matrix. */
export type MetricValue = number | number[] | number[][];

/**
 * A value over all the batches since the last reset, not an average of batches. Extend it for one of your own, with a state in variables,
 * so that `updateState` can be compiled.
 * @example
 * ```ts
 * import { Metric, metrics, onesLike, tensor } from "engram";
 * class Share extends Metric {
 *   positives = metrics.sum();
 *   all = metrics.sum();
 *   updateState(yTrue, yPred) {
 *     this.positives.updateState(yPred.greater(0));
 *     this.all.updateState(onesLike(yPred));
 *   }
 *   value() {
 *     return Number(this.positives.value()) / Number(this.all.value());
 *   }
 *   resetState() {
 *     this.positives.resetState();
 *     this.all.resetState();
 *   }
 * }
 * const share = new Share("share");
 * share.updateState([0], tensor([3, 1, -1, 0]));
 * assert.equal(share.value(), 0.5);
 * ```
 */
export abstract class Metric {
  constructor(
    /** Name in logs and History. */
    readonly name: string,
  ) {}

  /**
   * Takes in a batch; of `mean` and `sum` the first argument is values, the second their weights.
   * @param sampleWeight one weight a sample
   * @throws when shapes do not fit; nothing has changed then
   */
  abstract updateState(yTrue: TensorLike, yPred?: TensorLike, sampleWeight?: TensorLike): void;

  /** What the batches amount to, in float64. */
  abstract value(): MetricValue;

  /** @internal Whether a trace stands for updateState: its very class must declare `static traceable = true`, see Layer. */
  get isTraceable(): boolean {
    return isDeclaredTraceable(this);
  }

  /** Forgets all batches. */
  abstract resetState(): void;

  /** What the batches amount to, as a tensor. */
  result(): Tensor {
    return tensor(this.value());
  }

  /** Copies of the state, to go on from later: none before the first batch. */
  getState(): Tensor[] {
    return [];
  }

  /**
   * Goes on from a state that `getState` gave.
   * @throws when it is another metric's
   */
  setState(_state: readonly Tensor[]): void {}
}

/** Totals of at least so many float64 numbers, zeros at first; as many in every batch. */
export type TotalsOf = (count: number) => Tensor;

/** What a metric gathers, and what it amounts to. */
export interface Gathering {
  /** Fewest totals: their number before the first batch. */
  readonly least: number;
  /** Adds a batch to the totals. */
  add(totals: TotalsOf, yTrue: Tensor, yPred: Tensor, weights: Tensor | undefined): void;
  read(totals: number[]): MetricValue;
}

/** A metric whose state is float64 totals in WebAssembly memory. */
export class GatheredMetric extends Metric {
  /** The bits of the totals: two words each, int32 so that they are copied as they are. */
  private state: Variable | undefined;
  /** Totals as numbers, in the same array each time. */
  private readonly read: number[] = [];

  constructor(
    name: string,
    private readonly gathering: Gathering,
    private readonly isPure = true,
  ) {
    super(name);
  }

  override get isTraceable(): boolean {
    return this.isPure;
  }

  override updateState(...batch: (TensorLike | undefined)[]): void {
    const [first, ...others] = batch.map((x, i) => (x === undefined ? x : toTensor(this.name, `argument ${i}`, x)));
    step(this.name, () => this.gathering.add((count) => this.totals(count), first as Tensor, ...(others as [Tensor, Tensor])));
  }

  override resetState(): void {
    if (this.state) heap.i32.fill(0, this.state.block.ptr >>> 2, (this.state.block.ptr >>> 2) + this.state.size);
  }

  override getState(): Tensor[] {
    return this.state ? [clone(this.state)] : [];
  }

  override setState([state]: readonly Tensor[]): void {
    if (state) this.totals(state.size / 2).assign(state);
    else this.resetState();
  }

  private totals(count: number): Variable {
    if (this.state === undefined) {
      this.state = new Variable([count, 2], "int32", 2 * count, false, this.name);
      this.resetState();
    }
    if (this.state.size !== 2 * count) throw error(this.name, `expected a batch for ${this.state.size / 2} totals`, `one for ${count}`);
    return this.state;
  }

  override value(): MetricValue {
    if (engine.tracer !== null) throw error(this.name, "the value is not known inside compile", "a traced call", "read it after the run.");
    const { state, gathering } = this;
    return state ? this.valueAt(state.block.ptr) : gathering.read(new Array(gathering.least).fill(0));
  }

  /** @internal Where the totals are; undefined before the first batch. */
  get totalsBlock(): Block | undefined {
    return this.state?.block;
  }

  /** @internal What totals at an address amount to. */
  valueAt(address: number): MetricValue {
    const { read: totals, state } = this;
    for (let i = 0, { size } = state as Variable; i < size; i += 2) totals[i >> 1] = heap.f64[(address + 4 * i) >>> 3] as number;
    return this.gathering.read(totals);
  }
}

/** a / b, and 0 where there is nothing to divide by (Keras). */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

/** A whole number that keeps indices int32. */
export const int = (value: number): Tensor => fill([], value, "int32");

export const total = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);

/** The mean of values, weighted. */
export const weightedMean = (values: readonly number[], weights: readonly number[] = values.map(() => 1)): number =>
  ratio(total(values.map((value, i) => value * (weights[i] as number))), total(weights));

/** Weights in the shape of x, or a 1. */
export const spread = (name: string, weights: Tensor | undefined, x: Tensor): Tensor =>
  weights === undefined ? fill([], 1) : broadcastTo(alignedWeights(name, weights, x), x.shape);

/** 0, step, 2 step, ... for each column of x, which has `columns` of them. */
export const offsets = (columns: number, step: number): Tensor => tensor(Int32Array.from({ length: columns }, (_, i) => i * step));

/** Adds the weighted values of samples to the first total, and the weights to the second. One value for `samples` of them counts for each. */
export function addValues(name: string, totals: TotalsOf, values: Tensor, weights?: Tensor, samples = 1): void {
  const isOne = values.rank === 0;
  const w = spread(name, isOne ? undefined : weights, values);
  tally([totals(2), castTo(values, "float32"), w], { count: isOne ? samples : values.size, counts: 1 });
}

/** Adds the weights of samples to the totals that `index`, int32, names. */
export function addCounts(name: string, totals: TotalsOf, index: Tensor, limit: number, weights: Tensor | undefined): void {
  const w = spread(name, weights, index);
  tally([totals(limit), fill([], 1), w, index], { count: index.size, limit });
}
