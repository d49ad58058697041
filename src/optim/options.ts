/** @file Options of optimizers: those that all have, how arguments become options, and what they must be. */
import type { Variable } from "../engine/variable.js";
import { optionsOf, partOf } from "../nn/serialized.js";
import { describe, error } from "../tensor/errors.js";
import { deserializeSchedule, type Schedule } from "./schedules.js";

/** Where PyTorch defines an optimizer otherwise than Keras 3. */
export type Convention = "keras" | "torch";

/** Variables by identity, by a part of their name, or by a function. */
export type Exclusion = Variable | string | ((variable: Variable) => boolean);

/** What every optimizer takes; names and meanings are Keras 3's. */
export interface OptimizerOptions {
  /** Step size: a number, or a schedule of the number of steps so far. */
  learningRate?: number | Schedule;
  /** Each update takes the share learningRate * weightDecay off the weights. With the torch convention it adds weightDecay * weight to the gradient. */
  weightDecay?: number;
  /** Whether weight decay bypasses the gradient; by default true, with the torch convention for adamW and lion alone. */
  decoupledWeightDecay?: boolean;
  /** Variables without weight decay. */
  excludeFromWeightDecay?: Exclusion | readonly Exclusion[];
  /** Largest norm of each gradient; longer ones are scaled. */
  clipNorm?: number;
  /** Largest norm of all gradients together. */
  globalClipNorm?: number;
  /** Largest absolute value in a gradient. */
  clipValue?: number;
  /** Whether to keep an exponential moving average of the weights; see swapEmaWeights. */
  useEma?: boolean;
  /** Its momentum; 0.99 by default. */
  emaMomentum?: number;
  /** Updates after which, each time, the weights become their average; 0 for never. */
  emaOverwriteFrequency?: number;
  /** Steps whose mean gradient makes one update; 1 by default. Schedules count steps, everything else updates. */
  gradientAccumulationSteps?: number;
  /** The loss is multiplied by it before the gradients are taken, and these are divided by it: for gradients that float32 would round to 0. */
  lossScaleFactor?: number;
  /** Whose formula, where they differ: "keras" (3; the default) or "torch". */
  convention?: Convention;
}

/** Defaults of what every optimizer takes. */
export const COMMON = {
  weightDecay: 0,
  decoupledWeightDecay: undefined as boolean | undefined,
  excludeFromWeightDecay: [],
  clipNorm: 0,
  globalClipNorm: 0,
  clipValue: 0,
  useEma: false,
  emaMomentum: 0.99,
  emaOverwriteFrequency: 0,
  gradientAccumulationSteps: 1,
  lossScaleFactor: 1,
  convention: "keras" as Convention,
};

/** Names of Keras for what has another name here. */
const ALIASES: Record<string, string> = {
  nesterov: "useNesterov",
  rho: "decay",
  clipnorm: "clipNorm",
  clipvalue: "clipValue",
  globalClipnorm: "globalClipNorm",
};

/**
 * Options from arguments: one object, unless it is a schedule, or their values in the order of `own`.
 * @param own default values of the optimizer's own options
 * @throws when an option is unknown or not in its range
 */
export function readOptions(name: string, args: readonly unknown[], own: object): Record<string, unknown> {
  const options: Record<string, unknown> = { ...own, ...COMMON, ...own };
  const names = Object.keys(options);
  const first = args[0] as object | null | undefined;
  const isObject = typeof first === "object" && first && !("at" in first);
  for (const [key, value] of isObject ? Object.entries(first) : args.map((value, i) => [names[i] as string, value] as const)) {
    const option = key in options ? key : (ALIASES[key] ?? key);
    // Files may say that something that is unknown is off.
    if (!(option in options)) {
      if (value) throw error(name, `options must be among ${names}`, key);
    } else if (value != null) {
      const least = option === "gradientAccumulationSteps" ? 1 : option === "lossScaleFactor" ? 1e-30 : 0;
      const isWrong =
        typeof value === "number" ? !(value >= least || option === "learningRatePower") : typeof value === "string" && option !== "excludeFromWeightDecay";
      if (option === "convention" ? value !== "keras" && value !== "torch" : isWrong)
        throw error(name, `${option} must be ${option === "convention" ? "keras or torch" : `>= ${least}`}`, describe(value));
      options[option] = value;
    }
  }
  return options;
}

/** Options from a configuration, TensorFlow.js's or Keras's. */
export function revived(config: Record<string, unknown>): object {
  const { name: _, jitCompile: __, isLegacyOptimizer: ___, ...options } = optionsOf(config);
  const schedule = partOf(options.learningRate);
  return schedule === null ? options : { ...options, learningRate: deserializeSchedule(schedule.className, schedule.config) };
}
