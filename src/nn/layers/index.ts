/** @file Layers by TensorFlow.js's names, each a function of its options. */

import type { LayerArgs } from "../layer.js";
import {
  type ActivationArgs,
  ActivationLayer,
  ELU,
  type ELUArgs,
  LeakyReLU,
  type LeakyReLUArgs,
  PReLU,
  type PReLUArgs,
  ReLU,
  type ReLUArgs,
  Softmax,
  type SoftmaxArgs,
  ThresholdedReLU,
  type ThresholdedReLUArgs,
} from "./activation.js";
import { Dense, type DenseArgs, EinsumDense, type EinsumDenseArgs } from "./dense.js";
import { InputLayer } from "./input.js";
import { Lambda, type LambdaArgs, Rescaling, type RescalingArgs } from "./lambda.js";
import { Add, Average, Concatenate, type ConcatenateArgs, Dot, type DotArgs, Maximum, Minimum, Multiply, Subtract } from "./merge.js";
import {
  AlphaDropout,
  Dropout,
  type DropoutArgs,
  GaussianDropout,
  GaussianNoise,
  type GaussianNoiseArgs,
  type RateArgs,
  SpatialDropout1D,
  SpatialDropout2D,
} from "./noise.js";
import {
  BatchNormalization,
  type BatchNormalizationArgs,
  GroupNormalization,
  type GroupNormalizationArgs,
  LayerNormalization,
  type LayerNormalizationArgs,
  RMSNormalization,
  type RMSNormalizationArgs,
  UnitNormalization,
  type UnitNormalizationArgs,
} from "./normalization.js";
import { Embedding, type EmbeddingArgs, Masking, type MaskingArgs } from "./sequence.js";
import { Flatten, type FlattenArgs, Permute, type PermuteArgs, RepeatVector, type RepeatVectorArgs, Reshape, type ReshapeArgs } from "./shape.js";

export { Layer } from "../layer.js";
export { type InputArgs, input } from "./input.js";
// The classes as types alone: layers are made with the functions below.
export type {
  ActivationArgs,
  ActivationLayer,
  Add,
  AlphaDropout,
  Average,
  BatchNormalization,
  BatchNormalizationArgs,
  Concatenate,
  ConcatenateArgs,
  Dense,
  DenseArgs,
  Dot,
  DotArgs,
  Dropout,
  DropoutArgs,
  EinsumDense,
  EinsumDenseArgs,
  ELU,
  ELUArgs,
  Embedding,
  EmbeddingArgs,
  Flatten,
  FlattenArgs,
  GaussianDropout,
  GaussianNoise,
  GaussianNoiseArgs,
  GroupNormalization,
  GroupNormalizationArgs,
  InputLayer,
  Lambda,
  LambdaArgs,
  LayerArgs,
  LayerNormalization,
  LayerNormalizationArgs,
  LeakyReLU,
  LeakyReLUArgs,
  Masking,
  MaskingArgs,
  Maximum,
  Minimum,
  Multiply,
  Permute,
  PermuteArgs,
  PReLU,
  PReLUArgs,
  RateArgs,
  ReLU,
  ReLUArgs,
  RepeatVector,
  RepeatVectorArgs,
  Rescaling,
  RescalingArgs,
  Reshape,
  ReshapeArgs,
  RMSNormalization,
  RMSNormalizationArgs,
  Softmax,
  SoftmaxArgs,
  SpatialDropout1D,
  SpatialDropout2D,
  Subtract,
  ThresholdedReLU,
  ThresholdedReLUArgs,
  UnitNormalization,
  UnitNormalizationArgs,
};

/**
 * activation(x kernel + bias) over the last axis.
 * @example
 * ```ts
 * import { layers, sequential } from "engram";
 * const model = sequential({ layers: [layers.dense({ units: 3, activation: "relu", inputShape: [2] })] });
 * assert.equal(model.countParams(), 9);
 * ```
 */
export const dense = (args: DenseArgs): Dense => new Dense(args).checked();

