/** @file The entry point `engram/core`: functions only, so that a bundler ships what is imported. */
// The text of the module goes first: in the midst of a bundle it would part what is alike, further than gzip looks back.
import "./wasm/embedded/core.strict.js";

export type { Compiled, CompileOptions } from "./engine/compile.js";
export { compile } from "./engine/compile.js";
export { type CustomGradient, customGrad, type GradSaveFunc, stopGradient } from "./engine/customGrad.js";
export { grad, grads, valueAndGrad, valueAndGrads, variableGrads } from "./engine/grad.js";
export type { InitOptions } from "./engine/init.js";
export { nextFrame, print, sumOutType, type TimingInfo, time, upcastType } from "./engine/observe.js";
export { type Apply, type Attributes, defineOp, type OpDefinition } from "./engine/op.js";
export type { Plan } from "./engine/plan.js";
export { init, memory, ready } from "./engine/setUp.js";
export { dispose, type TensorContainer, tidy } from "./engine/step.js";
export { Variable, variable } from "./engine/variable.js";
export type { BinaryFocalOptions, BinaryOptions, CrossentropyOptions, FocalOptions, SparseOptions } from "./nn/losses/crossentropy.js";
export { type LossIdentifier, losses } from "./nn/losses/index.js";
export { Loss, type LossArgs, type LossFactory, type LossReduction } from "./nn/losses/loss.js";
export type { SampleFunction } from "./nn/losses/samples.js";
export type { TripletArgs } from "./nn/losses/triplet.js";
export { Reduction } from "./nn/losses/weighted.js";
export type { Curve } from "./nn/metrics/auc.js";
export type { AreaOptions, ColumnOptions, ConstraintOptions, FOptions, ThresholdOptions } from "./nn/metrics/confusion.js";
export { type MetricFactory, type MetricIdentifier, metrics } from "./nn/metrics/index.js";
export type { MatrixOptions } from "./nn/metrics/matrix.js";
export { Metric, type MetricValue } from "./nn/metrics/metric.js";
export type { R2Options } from "./nn/metrics/r2.js";
export type { SerializedPart } from "./nn/serialized.js";
export type { Differentiable } from "./ops/derivatives.js";
export type { FusedMatMul } from "./ops/fused.js";
export * from "./ops/index.js";
export type { Axis } from "./ops/reduceAxes.js";
export * as util from "./ops/util.js";
export {
  AdamaxOptimizer,
  type AdamaxOptions,
  AdamOptimizer,
  type AdamOptions,
  AdamWOptimizer,
  NadamOptimizer,
  type NadamOptions,
  RAdamOptimizer,
} from "./optim/adam.js";
export {
  AdadeltaOptimizer,
  type AdadeltaOptions,
  AdagradOptimizer,
  type AdagradOptions,
  FtrlOptimizer,
  type FtrlOptions,
  LionOptimizer,
  type LionOptions,
  RMSPropOptimizer,
  type RMSPropOptions,
} from "./optim/adaptive.js";
export { clipByGlobalNorm } from "./optim/clip.js";
export { type NamedGradients, Optimizer } from "./optim/optimizer.js";
export type { Convention, Exclusion, OptimizerOptions } from "./optim/options.js";
export {
  type CosineOptions,
  type OneCycleOptions,
  type PiecewiseOptions,
  type PolynomialOptions,
  type RestartsOptions,
  type Schedule,
  schedules,
} from "./optim/schedules.js";
export { MomentumOptimizer, SGDOptimizer, type SGDOptions } from "./optim/sgd.js";
export { getOptimizer, type OptimizerIdentifier, train } from "./optim/train.js";
export type { Canvas, Drawable } from "./platform.js";
export type { DataType, DataTypeMap, NumericDtype, TypedArray } from "./tensor/dtype.js";
export { EngramError } from "./tensor/errors.js";
export type { Shape } from "./tensor/shape.js";
export {
  keep,
  type NamedTensorMap,
  type Rank,
  type Scalar,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  type Tensor5D,
  type Tensor6D,
} from "./tensor/tensor.js";
export type { Nested } from "./tensor/values.js";
export type { WasmSource } from "./wasm/kernels.js";
