/** @file Layers of sequences and categories: embedding, masking. */
import type { Variable } from "../../engine/variable.js";
import { cast } from "../../ops/cast.js";
import { notEqual } from "../../ops/compare.js";
import { mul } from "../../ops/elementwise.js";
import { gather } from "../../ops/gather.js";
import { any } from "../../ops/reduce.js";
import type { DataType } from "../../tensor/dtype.js";
import { error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type ConstraintIdentifier, getConstraint } from "../constraints.js";
import { getInitializer, type InitializerIdentifier } from "../initializers.js";
import { type BatchShape, Layer, type LayerArgs, type Mask } from "../layer.js";
import { getRegularizer, type RegularizerIdentifier } from "../regularizers.js";
import { checkCount } from "./dense.js";

export interface EmbeddingArgs extends LayerArgs {
  /** Number of categories: inputs are whole numbers from 0 to below it. */
  inputDim: number;
  /** Size of each category's vector. */
  outputDim: number;
  /** Length of the sequences, where it is fixed. */
  inputLength?: number | null;
  /** Whether 0 stands for no input, so that later layers skip it. */
  maskZero?: boolean;
  /** Uniform in [-0.05, 0.05) by default. */
  embeddingsInitializer?: InitializerIdentifier;
  embeddingsRegularizer?: RegularizerIdentifier | null;
  embeddingsConstraint?: ConstraintIdentifier | null;
}

/** A vector for each category: [batch, ...] of whole numbers to [batch, ..., outputDim]. */
export class Embedding extends Layer {
  static readonly className: string = "Embedding";
  static readonly traceable = true;
  override supportsMasking = true;
  private readonly inputDim: number;
  private readonly outputDim: number;
  private readonly maskZero: boolean;
  private table: Variable | null = null;

  constructor(private readonly args: EmbeddingArgs) {
    super(args.inputShape || args.batchInputShape || !args.inputLength ? args : { ...args, inputShape: [args.inputLength] });
    this.inputDim = checkCount(this.name, "inputDim", args.inputDim);
    this.outputDim = checkCount(this.name, "outputDim", args.outputDim);
    this.maskZero = args.maskZero ?? false;
  }

  override build(): void {
    const { embeddingsInitializer = "randomUniform", embeddingsRegularizer, embeddingsConstraint } = this.args;
    const shape = [this.inputDim, this.outputDim];
    this.table = this.addWeight("embeddings", shape, "float32", embeddingsInitializer, embeddingsRegularizer, true, embeddingsConstraint);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [...inputShape, this.outputDim];
  }

  override get makesMask(): boolean {
    return this.maskZero;
  }

  override computeMask(input: Tensor): Mask {
    return this.maskZero ? notEqual(input, 0) : null;
  }

  override call(input: Tensor): Tensor {
    return gather(this.table as Variable, cast(input, "int32"));
  }

  protected override options(): Record<string, unknown> {
    const { inputDim, outputDim, maskZero, args } = this;
    return {
      inputDim,
      outputDim,
      maskZero,
      inputLength: args.inputLength,
      embeddingsInitializer: getInitializer(args.embeddingsInitializer ?? "randomUniform"),
      embeddingsRegularizer: getRegularizer(args.embeddingsRegularizer),
      embeddingsConstraint: getConstraint(args.embeddingsConstraint),
    };
  }
}

export interface MaskingArgs extends LayerArgs {
  /** Steps of which all values are this are skipped; 0 by default. */
  maskValue?: number;
}

/** Tells later layers to skip the steps of [batch, steps, ...] that are maskValue alone. */
export class Masking extends Layer {
  static readonly className: string = "Masking";
  static readonly traceable = true;
  override supportsMasking = true;
  private readonly maskValue: number;

  constructor(args: MaskingArgs = {}) {
    super(args);
    this.maskValue = args.maskValue ?? 0;
    if (typeof this.maskValue !== "number") throw error(this.name, "maskValue must be a number", String(this.maskValue));
  }

  override outputType(inputType: DataType): DataType {
    return inputType;
  }

  override get makesMask(): boolean {
    return true;
  }

  override computeMask(input: Tensor): Mask {
    return any(notEqual(input, this.maskValue), -1);
  }

  override call(input: Tensor): Tensor {
    return mul(input, cast(any(notEqual(input, this.maskValue), -1, true), input.dtype));
  }

  protected override options(): Record<string, unknown> {
    return { maskValue: this.maskValue };
  }
}
