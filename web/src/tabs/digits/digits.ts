/** @file The digits of MNIST as they come from the server: the first thousands before anything is done, the rest when they are needed. */
import { signal } from "@preact/signals";
import { countOf, PIXELS, type Shard, shards } from "./shards.js";

/** Images of 28 x 28 bytes, from 0 (paper) to 255 (ink), with what they are. */
export interface Images {
  images: Uint8Array<ArrayBuffer>;
  labels: Uint8Array<ArrayBuffer>;
  count: number;
}

/** Digits for training when all have come. */
export const allTrain = countOf(shards.train);

class DigitSet {
  private readonly images: Uint8Array<ArrayBuffer>;
  private readonly labels: Uint8Array<ArrayBuffer>;
  /** Digits that have come. */
  readonly count = signal(0);

  constructor(readonly files: readonly Shard[]) {
    const total = countOf(files);
    this.images = new Uint8Array(total * PIXELS);
    this.labels = new Uint8Array(total);
  }

  /** Fetches the next `files` files that have not come, one after the other. */
  async fetch(files: number, signal: AbortSignal): Promise<void> {
    const next = this.files.findIndex(({ first }) => first - (this.files[0] as Shard).first === this.count.peek());
    if (next < 0) return;
    for (const { file, count } of this.files.slice(next, next + files)) {
      const bytes = await fetchBytes(file, signal);
      const have = this.count.peek();
      this.images.set(bytes.subarray(0, count * PIXELS), have * PIXELS);
      this.labels.set(bytes.subarray(count * PIXELS), have);
      this.count.value = have + count;
    }
  }

  /** The first digits; views of what is here. */
  take(most = Number.POSITIVE_INFINITY): Images {
    const count = Math.min(most, this.count.peek());
    return { images: this.images.subarray(0, count * PIXELS), labels: this.labels.subarray(0, count), count };
  }
}

/** A file beside the page, unpacked. */
async function fetchBytes(file: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(new URL(`data/${file}`, document.baseURI), { signal });
  if (!answer.ok || answer.body === null) throw new Error(`${file}: ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

export class Digits {
  readonly train = new DigitSet(shards.train);
  readonly validation = new DigitSet(shards.validation);
  readonly test = new DigitSet(shards.test);
  private rest: Promise<void> | undefined;

  constructor(private readonly signal: AbortSignal) {}

  /** What a training needs to begin. */
  async begin(): Promise<void> {
    await Promise.all([this.test, this.train, this.validation].map((set) => (set.count.peek() > 0 ? undefined : set.fetch(1, this.signal))));
  }

  /** Whether there are so many more digits for training than these that it is worth a new beginning with them: twice as many, or all. */
  hasMany(count: number): boolean {
    const now = this.train.count.peek();
    return now >= 2 * count || (now === allTrain && now > count);
  }

  /** All others, the training's first. Where it fails, the next call goes on. */
  fetchRest(): Promise<void> {
    this.rest ??= (async () => {
      await this.train.fetch(Number.POSITIVE_INFINITY, this.signal);
      await this.test.fetch(Number.POSITIVE_INFINITY, this.signal);
    })().finally(() => {
      this.rest = undefined;
    });
    return this.rest;
  }
}
