/** @file IDX files and MNIST folders: every type, compressed, damaged, hostile. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { loadFashionMnist, loadMnist, readIdx } from "../src/index.js";

const scratch = mkdtempSync(join(tmpdir(), "engram-idx-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = (name: string): string => {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** An IDX file of values that are written big-endian by `write`. */
function idxFile(code: number, shape: number[], size: number, values: number[], write: (view: DataView, at: number, value: number) => void): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + size * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, code, shape.length]);
  shape.forEach((length, i) => view.setUint32(4 + 4 * i, length));
  values.forEach((value, i) => write(view, 4 + 4 * shape.length + size * i, value));
  return bytes;
}

const bytesFile = (shape: number[], values: number[]): Uint8Array => idxFile(8, shape, 1, values, (view, at, value) => view.setUint8(at, value));

describe("IDX", () => {
  test.each([
    ["uint8", 0x08, 1, [0, 1, 255, 7, 8, 9], (v: DataView, at: number, x: number) => v.setUint8(at, x), Uint8Array],
    ["int8", 0x09, 1, [0, -1, 127, -128, 8, 9], (v: DataView, at: number, x: number) => v.setInt8(at, x), Int8Array],
    ["int16", 0x0b, 2, [0, -1, 32767, -32768, 258, 9], (v: DataView, at: number, x: number) => v.setInt16(at, x), Int16Array],
    ["int32", 0x0c, 4, [0, -1, 2147483647, -2147483648, 16909060, 9], (v: DataView, at: number, x: number) => v.setInt32(at, x), Int32Array],
    ["float32", 0x0d, 4, [0, -0.5, 1.5, 3.25, 1e30, -2], (v: DataView, at: number, x: number) => v.setFloat32(at, x), Float32Array],
    ["float64", 0x0e, 8, [0, -0.1, Math.PI, 1e300, 5e-324, -2], (v: DataView, at: number, x: number) => v.setFloat64(at, x), Float64Array],
  ] as const)("reads %s, at any place in memory, plain and gzip", async (_, code, size, values, write, type) => {
    const file = idxFile(code, [2, 3], size, [...values], write);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    for (const idx of await Promise.all([file, shifted.subarray(3), gzipSync(file)].map((bytes) => readIdx(bytes, "f")))) {
      expect(idx.shape).toEqual([2, 3]);
      expect(idx.data).toBeInstanceOf(type);
      expect([...idx.data]).toEqual(code === 0x0d ? [...Float32Array.from(values)] : values);
    }
  });

  test("reads scalars and empty arrays", async () => {
    expect(await readIdx(bytesFile([], [5]), "f")).toMatchObject({ shape: [] });
    expect((await readIdx(bytesFile([0, 28, 28], []), "f")).data.length).toBe(0);
  });

  test("says what is wrong with a file cut at any byte", async () => {
    const file = bytesFile([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    for (let length = 0; length < file.length; length++) {
      const cut = file.subarray(0, length);
      await expect(readIdx(cut, "digits.idx"), `${length} bytes`).rejects.toThrow(new RegExp(`digits.idx: expected .*Got ${length} bytes`));
      await expect(readIdx(gzipSync(cut), "digits.idx")).rejects.toThrow(/digits.idx: expected .*Got/);
    }
    const zipped = gzipSync(file);
    for (let length = 2; length < zipped.length; length++)
      await expect(readIdx(zipped.subarray(0, length), "d.gz"), `${length} bytes`).rejects.toThrow(/d\.gz: expected .*Got/);
  });

  test("says what is wrong with damaged files", async () => {
    const file = bytesFile([3], [1, 2, 3]);
    await expect(readIdx(Uint8Array.from([...file, 0]), "f")).rejects.toThrow(/f: expected 11 bytes .*\[3\] of uint8.*Got 12 bytes/);
    await expect(readIdx(Uint8Array.from([0, 0, 0x0a, 1]), "f")).rejects.toThrow(/type byte that is one of 0x08 uint8.*Got 0x0a/);
    await expect(readIdx(new TextEncoder().encode("<html>"), "f")).rejects.toThrow(/starts with 0x3c 0x68/);
    await expect(readIdx(gzipSync(gzipSync(file)), "f")).rejects.toThrow(/HINT: it is compressed twice/);
    const damaged = gzipSync(file);
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] as number) ^ 0xff;
    await expect(readIdx(damaged, "f.gz")).rejects.toThrow(/f\.gz: expected whole gzip data.*Got \d+ bytes/);
  });

  test("takes no memory that a header merely claims, and inflates no more than it promises", async () => {
    const claim = bytesFile([], []).slice(0, 4);
    claim[3] = 3;
    const huge = new Uint8Array([...claim, ...new Array(12).fill(0xff)]);
    await expect(readIdx(huge, "f")).rejects.toThrow(/shape \[4294967295,4294967295,4294967295\]/);
    const large = bytesFile([60000, 28, 28], []);
    await expect(readIdx(large, "f")).rejects.toThrow(/expected 47040016 bytes .*Got 16 bytes/);
    const bomb = gzipSync(Buffer.concat([bytesFile([1], [1]), Buffer.alloc(2 ** 27)]));
    const before = process.memoryUsage().rss;
    await expect(readIdx(bomb, "bomb.gz")).rejects.toThrow(/bomb\.gz: expected 9 bytes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
  });
});

describe("MNIST folders", () => {
  const names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] as const;
  const files = (): Record<string, Uint8Array> => ({
    [names[0]]: bytesFile([3, 2, 2], [0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8]),
    [names[1]]: bytesFile([3], [9, 0, 4]),
    [names[2]]: bytesFile([1, 2, 2], [255, 255, 0, 0]),
    [names[3]]: bytesFile([1], [1]),
  });
  let count = 0;
  const write = (contents: Record<string, Uint8Array>): string => {
    const path = folder(`mnist-${count++}`);
    for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(path, name), bytes);
    return path;
  };
  const zipped = (contents: Record<string, Uint8Array>): Record<string, Uint8Array> =>
    Object.fromEntries(
      Object.entries(contents).map(([name, bytes], i) => [i % 2 === 0 ? `${name}.gz` : name.replace("-idx", ".idx"), i % 2 === 0 ? gzipSync(bytes) : bytes]),
    );

  test("become tensors, plain or gzip, under either spelling", async () => {
    for (const contents of [files(), zipped(files())]) {
      const { train, test: tested } = await loadMnist(write(contents));
      expect(train.images.shape).toEqual([3, 2, 2, 1]);
      expect(train.images.dtype).toBe("float32");
      expect([...train.images.dataSync().subarray(0, 4)]).toEqual([0, Math.fround(0.2), Math.fround(0.4), 1]);
      expect(train.labels.dtype).toBe("int32");
      expect(train.labels.arraySync()).toEqual([9, 0, 4]);
      expect(tested.labels.arraySync()).toEqual([1]);
    }
  });

  test("are Fashion-MNIST's too, with the names of its classes", async () => {
    const { train, classNames } = await loadFashionMnist(write(zipped(files())));
    expect(Array.from(train.labels.dataSync(), (label) => classNames[label])).toEqual(["ankle boot", "T-shirt", "coat"]);
  });

  test("name the file, what was expected and what was found", async () => {
    const broken = (change: (contents: Record<string, Uint8Array>) => void): Promise<unknown> => {
      const contents = files();
      change(contents);
      return loadMnist(write(contents));
    };
    await expect(loadMnist(join(scratch, "nowhere"))).rejects.toThrow(/nowhere: expected a folder with four IDX files\. Got ENOENT/);
    await expect(loadMnist(folder("empty"))).rejects.toThrow(/expected a file train-images-idx3-ubyte.*Got an empty folder/);
    await expect(broken((c) => delete c[names[1]])).rejects.toThrow(
      /expected a file train-labels-idx1-ubyte or train-labels-idx1-ubyte\.gz\. Got a folder with/,
    );
    await expect(broken((c) => (c[names[0]] = (c[names[0]] as Uint8Array).slice(0, 20)))).rejects.toThrow(
      /train-images-idx3-ubyte: expected 28 bytes .*Got 20 bytes/,
    );
    await expect(broken((c) => (c[names[1]] = c[names[0]] as Uint8Array))).rejects.toThrow(
      /train-labels-idx1-ubyte: expected uint8 values with 1 axis \(labels\)\. Got Uint8Array of shape \[3,2,2\]/,
    );
    await expect(broken((c) => (c[names[1]] = bytesFile([2], [1, 2])))).rejects.toThrow(/train-labels-idx1-ubyte: expected 3 labels, .*Got 2 labels/);
    await expect(broken((c) => (c[names[3]] = bytesFile([1], [10])))).rejects.toThrow(
      /t10k-labels-idx1-ubyte: expected labels from 0 to 9\. Got label 10 at index 0/,
    );
    await expect(broken((c) => (c[names[2]] = bytesFile([1, 1, 4], [1, 2, 3, 4])))).rejects.toThrow(
      /t10k-images-idx3-ubyte: expected images of 2 x 2 .*Got images of 1 x 4/,
    );
  });
});
