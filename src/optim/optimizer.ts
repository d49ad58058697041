/** @file The optimizers' base: options, the coefficients of a step, the slots beside each variable, the course of an update. */
import { gradientsOf, variableGrads, variableOfGradient } from "../engine/grad.js";
import { when } from "../engine/loop.js";
import { engine } from "../engine/op.js";
import { step } from "../engine/step.js";
import { Variable } from "../engine/variable.js";
import { plain } from "../nn/serialized.js";
import { fill, tensor as tensorOf } from "../ops/creation.js";
import { add, div, mul, sub } from "../ops/elementwise.js";
import { clone, reshape } from "../ops/movement.js";
import { slice } from "../ops/slices.js";
import { accumulate, DELTA, FIRST, HEAVY, LARGEST, optimize, SECOND } from "../ops/update.js";
import { checkFunction, describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Block, placeTogether } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import type { AdagradOptions } from "./adaptive.js";
import { clipGradients } from "./clip.js";
import { COMMON, type Exclusion, type OptimizerOptions, readOptions, revived } from "./options.js";
import type { Schedule } from "./schedules.js";
import { type StepState, stepState } from "./stepState.js";

/** Gradients by variable name, or a list of them. */
export type NamedGradients = Record<string, Tensor | null> | readonly { name: string; tensor: Tensor | null }[];

/** A variable and what is kept beside it: the optimizer's slots, then its average, then the sum of gradients. */
interface Parameter {
  readonly variable: Variable;
  readonly slots: readonly Variable[];
  readonly decays: boolean;
}

/** Parts of an update that have a slot: the first mean, the second, and what else there is. */
const SLOTS = [FIRST, SECOND, LARGEST | HEAVY | DELTA];

/** Sets the first values of a variable from JavaScript, which a trace does not see. */
function write({ block, dtype }: Variable, values: ArrayLike<number>): void {
  (dtype === "int32" ? heap.i32 : heap.f32).set(values, block.ptr >> 2);
}

/**
 * Updates variables from gradients. Before each step JavaScript computes a row of coefficients, which the kernels read: so a
 * compiled step follows a changed learning rate, a schedule and its own count without tracing again.
 *
 * To make one of your own, write `update` in ops. It is traced with the step that it is part of.
 * @example
 * ```ts
 * import { Optimizer, scalar, variable } from "engram";
 * class Momentum extends Optimizer {
 *   getClassName() {
 *     return "MyMomentum";
 *   }
 *   override slotNames() {
 *     return ["velocity"];
 *   }
 *   override update(weight, gradient, [velocity]) {
 *     velocity.assign(velocity.mul(0.5).add(gradient));
 *     weight.assign(weight.sub(velocity.mul(this.coefficient(0)))); // 0 is the learning rate
 *   }
 * }
 * const w = variable(scalar(1));
 * const optimizer = new Momentum({ learningRate: 0.1 });
 * for (let i = 0; i < 50; i++) optimizer.minimize(() => w.square());
 * assert.ok(Math.abs(w.item()) < 1e-3);
 * ```
 */
export abstract class Optimizer<O extends OptimizerOptions = OptimizerOptions, P extends readonly unknown[] = [learningRate: number | Schedule]> {
  /** All options, those that were not given at their defaults. */
  protected readonly options: Required<O> & Required<OptimizerOptions>;
  /** Steps so far, int32. */
  private readonly count = new Variable([], "int32", 1, false, "iter");
  private readonly states: StepState[] = [];
  /** Of the step that is running or being traced. */
  private current: StepState | null = null;
  private readonly parameters = new Map<Variable, Parameter>();
  /** Values that setWeights gave, for slots of variables that were not seen yet too. */
  private values: readonly Float32Array[] = [];

  /**
   * Takes one object of options, or the optimizer's own options one after another as TensorFlow.js does, the learning rate first.
   * @throws when an option is unknown or not in its range
   */
  constructor(...args: [options?: O] | Partial<P>) {
    this.options = readOptions(this.getClassName(), args, { learningRate: 0.001, ...this.defaults() }) as typeof this.options;
    this.learningRate = this.options.learningRate;
    write(this.count, [0]);
  }

  /** An optimizer of a class from its configuration, TensorFlow.js's or Keras's. */
  static fromConfig<T>(Class: new (options: never) => T, config: Record<string, unknown>): T {
    return new Class(revived(config) as never);
  }

  /** Name that serialised models give it. */
  abstract getClassName(): string;

  /** The optimizer's own options at their defaults, in the order of TensorFlow.js's arguments; those after the learning rate. */
  protected defaults(): Partial<O> {
    return {};
  }

  /** Names of the tensors kept beside each variable; "v" begins with the option initialAccumulatorValue where there is one, others with 0. */
  protected slotNames(): readonly string[] {
    const parts = this.parts();
    return ["m", "v", "u"].filter((_, i) => parts & (SLOTS[i] as number));
  }

