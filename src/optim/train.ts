/** @file Optimizers by name: the factories of `train`, and those that compile and saved models name. */
import { ownClasses } from "../nn/own.js";
import { partOf, type SerializedPart } from "../nn/serialized.js";
import { describe, error } from "../tensor/errors.js";
import { AdamaxOptimizer, AdamOptimizer, AdamWOptimizer, NadamOptimizer, RAdamOptimizer } from "./adam.js";
import { AdadeltaOptimizer, AdagradOptimizer, FtrlOptimizer, LionOptimizer, RMSPropOptimizer } from "./adaptive.js";
import { Optimizer } from "./optimizer.js";
import { revived } from "./options.js";
import { MomentumOptimizer, SGDOptimizer } from "./sgd.js";

/** A function that calls the constructor, with its arguments. */
const maker =
  <A extends unknown[], T>(Class: new (...args: A) => T) =>
  (...args: A): T =>
    new Class(...args);

/**
 * Optimizers. Each takes TensorFlow.js's arguments, with its default values, or one object of options: those of the optimizer and those
 * that all have (`OptimizerOptions`), such as weightDecay, clipNorm and useEma. A learning rate may be a schedule.
 * @example
 * ```ts
 * import { schedules, train } from "engram";
 * train.adam(0.001, 0.9, 0.99);
 * const learningRate = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 });
 * const optimizer = train.adamW({ learningRate, weightDecay: 0.01, excludeFromWeightDecay: "bias", globalClipNorm: 1 });
 * assert.equal(optimizer.learningRate, 0.1);
 * ```
 */
export const train = {
  /** Gradient descent: learningRate; momentum, useNesterov, dampening. */
  sgd: /* @__PURE__ */ maker(SGDOptimizer),
  /** Gradient descent with momentum: learningRate, momentum, useNesterov; dampening. */
  momentum: /* @__PURE__ */ maker(MomentumOptimizer),
  /** RMSProp: learningRate, decay, momentum, epsilon, centered. */
  rmsprop: /* @__PURE__ */ maker(RMSPropOptimizer),
  /** Adam: learningRate, beta1, beta2, epsilon; amsgrad. */
  adam: /* @__PURE__ */ maker(AdamOptimizer),
  /** Adam with decoupled weight decay, 0.004 by default: learningRate, beta1, beta2, epsilon; amsgrad. */
  adamW: /* @__PURE__ */ maker(AdamWOptimizer),
  /** Adadelta: learningRate, rho, epsilon. */
  adadelta: /* @__PURE__ */ maker(AdadeltaOptimizer),
  /** Adagrad: learningRate, initialAccumulatorValue; epsilon. */
  adagrad: /* @__PURE__ */ maker(AdagradOptimizer),
  /** Adamax: learningRate, 0.002 by default, beta1, beta2, epsilon, decay. */
  adamax: /* @__PURE__ */ maker(AdamaxOptimizer),
  /** Adam with Nesterov's momentum: learningRate, beta1, beta2, epsilon; momentumDecay. */
  nadam: /* @__PURE__ */ maker(NadamOptimizer),
  /** Rectified Adam: learningRate, beta1, beta2, epsilon. */
  radam: /* @__PURE__ */ maker(RAdamOptimizer),
  /** Lion: learningRate; beta1, beta2. */
  lion: /* @__PURE__ */ maker(LionOptimizer),
  /** Follow the regularized leader: learningRate; see FtrlOptions. */
  ftrl: /* @__PURE__ */ maker(FtrlOptimizer),
};

/** What names an optimizer: itself, its name in any case with Keras 3's defaults, or its class name and configuration. */
export type OptimizerIdentifier = string | Optimizer | SerializedPart;

/**
 * The optimizer that an identifier names.
 * @throws when there is none, or its options are wrong
 */
export function getOptimizer(identifier: OptimizerIdentifier): Optimizer {
  if (identifier instanceof Optimizer) return identifier;
  const { className, config } = partOf(identifier) ?? { className: String(identifier), config: {} };
  const make = Object.entries(train).find(([name]) => name.toLowerCase() === className.toLowerCase())?.[1] as ((options: object) => Optimizer) | undefined;
  const Class = ownClasses.get(className) as (new (options: object) => Optimizer) | undefined;
  if (Class) return new Class(revived(config));
  if (make === undefined) throw error("compile", `optimizer must be one of ${Object.keys(train).join(", ")}, or an optimizer`, describe(className));
  return make(revived(config));
}
