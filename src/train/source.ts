/** @file Where fit takes its batches from: arrays in memory, or a dataset. */
import type { Dataset } from "../data/dataset.js";
import type { getRandomState } from "../engine/random.js";
import type { Tensor } from "../tensor/tensor.js";
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

export type RandomState = ReturnType<typeof getRandomState>;

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

/** Batches of arrays that are in memory, one pass; as fit takes them: arraySources.ts. */
export class ArrayBatches {
  /** @internal */
  readonly data: Batches;
  /** Batches by their number of rows: the whole ones and the ragged last one, each always the same tensors at another address. */
  private readonly made = new Map<number, BatchData>();
  /** @internal Number of the next batch. */
  index = 0;

  constructor(
    private readonly parts: Pick<BatchData, "inputs" | "targets" | "weights">,
    batchSize: number,
    Kind = Batches,
  ) {
    const { inputs, targets, weights } = parts;
    this.data = new Kind([...inputs, ...targets, ...weights], batchSize);
  }

  /** The next batch, valid until the one after it is asked for; null at the end. */
  next(): BatchData | null {
    const { data, index } = this;
    if (index >= data.count) return null;
    data.batch(this.index++);
    return this.batchOf(data.rowsOf(index));
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
