/** @file Variables: tensors that stay in WebAssembly memory and change in place. */
import { bytesPerElement, type DataType } from "../tensor/dtype.js";
import { describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { allocateResident } from "../wasm/block.js";
import { defineEffect } from "./op.js";

let count = 0;

/** target = value, byte by byte. */
const assignEffect = /* @__PURE__ */ defineEffect("assign", (k, targets) => {
  const [target, value] = targets as [Tensor, Tensor];
  k.copy(value.size * bytesPerElement(value.dtype), value, target);
});

/** A tensor whose values can be replaced; models and optimizers keep their state in variables. */
export class Variable extends Tensor {
  /** What optimizers project it on after each update. */
  constraint: { apply(w: Tensor): Tensor; readonly traceable?: boolean } | null = null;
  /** Its penalty, which fit adds to the loss. */
  regularizer: { apply(x: Tensor): Tensor; readonly traceable?: boolean } | null = null;

  constructor(
    shape: readonly number[],
    dtype: DataType,
    size: number,
    /** Whether gradients functions differentiate by it when no list is given. */
    public trainable = true,
    public name = `Variable_${count++}`,
  ) {
    super([...shape], dtype, size, allocateResident(size * bytesPerElement(dtype)), name);
  }

  /**
   * Replaces the values.
   * @throws when shape or dtype differ
   */
  assign(value: Tensor): this {
    if (!(value instanceof Tensor)) throw error("assign", "value must be a tensor", describe(value));
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype) {
      throw error("assign", `expected shape [${this.shape}] and dtype ${this.dtype} for '${this.name}'`, `shape [${value.shape}] and dtype ${value.dtype}`);
    }
    assignEffect([this, value], {});
    return this;
  }

  /** Itself: how custom layers of TensorFlow.js read a weight. */
  read(): this {
    return this;
  }

  /** assign under the name that TensorFlow.js gives it for weights of layers. */
  write(value: Tensor): this {
    return this.assign(value);
  }

  /** Itself: the variable of a weight in TensorFlow.js. */
  get val(): this {
    return this;
  }
}

/**
 * A variable that starts with `initial`'s values.
 * @example
 * ```ts
 * import { scalar, variable } from "engram";
 * const v = variable(scalar(1));
 * v.assign(scalar(3));
 * assert.equal(v.item(), 3);
 * ```
 */
export function variable(initial: Tensor, trainable = true, name?: string, dtype?: DataType): Variable {
  if (!(initial instanceof Tensor)) throw error("variable", "initial must be a tensor", describe(initial));
  if (dtype !== undefined && dtype !== initial.dtype)
    throw error("variable", `dtype must be the initial value's, ${initial.dtype}`, `dtype=${dtype}`, "cast the initial value.");
  initial.checkReadable("variable");
  const result = new Variable(initial.shape, initial.dtype, initial.size, trainable, name);
  return result.assign(initial);
}
