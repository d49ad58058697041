/** @file Functional models: put together from symbolic tensors, with several inputs and outputs, shared and nested layers. */
import { type BatchShape, type Layer, type LayerShape, listOf, type OneOrMore } from "../nn/layer.js";
import { numbered } from "../nn/names.js";
import { toFile } from "../nn/serialization.js";
import { graphOf, type LayerCall, SymbolicTensor } from "../nn/symbolic.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import { LayersModel } from "./layersModel.js";

export interface ModelArgs {
  inputs: OneOrMore<SymbolicTensor>;
  outputs: OneOrMore<SymbolicTensor>;
  name?: string;
  trainable?: boolean;
}

/** A layer's place in a serialised graph: its name, which of its calls, which result. */
export type Place = [layer: string, call: number, index: number];

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

  constructor(args: ModelArgs) {
    checkOptions("model", args, "inputs outputs name trainable");
    const { inputs, outputs, ...rest } = args;
    super(rest);
    this.inputs = listOf(inputs);
    this.outputs = listOf(outputs);
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
    const taken = new Map<string, number>();
    return this.outputs.map(({ call }) => numbered(taken, call.layer.name));
  }

  override get inputShapes(): readonly BatchShape[] {
    return this.inputs.map(({ shape }) => shape);
  }

  override computeOutputShape(_inputShape: LayerShape): LayerShape {
    return this.outputShape;
  }

  override getConfig(): Record<string, unknown> {
    const kept = new Set(this.calls);
    // Those that belong to this model: a layer may have others elsewhere.
    const callsOf = (layer: Layer): LayerCall[] => layer.inboundCalls.filter((call) => kept.has(call));
    const place = ({ call, index }: SymbolicTensor): Place => [call.layer.name, callsOf(call.layer).indexOf(call), index];
    const layers = this.order.map((layer) => ({
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
      inboundNodes: callsOf(layer)
        .filter(({ inputs, outputs }) => inputs.length > 0 && !outputs.some((output) => this.inputs.includes(output)))
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