/**
 * activation(einsum(equation, x, kernel) + bias).
 * @example
 * ```ts
 * import { layers, zeros } from "engram";
 * const layer = layers.einsumDense({ equation: "abc,cd->abd", outputShape: [null, 5], biasAxes: "d" });
 * assert.deepEqual(layer.apply(zeros([2, 3, 4])).shape, [2, 3, 5]);
 * ```
 */
export const einsumDense = (args: EinsumDenseArgs): EinsumDense => new EinsumDense(args).checked();

/** Gives a model its input shape. */
export const inputLayer = (args: LayerArgs): InputLayer => new InputLayer(args).checked();

/** An activation by name. */
export const activation = (args: ActivationArgs): ActivationLayer => new ActivationLayer(args).checked();

/** x from the threshold on, at most maxValue; below the threshold negativeSlope * (x - threshold). */
export const reLU = (args?: ReLUArgs): ReLU => new ReLU(args).checked();

/** x above 0, alpha x below; alpha is 0.3 by default. */
export const leakyReLU = (args?: LeakyReLUArgs): LeakyReLU => new LeakyReLU(args).checked();

/** x above 0, alpha (exp(x) - 1) below. */
export const elu = (args?: ELUArgs): ELU => new ELU(args).checked();

/** x above 0, alpha x below, with an alpha that is learnt. */
export const prelu = (args?: PReLUArgs): PReLU => new PReLU(args).checked();

/** exp(x) / sum(exp(x)) along an axis. */
export const softmax = (args?: SoftmaxArgs): Softmax => new Softmax(args).checked();

/** x above theta, 0 elsewhere. */
export const thresholdedReLU = (args?: ThresholdedReLUArgs): ThresholdedReLU => new ThresholdedReLU(args).checked();

/** [batch, ...] to [batch, product of the rest]. */
export const flatten = (args?: FlattenArgs): Flatten => new Flatten(args).checked();

/** Each sample in another shape of as many elements. */
export const reshape = (args: ReshapeArgs): Reshape => new Reshape(args).checked();

/** The axes of each sample in another order. */
export const permute = (args: PermuteArgs): Permute => new Permute(args).checked();

/** [batch, features] to [batch, n, features]. */
export const repeatVector = (args: RepeatVectorArgs): RepeatVector => new RepeatVector(args).checked();

/**
 * In training sets a share of the input to 0 and scales the rest (Srivastava et al. 2014).
 * @example
 * ```ts
 * import { layers, ones } from "engram";
 * const layer = layers.dropout({ rate: 0.5 });
 * assert.deepEqual(layer.apply(ones([1, 2])).arraySync(), [[1, 1]]);
 * assert.ok(layer.apply(ones([1, 99]), { training: true }).equal(2).any().item());
 * ```
 */
export const dropout = (args: DropoutArgs): Dropout => new Dropout(args).checked();

/** Dropout that keeps the mean and the variance of what selu gives (Klambauer et al. 2017). */
export const alphaDropout = (args: RateArgs): AlphaDropout => new AlphaDropout(args).checked();

/** In training multiplies by normal numbers of mean 1 (Srivastava et al. 2014). */
export const gaussianDropout = (args: RateArgs): GaussianDropout => new GaussianDropout(args).checked();

/** In training adds normal numbers of mean 0. */
export const gaussianNoise = (args: GaussianNoiseArgs): GaussianNoise => new GaussianNoise(args).checked();

/** Dropout of whole features of sequences. */
export const spatialDropout1d = (args: RateArgs): SpatialDropout1D => new SpatialDropout1D(args).checked();

/** Dropout of whole features of images. */
export const spatialDropout2d = (args: RateArgs): SpatialDropout2D => new SpatialDropout2D(args).checked();

/**
 * A vector for each category, learnt.
 * @example
 * ```ts
 * import { layers } from "engram";
 * const layer = layers.embedding({ inputDim: 10, outputDim: 4 });
 * assert.deepEqual(layer.apply([[1, 2, 3]]).shape, [1, 3, 4]);
 * ```
 */
