/** @file Layers that normalise: by layer, by group, by batch, to unit length. */
import type { Variable } from "../../engine/variable.js";
import { batchNorm } from "../../ops/batchNorm.js";
import { add, div, maximum, mul, square, sub } from "../../ops/elementwise.js";
import { layerNorm, rmsNorm } from "../../ops/layerNorm.js";
import { broadcastTo, reshape } from "../../ops/movement.js";
import { batchNormTraining, groupNorm, l2Normalize } from "../../ops/normalize.js";
import { sum } from "../../ops/reduce.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { ConstraintIdentifier } from "../constraints.js";
import type { InitializerIdentifier } from "../initializers.js";
import type { BatchShape, CallOptions, LayerArgs, Mask } from "../layer.js";
import { spreadMask } from "../masks.js";
import type { RegularizerIdentifier } from "../regularizers.js";
import { axesOf, sizesAlong } from "./axes.js";

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

/** A normalisation with gamma and beta. */
abstract class Scaled<A extends ScaleArgs> extends BuiltInLayer<A> {
  protected readonly epsilon: number = this.option("epsilon", 1e-3, "a number >= 0", (epsilon: number) => epsilon >= 0);
  private readonly scale = this.option("scale", true);
  private readonly center = this.option("center", true);
  private readonly makeGamma = this.weightOf("gamma", "ones");
  private readonly makeBeta = this.weightOf("beta", "zeros");
  protected gamma: Variable | null = null;
  protected beta: Variable | null = null;

  protected addScale(shape: BatchShape): void {
    if (this.scale) this.gamma = this.makeGamma(shape);
    if (this.center) this.beta = this.makeBeta(shape);
  }
}

export interface LayerNormalizationArgs extends ScaleArgs {
  /** Axes that mean and variance are taken over; the last by default. */
  axis?: number | readonly number[];
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, over axes of each sample (Ba et al. 2016). */
export class LayerNormalization extends Scaled<LayerNormalizationArgs> {
  static readonly className: string = "LayerNormalization";
  private readonly axis = this.option("axis", -1);

  override build(inputShape: BatchShape): void {
    this.addScale(sizesAlong(this.name, this.axis, inputShape));
  }

  override call(input: Tensor): Tensor {
    return layerNorm(input, this.axis, this.gamma, this.beta, this.epsilon);
  }
}

export interface RMSNormalizationArgs extends LayerArgs {
  /** Axes that the mean is taken over; the last by default. */
  axis?: number | readonly number[];
  /** Added to the mean; 1e-6 by default. */
  epsilon?: number;
}

/** x / sqrt(mean(x^2) + epsilon) * scale, over axes of each sample (Zhang and Sennrich 2019). */
export class RMSNormalization extends BuiltInLayer<RMSNormalizationArgs> {
  static readonly className: string = "RMSNormalization";
  private readonly axis = this.option("axis", -1);
  private readonly epsilon = this.option("epsilon", 1e-6);
  private scale: Variable | null = null;

  override build(inputShape: BatchShape): void {
    this.scale = this.addWeight("scale", sizesAlong(this.name, this.axis, inputShape), "float32", "ones");
  }

  override call(input: Tensor): Tensor {
    return rmsNorm(input, this.axis, this.scale, this.epsilon);
  }
}

export interface GroupNormalizationArgs extends ScaleArgs {
  /** Number of groups, which divides that of the features; 32 by default, -1 for one of each feature. */
  groups?: number;
  /** The axis of the features; the last by default. */
  axis?: number;
}

/** Each sample's features in groups, each with a mean and variance over all of its positions (Wu and He 2018). */
export class GroupNormalization extends Scaled<GroupNormalizationArgs> {
  static readonly className: string = "GroupNormalization";
  private readonly groups = this.option("groups", 32);
  private readonly axis = this.option("axis", -1);

  override build(inputShape: BatchShape): void {
    this.addScale(sizesAlong(this.name, this.axis, inputShape));
  }

