/** @file The base class of layers. */
import { Variable } from "../engine/variable.js";
import { clone } from "../ops/movement.js";
import { error } from "../tensor/errors.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Constraint } from "./constraints.js";
import type { Initializer } from "./initializers.js";
import { getRegularizer, type Regularizer, type RegularizerIdentifier } from "./regularizers.js";
import { type Part, serializePart } from "./serialized.js";

/** A shape whose first size, the batch, is not known. */
export type BatchShape = readonly (number | null)[];

export interface LayerArgs {
  /** Shape of one sample; needed on a model's first layer only. */
  inputShape?: Shape;
  /** Shape with the batch, usually [null, ...]. */
  batchInputShape?: BatchShape;
  name?: string;
  /** Whether fit changes the weights. */
  trainable?: boolean;
  /** Penalty on the output, added to the loss. */
  activityRegularizer?: RegularizerIdentifier | null;
}

export interface CallOptions {
  training: boolean;
}

/** What becomes of a weight besides its value. */
export interface WeightArgs {
  regularizer?: Regularizer | null;
  constraint?: Constraint | null;
}

const counters = new Map<string, number>();

/** dense, dense_1, dense_2, ... */
function uniqueName(prefix: string): string {
  const count = counters.get(prefix) ?? 0;
  counters.set(prefix, count + 1);
  return count === 0 ? prefix : `${prefix}_${count}`;
}

const snakeCase = (name: string): string => name.replace(/(?<=[a-z0-9])([A-Z])/g, "_$1").toLowerCase();

/** Parts as files have them, without those that there are not. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the parts apply to
export function serializeParts(parts: Record<string, Part<any> | null>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).flatMap(([key, part]) => (part === null ? [] : [[key, serializePart(part)]])));
}

/** A step of a model: weights and a function of tensors. */
export abstract class Layer {
  readonly name: string;
  trainable: boolean;
  /** Weights in the order that getWeights and files have them. */
  readonly weights: Variable[] = [];
  /** Shape with the batch, when it was given. */
  readonly batchInputShape: BatchShape | null;
  /** @internal Gives the weights when they are built, instead of the initializers: a file that is being loaded. */
  weightSource: ((name: string, shape: Shape) => Variable) | null = null;
  /** Penalty on the output, added to the loss. */
  readonly activityRegularizer: Regularizer | null;
  private inputShapeBuilt: BatchShape | null = null;

  constructor(args: LayerArgs = {}) {
    this.name = args.name ?? uniqueName(snakeCase(this.getClassName()));
    this.trainable = args.trainable ?? true;
    this.activityRegularizer = getRegularizer(args.activityRegularizer);
    this.batchInputShape = args.batchInputShape ?? (args.inputShape ? [null, ...args.inputShape] : null);
  }

  /** Name that serialised models give the class. */
  abstract getClassName(): string;
  /** The layer's result; called eagerly or while a plan is traced. */
  abstract call(input: Tensor, options: CallOptions): Tensor;
  /** Shape of the result with the batch. */
  abstract computeOutputShape(inputShape: BatchShape): BatchShape;
  /** Makes the weights, once the input's shape is known. */
  protected build(_inputShape: BatchShape): void {}

  /** Constructor arguments in Keras's serialised form. */
  getConfig(): Record<string, unknown> {
    return {
      name: this.name,
      trainable: this.trainable,
      ...(this.batchInputShape ? { batch_input_shape: this.batchInputShape } : {}),
      ...serializeParts({ activity_regularizer: this.activityRegularizer }),
    };
  }

  get built(): boolean {
    return this.inputShapeBuilt !== null;
  }

  /** Builds the layer for inputs of a shape, once. */
  ensureBuilt(inputShape: BatchShape): void {
    if (this.built) return;
    this.build(inputShape);
    this.inputShapeBuilt = inputShape;
  }

  get trainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((weight) => weight.trainable) : [];
  }

  /** Number of elements in all weights. */
  countParams(): number {
    return this.weights.reduce((count, weight) => count + weight.size, 0);
  }

  /** Copies of the weights. */
  getWeights(): Tensor[] {
    return this.weights.map((weight) => clone(weight));
  }

  /**
   * Replaces the weights.
   * @throws when number or shapes differ; nothing is replaced then
   */
  setWeights(values: readonly Tensor[]): void {
    if (values.length !== this.weights.length) throw error(this.name, `setWeights expected ${this.weights.length} tensors`, `${values.length}`);
    values.forEach((value, i) => {
      const weight = this.weights[i] as Variable;
      if (value.shape.join() !== weight.shape.join())
        throw error(this.name, `setWeights expected shape [${weight.shape}] for '${weight.name}'`, `shape [${value.shape}]`);
    });
    values.forEach((value, i) => {
      (this.weights[i] as Variable).assign(value);
    });
  }

  /** Makes a weight, named after the layer, and appends it to `weights`. */
  protected addWeight(name: string, shape: Shape, initializer: Initializer, { regularizer = null, constraint = null }: WeightArgs = {}): Variable {
    const weight = this.weightSource?.(name, shape) ?? this.initialWeight(name, shape, initializer);
    weight.regularizer = regularizer;
    weight.constraint = constraint;
    this.weights.push(weight);
    return weight;
  }

  private initialWeight(name: string, shape: Shape, initializer: Initializer): Variable {
    return new Variable(shape, "float32", sizeOf(shape), true, `${this.name}/${name}`).assign(initializer.apply(shape));
  }
}
