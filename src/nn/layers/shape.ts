/** @file Layers that change the shape alone: flatten, reshape, permute, repeatVector. */
import { expandDims, reshape, transpose } from "../../ops/movement.js";
import { tile } from "../../ops/rearrange.js";
import type { DataType } from "../../tensor/dtype.js";
import { error } from "../../tensor/errors.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { BatchShape, LayerArgs } from "../layer.js";

/** A layer whose result has its input's type. */
abstract class ShapeLayer<A extends LayerArgs = LayerArgs> extends BuiltInLayer<A> {
  override supportsMasking = false;

  override outputType(inputType: DataType): DataType {
    return inputType;
  }
}

const product = (sizes: BatchShape): number | null => (sizes.includes(null) ? null : sizeOf(sizes as number[]));

export interface FlattenArgs extends LayerArgs {
  /** "channelsFirst" puts the first axis of each sample last before it is flattened, so that weights fit either layout. */
  dataFormat?: "channelsFirst" | "channelsLast";
}

/** [batch, ...] to [batch, product of the rest]. */
export class Flatten extends ShapeLayer<FlattenArgs> {
  static readonly className: string = "Flatten";
  private readonly dataFormat = this.option("dataFormat", "channelsLast", "channelsFirst or channelsLast", (name) => /^channels(First|Last)$/.test(name));
  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [inputShape[0] ?? null, product(inputShape.slice(1))];
  }
  override call(input: Tensor): Tensor {
    const axes = input.shape.map((_, i) => i);
    const ordered = this.dataFormat === "channelsFirst" && input.rank > 2 ? transpose(input, [0, ...axes.slice(2), 1]) : input;
    return reshape(ordered, [input.shape[0] ?? 1, sizeOf(input.shape.slice(1))]);
  }
}

export interface ReshapeArgs extends LayerArgs {
  /** Shape of one sample; -1 or null once, for the size that the others leave. */
  targetShape: readonly (number | null)[];
}

/** -1 for the size that is left open. */
const open = (shape: BatchShape): number[] => [shape].flat().map((size) => size ?? -1);

const isTarget = (shape: BatchShape): boolean =>
  open(shape).every((size) => Number.isInteger(size) && size >= -1) && open(shape).filter((size) => size === -1).length < 2;

/** Each sample in another shape of as many elements. */
export class Reshape extends ShapeLayer<ReshapeArgs> {
  static readonly className: string = "Reshape";
  private readonly targetShape = open(this.option("targetShape", undefined, "whole numbers, with one -1 at most", isTarget));

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const size = product(inputShape.slice(1));
    const told = sizeOf(this.targetShape.filter((each) => each !== -1));
    const rest = size === null ? null : size / told;
    if (size !== null && (this.targetShape.includes(-1) ? !Number.isInteger(rest) : told !== size))
      throw error(this.name, `targetShape must have the ${size} elements of a sample`, `[${this.targetShape}]`);
    return [inputShape[0] ?? null, ...this.targetShape.map((each) => (each === -1 ? rest : each))];
  }

  override call(input: Tensor): Tensor {
    return reshape(input, [input.shape[0] ?? 1, ...(this.computeOutputShape(input.shape).slice(1) as number[])]);
  }
}

export interface PermuteArgs extends LayerArgs {
  /** Axes of a sample in their new order, counted from 1. */
  dims: readonly number[];
}

/** The axes of each sample in another order. */
export class Permute extends ShapeLayer<PermuteArgs> {
  static readonly className: string = "Permute";
  private readonly dims = this.option("dims", undefined, "the numbers from 1 on in some order", (dims) =>
    [...dims].sort((a, b) => a - b).every((axis, i) => axis === i + 1),
  );

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    if (inputShape.length !== this.dims.length + 1) throw error(this.name, `the input must have ${this.dims.length + 1} axes`, `${inputShape.length}`);
    return [inputShape[0] ?? null, ...this.dims.map((axis) => inputShape[axis] ?? null)];
  }

  override call(input: Tensor): Tensor {
    return transpose(input, [0, ...this.dims]);
  }
}

export interface RepeatVectorArgs extends LayerArgs {
  /** How often. */
  n: number;
}

/** [batch, features] to [batch, n, features]. */
export class RepeatVector extends ShapeLayer<RepeatVectorArgs> {
  static readonly className: string = "RepeatVector";
  private readonly n = this.countOption("n");

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    if (inputShape.length !== 2) throw error(this.name, "the input must have 2 axes", `${inputShape.length}`);
    return [inputShape[0] ?? null, this.n, inputShape[1] ?? null];
  }

  override call(input: Tensor): Tensor {
    return tile(expandDims(input, 1), [1, this.n, 1]);
  }
}
