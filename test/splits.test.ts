/** @file Every kernel that can be split, run in ranges of odd sizes: the same bits as in one call, for every row of the op table. */
import { afterAll, describe, expect, test } from "vitest";
import { coreSignatures } from "../src/wasm/core.gen.js";
import { core } from "../src/wasm/core.js";
import { kernelsOf } from "../src/wasm/kernels.js";
import { numbersOf } from "./bits.js";
import { opsTable } from "./ops.table.js";
import { inputsOf, makeTensor } from "./table/row.js";

type Argument = number | { block: { ptr: number } };
type Kernel = (...args: Argument[]) => void;

const split = kernelsOf(coreSignatures).flatMap(([name, letters]) => (letters.startsWith("n") ? [name] : []));

/** Where the ranges end, as parts of the whole; set for each run. */
let parts: readonly number[] = [1];

const live = core.live as unknown as Record<string, Kernel>;
for (const name of split) {
  live[name] = (count, ...rest) => {
    const args = rest.map((arg) => (typeof arg === "number" ? arg : arg.block.ptr));
    let begin = 0;
    for (const part of parts) {
      const end = Math.round((count as number) * part);
      core.kernel(name)(begin, end, ...args);
      begin = end;
    }
  };
}

afterAll(() => {
  for (const name of split) delete live[name];
});

describe("in ranges", () => {
  for (const [name, row] of Object.entries(opsTable)) {
    test(name, () => {
      for (const sample of row.samples) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        const run = (ends: readonly number[]): number[] => {
          parts = ends;
          return numbersOf(row.call(inputs, sample.attributes ?? {}));
        };
        const expected = run([1]);
        for (const ends of [[0.5, 1], [0.1, 0.11, 0.73, 1], Array.from({ length: 13 }, (_, i) => (i + 1) / 13)]) {
          const got = run(ends);
          if (got.length !== expected.length || got.some((value, i) => !Object.is(value, expected[i]))) expect(got, JSON.stringify(sample)).toEqual(expected);
        }
      }
    });
  }
});
