/** @file Runs the op table: values, gradients of first and second order, plans, in place, special values, memory. */
import { describe, expect, test } from "vitest";
import { definedOps } from "../src/engine/op.js";
import { compile, gradCheck, grads, reshape, reverse, type Tensor, tensor, tidy } from "../src/index.js";
import { numbersOf } from "./bits.js";
import { errorOf, randomOf, type Values } from "./naive.js";
import { opsTable } from "./ops.table.js";
import { inputsOf, makeTensor, type Row, type Sample } from "./table/row.js";
import { erfinv, threefry } from "./threefry.js";

const describeSample = ({ inputs, attributes }: Sample): string =>
  `${inputs.map(({ shape, dtype }) => `${dtype ?? "float32"}[${shape}]`).join(" ")} ${JSON.stringify(attributes ?? {})}`;

const isFloat = (x: Tensor): boolean => x.dtype === "float32";

/** Bytes of a result, so that equal means equal bit for bit. */
const bitsOf = (x: Tensor): Uint8Array => {
  const data = x.dataSync() as ArrayBufferView;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

function expectSameBits(got: Tensor, expected: Tensor, where: string): void {
  expect(got.shape, where).toEqual(expected.shape);
  expect(got.dtype, where).toBe(expected.dtype);
  // Comparing buffers is much faster than toEqual on arrays; the message then shows the values.
  if (!sameBytes(bitsOf(got), bitsOf(expected))) expect(numbersOf(got), where).toEqual(numbersOf(expected));
}

function checkForward(row: Row, sample: Sample): void {
  const values = inputsOf(row, sample);
  const inputs = values.map(makeTensor);
  const y = row.call(inputs, sample.attributes ?? {});
  const where = describeSample(sample);
  const got: Values = { shape: y.shape, dtype: y.dtype, data: numbersOf(y) };
  row.check?.(got, sample.attributes);
  // The oracle sees what the tensors hold: values rounded to their dtype.
  const expected = row.oracle(values, sample.attributes ?? {});
  expect(y.shape, where).toEqual([...expected.shape]);
  expect(got.data.length, where).toBe(expected.data.length);
  for (let i = 0; i < got.data.length; i++) {
    const reference = expected.data[i] as number;
    const accepted = row.atol + row.rtol * Math.abs((expected.magnitude?.[i] as number | undefined) ?? reference);
    const error = errorOf(got.data[i] as number, reference, accepted);
    if (!(error <= 1)) throw new Error(`${where}: element ${i} is ${got.data[i]}, expected ${reference} within ${accepted} (${error} of that)`);
  }
  // An op reads its inputs and leaves them as they are.
  inputs.forEach((input, i) => {
    expectSameBits(input, makeTensor(values[i] as Values), `${where}: input ${i} was changed`);
  });
}

/** A sample in four: every kind of shape still comes, at a quarter of the time. */
const some = (samples: readonly Sample[]): Sample[] => samples.filter((_, i) => i % 4 === 0 || samples.length < 12);

const derivable = Object.entries(opsTable).flatMap(([name, row]) => (row.gradient === null ? [] : [[name, row, row.gradient] as const]));

/** dy of a result's shape that depends on nothing else. */
const upstream = (shape: readonly number[]): Tensor => {
  const random = randomOf(99);
  return tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
    shape,
  );
};

test("the generator that random ops are compared with gives its authors' answers", () => {
  // Known answers of Random123 for threefry2x32 with 20 rounds.
  const words = (pair: readonly number[]): string[] => pair.map((word) => (word >>> 0).toString(16));
  expect(words(threefry([0, 0], [0, 0]))).toEqual(["6b200159", "99ba4efe"]);
  expect(words(threefry([-1, -1], [-1, -1]))).toEqual(["1cb996fc", "bb002be7"]);
  expect(words(threefry([0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344]))).toEqual(["c4923a9c", "483df7a0"]);
  expect(erfinv(0.5)).toBeCloseTo(0.4769362762044699, 14);
  expect(erfinv(0.9)).toBeCloseTo(1.1630871536766743, 14);
});

describe("values", () => {
  for (const [name, row] of Object.entries(opsTable)) {
    test(name, () => {
      for (const sample of row.samples) checkForward(row, sample);
      for (const sample of row.special ?? []) checkForward(row, sample);
    });
  }
});

describe("a plan gives what eager gives, bit for bit", () => {
  for (const [name, row] of Object.entries(opsTable)) {
    test(name, () => {
      for (const sample of [...some(row.samples), ...(row.special ?? [])]) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        const attributes = sample.attributes ?? {};
        const expected = row.call(inputs, attributes);
        for (const poison of [false, true]) {
          const compiled = compile((...xs: Tensor[]) => row.call(xs, attributes), { poison });
          const where = `${describeSample(sample)} poison=${poison}`;
          expectSameBits(compiled(...inputs), expected, where);
          expectSameBits(compiled(...inputs), expected, `${where}, second run`);
          compiled.dispose();
        }
      }
    });
  }
});

/** Elements in reverse order, under the same shape. */
const reversed = (x: Tensor): Tensor => reshape(reverse(reshape(x, [x.size])), x.shape);

