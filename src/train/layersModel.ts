/** @file LayersModel: what functional and sequential models have in common. */
import { type CallOptions, type LayerShape, listOf, type Mask, type OneOrMore, oneOrAll } from "../nn/layer.js";
import type { LayerCall, SymbolicTensor } from "../nn/symbolic.js";
import type { DataType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { Model } from "./model.js";

/** A value with the mask that came with it. */
type Masked = [Tensor, Mask];

/** A model made of layers: what `model` and `sequential` give, and `loadLayersModel`. */
export abstract class LayersModel<Value extends OneOrMore<SymbolicTensor> = OneOrMore<SymbolicTensor>, Sizes extends LayerShape = LayerShape> extends Model {
  override supportsMasking = true;
  /** What the model is given, symbolically. */
  abstract readonly inputs: readonly SymbolicTensor[];
  /** What it gives. */
  abstract readonly outputs: readonly SymbolicTensor[];
  /** @internal Calls of layers, each after those that it needs. */
  protected abstract readonly calls: readonly LayerCall[];

  /** Shape of the input with the batch, or of each; null while it is not known. */
  get inputShape(): Sizes | null {
    const { inputShapes } = this;
    return inputShapes && (oneOrAll(inputShapes) as Sizes);
  }

  /** What the model is given: one symbolic tensor, or a list. */
  override get input(): Value {
    return oneOrAll(this.inputs) as Value;
  }

  /** What the model gives: one symbolic tensor, or a list. */
  override get output(): Value {
    return oneOrAll(this.outputs) as Value;
  }

  override outputType(_inputType: DataType): DataType {
    return (this.outputs[0] as SymbolicTensor).dtype;
  }

  override get makesMask(): boolean {
    return this.sublayers.some(({ makesMask }) => makesMask);
  }

  override call(inputs: OneOrMore<Tensor>, options: CallOptions): OneOrMore<Tensor> {
    return oneOrAll(this.callOn(listOf(inputs), options).map(([value]) => value));
  }

  override computeMask(inputs: OneOrMore<Tensor>, mask: OneOrMore<Mask>): OneOrMore<Mask> {
    return oneOrAll(this.callOn(listOf(inputs), { training: false, mask }).map(([, each]) => each));
  }

  override callOn(inputs: readonly Tensor[], { training = false, mask = null }: CallOptions): Masked[] {
    const masks = listOf(mask);
    const values = new Map<SymbolicTensor, Masked>(this.inputs.map((input, i) => [input, [inputs[i] as Tensor, masks[i] ?? null]]));
    for (const { layer, inputs: needed, isList, outputs, options } of this.calls) {
      if (outputs.some((output) => values.has(output))) continue;
      const given = needed.map((value) => values.get(value) as Masked);
      const args = isList ? given.map(([value]) => value) : (given[0] as Masked)[0];
      const before = isList ? given.map(([, each]) => each) : (given[0] as Masked)[1];
      const isMasked = given.some(([, each]) => each !== null);
      const results = listOf(layer.invoke(args, { training, ...options, ...(isMasked ? { mask: before } : {}) }));
      const after = isMasked || layer.makesMask ? listOf(layer.computeMask(args, before)) : [];
      outputs.forEach((output, i) => {
        values.set(output, [results[i] as Tensor, after[i] ?? null]);
      });
    }
    return this.outputs.map((output) => values.get(output) as Masked);
  }
}
