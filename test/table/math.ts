/** @file Rows of elementwise mathematics. */
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  ceil,
  cos,
  cosh,
  erf,
  erfc,
  expm1,
  floor,
  isFinite as isFiniteOp,
  isInf,
  isNaN as isNaNOp,
  log1p,
  log2,
  log10,
  reciprocal,
  round,
  rsqrt,
  sign,
  sin,
  sinh,
  step,
  type Tensor,
  tan,
  trunc,
} from "../../src/index.js";
import { erfc as erfcOf, erf as erfOf } from "../erf.js";
import { map, type Values } from "../naive.js";
import { unaryRow } from "./pointwise.js";
import { EXTREMES, type Row, range, type Sample, same, specialOf, withDtype } from "./row.js";

/** Results are computed in float64: half a unit in the last place, and a little. */
const NEARLY_NEAREST = 6.2e-8;

/** Special values, and arguments of trigonometric functions where a reduction that is not exact fails. */
const special = specialOf([
  ...EXTREMES,
  2,
  -3,
  100,
  1e6,
  1048575.9,
  1048576,
  1.5e6,
  1e8,
  -1e10,
  16367173 * 2 ** 72,
  1e15,
  1e30,
  -2.5e38,
  10.5 * Math.PI,
  1e-30,
  0.7071,
  0.9999999,
]);

/** Special values, and arguments around which functions near 1 and erf change their ways. */
const nearOne = specialOf([...EXTREMES, -1.0000001, -0.9999999, 0.813, 0.8134, 0.814, -0.814, 9.1, 10.05, 10.1, 1e-20, -1e-20]);

const precise = (call: (x: Tensor) => Tensor, f: (x: number) => number, domain: ReturnType<typeof range>, gradientDomain: ReturnType<typeof range>): Row =>
  unaryRow(call, f, domain, { gradientDomain, rtol: NEARLY_NEAREST, special });

const HALVES = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 8388607.5, -8388608, 4194304.5, 1e10, -0.3, 2.0000002, 1.9999999];

/** Rounds without error; the gradient is 0. */
const rounding = (call: (x: Tensor) => Tensor, f: (x: number) => number, options: { int32?: boolean; special?: Sample[] } = {}): Row =>
  unaryRow(call, f, range(-9, 9), { atol: 0, rtol: 0, gradientDomain: range(0.1, 0.4), special: specialOf([...EXTREMES, ...HALVES]), ...options });

const halfToEven = (x: number): number => {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
};

const question = (call: (x: Tensor) => Tensor, f: (x: number) => boolean): Row => {
  const row = unaryRow(call, (x) => Number(f(x)), range(-3, 3));
  const mixed = row.samples.map((sample) => ({
    inputs: sample.inputs.map((input) => ({ ...input, domain: [1, Number.NaN, 0, Number.POSITIVE_INFINITY, -2, Number.NEGATIVE_INFINITY, 3e38] })),
  }));
  return { ...row, samples: [...mixed, ...withDtype(mixed.slice(0, 6), "int32", [0, 1, -5])], atol: 0, rtol: 0, gradient: null };
};

const withAlpha = (samples: readonly Sample[], alpha: number): Sample[] => samples.map((sample) => ({ ...sample, attributes: { alpha } }));
const stepped = unaryRow((x) => step(x), Math.sign, range(-3, 3), { gradientDomain: range(-2, 2, 0.2) });

export const mathRows: Record<string, Row> = {
  sign: rounding(sign, Math.sign, { int32: true }),
  floor: rounding(floor, Math.floor),
  ceil: rounding(ceil, Math.ceil),
  trunc: rounding(trunc, Math.trunc),
  round: rounding(round, halfToEven, {
    // int32 is passed on.
    special: [...specialOf([...EXTREMES, ...HALVES]), ...withDtype(same(1, [5], [2, 3]), "int32", [7, -3, 0, 2147483647])],
  }),
  step: {
    ...stepped,
    call: ([x], { alpha }) => step(x as Tensor, alpha),
    samples: [...stepped.samples.map((sample) => ({ ...sample, attributes: {} })), ...withAlpha(stepped.samples.slice(0, 9), -0.3)],
    oracle: ([x], { alpha = 0 }) => map(x as Values, (value) => (Number.isNaN(value) ? value : value > 0 ? 1 : Math.fround(alpha))),
    special: withAlpha(stepped.special ?? [], 0.25),
    atol: 0,
    rtol: 0,
  },
  isNaN: question(isNaNOp, Number.isNaN),
  isInf: question(isInf, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  isFinite: question(isFiniteOp, Number.isFinite),

  reciprocal: unaryRow(reciprocal, (x) => 1 / x, range(-5, 5, 0.1), { rtol: NEARLY_NEAREST, gradientDomain: range(0.5, 3) }),
  rsqrt: unaryRow(rsqrt, (x) => 1 / Math.sqrt(x), range(0.01, 40), { gradientDomain: range(0.5, 3) }),
  log2: precise(log2, Math.log2, range(0.001, 50), range(0.4, 3)),
  log10: precise(log10, Math.log10, range(0.001, 50), range(0.4, 3)),

  sin: precise(sin, Math.sin, range(-30, 30), range(-3, 3)),
  cos: precise(cos, Math.cos, range(-30, 30), range(-3, 3)),
  tan: precise(tan, Math.tan, range(-30, 30), range(-1.1, 1.1)),
  asin: precise(asin, Math.asin, range(-1, 1), range(-0.8, 0.8)),
  acos: precise(acos, Math.acos, range(-1, 1), range(-0.8, 0.8)),
  atan: precise(atan, Math.atan, range(-5, 5), range(-3, 3)),
  sinh: precise(sinh, Math.sinh, range(-9, 9), range(-2, 2)),
  cosh: precise(cosh, Math.cosh, range(-9, 9), range(-2, 2)),
  asinh: precise(asinh, Math.asinh, range(-9, 9), range(-3, 3)),
  expm1: unaryRow(expm1, Math.expm1, range(-20, 20), { gradientDomain: range(-2, 2) }),
  log1p: unaryRow(log1p, Math.log1p, range(-0.999, 50), { gradientDomain: range(-0.6, 3), special: nearOne }),
  erf: unaryRow(erf, erfOf, range(-4, 4), { gradientDomain: range(-2, 2), special: nearOne }),
  erfc: unaryRow(erfc, erfcOf, range(-6, 10), { gradientDomain: range(-2, 2), special: nearOne, rtol: 4e-7 }),
  acosh: precise(acosh, Math.acosh, range(1, 40), range(1.3, 5)),
  atanh: precise(atanh, Math.atanh, range(-0.99, 0.99), range(-0.8, 0.8)),
};
