/** @file Functional models: put together from symbolic tensors, with several inputs and outputs, shared and nested layers. */
import { type BatchShape, type CallOptions, type Layer, type LayerShape, listOf, type Mask, type OneOrMore } from "../nn/layer.js";
import { toFile } from "../nn/serialization.js";
import { graphOf, type LayerCall, SymbolicTensor } from "../nn/symbolic.js";
import type { DataType } from "../tensor/dtype.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { LayersModel } from "./layersModel.js";

export interface ModelArgs {
  inputs: OneOrMore<SymbolicTensor>;
  outputs: OneOrMore<SymbolicTensor>;
  name?: string;
  trainable?: boolean;
}

/** A layer's place in a serialised graph: its name, which of its calls, which result. */
export type Place = [layer: string, call: number, index: number];

/** A value with the mask that came with it. */
type Masked = [Tensor, Mask];

/** A model between symbolic inputs and outputs. */
export class Functional extends LayersModel {
  static readonly className: string = "Functional";
  static readonly traceable = true;
  /** What the model is given, symbolically. */
  readonly inputs: readonly SymbolicTensor[];
  /** What it gives. */
  readonly outputs: readonly SymbolicTensor[];
  private readonly order: readonly Layer[];
  /** @internal Calls of layers, each after those that it needs. */
  readonly calls: readonly LayerCall[];
  private readonly isList: boolean;

  constructor(args: ModelArgs) {
    checkOptions("model", args, "inputs outputs name trainable");
    const { inputs, outputs, name, trainable } = args;
    super({ ...(name === undefined ? {} : { name }), ...(trainable === undefined ? {} : { trainable }) });
    this.inputs = listOf(inputs);
    this.outputs = listOf(outputs);
    this.isList = Array.isArray(outputs) && outputs.length > 1;
    for (const value of [...this.inputs, ...this.outputs])
      if (!(value instanceof SymbolicTensor))
        throw error(this.name, "inputs and outputs must be symbolic tensors", describe(value), "make inputs with input({ shape }).");
    const { calls, layers } = graphOf(this.inputs, this.outputs, this.name);
    this.calls = calls;
    this.order = layers;
    const twice = layers.find(({ name: one }, i) => layers.findIndex((other) => other.name === one) !== i);
    if (twice !== undefined) throw error(this.name, "layer names must be unique", `two layers '${twice.name}'`);
    this.built = true;
  }

  override get sublayers(): readonly Layer[] {
    return this.order;
  }

  override get inputNames(): string[] {
    return this.inputs.map(({ call }) => call.layer.name);
  }

  /** Names of the layers that give the outputs; those of one layer are numbered. */
  override get outputNames(): string[] {
    const names = this.outputs.map(({ call }) => call.layer.name);
    return names.map((name, i) => {
      const before = names.slice(0, i).filter((other) => other === name).length;
      return before === 0 ? name : `${name}_${before}`;
    });
  }

  override get inputShapes(): readonly BatchShape[] {
    return this.inputs.map(({ shape }) => shape);
  }

  /** What the model is given: one symbolic tensor, or a list. */
  override get input(): OneOrMore<SymbolicTensor> {
    return this.inputs.length > 1 ? [...this.inputs] : (this.inputs[0] as SymbolicTensor);
  }

  /** What the model gives: one symbolic tensor, or a list. */
  override get output(): OneOrMore<SymbolicTensor> {
    return this.outputs.length > 1 ? [...this.outputs] : (this.outputs[0] as SymbolicTensor);
  }

  /** Shape of the input with the batch, or of each. */
  get inputShape(): LayerShape {
    return this.inputs.length > 1 ? this.inputShapes : (this.inputShapes[0] as BatchShape);
  }

  /** Shape of the output with the batch, or of each. */
  override get outputShape(): LayerShape {
    return this.computeOutputShape(this.inputShape);
  }

  override outputType(_inputType: DataType): DataType {
    return (this.outputs[0] as SymbolicTensor).dtype;
  }

  override computeOutputShape(_inputShape: LayerShape): LayerShape {
    return this.isList ? this.outputs.map(({ shape }) => shape) : (this.outputs[0] as SymbolicTensor).shape;
  }

  override call(inputs: OneOrMore<Tensor>, options: CallOptions): OneOrMore<Tensor> {
    const results = this.run(listOf(inputs), options).map(([value]) => value);
    return this.isList ? results : (results[0] as Tensor);
  }

  override callOn(inputs: readonly Tensor[], options: CallOptions): Masked[] {
    return this.run(inputs, options);
  }

  override get makesMask(): boolean {
    return this.order.some(({ makesMask }) => makesMask);
  }

  override computeMask(inputs: OneOrMore<Tensor>, mask: OneOrMore<Mask>): OneOrMore<Mask> {
    const masks = this.run(listOf(inputs), { training: false, mask }).map(([, each]) => each);
    return this.isList ? masks : (masks[0] as Mask);
  }

  /** Values and masks of the outputs, for values of the inputs. */
  private run(inputs: readonly Tensor[], { training = false, mask = null }: CallOptions): Masked[] {
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

  override getConfig(): Record<string, unknown> {
    const kept = new Set(this.calls);
    // Calls are numbered among those that belong to this model: a layer may have others elsewhere.
    const indexOf = ({ layer, index }: LayerCall): number => layer.inboundCalls.filter((call) => kept.has(call) && call.index < index).length;
    const place = ({ call, index }: SymbolicTensor): Place => [call.layer.name, indexOf(call), index];
    const layers = this.order.map((layer) => ({
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
      inboundNodes: layer.inboundCalls
        .filter((call) => kept.has(call) && call.inputs.length > 0 && !call.outputs.some((output) => this.inputs.includes(output)))
        .map(({ inputs, options }) => inputs.map((value) => [...place(value), toFile(options)])),
    }));
    return { name: this.name, trainable: this.trainable, layers, inputLayers: this.inputs.map(place), outputLayers: this.outputs.map(place) };
  }
}

/**
 * A model between symbolic inputs and outputs.
 * @example
 * ```ts
 * import { input, layers, model } from "engram";
 * const left = input({ shape: [2] });
 * const right = input({ shape: [3] });
 * const joined = layers.concatenate().apply([left, right]);
 * const both = model({ inputs: [left, right], outputs: layers.dense({ units: 1 }).apply(joined) });
 * assert.deepEqual(both.predict([[[1, 2]], [[3, 4, 5]]]).shape, [1, 1]);
 * ```
 */
export const model = (args: ModelArgs): LayersModel => new Functional(args);
