/** @file Elementwise arithmetic of two tensors beyond the four operations: powers, remainders, angles, with broadcasting. */
import { equal, greater } from "./compare.js";
import { div, log, mul, neg, sub } from "./elementwise.js";
import { round } from "./math.js";
import { scaledDifference, scaledProduct } from "./pairSlope.js";
import { binary } from "./pointwise.js";
import { where } from "./where.js";

/**
 * base^exp, with C's rules: 1 where base is 1 or exp is 0, even for NaN; NaN where base < 0 and exp is not whole. int32 by int32
 * wraps, and rounds towards 0 where exp < 0. The gradient by exp is 0 where base <= 0.
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { pow } from "engram";
 * assert.deepEqual(pow([2, -2, 9], [10, 3, 0.5]).arraySync(), [1024, -8, 3]);
 * ```
 */
export const pow = /* @__PURE__ */ binary("pow", (dy, a, b, y, needs) => [
  // b a^(b - 1), which is 0 for b = 0 even where a is 0.
  needs[0] ? mul(mul(dy, b), pow(a, where(equal(b, 0), 0, sub(b, 1)))) : null,
  needs[1] ? mul(mul(dy, y), log(where(greater(a, 0), a, 1))) : null,
]);

/** The angle of the point (b, a) in [-pi, pi], atan(a / b) in the right quadrant, as float32. */
export const atan2 = /* @__PURE__ */ binary(
  "atan2",
  (dy, a, b, _y, needs) => {
    // By way of the hypotenuse: the sum of the squares may overflow.
    const side = hypot(a, b);
    const slope = div(dy, side);
    return [needs[0] ? mul(slope, div(b, side)) : null, needs[1] ? neg(mul(slope, div(a, side))) : null];
  },
  null,
);

/** sqrt(a^2 + b^2) without overflow, as float32; infinite where either is. The gradient at (0, 0) is 0. */
export const hypot = /* @__PURE__ */ binary(
  "hypot",
  (dy, a, b, y, needs) => [needs[0] ? mul(dy, divNoNan(a, y)) : null, needs[1] ? mul(dy, divNoNan(b, y)) : null],
  null,
);

/**
 * floor(a / b) of the exact quotient; the slope is 0. float32, or int32 by int32, which is 0 where b is 0.
 * @throws when the shapes do not broadcast
 * @example
 * ```ts
 * import { floorDiv, mod } from "engram";
 * assert.deepEqual(floorDiv([7, -7, 7], [2, 2, -2]).arraySync(), [3, -4, -4]);
 * assert.deepEqual(mod([7, -7, 7], [2, 2, -2]).arraySync(), [1, 1, -1]);
 * ```
 */
export const floorDiv = /* @__PURE__ */ binary("floorDiv", () => [null, null], "divI32");

/** a - b floor(a / b), exact before rounding, with the sign of b. int32 is 0 where b is 0, float32 NaN. */
export const mod = /* @__PURE__ */ binary("mod", (dy, a, b, _y, needs) => [dy, needs[1] ? neg(mul(dy, floorDiv(a, b))) : null]);

/** a - b trunc(a / b), exact, with the sign of a. int32 is 0 where b is 0, float32 NaN. */
export const truncMod = /* @__PURE__ */ binary("truncMod", (dy, a, b, y, needs) => [dy, needs[1] ? neg(mul(dy, round(div(sub(a, y), b)))) : null]);

/** a / b, but 0 where b is 0; int32 by int32 rounds down. */
export const divNoNan = /* @__PURE__ */ binary(
  "divNoNan",
  (dy, _a, b, y, needs) => {
    const da = divNoNan(dy, b);
    return [da, needs[1] ? scaledProduct(-1, da, y) : null];
  },
  "divI32",
);

/** (a - b)^2 */
export const squaredDifference = /* @__PURE__ */ binary("squaredDifference", (dy, a, b, _y, needs) => {
  const da = scaledDifference(2, a, b, dy);
  return [da, needs[1] ? neg(da) : null];
});