  /** What the update consists of, in bits of the kernel (src/ops/update.ts). */
  protected parts(): number {
    return 0;
  }

  /**
   * Up to 12 numbers that change from step to step, the learning rate first; the kernel's where there is no `update`.
   * @param update number of this update, from 1
   */
  protected coefficients(rate: number, _update: number): readonly number[] {
    return [rate, rate];
  }

  /**
   * Records or runs the update of one variable.
   * @param slots tensors kept beside the variable, in the order of slotNames
   * @param decay weight decay that is not in the gradient already: the variable is to lose the share learning rate * decay
   */
  protected update(variable: Variable, gradient: Tensor, slots: readonly Variable[], decay: number): void {
    const parts = this.parts();
    let used = 0;
    const [m, v, u] = SLOTS.map((bits) => (parts & bits ? (slots[used++] as Variable) : variable));
    optimize([(this.current as StepState)[0], gradient, m as Variable, v as Variable, u as Variable, variable], { parts, decay });
  }

  /** Coefficient `index` of the step that is running as a scalar, for updates written in ops; 0 is the learning rate. */
  protected coefficient(index: number): Tensor {
    return reshape(slice((this.current as StepState)[0], [index], [1]), []);
  }

  /** Constructor arguments as TensorFlow.js serialises them, and the common options that are not at their defaults. */
  getConfig(): Record<string, unknown> {
    const own: object = this.defaults();
    // Variables and functions cannot be saved.
    const isKept = ([key, value]: [string, unknown]): boolean =>
      key in own || (value !== COMMON[key as "useEma"] && [value].flat().every((part) => Object(part) !== part));
    const config = Object.fromEntries(Object.entries(this.options).filter(isKept));
    return { ...config, learningRate: plain(this.options.learningRate) };
  }

  /** Updates so far. */
  get iterations(): number {
    return Math.floor(this.steps / this.options.gradientAccumulationSteps);
  }

  private get steps(): number {
    return heap.i32[this.count.block.ptr >> 2] as number;
  }

  /** Step size; may change at any time. Of a schedule: that of the next step. Setting it ends a schedule. */
  get learningRate(): number {
    const rate = this.options.learningRate;
    return typeof rate === "number" ? rate : rate.at(this.steps);
  }

  set learningRate(value: number | Schedule) {
    if (!Number.isFinite(value) && typeof (value as Schedule)?.at !== "function")
      throw error(this.getClassName(), "learningRate must be a number or a schedule", describe(value));
    (this.options as OptimizerOptions).learningRate = value;
  }

  /** Sets the learning rate, as TensorFlow.js spells it. */
  setLearningRate(value: number): void {
    this.learningRate = value;
  }

  /** @internal The count of steps, which `prepare` changes. */
  get block(): Block {
    return this.count.block;
  }

  /** @internal Writes what each of so many steps reads, one after another, and counts them. */
  prepare(address: number, steps = 1): void {
    const { gradientAccumulationSteps: every, emaMomentum, emaOverwriteFrequency: period } = this.options;
    const [{ i32, f32 }, count, first] = [heap, this.block.ptr >> 2, address >> 2];
    for (let at = first; at < first + 16 * steps; at += 16) {
      const done = (i32[count] as number) + 1;
      const update = Math.floor((done - 1) / every) + 1;
      const row = this.coefficients(this.learningRate, update);
      for (let i = 0; i < row.length; i++) f32[at + i] = row[i] as number;
      f32[at + 12] = 0;
      f32[at + 13] = update === 1 ? 1 : 1 - emaMomentum;
      i32[at + 14] = Number(done % every === 0);
      i32[at + 15] = Number(period > 0 && update % period === 0);
      i32[count] = done;
    }
  }

  /** @internal */
  rewind = (steps: number): void => write(this.count, [this.steps - steps]);

  /** @internal */
  place = (step: number): Block => (this.states[step] as StepState)[4];

  /**
   * One step: computes f and its gradients and updates the variables.
   * @param f returns a scalar loss
   * @param returnCost whether to return the loss
   * @param variables those to update; by default all trainable ones that f uses
   * @throws when the loss is not a scalar or depends on no trainable variable; nothing is updated then
   * @example
   * ```ts
   * import { scalar, train, variable } from "engram";
   * const w = variable(scalar(5));
   * const optimizer = train.sgd(0.1);
   * for (let i = 0; i < 50; i++) optimizer.minimize(() => w.square());
   * assert.ok(Math.abs(w.item()) < 1e-4);
   * ```
   */
  minimize(f: () => Tensor, returnCost = false, variables?: Variable[]): Tensor | null {
    checkFunction("minimize", f);
    return step("minimize", () => {
      const { value, variables: used, gradients } = gradientsOf("minimize", () => this.scaleLoss(f()), variables);
      const pairs = used.flatMap((variable, i) => (gradients[i] ? [[variable, gradients[i]] as [Variable, Tensor]] : []));
      if (pairs.length === 0) throw error("minimize", "the loss must depend on a trainable variable", `none of [${used.map(({ name }) => name)}]`);
      this.applyPairs(pairs);
      return returnCost ? this.unscaled(value) : null;
    });
  }

