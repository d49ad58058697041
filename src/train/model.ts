/** @file Model: what every model can do, however it is put together: compile, fit, evaluate, predict, save, summary. */
import type { Dataset } from "../data/dataset.js";
import { compile as compilePlan } from "../engine/compile.js";
import { step } from "../engine/step.js";
import { type Place, type SaveOptions, type SaveResult, saveModel, topologyOf } from "../io/layersModel.js";
import { type BatchShape, type CallOptions, Layer, listOf, type Mask, type OneOrMore, oneOrAll } from "../nn/layer.js";
import type { SymbolicTensor } from "../nn/symbolic.js";
import { castTo } from "../ops/castTo.js";
import type { TensorLike } from "../ops/convert.js";
import { tensor } from "../ops/creation.js";
import { slice } from "../ops/slices.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkCount, checkOptions, describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Arrays, arraysOf, asColumns, checkRows, checkShapes } from "./arrays.js";
import { type EvaluateArgs, evaluateArrays } from "./evaluate.js";
import { type FitArgs, type FitDatasetArgs, fit, fitDataset } from "./fit.js";
import type { ModelCompileArgs } from "./heads.js";
import { PREDICT_BATCH, type PredictArgs, predictBatches, predictEagerly } from "./predict.js";
import { type BatchData, batchOf } from "./source.js";
import { summaryLines } from "./summary.js";
import { Trainer } from "./trainer.js";
import { Gate, type Training } from "./training.js";
import { sampleWeights } from "./weights.js";

/** A batch, as a trainStep of one's own gets it. */
export interface StepData {
  readonly xs: readonly Tensor[];
  readonly ys: readonly Tensor[];
  readonly sampleWeight: readonly Tensor[];
}

/** What such a step tells, to be averaged over the epoch and reported. */
export type StepValues = Record<string, Tensor | number>;

/**
 * The base of all models. Extend it for a model of your own: keep layers in fields and compute in `call`; and, if fit is to
 * do something else than minimise the loss, give it a `trainStep`.
 * @example
 * ```ts
 * import { layers, Model, tensor } from "engram";
 * class Residual extends Model {
 *   hidden = layers.dense({ units: 2, activation: "relu" });
 *   call(x, options) {
 *     return x.add(this.hidden.apply(x, options));
 *   }
 * }
 * assert.deepEqual(new Residual().predict(tensor([[1, 2]])).shape, [1, 2]);
 * ```
 */
export abstract class Model extends Layer {
  /** Whether the last fit is to end after this batch; callbacks set it. */
  stopTraining = false;
  /** @internal Null before compile. */
  trained: Trainer | null = null;
  private userDefinedMetadata: object | undefined;
  /** @internal The inputs that a model of its own class was called on first: its weights are of their shapes. */
  calledOn: Pick<Tensor, "shape" | "dtype">[] | null = null;
  private readonly forward = compilePlan((...inputs: Tensor[]) => this.results(inputs));

  /** A training step of the model's own, in place of minimising the loss; it updates the weights and tells values for the logs. */
  trainStep?(data: StepData): StepValues;

  /** What evaluation does with a batch, in place of telling loss and metrics. */
  testStep?(data: StepData): StepValues;

  /** The layers, in the order of their weights. */
  get layers(): readonly Layer[] {
    return this.sublayers;
  }

  /** Names of the inputs; null where a model of its own class does not tell. */
  get inputNames(): readonly string[] | null {
    return null;
  }

  /** Names of the outputs; null as above. */
  get outputNames(): readonly string[] | null {
    return null;
  }

  /** Shapes of the inputs with the batch; null where they are not known. */
  get inputShapes(): readonly BatchShape[] | null {
    return null;
  }

  /** @internal Outputs with their masks, for inputs as a list. */
  callOn(inputs: readonly Tensor[], options: CallOptions): [Tensor, Mask][] {
    return listOf(this.invoke(oneOrAll(inputs), options)).map((output) => [output, null]);
  }

  private results(inputs: readonly Tensor[]): OneOrMore<Tensor> {
    return oneOrAll(this.callOn(inputs, { training: false }).map(([output]) => output));
  }

  /**
   * A layer by name or position; by `index` where both are given.
   * @throws when there is none
   */
  getLayer(name?: string | number | null, index?: number): Layer {
    const { layers } = this;
    const nameOrIndex = index ?? name;
    const layer = typeof nameOrIndex === "number" ? layers.at(nameOrIndex) : layers.find(({ name }) => name === nameOrIndex);
    if (layer === undefined)
      throw error(this.name, `getLayer expected one of ${layers.map(({ name }) => name).join(", ")} or a position`, describe(nameOrIndex));
    return layer;
  }

