/**
 * @file Every row of the op table whose functions TensorFlow.js has too: the same call on the same random inputs, in engram and
 * in TensorFlow.js (cpu), must give the same shapes, types, values and gradients.
 */
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import * as engram from "../../src/index.js";
import { grads, type Tensor, tensor } from "../../src/index.js";
import { numbersOf } from "../bits.js";
import { randomOf, type Values } from "../naive.js";
import { opsTable } from "../ops.table.js";
import { inputsOf, makeTensor, type Row, type Sample } from "../table/row.js";
import { type Difference, differences, gradientDifferences } from "./differences.js";
import { type Foreign, type ForeignCall, type ForeignTensor, NOT_IN_TFJS, tfjsTable } from "./table.js";

/** Seeds of the random inputs; ENGRAM_SEED adds one. */
const seeds = [11, 12, ...(process.env.ENGRAM_SEED ? [Number(process.env.ENGRAM_SEED)] : [])];
/** TensorFlow.js's cpu backend is slow: larger samples are left out. */
const LARGEST = 4000;
/** Of tensors that TensorFlow.js has the type of. */
const types = ["float32", "int32", "bool"];

let tf: Foreign;
let calls: Record<string, ForeignCall>;

beforeAll(async () => {
  ({ tf, calls } = await tfjsTable(["@tensorflow/tfjs"], fileURLToPath(new URL("../../build", import.meta.url))));
  await tf.setBackend("cpu");
});

const foreign = ({ data, shape, dtype }: Values): ForeignTensor => tf.tensor(Array.from(data, Number), shape, dtype ?? "float32");

const isComparable = ({ inputs, attributes }: Sample): boolean =>
  types.includes(attributes?.dtype ?? "float32") &&
  inputs.every(({ shape, dtype = "float32" }) => types.includes(dtype) && shape.reduce((a, b) => a * b, 1) <= LARGEST);

const describeSample = ({ inputs, attributes }: Sample, seed: number): string =>
  `${inputs.map(({ shape, dtype = "float32" }) => `${dtype}[${shape}]`).join(" ")} ${JSON.stringify(attributes ?? {})} seed ${seed}`;

function expectClose(got: Tensor, expected: ForeignTensor, row: Row, where: string): void {
  expect(got.shape, where).toEqual(expected.shape);
  const [a, b] = [numbersOf(got), Array.from(expected.dataSync(), Number)];
  const scale = b.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  b.forEach((value, i) => {
    const mine = a[i] as number;
    if (Object.is(mine, value) || mine === value) return;
    const accepted = row.atol + 1e-6 * scale + (row.rtol + 1e-5) * Math.abs(value);
    if (!(Math.abs(mine - value) <= accepted)) throw new Error(`${where}: element ${i} is ${mine}, TensorFlow.js gives ${value}`);
  });
}

/** True when TensorFlow.js has what the call needs; any other error of it is a difference. */
function compare(row: Row, call: ForeignCall, sample: Sample, seed: number): boolean {
  const where = describeSample(sample, seed);
  const values = inputsOf(row, sample, seed);
  return tf.tidy(() => {
    let expected: ForeignTensor;
    try {
      expected = call(values.map(foreign), sample.attributes ?? {});
    } catch (problem) {
      if ((problem as Error).name === NOT_IN_TFJS) return false;
      throw new Error(`${where}: TensorFlow.js throws ${(problem as Error).message}`);
    }
    const got = row.call(values.map(makeTensor), sample.attributes ?? {});
    expectClose(got, expected, row, where);
    expect(got.dtype, where).toBe(expected.dtype);
    return true;
  });
}

function compareGradients(row: Row, call: ForeignCall, sample: Sample, seed: number): boolean {
  const where = `${describeSample(sample, seed)}: gradient`;
  const values = inputsOf(row, sample, seed);
  // Integers such as labels are not differentiated by either.
  const differentiable = values.flatMap(({ dtype = "float32" }, i) => (dtype === "float32" ? [i] : []));
  const attributes = sample.attributes ?? {};
  const random = randomOf(seed);
  return tf.tidy(() => {
    const fixed = values.map(foreign);
    const withInputs = <T>(all: readonly T[], xs: readonly T[]): T[] =>
      all.map((x, i) => (differentiable.includes(i) ? (xs[differentiable.indexOf(i)] as T) : x));
    const foreignF = (...xs: ForeignTensor[]): ForeignTensor => call(withInputs(fixed, xs), attributes);
    let shape: readonly number[];
    try {
      ({ shape } = call(fixed, attributes));
    } catch (problem) {
      if ((problem as Error).name === NOT_IN_TFJS) return false;
      throw problem;
    }
    const dy = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5);
    const expected = tf.grads(foreignF)(
      differentiable.map((i) => fixed[i] as ForeignTensor),
      tf.tensor(dy, shape, "float32"),
    );
    const own = values.map(makeTensor);
    const got = grads((...xs: Tensor[]) => row.call(withInputs(own, xs), attributes))(
      differentiable.map((i) => own[i] as Tensor),
      tensor(dy, shape),
    );
    got.forEach((gradient, i) => expectClose(gradient, expected[i] as ForeignTensor, row, `${where} ${i}`));
    return true;
  });
}

type Comparison = (row: Row, call: ForeignCall, sample: Sample, seed: number) => boolean;

/**
 * Runs a comparison over samples and seeds and returns how many samples TensorFlow.js had the functions for. Every difference is an
 * error, unless it is listed; a listed one that is gone must leave the list.
 */
function check(name: string, samples: readonly Sample[], known: Difference | undefined, compareOne: Comparison): number {
  const row = opsTable[name] as Row;
  const problems: string[] = [];
  let compared = 0;
  let listed = 0;
  for (const sample of samples.filter(isComparable)) {
    for (const seed of seeds) {
      const isListed = known !== undefined && (known.of?.(sample) ?? true);
      try {
        if (compareOne(row, calls[name] as ForeignCall, sample, seed)) compared++;
      } catch (problem) {
        compared++;
        if (isListed) listed++;
        else problems.push((problem as Error).message.split("\n")[0] as string);
      }
    }
  }
  expect(problems).toEqual([]);
  if (known !== undefined) expect(listed, `${name}: TensorFlow.js agrees now, take it off the list`).toBeGreaterThan(0);
  return compared;
}

describe("values", () => {
  for (const [name, row] of Object.entries(opsTable)) test(name, () => void check(name, row.samples, differences[name], compare));
});

describe("gradients", () => {
  const derivable = Object.entries(opsTable).flatMap(([name, { gradient }]) => (gradient === null ? [] : [[name, gradient.samples] as const]));
  for (const [name, samples] of derivable) test(name, () => void check(name, samples, gradientDifferences[name], compareGradients));
});

test("every function that both have is compared", () => {
  const both = Object.keys(opsTable).filter((name) => name in tf && name in engram);
  const compared = both.filter((name) => {
    const { samples } = opsTable[name] as Row;
    return samples.filter(isComparable).some((sample) => {
      try {
        return compare(opsTable[name] as Row, calls[name] as ForeignCall, sample, 1);
      } catch {
        return true;
      }
    });
  });
  expect(both.filter((name) => !compared.includes(name))).toEqual([]);
});

test("the differences listed are of rows that exist", () => {
  expect([...Object.keys(differences), ...Object.keys(gradientDifferences)].filter((name) => !(name in opsTable))).toEqual([]);
});
