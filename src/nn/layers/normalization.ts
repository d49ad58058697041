/** @file Layers that normalise: by layer, by batch, to unit length. */
import type { Variable } from "../../engine/variable.js";
import { cast } from "../../ops/cast.js";
import { add, div, maximum, mul, sqrt, square, sub } from "../../ops/elementwise.js";
import { layerNorm } from "../../ops/layerNorm.js";
import { rsqrt } from "../../ops/math.js";
import { broadcastTo, expandDims, reshape } from "../../ops/movement.js";
import { mean, sum } from "../../ops/reduce.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type ConstraintIdentifier, getConstraint } from "../constraints.js";
import { getInitializer, type InitializerIdentifier } from "../initializers.js";
import { type BatchShape, type CallOptions, Layer, type LayerArgs, type Mask } from "../layer.js";
import { getRegularizer, type RegularizerIdentifier } from "../regularizers.js";

/** The scale gamma and the offset beta of a normalisation. */
export interface ScaleArgs extends LayerArgs {
  /** Added to the variance; 0.001 by default. */
  epsilon?: number;
  /** Whether to add beta; true by default. */
  center?: boolean;
  /** Whether to multiply by gamma; true by default. */
  scale?: boolean;
  /** zeros by default. */
  betaInitializer?: InitializerIdentifier;
  /** ones by default. */
  gammaInitializer?: InitializerIdentifier;
  betaRegularizer?: RegularizerIdentifier | null;
  gammaRegularizer?: RegularizerIdentifier | null;
  betaConstraint?: ConstraintIdentifier | null;
  gammaConstraint?: ConstraintIdentifier | null;
}

/** The axes of a shape, counted from its end where negative. */
function resolved(name: string, axis: number | readonly number[], rank: number): number[] {
  const axes = [axis].flat().map((each) => (each < 0 ? each + rank : each));
  if (!axes.every((each) => Number.isInteger(each) && each > 0 && each < rank))
    throw error(name, `axis must be among the ${rank}, and not the batch's`, `axis=${describe(axis)}`);
  return axes.sort((a, b) => a - b);
}

/** A normalisation with gamma and beta. */
abstract class Scaled extends Layer {
  override supportsMasking = true;
  protected readonly epsilon: number;
  protected gamma: Variable | null = null;
  protected beta: Variable | null = null;
  private readonly center: boolean;
  private readonly scale: boolean;

  constructor(private readonly args: ScaleArgs) {
    super(args);
    this.epsilon = args.epsilon ?? 1e-3;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    if (!(this.epsilon >= 0)) throw error(this.name, "epsilon must be a number >= 0", describe(args.epsilon));
  }

  protected addScale(shape: BatchShape): void {
    const { gammaInitializer = "ones", gammaRegularizer, gammaConstraint, betaInitializer = "zeros", betaRegularizer, betaConstraint } = this.args;
    if (this.scale) this.gamma = this.addWeight("gamma", shape, "float32", gammaInitializer, gammaRegularizer, true, gammaConstraint);
    if (this.center) this.beta = this.addWeight("beta", shape, "float32", betaInitializer, betaRegularizer, true, betaConstraint);
  }

  protected override options(): Record<string, unknown> {
    const { gammaInitializer = "ones", gammaRegularizer, gammaConstraint, betaInitializer = "zeros", betaRegularizer, betaConstraint } = this.args;
    return {
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      gammaInitializer: getInitializer(gammaInitializer),
      betaInitializer: getInitializer(betaInitializer),
      gammaRegularizer: getRegularizer(gammaRegularizer),
      betaRegularizer: getRegularizer(betaRegularizer),
      gammaConstraint: getConstraint(gammaConstraint),
      betaConstraint: getConstraint(betaConstraint),
    };
  }
}

export interface LayerNormalizationArgs extends ScaleArgs {
  /** Axes that mean and variance are taken over; the last by default. */
  axis?: number | readonly number[];
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, over axes of each sample (Ba et al. 2016). */
export class LayerNormalization extends Scaled {
  static readonly className: string = "LayerNormalization";
  static readonly traceable = true;
  private readonly axis: number | readonly number[];

  constructor(args: LayerNormalizationArgs = {}) {
    super(args);
    this.axis = args.axis ?? -1;
  }

  override build(inputShape: BatchShape): void {
    this.addScale(resolved(this.name, this.axis, inputShape.length).map((axis) => inputShape[axis] ?? null));
  }

  override call(input: Tensor): Tensor {
    return layerNorm(input, this.axis, this.gamma, this.beta, this.epsilon);
  }

