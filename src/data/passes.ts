/** @file Passes through datasets; imported when the first begins. */

import { describe, error } from "../tensor/errors.js";
import { collate, type Leaf } from "./collate.js";
import { beginPass, type Order } from "./order.js";

type Pass<T> = AsyncGenerator<T, void, undefined>;
interface Elements<T> {
  [Symbol.asyncIterator](): Pass<T>;
}
type Maybe<T> = T | Promise<T>;

export async function* mapped<T, U>(elements: Elements<T>, f: (element: T) => Maybe<U>): Pass<U> {
  for await (const element of elements) yield await f(element);
}

export async function* filtered<T>(elements: Elements<T>, predicate: (element: T) => Maybe<boolean>): Pass<T> {
  for await (const element of elements) if (await predicate(element)) yield element;
}

export async function* batched<T>(elements: Elements<T>, batchSize: number, smallLastBatch: boolean): Pass<Leaf> {
  let group: T[] = [];
  for await (const element of elements) {
    group.push(element);
    if (group.length === batchSize) {
      yield collate(group);
      group = [];
    }
  }
  if (group.length > 0 && smallLastBatch) yield collate(group);
}

export async function* concatenated<T>(elements: Elements<T>, others: Elements<T>): Pass<T> {
  yield* elements;
  yield* others;
}

/** A number of elements or passes, checked. */
function counted(op: string, count: number): number {
  if (typeof count !== "number" || Number.isNaN(count)) throw error(op, "count must be a number", describe(count));
  return count;
}

export async function* repeated<T>(elements: Elements<T>, times: number): Pass<T> {
  counted("repeat", times);
  for (let pass = 0; pass < times; pass++) {
    let isEmpty = true;
    for await (const element of elements) {
      isEmpty = false;
      yield element;
    }
    // Nothing without end is nothing.
    if (isEmpty) return;
  }
}

export async function* first<T>(elements: Elements<T>, count: number): Pass<T> {
  let left = counted("take", count);
  if (left > 0)
    for await (const element of elements) {
      yield element;
      if (--left === 0) return;
    }
}

export async function* rest<T>(elements: Elements<T>, skipped: number): Pass<T> {
  let left = counted("skip", skipped);
  for await (const element of elements) if (left-- <= 0) yield element;
}

export async function* shuffled<T>(elements: Elements<T>, bufferSize: number, order: Order): Pass<T> {
  const draw = beginPass(order);
  const buffer: T[] = [];
  for await (const element of elements) {
    if (buffer.length < bufferSize) buffer.push(element);
    else {
      const place = draw(bufferSize);
      const drawn = buffer[place] as T;
      buffer[place] = element;
      yield drawn;
    }
  }
  while (buffer.length > 0) {
    const place = draw(buffer.length);
    const drawn = buffer[place] as T;
    buffer[place] = buffer[buffer.length - 1] as T;
    buffer.pop();
    yield drawn;
  }
}

export async function* prefetched<T>(elements: Elements<T>, bufferSize: number): Pass<T> {
  const iterator = elements[Symbol.asyncIterator]();
  const waiting: Promise<IteratorResult<T, void>>[] = [];
  const ask = (): void => {
    const next = iterator.next();
    // A failure is told when its turn comes.
    next.catch(() => {});
    waiting.push(next);
  };
  try {
    for (let i = 0; i < bufferSize; i++) ask();
    for (;;) {
      const { done, value } = await (waiting.shift() as Promise<IteratorResult<T, void>>);
      if (done) return;
      ask();
      yield value as T;
    }
  } finally {
    await iterator.return();
  }
}

/** @param memory holds the elements after the first whole pass */
export async function* cached<T>(elements: Elements<T>, memory: { elements?: T[] }): Pass<T> {
  if (memory.elements) return yield* memory.elements;
  const seen: T[] = [];
  for await (const element of elements) {
    seen.push(element);
    yield element;
  }
  memory.elements = seen;
}

/** @param form gives an element of the parts in their order the form that the datasets were given in */
export async function* zipped<T, U>(datasets: readonly Elements<T>[], form: (parts: T[]) => U): Pass<U> {
  const iterators = datasets.map((elements) => elements[Symbol.asyncIterator]());
  try {
    for (;;) {
      const next = await Promise.all(iterators.map((iterator) => iterator.next()));
      if (next.some(({ done }) => done)) return;
      yield form(next.map(({ value }) => value as T));
    }
  } finally {
    for (const iterator of iterators) await iterator.return();
  }
}
