/** @file Adam and its kin: adamW, nadam, radam, adamax. */
import { FIRST, LARGEST, MAXIMUM, SECOND } from "../ops/update.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";
import type { Schedule } from "./schedules.js";

export interface MomentsOptions extends OptimizerOptions {
  /** Share of the mean gradient that stays; 0.9 by default. */
  beta1?: number;
  /** Share of the mean squared gradient that stays; 0.999 by default. */
  beta2?: number;
  /** Keeps divisions finite; 1e-7 by default. */
  epsilon?: number;
}

export interface AdamOptions extends MomentsOptions {
  /** Whether to divide by the largest mean squared gradient so far (Reddi et al. 2018). */
  amsgrad?: boolean;
}

export interface NadamOptions extends MomentsOptions {
  /** How fast the momentum grows to beta1: beta1 (1 - 0.96^(t momentumDecay) / 2) at update t. By default, and for 0, 1; 0.004 with the torch convention. */
  momentumDecay?: number;
}

export interface AdamaxOptions extends MomentsOptions {
  /** rate / (1 + decay t) at update t from 0, as TensorFlow.js has it; 0 by default. */
  decay?: number;
}

type AdamArguments = [learningRate: number | Schedule, beta1: number | null, beta2: number | null, epsilon: number | null];

/** base^n for whole n >= 0, with the same bits in every JavaScript engine, which Math.pow has not, and whatever was asked before: from that of n & -64. */
class Powers {
  private known = -1;
  private y = 1;

  constructor(private readonly base: number) {}

  at(n: number): number {
    const low = n & 63;
    if (n === this.known + 1 && low > 0) this.y *= this.base;
    else {
      this.y = 1;
      for (let bit = 31 - Math.clz32(n - low); bit >= 0; bit--) this.y = this.y * this.y * (((n - low) >>> bit) & 1 ? this.base : 1);
      for (let i = 0; i < low; i++) this.y *= this.base;
    }
    this.known = n;
    return this.y;
  }
}

/** What they share: the means of g and g^2, and the corrections of their means for having begun at 0. */
abstract class Moments<O extends MomentsOptions, P extends readonly unknown[] = AdamArguments> extends Optimizer<O, P> {
  protected override defaults(): Partial<O> {
    return { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as Partial<O>;
  }

  protected override parts(): number {
    return FIRST | SECOND;
  }

  private readonly kept: number[] = [];
  /** Powers of beta1 and beta2. */
  private readonly powers = (["beta1", "beta2"] as const).map((name) => new Powers(Math.fround((this.options as Required<MomentsOptions>)[name])));

  /** 1 - beta1^t for index 0, 1 - beta2^t for 1. */
  protected correction(index: number, t: number): number {
    return 1 - (this.powers[index] as Powers).at(t);
  }

  /** Coefficients of p -= (lead g + step m) / (scale sqrt(v) + epsilon), in the same array each time. */
  protected row(rate: number, lead: number, step: number, scale: number, epsilon: number): number[] {
    const { beta1, beta2 } = this.options as Required<MomentsOptions>;
    const { kept } = this;
    kept[0] = rate;
    kept[1] = lead;
    kept[2] = beta1;
    // Shares that add up to 1 in float32 too: those of 0.999 would make v too large by 1e-5.
    kept[3] = 1 - Math.fround(beta1);
    kept[4] = step;
    kept[5] = beta2;
    kept[6] = 1 - Math.fround(beta2);
    kept[7] = 0;
    kept[8] = scale;
    kept[9] = epsilon;
    return kept;
  }
}

/**
 * Adam (Kingma and Ba 2014). m and v are moving averages of g and g^2; at update t
 * p -= rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon); torch: p -= rate / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon).
 */
export class AdamOptimizer extends Moments<AdamOptions> {
  override getClassName(): string {
    return "Adam";
  }

  protected override defaults(): AdamOptions {
    return { ...super.defaults(), amsgrad: false };
  }

  protected override parts(): number {
    return FIRST | SECOND | (this.options.amsgrad ? LARGEST : 0);
  }

