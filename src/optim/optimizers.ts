/** @file sgd, momentum and adam. */
import type { Variable } from "../engine/variable.js";
import { adamTick, adamUpdate, momentumUpdate, sgdUpdate } from "../ops/update.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { heap } from "../wasm/heap.js";
import { Optimizer } from "./optimizer.js";

/** p -= learningRate * g */
export class SGDOptimizer extends Optimizer {
  constructor(learningRate: number) {
    super(learningRate, 1);
  }
  override getClassName(): string {
    return "SGD";
  }
  override getConfig(): Record<string, number> {
    return { learningRate: this.learningRate };
  }
  protected override slotNames(): readonly string[] {
    return [];
  }
  protected override update(variable: Variable, gradient: Tensor): void {
    sgdUpdate([this.state, gradient, variable], {});
  }
}

/** v = momentum * v - learningRate * g; p += v, with useNesterov p += momentum * v - learningRate * g (Keras 3). */
export class MomentumOptimizer extends Optimizer {
  constructor(
    learningRate: number,
    readonly momentum: number,
    readonly useNesterov = false,
  ) {
    super(learningRate, 1);
  }
  override getClassName(): string {
    return "Momentum";
  }
  override getConfig(): Record<string, number | boolean> {
    return { learningRate: this.learningRate, momentum: this.momentum, useNesterov: this.useNesterov };
  }
  protected override slotNames(): readonly string[] {
    return ["momentum"];
  }
  protected override update(variable: Variable, gradient: Tensor, slots: readonly Variable[]): void {
    momentumUpdate([this.state, gradient, slots[0] as Variable, variable], { momentum: this.momentum, nesterov: this.useNesterov });
  }
}

/** Where PyTorch defines Adam otherwise than Keras 3: the place of epsilon. */
export type Convention = "keras" | "torch";

/**
 * Adam (Kingma and Ba 2014). keras: p -= rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon);
 * torch: p -= rate / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon).
 */
export class AdamOptimizer extends Optimizer {
  constructor(
    learningRate: number,
    readonly beta1: number,
    readonly beta2: number,
    readonly epsilon: number,
    readonly convention: Convention = "keras",
  ) {
    super(learningRate, 16);
    for (const [name, value] of Object.entries({ beta1, beta2 }))
      if (!(value >= 0 && value < 1)) throw error("adam", `${name} must be in [0, 1)`, `${name}=${value}`);
    if (convention !== "keras" && convention !== "torch") throw error("adam", "convention must be 'keras' or 'torch'", describe(convention));
    this.writeState();
  }

  /** The kernel's constants and the powers' start; layout in assembly/kernels/optimizer.ts. */
  private writeState(): void {
    const { ptr } = this.state.block;
    heap.f32[(ptr + 4) >> 2] = this.epsilon;
    heap.f64.set([this.beta1, this.beta2, 1, 1], (ptr + 8) >> 3);
    heap.f32.set([1 - this.beta1, 1 - this.beta2], (ptr + 48) >> 2);
    heap.i32[(ptr + 56) >> 2] = this.convention === "torch" ? 1 : 0;
  }

  override getClassName(): string {
    return "Adam";
  }
  override getConfig(): Record<string, number | string> {
    return { learningRate: this.learningRate, beta1: this.beta1, beta2: this.beta2, epsilon: this.epsilon, convention: this.convention };
  }
  protected override slotNames(): readonly string[] {
    return ["m", "v"];
  }
  protected override tick(): void {
    adamTick([this.state], {});
  }
  protected override update(variable: Variable, gradient: Tensor, slots: readonly Variable[]): void {
    adamUpdate([this.state, gradient, slots[0] as Variable, slots[1] as Variable, variable], {});
  }
}

/** Optimizers by TensorFlow.js's names and default values. */
export const train = {
  /** Plain gradient descent. */
  sgd: (learningRate: number): SGDOptimizer => new SGDOptimizer(learningRate),
  /** Gradient descent with momentum. */
  momentum: (learningRate: number, momentum: number, useNesterov = false): MomentumOptimizer => new MomentumOptimizer(learningRate, momentum, useNesterov),
  /** Adam. */
  adam: (learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, options: { convention?: Convention } = {}): AdamOptimizer =>
    new AdamOptimizer(learningRate, beta1, beta2, epsilon, options.convention),
};

/** An optimizer from its name in lower case, with Keras 3's rates, or itself. */
export function getOptimizer(identifier: string | Optimizer): Optimizer {
  if (identifier instanceof Optimizer) return identifier;
  switch (String(identifier).toLowerCase()) {
    case "sgd":
      return train.sgd(0.01);
    case "momentum":
      return train.momentum(0.01, 0.9);
    case "adam":
      return train.adam(0.001);
    default:
      throw error("compile", "optimizer must be 'sgd', 'momentum', 'adam' or an optimizer", describe(identifier));
  }
}
