/** @file The base class of layers. */
import { step } from "../engine/step.js";
import { Variable } from "../engine/variable.js";
import type { TensorLike } from "../ops/convert.js";
import { tensor } from "../ops/creation.js";
import { div } from "../ops/elementwise.js";
import { clone } from "../ops/movement.js";
import type { DataType } from "../tensor/dtype.js";
import { checkCount, checkOptions, describe, error } from "../tensor/errors.js";
import { type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { type ConstraintIdentifier, getConstraint } from "./constraints.js";
import { getInitializer, type InitializerIdentifier } from "./initializers.js";
import { type CallOptions, COMMON, type LayerArgs } from "./layerArgs.js";
import { nextName, snakeCase } from "./names.js";
import { isDeclaredTraceable } from "./own.js";
import { addPenalty } from "./penalties.js";
import { getRegularizer, type Regularizer, type RegularizerIdentifier } from "./regularizers.js";
import { plain } from "./serialized.js";
import { type LayerCall, SymbolicTensor } from "./symbolic.js";

export type { CallOptions, LayerArgs } from "./layerArgs.js";

/** A shape whose first size, the batch, is not known. */
export type BatchShape = readonly (number | null)[];

/** The shape of a layer's input, or of each when it takes several. */
export type LayerShape = BatchShape | readonly BatchShape[];

/** Which steps of a sequence count; null where all do. */
export type Mask = Tensor | null;

/** One value or a list, as the layer takes or gives it. */
export type OneOrMore<T> = T | T[];

export const isShapeList = (shape: LayerShape): shape is readonly BatchShape[] => Array.isArray(shape[0]);
export const listOf = <T>(values: OneOrMore<T>): T[] => (Array.isArray(values) ? values : [values]);

/** A value that is alone in its list, or the list. */
export const oneOrAll = <T>(values: readonly T[]): OneOrMore<T> => (values.length === 1 ? (values[0] as T) : [...values]);

/** Whether a trace stands for a regularizer or a constraint, where there is one. */
export const isPure = (part: { traceable?: boolean } | null): boolean => part === null || part.traceable === true;

/** [null,3] */
export const shapeText = (shape: BatchShape): string => `[${shape.map((size) => size ?? "null")}]`;

/** What a layer's class may say of itself. */
interface LayerClass {
  /** Name in serialised models; the class's own by default. */
  className?: string;
}

function withThoseOf(layers: readonly Layer[], own: Variable[], kind: "weights" | "trainableWeights"): Variable[] {
  const all = new Set(own);
  for (const layer of layers) for (const weight of layer[kind]) all.add(weight);
  return layers.length === 0 ? own : [...all];
}

/**
 * A step of a model: weights and a function of tensors. Extend it for one of your own: make weights in `build`, compute in `call`.
 * A class that declares `static traceable = true` promises that `call` computes with ops on its inputs and weights alone, so that fit may
 * compile it; JavaScript values it reads would be frozen. Without that promise fit calls it anew at each step.
 * @example
 * ```ts
 * import { Layer, sequential, tensor, type Variable } from "engram";
 * class Scale extends Layer {
 *   static className = "Scale";
 *   static traceable = true;
 *   factor: Variable;
 *   build(inputShape) {
 *     this.factor = this.addWeight("factor", [inputShape.at(-1)], "float32", "ones");
 *   }
 *   call(inputs) {
 *     return inputs.mul(this.factor);
 *   }
 * }
 * const model = sequential({ layers: [new Scale({ inputShape: [2] })] });
 * assert.deepEqual(model.predict(tensor([[3, 4]])).arraySync(), [[3, 4]]);
 * ```
 */
export abstract class Layer<A extends LayerArgs = LayerArgs> {
  readonly name: string;
  trainable: boolean;
  // Fields of the language, not of TypeScript: a class that extends this one may use any name.
  readonly #args: A;
  readonly #ownWeights: Variable[] = [];
  /** Shape with the batch, when it was given. */
  readonly batchInputShape: BatchShape | null;
  /** Type of a model's input whose first layer this is; float32 where none was given. */
  readonly inputDType: DataType | undefined;
  /** Penalty on the output, added to the loss. */
  readonly activityRegularizer: Regularizer | null;
  /** @internal Its calls in models that are put together. */
  readonly inboundCalls: LayerCall[] = [];
  /** Whether masks pass through; a layer that uses or makes one overrides computeMask. */
  supportsMasking = false;
  /** @internal Gives the weights when they are built, instead of the initializers: a file that is being loaded. */
  weightSource: ((name: string, shape: Shape) => Variable) | null = null;
  /** Whether the weights are made. */
  built = false;
  /** Options by name, for getConfig. */
  readonly #settings: Record<string, unknown> = {};

  constructor(args: A = {} as A) {
    this.#args = args;
    this.name = args.name ?? nextName(this.getClassName());
    this.trainable = args.trainable ?? true;
    this.activityRegularizer = getRegularizer(args.activityRegularizer);
    this.batchInputShape = args.batchInputShape ?? (args.inputShape ? [args.batchSize ?? null, ...[args.inputShape].flat()] : null);
    this.inputDType = args.inputDType;
    if ((args.dtype ?? "float32") !== "float32") this.checkType(args.dtype as DataType);
  }

  /** Refuses weights of a type that is not float32; an input layer passes any on. */
  protected checkType(dtype: DataType): void {
    throw error(this.name, "dtype must be float32", dtype);
  }

  /** Name that serialised models give the class: its static `className`, or its own name. */
  getClassName(): string {
    return (this.constructor as LayerClass).className ?? this.constructor.name;
  }

  /** @internal Whether `call` is made of ops alone, so that its trace stands for it. */
  get isPure(): boolean {
    return isDeclaredTraceable(this);
  }

  /** @internal Whether a trace stands for the layer and all that it keeps: its very class must say so. */
  get isTraceable(): boolean {
    const { activityRegularizer, sublayers } = this;
    return this.isPure && isPure(activityRegularizer) && sublayers.every((layer) => layer.isTraceable);
  }

  /**
   * The layer's result; called eagerly or while a plan is traced.
   * @param inputs one tensor, or a list when the layer takes several
   */
  abstract call(inputs: OneOrMore<Tensor>, options: CallOptions): OneOrMore<Tensor>;

  /** Adds a scalar to the loss of the training step that calls the layer; elsewhere nothing happens. */
  protected addLoss(loss: Tensor): void {
    addPenalty(() => loss);
  }

  /** Nothing: custom layers of TensorFlow.js call it first. */
  invokeCallHook(..._args: unknown[]): void {}

  /** @internal The result, with the penalty on it added to the loss. */
  invoke(inputs: OneOrMore<Tensor>, options: CallOptions): OneOrMore<Tensor> {
    const result = this.call(inputs, options);
    const { activityRegularizer } = this;
    // A penalty for each sample, averaged over the batch (Keras).
    if (activityRegularizer !== null) for (const each of listOf(result)) addPenalty(() => div(activityRegularizer.apply(each), each.shape[0] ?? 1));
    return result;
  }

  /** Shape of the result with the batch; the input's by default. */
  computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  /** @internal Whether masks come from this layer even where none go in, as from an embedding with maskZero. */
  get makesMask(): boolean {
    return false;
  }

  /** Mask of the result; by default the input's where the layer supports masking, else none. */
  computeMask(_inputs: OneOrMore<Tensor>, mask: OneOrMore<Mask>): OneOrMore<Mask> {
    return this.supportsMasking ? mask : null;
  }

  /** @internal Type of the result. */
  outputType(_inputType: DataType): DataType {
    return "float32";
  }

  /** Makes the weights, once the input's shape is known. */
  build(_inputShape: LayerShape): void {}

  /**
   * An option that the constructor was given, which getConfig then tells.
   * @param otherwise its value where none, or null, was given
   * @param must what it has to be
   * @throws when `fits` denies that it is
   */
  protected option<K extends keyof A & string, D = never>(
    name: K,
    otherwise?: D,
    must = "",
    fits: (value: NonNullable<A[K]>) => boolean = () => true,
  ): NonNullable<A[K]> | Exclude<D, undefined> {
    const value = this.#args[name] ?? (otherwise as NonNullable<A[K]>);
    if ((must && value === undefined) || !fits(value)) throw error(this.name, `${name} must be ${must}`, `${name}=${describe(value)}`);
    this.#settings[name] = value;
    return value;
  }

  /** An option that is a whole number above 0. @throws when it is not */
  protected countOption<K extends keyof A & string>(name: K): number {
    return checkCount(this.name, name, this.option(name) as number);
  }

  /**
   * What makes a weight by the options `<key>Initializer`, `<key>Regularizer` and `<key>Constraint`, which getConfig then tells.
   * @param otherwise the initializer where none was given
   */
  protected weightOf(key: string, otherwise: InitializerIdentifier, trainable = true): (shape: BatchShape) => Variable {
    const settingOf = <I, P>(kind: string, get: (identifier: I) => P, value?: I): P => {
      const name = key + kind;
      const part = get(((this.#args as Record<string, unknown>)[name] ?? value) as I);
      this.#settings[name] = part;
      return part;
    };
    const initializer = settingOf("Initializer", getInitializer, otherwise);
    const regularizer = settingOf("Regularizer", getRegularizer);
    const constraint = settingOf("Constraint", getConstraint);
    return (shape) => this.addWeight(snakeCase(key), shape, "float32", initializer, regularizer, trainable, constraint);
  }

  /** @internal Refuses options that a layer of the library does not know. Files may hold such, and classes of one's own read theirs themselves. */
  checked(): this {
    checkOptions(this.name, this.#args, [COMMON, ...Object.keys(this.#settings)].join(" "));
    return this;
  }

  /** Arguments that make such a layer again; those that are null are left out. */
  getConfig(): Record<string, unknown> {
    const { name, trainable, batchInputShape, inputDType, activityRegularizer } = this;
    const given = Object.entries({ batchInputShape, inputDType, activityRegularizer, ...this.#settings }).filter(([, value]) => value != null);
    return { name, trainable, ...Object.fromEntries(given.map(([key, value]) => [key, plain(value)])) };
  }

  /** Builds the layer for inputs of a shape, once. */
  ensureBuilt(inputShape: LayerShape): void {
    if (this.built) return;
    this.build(inputShape);
    this.built = true;
    if (this.#args.weights && this.weightSource === null) this.setWeights(this.#args.weights);
  }

  /**
   * Calls the layer: on symbolic tensors it becomes part of the model that is being put together, on values it computes.
   * @param inputs one, or a list when the layer takes several
   * @example
   * ```ts
   * import { input, layers, model } from "engram";
   * const x = input({ shape: [2] });
   * const y = layers.dense({ units: 1 }).apply(x);
   * assert.deepEqual(model({ inputs: x, outputs: y }).predict([[1, 2]]).shape, [1, 1]);
   * ```
   */
  apply(inputs: OneOrMore<SymbolicTensor>, options?: CallOptions): SymbolicTensor;
  apply(inputs: TensorLike | Tensor[], options?: CallOptions): Tensor;
  apply(inputs: OneOrMore<SymbolicTensor> | TensorLike | Tensor[], options: CallOptions = {}): unknown {
    const first = Array.isArray(inputs) ? inputs[0] : inputs;
    if (first instanceof SymbolicTensor) return this.connect(inputs as OneOrMore<SymbolicTensor>, options);
    const values = first instanceof Tensor ? (inputs as OneOrMore<Tensor>) : tensor(inputs as TensorLike);
    const shapes = listOf(values).map(({ shape }) => [null, ...shape.slice(1)]);
    this.ensureBuilt(Array.isArray(values) ? shapes : (shapes[0] as BatchShape));
    return step(this.name, () => this.invoke(values, options));
  }

  /** Makes the layer part of a model that is being put together. */
  private connect(inputs: OneOrMore<SymbolicTensor>, options: CallOptions): OneOrMore<SymbolicTensor> {
    const list = listOf(inputs);
    if (!list.every((value) => value instanceof SymbolicTensor)) throw error(this.name, "apply expected symbolic tensors only", "a mixture with values");
    const isList = Array.isArray(inputs);
    const shape = isList ? list.map((value) => value.shape) : inputs.shape;
    this.ensureBuilt(shape);
    const outputShape = this.computeOutputShape(shape);
    const call: LayerCall = { layer: this, inputs: list, isList, outputs: [], index: this.inboundCalls.length, options };
    this.inboundCalls.push(call);
    const type = this.outputType((list[0] as SymbolicTensor).dtype);
    (isShapeList(outputShape) ? outputShape : [outputShape]).forEach((each, i) => {
      call.outputs.push(new SymbolicTensor(each, type, call, i, `${this.name}/output${i === 0 ? "" : `_${i}`}`));
    });
    return isShapeList(outputShape) ? call.outputs : (call.outputs[0] as SymbolicTensor);
  }

  /** A call of the layer in models, counted from 0; the only one where no number is given. */
  private callAt(index?: number): LayerCall {
    const call = this.inboundCalls[index ?? (this.inboundCalls.length === 1 ? 0 : -1)];
    if (!call) throw error(this.name, "expected a layer called once, or the number of a call", `${this.inboundCalls.length} calls`);
    return call;
  }

  /** What the layer was called on in one of its calls, counted from 0. @throws when there is none */
  getInputAt(index?: number): OneOrMore<SymbolicTensor> {
    const { inputs, isList } = this.callAt(index);
    return isList ? [...inputs] : (inputs[0] as SymbolicTensor);
  }

  /** What one of the layer's calls gave, counted from 0. @throws when there is none */
  getOutputAt(index?: number): OneOrMore<SymbolicTensor> {
    const { outputs } = this.callAt(index);
    return oneOrAll(outputs);
  }

  /** What the layer was called on, in a model. @throws unless it was called once */
  get input(): OneOrMore<SymbolicTensor> {
    return this.getInputAt();
  }

  /** What the layer gave, in a model: to put another model together. @throws unless it was called once */
  get output(): OneOrMore<SymbolicTensor> {
    return this.getOutputAt();
  }

  /** Shape of the result with the batch. @throws unless the layer was called once */
  get outputShape(): LayerShape {
    const { output } = this;
    return Array.isArray(output) ? output.map(({ shape }) => shape) : output.shape;
  }

  /** @internal Layers that this one keeps in its fields, alone or in arrays, in the order of the fields. */
  get sublayers(): readonly Layer[] {
    // In loops, for predict asks each time whether all of it may be compiled.
    const kept: Layer[] = [];
    for (const value of Object.values(this))
      if (value instanceof Layer) kept.push(value);
      else if (Array.isArray(value)) for (const one of value) if (one instanceof Layer) kept.push(one);
    return kept.length > 1 ? [...new Set(kept)] : kept;
  }

  /** Weights in the order that getWeights and files have them: its own, then those of the layers it keeps. */
  get weights(): Variable[] {
    return withThoseOf(this.sublayers, [...this.#ownWeights], "weights");
  }

  get trainableWeights(): Variable[] {
    const own = this.#ownWeights.filter(({ trainable }) => trainable);
    return this.trainable ? withThoseOf(this.sublayers, own, "trainableWeights") : [];
  }

  get nonTrainableWeights(): Variable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((weight) => !trainable.has(weight));
  }

  /** Number of elements in all weights. */
  countParams(): number {
    return this.weights.reduce((count, weight) => count + weight.size, 0);
  }

  /** Copies of the weights. */
  getWeights(trainableOnly = false): Tensor[] {
    return (trainableOnly ? this.trainableWeights : this.weights).map((weight) => clone(weight));
  }

  /**
   * Replaces the weights.
   * @throws when number or shapes differ; nothing is replaced then
   */
  setWeights(values: readonly TensorLike[]): void {
    const { weights } = this;
    const tensors = Array.from(Object(values), (value: TensorLike) => tensor(value));
    if (tensors.length !== weights.length || tensors.some(({ shape }, i) => !sameShape(shape, weights[i]?.shape as Shape))) {
      const list = (of: readonly { shape: Shape }[]): string => of.map(({ shape }) => `[${shape}]`).join(" ") || "none";
      throw error(this.name, `setWeights expected shapes ${list(weights)}`, list(tensors));
    }
    weights.forEach((weight, i) => {
      weight.assign(tensors[i] as Tensor);
    });
  }

  /**
   * Makes a weight, named after the layer, and appends it to `weights`.
   * @param initializer by name or an object; glorotUniform by default
   * @param trainable whether fit changes it; averages of batch normalisation are examples of those that it does not
   */
  protected addWeight(
    name: string,
    shape: BatchShape,
    dtype: DataType | null = "float32",
    initializer: InitializerIdentifier | null = null,
    regularizer: RegularizerIdentifier | null = null,
    trainable = true,
    constraint: ConstraintIdentifier | null = null,
  ): Variable {
    if (!shape.every(Number.isInteger)) throw error(this.name, `the input's sizes that '${name}' depends on must be known`, `shape ${shapeText(shape)}`);
    const known = shape as Shape;
    const weight =
      this.weightSource?.(name, known) ??
      new Variable(known, dtype ?? "float32", sizeOf(known), true, `${this.name}/${name}`).assign(getInitializer(initializer).apply(known));
    weight.trainable = trainable;
    weight.regularizer = getRegularizer(regularizer);
    weight.constraint = getConstraint(constraint);
    this.#ownWeights.push(weight);
    return weight;
  }

  /** Gives the memory of the weights back. Never needed. */
  dispose(): void {
    for (const weight of this.weights) weight.dispose();
  }
}
