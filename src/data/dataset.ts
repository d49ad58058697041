/** @file Dataset: elements that come one after another, mapped, batched and shuffled on the way. */
import { checkFunction, describe, error } from "../tensor/errors.js";
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

function checkWhole(op: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) throw error(op, `${name} must be a whole number >= ${least}`, `${name}=${describe(value)}`);
}

/** The size of a part, where the whole's is known. */
const sizeOf = (size: number | null, f: (size: number) => number): number | null => (size === null ? null : f(size));

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

  /** What walks the elements is imported when the first pass begins. */
  private derive<U>(size: number | null, pass: (passes: typeof Passes) => AsyncIterable<U>): Dataset<U> {
    return new Dataset(async () => pass(await import("./passes.js")), size);
  }

  /** f of each element; f may be asynchronous. */
  map<U>(f: (element: T) => Maybe<U>): Dataset<U> {
    checkFunction("map", f);
    return this.derive(this.size, ({ mapped }) => mapped(this, f));
  }

  /** f of each element, where f is asynchronous; as map. */
  mapAsync<U>(f: (element: T) => Promise<U>): Dataset<U> {
    return this.map(f);
  }

  /** The elements for which the predicate holds. */
  filter(predicate: (element: T) => Maybe<boolean>): Dataset<T> {
    checkFunction("filter", predicate);
    return this.derive(this.size === Number.POSITIVE_INFINITY ? this.size : null, ({ filtered }) => filtered(this, predicate));
  }

  /**
   * Groups of elements as one each: numbers and tensors are stacked along a new first axis, by name or place.
   * @param smallLastBatch whether a group that is not full is given at the end
   */
  batch(batchSize: number, smallLastBatch = true): Dataset {
    checkWhole("batch", "batchSize", batchSize, 1);
    const size = sizeOf(this.size, (count) => (smallLastBatch ? Math.ceil(count / batchSize) : Math.floor(count / batchSize)));
    return this.derive(size, ({ batched }) => batched(this, batchSize, smallLastBatch));
  }

  /** These elements, then those of the other. */
  concatenate(other: Dataset<T>): Dataset<T> {
    const size = this.size === null || other.size === null ? null : this.size + other.size;
    return this.derive(size, ({ concatenated }) => concatenated(this, other));
  }

  /** The elements `count` times over; without end when count is not given or negative. */
  repeat(count = -1): Dataset<T> {
    const times = count < 0 ? Number.POSITIVE_INFINITY : count;
    const size = times === 0 ? 0 : sizeOf(this.size, (each) => (each === 0 ? 0 : each * times));
    return this.derive(size, ({ repeated }) => repeated(this, times));
  }

  /** The first `count` elements; all when it is negative or not given. */
  take(count = -1): Dataset<T> {
    if (count < 0) return this;
    const size = sizeOf(this.size, (all) => Math.min(all, count));
    return this.derive(size, ({ first }) => first(this, count));
  }

  /** All but the first `count` elements; none when it is negative. */
  skip(count: number): Dataset<T> {
    const skipped = count < 0 ? Number.POSITIVE_INFINITY : count;
    const size = sizeOf(this.size, (all) => (skipped >= all ? 0 : all - skipped));
    return this.derive(size, ({ rest }) => rest(this, skipped));
  }

  /**
   * The elements in another order: each is drawn from the next `bufferSize`.
   * @param seed for an order that does not depend on setSeed
   * @param reshuffleEachIteration whether every pass has an order of its own
   */
  shuffle(bufferSize: number, seed?: number, reshuffleEachIteration = true): Dataset<T> {
    checkWhole("shuffle", "bufferSize", bufferSize, 1);
    const order: Order = { seed, reshuffle: reshuffleEachIteration, passes: 0 };
    return this.derive(this.size, ({ shuffled }) => shuffled(this, bufferSize, order));
  }

  /**
   * The same elements, of which up to `bufferSize` are under way before they are asked for. What is below it and draws random numbers without
   * a seed of its own draws them ahead: at another place in the order of setSeed's numbers than without prefetch, and in a run that goes on
   * from a backup at another one again.
   */
  prefetch(bufferSize: number): Dataset<T> {
    checkWhole("prefetch", "bufferSize", bufferSize, 1);
    return this.derive(this.size, ({ prefetched }) => prefetched(this, bufferSize));
  }

  /** The same elements, kept in memory after the first whole pass. */
  cache(): Dataset<T> {
    const memory: { elements?: T[] } = {};
    return this.derive(this.size, ({ cached }) => cached(this, memory));
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
