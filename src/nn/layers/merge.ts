/** @file Layers that merge several inputs: sums, products, extrema, concatenation, dot products. */
import { cast } from "../../ops/cast.js";
import { add, div, maximum, minimum, mul, sub } from "../../ops/elementwise.js";
import { concat } from "../../ops/join.js";
import { logicalOr } from "../../ops/logical.js";
import { matMul } from "../../ops/matmul.js";
import { broadcastTo, reshape, transpose } from "../../ops/movement.js";
import { l2Normalize } from "../../ops/normalize.js";
import type { DataType } from "../../tensor/dtype.js";
import { describe, error } from "../../tensor/errors.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import { type BatchShape, isShapeList, type LayerArgs, type LayerShape, type Mask, shapeText } from "../layer.js";
import { spreadMask } from "../masks.js";
import { axesOf } from "./axes.js";

const text = (shapes: readonly BatchShape[]): string => shapes.map(shapeText).join(" and ");

/** The shapes of a list of inputs: so many of them, or more. */
function shapesOf(name: string, shape: LayerShape, least: number, orMore = " or more"): readonly BatchShape[] {
  const shapes = isShapeList(shape) ? shape : [];
  if (shapes.length < least || (!orMore && shapes.length > least))
    throw error(name, `apply expected a list of ${least} inputs${orMore}`, `${shapes.length || "one"}`);
  return shapes;
}

/** A shape with axes of size 1 after the batch, so that it has `rank` axes. */
const padded = <T>(shape: readonly T[], rank: number): (T | 1)[] => [...shape.slice(0, 1), ...Array<1>(rank - shape.length).fill(1), ...shape.slice(1)];

/** The steps that any input has; an input without a mask has them all. */
const eitherMask = (masks: Mask[]): Mask => masks.reduce((a, b) => a && b && logicalOr(a, b));

/** Merges inputs that broadcast, one after another; inputs with fewer axes get axes of size 1 after the batch. */
abstract class Merge extends BuiltInLayer {
  /** One of two. */
  protected abstract readonly merge: (a: Tensor, b: Tensor) => Tensor;
  /** What an error says of the number of inputs where it may be more than two. */
  protected readonly orMore: string | undefined;

  override computeOutputShape(inputShape: LayerShape): BatchShape {
    const shapes = shapesOf(this.name, inputShape, 2, this.orMore);
    const rank = Math.max(...shapes.map(({ length }) => length));
    return shapes
      .map((shape) => padded<number | null>(shape, rank))
      .reduce((a, b) =>
        a.map((size, i) => {
          const other = b[i] as number | null;
          if (size === other || other === 1 || (other === null && size !== 1)) return size;
          if (size === 1 || size === null) return other;
          throw error(this.name, "the inputs' shapes must broadcast", text(shapes));
        }),
      );
  }

  override computeMask(inputs: Tensor[], mask: Mask | Mask[]): Mask {
    const rank = Math.max(...inputs.map((input) => input.rank));
    // A mask gets the axes that its input gets.
    return eitherMask([mask].flat().map((each, i) => each && reshape(each, padded(each.shape, each.rank + rank - (inputs[i] as Tensor).rank))));
  }

  override call(inputs: Tensor[]): Tensor {
    const rank = Math.max(...inputs.map((input) => input.rank));
    const same = inputs.map((input) => (input.rank === rank ? input : reshape(input, padded(input.shape, rank) as number[])));
    return same.reduce((a, b) => this.merge(a, b));
  }
}

/** Sum of the inputs. */
export class Add extends Merge {
  static readonly className: string = "Add";
  protected readonly merge = add;
}

/** First input minus the second. */
export class Subtract extends Merge {
  static readonly className: string = "Subtract";
  protected readonly merge = sub;
  protected override readonly orMore = "";
}

/** Product of the inputs. */
export class Multiply extends Merge {
  static readonly className: string = "Multiply";
  protected readonly merge = mul;
}

/** Mean of the inputs. */
export class Average extends Merge {
  static readonly className: string = "Average";
  protected readonly merge = add;
  override call(inputs: Tensor[]): Tensor {
    return div(super.call(inputs), inputs.length);
  }
}

/** Greatest of the inputs, element by element. */
export class Maximum extends Merge {
  static readonly className: string = "Maximum";
  protected readonly merge = maximum;
}

