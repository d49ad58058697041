/** @file Datasets against plain arrays, and tables of text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvRows } from "../src/data/csvText.js";
import { data } from "../src/data/index.js";
import { setSeed, type Tensor, tensor } from "../src/index.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("datasets do what arrays do", () => {
  const items = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 12 });
  const small = fc.integer({ min: 0, max: 15 });

  test("map, filter, take, skip, concatenate, repeat", async () => {
    await fc.assert(
      fc.asyncProperty(items, items, small, small, fc.integer({ min: 0, max: 3 }), async (a, b, taken, skipped, times) => {
        const dataset = data.array(a);
        expect(await dataset.map((x) => 2 * x).toArray()).toEqual(a.map((x) => 2 * x));
        expect(await dataset.mapAsync(async (x) => x + 1).toArray()).toEqual(a.map((x) => x + 1));
        expect(await dataset.filter((x) => x > 0).toArray()).toEqual(a.filter((x) => x > 0));
        const part = dataset.take(taken);
        expect(await part.toArray()).toEqual(a.slice(0, taken));
        expect(part.size).toBe(Math.min(taken, a.length));
        const rest = dataset.skip(skipped);
        expect(await rest.toArray()).toEqual(a.slice(skipped));
        expect(rest.size).toBe(Math.max(0, a.length - skipped));
        const both = dataset.concatenate(data.array(b));
        expect(await both.toArray()).toEqual([...a, ...b]);
        expect(both.size).toBe(a.length + b.length);
        expect(await dataset.repeat(times).toArray()).toEqual(Array.from({ length: times }, () => a).flat());
      }),
      { numRuns: 200 },
    );
  });

  test("batch", async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (a, size, last) => {
        const dataset = data.array(a).batch(size, last);
        const expected = Array.from({ length: Math.ceil(a.length / size) }, (_, i) => a.slice(i * size, (i + 1) * size)).filter(
          (batch) => last || batch.length === size,
        );
        expect(((await dataset.toArray()) as Tensor[]).map((batch) => batch.arraySync())).toEqual(expected);
        expect(dataset.size).toBe(expected.length);
      }),
      { numRuns: 100 },
    );
  });

  test("shuffle gives every element once, in the same order for the same seed", async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 20 }), fc.integer(), async (a, buffer, seed) => {
        const once = await data.array(a).shuffle(buffer, seed).toArray();
        expect([...once].sort((p, q) => p - q)).toEqual([...a].sort((p, q) => p - q));
        expect(await data.array(a).shuffle(buffer, seed).toArray()).toEqual(once);
      }),
      { numRuns: 50 },
    );
  });
});

test("shuffle orders every pass anew unless told not to, and follows the global seed", async () => {
  const dataset = data.array(numbers(50)).shuffle(50, 3);
  expect(await dataset.toArray()).not.toEqual(await dataset.toArray());
  const fixed = data.array(numbers(50)).shuffle(50, 3, false);
  expect(await fixed.toArray()).toEqual(await fixed.toArray());
  const once = async (): Promise<number[]> => {
    setSeed(5);
    return data.array(numbers(50)).shuffle(50).toArray();
  };
  expect(await once()).toEqual(await once());
});

test("shuffle draws from the buffer only", async () => {
  const order = await data.array(numbers(100)).shuffle(10, 1).toArray();
  order.forEach((value, place) => expect(value).toBeLessThan(place + 10));
});

test("batch stacks by name and place", async () => {
  const [first] = await data
    .array([
      { xs: { a: 1, b: [1, 2] }, ys: tensor([5]) },
      { xs: { a: 2, b: [3, 4] }, ys: tensor([6]) },
    ])
    .batch(2)
    .toArray();
  expect(first.xs.a.arraySync()).toEqual([1, 2]);
  expect(first.xs.b.arraySync()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(first.ys.arraySync()).toEqual([[5], [6]]);
  await expect(data.array(["a", "b"]).batch(2).toArray()).rejects.toThrow("batch: elements must hold tensors");
});

test("the rows of a tensor are elements", async () => {
  const rows = await data
    .array(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    )
    .skip(1)
    .toArray();
  expect((rows as unknown as Tensor[]).map((row) => row.arraySync())).toEqual([
    [3, 4],
    [5, 6],
  ]);
});

test("generator, func and zip", async () => {
  const counted = data.generator(function* () {
    for (let i = 0; i < 4; i++) yield i;
  });
  expect(await counted.toArray()).toEqual([0, 1, 2, 3]);
  expect(await counted.toArray()).toEqual([0, 1, 2, 3]);
  let calls = 0;
  const endless = data.func(async () => calls++);
  expect(endless.size).toBe(Number.POSITIVE_INFINITY);
  const zipped = data.zip({ xs: counted, ys: endless });
  expect(await zipped.toArray()).toEqual(numbers(4).map((i) => ({ xs: i, ys: i })));
  const pair = [counted, counted];
  const paired = data.zip(pair).take(1);
  pair.push(counted);
  expect(await paired.toArray()).toEqual([[0, 0]]);
  expect(() => data.zip([])).toThrow("zip: expected datasets");
  const manual = data.generator(() => {
    let i = 0;
    return { next: () => (i < 2 ? { done: false, value: i++ } : { done: true, value: undefined }) } as Iterator<number>;
  });
  expect(await manual.toArray()).toEqual([0, 1]);
});

test("endless repetition of nothing ends", async () => {
  expect(await data.array([]).repeat().toArray()).toEqual([]);
});

test("cache asks its source once", async () => {
  let passes = 0;
  const dataset = data
    .generator(function* () {
      passes++;
      yield* [1, 2, 3];
    })
    .cache();
  // A pass that is not finished keeps nothing.
  await dataset.take(1).toArray();
  for (let i = 0; i < 3; i++) expect(await dataset.toArray()).toEqual([1, 2, 3]);
  expect(passes).toBe(2);
});

test("prefetch keeps the order, runs ahead, tells failures in their turn and closes its source", async () => {
  let made = 0;
  let closed = false;
  const source = data.generator(async function* () {
    try {
      for (; made < 20; made++) yield made;
    } finally {
      closed = true;
    }
  });
  const iterator = source.prefetch(4)[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(made).toBeGreaterThanOrEqual(4);
  await iterator.return();
  expect(closed).toBe(true);
  const failing = data.generator(function* () {
    yield 1;
    throw new Error("spoilt");
  });
  const seen: number[] = [];
  await expect(failing.prefetch(3).forEachAsync((value) => seen.push(value))).rejects.toThrow("spoilt");
  expect(seen).toEqual([1]);
});

test("what is no source, no option, no number or of another form is told", async () => {
  const wrong = 3 as never;
  for (const make of [() => data.generator(wrong), () => data.func(wrong), () => data.zip(null), () => data.zip([1])])
    expect(make).toThrow(/expected .*\. Got /);
  await expect(data.array([1]).forEachAsync(wrong)).rejects.toThrow("forEachAsync: expected a function. Got 3.");
  await expect(data.generator(() => wrong).toArray()).rejects.toThrow("generator: next: expected a function. Got undefined.");
  for (const name of ["take", "skip", "repeat"] as const)
    await expect(
      data
        .array([1])
        [name]("x" as never)
        .toArray(),
    ).rejects.toThrow(`${name}: count must be a number. Got "x".`);
  const batch = (elements: unknown[]): Promise<unknown> => data.array(elements).batch(2).toArray();
  await expect(batch([[1], [2, 3]])).rejects.toThrow("batch: arrays at depth 1 must have 1 values like the first. Got one of 2.");
  await expect(batch([{ a: 1 }, { b: 1 }])).rejects.toThrow("batch: elements of a batch must all have a, like the first. Got a Object.");
  await expect(batch([{ a: 1 }, null])).rejects.toThrow("Got null.");
  const csv = (source: unknown, config: unknown = {}): Promise<unknown> => data.csv(source as string, config as object).toArray();
  await expect(csv({ text: "" })).rejects.toThrow("csv: the text: expected rows. Got an empty text.");
  await expect(csv(3)).rejects.toThrow("csv: expected an address, or { text }. Got 3.");
  await expect(csv("file:///no/such")).rejects.toThrow("csv: file:///no/such: expected a text. Got ENOENT");
  await expect(csv("table.csv")).rejects.toThrow('HINT: for a file, write "file://table.csv".');
  await expect(csv({ text: "a\n1" }, { hasHeaders: true })).rejects.toThrow(/csv: options must be among hasHeader, .*\. Got hasHeaders\./);
  await expect(csv({ text: "a\n1" }, { columnConfigs: { a: { isLable: true } } })).rejects.toThrow(/column 'a': options must be among .*Got isLable/);
  await expect(csv({ text: "a\n1" }, { columnConfigs: { a: { dtype: "float" } } })).rejects.toThrow(
    "column 'a': dtype must be float32, int32, bool or string.",
  );
  await expect(csv({ text: "1" }, { hasHeader: false, columnNames: "a" })).rejects.toThrow('csv: columnNames must be a list. Got "a".');
});

describe("csv", () => {
  const read = (text: string, config = {}) => data.csv({ text }, config).toArray();

  test("reads back whatever fields were written", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "\n", "\r", " ", "1", "ü"), maxLength: 6 });
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), fc.boolean(), (table, end, hasEnd) => {
        const text = table.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(",")).join(end) + (hasEnd ? end : "");
        expect([...csvRows(text, ",", "text")].map(({ fields }) => fields)).toEqual(table);
      }),
      { numRuns: 500 },
    );
  });

  test("numbers, text, missing values and labels", async () => {
    const text = '\ufeffsize,kind,price\n1.5,"a, b",10\n\n,c,-2e3\n';
    expect(await read(text)).toEqual([
      { size: 1.5, kind: "a, b", price: 10 },
      { size: undefined, kind: "c", price: -2000 },
    ]);
    expect(await read(text, { columnConfigs: { price: { isLabel: true }, size: { default: 0 } }, configuredColumnsOnly: true })).toEqual([
      { xs: { size: 1.5 }, ys: { price: 10 } },
      { xs: { size: 0 }, ys: { price: -2000 } },
    ]);
    expect(
      await read("1;true;7\n", {
        hasHeader: false,
        columnNames: ["a", "b", "c"],
        delimiter: ";",
        columnConfigs: { b: { dtype: "bool" }, c: { dtype: "string" } },
      }),
    ).toEqual([{ a: 1, b: true, c: "7" }]);
    expect(await data.csv({ text }).columnNames()).toEqual(["size", "kind", "price"]);
  });

  test("errors name line and column", async () => {
    await expect(read("a,b\n1,2\n3\n")).rejects.toThrow("line 3: expected 2 columns. Got 1");
    await expect(read("a,b\n1,2\n3,x\n", { columnConfigs: { b: { dtype: "float32" } } })).rejects.toThrow("line 3, column 'b': expected a number. Got \"x\"");
    await expect(read("a,b\n1,\n", { columnConfigs: { b: { required: true } } })).rejects.toThrow("line 2, column 'b': expected a value");
    await expect(read('a,b\n1,"2\n')).rejects.toThrow("line 2, column 2: expected a closing quote");
    await expect(read('a,b\n1,"2"x\n')).rejects.toThrow("line 2, column 2: expected nothing after the closing quote. Got 'x'");
    await expect(read('a,b\n"x\ny",2\n3\n')).rejects.toThrow("line 4: expected 2 columns");
    await expect(read("a,a\n")).rejects.toThrow("unique");
    await expect(read("a\n", { columnConfigs: { z: {} } })).rejects.toThrow("'z'");
  });
});

describe("table", () => {
  test("numbers, text, booleans and chosen columns of rows that are objects or arrays", async () => {
    const rows = [
      { a: 1, color: "red", on: true, kind: "y", extra: null },
      { a: 2.5, color: "blue", on: false, kind: "x", extra: "" },
    ];
    const { xs, ys, columns, classes } = await data.table(rows, { target: "kind", features: ["a", "color", "on"] });
    expect(columns).toEqual(["a", "color=blue", "color=red", "on"]);
    expect(xs.arraySync()).toEqual([
      [1, 0, 1, 1],
      [2.5, 1, 0, 0],
    ]);
    expect([ys.dtype, ys.arraySync(), classes]).toEqual(["int32", [[1], [0]], ["x", "y"]]);
    const numbered = await data.table(
      [
        [1, 2, 7.5],
        [3, 4, 8.5],
      ],
      { target: 2 },
    );
    expect([numbered.columns, numbered.ys.dtype, numbered.ys.arraySync(), numbered.classes]).toEqual([["0", "1"], "float32", [[7.5], [8.5]], []]);
  });

  test("rows of comma-separated text", async () => {
    const { xs, ys } = await data.table(data.csv({ text: "size,kind\n1,plum\n,plum\n7,apple\n" }), { target: "kind", missing: "drop" });
    expect([xs.arraySync(), ys.arraySync()]).toEqual([
      [[1], [7]],
      [[1], [0]],
    ]);
  });

  test("missing values are told with their row and column", async () => {
    for (const gap of [null, undefined, "", Number.NaN])
      await expect(
        data.table(
          [
            { a: 1, b: 2 },
            { a: gap, b: 2 },
          ],
          { target: "b" },
        ),
      ).rejects.toThrow("data.table: expected a value in row 1, column 'a'");
    await expect(data.table([{ a: 1 }], { target: "b", missing: "drop" })).rejects.toThrow("data.table: expected rows. Got 1, none of them whole");
    await expect(data.table([], { target: "b" })).rejects.toThrow("data.table: expected rows. Got 0");
  });
});
