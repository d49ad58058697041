/** @file Options that every layer takes, when it is made and when it is called. */
import type { DataType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import type { BatchShape, Mask, OneOrMore } from "./layer.js";
import type { RegularizerIdentifier } from "./regularizers.js";

export interface LayerArgs {
  /** Shape of one sample; needed on a model's first layer only. */
  inputShape?: BatchShape | undefined;
  /** Shape with the batch, usually [null, ...]. */
  batchInputShape?: BatchShape | undefined;
  /** Samples of every batch, where that is fixed; part of batchInputShape. */
  batchSize?: number;
  name?: string;
  /** Whether fit changes the weights. */
  trainable?: boolean;
  /** Initial weights, in the order of getWeights. */
  weights?: Tensor[];
  /** Penalty on the output, added to the loss. */
  activityRegularizer?: RegularizerIdentifier | null;
  /** Type of the input that a model takes whose first layer this is; float32 by default. */
  inputDType?: DataType;
  /** Type of the weights and results; float32 is the only one there is. */
  dtype?: DataType;
}

/** Options of every layer, and those that mean others. */
export const COMMON = "inputShape batchInputShape batchSize inputDim name trainable weights activityRegularizer inputDType dtype";

export interface CallOptions {
  /** Whether the layer trains: dropout drops, batch normalisation takes the batch's statistics. */
  training?: boolean;
  /** The masks of the inputs, where there are any. */
  mask?: OneOrMore<Mask>;
}
