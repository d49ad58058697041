/** @file Runs in real browsers: matrices, a gradient, a trained network, the same bits as in Node. */
import { expect, inject, test } from "vitest";
import { grad, matMul, sum, type Tensor, tensor } from "../../src/index.js";
import { tableHashes, trainXor, workload, xorTargets } from "./workload.js";

test("the page is cross-origin isolated as this run wants it", () => {
  expect(globalThis.crossOriginIsolated).toBe(inject("isolated"));
});

test("matrices are multiplied", () => {
  const [rows, inner, columns] = [37, 53, 29];
  const a = Array.from({ length: rows * inner }, (_, i) => ((i * 7) % 23) / 23 - 0.5);
  const b = Array.from({ length: inner * columns }, (_, i) => ((i * 5) % 19) / 19 - 0.5);
  const product = matMul(tensor(a, [rows, inner]), tensor(b, [inner, columns])).dataSync();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let wanted = 0;
      for (let k = 0; k < inner; k++) wanted += (a[i * inner + k] as number) * (b[k * columns + j] as number);
      expect(product[i * columns + j]).toBeCloseTo(wanted, 4);
    }
  }
});

test("gradients are right", () => {
  const derivative = grad((x: Tensor) => sum(x.mul(x).mul(x)));
  expect([...derivative(tensor([1, -2, 3])).dataSync()]).toEqual([3, 12, 27]);
});

test("a network learns exclusive or", async () => {
  expect((await trainXor()).answers).toEqual(xorTargets.flat());
});

test("results have the bits that Node computes", async () => {
  expect(await workload()).toEqual(inject("expected").workload);
});

test("so have those of the whole op table, with their gradients", async () => {
  expect(await tableHashes()).toEqual(inject("expected").table);
});