/** Least of the inputs, element by element. */
export class Minimum extends Merge {
  static readonly className: string = "Minimum";
  protected readonly merge = minimum;
}

export interface ConcatenateArgs extends LayerArgs {
  /** The last by default. */
  axis?: number;
}

/** The inputs end to end along an axis. */
export class Concatenate extends BuiltInLayer<ConcatenateArgs> {
  static readonly className: string = "Concatenate";
  private readonly axis = this.option("axis", -1);

  override outputType(inputType: DataType): DataType {
    return inputType;
  }

  override computeOutputShape(inputShape: LayerShape): BatchShape {
    const shapes = shapesOf(this.name, inputShape, 1);
    const first = shapes[0] as BatchShape;
    const [axis] = axesOf(this.name, this.axis, first.length);
    const fits = (shape: BatchShape): boolean =>
      shape.length === first.length && shape.every((size, i) => i === axis || size === null || first[i] === null || size === first[i]);
    if (!shapes.every(fits)) throw error(this.name, `the inputs' shapes must agree but for axis ${axis}`, text(shapes));
    const sizes = shapes.map((shape) => shape[axis] as number | null);
    return first.map((size, i) => (i === axis ? (sizes.includes(null) ? null : sizes.reduce((a, b) => (a as number) + (b as number), 0)) : size));
  }

  override computeMask(inputs: Tensor[], mask: Mask | Mask[]): Mask {
    const masks = [mask].flat();
    const rank = (inputs[0] as Tensor).rank - 1;
    const [axis] = axesOf(this.name, this.axis, rank + 1);
    if (axis === rank || masks.every((each) => each === null)) return eitherMask(masks);
    const spread = inputs.map(({ shape }, i) => broadcastTo(masks[i] ? spreadMask(masks[i], rank) : 1, shape.slice(0, rank)));
    return cast(concat(spread, axis), "bool");
  }

  override call(inputs: Tensor[]): Tensor {
    return concat(inputs, this.axis);
  }
}

export interface DotArgs extends LayerArgs {
  /** The axis that is summed over, or that of each of the two inputs. */
  axes: number | readonly [number, number];
  /** Whether vectors are scaled to length 1 first: the cosine of their angle. */
  normalize?: boolean;
}

/** Sums of products of two inputs along an axis of each, sample by sample. */
export class Dot extends BuiltInLayer<DotArgs> {
  static readonly className: string = "Dot";
  override supportsMasking = false;
  private readonly axes = this.option("axes");
  private readonly normalize = this.option("normalize", false);

  private resolved(shapes: readonly BatchShape[]): [number, number] {
    const [first, second = first] = [this.axes].flat();
    const [a, b] = [first, second].map((axis, i) => axesOf(this.name, axis as number, (shapes[i] as BatchShape).length)[0]) as [number, number];
    const [x, y] = [shapes[0]?.[a], shapes[1]?.[b]];
    if (x !== null && y !== null && x !== y) throw error(this.name, "axes must name axes of the same size", `axes=${describe(this.axes)} of ${text(shapes)}`);
    return [a, b];
  }

  override computeOutputShape(inputShape: LayerShape): BatchShape {
    const shapes = shapesOf(this.name, inputShape, 2, "");
    const axes = this.resolved(shapes);
    const rest = shapes.flatMap((shape, i) => shape.filter((_, axis) => axis > 0 && axis !== axes[i]));
    return [shapes[0]?.[0] ?? null, ...(rest.length === 0 ? [1] : rest)];
  }

  override call(inputs: Tensor[]): Tensor {
    const shapes = inputs.map((input) => input.shape);
    const shape = this.computeOutputShape(shapes) as number[];
    const axes = this.resolved(shapes);
    // [batch, others, axis] both: a product of matrices, the second one transposed.
    const [x, y] = inputs.map((input, i) => {
      const axis = axes[i] as number;
      const others = input.shape.map((_, each) => each).filter((each) => each > 0 && each !== axis);
      const vectors = this.normalize ? l2Normalize(input, axis) : input;
      return reshape(transpose(vectors, [0, ...others, axis]), [
        input.shape[0] as number,
        sizeOf(others.map((each) => input.shape[each] as number)),
        input.shape[axis] as number,
      ]);
    }) as [Tensor, Tensor];
    return reshape(matMul(x, y, false, true), shape);
  }
}