  protected override coefficients(rate: number, t: number): readonly number[] {
    const { epsilon, convention } = this.options;
    const root = Math.sqrt(this.correction(1, t));
    const step = rate / this.correction(0, t);
    return convention === "torch" ? this.row(rate, 0, step, 1 / root, epsilon) : this.row(rate, 0, step * root, 1, epsilon);
  }
}

/** Adam with weight decay of its own, 0.004 by default (Loshchilov and Hutter 2019). */
export class AdamWOptimizer extends AdamOptimizer {
  override getClassName(): string {
    return "AdamW";
  }

  protected override defaults(): AdamOptions {
    return { ...super.defaults(), weightDecay: 0.004, decoupledWeightDecay: true };
  }
}

/**
 * Adam with Nesterov's momentum (Dozat 2016). With mu_t = beta1 (1 - 0.96^(t momentumDecay) / 2) and M_t their product up to t
 * p -= rate (mu_(t+1) m / (1 - M_(t+1)) + (1 - mu_t) g / (1 - M_t)) / (sqrt(v / (1 - beta2^t)) + epsilon);
 * torch: with M_(t+1) mu_(t+1) in the place of M_(t+1), as PyTorch 1.13 has it.
 */
export class NadamOptimizer extends Moments<NadamOptions> {
  override getClassName(): string {
    return "Nadam";
  }

  protected override defaults(): NadamOptions {
    return { ...super.defaults(), momentumDecay: 0 };
  }

  protected override coefficients(rate: number, t: number): readonly number[] {
    const { beta1, epsilon, momentumDecay, convention } = this.options;
    const decay = 0.96 ** (momentumDecay || (convention === "torch" ? 0.004 : 1));
    const power = new Powers(decay);
    const momentum = (at: number): number => beta1 * (1 - 0.5 * power.at(at));
    const next = momentum(t + 1);
    let value = 1;
    for (let i = 1; i <= t && value > 1e-20; i++) value *= momentum(i);
    const ahead = value * next * (convention === "torch" ? next : 1);
    return this.row(rate, (rate * (1 - momentum(t))) / (1 - value), (rate * next) / (1 - ahead), 1 / Math.sqrt(this.correction(1, t)), epsilon);
  }
}

/** Adam whose rate is rectified for the variance of v, momentum alone in the first updates (Liu et al. 2020); PyTorch's formula. */
export class RAdamOptimizer extends Moments<MomentsOptions> {
  override getClassName(): string {
    return "RAdam";
  }

  protected override coefficients(rate: number, t: number): readonly number[] {
    const { beta2, epsilon } = this.options;
    const longest = 2 / (1 - beta2) - 1;
    // By the exact beta2: the difference of two large numbers.
    const kept = new Powers(beta2).at(t);
    const length = longest - (2 * t * kept) / (1 - kept);
    const step = rate / this.correction(0, t);
    if (length <= 5) return this.row(rate, 0, step, 0, 1);
    const rectified = Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length));
    return this.row(rate, 0, step * rectified * Math.sqrt(this.correction(1, t)), 1, epsilon);
  }
}

/**
 * Adam by the largest gradient (Kingma and Ba 2014): u = max(beta2 u, |g|), p -= rate / (1 - beta1^t) m / (u + epsilon);
 * torch: u = max(beta2 u, |g| + epsilon), p -= rate / (1 - beta1^t) m / u. The learning rate is 0.002 by default.
 */
export class AdamaxOptimizer extends Moments<AdamaxOptions, [...AdamArguments, decay: number]> {
  override getClassName(): string {
    return "Adamax";
  }

  protected override defaults(): AdamaxOptions {
    return { learningRate: 0.002, ...super.defaults(), decay: 0 };
  }

  protected override parts(): number {
    return FIRST | SECOND | MAXIMUM;
  }

  protected override coefficients(rate: number, t: number): readonly number[] {
    const { epsilon, decay, convention } = this.options;
    const slowed = rate / (1 + decay * (t - 1));
    const row = this.row(slowed, 0, slowed / this.correction(0, t), 1, epsilon);
    // The eighth is added to |g|, the tenth to u.
    if (convention === "torch") [row[7], row[9]] = [epsilon, 0];
    return row;
  }
}
