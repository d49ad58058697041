/** @file The optimizers' base: gradients, slots, the state block that plans read. */
import { gradientsOf } from "../engine/grad.js";
import { engine } from "../engine/op.js";
import { step } from "../engine/step.js";
import { Variable } from "../engine/variable.js";
import { fill } from "../ops/creation.js";
import { error } from "../tensor/errors.js";
import { sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { heap } from "../wasm/heap.js";

/** Gradients by variable name, or in the order of variables. */
export type NamedGradients = Record<string, Tensor> | readonly { name: string; tensor: Tensor }[];

/**
 * Updates variables from gradients. Hyperparameters and step counters live in a small block of WebAssembly memory that the
 * kernels read, so a compiled step follows a changed learning rate without tracing again.
 */
export abstract class Optimizer {
  /** The kernels' state block; the learning rate is its first float32. */
  protected readonly state: Variable;
  private readonly slots = new Map<Variable, Variable[]>();
  private rate: number;

  /** @param stateWords float32 words of the state block */
  constructor(learningRate: number, stateWords: number) {
    if (!Number.isFinite(learningRate)) throw error(this.getClassName(), "learningRate must be a finite number", `learningRate=${learningRate}`);
    this.state = new Variable([stateWords], "float32", stateWords, false, `${this.getClassName()}/state`);
    this.state.assign(fill([stateWords], 0));
    this.rate = learningRate;
    this.writeFloat(0, learningRate);
  }

  /** Name that serialised models give it. */
  abstract getClassName(): string;
  /** Constructor arguments as TensorFlow.js serialises them. */
  abstract getConfig(): Record<string, number | boolean | string>;
  /** Names of the slots kept beside each variable, such as "m" and "v". */
  protected abstract slotNames(): readonly string[];
  /** Records or runs the update of one variable. */
  protected abstract update(variable: Variable, gradient: Tensor, slots: readonly Variable[]): void;
  /** Once a step, before the updates. */
  protected tick(): void {}

  /** Step size; may change at any time. */
  get learningRate(): number {
    return this.rate;
  }

  set learningRate(value: number) {
    this.rate = value;
    this.writeFloat(0, value);
  }

  /** Sets the learning rate, as TensorFlow.js spells it. */
  setLearningRate(value: number): void {
    this.learningRate = value;
  }

  /** Writes one word of the state block that the kernels read. */
  protected writeFloat(word: number, value: number): void {
    heap.f32[(this.state.block.ptr >> 2) + word] = value;
  }

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
    return step("minimize", () => {
      const { value, variables: used, gradients } = gradientsOf("minimize", f, variables);
      if (gradients.every((gradient) => gradient === null))
        throw error("minimize", "the loss must depend on a trainable variable", `none of [${used.map(({ name }) => name)}]`);
      this.applyPairs(used.flatMap((variable, i) => (gradients[i] ? [[variable, gradients[i]] as [Variable, Tensor]] : [])));
      return returnCost ? value : null;
    });
  }

  /** Updates the given variables from their gradients. */
  applyPairs(pairs: readonly (readonly [Variable, Tensor])[]): void {
    for (const [variable, gradient] of pairs) {
      if (!sameShape(variable.shape, gradient.shape))
        throw error(this.getClassName(), `the gradient of '${variable.name}' must have its shape [${variable.shape}]`, `shape [${gradient.shape}]`);
    }
    const slots = pairs.map(([variable]) => this.slotsOf(variable));
    const gradients = pairs.map(([, gradient]) => gradient);
    const placed = engine.tracer === null ? gradients : engine.tracer.cut("update", gradients);
    this.tick();
    pairs.forEach(([variable], i) => this.update(variable, placed[i] as Tensor, slots[i] as Variable[]));
  }

  /** The slots of a variable, zeros at first. */
  protected slotsOf(variable: Variable): Variable[] {
    let slots = this.slots.get(variable);
    if (slots === undefined) {
      slots = this.slotNames().map((name) => {
        const slot = new Variable(variable.shape, "float32", sizeOf(variable.shape), false, `${variable.name}/${name}`);
        heap.f32.fill(0, slot.block.ptr >> 2, (slot.block.ptr >> 2) + slot.size);
        return slot;
      });
      this.slots.set(variable, slots);
    }
    return slots;
  }

  /** State block and slots, by name: all that a resumed run needs. */
  stateTree(): Record<string, Variable> {
    const tree: Record<string, Variable> = { state: this.state };
    for (const list of this.slots.values()) for (const slot of list) tree[slot.name] = slot;
    return tree;
  }
}
