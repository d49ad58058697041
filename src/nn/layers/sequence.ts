/** @file Layers of sequences and categories: embedding, masking. */
import type { Variable } from "../../engine/variable.js";
import { cast } from "../../ops/cast.js";
import { notEqual } from "../../ops/compare.js";
import { mul } from "../../ops/elementwise.js";
import { gather } from "../../ops/gather.js";
import { any } from "../../ops/reduce.js";
import type { DataType } from "../../tensor/dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { ConstraintIdentifier } from "../constraints.js";
import type { InitializerIdentifier } from "../initializers.js";
import type { BatchShape, LayerArgs, Mask } from "../layer.js";
import type { RegularizerIdentifier } from "../regularizers.js";

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
export class Embedding extends BuiltInLayer<EmbeddingArgs> {
  static readonly className: string = "Embedding";
  private readonly inputDim = this.countOption("inputDim");
  private readonly outputDim = this.countOption("outputDim");
  private readonly maskZero = this.option("maskZero", false);
  private readonly makeTable = this.weightOf("embeddings", "randomUniform");
  private table: Variable | null = null;

  constructor(args: EmbeddingArgs) {
    super(args.inputShape || args.batchInputShape || !args.inputLength ? args : { ...args, inputShape: [args.inputLength] });
    this.option("inputLength", null);
  }

  override build(): void {
    this.table = this.makeTable([this.inputDim, this.outputDim]);
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
}

export interface MaskingArgs extends LayerArgs {
  /** Steps of which all values are this are skipped; 0 by default. */
  maskValue?: number;
}

/** Tells later layers to skip the steps of [batch, steps, ...] that are maskValue alone. */
export class Masking extends BuiltInLayer<MaskingArgs> {
  static readonly className: string = "Masking";
  private readonly maskValue = this.option("maskValue", 0, "a number", (value) => typeof value === "number");

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
}
