/** @file Dataset: elements that come one after another, mapped, batched and shuffled on the way. */
import { checkCount, checkFunction } from "../tensor/errors.js";
import type { Order } from "./order.js";
import type * as Passes from "./passes.js";

/** What an element is made of: a tensor, a number, an array of numbers, or such things by name or in a list. */
// biome-ignore lint/suspicious/noExplicitAny: TensorFlow.js's own type
export type Element = any;

type Maybe<T> = T | Promise<T>;
type Source<T> = () => Maybe<Iterable<T> | AsyncIterable<T>>;

/** Elements that are taken one by one. */
export interface LazyIterator<T> {
  next(): Promise<IteratorResult<T>>;
}

/** The size of a part, where the whole's is known. */
const sizeOf = (size: number | null, f: (size: number) => number | null): number | null => (size === null ? null : f(size));

/** What walks elements; imported when the first pass begins. */
export const importPasses = (): Promise<typeof Passes> => import("./passes.js");

export const walked = <T>(size: number | null, pass: (code: typeof Passes) => AsyncIterable<T>): Dataset<T> =>
  new Dataset(async () => pass(await importPasses()), size);

/** Elements that come one after another; each pass begins anew. `for await` walks it. */
export class Dataset<T extends Element = Element> implements AsyncIterable<T> {
  constructor(
    private readonly source: Source<T>,
    /** Number of elements; Infinity for an endless one, null when it is not known. */
    readonly size: number | null = null,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.source();
  }

  /** Takes the elements one by one. */
  async iterator(): Promise<LazyIterator<T>> {
    return this[Symbol.asyncIterator]();
  }

  /** f of each element; f may be asynchronous. */
  map<U>(f: (element: T) => Maybe<U>): Dataset<U> {
    checkFunction("map", f);
    return walked(this.size, (passes) => passes.map(this, f));
  }

  /** f of each element, where f is asynchronous; as map. */
  mapAsync<U>(f: (element: T) => Promise<U>): Dataset<U> {
    return this.map(f);
  }

  /** The elements for which the predicate holds. */
  filter(predicate: (element: T) => Maybe<boolean>): Dataset<T> {
    checkFunction("filter", predicate);
    return walked(this.size === Number.POSITIVE_INFINITY ? this.size : null, (passes) => passes.filter(this, predicate));
  }

  /**
   * Groups of elements as one each: numbers and tensors are stacked along a new first axis, by name or place.
   * @param smallLastBatch whether a group that is not full is given at the end
   */
  batch(batchSize: number, smallLastBatch = true): Dataset {
    checkCount("batch", "batchSize", batchSize);
    const size = sizeOf(this.size, (count) => (smallLastBatch ? Math.ceil(count / batchSize) : Math.floor(count / batchSize)));
    return walked(size, (passes) => passes.batch(this, batchSize, smallLastBatch));
  }

  /** These elements, then those of the other. */
  concatenate(other: Dataset<T>): Dataset<T> {
    const size = sizeOf(this.size, (own) => sizeOf(other.size, (more) => own + more));
    return walked(size, (passes) => passes.concatenate(this, other));
  }

  /** The elements `count` times over; without end when count is not given or negative. */
  repeat(count = -1): Dataset<T> {
    const times = count < 0 ? Number.POSITIVE_INFINITY : count;
    const size = times === 0 ? 0 : sizeOf(this.size, (each) => (each === 0 ? 0 : each * times));
    return walked(size, (passes) => passes.repeat(this, times));
  }

  /** The first `count` elements; all when it is negative or not given. */
  take(count = -1): Dataset<T> {
    if (count < 0) return this;
    const size = sizeOf(this.size, (all) => Math.min(all, count));
    return walked(size, (passes) => passes.take(this, count));
  }

  /** All but the first `count` elements; none when it is negative. */
  skip(count: number): Dataset<T> {
    const skipped = count < 0 ? Number.POSITIVE_INFINITY : count;
    const size = sizeOf(this.size, (all) => (skipped >= all ? 0 : all - skipped));
    return walked(size, (passes) => passes.skip(this, skipped));
  }

  /**
   * The elements in another order: each is drawn from the next `bufferSize`.
   * @param seed for an order that does not depend on setSeed
   * @param reshuffleEachIteration whether every pass has an order of its own
   */
  shuffle(bufferSize: number, seed?: number, reshuffleEachIteration = true): Dataset<T> {
    checkCount("shuffle", "bufferSize", bufferSize);
    const order: Order = { seed, reshuffle: reshuffleEachIteration, passes: 0 };
    return walked(this.size, (passes) => passes.shuffle(this, bufferSize, order));
  }

  /**
   * The same elements, of which up to `bufferSize` are under way before they are asked for. What is below it and draws random numbers without
   * a seed of its own draws them ahead: at another place in the order of setSeed's numbers than without prefetch, and in a run that goes on
   * from a backup at another one again.
   */
  prefetch(bufferSize: number): Dataset<T> {
    checkCount("prefetch", "bufferSize", bufferSize);
    return walked(this.size, (passes) => passes.prefetch(this, bufferSize));
  }

  /** The same elements, kept in memory after the first whole pass. */
  cache(): Dataset<T> {
    const memory: { elements?: T[] } = {};
    return walked(this.size, (passes) => passes.cache(this, memory));
  }

  /** Calls f with each element. */
  async forEachAsync(f: (element: T) => unknown): Promise<void> {
    checkFunction("forEachAsync", f);
    for await (const element of this) await f(element);
  }

  /** All elements in an array. */
  async toArray(): Promise<T[]> {
    const elements: T[] = [];
    for await (const element of this) elements.push(element);
    return elements;
  }
}
