/** @file defineOp: what an op is, how it is applied eagerly or recorded, and the tape of gradients. */
import { bytesPerElement, type DataType } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { bringInputs, Tensor } from "../tensor/tensor.js";
import { allocate, allocateScratch, type Block, resetScratch } from "../wasm/block.js";
import { type CoreKernels, core } from "../wasm/core.js";
import type { Family, KernelSink, Ref } from "../wasm/kernels.js";

/** Options of one application of an op; left out where it has none. */
// biome-ignore lint/suspicious/noConfusingVoidType: an argument that may be left out
export type Attributes = object | void;

/** Applies a defined op to its inputs. */
export type Apply<A = Attributes> = (inputs: readonly Tensor[], attributes: A) => Tensor;

export interface OpDefinition<A, K = CoreKernels> {
  /** Shape of the result; validates what was not validated before. By default the first input's. */
  shape?(inputs: readonly Tensor[], attributes: A): readonly number[];
  /** Type of the result; by default the first input's. */
  dtype?: DataType | ((inputs: readonly Tensor[], attributes: A) => DataType);
  /** Calls kernels on handles, never on addresses: they run at once, or are recorded. */
  run(k: K, inputs: readonly Tensor[], y: Tensor, attributes: A): void;
  /**
   * Gradients of the inputs, written in ops so that they trace and can be differentiated again; null where there is none.
   * `needs[i]` is false where input i's gradient will not be used. The field itself is null for an op without gradient.
   */
  grad: ((dy: Tensor, inputs: readonly Tensor[], y: Tensor, attributes: A, needs: readonly boolean[]) => readonly (Tensor | null)[]) | null;
  /**
   * Gradients of the one input through several applications of the op to it, given together: fewer than they are, which are added.
   * Without it each comes from `grad`.
   */
  join?: ((dys: readonly Tensor[], x: Tensor, list: readonly A[]) => readonly Tensor[]) | undefined;
  /** The result may take the first input's memory: a plan does it when the input is used no more. */
  inplace?: boolean;
  /** The kernels' family; core by default. */
  family?: Family<K>;
}

/** A defined op, as the tape and the tests see it. */
export interface Op {
  readonly name: string;
  readonly grad: OpDefinition<never, never>["grad"];
  readonly join?: OpDefinition<never, never>["join"];
  readonly inplace: boolean;
}

/** One application of an op on the tape. */
export interface GradNode {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly y: Tensor;
  readonly attributes: unknown;
  /** Grows with every application, so that order is known without a list. */
  readonly order: number;
}

/** A handle whose address grows by `stride` bytes with each turn of a loop. */
export interface Moving {
  ref: Ref;
  stride: number;
}

/** JavaScript that writes what kernels read in a step, such as the learning rate; its memory is what it changes besides. */
export interface Host extends Ref {
  /** Where kernels read the words of a run's step. */
  place(step: number): Block;
  /** Writes those of the next steps to an address, one after another, and counts them. */
  prepare(address: number, steps?: number): void;
  /** Steps that were prepared are not made. */
  rewind(steps: number): void;
}

/** The recorder of a plan while `compile` traces. */
export interface Tracer extends KernelSink {
  /** A block that has no address yet. */
  allocate(bytes: number, origin: string): Block;
  /** Scratch that lives for the op being recorded. */
  scratch(bytes: number): Block;
  /** Between `begin` and `end` kernel calls belong to this op; `y` is null for an effect. */
  /** The next random ordinal of the plan. */
  draw(): number;
  /** Puts a named cut here and places the tensors in one contiguous range; returns them, copied where they could not be moved. */
  cut(name: string, tensors: readonly Tensor[]): Tensor[];
  /** Runs `body` `count` times in the plan; see loop.ts. */
  loop(count: number, moving: readonly Moving[], body: (views: readonly Ref[]) => void): void;
  /** Runs `body` in the plan where the int32 at `flag` is not 0; see loop.ts. */
  when(flag: Ref, body: () => void): void;
  /** Begins a step of `host`: it prepares each run. Returns how many steps of it the plan had before. */
  host(host: Host): number;
  begin(op: { name: string; inplace: boolean }, inputs: readonly Tensor[], y: Tensor | null): void;
  end(): void;
}

/** The engine's one piece of state. */
export const engine: { tracer: Tracer | null; recording: number; order: number } = { tracer: null, recording: 0, order: 0 };

const sink = (): KernelSink => engine.tracer as Tracer;

