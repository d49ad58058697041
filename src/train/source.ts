/** @file Where fit takes its batches from: arrays in memory, or a dataset. */
import { Dataset } from "../data/dataset.js";
import { getRandomState, setRandomState } from "../engine/random.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Arrays, arraysOf } from "./arrays.js";
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

/** A place in a source: how many batches were taken since it began, and the random state with which it began. */
export interface Place {
  readonly taken: number;
  readonly random: RandomState;
  /** How often a dataset was begun: its shuffling may count its passes. */
  readonly passes: number;
}

/** Batches, pass by pass. */
export interface BatchSource {
  /** Batches of a pass, where that is known. */
  readonly batches: number | null;
  /** Samples of a pass, where that is known. */
  readonly samples: number | null;
  readonly place: Place;
  /**
   * Begins a pass.
   * @param from where an interrupted pass was; what was taken before is skipped
   */
  begin(from?: Place): void | Promise<void>;
  /** The next batch, valid until the one after it is asked for; null at the end of the pass. */
  next(): BatchData | null | Promise<BatchData | null>;
  close(): void | Promise<void>;
}

/** Batches of arrays that are in memory. */
export class ArraySource implements BatchSource {
  readonly batches: number;
  readonly samples: number;
  private readonly data: Batches;
  /** Batches by their number of rows: the whole ones and the ragged last one, each always the same tensors at another address. */
  private readonly made = new Map<number, BatchData>();
  private random: RandomState = { seed: 0, draws: 0 };
  private index = 0;

  constructor(
    private readonly parts: { readonly inputs: readonly Tensor[]; readonly targets: readonly Tensor[]; readonly weights: readonly Tensor[] },
    batchSize: number,
    private readonly shuffled: boolean,
  ) {
    const { inputs, targets, weights } = parts;
    this.data = new Batches([...inputs, ...targets, ...weights], batchSize, shuffled);
    this.batches = this.data.count;
    this.samples = this.data.rows;
  }

  get place(): Place {
    return { taken: this.index, random: this.random, passes: 1 };
  }

  begin(from?: Place): void {
    this.random = from?.random ?? getRandomState();
    if (this.shuffled) {
      const after = getRandomState();
      setRandomState(this.random);
      this.data.shuffle();
      if (from !== undefined) setRandomState(after);
    }
    this.index = from?.taken ?? 0;
  }

  next(): BatchData | null {
    if (this.index >= this.batches) return null;
    const rows = this.data.rowsOf(this.index);
    const tensors = this.data.batch(this.index++);
    let batch = this.made.get(rows);
    if (batch === undefined) {
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
  inputNames: readonly string[] | null;
  outputNames: readonly string[] | null;
  /** Checks tensors and adds weights. */
  complete(
    inputs: Tensor[],
    targets: Tensor[],
    weights: Arrays | undefined,
  ): { inputs: readonly Tensor[]; targets: readonly Tensor[]; weights: readonly Tensor[] };
}

/** Batches that a dataset gives. With `perEpoch` a pass ends there, and the next goes on; else a pass is all of the dataset. */
export class DatasetSource implements BatchSource {
  readonly samples = null;
  private iterator: AsyncGenerator<unknown, void, undefined> | null = null;
  private random: RandomState = { seed: 0, draws: 0 };
  private taken = 0;
  private passes = 0;
  private done = 0;

  constructor(
    private readonly dataset: Dataset,
    private readonly parts: DatasetParts,
    private readonly perEpoch: number | null,
  ) {
    if (!(dataset instanceof Dataset)) throw error(parts.caller, "expected a dataset", describe(dataset), "make one with data.array, data.generator, ...");
    if (perEpoch === null && dataset.size === Number.POSITIVE_INFINITY)
      throw error(parts.caller, "batchesPerEpoch must be given for an endless dataset", "none");
  }

  get batches(): number | null {
    return this.perEpoch ?? this.dataset.size;
  }

  get place(): Place {
    return { taken: this.taken, random: this.random, passes: this.passes };
  }

  async begin(from?: Place): Promise<void> {
    this.done = 0;
    if (this.iterator !== null && this.perEpoch !== null && from === undefined) return;
    await this.close();
    const after = getRandomState();
    for (; this.passes < (from?.passes ?? 0) - 1; this.passes++) {
      const earlier = this.dataset[Symbol.asyncIterator]();
      await earlier.next();
      await earlier.return();
    }
    this.random = from?.random ?? after;
    setRandomState(this.random);
    this.iterator = this.dataset[Symbol.asyncIterator]();
    this.passes++;
    this.taken = 0;
    if (from === undefined) return;
    for (; this.taken < from.taken; this.taken++) await this.iterator.next();
    if (this.perEpoch !== null) this.done = this.taken % this.perEpoch;
    setRandomState(after);
  }

  async next(): Promise<BatchData | null> {
    if (this.perEpoch !== null && this.done === this.perEpoch) return null;
    const { done, value } = await (this.iterator as AsyncGenerator<unknown, void, undefined>).next();
    const { caller, inputNames, outputNames, complete } = this.parts;
    if (done) {
      if (this.perEpoch !== null)
        throw error(
          caller,
          `the dataset must last for ${this.perEpoch} batches an epoch`,
          `its end after ${this.done} batches of one`,
          "call dataset.repeat().",
        );
      return null;
    }
    this.done++;
    this.taken++;
    const [xs, ys, given] = partsOf(caller, value);
    const { inputs, targets, weights } = complete(
      arraysOf(caller, "xs", xs as Arrays, inputNames),
      arraysOf(caller, "ys", ys as Arrays, outputNames),
      given as Arrays | undefined,
    );
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
