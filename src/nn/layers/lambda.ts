/** @file Layers that are a function: lambda, rescaling. */
import { castTo } from "../../ops/castTo.js";
import { add, mul } from "../../ops/elementwise.js";
import { error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import { type BatchShape, type CallOptions, isShapeList, type LayerArgs, type LayerShape, type OneOrMore } from "../layer.js";

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
export class Lambda extends BuiltInLayer<LambdaArgs> {
  static readonly className: string = "Lambda";
  private readonly function = this.option("function", undefined, "a function of tensors", (value) => typeof value === "function");
  private readonly shape = this.option("outputShape", null);
  private readonly traceable = this.option("traceable", false);

  override get isTraceable(): boolean {
    return this.traceable;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { shape } = this;
    if (shape === null) return inputShape;
    if (typeof shape === "function") return shape(inputShape);
    return [(isShapeList(inputShape) ? inputShape[0]?.[0] : inputShape[0]) ?? null, ...shape];
  }

  override call(inputs: OneOrMore<Tensor>, options: CallOptions): OneOrMore<Tensor> {
    return this.function(inputs, options);
  }

  override getConfig(): never {
    throw error(this.name, "a lambda cannot be saved", "its function", "extend Layer, and register the class.");
  }
}

export interface RescalingArgs extends LayerArgs {
  scale: number;
  /** 0 by default. */
  offset?: number;
}

/** x * scale + offset, in float32: pictures may be given as the bytes that they are. */
export class Rescaling extends BuiltInLayer<RescalingArgs> {
  static readonly className: string = "Rescaling";
  private readonly scale = this.option("scale", undefined, "a finite number", Number.isFinite);
  private readonly offset = this.option("offset", 0, "a finite number", Number.isFinite);

  override call(input: Tensor): Tensor {
    const scaled = mul(castTo(input, "float32"), this.scale);
    return this.offset === 0 ? scaled : add(scaled, this.offset);
  }
}
