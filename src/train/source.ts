/** @file Where fit takes its batches from: arrays in memory, or a dataset. */
import type { Dataset } from "../data/dataset.js";
import { getRandomState, setRandomState } from "../engine/random.js";
import { randomBits } from "../ops/random.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Arrays } from "./arrays.js";
import { Batches } from "./batches.js";

/** The tensors of one step. */
export interface BatchData {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  /** One for each output, or none. */
  readonly weights: readonly Tensor[];
  /** All of them, in this order. */
  readonly all: readonly Tensor[];
  /** Samples in it. */
  readonly rows: number;
}

export const batchOf = (inputs: readonly Tensor[], targets: readonly Tensor[], weights: readonly Tensor[], rows: number): BatchData => ({
  inputs,
  targets,
  weights,
  all: [...inputs, ...targets, ...weights],
  rows,
});

type RandomState = ReturnType<typeof getRandomState>;

/** A place in a source, from which it goes on in another process. */
export interface Place {
  /** Batches that were taken since the pass began. */
  readonly taken: number;
  /** The random state with which the pass began; null before the first. */
  readonly random: RandomState | null;
  /** How often a dataset was begun: its shuffling may count its passes. */
  readonly passes: number;
}

/** Batches, pass by pass. */
export interface BatchSource {
  /** Batches of a pass, where that is known. */
  readonly batches: number | null;
  /** Samples of a pass, where that is known. */
  readonly samples: number | null;
  /** @param isDone whether the epoch has come to its end, so that the place is where the next begins */
  place(isDone: boolean): Place;
  /** Makes the first pass begin at a place. */
  resume(place: Place): void;
  begin(): void | Promise<void>;
  /** The next batch, valid until the one after it is asked for; null at the end of the pass. */
  next(): BatchData | null | Promise<BatchData | null>;
  close(): void | Promise<void>;
}

/** Batches of arrays that are in memory. */
export class ArraySource implements BatchSource {
  readonly batches: number;
  readonly samples: number;
  /** @internal */
  readonly data: Batches;
  /** Batches by their number of rows: the whole ones and the ragged last one, each always the same tensors at another address. */
  private readonly made = new Map<number, BatchData>();
  private random: RandomState | null = null;
  /** @internal Number of the next batch. */
  index = 0;
  private from: Place | null = null;

  constructor(
    private readonly parts: Pick<BatchData, "inputs" | "targets" | "weights">,
    batchSize: number,
    private readonly shuffled: boolean,
  ) {
    const { inputs, targets, weights } = parts;
    this.data = new Batches([...inputs, ...targets, ...weights], batchSize, shuffled);
    this.batches = this.data.count;
    this.samples = this.data.rows;
  }

  place(isDone: boolean): Place {
    return { taken: isDone ? 0 : this.index, random: isDone ? getRandomState() : this.random, passes: 0 };
  }

  resume(place: Place): void {
    this.from = place;
  }

  /** @param pass its place among those that are prepared together */
  begin(pass = 0): void {
    const { taken = 0, random = null } = this.from ?? {};
    this.from = null;
    this.index = taken;
    if (!this.shuffled) return;
    const outside = getRandomState();
    this.random = random ?? outside;
    setRandomState(this.random);
    this.data.shuffle(pass);
    // What was drawn since the interrupted pass began is drawn already.
    if (taken > 0) setRandomState(outside);
  }

  next(): BatchData | null {
    if (this.index >= this.batches) return null;
    const rows = this.data.rowsOf(this.index);
    this.data.batch(this.index++);
    return this.batchOf(rows);
  }

  /** @internal The batch of so many rows, which are those that it was given last. */
  batchOf(rows: number): BatchData {
    let batch = this.made.get(rows);
    if (batch === undefined) {
      const tensors = this.data.tensors(rows);
      const [first, second] = [this.parts.inputs.length, this.parts.inputs.length + this.parts.targets.length];
      batch = batchOf(tensors.slice(0, first), tensors.slice(first, second), tensors.slice(second), rows);
      this.made.set(rows, batch);
    }
    return batch;
  }

  close(): void {
    this.data.close();
  }
}

/** Whether fit is given a dataset; asked without naming the class, so that programs without datasets do not ship it. */
export const isDataset = (value: unknown): value is Dataset => typeof Object(value)[Symbol.asyncIterator] === "function";

