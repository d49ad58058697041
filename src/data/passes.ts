/** @file Passes through datasets; imported when the first begins. */

import { checkFunction, describe, error } from "../tensor/errors.js";
import { collate, type Leaf } from "./collate.js";
import type { CSVConfig, CSVSource } from "./csv.js";
import { beginPass, type Order } from "./order.js";
import type { Table, TableArgs, TableRow } from "./table.js";

type Pass<T> = AsyncGenerator<T, void, undefined>;
interface Elements<T> {
  [Symbol.asyncIterator](): Pass<T>;
}
type Maybe<T> = T | Promise<T>;

export async function* map<T, U>(elements: Elements<T>, f: (element: T) => Maybe<U>): Pass<U> {
  for await (const element of elements) yield await f(element);
}

export async function* filter<T>(elements: Elements<T>, predicate: (element: T) => Maybe<boolean>): Pass<T> {
  for await (const element of elements) if (await predicate(element)) yield element;
}

export async function* batch<T>(elements: Elements<T>, batchSize: number, smallLastBatch: boolean): Pass<Leaf> {
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

export async function* concatenate<T>(elements: Elements<T>, others: Elements<T>): Pass<T> {
  yield* elements;
  yield* others;
}

/** A number of elements or passes, checked. */
function counted(op: string, count: number): number {
  if (typeof count !== "number" || Number.isNaN(count)) throw error(op, "count must be a number", describe(count));
  return count;
}

export async function* repeat<T>(elements: Elements<T>, times: number): Pass<T> {
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

export async function* take<T>(elements: Elements<T>, count: number): Pass<T> {
  let left = counted("take", count);
  if (left > 0)
    for await (const element of elements) {
      yield element;
      if (--left === 0) return;
    }
}

export async function* skip<T>(elements: Elements<T>, skipped: number): Pass<T> {
  let left = counted("skip", skipped);
  for await (const element of elements) if (left-- <= 0) yield element;
}

export async function* shuffle<T>(elements: Elements<T>, bufferSize: number, order: Order): Pass<T> {
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

export async function* prefetch<T>(elements: Elements<T>, bufferSize: number): Pass<T> {
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
export async function* cache<T>(elements: Elements<T>, memory: { elements?: T[] }): Pass<T> {
  if (memory.elements) return yield* memory.elements;
  const seen: T[] = [];
  for await (const element of elements) {
    seen.push(element);
    yield element;
  }
  memory.elements = seen;
}

/** @param datasets in a list or an object, of which the elements have the form */
export async function* zip<T>(datasets: readonly Elements<T>[] | Readonly<Record<string, Elements<T>>>): Pass<readonly T[] | Record<string, T>> {
  const iterators = Object.values(datasets).map((elements: Elements<T>) => elements[Symbol.asyncIterator]());
  const names = Array.isArray(datasets) ? null : Object.keys(datasets);
  try {
    for (;;) {
      const next = await Promise.all(iterators.map((iterator) => iterator.next()));
      if (next.some(({ done }) => done)) return;
      const values = next.map(({ value }) => value as T);
      yield names ? Object.fromEntries(names.map((name, i) => [name, values[i] as T])) : values;
    }
  } finally {
    for (const iterator of iterators) await iterator.return();
  }
}

/** What a generator function yields, or an iterator that a function makes. */
export async function* generator<T>(f: () => Maybe<Iterable<T> | AsyncIterable<T> | Iterator<T>>): Pass<T> {
  const made = Object(await f());
  if (Symbol.asyncIterator in made || Symbol.iterator in made) return yield* made as Iterable<T>;
  checkFunction("generator: next", made.next);
  for (;;) {
    const { done, value } = await (made as Iterator<T>).next();
    if (done) return;
    yield value;
  }
}

/** f() without end. */
export async function* func<T>(f: () => Maybe<T>): Pass<T> {
  for (;;) yield await f();
}

/** The rows of a table of text. */
export async function* csv(table: CSVSource, config: CSVConfig): Pass<unknown> {
  yield* (await import("./table.js")).tableRows(table, config);
}

/** The names of its columns. */
export const columnNames = async (table: CSVSource, config: CSVConfig): Promise<string[]> => (await import("./table.js")).columnNames(table, config);

/** The rows of a table as tensors; see data.table. */
export const table = async (rows: readonly TableRow[] | Elements<unknown>, args: TableArgs): Promise<Table> => (await import("./table.js")).tableOf(rows, args);
