/** @file Layers that are noise in training and nothing else: dropout and its kin. */
import { Variable } from "../../engine/variable.js";
import { tensor } from "../../ops/creation.js";
import { add, mul } from "../../ops/elementwise.js";
import { bernoulli, dropout, randomNormal, type Seed } from "../../ops/random.js";
import { error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { CallOptions, LayerArgs } from "../layer.js";

interface NoiseArgs extends LayerArgs {
  /** For a stream of the layer's own: each call in training draws the next of it, whatever setSeed says and others draw. */
  seed?: number | null;
}

export interface RateArgs extends NoiseArgs {
  /** Share that is dropped, from 0 to below 1. */
  rate: number;
}

/** A layer that passes its input on but in training. */
abstract class Noise<A extends NoiseArgs> extends BuiltInLayer<A> {
  /** @internal The seed of the layer's own stream and the place in it; no weight, but part of a backup. */
  readonly stream: Variable | null;
  protected abstract disturb(input: Tensor, seed: Seed | undefined): Tensor;

  constructor(args: A) {
    super(args);
    const seed = this.option("seed", null);
    // Far from where the global stream and other uses of the same seed are.
    this.stream = seed === null ? null : new Variable([2], "int32", 2, false, `${this.name}/seed`).assign(tensor([seed | 0, 1 << 31], [2], "int32"));
  }

  override call(input: Tensor, { training }: CallOptions): Tensor {
    if (!training) return input;
    const { stream } = this;
    return this.disturb(input, stream?.assign(add(stream, tensor([0, 1], [2], "int32"))));
  }
}

abstract class RateNoise<A extends RateArgs = RateArgs> extends Noise<A> {
  protected readonly rate: number = this.option("rate", undefined, "in [0, 1)", (rate: number) => rate >= 0 && rate < 1);

  override call(input: Tensor, options: CallOptions): Tensor {
    return this.rate === 0 ? input : super.call(input, options);
  }
}

export interface DropoutArgs extends RateArgs {
  /** Shape of the mask, where samples or axes are to share theirs: 1 where they do, null for the input's size. */
  noiseShape?: readonly (number | null)[] | null;
}

/** Sets a share of the input to 0 and scales the rest by 1 / (1 - rate) (Srivastava et al. 2014). */
export class Dropout extends RateNoise<DropoutArgs> {
  static readonly className: string = "Dropout";
  private readonly noiseShape = this.option("noiseShape", null);

  protected override disturb(input: Tensor, seed?: Seed): Tensor {
    return dropout(input, this.rate, this.noiseShape ?? undefined, seed);
  }
}

/** Drops whole features of a layout [batch, positions ..., features]. */
abstract class SpatialDropout extends RateNoise {
  protected abstract readonly axes: number;
  protected override disturb(input: Tensor, seed?: Seed): Tensor {
    if (input.rank !== this.axes) throw error(this.name, `the input must have ${this.axes} axes`, `shape [${input.shape}]`);
    return dropout(
      input,
      this.rate,
      input.shape.map((size, i) => (i === 0 || i === this.axes - 1 ? size : 1)),
      seed,
    );
  }
}

/** Drops whole features of sequences [batch, steps, features]. */
export class SpatialDropout1D extends SpatialDropout {
  static readonly className: string = "SpatialDropout1D";
  protected readonly axes = 3;
}

/** Drops whole features of images [batch, height, width, features]. */
export class SpatialDropout2D extends SpatialDropout {
  static readonly className: string = "SpatialDropout2D";
  protected readonly axes = 4;
}

/** What selu tends to far below 0. */
const SELU_FLOOR = -1.7580993408473766;

/** Dropout that keeps the mean and the variance of what selu gives (Klambauer et al. 2017). */
export class AlphaDropout extends RateNoise {
  static readonly className: string = "AlphaDropout";
  protected override disturb(input: Tensor, seed?: Seed): Tensor {
    const keep = 1 - this.rate;
    const a = (keep + keep * this.rate * SELU_FLOOR ** 2) ** -0.5;
    const kept = bernoulli(input.shape, keep, "float32", seed);
    // Where a value is dropped, selu's floor stands in its place.
    const dropped = add(mul(input, kept), mul(add(mul(kept, -1), 1), SELU_FLOOR));
    return add(mul(dropped, a), -a * SELU_FLOOR * this.rate);
  }
}

/** Multiplies by normal numbers of mean 1 and variance rate / (1 - rate) (Srivastava et al. 2014). */
export class GaussianDropout extends RateNoise {
  static readonly className: string = "GaussianDropout";
  protected override disturb(input: Tensor, seed?: Seed): Tensor {
    return mul(input, randomNormal(input.shape, 1, Math.sqrt(this.rate / (1 - this.rate)), "float32", seed));
  }
}

export interface GaussianNoiseArgs extends NoiseArgs {
  /** Standard deviation of the noise. */
  stddev: number;
}

/** Adds normal numbers of mean 0. */
export class GaussianNoise extends Noise<GaussianNoiseArgs> {
  static readonly className: string = "GaussianNoise";
  private readonly stddev = this.option("stddev", undefined, "a number >= 0", (stddev) => stddev >= 0);

  protected override disturb(input: Tensor, seed?: Seed): Tensor {
    return add(input, randomNormal(input.shape, 0, this.stddev, "float32", seed));
  }
}
