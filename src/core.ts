/** @file The entry point `engram/core`: functions only, so that a bundler ships what is imported. */
// The text of the module goes first: in the midst of a bundle it would part what is alike, further than gzip looks back.
import "./wasm/embedded/core.strict.js";

export type { Compiled, CompileOptions } from "./engine/compile.js";
export { compile } from "./engine/compile.js";
export { type CustomGradient, customGrad, type GradSaveFunc, stopGradient } from "./engine/customGrad.js";
export { grad, grads, valueAndGrad, valueAndGrads, variableGrads } from "./engine/grad.js";
export { type InitOptions, init, memory, ready } from "./engine/init.js";
export { nextFrame, print, sumOutType, type TimingInfo, time, upcastType } from "./engine/observe.js";
export { defineOp } from "./engine/op.js";
export type { Plan } from "./engine/plan.js";
export { dispose, tidy } from "./engine/step.js";
export { Variable, variable } from "./engine/variable.js";
export { losses } from "./nn/losses/index.js";
export { Loss, type LossArgs, type LossFactory, type LossReduction } from "./nn/losses/loss.js";
export { Reduction } from "./nn/losses/weighted.js";
export { type MetricFactory, metrics } from "./nn/metrics/index.js";
export { Metric, type MetricValue } from "./nn/metrics/metric.js";
export * from "./ops/index.js";
export { AdamaxOptimizer, AdamOptimizer, AdamWOptimizer, NadamOptimizer, RAdamOptimizer } from "./optim/adam.js";
export { AdadeltaOptimizer, AdagradOptimizer, FtrlOptimizer, LionOptimizer, RMSPropOptimizer } from "./optim/adaptive.js";
export { clipByGlobalNorm } from "./optim/clip.js";
export { Optimizer } from "./optim/optimizer.js";
export type { OptimizerOptions } from "./optim/options.js";
export { type Schedule, schedules } from "./optim/schedules.js";
export { MomentumOptimizer, SGDOptimizer } from "./optim/sgd.js";
export { getOptimizer, train } from "./optim/train.js";
export type { DataType, DataTypeMap } from "./tensor/dtype.js";
export { EngramError } from "./tensor/errors.js";
export { keep, Tensor } from "./tensor/tensor.js";
