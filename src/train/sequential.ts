/** @file Sequential: layers one after another. */
import { type BatchShape, isShapeList, Layer, type LayerShape, type OneOrMore } from "../nn/layer.js";
import { InputLayer } from "../nn/layers/input.js";
import type { LayerCall, SymbolicTensor } from "../nn/symbolic.js";
import { checkOptions, describe, error } from "../tensor/errors.js";
import { LayersModel } from "./layersModel.js";
import { Model } from "./model.js";

export interface SequentialArgs {
  layers?: Layer[];
  name?: string;
  trainable?: boolean;
}

/** The shape with the batch that a layer takes as a model's first, where it tells. */
const firstShape = (layer: Layer): BatchShape | null =>
  layer.batchInputShape ?? (layer as Layer & Partial<Pick<Model, "inputShapes">>).inputShapes?.[0] ?? null;

/** Layers one after another. */
export class Sequential extends LayersModel<SymbolicTensor, BatchShape> {
  static readonly className: string = "Sequential";
  static readonly traceable = true;
  private readonly stack: Layer[] = [];
  /** The input's, then those of the layers; none until the input's shape is known. */
  protected calls: LayerCall[] = [];

  constructor(args: SequentialArgs = {}) {
    checkOptions("sequential", args, "layers name trainable");
    const { layers = [], ...rest } = args;
    super(rest);
    for (const layer of layers) this.add(layer);
  }

  override get layers(): readonly Layer[] {
    return this.stack.filter((layer) => !(layer instanceof InputLayer));
  }

  override get sublayers(): readonly Layer[] {
    return this.stack;
  }

  /**
   * Appends a layer; weights are made as soon as the input's shape is known.
   * @throws when it is not a layer, or cannot follow the layers before it
   */
  add(layer: Layer): void {
    if (!(layer instanceof Layer)) throw error(this.name, "add expected a layer", describe(layer), "make one with layers.dense({ ... }).");
    if (this.stack.some(({ name }) => name === layer.name)) throw error(this.name, "layer names must be unique", `a second '${layer.name}'`);
    const shape = this.stack.length === 0 ? firstShape(layer) : null;
    if (shape !== null) this.begin(shape, layer);
    this.built = this.calls.length > 0;
    if (this.built && !(layer instanceof InputLayer)) this.append(layer);
    this.stack.push(layer);
    this.forgetPlans();
  }

  /** Removes the last layer. @throws when there is none */
  pop(): void {
    const layer = this.stack.pop();
    if (layer === undefined) throw error(this.name, "pop needs a layer", "none");
    if (this.calls.at(-1)?.layer === layer) this.calls.pop();
    if (this.stack.length === 0) this.calls = [];
    this.forgetPlans();
  }

  private begin(shape: BatchShape, first: Layer | undefined = this.layers[0]): void {
    const dtype = first?.inputDType ?? "float32";
    const layer = first instanceof InputLayer ? first : new InputLayer({ batchInputShape: shape, name: `${this.name}_input`, dtype });
    this.calls = layer.inboundCalls.slice(0, 1);
  }

  private append(layer: Layer): void {
    const output = layer.apply(this.output) as OneOrMore<SymbolicTensor>;
    if (Array.isArray(output))
      throw error(this.name, "each layer must have one output", `${output.length} of '${layer.name}'`, "use model({ inputs, outputs }).");
    this.calls.push(output.call);
  }

  override build(inputShape: LayerShape): void {
    if (this.layers.length === 0) throw error(this.name, "a model needs layers", "none", "make one with layers.dense({ ... }).");
    if (isShapeList(inputShape)) throw error(this.name, "expected one input", `${inputShape.length}`);
    this.begin(inputShape);
    for (const layer of this.layers) this.append(layer);
  }

  /** The symbolic input in a list. @throws when its shape is not known yet */
  get inputs(): SymbolicTensor[] {
    return this.listed(0);
  }

  /** The symbolic output in a list. @throws when the input's shape is not known yet */
  get outputs(): SymbolicTensor[] {
    return this.listed(-1);
  }

  private listed(call: number): SymbolicTensor[] {
    const value = this.calls.at(call)?.outputs[0];
    if (value === undefined)
      throw error(this.name, "the input's shape must be known", "a model without one", "give the first layer an inputShape, or call build.");
    return [value];
  }

  /** Shape of the output with the batch. @throws when the input's is not known yet */
  override get outputShape(): BatchShape {
    return this.output.shape;
  }

  override get inputNames(): string[] {
    return [this.calls[0]?.layer.name ?? "input"];
  }

  override get outputNames(): string[] {
    return [this.stack.at(-1)?.name ?? "output"];
  }

  override get inputShapes(): readonly BatchShape[] | null {
    return this.calls.length > 0 ? [this.input.shape] : null;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return this.layers.reduce((shape, layer) => layer.computeOutputShape(shape), inputShape);
  }

  override getConfig(): Record<string, unknown> {
    const layers = this.layers.map((layer) => ({ className: layer.getClassName(), config: layer.getConfig() }));
    const first = layers[0];
    // A model whose first input told its shape is saved with it, so that loading can make the weights.
    const { inputShape } = this;
    if (first && inputShape && !("batchInputShape" in first.config) && !(this.layers[0] instanceof Model)) first.config.batchInputShape = inputShape;
    return { name: this.name, ...(this.trainable ? {} : { trainable: false }), layers };
  }
}

/**
 * A model of layers one after another.
 * @example
 * ```ts
 * import { layers, sequential } from "engram";
 * const model = sequential();
 * model.add(layers.dense({ units: 4, activation: "relu", inputShape: [3] }));
 * model.add(layers.dense({ units: 1 }));
 * assert.deepEqual(model.predict([[1, 2, 3]]).shape, [1, 1]);
 * ```
 */
export const sequential = (args?: SequentialArgs): Sequential => new Sequential(args);