/** Parts of an element of a dataset: TensorFlow.js's { xs, ys }, or [xs, ys] and perhaps sample weights. */
function partsOf(caller: string, element: unknown): unknown[] {
  const parts = Array.isArray(element) ? element : ["xs", "ys", "sampleWeight"].map((name) => (Object(element) as Record<string, unknown>)[name]);
  if (parts[0] === undefined || parts[1] === undefined)
    throw error(caller, "elements must be { xs, ys } or [xs, ys], in batches", describe(element), "call dataset.batch(batchSize).");
  return parts;
}

/** What a source of a dataset needs to know of a model. */
export interface DatasetParts {
  caller: string;
  /** Inputs, targets and weights as tensors, checked. */
  complete(x: Arrays, y: Arrays, weights: Arrays | undefined): Pick<BatchData, "inputs" | "targets" | "weights">;
}

/** Batches that a dataset gives. With `perEpoch`, at which fit ends an epoch, a pass goes on in the next; else an epoch is all of the dataset. */
export class DatasetSource implements BatchSource {
  readonly samples = null;
  private iterator: AsyncGenerator<unknown, void, undefined> | null = null;
  /** The state of the dataset's random numbers: a stream of their own, which does not depend on when elements are asked for. */
  private stream: RandomState | null = null;
  private random: RandomState | null = null;
  private taken = 0;
  private passes = 0;
  private from: Place | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly parts: DatasetParts,
    private readonly perEpoch: number | null,
  ) {
    if (!isDataset(dataset)) throw error(parts.caller, "expected a dataset", describe(dataset), "make one with data.array, data.generator, ...");
    if (perEpoch === null && dataset.size === Number.POSITIVE_INFINITY)
      throw error(parts.caller, "batchesPerEpoch must be given for an endless dataset", "none");
  }

  get batches(): number | null {
    return this.perEpoch ?? this.dataset.size;
  }

  /** Whether an epoch ends after a number of batches. */
  get endsByCount(): boolean {
    return this.perEpoch !== null;
  }

  place(isDone: boolean): Place {
    if (isDone && this.perEpoch === null) return { taken: 0, random: this.stream, passes: this.passes };
    return { taken: this.taken, random: this.random, passes: this.passes - 1 };
  }

  resume(place: Place): void {
    this.from = place;
  }

  async begin(): Promise<void> {
    if (this.iterator !== null && this.perEpoch !== null) return;
    await this.close();
    const { taken = 0, random = this.stream, passes = this.passes } = this.from ?? {};
    this.from = null;
    this.stream = random ?? { seed: randomBits([1]).dataSync<"int32">()[0] as number, draws: 0 };
    this.random = this.stream;
    for (; this.passes < passes; await this.close()) {
      this.start();
      await this.take();
    }
    this.stream = this.random;
    this.start();
    while (this.taken < taken) await this.take();
  }

  private start(): void {
    this.iterator = this.dataset[Symbol.asyncIterator]();
    this.passes++;
    this.taken = 0;
  }

  private async take(): Promise<IteratorResult<unknown, void>> {
    const outside = getRandomState();
    setRandomState(this.stream as RandomState);
    try {
      this.taken++;
      return await (this.iterator as AsyncGenerator<unknown, void, undefined>).next();
    } finally {
      this.stream = getRandomState();
      setRandomState(outside);
    }
  }

  async next(): Promise<BatchData | null> {
    const { caller, complete } = this.parts;
    const { done, value } = await this.take();
    if (done) {
      if (this.perEpoch === null) return null;
      const reason = `the dataset must last for ${this.perEpoch} batches an epoch`;
      throw error(caller, reason, `its end after ${this.taken - 1} batches`, "call dataset.repeat().");
    }
    const [xs, ys, given] = partsOf(caller, value);
    const { inputs, targets, weights } = complete(xs as Arrays, ys as Arrays, given as Arrays | undefined);
    const rows = inputs[0]?.shape[0] ?? 0;
    const batch = batchOf(inputs, targets, weights, rows);
    if (batch.all.some(({ shape }) => shape[0] !== rows))
      throw error(caller, "all parts of a batch must have the same number of samples", batch.all.map(({ shape }) => `[${shape}]`).join(" and "));
    return batch;
  }

  async close(): Promise<void> {
    await this.iterator?.return();
    this.iterator = null;
  }
}
