/**
 * @file Random shapes, types and arguments for the ops that move and repeat elements, against plain loops; and their gradients
 * against the identity <dy, f(x)> = <gradient, x> of linear functions. Failures print fast-check's seed.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  batchToSpaceND,
  broadcastTo,
  compile,
  concat,
  type DataType,
  depthToSpace,
  grads,
  mirrorPad,
  pad,
  repeat,
  reverse,
  roll,
  slice,
  spaceToBatchND,
  spaceToDepth,
  split,
  stack,
  stridedSlice,
  type Tensor,
  takeAlongAxis,
  tidy,
  tile,
  transpose,
  tril,
  triu,
  unstack,
} from "../src/index.js";
import { numbersOf } from "./bits.js";
import * as naive from "./naive.js";
import { between, chance, expectEqual, one, type Pick, seedOf, shapeOf, toTensor, typeOf, whole } from "./properties.js";
import * as oracle from "./table/shapeOracles.js";

type Values = naive.Values;

const RUNS = { numRuns: 1000 };

/** One op on random inputs, and what it should give. */
interface Case {
  inputs: Values[];
  call: (xs: readonly Tensor[]) => Tensor;
  expected: naive.Expected;
  /** False where the result is not a linear function of the float inputs. */
  linear?: boolean;
}

// ---- random arguments ----

const inputOf = (pick: Pick, shape: readonly number[], dtype = typeOf(pick)): Values => whole(shape, seedOf(pick), dtype);
/** An axis, counted from either end. */
const axisOf = (pick: Pick, rank: number): [axis: number, given: number] => {
  const axis = between(pick, 0, rank - 1);
  return [axis, chance(pick, 30) ? axis - rank : axis];
};
const axesOf = (pick: Pick, rank: number): number[] => Array.from({ length: rank }, (_, i) => i).filter(() => chance(pick, 50));
const pairsOf = (pick: Pick, most: readonly number[]): [number, number][] => most.map((n) => [between(pick, 0, n), between(pick, 0, n)]);

// ---- cases ----

function stridedCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 5));
  const spec = {
    begin: [] as number[],
    end: [] as number[],
    strides: [] as number[],
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
  };
  let axis = 0;
  for (let i = 0; axis < x.shape.length && i < 8; i++) {
    const length = x.shape[axis] as number;
    const kind = between(pick, 0, 9);
    const bit = 1 << i;
    spec.begin.push(between(pick, -length - 2, length + 2));
    spec.end.push(between(pick, -length - 2, length + 2));
    spec.strides.push(one(pick, 1, 1, 2, 3, -1, -2));
    if (kind === 0 && spec.ellipsisMask === 0) {
      spec.ellipsisMask = bit;
      axis += between(pick, 0, x.shape.length - axis);
      // What follows names the last axes.
      const rest = x.shape.length - axis;
      for (let j = 0; j < rest; j++) {
        spec.begin.push(0);
        spec.end.push(x.shape[axis + j] as number);
        spec.strides.push(1);
      }
      break;
    }
    if (kind === 1) spec.newAxisMask |= bit;
    else {
      if (kind === 2) spec.beginMask |= bit;
      if (kind === 3) spec.endMask |= bit;
      if (kind === 4 && length > 0) {
        spec.shrinkAxisMask |= bit;
        spec.begin[i] = between(pick, -length, length - 1);
        spec.strides[i] = 1;
      }
      axis++;
      if (chance(pick, 10)) break;
    }
  }
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = spec;
  return {
    inputs: [x],
    call: ([t]) => stridedSlice(t as Tensor, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask),
    expected: oracle.stridedOf(x, spec),
  };
}

function windowCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 6));
  const begin = x.shape.map((length) => between(pick, 0, length));
  const size = x.shape.map((length, i) => between(pick, 0, length - (begin[i] as number)));
  const given = size.map((n, i) => (n === (x.shape[i] as number) - (begin[i] as number) && chance(pick, 50) ? -1 : n));
  return { inputs: [x], call: ([t]) => slice(t as Tensor, begin, given), expected: oracle.takeWindow(x, begin, size) };
}