  /**
   * Sets what fit minimises and reports.
   * @throws when a name is unknown
   */
  compile(args: ModelCompileArgs): void {
    const trainer = new Trainer(this, args);
    this.trained?.dispose();
    this.trained = trainer;
  }

  get optimizer(): Optimizer {
    return this.compiled("optimizer").optimizer;
  }

  /** Names of what fit and evaluate report, the loss first. */
  get metricsNames(): string[] {
    return this.compiled("metricsNames").names;
  }

  /** @internal */
  compiled(caller: string): Trainer {
    if (this.trained === null) throw error(this.name, `${caller} needs a compiled model`, "one that is not", "call model.compile({ optimizer, loss }) first.");
    return this.trained;
  }

  /** @internal The inputs as tensors, checked; builds a model that waits for its first input. */
  inputsOf(caller: string, x: Arrays): Tensor[] {
    const inputs = asColumns(arraysOf(caller, "x", x, this.inputNames), this.inputShapes);
    const shapes = inputs.map(({ shape }) => [null, ...shape.slice(1)]);
    this.ensureBuilt(oneOrAll<BatchShape>(shapes));
    if (this.inputNames === null && this.calledOn === null) {
      // A model of its own class makes its layers' weights when it is called: not in a trace, which would make them anew in each step.
      step(
        this.name,
        () =>
          void this.callOn(
            inputs.map((x) => slice(x, 0, Math.min(32, x.shape[0] as number))),
            { training: false },
          ),
      );
      this.calledOn = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    }
    if (this.inputShapes === null) return inputs;
    checkShapes(caller, this.name, inputs, this.inputShapes, this.inputNames as readonly string[]);
    // float32, the default, takes any: ops widen whole numbers as they read them.
    const cast = ({ dtype }: SymbolicTensor, i: number): Tensor => (dtype === "float32" ? inputs[i] : castTo(inputs[i] as Tensor, dtype)) as Tensor;
    return (this as unknown as { inputs: readonly SymbolicTensor[] }).inputs.map(cast);
  }

  /** @internal Inputs, targets and weights as tensors, checked. */
  samplesOf(caller: string, x: Arrays, y: Arrays, sampleWeight?: Arrays): Pick<BatchData, "inputs" | "targets" | "weights"> {
    const { outputNames } = this;
    const inputs = this.inputsOf(caller, x);
    const shapes = outputNames && listOf(this.output).map(({ shape }) => shape);
    const targets = asColumns(arraysOf(caller, "y", y, outputNames), shapes);
    checkRows(caller, inputs, targets);
    return { inputs, targets, weights: sampleWeights(caller, targets, sampleWeight, outputNames) };
  }

  /**
   * Trains for a number of epochs.
   * @param x samples along the first axis; a list, or an object by input names, when the model takes several
   * @param y targets along the first axis; likewise by outputs
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
  fit(x: Arrays, y: Arrays, args: FitArgs = {}): Training {
    const gate = new Gate();
    return gate.training(fit(this, x, y, args, gate));
  }

  /**
   * Trains on a dataset of batches { xs, ys }.
   * @throws when the model is not compiled, an element has another form, or the dataset ends early
   * @example
   * ```ts
   * import { data, layers, sequential } from "engram";
   * const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
   * model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
   * const xs = data.array([[0], [1], [2], [3]]);
   * const ys = data.array([[1], [3], [5], [7]]);
   * const { epoch } = await model.fitDataset(data.zip({ xs, ys }).batch(2), { epochs: 3, verbose: 0 });
   * assert.deepEqual(epoch, [0, 1, 2]);
   * ```
   */
  fitDataset(dataset: Dataset, args: FitDatasetArgs = {}): Training {
    const gate = new Gate();
    return gate.training(fitDataset(this, dataset, args, gate));
  }

  /**
   * Loss and metrics over data, exact over all samples.
   * @returns the loss as a scalar, or the loss and each metric
   */
  evaluate(x: Arrays, y: Arrays, args: EvaluateArgs = {}): Tensor | Tensor[] {
    return evaluateArrays(this, x, y, args);
  }

  /** As evaluate, over a dataset of batches. */
  async evaluateDataset(dataset: Dataset, args: { batches?: number } = {}): Promise<Tensor | Tensor[]> {
    return (await import("./evaluateDataset.js")).evaluateDataset(this, dataset, args.batches);
  }

