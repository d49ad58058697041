/** @file dispose: never needed, and harmless to whatever shares the memory. */
import { describe, expect, test } from "vitest";
import { compile, dispose, type Tensor, tensor, tidy } from "../src/index.js";

describe("dispose", () => {
  test("ends a tensor at once; it is never needed and may come twice", () => {
    const x = tensor([1, 2]);
    x.dispose();
    x.dispose();
    expect(x.isDisposed).toBe(true);
    expect(() => x.dataSync()).toThrow("dataSync: expected a live tensor. Got one ('tensor', shape [2]) that has been disposed.");
    expect(() => x.add(1)).toThrow("add: expected a live tensor. Got one ('tensor', shape [2]) that has been disposed.");
  });

  test("leaves aliases alive, however often it is called", () => {
    const x = tensor([1, 2, 3, 4]);
    const y = x.reshape([2, 2]);
    const z = y.reshape([4, 1]);
    x.dispose();
    x.dispose();
    x.dispose();
    expect([x.isDisposed, y.isDisposed]).toEqual([true, false]);
    expect(() => x.dataSync()).toThrow("that has been disposed");
    // What is made next must not take the memory.
    tensor([9, 9, 9, 9]);
    expect(y.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    y.dispose();
    tensor([9, 9, 9, 9]);
    expect(z.add(1).arraySync()).toEqual([[2], [3], [4], [5]]);
  });

  test("results that are their input survive it, as in ported programs", () => {
    const x = tensor([1, 2]);
    const [cast, wide] = [x.cast("float32"), x.broadcastTo([2])];
    x.dispose();
    expect(cast.arraySync()).toEqual([1, 2]);
    expect(wide.arraySync()).toEqual([1, 2]);
  });

  test("takes containers, and does nothing harmful inside steps", () => {
    const [a, b] = [tensor([1]), tensor([2])];
    dispose({ a, list: [b, 3, null] });
    expect([a.isDisposed, b.isDisposed]).toEqual([true, true]);
    const y = tidy(() => {
      const x = tensor([1, 2]);
      const doubled = x.mul(2);
      x.dispose();
      return doubled.add(1);
    });
    expect(y.arraySync()).toEqual([3, 5]);
    // A captured constant may be disposed after tracing: the plan holds its own reference.
    const constant = tensor([5, 6]);
    const f = compile((x: Tensor) => x.add(constant));
    f(tensor([0, 0]));
    constant.dispose();
    tensor([9, 9]);
    expect(f(tensor([1, 1])).arraySync()).toEqual([6, 7]);
  });

  test("using declarations dispose", () => {
    let seen: Tensor;
    {
      using x = tensor([1]);
      seen = x;
    }
    expect(seen.isDisposed).toBe(true);
  });
});