describe("in a chain whose inputs die, a plan may work in place", () => {
  for (const [name, row] of Object.entries(opsTable)) {
    test(name, () => {
      const inplace = definedOps.get(name)?.inplace === true;
      for (const sample of some(row.samples)) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        const attributes = sample.attributes ?? {};
        const expected = row.call(inputs, attributes);
        // Something before and after, so that neither the input nor the output of the op is the plan's own.
        const compiled = compile((...xs: Tensor[]) => reversed(row.call(xs.map(reversed), attributes)), { poison: true });
        const away = inputs.map(reversed);
        expectSameBits(reversed(compiled(...away)), expected, describeSample(sample));
        const { trace, layout } = compiled.plan(...away);
        // An op that is made of others may use an input again.
        const taken = [...trace.blocks.values()].filter(
          (info) => info.inPlaceOf?.role === "temporary" && info.role === "temporary" && info.inPlaceOf.last === info.first,
        );
        for (const info of taken) expect(layout.offsets.get(info), describeSample(sample)).toBe(layout.offsets.get(info.inPlaceOf as typeof info));
        const first = inputs[0];
        // A copy needs no record at all.
        const alone = inplace && name !== "clone" && first !== undefined && first.size > 1 && first.size === expected.size && first.dtype === expected.dtype;
        if (alone) expect(taken.length, `${describeSample(sample)} was not done in place`).toBeGreaterThan(0);
        compiled.dispose();
      }
    });
  }
});

describe("gradients", () => {
  for (const [name, row, { samples, tolerance }] of derivable) {
    test(`${name} agrees with finite differences`, () => {
      for (const sample of samples) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        gradCheck((...xs) => row.call(xs, sample.attributes ?? {}), inputs, tolerance === undefined ? {} : { tolerance });
      }
    });
  }

  for (const [name, row, { samples, tolerance, second }] of derivable) {
    if (second === false) continue;
    test(`${name}, second order`, () => {
      for (const sample of samples) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        const attributes = sample.attributes ?? {};
        const dy = upstream(row.call(inputs, attributes).shape);
        const floats = inputs.flatMap((x, i) => (isFloat(x) ? [i] : []));
        for (const at of floats.keys()) {
          // The gradient by one input, as a function of all of them.
          const slope = (...xs: Tensor[]): Tensor => {
            const ofFloats = (...args: Tensor[]): Tensor =>
              row.call(
                xs.map((x, i) => (floats.includes(i) ? (args[floats.indexOf(i)] as Tensor) : x)),
                attributes,
              );
            return grads(ofFloats)(
              floats.map((i) => xs[i] as Tensor),
              dy,
            )[at] as Tensor;
          };
          gradCheck(slope, inputs, { samples: 8, ...(tolerance === undefined ? {} : { tolerance }) });
        }
      }
    });
  }

  for (const [name, row, { samples }] of derivable) {
    test(`${name}: a plan's gradients are eager's, bit for bit`, () => {
      for (const sample of [...samples, ...some(row.samples).filter(({ inputs }) => inputs.every(({ dtype }) => dtype === undefined || dtype === "float32"))]) {
        const inputs = inputsOf(row, sample).map(makeTensor);
        const attributes = sample.attributes ?? {};
        const floats = inputs.flatMap((x, i) => (isFloat(x) ? [i] : []));
        const dy = upstream(row.call(inputs, attributes).shape);
        const slopes = (...args: Tensor[]): Tensor[] => {
          const xs = args.slice(0, -1);
          const ofFloats = (...some: Tensor[]): Tensor =>
            row.call(
              xs.map((x, i) => (floats.includes(i) ? (some[floats.indexOf(i)] as Tensor) : x)),
              attributes,
            );
          return grads(ofFloats)(
            floats.map((i) => xs[i] as Tensor),
            args[args.length - 1],
          );
        };
        const expected = slopes(...inputs, dy);
        const compiled = compile(slopes, { poison: true });
        const got = compiled(...inputs, dy);
        expected.forEach((gradient, i) => {
          expectSameBits(got[i] as Tensor, gradient, `${describeSample(sample)}, input ${floats[i]}`);
        });
        expected.forEach((gradient, i) => {
          expect(gradient.shape, describeSample(sample)).toEqual((inputs[floats[i] as number] as Tensor).shape);
        });
        compiled.dispose();
      }
    });
  }
});

describe("memory", () => {
  for (const [name, row] of Object.entries(opsTable)) {
    test(`${name}: results outlive their inputs and their step`, () => {
      for (const sample of row.samples.filter((_, i) => i % 7 === 0)) {
        const values = inputsOf(row, sample);
        const attributes = sample.attributes ?? {};
        const expected = row.call(values.map(makeTensor), attributes);
        const inputs = values.map(makeTensor);
        const y = row.call(inputs, attributes);
        for (const input of inputs) input.dispose();
        // New tensors take the place of what was freed.
        const filler = values.map(makeTensor);
        expectSameBits(y, expected, `${describeSample(sample)}, inputs disposed`);
        const returned = tidy(() => row.call(values.map(makeTensor), attributes));
        tidy(() => {
          for (let i = 0; i < 4; i++) row.call(filler, attributes);
        });
        expectSameBits(returned, expected, `${describeSample(sample)}, returned from a step`);
      }
    });
  }
});