  override call(input: Tensor): Tensor {
    const groups = this.groups === -1 ? (input.shape.at(this.axis) as number) : this.groups;
    return groupNorm(input, groups, this.gamma, this.beta, this.epsilon, this.axis);
  }
}

export interface BatchNormalizationArgs extends ScaleArgs {
  /** The axis of the features, of which each has its own mean and variance; the last by default. */
  axis?: number | readonly [number];
  /** Share of the moving averages that stays at each step; 0.99 by default. */
  momentum?: number;
  /** zeros by default. */
  movingMeanInitializer?: InitializerIdentifier;
  /** ones by default. */
  movingVarianceInitializer?: InitializerIdentifier;
}

/** A vector along an axis of x. */
const along = (vector: Tensor, axis: number, x: Tensor): Tensor =>
  axis === x.rank - 1
    ? vector
    : reshape(
        vector,
        x.shape.map((size, i) => (i === axis ? size : 1)),
      );

/** Keeps a mean of no steps finite (Keras). */
const NO_STEPS = 1e-7;

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta for each feature: in training with the batch's mean and variance, which
 * move the averages that are used elsewhere (Ioffe and Szegedy 2015). A frozen layer uses the averages in training too (Keras).
 */
export class BatchNormalization extends Scaled<BatchNormalizationArgs> {
  static readonly className: string = "BatchNormalization";
  private readonly axis = this.option("axis", -1);
  private readonly momentum = this.option("momentum", 0.99, "in [0, 1]", (momentum) => momentum >= 0 && momentum <= 1);
  private readonly makeMean = this.weightOf("movingMean", "zeros", false);
  private readonly makeVariance = this.weightOf("movingVariance", "ones", false);
  private mean: Variable | null = null;
  private variance: Variable | null = null;

  override build(inputShape: BatchShape): void {
    const shape = sizesAlong(this.name, this.axis, inputShape);
    this.addScale(shape);
    this.mean = this.makeMean(shape);
    this.variance = this.makeVariance(shape);
  }

  override call(input: Tensor, { training, mask }: CallOptions): Tensor {
    const { gamma, beta, epsilon } = this;
    const [axis] = axesOf(this.name, this.axis, input.rank);
    if (!training || !this.trainable) return this.apart(input, axis, this.mean as Variable, this.variance as Variable);
    if (!mask) {
      const { y, mean, variance } = batchNormTraining(input, gamma, beta, axis, epsilon);
      this.move(mean, variance);
      return y;
    }
    const axes = input.shape.flatMap((_, i) => (i === axis ? [] : [i]));
    const weights = broadcastTo(spreadMask(mask as NonNullable<Mask>, input.rank), input.shape);
    const count = maximum(sum(weights, axes), NO_STEPS);
    const meanOf = (x: Tensor): Tensor => div(sum(mul(x, weights), axes), count);
    const mean = meanOf(input);
    const variance = meanOf(square(sub(input, along(mean, axis, input))));
    this.move(mean, variance);
    return this.apart(input, axis, mean, variance);
  }

  /** The input normalised by a given mean and variance. */
  private apart(input: Tensor, axis: number, mean: Tensor, variance: Tensor): Tensor {
    const [m, v, offset, scale] = [mean, variance, this.beta, this.gamma].map((x) => x && along(x, axis, input));
    return batchNorm(input, m as Tensor, v as Tensor, offset, scale, this.epsilon);
  }

  /** Moves the averages towards those of a batch. */
  private move(mean: Tensor, variance: Tensor): void {
    const toward = (average: Variable, value: Tensor): unknown => average.assign(add(mul(average, this.momentum), mul(value, 1 - this.momentum)));
    toward(this.mean as Variable, mean);
    toward(this.variance as Variable, variance);
  }
}

export interface UnitNormalizationArgs extends LayerArgs {
  /** Axes along which lengths are taken; the last by default. */
  axis?: number | readonly number[];
}

/** x / |x| along axes, |x| at least 1e-6. */
export class UnitNormalization extends BuiltInLayer<UnitNormalizationArgs> {
  static readonly className: string = "UnitNormalization";
  private readonly axis = this.option("axis", -1);

  override call(input: Tensor): Tensor {
    return l2Normalize(input, this.axis);
  }
}