  /** The loss times the option lossScaleFactor, for training loops of one's own; updates divide the gradients by it (Keras). */
  scaleLoss(loss: Tensor): Tensor {
    const { lossScaleFactor } = this.options;
    return lossScaleFactor === 1 ? loss : mul(loss, lossScaleFactor);
  }

  private unscaled(x: Tensor): Tensor {
    const { lossScaleFactor } = this.options;
    return lossScaleFactor === 1 ? x : div(x, lossScaleFactor);
  }

  /** The loss and its gradients by variable name, see variableGrads; of the scaled loss where there is a lossScaleFactor. */
  computeGradients(f: () => Tensor, variables?: Variable[]): { value: Tensor; grads: Record<string, Tensor> } {
    const { value, grads } = variableGrads(() => this.scaleLoss(f()), variables);
    return { value: this.unscaled(value), grads };
  }

  /**
   * One step with gradients as variableGrads and computeGradients give them; null leaves a variable as it is.
   * @throws when a name is none of a variable that was differentiated by, or a shape is not the variable's
   * @example
   * ```ts
   * import { scalar, train, variable } from "engram";
   * const w = variable(scalar(3), true, "weight");
   * const optimizer = train.sgd(0.5);
   * const { grads } = optimizer.computeGradients(() => w.square());
   * optimizer.applyGradients({ weight: grads.weight.mul(0.1) });
   * assert.ok(Math.abs(w.item() - 2.7) < 1e-6);
   * ```
   */
  applyGradients(gradients: NamedGradients): void {
    const list = Array.isArray(gradients) ? gradients : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    this.applyPairs(list.flatMap(({ name, tensor }) => (tensor ? [[variableOfGradient(name), tensor] as const] : [])));
  }

  /**
   * One step with gradients of the given variables.
   * @throws when a gradient has not its variable's shape; nothing is updated then
   */
  applyPairs(pairs: readonly (readonly [Variable, Tensor])[]): void {
    for (const [{ name, shape }, gradient] of pairs)
      if (!sameShape(shape, gradient.shape) || gradient.dtype !== "float32")
        throw error(this.getClassName(), `the gradient of '${name}' must be float32 of its shape [${shape}]`, `${gradient.dtype} of shape [${gradient.shape}]`);
    const parameters = this.parametersOf(pairs.map(([variable]) => variable));
    step(this.getClassName(), () => {
      const { tracer } = engine;
      const given = pairs.map(([, gradient]) => this.unscaled(gradient));
      const gradients = tracer === null ? given : tracer.cut("update", given);
      const index = tracer === null ? 0 : tracer.host(this);
      this.states[index] ??= stepState();
      this.current = this.states[index] as StepState;
      if (tracer === null) this.prepare(this.place(0).ptr);
      const { gradientAccumulationSteps: every } = this.options;
      if (every === 1) return this.updateAll(parameters, gradients);
      const sums = parameters.map(({ slots }) => slots.at(-1) as Variable);
      for (const [i, sum] of sums.entries()) accumulate([gradients[i] as Tensor, sum], { scale: 1 / every });
      when(this.current[2], () => {
        this.updateAll(parameters, sums);
        for (const sum of sums) sum.assign(fill(sum.shape, 0));
      });
    });
  }

  private updateAll(parameters: readonly Parameter[], gradients: readonly Tensor[]): void {
    const { weightDecay, convention, useEma, emaOverwriteFrequency } = this.options;
    const { decoupledWeightDecay = convention === "keras" } = this.options;
    const clipped = clipGradients(gradients, this.options);
    const [, average, , overwrites] = this.current as StepState;
    for (const [i, { variable, slots, decays }] of parameters.entries()) {
      const gradient = clipped[i] as Tensor;
      const decay = decays ? weightDecay : 0;
      if (decay === 0 || decoupledWeightDecay) this.update(variable, gradient, slots, decay);
      else this.update(variable, add(gradient, mul(variable, decay)), slots, 0);
      if (!useEma) continue;
      const mean = this.averageOf(slots);
      optimize([average, sub(mean, variable), mean, mean, mean, mean], { parts: 0, decay: 0 });
    }
    if (useEma && emaOverwriteFrequency > 0) when(overwrites, () => this.finalizeVariableValues(parameters));
    for (const { variable } of parameters) if (variable.constraint !== null) variable.assign(variable.constraint.apply(variable));
  }

