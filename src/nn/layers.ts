/** @file The layers: dense, activation, flatten, input. */
import type { Variable } from "../engine/variable.js";
import { dense as denseOp } from "../ops/matmul.js";
import { reshape } from "../ops/movement.js";
import { error } from "../tensor/errors.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Activation, type ActivationName, getActivation } from "./activations.js";
import { type Constraint, type ConstraintIdentifier, getConstraint } from "./constraints.js";
import { getInitializer, type Initializer, type InitializerIdentifier } from "./initializers.js";
import { type BatchShape, Layer, type LayerArgs, serializeParts } from "./layer.js";
import { getRegularizer, type Regularizer, type RegularizerIdentifier } from "./regularizers.js";
import { optionsOf } from "./serialized.js";

export interface DenseArgs extends LayerArgs {
  /** Size of the output. */
  units: number;
  activation?: ActivationName;
  /** Whether to add a bias; true by default. */
  useBias?: boolean;
  /** glorotUniform by default. */
  kernelInitializer?: InitializerIdentifier;
  /** zeros by default. */
  biasInitializer?: InitializerIdentifier;
  /** Penalties on the weights, added to the loss. */
  kernelRegularizer?: RegularizerIdentifier | null;
  biasRegularizer?: RegularizerIdentifier | null;
  /** What the weights are projected on after each update. */
  kernelConstraint?: ConstraintIdentifier | null;
  biasConstraint?: ConstraintIdentifier | null;
}

/** activation(x kernel + bias) over the last axis. */
export class Dense extends Layer {
  private readonly units: number;
  private readonly activation: Activation;
  private readonly useBias: boolean;
  private readonly kernelInitializer: Initializer;
  private readonly biasInitializer: Initializer;
  private readonly kernelArgs: { regularizer: Regularizer | null; constraint: Constraint | null };
  private readonly biasArgs: { regularizer: Regularizer | null; constraint: Constraint | null };

  constructor(args: DenseArgs) {
    super(args);
    if (!Number.isInteger(args.units) || args.units <= 0) throw error("dense", "units must be a whole number > 0", `units=${args.units}`);
    this.units = args.units;
    this.activation = getActivation(args.activation);
    this.useBias = args.useBias ?? true;
    this.kernelInitializer = getInitializer(args.kernelInitializer ?? "glorotUniform");
    this.biasInitializer = getInitializer(args.biasInitializer ?? "zeros");
    this.kernelArgs = { regularizer: getRegularizer(args.kernelRegularizer), constraint: getConstraint(args.kernelConstraint) };
    this.biasArgs = { regularizer: getRegularizer(args.biasRegularizer), constraint: getConstraint(args.biasConstraint) };
  }

  override getClassName(): string {
    return "Dense";
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [...inputShape.slice(0, -1), this.units];
  }

  protected override build(inputShape: BatchShape): void {
    const size = inputShape[inputShape.length - 1];
    if (size === null || size === undefined) throw error(this.name, "the last size of the input must be known", `shape [${inputShape}]`);
    this.addWeight("kernel", [size, this.units], this.kernelInitializer, this.kernelArgs);
    if (this.useBias) this.addWeight("bias", [this.units], this.biasInitializer, this.biasArgs);
  }

  override call(input: Tensor): Tensor {
    const [kernel, bias] = this.weights as [Variable, Variable | undefined];
    const { fused, apply } = this.activation;
    return fused === null ? apply(denseOp(input, kernel, bias)) : denseOp(input, kernel, bias, fused);
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: this.activation.name,
      use_bias: this.useBias,
      ...serializeParts({
        kernel_initializer: this.kernelInitializer,
        bias_initializer: this.biasInitializer,
        kernel_regularizer: this.kernelArgs.regularizer,
        bias_regularizer: this.biasArgs.regularizer,
        kernel_constraint: this.kernelArgs.constraint,
        bias_constraint: this.biasArgs.constraint,
      }),
    };
  }
}

/** An activation as a layer of its own. */
export class ActivationLayer extends Layer {
  private readonly activation: Activation;
  constructor(args: LayerArgs & { activation: ActivationName }) {
    super(args);
    this.activation = getActivation(args.activation);
  }
  override getClassName(): string {
    return "Activation";
  }
  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }
  override call(input: Tensor): Tensor {
    return this.activation.apply(input);
  }
  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), activation: this.activation.name };
  }
}

/** [batch, ...] to [batch, product of the rest]. */
export class Flatten extends Layer {
  override getClassName(): string {
    return "Flatten";
  }
  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const sizes = inputShape.slice(1);
    return [inputShape[0] ?? null, sizes.includes(null) ? null : sizeOf(sizes as number[])];
  }
  override call(input: Tensor): Tensor {
    return reshape(input, [input.shape[0] ?? 1, sizeOf(input.shape.slice(1))]);
  }
}

/** Gives a model its input shape and passes the input on. */
export class InputLayer extends Layer {
  override getClassName(): string {
    return "InputLayer";
  }
  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }
  override call(input: Tensor): Tensor {
    return input;
  }
}

/** Layers by TensorFlow.js's names. */
export const layers = {
  /**
   * activation(x kernel + bias) over the last axis.
   * @example
   * ```ts
   * import { layers, sequential } from "engram";
   * const model = sequential({ layers: [layers.dense({ units: 3, activation: "relu", inputShape: [2] })] });
   * assert.equal(model.countParams(), 9);
   * ```
   */
  dense: (args: DenseArgs): Dense => new Dense(args),
  /** An activation as a layer of its own. */
  activation: (args: LayerArgs & { activation: ActivationName }): ActivationLayer => new ActivationLayer(args),
  /** [batch, ...] to [batch, product of the rest]. */
  flatten: (args: LayerArgs = {}): Flatten => new Flatten(args),
  /** Gives a model its input shape. */
  inputLayer: (args: LayerArgs): InputLayer => new InputLayer(args),
};

/**
 * A layer from its serialised form, of Keras 2, Keras 3 or TensorFlow.js.
 * @throws when the class is unknown
 */
export function deserializeLayer({ class_name: className, config }: { class_name: string; config: Record<string, unknown> }): Layer {
  const { batchShape, ...rest } = optionsOf(config);
  const args: Record<string, unknown> = batchShape === undefined ? rest : { ...rest, batchInputShape: batchShape };
  switch (className) {
    case "Dense":
      return new Dense(args as unknown as DenseArgs);
    case "Activation":
      return new ActivationLayer(args as unknown as LayerArgs & { activation: ActivationName });
    case "Flatten":
      return new Flatten(args);
    case "InputLayer":
      return new InputLayer(args);
    default:
      throw error("loadLayersModel", "layer class must be one of Dense, Activation, Flatten, InputLayer", `'${className}' (layer '${String(config.name)}')`);
  }
}
