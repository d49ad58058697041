/** @file Where fitDataset and evaluateDataset take their batches from; imported when a dataset is first used. */
import type { Dataset } from "../data/dataset.js";
import { getRandomState, setRandomState } from "../engine/random.js";
import { randomBits } from "../ops/random.js";
import { describe, error } from "../tensor/errors.js";
import type { Arrays } from "./arrays.js";
import type { Parts } from "./fit.js";
import type { Model } from "./model.js";
import { type BatchData, type BatchSource, batchOf, isDataset, type Place, type RandomState } from "./source.js";

/** Parts of an element of a dataset: TensorFlow.js's { xs, ys }, or [xs, ys] and perhaps sample weights. */
function partsOf(caller: string, element: unknown): unknown[] {
  const parts = Array.isArray(element) ? element : ["xs", "ys", "sampleWeight"].map((name) => (Object(element) as Record<string, unknown>)[name]);
  if (parts[0] === undefined || parts[1] === undefined)
    throw error(caller, "elements must be { xs, ys } or [xs, ys], in batches", describe(element), "call dataset.batch(batchSize).");
  return parts;
}

/** The model's part in it. */
export interface Completion {
  caller: string;
  /** Inputs, targets and weights as tensors, checked. */
  complete(x: Arrays, y: Arrays, weights: Arrays | undefined): Parts;
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
    private readonly completion: Completion,
    private readonly perEpoch: number | null,
  ) {
    const { caller } = completion;
    if (!isDataset(dataset)) throw error(caller, "expected a dataset", describe(dataset), "make one with data.array, data.generator, ...");
    if (perEpoch === null && dataset.size === Number.POSITIVE_INFINITY) throw error(caller, "batchesPerEpoch must be given for an endless dataset", "none");
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
    const { caller, complete } = this.completion;
    const { done, value } = await this.take();
    if (done) {
      if (this.perEpoch === null) return null;
      const reason = `the dataset must last for ${this.perEpoch} batches an epoch`;
      throw error(caller, reason, `its end after ${this.taken - 1} batches`, "call dataset.repeat().");
    }
    const [xs, ys, given] = partsOf(caller, value);
    const { inputs, targets, weights } = complete(xs as Arrays, ys as Arrays, given as Arrays | undefined);
    return batchOf(inputs, targets, weights, inputs[0]?.shape[0] ?? 0);
  }

  async close(): Promise<void> {
    await this.iterator?.return();
    this.iterator = null;
  }
}

/** Batches of a dataset, checked against the model. @param weighted gives them weights, beside those of the dataset */
export function datasetSource(
  caller: string,
  model: Model,
  dataset: Dataset,
  perEpoch: number | null,
  weighted = (parts: Parts): Parts => parts,
): DatasetSource {
  const complete = (x: Arrays, y: Arrays, given: Arrays | undefined): Parts => weighted(model.samplesOf(caller, x, y, given));
  return new DatasetSource(dataset, { caller, complete }, perEpoch);
}
