/** @file Gradient descent, plain and with momentum. */
import { FIRST } from "../ops/update.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";
import type { Schedule } from "./schedules.js";

export interface SGDOptions extends OptimizerOptions {
  /** Share of the velocity that stays; 0 by default. */
  momentum?: number;
  /** Whether the gradient counts as if it were taken ahead, where the velocity leads; `nesterov` means the same. */
  useNesterov?: boolean;
  nesterov?: boolean;
  /** Share of the gradient that the velocity does not take; with the torch convention only. */
  dampening?: number;
}

type SGDArguments = [learningRate: number | Schedule, momentum: number, useNesterov: boolean];

/**
 * p -= rate g; with momentum v = momentum v - rate g, p += v, or with useNesterov p += momentum v - rate g.
 * torch: v = momentum v + (1 - dampening) g, p -= rate v, or with useNesterov p -= rate (g + momentum v); the first v is g.
 */
export class SGDOptimizer extends Optimizer<SGDOptions, SGDArguments> {
  override getClassName(): string {
    return "SGD";
  }

  protected override defaults(): SGDOptions {
    return { learningRate: 0.01, momentum: 0, useNesterov: false, dampening: 0 };
  }

  protected override parts(): number {
    return this.options.momentum === 0 ? 0 : FIRST;
  }

  protected override coefficients(rate: number, update: number): readonly number[] {
    const { momentum, useNesterov, dampening, convention } = this.options;
    const ahead = useNesterov ? momentum : 1;
    const lead = useNesterov || momentum === 0 ? rate : 0;
    if (convention === "torch") return [rate, lead, momentum, update === 1 ? 1 : 1 - dampening, rate * ahead];
    return [rate, lead, momentum, -rate, -ahead];
  }
}

/** Gradient descent with momentum, 0.9 by default; see SGDOptimizer. */
export class MomentumOptimizer extends SGDOptimizer {
  override getClassName(): string {
    return "Momentum";
  }

  protected override defaults(): SGDOptions {
    return { ...super.defaults(), momentum: 0.9 };
  }
}
