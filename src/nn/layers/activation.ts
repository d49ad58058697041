/** @file Activations as layers of their own. */
import type { Variable } from "../../engine/variable.js";
import { elu, leakyRelu, prelu, thresholdedRelu } from "../../ops/activations.js";
import { cast } from "../../ops/cast.js";
import { greater } from "../../ops/compare.js";
import { clipByValue, mul, relu, sub } from "../../ops/elementwise.js";
import { softmax } from "../../ops/softmax.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Activation, type ActivationName, getActivation } from "../activations.js";
import { type ConstraintIdentifier, getConstraint } from "../constraints.js";
import { getInitializer, type InitializerIdentifier } from "../initializers.js";
import { type BatchShape, Layer, type LayerArgs } from "../layer.js";
import { getRegularizer, type RegularizerIdentifier } from "../regularizers.js";

/** A function of each element. */
abstract class Pointwise extends Layer {
  override supportsMasking = true;
}

export interface ActivationArgs extends LayerArgs {
  activation: ActivationName;
}

/** An activation by name. */
export class ActivationLayer extends Pointwise {
  static readonly className: string = "Activation";
  static readonly traceable = true;
  private readonly activation: Activation;

  constructor(args: ActivationArgs) {
    super(args);
    this.activation = getActivation(args.activation);
  }

  override call(input: Tensor): Tensor {
    return this.activation.apply(input);
  }

  protected override options(): Record<string, unknown> {
    return { activation: this.activation.name };
  }
}

export interface ReLUArgs extends LayerArgs {
  /** Greatest result; none by default. */
  maxValue?: number | null;
  /** Slope below the threshold; 0 by default. */
  negativeSlope?: number;
  /** From where on values pass; 0 by default. */
  threshold?: number;
}

/** x from the threshold on, at most maxValue; below the threshold negativeSlope * (x - threshold). */
export class ReLU extends Pointwise {
  static readonly className: string = "ReLU";
  static readonly traceable = true;
  private readonly maxValue: number | null;
  private readonly negativeSlope: number;
  private readonly threshold: number;

  constructor(args: ReLUArgs = {}) {
    super(args);
    this.maxValue = args.maxValue ?? null;
    this.negativeSlope = args.negativeSlope ?? 0;
    this.threshold = args.threshold ?? 0;
    if ((this.maxValue ?? 0) < 0 || this.negativeSlope < 0 || this.threshold < 0)
      throw error(this.name, "maxValue, negativeSlope and threshold must be >= 0", describe([this.maxValue, this.negativeSlope, this.threshold]));
  }

  override call(input: Tensor): Tensor {
    const { maxValue, negativeSlope, threshold } = this;
    const passed = threshold === 0 ? relu(input) : mul(input, cast(greater(input, threshold), "float32"));
    const limited = maxValue === null ? passed : clipByValue(passed, 0, maxValue);
    return negativeSlope === 0 ? limited : sub(limited, mul(relu(sub(threshold, input)), negativeSlope));
  }

  protected override options(): Record<string, unknown> {
    const { maxValue, negativeSlope, threshold } = this;
    return { maxValue, negativeSlope, threshold };
  }
}

export interface LeakyReLUArgs extends LayerArgs {
  /** Slope below 0; 0.3 by default. Keras 3 calls it negativeSlope. */
  alpha?: number;
  negativeSlope?: number;
}

/** x above 0, alpha x below. */
export class LeakyReLU extends Pointwise {
  static readonly className: string = "LeakyReLU";
  static readonly traceable = true;
  private readonly alpha: number;

  constructor(args: LeakyReLUArgs = {}) {
    super(args);
    this.alpha = args.alpha ?? args.negativeSlope ?? 0.3;
  }

  override call(input: Tensor): Tensor {
    return leakyRelu(input, this.alpha);
  }

  protected override options(): Record<string, unknown> {
    return { alpha: this.alpha };
  }
}

export interface ELUArgs extends LayerArgs {
  /** 1 by default. */
  alpha?: number;
}

/** x above 0, alpha (exp(x) - 1) below. */
export class ELU extends Pointwise {
  static readonly className: string = "ELU";
  static readonly traceable = true;
  private readonly alpha: number;

  constructor(args: ELUArgs = {}) {
    super(args);
    this.alpha = args.alpha ?? 1;
  }

  override call(input: Tensor): Tensor {
    return elu(input, this.alpha);
  }

  protected override options(): Record<string, unknown> {
    return { alpha: this.alpha };
  }
}

export interface ThresholdedReLUArgs extends LayerArgs {
  /** 1 by default. */
  theta?: number;
}

/** x above theta, 0 elsewhere. */
export class ThresholdedReLU extends Pointwise {
  static readonly className: string = "ThresholdedReLU";
  static readonly traceable = true;
  private readonly theta: number;

  constructor(args: ThresholdedReLUArgs = {}) {
    super(args);
    this.theta = args.theta ?? 1;
  }

  override call(input: Tensor): Tensor {
    return thresholdedRelu(input, this.theta);
  }

  protected override options(): Record<string, unknown> {
    return { theta: this.theta };
  }
}

export interface SoftmaxArgs extends LayerArgs {
  /** The last by default. */
  axis?: number;
}

/** exp(x) / sum(exp(x)) along an axis. */
export class Softmax extends Pointwise {
  static readonly className: string = "Softmax";
  static readonly traceable = true;
  private readonly axis: number;

  constructor(args: SoftmaxArgs = {}) {
    super(args);
    this.axis = args.axis ?? -1;
  }

  override call(input: Tensor): Tensor {
    return softmax(input, this.axis);
  }

  protected override options(): Record<string, unknown> {
    return { axis: this.axis };
  }
}

export interface PReLUArgs extends LayerArgs {
  /** zeros by default. */
  alphaInitializer?: InitializerIdentifier;
  alphaRegularizer?: RegularizerIdentifier | null;
  alphaConstraint?: ConstraintIdentifier | null;
  /** Axes, counted from 1, along which the slope is shared. */
  sharedAxes?: number | readonly number[] | null;
}

/** x above 0, alpha x below, with an alpha that is learnt. */
export class PReLU extends Pointwise {
  static readonly className: string = "PReLU";
  static readonly traceable = true;
  private alpha: Variable | null = null;
  private readonly sharedAxes: readonly number[] | null;

  constructor(private readonly args: PReLUArgs = {}) {
    super(args);
    this.sharedAxes = args.sharedAxes === undefined || args.sharedAxes === null ? null : [args.sharedAxes].flat();
  }

  override build(inputShape: BatchShape): void {
    const { alphaInitializer = "zeros", alphaRegularizer, alphaConstraint } = this.args;
    const shape = inputShape.slice(1).map((size, i) => (this.sharedAxes?.includes(i + 1) ? 1 : size));
    this.alpha = this.addWeight("alpha", shape, "float32", alphaInitializer, alphaRegularizer, true, alphaConstraint);
  }

  override call(input: Tensor): Tensor {
    return prelu(input, this.alpha as Variable);
  }

  protected override options(): Record<string, unknown> {
    const { alphaInitializer = "zeros", alphaRegularizer, alphaConstraint } = this.args;
    return {
      alphaInitializer: getInitializer(alphaInitializer),
      alphaRegularizer: getRegularizer(alphaRegularizer),
      alphaConstraint: getConstraint(alphaConstraint),
      sharedAxes: this.sharedAxes,
    };
  }
}
