/** @file What a program asks about its tensors: time, types, bytes, liveness; the methods that only rename. */
import { expect, test, vi } from "vitest";
import { nextFrame, print, scalar, sumOutType, tensor, time, upcastType, Variable } from "../src/index.js";

test("time runs the function once and frees what it made", async () => {
  let made = tensor([0]);
  const { kernelMs, wallMs } = await time(() => {
    made = tensor([1, 2, 3]).square();
    // Clocks of pages tick in whole milliseconds at worst.
    const begun = performance.now();
    while (performance.now() === begun);
  });
  expect(kernelMs).toBe(wallMs);
  expect(wallMs).toBeGreaterThan(0);
  expect(made.isDisposed).toBe(true);
});

test("nextFrame resolves later, with and without frames", async () => {
  const order: string[] = [];
  const frame = nextFrame().then(() => order.push("frame"));
  order.push("now");
  await frame;
  expect(order).toEqual(["now", "frame"]);
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => setTimeout(callback, 0));
  await nextFrame();
  vi.unstubAllGlobals();
});

test("print writes what toString gives", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  print(tensor([1, 2]), true);
  expect(log).toHaveBeenCalledWith(tensor([1, 2]).toString(true));
  log.mockRestore();
});

test("types are promoted as TensorFlow.js does", () => {
  expect([upcastType("bool", "int32"), upcastType("int32", "float32"), upcastType("bool", "bool")]).toEqual(["int32", "float32", "bool"]);
  expect([sumOutType("bool"), sumOutType("int32"), sumOutType("float32")]).toEqual(["int32", "int32", "float32"]);
  expect(() => upcastType("float16", "int32")).toThrow("expected float32, int32 or bool");
});

test("bytes are the values' own", async () => {
  const bytes = await tensor([1, -2, 3]).bytes();
  expect([...new Float32Array(bytes.buffer)]).toEqual([1, -2, 3]);
  expect([...(await tensor([1, 0, 1], [3], "bool").bytes())]).toEqual([1, 0, 1]);
});

test("a disposed tensor says so when asked", () => {
  const x = tensor([1]).add(1);
  expect(() => x.throwIfDisposed()).not.toThrow();
  x.dispose();
  expect(() => x.throwIfDisposed()).toThrow();
});

test("as2D to as5D, asType and variable", () => {
  const x = tensor([1, 0, 3, 4, 5, 6, 7, 8]);
  expect(x.as2D(2, 4).shape).toEqual([2, 4]);
  expect(x.as3D(2, 2, 2).shape).toEqual([2, 2, 2]);
  expect(x.as4D(1, 2, 2, 2).shape).toEqual([1, 2, 2, 2]);
  expect(x.as5D(1, 2, 2, 2, 1).shape).toEqual([1, 2, 2, 2, 1]);
  expect(() => x.as2D(3, 3)).toThrow("reshape");
  expect(x.asType("bool").arraySync()).toEqual([1, 0, 1, 1, 1, 1, 1, 1]);
  const v = scalar(2).variable(false, "v");
  expect(v).toBeInstanceOf(Variable);
  expect([v.trainable, v.name, v.item()]).toEqual([false, "v", 2]);
});