function concatCase(pick: Pick): Case {
  const shape = shapeOf(pick, 1, 4);
  const [axis, given] = axisOf(pick, shape.length);
  const dtype = typeOf(pick);
  const inputs = Array.from({ length: between(pick, 1, 5) }, () => inputOf(pick, shape.with(axis, between(pick, 0, 9)), dtype));
  return { inputs, call: (xs) => concat(xs, given), expected: oracle.concatOf(inputs, given) };
}

function stackCase(pick: Pick): Case {
  const shape = shapeOf(pick, 0, 4);
  const [, given] = axisOf(pick, shape.length + 1);
  const dtype = typeOf(pick);
  const inputs = Array.from({ length: between(pick, 1, 4) }, () => inputOf(pick, shape, dtype));
  return { inputs, call: (xs) => stack(xs, given), expected: oracle.stackOf(inputs, given) };
}

/** One of the pieces, since a case has one result. */
function splitCase(pick: Pick): Case {
  const shape = shapeOf(pick, 1, 5);
  const [axis, given] = axisOf(pick, shape.length);
  const sizes = Array.from({ length: between(pick, 1, 4) }, () => between(pick, 0, 5));
  const x = inputOf(
    pick,
    shape.with(
      axis,
      sizes.reduce((a, b) => a + b),
    ),
  );
  const chosen = between(pick, 0, sizes.length - 1);
  const open = chance(pick, 30) ? sizes.with(between(pick, 0, sizes.length - 1), -1) : sizes;
  const begin = shape.map((_, i) => (i === axis ? sizes.slice(0, chosen).reduce((a, b) => a + b, 0) : 0));
  return {
    inputs: [x],
    call: ([t]) => split(t as Tensor, open, given)[chosen] as Tensor,
    expected: oracle.takeWindow(x, begin, x.shape.with(axis, sizes[chosen] as number)),
  };
}

function unstackCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 1, 5));
  const [axis, given] = axisOf(pick, x.shape.length);
  fc.pre((x.shape[axis] as number) > 0);
  const chosen = between(pick, 0, (x.shape[axis] as number) - 1);
  const { data } = oracle.takeWindow(
    x,
    x.shape.map((_, i) => (i === axis ? chosen : 0)),
    x.shape.with(axis, 1),
  );
  return { inputs: [x], call: ([t]) => unstack(t as Tensor, given)[chosen] as Tensor, expected: { shape: x.shape.toSpliced(axis, 1), data } };
}

function reverseCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 5));
  const axes = axesOf(pick, x.shape.length);
  const expected = oracle.generate(x.shape, (p) =>
    oracle.element(
      x,
      p.map((at, i) => (axes.includes(i) ? (x.shape[i] as number) - 1 - at : at)),
    ),
  );
  return { inputs: [x], call: ([t]) => reverse(t as Tensor, axes), expected };
}

function padCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 4), one<DataType>(pick, "float32", "int32", "bool", "uint8"));
  const value = one(pick, 0, 0, 1);
  const paddings = pairsOf(
    pick,
    x.shape.map(() => one(pick, 0, 3, 3, 17)),
  );
  return { inputs: [x], call: ([t]) => pad(t as Tensor, paddings, value), expected: oracle.padOf(x, paddings, value), linear: value === 0 };
}

function mirrorCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 4));
  const mode = one(pick, "reflect", "symmetric");
  const paddings = pairsOf(
    pick,
    x.shape.map((size) => Math.max(0, mode === "reflect" ? size - 1 : size)),
  );
  return { inputs: [x], call: ([t]) => mirrorPad(t as Tensor, paddings, mode as "reflect"), expected: oracle.mirrorOf(x, paddings, mode) };
}

function tileCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 4));
  const reps = x.shape.map(() => one(pick, 0, 1, 1, 1, 2, 3));
  const shape = x.shape.map((size, i) => size * (reps[i] as number));
  const expected = oracle.generate(shape, (p) =>
    oracle.element(
      x,
      p.map((at, i) => at % (x.shape[i] as number)),
    ),
  );
  return { inputs: [x], call: ([t]) => tile(t as Tensor, reps), expected };
}

function repeatCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 1, 4));
  const [axis, given] = chance(pick, 20) ? [0, undefined] : axisOf(pick, x.shape.length);
  const length = given === undefined ? x.data.length : (x.shape[axis] as number);
  const repeats = chance(pick, 50) ? between(pick, 0, 4) : Array.from({ length }, () => between(pick, 0, 3));
  return { inputs: [x], call: ([t]) => repeat(t as Tensor, repeats, given), expected: oracle.repeatOf(x, repeats, given) };
}

function rollCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 1, 5));
  if (chance(pick, 20)) {
    const by = between(pick, -99, 99);
    return { inputs: [x], call: ([t]) => roll(t as Tensor, by), expected: oracle.rollOf(x, by, undefined) };
  }
  const axes = axesOf(pick, x.shape.length);
  const shifts = axes.map(() => between(pick, -9, 9));
  return { inputs: [x], call: ([t]) => roll(t as Tensor, shifts, axes), expected: oracle.rollOf(x, shifts, axes) };
}

function spaceToBatchCase(pick: Pick): Case {
  const block = Array.from({ length: between(pick, 1, 3) }, () => between(pick, 1, 3));
  const paddings = pairsOf(
    pick,
    block.map(() => 2),
  );
  // Sizes that the blocks divide once they are padded.
  const space = block.map((b, i) => {
    const padded = (paddings[i] as number[])[0] + (paddings[i] as number[])[1];
    return b * between(pick, Math.ceil(padded / b), Math.ceil(padded / b) + 3) - padded;
  });
  const x = inputOf(pick, [between(pick, 0, 3), ...space, ...shapeOf(pick, 0, 1)], one<DataType>(pick, "float32", "int32", "bool", "uint8"));
  return { inputs: [x], call: ([t]) => spaceToBatchND(t as Tensor, block, paddings), expected: oracle.spaceToBatchOf(x, block, paddings) };
}

function batchToSpaceCase(pick: Pick): Case {
  const block = Array.from({ length: between(pick, 1, 3) }, () => between(pick, 1, 3));
  const space = block.map(() => between(pick, 1, 4));
  const crops = block.map((b, i) => {
    const before = between(pick, 0, b * (space[i] as number));
    return [before, between(pick, 0, b * (space[i] as number) - before)];
  });
  const x = inputOf(pick, [between(pick, 0, 3) * block.reduce((a, b) => a * b), ...space, ...shapeOf(pick, 0, 1)]);
  return { inputs: [x], call: ([t]) => batchToSpaceND(t as Tensor, block, crops), expected: oracle.batchToSpaceOf(x, block, crops) };
}

function depthCase(pick: Pick): Case {
  const [n, h, w, d] = [between(pick, 0, 2), between(pick, 0, 4), between(pick, 0, 4), between(pick, 0, 9)];
  const block = between(pick, 1, 3);
  const format = one(pick, "NHWC", "NCHW") as "NHWC";
  const toSpace = chance(pick, 50);
  const [height, width, depth] = toSpace ? [h, w, d * block * block] : [h * block, w * block, d];
  const x = inputOf(pick, (format === "NHWC" ? [n, height, width, depth] : [n, depth, height, width]) as number[]);
  return toSpace
    ? { inputs: [x], call: ([t]) => depthToSpace(t as Tensor, block, format), expected: oracle.depthToSpaceOf(x, block, format) }
    : { inputs: [x], call: ([t]) => spaceToDepth(t as Tensor, block, format), expected: oracle.spaceToDepthOf(x, block, format) };
}

function transposeCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 0, 6));
  const order = x.shape.map((_, i) => i);
  const perm = pick(fc.shuffledSubarray as (from: number[], limits: object) => fc.Arbitrary<number[]>, order, {
    minLength: order.length,
    maxLength: order.length,
  });
  return { inputs: [x], call: ([t]) => transpose(t as Tensor, perm), expected: naive.transpose(x, perm) };
}

function broadcastCase(pick: Pick): Case {
  const shape = shapeOf(pick, 0, 6);
  const x = inputOf(pick, shape.map((size) => (chance(pick, 40) ? 1 : size)).slice(between(pick, 0, shape.length)));
  return { inputs: [x], call: ([t]) => broadcastTo(t as Tensor, shape), expected: naive.broadcastTo(x, shape) };
}

function takeCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 1, 4), one<DataType>(pick, "float32", "int32", "bool"));
  const [axis, given] = axisOf(pick, x.shape.length);
  const limit = x.shape[axis] as number;
  const shape = x.shape.with(axis, limit === 0 ? 0 : between(pick, 0, 6));
  const random = naive.randomOf(seedOf(pick));
  const indices: Values = { shape, dtype: "int32", data: Array.from({ length: naive.sizeOf(shape) }, () => Math.floor(random() * limit)) };
  const expected = oracle.generate(shape, (p) =>
    oracle.element(
      x,
      p.map((at, i) => (i === axis ? oracle.element(indices, p) : at)),
    ),
  );
  return { inputs: [x, indices], call: ([t, i]) => takeAlongAxis(t as Tensor, i as Tensor, given), expected };
}

function bandCase(pick: Pick): Case {
  const x = inputOf(pick, shapeOf(pick, 2, 4), one<DataType>(pick, "float32", "int32", "bool"));
  const k = between(pick, -9, 9);
  const lower = chance(pick, 50);
  const expected = oracle.generate(x.shape, (p) => {
    const ahead = (p.at(-1) as number) - (p.at(-2) as number);
    return (lower ? ahead <= k : ahead >= k) ? oracle.element(x, p) : 0;
  });
  return { inputs: [x], call: ([t]) => (lower ? tril : triu)(t as Tensor, k), expected };
}

const cases: Record<string, (pick: Pick) => Case> = {
  stridedSlice: stridedCase,
  slice: windowCase,
  concat: concatCase,
  stack: stackCase,
  split: splitCase,
  unstack: unstackCase,
  reverse: reverseCase,
  pad: padCase,
  mirrorPad: mirrorCase,
  tile: tileCase,
  repeat: repeatCase,
  roll: rollCase,
  spaceToBatchND: spaceToBatchCase,
  batchToSpaceND: batchToSpaceCase,
  "depthToSpace and spaceToDepth": depthCase,
  transpose: transposeCase,
  broadcastTo: broadcastCase,
  takeAlongAxis: takeCase,
  "tril and triu": bandCase,
};

// ---- checks ----

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => value * (b[i] as number)).reduce((sum, value) => sum + value, 0);

/** <dy, f(x)> = the sum of <gradient, x> over the float inputs; exact, since all are small whole numbers. */
function checkGradient({ inputs, call, expected }: Case): void {
  const floats = inputs.flatMap(({ dtype }, i) => (dtype === "float32" ? [i] : []));
  const tensors = inputs.map(toTensor);
  const dy = whole(expected.shape, 5);
  const f = (...xs: Tensor[]): Tensor => call(tensors.map((t, i) => xs[floats.indexOf(i)] ?? t));
  const slopes = grads(f)(
    floats.map((i) => tensors[i] as Tensor),
    toTensor(dy),
  );
  const total = floats.reduce((sum, i, j) => sum + dot(numbersOf(slopes[j] as Tensor), (inputs[i] as Values).data), 0);
  expect(total).toBe(dot(dy.data, expected.data));
}

function check(c: Case, asPlan: boolean): void {
  const { dtype } = c.inputs[0] as Values;
  tidy(() => {
    expectEqual(c.call(c.inputs.map(toTensor)), c.expected, dtype);
    if (dtype === "float32" && c.linear !== false) checkGradient(c);
  });
  if (!asPlan) return;
  const compiled = compile((...xs: Tensor[]) => c.call(xs), { poison: true });
  expectEqual(compiled(...c.inputs.map(toTensor)), c.expected, dtype);
  compiled.dispose();
}

describe("random arguments", () => {
  for (const [name, make] of Object.entries(cases)) {
    test(name, () => {
      // A plan for every eighth: tracing takes longer than the op.
      fc.assert(
        fc.property(fc.gen(), (pick) => check(make(pick), between(pick, 0, 7) === 0)),
        RUNS,
      );
    });
  }
});
