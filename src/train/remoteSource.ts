/** @file Batches of a dataset that stays on the page, as a run in a worker takes them. */

import { fromBytes } from "../ops/creation.js";
import { randomBits } from "../ops/random.js";
import type { Tensor } from "../tensor/tensor.js";
import type { DatasetHead, Plain, RandomState, SentBatch, ToWorker } from "./protocol.js";
import { type BatchData, type BatchSource, batchOf, type Place } from "./source.js";

type Sent = Extract<ToWorker, { kind: "batch" }>["batch"];

const tensorOf = ({ values, shape, dtype }: Plain): Tensor => fromBytes(values, shape, dtype);

export class RemoteSource implements BatchSource {
  readonly samples = null;
  readonly batches: number | null;
  private readonly queue: Sent[] = [];
  private wake = (): void => {};
  private from: Place | null = null;
  private isBegun: boolean;
  private isUnderWay = false;
  private last: SentBatch | null = null;
  private ended: Place | null = null;

  constructor(
    private readonly head: DatasetHead,
    /** Makes the page begin a pass. */
    private readonly ask: (from: Place | null, stream: RandomState | null) => Promise<unknown>,
    private readonly taken: () => void,
  ) {
    this.batches = head.batches;
    this.isBegun = head.begun;
  }

  /** A batch has come. */
  take(batch: Sent): void {
    this.queue.push(batch);
    this.wake();
  }

  place(isDone: boolean): Place {
    return this.ended ?? (isDone ? this.last?.done : this.last?.place) ?? this.from ?? { taken: 0, random: null, passes: 0 };
  }

  resume(place: Place): void {
    this.from = place;
  }

  async begin(): Promise<void> {
    const { from } = this;
    if (this.isUnderWay && this.head.endsByCount && from === null) return;
    const isFirst = !this.isBegun && (from?.random ?? null) === null;
    // Drawn here, as the run without a worker draws it.
    const stream = isFirst ? { seed: randomBits([1]).dataSync<"int32">()[0] as number, draws: 0 } : null;
    this.isBegun = true;
    this.isUnderWay = true;
    this.queue.length = 0;
    await this.ask(from, stream);
    this.from = null;
    this.ended = null;
  }

  async next(): Promise<BatchData | null> {
    while (this.queue.length === 0)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    const batch = this.queue.shift() as Sent;
    if ("failure" in batch) throw new Error("the dataset failed on the page");
    if ("end" in batch) {
      this.isUnderWay = false;
      this.ended = batch.end;
      return null;
    }
    this.last = batch;
    this.taken();
    const { inputs, targets, weights } = batch.parts;
    return batchOf(inputs.map(tensorOf), targets.map(tensorOf), weights.map(tensorOf), batch.rows);
  }

  close(): void {}
}