  private averageOf(slots: readonly Variable[]): Variable {
    return slots[this.slotNames().length] as Variable;
  }

  /** Makes the weights their moving averages, as fit does at its end. Without useEma nothing happens. */
  finalizeVariableValues(parameters: Iterable<{ variable: Variable; slots: readonly Variable[] }> = this.parameters.values()): void {
    if (this.options.useEma) for (const { variable, slots } of parameters) variable.assign(this.averageOf(slots));
  }

  /** All slots of a variable, in the order of files. */
  private allSlotNames(): string[] {
    const { useEma, gradientAccumulationSteps } = this.options;
    return [...this.slotNames(), ...(useEma ? ["average"] : []), ...(gradientAccumulationSteps > 1 ? ["gradient_accumulator"] : [])];
  }

  /** @internal The slots of variables, variable by variable; made where the first step has not. */
  track(variables: readonly Variable[]): Variable[] {
    return this.parametersOf(variables).flatMap(({ slots }) => slots);
  }

  /** Makes what is not kept beside these variables yet. Then they lie together, as do their slots of each name, and plans update them as one. */
  private parametersOf(variables: readonly Variable[]): Parameter[] {
    const known = this.parameters.size;
    const parameters = variables.map((variable) => this.parameterOf(variable));
    if (this.parameters.size > known) {
      placeTogether(variables.map(({ block }) => block));
      this.allSlotNames().forEach((_, i) => placeTogether(parameters.map(({ slots }) => (slots[i] as Variable).block)));
    }
    return parameters;
  }

  private parameterOf(variable: Variable): Parameter {
    let parameter = this.parameters.get(variable);
    if (parameter === undefined) {
      const { excludeFromWeightDecay: exclusions, initialAccumulatorValue = 0 } = this.options as typeof this.options & AdagradOptions;
      const slots = this.allSlotNames().map((name) => {
        const slot = new Variable(variable.shape, "float32", variable.size, false, `${variable.name}/${name}`);
        // A weight is its own average before the first step.
        write(slot, name === "average" ? variable.dataSync() : new Float32Array(slot.size).fill(name === "v" ? initialAccumulatorValue : 0));
        return slot;
      });
      const isExcluded = (exclusion: Exclusion): boolean =>
        exclusion === variable || (typeof exclusion === "string" ? variable.name.includes(exclusion) : !(exclusion instanceof Variable) && exclusion(variable));
      const decays = ![exclusions as Exclusion | Exclusion[]].flat().some(isExcluded);
      parameter = { variable, slots, decays };
      this.restore(slots, this.parameters.size);
      this.parameters.set(variable, parameter);
    }
    return parameter;
  }

  /** Gives the slots of variable `index` their values, if setWeights gave any; those of all variables follow slot by slot. */
  private restore(slots: readonly Variable[], index: number): void {
    const stride = this.values.length / slots.length;
    if (index < stride) for (const [i, slot] of slots.entries()) write(slot, (this.values[i * stride + index] as Float32Array).subarray(0, slot.size));
  }

  /** @internal The variables that have slots, in the order of updates. */
  readonly tracked = (): Variable[] => [...this.parameters.keys()];

  /** @internal The slots of all variables, slot by slot. */
  get allSlots(): Variable[] {
    return this.allSlotNames().flatMap((_, i) => Array.from(this.parameters.values(), ({ slots }) => slots[i] as Variable));
  }

  /** Copies of all that a resumed run needs: the count of steps as "iter", then slot by slot those of all variables, in the order of updates. */
  async getWeights(): Promise<{ name: string; tensor: Tensor }[]> {
    const given = this.parameters.size > 0 ? [] : this.values.map((values, i) => ({ name: String(i), tensor: tensorOf(values) }));
    return [...[this.count, ...this.allSlots].map((tensor) => ({ name: tensor.name, tensor: clone(tensor) })), ...given];
  }

  /** Takes what getWeights gave, before the first step too: the same bits follow. @throws when number or sizes differ; nothing is changed then */
  async setWeights(weights: readonly { name: string; tensor: Tensor }[]): Promise<void> {
    const [count, ...values] = weights.map(({ tensor }) => tensor.dataSync().slice());
    const sizes = this.allSlots.map(({ size }) => size);
    if (count?.length !== 1 || (sizes.length > 0 && sizes.join() !== String(values.map(({ length }) => length))))
      throw error(this.getClassName(), `setWeights expected iter and tensors of ${sizes} numbers`, describe(weights.map(({ name }) => name)));
    this.values = values as Float32Array[];
    for (const [index, { slots }] of [...this.parameters.values()].entries()) this.restore(slots, index);
    write(this.count, count);
  }

  /** Frees the memory of all slots. Never needed. */
  dispose(): void {
    for (const { slots } of this.parameters.values()) for (const slot of slots) slot.dispose();
    this.parameters.clear();
  }
}
