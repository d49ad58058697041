/** @file Penalties on weights and outputs, added to the loss. */
import { eye } from "../ops/creation.js";
import { abs, add, div, maximum, mul, sqrt, square, sub } from "../ops/elementwise.js";
import { matMul } from "../ops/matmul.js";
import { sum } from "../ops/reduce.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { getPart, type Part, type PartMakers, part, partMakers, type SerializedPart } from "./serialized.js";

/** A penalty; any object with `apply` serves a layer. */
export type Regularizer = Part<(x: Tensor) => Tensor>;

function l1l2(l1: number, l2: number): Regularizer {
  if (!(l1 >= 0 && l2 >= 0)) throw error("l1l2", "factors must be >= 0", describe([l1, l2]));
  return part("L1L2", { l1, l2 }, (x) => {
    const lasso = mul(sum(abs(x)), l1);
    const ridge = mul(sum(square(x)), l2);
    return l2 === 0 ? lasso : l1 === 0 ? ridge : add(lasso, ridge);
  });
}

/** Regularizers by name, each a function of its options. */
type Regularizers = {
  /** l1 * sum(|x|); l1 is 0.01 by default. */
  l1(options?: { l1?: number }): Regularizer;
  /** l2 * sum(x^2); l2 is 0.01 by default. */
  l2(options?: { l2?: number }): Regularizer;
  /**
   * l1 * sum(|x|) + l2 * sum(x^2); both are 0.01 by default.
   * @example
   * ```ts
   * import { regularizers, tensor } from "engram";
   * const penalty = regularizers.l1l2({ l1: 1, l2: 2 }).apply(tensor([3, -4]));
   * assert.equal(penalty.item(), 57);
   * ```
   */
  l1l2(options?: { l1?: number; l2?: number }): Regularizer;
  /** factor * mean |cosine| of the pairs of different rows, or columns, of a matrix (Keras's OrthogonalRegularizer). */
  orthogonal(options?: { factor?: number; mode?: "rows" | "columns" }): Regularizer;
};

/** Regularizers by name, each a function of its options. */
export const regularizers: Regularizers = /* @__PURE__ */ (partMakers as PartMakers<Tensor>)({
  l1: [{ l1: 0.01 }, ({ l1 }) => l1l2(l1, 0)],
  l2: [{ l2: 0.01 }, ({ l2 }) => l1l2(0, l2)],
  l1l2: [{ l1: 0.01, l2: 0.01 }, ({ l1, l2 }) => l1l2(l1, l2)],
  orthogonal: [
    { factor: 0.01, mode: "rows" as "rows" | "columns" },
    ({ factor, mode }) => {
      const axis = mode === "rows" ? 1 : 0;
      return part("OrthogonalRegularizer", { factor, mode }, (x: Tensor) => {
        if (x.rank !== 2) throw error("orthogonal", "x must have 2 axes", `shape [${x.shape}]`);
        const count = x.shape[1 - axis] as number;
        // Vectors of length 0 stay.
        const units = div(x, sqrt(maximum(sum(square(x), axis, true), 1e-12)));
        const cosines = mul(matMul(units, units, axis === 0, axis === 1), sub(1, eye(count)));
        return mul(sum(abs(cosines)), factor / Math.max(1, count * (count - 1)));
      });
    },
  ],
});

export type RegularizerIdentifier = string | Pick<Regularizer, "apply"> | SerializedPart;

/** A regularizer from its name, its serialised form, or itself; null for none. */
export const getRegularizer = (identifier: RegularizerIdentifier | null | undefined): Regularizer | null =>
  getPart("regularizer", regularizers, identifier as Regularizer);
