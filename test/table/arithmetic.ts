/** @file Rows of arithmetic beyond the four operations. */
import { atan2, divNoNan, floorDiv, hypot, mod, pow, squaredDifference, truncMod } from "../../src/index.js";
import { type Binary, binaryRow } from "./pointwise.js";
import { type Domain, NOT_FINITE, type Row, range, type Sample, specialPairs } from "./row.js";

/** C's pow: JavaScript's gives NaN for a base of 1 or -1 with an infinite exponent, and for 1 with NaN. */
const cPow: Binary = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b);

const integerPow: Binary = (a, b) => {
  if (b < 0) return a === 1 ? 1 : a === -1 ? (b % 2 === 0 ? 1 : -1) : 0;
  return Number(BigInt.asIntN(32, BigInt(a) ** BigInt(b)));
};

/** Exact remainders: JavaScript's % is fmod. */
const floorMod: Binary = (a, b) => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};
const orZero =
  (f: Binary): Binary =>
  (a, b) =>
    b === 0 ? 0 : f(a, b) | 0;

const divisors = [7, -7, 9, 1, -1, 2147483647, -5, 3, -2147483648, 0, 2, 46341, -65536];
const edges = [...NOT_FINITE, 0, -0, 1, -1, 1.5, -2, 3, -3, 0.5, 1e-40, 3e38, -3e38, 16777215, 1e-20, 2 ** 30, 1 / 3];
const NEARLY_NEAREST = 6.2e-8;

const integerPairs = (values: readonly number[]): Sample[] =>
  specialPairs(values).map(({ inputs }) => ({ inputs: inputs.map((input) => ({ ...input, dtype: "int32" })) }));

/** The shapes of all binary gradient samples, with these values. */
const gradientSamples = (a: Domain, b: Domain): Sample[] =>
  (binaryRow(mod, floorMod).gradient as NonNullable<Row["gradient"]>).samples.map(({ inputs: [x, y] }) => ({
    inputs: [
      { shape: x?.shape ?? [], domain: a },
      { shape: y?.shape ?? [], domain: b },
    ],
  }));
/** Quotients that no step takes over a whole number. */
const gradient = { samples: [...gradientSamples(range(0.62, 0.7), range(0.4, 0.5)), ...gradientSamples(range(-0.7, -0.62), range(0.4, 0.5))] };
const quotientSpecial = [...specialPairs(edges), ...integerPairs(divisors)];

export const arithmeticRows: Record<string, Row> = {
  pow: binaryRow(pow, cPow, {
    int32: integerPow,
    int32Domain: [2, 3, 0, 1, -1, 5, -2, 7, -3],
    domains: [range(0.2, 4), range(-3, 3, 0.3)],
    gradient: { samples: gradientSamples(range(0.8, 2.5), range(-2, 2, 0.3)) },
    rtol: NEARLY_NEAREST,
    special: [...specialPairs(edges), ...integerPairs([0, 1, -1, 2, -2, 3, -3, 5, 10, 31, 32, 33, 40])],
  }),
  atan2: binaryRow(atan2, Math.atan2, { rtol: NEARLY_NEAREST, domains: [range(-3, 3, 0.3)], special: specialPairs(edges) }),
  hypot: binaryRow(hypot, Math.hypot, { domains: [range(-3, 3, 0.3)], special: specialPairs(edges) }),
  floorDiv: binaryRow(floorDiv, (a, b) => Math.floor(a / b), {
    int32: orZero((a, b) => Math.floor(a / b)),
    int32Domain: divisors,
    special: quotientSpecial,
    gradient,
  }),
  mod: binaryRow(mod, floorMod, { int32: orZero(floorMod), int32Domain: divisors, special: quotientSpecial, gradient }),
  truncMod: binaryRow(truncMod, (a, b) => a % b, { int32: orZero((a, b) => a % b), int32Domain: divisors, special: quotientSpecial, gradient }),
  divNoNan: binaryRow(divNoNan, (a, b) => (b === 0 ? 0 : a / b), {
    int32: orZero((a, b) => Math.floor(a / b)),
    int32Domain: divisors,
    special: quotientSpecial,
  }),
  squaredDifference: binaryRow(squaredDifference, (a, b) => (a - b) ** 2, { int32: (a, b) => Math.imul(a - b, a - b), rtol: 1.8e-7 }),
};