  protected override options(): Record<string, unknown> {
    return { axis: typeof this.axis === "number" ? this.axis : [...this.axis], ...super.options() };
  }
}

export interface BatchNormalizationArgs extends ScaleArgs {
  /** The axis of the features, of which each has its own mean and variance; the last by default. */
  axis?: number;
  /** Share of the moving averages that stays at each step; 0.99 by default. */
  momentum?: number;
  /** zeros by default. */
  movingMeanInitializer?: InitializerIdentifier;
  /** ones by default. */
  movingVarianceInitializer?: InitializerIdentifier;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta for each feature: in training with the batch's mean and variance, which
 * move the averages that are used elsewhere (Ioffe and Szegedy 2015). A frozen layer uses the averages in training too (Keras).
 */
export class BatchNormalization extends Scaled {
  static readonly className: string = "BatchNormalization";
  static readonly traceable = true;
  private readonly axis: number;
  private readonly momentum: number;
  private mean: Variable | null = null;
  private variance: Variable | null = null;

  constructor(private readonly given: BatchNormalizationArgs = {}) {
    super(given);
    this.axis = [given.axis ?? -1].flat()[0] as number;
    this.momentum = given.momentum ?? 0.99;
    if (!(this.momentum >= 0 && this.momentum <= 1)) throw error(this.name, "momentum must lie between 0 and 1", describe(given.momentum));
  }

  override build(inputShape: BatchShape): void {
    const [axis] = resolved(this.name, this.axis, inputShape.length) as [number];
    const shape = [inputShape[axis] ?? null];
    this.addScale(shape);
    const { movingMeanInitializer = "zeros", movingVarianceInitializer = "ones" } = this.given;
    this.mean = this.addWeight("moving_mean", shape, "float32", movingMeanInitializer, null, false);
    this.variance = this.addWeight("moving_variance", shape, "float32", movingVarianceInitializer, null, false);
  }

  override call(input: Tensor, { training, mask }: CallOptions): Tensor {
    const [axis] = resolved(this.name, this.axis, input.rank) as [number];
    const wide = input.shape.map((size, i) => (i === axis ? size : 1));
    const spread = (x: Tensor): Tensor => (axis === input.rank - 1 ? x : reshape(x, wide));
    const [mean, variance] =
      training && this.trainable ? this.moments(input, axis, (mask as Mask | undefined) ?? null) : [this.mean as Tensor, this.variance as Tensor];
    const inverse = rsqrt(add(variance, this.epsilon));
    const factor = this.gamma === null ? inverse : mul(inverse, this.gamma);
    const centred = mul(sub(input, spread(mean)), spread(factor));
    return this.beta === null ? centred : add(centred, spread(this.beta));
  }

  /** Mean and variance of the batch, of the steps that a mask leaves; moves the averages. */
  private moments(input: Tensor, axis: number, mask: Mask): [Tensor, Tensor] {
    const axes = input.shape.map((_, i) => i).filter((i) => i !== axis);
    let average = (x: Tensor): Tensor => mean(x, axes, true);
    if (mask !== null) {
      let weights = cast(mask, "float32");
      while (weights.rank < input.rank) weights = expandDims(weights, weights.rank);
      weights = broadcastTo(weights, input.shape);
      const count = maximum(sum(weights, axes, true), 1e-7);
      average = (x) => div(sum(mul(x, weights), axes, true), count);
    }
    const first = average(input);
    const second = average(square(sub(input, first)));
    const flat = [input.shape[axis] as number];
    const [batchMean, batchVariance] = [reshape(first, flat), reshape(second, flat)];
    const move = (variable: Variable, value: Tensor): void => {
      variable.assign(add(mul(variable, this.momentum), mul(value, 1 - this.momentum)));
    };
    move(this.mean as Variable, batchMean);
    move(this.variance as Variable, batchVariance);
    return [batchMean, batchVariance];
  }

  protected override options(): Record<string, unknown> {
    const { movingMeanInitializer = "zeros", movingVarianceInitializer = "ones" } = this.given;
    return {
      axis: this.axis,
      momentum: this.momentum,
      ...super.options(),
      movingMeanInitializer: getInitializer(movingMeanInitializer),
      movingVarianceInitializer: getInitializer(movingVarianceInitializer),
    };
  }
}

export interface UnitNormalizationArgs extends LayerArgs {
  /** Axes along which lengths are taken; the last by default. */
  axis?: number | readonly number[];
}

/** x / |x| along axes, |x| at least 1e-6. */
export class UnitNormalization extends Layer {
  static readonly className: string = "UnitNormalization";
  static readonly traceable = true;
  override supportsMasking = true;
  private readonly axis: number | readonly number[];

  constructor(args: UnitNormalizationArgs = {}) {
    super(args);
    this.axis = args.axis ?? -1;
  }

  override call(input: Tensor): Tensor {
    const length = sqrt(maximum(sum(square(input), typeof this.axis === "number" ? this.axis : [...this.axis], true), 1e-12));
    return div(input, length);
  }

  protected override options(): Record<string, unknown> {
    return { axis: typeof this.axis === "number" ? this.axis : [...this.axis] };
  }
}