  /**
   * Outputs for samples along the first axis; of a model with several a list, `predict<Tensor[]>(x)`.
   * @throws when the shape does not fit, or batchSize is no whole number above 0
   */
  predict<R extends OneOrMore<Tensor> = Tensor>(x: Arrays, args: PredictArgs = {}): R {
    checkOptions("predict", args, "batchSize verbose");
    const inputs = this.inputsOf("predict", x);
    checkRows("predict", inputs);
    const batchSize = checkCount("predict", "batchSize", args.batchSize ?? PREDICT_BATCH);
    const results = this.isTraceable ? predictBatches(this.forward, inputs, batchSize) : predictEagerly((...batch) => this.results(batch), inputs, batchSize);
    return results as R;
  }

  /** Outputs for one batch. */
  predictOnBatch<R extends OneOrMore<Tensor> = Tensor>(x: Arrays): R {
    // More samples than memory holds.
    return this.predict<R>(x, { batchSize: 2 ** 32 });
  }

  /** One training step on one batch; gives the batch's loss and metrics, before the update. */
  async trainOnBatch(x: Arrays, y: Arrays, sampleWeight?: Arrays): Promise<number | number[]> {
    return oneOrAll(this.onBatch("trainOnBatch", x, y, sampleWeight));
  }

  /** Loss and metrics of one batch. */
  testOnBatch(x: Arrays, y: Arrays, sampleWeight?: Arrays): Tensor | Tensor[] {
    return oneOrAll(this.onBatch("testOnBatch", x, y, sampleWeight).map((value) => tensor(value)));
  }

  private onBatch(caller: "trainOnBatch" | "testOnBatch", x: Arrays, y: Arrays, sampleWeight?: Arrays): number[] {
    const trainer = this.compiled(caller);
    const { inputs, targets, weights } = this.samplesOf(caller, x, y, sampleWeight);
    const batch = batchOf(inputs, targets, weights, inputs[0]?.shape[0] ?? 0);
    return trainer.apart(() => {
      trainer.step(caller === "trainOnBatch", batch);
      return Object.values(trainer.logs());
    });
  }

  /**
   * Replaces all weights: a list in their order, or tensors by their names as `loadWeights` of TensorFlow.js takes them.
   * @throws when a name or shape does not fit; nothing is replaced then
   */
  loadWeights(weights: Readonly<Record<string, TensorLike>>): void {
    const named = this.weights.map(({ name }) => name);
    const missing = named.find((name) => !(name in Object(weights)));
    if (missing !== undefined) throw error(this.name, `loadWeights expected tensors for ${named.join(", ")}`, `none for '${missing}'`);
    this.setWeights(named.map((name) => weights[name] as TensorLike));
  }

  /** Keeps an object of one's own, such as the names of classes, in the files that `save` writes. */
  setUserDefinedMetadata(metadata: object): void {
    this.userDefinedMetadata = metadata;
  }

  /** What setUserDefinedMetadata was given, or a loaded file had. */
  getUserDefinedMetadata(): object | undefined {
    return this.userDefinedMetadata;
  }

  /** Writes the layers, their output shapes and parameter counts. */
  summary(lineLength?: number, positions?: readonly number[], printFn: (line: string) => void = console.log): void {
    for (const line of summaryLines(this, lineLength, positions)) printFn(line);
  }

  /**
   * Saves topology and weights in TensorFlow.js's layers-model format.
   * @param target "file://folder", "indexeddb://name", "localstorage://name", "opfs://name", "downloads://name", the address of a server, or a handler
   * @throws when it cannot be written; what was there before is then still there
   */
  save(target: Place, options: SaveOptions = {}): Promise<SaveResult> {
    return saveModel(this, target, options);
  }

  /**
   * The model without its weights, in Keras's serialised form; see models.modelFromJSON.
   * @param returnString whether as text
   */
  toJSON(_unused?: unknown, returnString?: true): string;
  toJSON(_unused: unknown, returnString: boolean): string | Record<string, unknown>;
  toJSON(_unused?: unknown, returnString = true): string | Record<string, unknown> {
    const topology = topologyOf(this);
    return returnString ? JSON.stringify(topology) : topology;
  }

  /** Gives plans back; what is computed next is planned anew. */
  protected forgetPlans(): void {
    this.forward.dispose();
    this.trained?.dispose();
  }

  /** Gives the memory of plans, weights and the optimizer back. Never needed. */
  override dispose(): void {
    this.forgetPlans();
    super.dispose();
  }
}
