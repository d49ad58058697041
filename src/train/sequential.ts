/** @file Sequential: layers one after another, with compile, fit, evaluate and predict. */
import { compile as compilePlan } from "../engine/compile.js";
import { step } from "../engine/step.js";
import type { Variable } from "../engine/variable.js";
import { type IOHandler, type SaveResult, saveModel } from "../io/layersModel.js";
import { type BatchShape, Layer } from "../nn/layer.js";
import { deserializeLayer } from "../nn/layers.js";
import type { LossIdentifier } from "../nn/losses/index.js";
import type { MetricIdentifier } from "../nn/metrics/index.js";
import type { TensorLike } from "../ops/convert.js";
import { tensor } from "../ops/creation.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { OptimizerIdentifier } from "../optim/train.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { describe, error } from "../tensor/errors.js";
import { sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { allocate } from "../wasm/block.js";
import { Batches, rowsView } from "./batches.js";
import { type FitArgs, fit } from "./fit.js";
import type { History } from "./history.js";
import { summaryLines } from "./summary.js";
import { Trainer } from "./trainer.js";

export interface SequentialArgs {
  layers?: Layer[];
  name?: string;
}

export interface ModelCompileArgs {
  /** By name, with Keras 3's rates; an optimizer; or its serialised form. */
  optimizer: OptimizerIdentifier;
  /** By name, from `losses`, or a function of targets and predictions that gives one number a sample. */
  loss: LossIdentifier;
  /** By name, from `metrics`, or functions as for the loss. */
  metrics?: MetricIdentifier | readonly MetricIdentifier[];
}

export interface EvaluateArgs {
  /** Samples in one step; 32 by default. */
  batchSize?: number;
}

export interface PredictArgs {
  /** Samples in one step; the result does not depend on it. */
  batchSize?: number;
}

/** Samples that predict computes in one step unless told otherwise: enough to pack weights once for many rows. */
const PREDICT_BATCH = 512;

let models = 0;

/** Layers one after another. */
export class Sequential {
  readonly name: string;
  readonly layers: Layer[] = [];
  /** Whether the last fit is to end after this batch; callbacks set it. */
  stopTraining = false;
  private trainer: Trainer | null = null;
  private readonly forward = compilePlan((x: Tensor) => this.call(x, false));

  constructor(args: SequentialArgs = {}) {
    this.name = args.name ?? (models++ === 0 ? "sequential" : `sequential_${models - 1}`);
    for (const layer of args.layers ?? []) this.add(layer);
  }

  /**
   * Appends a layer; weights are made as soon as the input's shape is known.
   * @throws when it is not a layer
   */
  add(layer: Layer): void {
    if (!(layer instanceof Layer)) throw error(this.name, "add expected a layer", describe(layer), "make one with layers.dense({ ... }).");
    if (this.layers.some(({ name }) => name === layer.name)) throw error(this.name, "layer names must be unique", `a second '${layer.name}'`);
    const input = this.layers.length === 0 ? layer.batchInputShape : this.outputShape;
    this.layers.push(layer);
    if (input !== null) layer.ensureBuilt(input);
  }

  /** Shape of the input with the batch; null until it is known. */
  get inputShape(): BatchShape | null {
    return this.layers[0]?.batchInputShape ?? this.seenShape;
  }
  private seenShape: BatchShape | null = null;

  /** Shape of the output with the batch; null until the input's is known. */
  get outputShape(): BatchShape | null {
    const input = this.inputShape;
    return input && this.layers.reduce<BatchShape>((shape, layer) => layer.computeOutputShape(shape), input);
  }

  /** Weights in the order of the layers. */
  get weights(): Variable[] {
    return this.layers.flatMap(({ weights }) => weights);
  }

  get trainableWeights(): Variable[] {
    return this.layers.flatMap(({ trainableWeights }) => trainableWeights);
  }

  /** Number of elements in the weights of all layers. */
  countParams(): number {
    return this.layers.reduce((count, layer) => count + layer.countParams(), 0);
  }

  /**
   * A layer by name or position.
   * @throws when there is none
   */
  getLayer(nameOrIndex: string | number): Layer {
    const layer = typeof nameOrIndex === "number" ? this.layers.at(nameOrIndex) : this.layers.find(({ name }) => name === nameOrIndex);
    if (layer === undefined)
      throw error(this.name, `getLayer expected one of ${this.layers.map(({ name }) => `'${name}'`).join(", ")} or a position`, describe(nameOrIndex));
    return layer;
  }

  /** Copies of all weights. */
  getWeights(): Tensor[] {
    return this.layers.flatMap((layer) => layer.getWeights());
  }

  /**
   * Replaces all weights.
   * @throws when number or shapes differ; nothing is replaced then
   */
  setWeights(values: readonly Tensor[]): void {
    const { weights } = this;
    if (values.length !== weights.length || values.some((value, i) => value.shape.join() !== weights[i]?.shape.join())) {
      throw error(
        this.name,
        `setWeights expected shapes ${weights.map(({ shape }) => `[${shape}]`).join(" ")}`,
        values.map(({ shape }) => `[${shape}]`).join(" "),
      );
    }
    weights.forEach((weight, i) => {
      weight.assign(values[i] as Tensor);
    });
  }

  /**
   * Applies the layers; eager unless called inside a compiled function.
   * @param penalties takes those on outputs
   */
  call(x: Tensor, training: boolean, penalties?: Tensor[]): Tensor {
    return this.layers.reduce((value, layer) => {
      const y = layer.call(value, { training });
      if (layer.activityRegularizer !== null) penalties?.push(layer.activityRegularizer.apply(y));
      return y;
    }, x);
  }

  /** Applies the model to a batch as an op: differentiable, eager. */
  apply(x: TensorLike, options: { training?: boolean } = {}): Tensor {
    const input = this.checkInput("apply", tensor(x));
    return step("apply", () => this.call(input, options.training ?? false));
  }

  /**
   * Sets what fit minimises and reports.
   * @throws when a name is unknown
   */
  compile(args: ModelCompileArgs): void {
    this.trainer = new Trainer(this, args);
  }

  get optimizer(): Optimizer {
    return this.compiled("optimizer").optimizer;
  }

  /** @internal */
  compiled(caller: string): Trainer {
    if (this.trainer === null)
      throw error(this.name, `${caller} needs a compiled model`, "one that was not compiled", "call model.compile({ optimizer, loss }) first.");
    return this.trainer;
  }

  /**
   * Trains for a number of epochs.
   * @param x samples along the first axis
   * @param y targets along the first axis
   * @throws when the model is not compiled or shapes do not fit
   * @example
   * ```ts
   * import { layers, sequential, tensor } from "engram";
   * const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
   * model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
   * const { history } = await model.fit(tensor([[0], [1], [2]]), tensor([[1], [3], [5]]), { epochs: 20, verbose: 0 });
   * assert.ok(history.loss.at(-1) < history.loss[0]);
   * ```
   */
  fit(x: TensorLike, y: TensorLike, args: FitArgs = {}): Promise<History> {
    return fit(this, x, y, args);
  }

  /**
   * Loss and metrics over data, exact over all samples.
   * @returns the loss as a scalar, or the loss and each metric's result
   */
  evaluate(x: TensorLike, y: TensorLike, args: EvaluateArgs = {}): Tensor | Tensor[] {
    const trainer = this.compiled("evaluate");
    const input = this.checkInput("evaluate", tensor(x));
    const batches = new Batches([input, tensor(y)], args.batchSize ?? 32, false);
    try {
      trainer.evaluate(batches);
    } finally {
      batches.close();
    }
    const results = trainer.results();
    return results.length === 1 ? (results[0] as Tensor) : results;
  }

  /**
   * Outputs for samples along the first axis.
   * @throws when the shape does not fit
   */
  predict(x: TensorLike, args: PredictArgs = {}): Tensor {
    const input = this.checkInput("predict", tensor(x));
    const rows = input.shape[0] as number;
    const batchSize = args.batchSize ?? PREDICT_BATCH;
    if (rows <= batchSize) return this.forward(input);
    const shape = [rows, ...((this.outputShape as BatchShape).slice(1) as number[])];
    const size = sizeOf(shape);
    const batches = new Batches([input], batchSize, false);
    const result = new Tensor(shape, "float32", size, allocate(size * bytesPerElement("float32")), "predict");
    try {
      for (let i = 0; i < batches.count; i++) {
        const part = batches.batch(i) as [Tensor];
        const output = rowsView(result, batches.rowsOf(i), i * batchSize);
        this.forward.plan(...part).run(part, [output]);
      }
    } finally {
      batches.close();
    }
    return result;
  }

  /** @internal The input, checked against the first layer's shape; builds the layers when it is the first input they see. */
  checkInput(caller: string, x: Tensor): Tensor {
    if (this.layers.length === 0) throw error(this.name, `${caller} needs layers`, "none", "add some: model.add(layers.dense({ ... })).");
    if (this.inputShape === null) this.buildFor([null, ...x.shape.slice(1)]);
    const expected = this.inputShape as BatchShape;
    if (x.rank !== expected.length || expected.some((size, i) => i > 0 && size !== null && size !== x.shape[i])) {
      throw error(this.name, `${caller} expected x of shape [${expected.map((size) => size ?? "batch")}]`, `shape [${x.shape}]`);
    }
    return x;
  }

  private buildFor(shape: BatchShape): void {
    this.seenShape = shape;
    let current = shape;
    for (const layer of this.layers) {
      layer.ensureBuilt(current);
      current = layer.computeOutputShape(current);
    }
  }

  /** Writes the layers, their output shapes and parameter counts. */
  summary(lineLength?: number, _positions?: number[], printFn: (line: string) => void = console.log): void {
    for (const line of summaryLines(this, lineLength)) printFn(line);
  }

  /** The model in Keras's serialised form. */
  getConfig(): { name: string; layers: { class_name: string; config: Record<string, unknown> }[] } {
    const layers = this.layers.map((layer) => ({ class_name: layer.getClassName(), config: layer.getConfig() }));
    const first = layers[0];
    // A model whose first input told its shape is saved with it, so that loading can make the weights.
    if (first && this.seenShape && !("batch_input_shape" in first.config)) first.config.batch_input_shape = this.seenShape;
    return { name: this.name, layers };
  }

  /** A model from its serialised form, with new weights. */
  static fromConfig(config: { name?: string; layers: { class_name: string; config: Record<string, unknown> }[] }): Sequential {
    return new Sequential({ layers: config.layers.map(deserializeLayer), ...(config.name ? { name: config.name } : {}) });
  }

  /**
   * Saves topology and weights in TensorFlow.js's layers-model format.
   * @param target "file://folder", or a handler
   */
  save(target: string | IOHandler): Promise<SaveResult> {
    return saveModel(this, target);
  }

  /** Gives the memory of the plans back. Never needed. */
  dispose(): void {
    this.forward.dispose();
    this.trainer?.dispose();
  }
}

/**
 * A model of layers one after another.
 * @example
 * ```ts
 * import { layers, sequential } from "engram";
 * const model = sequential();
 * model.add(layers.dense({ units: 4, activation: "relu", inputShape: [3] }));
 * model.add(layers.dense({ units: 1 }));
 * assert.deepEqual(model.predict([[1, 2, 3]]).shape, [1, 1]);
 * ```
 */
export const sequential = (args?: SequentialArgs): Sequential => new Sequential(args);
