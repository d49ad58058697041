/** @file Learning-rate schedules: functions of the number of steps so far. */
import { describe, error } from "../tensor/errors.js";

/** A learning rate for each step; any object with `at` serves an optimizer. */
export interface Schedule {
  /** Keras's class name, for saving. */
  readonly className?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** The rate after `step` steps, from 0. Optimizers round it to float32. */
  at(step: number): number;
}

/** A function of options that makes a schedule. */
const schedule =
  <O extends object>(className: string, defaults: Partial<O>, at: (options: Required<O>, step: number) => number) =>
  (options: O): Schedule => {
    const config = { ...defaults, ...options } as Required<O>;
    if (!Number.isFinite(at(config, 0))) throw error(className, "options must give finite rates", JSON.stringify(options));
    return { className, config: config as Record<string, unknown>, at: (step) => at(config, step) };
  };

/** From `from` to `to`, for x from 0 to 1, along half a cosine or straight. */
const halfCosine = (from: number, to: number, x: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * x))) / 2;
const straight = (from: number, to: number, x: number): number => from + (to - from) * x;

interface Decay {
  initialLearningRate: number;
  decaySteps: number;
}

interface RateDecay extends Decay {
  decayRate: number;
  /** Whether step / decaySteps is rounded down. */
  staircase?: boolean;
}

const progress = ({ decaySteps, staircase }: RateDecay, step: number): number => (staircase ? Math.floor(step / decaySteps) : step / decaySteps);

export interface PiecewiseOptions {
  boundaries: readonly number[];
  values: readonly number[];
}

export interface PolynomialOptions extends Decay {
  /** 1e-4 by default. */
  endLearningRate?: number;
  /** 1 by default. */
  power?: number;
  cycle?: boolean;
}

export interface CosineOptions extends Decay {
  /** Share of the top rate that remains; 0 by default. */
  alpha?: number;
  warmupTarget?: number | null;
  warmupSteps?: number;
}

export interface RestartsOptions {
  initialLearningRate: number;
  firstDecaySteps: number;
  /** At least 1; 2 by default. */
  tMul?: number;
  /** 1 by default. */
  mMul?: number;
  alpha?: number;
}

export interface OneCycleOptions {
  maxLearningRate: number;
  totalSteps: number;
  /** Share of the steps in which the rate rises; 0.3 by default. */
  pctStart?: number;
  annealStrategy?: "cos" | "linear";
  /** maxLearningRate / divFactor is the first rate; 25 by default. */
  divFactor?: number;
  /** The first rate / finalDivFactor is the last; 1e4 by default. */
  finalDivFactor?: number;
}

/** Schedules by name, each a function of its options; names and formulas are Keras 3's, or PyTorch's where it is said. */
export const schedules = {
  /** initialLearningRate * decayRate^(step / decaySteps) */
  exponentialDecay: /* @__PURE__ */ schedule<RateDecay>(
    "ExponentialDecay",
    {},
    (options, step) => options.initialLearningRate * options.decayRate ** progress(options, step),
  ),

  /** values[i] up to and at step boundaries[i], the last value after them all. */
  piecewiseConstantDecay: /* @__PURE__ */ schedule<PiecewiseOptions>("PiecewiseConstantDecay", {}, ({ boundaries, values }, step) =>
    values.length === boundaries.length + 1 ? (values[boundaries.filter((boundary) => step > boundary).length] as number) : Number.NaN,
  ),

  /** (initialLearningRate - endLearningRate) (1 - step / decaySteps)^power + endLearningRate; with cycle the steps are stretched to the next multiple. */
  polynomialDecay: /* @__PURE__ */ schedule<PolynomialOptions>(
    "PolynomialDecay",
    { endLearningRate: 1e-4, power: 1 },
    ({ initialLearningRate, decaySteps, endLearningRate, power, cycle }, step) => {
      const steps = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
      return straight(endLearningRate, initialLearningRate, (1 - Math.min(step, steps) / steps) ** power);
    },
  ),

  /** initialLearningRate / (1 + decayRate * step / decaySteps) */
  inverseTimeDecay: /* @__PURE__ */ schedule<RateDecay>(
    "InverseTimeDecay",
    {},
    (options, step) => options.initialLearningRate / (1 + options.decayRate * progress(options, step)),
  ),

  /**
   * Along half a cosine from initialLearningRate to alpha times it (Loshchilov and Hutter 2016); with a warmupTarget first straight to it in
   * warmupSteps, and from there.
   * @example
   * ```ts
   * import { schedules, train } from "engram";
   * const optimizer = train.adam(schedules.cosineDecay({ initialLearningRate: 0, warmupTarget: 0.01, warmupSteps: 10, decaySteps: 90 }));
   * assert.equal(optimizer.learningRate, 0);
   * assert.equal(schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 }).at(10), 0);
   * ```
   */
  cosineDecay: /* @__PURE__ */ schedule<CosineOptions>(
    "CosineDecay",
    { alpha: 0, warmupSteps: 0 },
    ({ initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }, step) => {
      const top = warmupTarget ?? initialLearningRate;
      const left = step - (warmupTarget == null ? 0 : warmupSteps);
      return left < 0 ? straight(initialLearningRate, top, step / warmupSteps) : halfCosine(top, alpha * top, Math.min(1, left / decaySteps));
    },
  ),

  /** Cosine decays one after another, each tMul times as long as the one before and from mMul times its rate (Loshchilov and Hutter 2016). */
  cosineDecayRestarts: /* @__PURE__ */ schedule<RestartsOptions>(
    "CosineDecayRestarts",
    { tMul: 2, mMul: 1, alpha: 0 },
    ({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }, step) => {
      let [left, period, top] = [step, firstDecaySteps, initialLearningRate * (1 - alpha)];
      for (; left >= period; top *= mMul) {
        left -= period;
        period *= Math.max(tMul, 1);
      }
      return initialLearningRate * alpha + halfCosine(top, 0, left / period);
    },
  ),

  /** Up to maxLearningRate and down to almost 0 (Smith and Topin 2018; PyTorch's OneCycleLR, without its cycle of the momentum). */
  oneCycle: /* @__PURE__ */ schedule<OneCycleOptions>(
    "OneCycle",
    { pctStart: 0.3, annealStrategy: "cos", divFactor: 25, finalDivFactor: 1e4 },
    ({ maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor }, step) => {
      const [first, up] = [maxLearningRate / divFactor, pctStart * totalSteps - 1];
      const curve = annealStrategy === "cos" ? halfCosine : straight;
      if (step < up) return curve(first, maxLearningRate, step / up);
      return curve(maxLearningRate, first / finalDivFactor, Math.min(1, (step - up) / (totalSteps - 1 - up)));
    },
  ),
};

/** A schedule from its serialised form, of Keras or engram. */
export function deserializeSchedule(className: string, config: Record<string, unknown>): Schedule {
  const make = (schedules as Record<string, unknown>)[className.replace(/^./, (letter) => letter.toLowerCase())];
  if (make === undefined) throw error("learningRate", `expected one of ${Object.keys(schedules).join(", ")}`, describe(className));
  return (make as (options: object) => Schedule)(config);
}
