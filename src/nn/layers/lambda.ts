/** @file Layers that are a function: lambda, rescaling. */
import { add, mul } from "../../ops/elementwise.js";
import type { DataType } from "../../tensor/dtype.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type BatchShape, type CallOptions, Layer, type LayerArgs, type LayerShape, type OneOrMore } from "../layer.js";

export interface LambdaArgs extends LayerArgs {
  /** What the layer computes, from a tensor or a list. */
  // biome-ignore lint/suspicious/noExplicitAny: a tensor or a list, as its author knows
  function: (inputs: any, options: CallOptions) => OneOrMore<Tensor>;
  /** Shape of the result without the batch; the input's by default. */
  outputShape?: BatchShape | ((inputShape: LayerShape) => LayerShape);
  /** Whether the function computes with ops on its inputs alone, so that fit may compile it; see Layer. */
  traceable?: boolean;
}

/** A function as a layer. It cannot be saved: files hold no code. */
export class Lambda extends Layer {
  static readonly className: string = "Lambda";
  override supportsMasking = true;

  constructor(private readonly args: LambdaArgs) {
    super(args);
    if (typeof args.function !== "function") throw error(this.name, "function must be a function of tensors", describe(args.function));
  }

  override get isTraceable(): boolean {
    return this.args.traceable ?? false;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { outputShape } = this.args;
    if (outputShape === undefined) return inputShape;
    if (typeof outputShape === "function") return outputShape(inputShape);
    return [(Array.isArray(inputShape[0]) ? inputShape[0][0] : (inputShape as BatchShape)[0]) ?? null, ...outputShape];
  }

  override call(inputs: OneOrMore<Tensor>, options: CallOptions): OneOrMore<Tensor> {
    return this.args.function(inputs as never, options);
  }

  override getConfig(): never {
    throw error(this.name, "a lambda cannot be saved", "its function", "extend Layer with a class of your own and register it.");
  }
}

export interface RescalingArgs extends LayerArgs {
  scale: number;
  /** 0 by default. */
  offset?: number;
}

/** x * scale + offset. */
export class Rescaling extends Layer {
  static readonly className: string = "Rescaling";
  static readonly traceable = true;
  override supportsMasking = true;
  private readonly scale: number;
  private readonly offset: number;

  constructor(args: RescalingArgs) {
    super(args);
    this.scale = args.scale;
    this.offset = args.offset ?? 0;
    if (!Number.isFinite(this.scale) || !Number.isFinite(this.offset))
      throw error(this.name, "scale and offset must be finite numbers", describe([args.scale, args.offset]));
  }

  override outputType(): DataType {
    return "float32";
  }

  override call(input: Tensor): Tensor {
    const scaled = mul(input, this.scale);
    return this.offset === 0 ? scaled : add(scaled, this.offset);
  }

  protected override options(): Record<string, unknown> {
    return { scale: this.scale, offset: this.offset };
  }
}
