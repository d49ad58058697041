/** @file Activations as layers of their own. */
import type { Variable } from "../../engine/variable.js";
import { elu, leakyRelu, prelu, thresholdedRelu } from "../../ops/activations.js";
import { cast } from "../../ops/cast.js";
import { greater } from "../../ops/compare.js";
import { add, clipByValue, mul, relu, sub } from "../../ops/elementwise.js";
import { softmax } from "../../ops/softmax.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Activation, type ActivationName, getActivation } from "../activations.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { ConstraintIdentifier } from "../constraints.js";
import type { InitializerIdentifier } from "../initializers.js";
import type { BatchShape, CallOptions, LayerArgs, Mask } from "../layer.js";
import { spreadMask } from "../masks.js";
import type { RegularizerIdentifier } from "../regularizers.js";

/** A function of each element. */
abstract class Pointwise<A extends LayerArgs> extends BuiltInLayer<A> {}

export interface ActivationArgs extends LayerArgs {
  activation: ActivationName;
}

/** An activation by name. */
export class ActivationLayer extends Pointwise<ActivationArgs> {
  static readonly className: string = "Activation";
  private readonly activation: Activation = getActivation(this.option("activation"));

  override call(input: Tensor): Tensor {
    return this.activation.apply(input);
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

const isNotNegative = (value: number | null): boolean => value === null || value >= 0;

/** x from the threshold on, at most maxValue; below the threshold negativeSlope * (x - threshold). */
export class ReLU extends Pointwise<ReLUArgs> {
  static readonly className: string = "ReLU";
  private readonly maxValue = this.option("maxValue", null, ">= 0", isNotNegative);
  private readonly negativeSlope = this.option("negativeSlope", 0, ">= 0", isNotNegative);
  private readonly threshold = this.option("threshold", 0, ">= 0", isNotNegative);

  override call(input: Tensor): Tensor {
    const { maxValue, negativeSlope, threshold } = this;
    const passed = threshold === 0 ? relu(input) : mul(input, cast(greater(input, threshold), "float32"));
    const limited = maxValue === null ? passed : clipByValue(passed, 0, maxValue);
    return negativeSlope === 0 ? limited : sub(limited, mul(relu(sub(threshold, input)), negativeSlope));
  }
}

export interface LeakyReLUArgs extends LayerArgs {
  /** Slope below 0; 0.3 by default. Keras 3 calls it negativeSlope. */
  alpha?: number;
  negativeSlope?: number;
}

/** x above 0, alpha x below. */
export class LeakyReLU extends Pointwise<LeakyReLUArgs> {
  static readonly className: string = "LeakyReLU";
  private readonly alpha: number;

  constructor(args: LeakyReLUArgs = {}) {
    const { negativeSlope, ...rest } = args;
    super({ ...rest, alpha: args.alpha ?? negativeSlope ?? 0.3 });
    this.alpha = this.option("alpha");
  }

  override call(input: Tensor): Tensor {
    return leakyRelu(input, this.alpha);
  }
}

export interface ELUArgs extends LayerArgs {
  /** 1 by default. */
  alpha?: number;
}

/** x above 0, alpha (exp(x) - 1) below. */
export class ELU extends Pointwise<ELUArgs> {
  static readonly className: string = "ELU";
  private readonly alpha = this.option("alpha", 1);

  override call(input: Tensor): Tensor {
    return elu(input, this.alpha);
  }
}

export interface ThresholdedReLUArgs extends LayerArgs {
  /** 1 by default. */
  theta?: number;
}

/** x above theta, 0 elsewhere. */
export class ThresholdedReLU extends Pointwise<ThresholdedReLUArgs> {
  static readonly className: string = "ThresholdedReLU";
  private readonly theta = this.option("theta", 1);

  override call(input: Tensor): Tensor {
    return thresholdedRelu(input, this.theta);
  }
}

export interface SoftmaxArgs extends LayerArgs {
  /** The last by default. */
  axis?: number;
}

/** What is added to logits that a mask hides (Keras). */
const HIDDEN = -1e9;

/** exp(x) / sum(exp(x)) along an axis; what a mask hides gets no share. */
export class Softmax extends Pointwise<SoftmaxArgs> {
  static readonly className: string = "Softmax";
  private readonly axis = this.option("axis", -1);

  override call(input: Tensor, { mask }: CallOptions = {}): Tensor {
    return softmax(mask ? add(input, mul(sub(1, spreadMask(mask as NonNullable<Mask>, input.rank)), HIDDEN)) : input, this.axis);
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
export class PReLU extends Pointwise<PReLUArgs> {
  static readonly className: string = "PReLU";
  private readonly sharedAxes = [this.option("sharedAxes", null)].flat();
  private readonly makeAlpha = this.weightOf("alpha", "zeros");
  private alpha: Variable | null = null;

  override build(inputShape: BatchShape): void {
    this.alpha = this.makeAlpha(inputShape.slice(1).map((size, i) => (this.sharedAxes.includes(i + 1) ? 1 : size)));
  }

  override call(input: Tensor): Tensor {
    return prelu(input, this.alpha as Variable);
  }
}
