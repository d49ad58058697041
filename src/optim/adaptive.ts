/** @file Optimizers that scale each weight's step by its gradients: rmsprop, adagrad, adadelta, ftrl; and lion, by their sign. */
import type { Variable } from "../engine/variable.js";
import { pow } from "../ops/arithmetic.js";
import { add, clipByValue, div, mul, square, sub } from "../ops/elementwise.js";
import { CENTERED, DELTA, FIRST, HEAVY, SECOND, SIGN } from "../ops/update.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";
import type { Schedule } from "./schedules.js";

export interface RMSPropOptions extends OptimizerOptions {
  /** Share of the mean squared gradient that stays, 0.9 by default; `rho` means the same. */
  decay?: number;
  rho?: number;
  /** Share of the velocity that stays; 0 by default. */
  momentum?: number;
  /** Keeps divisions finite; 1e-7 by default. */
  epsilon?: number;
  /** Whether to divide by the gradient's standard deviation rather than by its root mean square. */
  centered?: boolean;
}

/**
 * RMSProp (Hinton 2012). v is a moving average of g^2, with `centered` less the square of that of g: p -= rate g / sqrt(v + epsilon);
 * torch: p -= rate g / (sqrt(v) + epsilon). With momentum u = momentum u + what p would lose, and p -= u.
 */
export class RMSPropOptimizer extends Optimizer<
  RMSPropOptions,
  [learningRate: number | Schedule, decay: number, momentum: number, epsilon: number | null, centered: boolean]
> {
  override getClassName(): string {
    return "RMSProp";
  }

  protected override defaults(): RMSPropOptions {
    return { decay: 0.9, momentum: 0, epsilon: 1e-7, centered: false };
  }

  protected override parts(): number {
    const { momentum, centered } = this.options;
    return SECOND | (centered ? FIRST | CENTERED : 0) | (momentum === 0 ? 0 : HEAVY);
  }

  protected override coefficients(rate: number): readonly number[] {
    const { decay, momentum, epsilon, convention } = this.options;
    const fresh = 1 - Math.fround(decay);
    const [inner, outer] = convention === "torch" ? [0, epsilon] : [epsilon, 0];
    // PyTorch's velocity is without the rate.
    const [early, late] = convention === "torch" && momentum > 0 ? [1, rate] : [rate, 1];
    return [rate, early, decay, fresh, 0, decay, fresh, inner, 1, outer, momentum, late];
  }
}

export interface AdagradOptions extends OptimizerOptions {
  /** What the sums of squares begin with; 0.1 by default. */
  initialAccumulatorValue?: number;
  /** Keeps divisions finite; 1e-7 by default. */
  epsilon?: number;
}

/** Adagrad (Duchi et al. 2011): v += g^2, p -= rate g / sqrt(v + epsilon); torch: p -= rate g / (sqrt(v) + epsilon). */
export class AdagradOptimizer extends Optimizer<AdagradOptions, [learningRate: number | Schedule, initialAccumulatorValue: number]> {
  override getClassName(): string {
    return "Adagrad";
  }

  protected override defaults(): AdagradOptions {
    return { initialAccumulatorValue: 0.1, epsilon: 1e-7 };
  }

  protected override parts(): number {
    return SECOND;
  }

  protected override coefficients(rate: number): readonly number[] {
    const { epsilon, convention } = this.options;
    const [inner, outer] = convention === "torch" ? [0, epsilon] : [epsilon, 0];
    return [rate, rate, 0, 0, 0, 1, 1, inner, 1, outer];
  }
}

export interface AdadeltaOptions extends OptimizerOptions {
  /** Share of the means that stays; 0.95 by default. */
  rho?: number;
  /** Keeps divisions finite; 1e-7 by default. */
  epsilon?: number;
}

/**
 * Adadelta (Zeiler 2012). v and u are moving averages of g^2 and q^2: q = g sqrt(u + epsilon) / sqrt(v + epsilon), p -= rate q.
 * (TensorFlow.js divides by the v before this gradient.)
 */