export const embedding = (args: EmbeddingArgs): Embedding => new Embedding(args).checked();

/**
 * Tells later layers to skip the steps that are maskValue alone.
 * @example
 * ```ts
 * import { layers, tensor } from "engram";
 * const x = tensor([[[1, 2], [0, 0]]]);
 * assert.deepEqual(layers.masking().computeMask(x).arraySync(), [[1, 0]]);
 * ```
 */
export const masking = (args?: MaskingArgs): Masking => new Masking(args).checked();

/** x * scale + offset. */
export const rescaling = (args: RescalingArgs): Rescaling => new Rescaling(args).checked();

/**
 * A function as a layer.
 * @example
 * ```ts
 * import { layers } from "engram";
 * const double = layers.lambda({ function: (x) => x.mul(2), traceable: true });
 * assert.deepEqual(double.apply([[1, 2]]).arraySync(), [[2, 4]]);
 * ```
 */
export const lambda = (args: LambdaArgs): Lambda => new Lambda(args).checked();

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta over axes of each sample (Ba et al. 2016). */
export const layerNormalization = (args?: LayerNormalizationArgs): LayerNormalization => new LayerNormalization(args).checked();

/** x / sqrt(mean(x^2) + epsilon) * scale over axes of each sample (Zhang and Sennrich 2019). */
export const rmsNormalization = (args?: RMSNormalizationArgs): RMSNormalization => new RMSNormalization(args).checked();

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta over groups of each sample's features (Wu and He 2018). */
export const groupNormalization = (args?: GroupNormalizationArgs): GroupNormalization => new GroupNormalization(args).checked();

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta for each feature over the batch (Ioffe and Szegedy 2015).
 * @example
 * ```ts
 * import { layers, tensor } from "engram";
 * const layer = layers.batchNormalization({ epsilon: 0 });
 * const x = tensor([[1, 10], [3, 30]]);
 * // Before training the averages are 0 and 1; in training the batch has its own.
 * assert.deepEqual(layer.apply(x).arraySync(), [[1, 10], [3, 30]]);
 * assert.deepEqual(layer.apply(x, { training: true }).arraySync(), [[-1, -1], [1, 1]]);
 * ```
 */
export const batchNormalization = (args?: BatchNormalizationArgs): BatchNormalization => new BatchNormalization(args).checked();

/** x / |x| along axes. */
export const unitNormalization = (args?: UnitNormalizationArgs): UnitNormalization => new UnitNormalization(args).checked();

/** Sum of several inputs. */
export const add = (args?: LayerArgs): Add => new Add(args).checked();

/** First input minus the second. */
export const subtract = (args?: LayerArgs): Subtract => new Subtract(args).checked();

/** Product of several inputs. */
export const multiply = (args?: LayerArgs): Multiply => new Multiply(args).checked();

/** Mean of several inputs. */
export const average = (args?: LayerArgs): Average => new Average(args).checked();

/** Greatest of several inputs, element by element. */
export const maximum = (args?: LayerArgs): Maximum => new Maximum(args).checked();

/** Least of several inputs, element by element. */
export const minimum = (args?: LayerArgs): Minimum => new Minimum(args).checked();

/**
 * Several inputs end to end along an axis.
 * @example
 * ```ts
 * import { layers, tensor } from "engram";
 * assert.deepEqual(layers.concatenate().apply([tensor([[1, 2]]), tensor([[3]])]).arraySync(), [[1, 2, 3]]);
 * ```
 */
export const concatenate = (args?: ConcatenateArgs): Concatenate => new Concatenate(args).checked();

/**
 * Sums of products of two inputs along an axis of each, sample by sample.
 * @example
 * ```ts
 * import { layers, tensor } from "engram";
 * assert.deepEqual(layers.dot({ axes: 1 }).apply([tensor([[1, 2]]), tensor([[3, 4]])]).arraySync(), [[11]]);
 * ```
 */
export const dot = (args: DotArgs): Dot => new Dot(args).checked();
