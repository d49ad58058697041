/** @file LayersModel: what functional and sequential models have in common. */
import type { LayerShape } from "../nn/layer.js";
import type { SymbolicTensor } from "../nn/symbolic.js";
import { Model } from "./model.js";

/** A model made of layers: what `model` and `sequential` give, and `loadLayersModel`. */
export abstract class LayersModel extends Model {
  override supportsMasking = true;
  /** What the model is given, symbolically. */
  abstract readonly inputs: readonly SymbolicTensor[];
  /** What it gives. */
  abstract readonly outputs: readonly SymbolicTensor[];
  /** Shape of the input with the batch, or of each; null while it is not known. */
  abstract readonly inputShape: LayerShape | null;
}