export class AdadeltaOptimizer extends Optimizer<AdadeltaOptions, [learningRate: number | Schedule, rho: number, epsilon: number | null]> {
  override getClassName(): string {
    return "Adadelta";
  }

  protected override defaults(): AdadeltaOptions {
    return { rho: 0.95, epsilon: 1e-7 };
  }

  protected override parts(): number {
    return SECOND | DELTA;
  }

  protected override coefficients(rate: number): readonly number[] {
    const { rho, epsilon } = this.options;
    return [rate, rate, 0, 0, 0, rho, 1 - Math.fround(rho), epsilon];
  }
}

export interface LionOptions extends OptimizerOptions {
  /** Share of the mean in the step's sign; 0.9 by default. */
  beta1?: number;
  /** Share of the mean gradient that stays; 0.99 by default. */
  beta2?: number;
}

/** Lion (Chen et al. 2023): p -= rate sign(beta1 m + (1 - beta1) g), m = beta2 m + (1 - beta2) g. */
export class LionOptimizer extends Optimizer<LionOptions> {
  override getClassName(): string {
    return "Lion";
  }

  protected override defaults(): LionOptions {
    return { beta1: 0.9, beta2: 0.99, decoupledWeightDecay: true };
  }

  protected override parts(): number {
    return FIRST | SIGN;
  }

  protected override coefficients(rate: number): readonly number[] {
    const { beta1, beta2 } = this.options;
    return [rate, 1 - beta1, beta2, 1 - beta2, beta1];
  }
}

export interface FtrlOptions extends OptimizerOptions {
  /** Power of the sum of squares that the rate falls with; -0.5 by default, 0 for a fixed rate. */
  learningRatePower?: number;
  /** What the sums of squares begin with; 0.1 by default. */
  initialAccumulatorValue?: number;
  l1RegularizationStrength?: number;
  l2RegularizationStrength?: number;
  /** L2 penalty on the weights, as if it were added to the loss. */
  l2ShrinkageRegularizationStrength?: number;
  /** The paper's beta: the rate begins as if the root of the sum of squares were this much more. */
  beta?: number;
}

/**
 * Follow the regularized leader (McMahan et al. 2013), in Keras 3's form: n' = n + g^2, z += g - (sqrt(n') - sqrt(n)) p / rate,
 * p = (clip(z, -l1, l1) - z) / ((beta + sqrt(n')) / rate + 2 l2).
 */
export class FtrlOptimizer extends Optimizer<FtrlOptions> {
  override getClassName(): string {
    return "Ftrl";
  }

  protected override defaults(): FtrlOptions {
    return {
      learningRatePower: -0.5,
      initialAccumulatorValue: 0.1,
      l1RegularizationStrength: 0,
      l2RegularizationStrength: 0,
      l2ShrinkageRegularizationStrength: 0,
      beta: 0,
    };
  }

  /** For the slots: z, then n. */
  protected override parts(): number {
    return FIRST | SECOND;
  }

  protected override coefficients(rate: number): readonly number[] {
    const { l2RegularizationStrength: l2, beta } = this.options;
    return [rate, 1 / rate, 2 * l2 + beta / rate];
  }

  protected override update(weight: Variable, gradient: Tensor, [z, n]: readonly Variable[], decay: number): void {
    const { learningRatePower, l1RegularizationStrength: l1, l2ShrinkageRegularizationStrength: shrinkage } = this.options;
    const perRate = this.coefficient(1);
    const [squares, linear] = [n as Variable, z as Variable];
    const weakened = decay === 0 ? weight : sub(weight, mul(mul(weight, decay), this.coefficient(0)));
    const total = add(squares, square(gradient));
    const root = mul(pow(total, -learningRatePower), perRate);
    const change = sub(root, mul(pow(squares, -learningRatePower), perRate));
    const slope = shrinkage === 0 ? gradient : add(gradient, mul(weakened, 2 * shrinkage));
    linear.assign(add(linear, sub(slope, mul(change, weakened))));
    squares.assign(total);
    weight.assign(div(sub(clipByValue(linear, -l1, l1), linear), add(root, this.coefficient(2))));
  }
}
