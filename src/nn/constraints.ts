/** @file Constraints: what weights are projected on after each update. */
import { add, clipByValue, div, mul, relu, sqrt, square } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";
import type { Tensor } from "../tensor/tensor.js";
import { getPart, type Part, type PartMakers, partMakers, type SerializedPart } from "./serialized.js";

/** A projection; any object with `apply` serves a layer. */
export type Constraint = Part<(w: Tensor) => Tensor>;

/** Axes along which the norms of a weight are taken: 0 is that of a unit's inputs in a dense kernel. */
type Axis = number | number[];

/** Keeps the division of a weight of norm 0 finite (Keras). */
const EPSILON = 1e-7;

/** Scales w from its norms along the axes to those that `wanted` gives. */
const renormed =
  (axis: Axis, wanted: (norms: Tensor) => Tensor | number) =>
  (w: Tensor): Tensor => {
    const norms = sqrt(sum(square(w), axis, true));
    return mul(w, div(wanted(norms), add(norms, EPSILON)));
  };

/** Constraints by name, each a function of its options. */
type Constraints = {
  /**
   * Norms of at most maxValue, 2 by default, along the axes.
   * @example
   * ```ts
   * import { constraints, tensor } from "engram";
   * const w = constraints.maxNorm({ maxValue: 1, axis: 0 }).apply(tensor([[3, 0.1], [4, 0.1]]));
   * assert.ok(Math.abs(w.arraySync()[0][0] - 0.6) < 1e-6);
   * ```
   */
  maxNorm(options?: { maxValue?: number; axis?: Axis }): Constraint;
  /** Norms in [minValue, maxValue] along the axes, or the share `rate` of the way there. */
  minMaxNorm(options?: { minValue?: number; maxValue?: number; rate?: number; axis?: Axis }): Constraint;
  /** No weight below 0. */
  nonNeg(): Constraint;
  /** Norms of 1 along the axes. */
  unitNorm(options?: { axis?: Axis }): Constraint;
};

/** Constraints by name, each a function of its options. */
export const constraints: Constraints = /* @__PURE__ */ (partMakers as PartMakers<Tensor>)({
  maxNorm: [{ maxValue: 2, axis: 0 as Axis }, ({ maxValue, axis }) => renormed(axis, (norms) => clipByValue(norms, 0, maxValue))],
  minMaxNorm: [
    { minValue: 0, maxValue: 1, rate: 1, axis: 0 as Axis },
    ({ minValue, maxValue, rate, axis }) => renormed(axis, (norms) => add(mul(clipByValue(norms, minValue, maxValue), rate), mul(norms, 1 - rate))),
  ],
  nonNeg: [{}, () => relu],
  unitNorm: [{ axis: 0 as Axis }, ({ axis }) => renormed(axis, () => 1)],
});

export type ConstraintIdentifier = string | Pick<Constraint, "apply"> | SerializedPart;

/** A constraint from its name, its serialised form, or itself; null for none. */
export const getConstraint = (identifier: ConstraintIdentifier | null | undefined): Constraint | null =>
  getPart("constraint", constraints, identifier as Constraint);
