/** @file Datasets that stay on the page: their batches go to the worker, a few ahead of it. */
import { bytesPerElement } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { makeResident } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import type { DatasetSource } from "./datasetSource.js";
import type { DatasetHead, Plain, RandomState, SentBatch } from "./protocol.js";
import type { Place } from "./source.js";
import type { Trainer } from "./trainers.js";

/** Batches on their way to the worker, at most. */
const AHEAD = 4;

interface Stream {
  readonly source: DatasetSource;
  /** Batches that the worker has not taken yet. */
  waiting: number;
  /** Whether there are batches to be asked for. */
  isOpen: boolean;
  isAsking: boolean;
}

/** The datasets of one training. */
export class RemoteDatasets {
  private readonly streams: Stream[] = [];

  add(source: DatasetSource): DatasetHead {
    this.streams.push({ source, waiting: 0, isOpen: false, isAsking: false });
    const { batches, endsByCount, place } = { batches: source.batches, endsByCount: source.endsByCount, place: source.place(true) };
    return { source: this.streams.length - 1, batches, endsByCount, begun: place.random !== null };
  }

  /** Begins a pass. @param stream the state of its random numbers, which the worker has drawn where there was none */
  async begin(index: number, from: Place | null, stream: RandomState | null): Promise<void> {
    const own = this.streams[index] as Stream;
    if (from !== null) own.source.resume(from);
    else if (stream !== null) own.source.resume({ taken: 0, random: stream, passes: 0 });
    await own.source.begin();
    own.waiting = 0;
    own.isOpen = true;
  }

  /** The worker has taken a batch. */
  taken(index: number): void {
    (this.streams[index] as Stream).waiting--;
  }

  /** Sends as many batches as the worker may have waiting. @throws what the dataset throws */
  async pump(index: number, trainer: Trainer): Promise<void> {
    const own = this.streams[index] as Stream;
    if (own.isAsking) return;
    own.isAsking = true;
    try {
      while (own.isOpen && own.waiting < AHEAD) {
        own.waiting++;
        const batch = await own.source.next();
        if (!own.isOpen) return;
        if (batch === null) {
          own.isOpen = false;
          trainer.post({ kind: "batch", source: index, batch: { end: own.source.place(true) } });
          return;
        }
        const plain = ({ shape, dtype, block, size }: Tensor): Plain => {
          makeResident(block);
          return { shape, dtype, values: heap.u8.slice(block.ptr, block.ptr + size * bytesPerElement(dtype)) as Plain["values"] };
        };
        const { inputs, targets, weights, rows } = batch;
        const parts = { inputs: inputs.map(plain), targets: targets.map(plain), weights: weights.map(plain) };
        const sent: SentBatch = { parts, rows, place: own.source.place(false), done: own.source.place(true) };
        const buffers = Object.values(parts).flatMap((list) => list.map(({ values }) => values.buffer));
        trainer.post({ kind: "batch", source: index, batch: sent }, buffers);
      }
    } catch (failure) {
      own.isOpen = false;
      trainer.post({ kind: "batch", source: index, batch: { failure: true } });
      throw failure;
    } finally {
      own.isAsking = false;
    }
  }

  /** Sends no more. */
  stop(): void {
    for (const own of this.streams) own.isOpen = false;
  }

  /** Ends the passes; one that is being asked for an element, which may never come, is not waited for. */
  async close(): Promise<void> {
    this.stop();
    for (const { source, isAsking } of this.streams) {
      const closing = source.close();
      if (isAsking) closing.catch(() => {});
      else await closing;
    }
  }
}