/** Every op that has been defined in the modules loaded so far, for the tests. */
export const definedOps = /* @__PURE__ */ new Map<string, OpDefinition<never, never>>();

/** Scratch memory for the kernels of the op that is running; its content is undefined. */
export function scratch(bytes: number): Ref {
  return engine.tracer === null ? allocateScratch(bytes) : engine.tracer.scratch(bytes);
}

/** Scratch seen as float32 of a shape. */
export function scratchOf(shape: readonly number[]): Tensor {
  const size = sizeOf(shape);
  return new Tensor([...shape], "float32", size, scratch(size * 4).block, "scratch");
}

/**
 * Defines a primitive op and returns the function that applies it.
 * @example
 * ```ts
 * import { defineOp, tensor } from "engram/core";
 * const twice = defineOp("twice", {
 *   run: (k, [x], y) => k.add(x.size, x, x, y, 1, 1),
 *   grad: (dy) => [twice([dy])],
 * });
 * assert.deepEqual(twice([tensor([1, 2])]).arraySync(), [2, 4]);
 * ```
 */
export function defineOp<A = Attributes, K = CoreKernels>(name: string, definition: OpDefinition<A, K>): Apply<A> {
  const { shape = ([x]) => (x as Tensor).shape, run, dtype } = definition;
  const family = (definition.family ?? core) as Family<K>;
  const op: Op = { name, grad: definition.grad as Op["grad"], join: definition.join as Op["join"], inplace: definition.inplace ?? false };
  definedOps.set(name, definition as unknown as OpDefinition<never, never>);
  return (inputs, attributes) => {
    const outShape = shape(inputs, attributes) as number[];
    const type = dtype === undefined ? (inputs[0] as Tensor).dtype : typeof dtype === "string" ? dtype : dtype(inputs, attributes);
    const size = sizeOf(outShape);
    const bytes = size * bytesPerElement(type);
    const { tracer } = engine;
    let y: Tensor;
    if (tracer === null) {
      const block = allocate(bytes);
      y = new Tensor(outShape, type, size, block, name);
      for (let i = 0; i < inputs.length; i++) {
        const input = (inputs[i] as Tensor).block;
        if (input.ptr === 0 || input.scope.ended) {
          bringInputs(name, inputs, block);
          break;
        }
      }
      resetScratch();
      run(family.live, inputs, y, attributes);
    } else {
      y = new Tensor(outShape, type, size, tracer.allocate(bytes, name), name);
      tracer.begin(op, inputs, y);
      run(family.record(sink), inputs, y, attributes);
      tracer.end();
    }
    if (engine.recording > 0) y.node = { op, inputs, y, attributes, order: engine.order++ };
    return y;
  };
}

/**
 * Defines an effect: kernels that change memory which outlives the call (a variable, an optimizer's state), with no result
 * and no gradient. Eagerly it runs at once; in a plan it is recorded at its place.
 */
export function defineEffect<A, K = CoreKernels>(
  name: string,
  run: (k: K, targets: readonly Tensor[], attributes: A) => void,
  family: Family<K> = core as unknown as Family<K>,
): (targets: readonly Tensor[], attributes: A) => void {
  const op = { name, inplace: false };
  return (targets, attributes) => {
    const { tracer } = engine;
    if (tracer === null) {
      if (targets.some(({ block }) => block.ptr === 0 || block.scope.ended)) bringInputs(name, targets, null);
      resetScratch();
      run(family.live, targets, attributes);
      return;
    }
    tracer.begin(op, targets, null);
    run(family.record(sink), targets, attributes);
    tracer.end();
  };
}

/** A float32 tensor of whatever its memory holds, for an effect to write. */
export function unwritten(shape: readonly number[], origin: string): Tensor {
  const size = sizeOf(shape);
  const { tracer } = engine;
  return new Tensor([...shape], "float32", size, tracer === null ? allocate(size * 4) : tracer.allocate(size * 4, origin), origin);
}

/** A tensor that shares another's memory, or the first of it, under another shape. */
export function alias(x: Tensor, shape: number[], origin: string): Tensor {
  x.block.references++;
  return new Tensor(shape, x.dtype, sizeOf(shape), x.block, origin);
}

/** Records a result that was not made by `defineOp` (an alias) on the tape. */
export function recordNode(op: Op, inputs: readonly Tensor[], y: Tensor, attributes?: unknown): Tensor {
  if (engine.recording > 0) y.node = { op, inputs, y, attributes, order: engine.order++ };
  return y;
}
