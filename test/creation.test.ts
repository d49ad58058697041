/** @file Constant tensors and buffers: arguments, errors, methods. */
import { expect, test } from "vitest";
import { bitwiseAnd, buffer, compile, eye, fill, linspace, onesLike, range, type Tensor, TensorBuffer, tensor, zerosLike } from "../src/index.js";

test("onesLike and zerosLike take shape and dtype, of values too, and chain", () => {
  const x = tensor([[3, 4]], [1, 2], "int32");
  expect([x.onesLike().dtype, x.onesLike().arraySync()]).toEqual(["int32", [[1, 1]]]);
  expect(x.zerosLike().arraySync()).toEqual([[0, 0]]);
  expect(onesLike([true, false]).dtype).toBe("bool");
  expect(zerosLike([[1], [2]]).arraySync()).toEqual([[0], [0]]);
});

test("fill takes its type from the value", () => {
  expect([fill([2], true).dtype, fill([2], true).arraySync(), fill([1], 1).dtype, fill([1], true, "int32").dtype]).toEqual([
    "bool",
    [1, 1],
    "float32",
    "int32",
  ]);
});

test("sequences are exact to their last number", () => {
  expect(linspace(0, 1, 11).dataSync()).toEqual(Float32Array.from({ length: 11 }, (_, i) => i / 10));
  expect(linspace(0.1, 0.7, 100_003).dataSync().at(-1)).toBe(Math.fround(0.7));
  expect(range(0, 1, 0.1).size).toBe(10);
  expect(range(2 ** 24, 2 ** 24 + 3, 1, "int32").arraySync()).toEqual([2 ** 24, 2 ** 24 + 1, 2 ** 24 + 2]);
});

test("arguments that do not fit are refused", () => {
  for (const num of [0, -1, 2.5, Number.NaN]) expect(() => linspace(0, 1, num)).toThrow("linspace: num must be a whole number >= 1");
  for (const [stop, step] of [
    [5, 0],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NaN, 1],
  ] as const)
    expect(() => range(0, stop, step)).toThrow("range: step must lead from start to stop");
  expect(() => eye(-1)).toThrow("eye: shape must be whole numbers >= 0");
  expect(() => eye(2, 2, [1.5])).toThrow("eye: shape must be");
  expect(() => bitwiseAnd([1], tensor([1.5]))).toThrow("bitwiseAnd: b must be int32");
});

test("constants in a plan are the plan's own", () => {
  const f = compile((x: Tensor) => x.add(range(0, 3)).mul(eye(3)));
  for (let i = 0; i < 2; i++)
    expect(f(tensor([i, i, i])).arraySync()).toEqual([
      [i, 0, 0],
      [0, i + 1, 0],
      [0, 0, i + 2],
    ]);
});

test("a buffer is written and read by coordinates", () => {
  const b = buffer([2, 3, 4], "int32");
  expect([b.size, b.rank, b.dtype, b.strides]).toEqual([24, 3, "int32", [12, 4]]);
  for (let i = 0; i < b.size; i++) {
    expect(b.locToIndex(b.indexToLoc(i))).toBe(i);
    b.set(i, ...b.indexToLoc(i));
  }
  expect(b.get(1, 2, 3)).toBe(23);
  expect(b.toTensor().dataSync()).toEqual(Int32Array.from({ length: 24 }, (_, i) => i));
  const scalar = new TensorBuffer([], "float32");
  scalar.set(3);
  expect([scalar.get(), scalar.indexToLoc(0), scalar.toTensor().shape]).toEqual([3, [], []]);
});

test("a buffer over values holds them, a tensor of it a copy", () => {
  const values = Float32Array.of(1, 2);
  const b = buffer([2], "float32", values);
  const x = b.toTensor();
  b.set(7, 0);
  expect([values[0], x.arraySync()]).toEqual([7, [1, 2]]);
});

test("a tensor's buffer is a copy of its values and type", async () => {
  const x = tensor([[1, 0]], [1, 2], "bool");
  const b = x.bufferSync<"bool">();
  expect([b.shape, b.dtype, b.values]).toEqual([[1, 2], "bool", Uint8Array.of(1, 0)]);
  b.set(1, 0, 1);
  expect([(await x.buffer()).get(0, 1), b.toTensor().arraySync()]).toEqual([0, [[1, 1]]]);
});

test("coordinates outside a buffer are refused, and nothing is written", () => {
  const b = buffer([2, 3]);
  for (const at of [[2, 0], [0, 3], [-1, 0], [0], [0, 0, 0], [0.5, 0], []]) {
    expect(() => b.set(1, ...at)).toThrow("TensorBuffer: expected coordinates within [2,3]");
    expect(() => b.get(...at)).toThrow(`Got [${at}]`);
  }
  expect([...b.values]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(() => buffer([2], "float32", new Float32Array(3))).toThrow("buffer: shape [2] needs 2 values. Got 3.");
  expect(() => buffer([-1])).toThrow("buffer: shape must be");
});
