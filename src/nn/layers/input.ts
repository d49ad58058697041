/** @file Input layers and `input`: where models begin. */
import type { DataType } from "../../tensor/dtype.js";
import { checkOptions, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { BatchShape, LayerArgs } from "../layer.js";
import { type LayerCall, SymbolicTensor } from "../symbolic.js";

export interface InputLayerArgs extends LayerArgs {
  /** In TensorFlow.js's and Keras's files; there are no sparse tensors. */
  sparse?: boolean;
}

/** Gives a model its input shape and passes the input on. */
export class InputLayer extends BuiltInLayer<InputLayerArgs> {
  static readonly className: string = "InputLayer";
  private readonly dtype = this.option("dtype", "float32");

  constructor(args: InputLayerArgs) {
    super(args);
    this.option("sparse", false);
    if (this.batchInputShape === null) throw error(this.name, "inputShape or batchInputShape must be given", "neither");
    const call: LayerCall = { layer: this, inputs: [], isList: false, outputs: [], index: 0, options: {} };
    call.outputs.push(new SymbolicTensor(this.batchInputShape, this.dtype, call, 0, this.name));
    this.inboundCalls.push(call);
  }

  protected override checkType(): void {}

  override outputType(): DataType {
    return this.dtype;
  }

  override call(input: Tensor): Tensor {
    return input;
  }
}

export interface InputArgs {
  /** Shape of one sample. */
  shape?: BatchShape;
  /** Shape with the batch. */
  batchShape?: BatchShape;
  name?: string;
  /** float32 by default. */
  dtype?: DataType;
}

/**
 * An input of a model that is being put together.
 * @throws when neither shape nor batchShape is given
 * @example
 * ```ts
 * import { input } from "engram";
 * assert.deepEqual(input({ shape: [28, 28] }).shape, [null, 28, 28]);
 * ```
 */
export function input(args: InputArgs): SymbolicTensor {
  checkOptions("input", args, "shape batchShape name dtype");
  const { shape, batchShape, ...rest } = args;
  if (!shape && !batchShape) throw error("input", "shape or batchShape must be given", "neither");
  return new InputLayer({ ...rest, inputShape: shape, batchInputShape: batchShape }).output as SymbolicTensor;
}
