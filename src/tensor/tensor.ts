/** @file The Tensor: a shape and a dtype over a block of memory. Mathematics is put on it by methods.ts. */
/// <reference lib="esnext.disposable" preserve="true" />
import type { GradNode } from "../engine/op.js";
import { Block, bringBack, copyBytes, Home, makeResident, release } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import { arrayOver, bytesPerElement, type DataArray, type DataType, type DataTypeMap } from "./dtype.js";
import { error } from "./errors.js";
import { formatTensor } from "./print.js";
import { sizeOf, stridesOf } from "./shape.js";
import { type Nested, nest } from "./values.js";

/** Nested arrays by rank, as `arraySync()` gives them. */
export type ArrayMap = Nested;

let nextId = 0;

/**
 * An immutable array of numbers with a shape. Nothing needs to be freed: results inside a step live as long as the step,
 * results outside until the garbage collector takes them. `dispose` is accepted and frees at once.
 */
export class Tensor<_R extends Rank = Rank> {
  /** @internal The op application that made it, while gradients are recorded. */
  node: GradNode | null = null;
  /** Unique and growing in order of creation. */
  readonly id: number = nextId++;
  /** This handle was disposed; others that share the memory may live on. */
  private disposed = false;

  /** @internal */
  constructor(
    /** Length of each axis. */
    readonly shape: number[],
    readonly dtype: DataType,
    /** Number of elements. */
    readonly size: number,
    /** @internal */
    readonly block: Block,
    /** Name of the op that made it. */
    readonly origin: string,
  ) {}

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Elements between neighbours along each axis but the last, as TensorFlow.js gives them. */
  get strides(): number[] {
    return stridesOf(this.shape).slice(0, -1);
  }

  /** True once it was disposed, or its step has ended. */
  get isDisposed(): boolean {
    return this.disposed || this.block.home === Home.Freed || this.block.scope.ended;
  }

  /** Gives the memory back at once, unless other tensors share it (reshape). Never needed. */
  dispose(): void {
    if (this.isDisposed || this.block.home === Home.Traced) return;
    this.disposed = true;
    release(this.block);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal Throws when the values cannot be used. */
  checkReadable(op: string): void {
    if (this.block.home === Home.Traced) {
      throw error(
        "compile",
        `the value of '${this.origin}' is not known while tracing (${op} was called on it)`,
        `a traced tensor of shape [${this.shape}]`,
        "return it from the compiled function instead.",
      );
    }
    checkAlive(op, this);
  }

  /**
   * Values in row-major order, copied.
   * @throws when the tensor has been disposed, or inside `compile`, where values are not known yet
   * @example
   * ```ts
   * import { tensor } from "engram";
   * const values = tensor([[1, 2], [3, 4]]).dataSync();
   * assert.deepEqual([...values], [1, 2, 3, 4]);
   * ```
   */
  dataSync<D extends DataType = "float32">(): DataTypeMap[D] {
    this.checkReadable("dataSync");
    const bytes = copyBytes(this.block);
    const exact = this.size * bytesPerElement(this.dtype);
    return arrayOver(this.dtype, bytes.length === exact ? bytes.buffer : bytes.buffer.slice(0, exact)) as DataTypeMap[D];
  }

  /** Throws when the tensor was disposed or its step has ended. */
  throwIfDisposed(): void {
    checkAlive("throwIfDisposed", this);
  }

  /** Values in row-major order, copied. */
  async data<D extends DataType = "float32">(): Promise<DataTypeMap[D]> {
    return this.dataSync<D>();
  }

  /** The bytes of the values, copied, as they lie in memory (little-endian). */
  async bytes(): Promise<Uint8Array> {
    const { buffer } = this.dataSync();
    return new Uint8Array(buffer);
  }

  /** Values as nested arrays; a number for a scalar. bool gives 0 and 1, as in TensorFlow.js. */
  // biome-ignore lint/suspicious/noExplicitAny: the nesting depends on the rank, which is not known to the type
  arraySync(): any {
    return nest(this.dataSync() as ArrayLike<number>, this.shape);
  }

  /** Values as nested arrays. */
  // biome-ignore lint/suspicious/noExplicitAny: as arraySync
  async array(): Promise<any> {
    return this.arraySync();
  }

  /** The one value of a tensor of one element. */
  item(): number {
    if (this.size !== 1) throw error("item", "the tensor must have one element", `shape [${this.shape}]`);
    return Number(this.dataSync()[0]);
  }

  /** Values at full length; with `verbose` dtype and shape too. */
  toString(verbose = false): string {
    if (this.block.home === Home.Traced) return `Tensor (traced '${this.origin}', dtype ${this.dtype}, shape [${this.shape}])`;
    return formatTensor(this.dataSync() as DataArray, this.shape, this.dtype, verbose);
  }

  /** Writes the tensor to the console. */
  print(verbose = false): void {
    console.log(this.toString(verbose));
  }
}

/** Throws when the tensor's memory is gone. */
export function checkAlive(op: string, tensor: Tensor): void {
  const { block } = tensor;
  if (block.scope.ended)
    throw error(
      op,
      "expected a live tensor",
      `one ('${tensor.origin}', shape [${tensor.shape}]) made inside a step that has ended`,
      "return it from the step, or call keep() on it inside.",
    );
  if (tensor.isDisposed) throw error(op, "expected a live tensor", `one ('${tensor.origin}', shape [${tensor.shape}]) that has been disposed`);
}

/** Makes sure that every input is alive and in memory. The fast path is in `apply`. */
export function bringInputs(op: string, inputs: readonly Tensor[], out: Block | null): void {
  for (const input of inputs) input.checkReadable(op);
  const blocks = inputs.map((input) => input.block);
  bringBack(out === null ? blocks : [...blocks, out]);
}

/** Writes values into a live block. */
export function writeValues(block: Block, values: ArrayBufferView): void {
  heap.u8.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), block.ptr);
}

/** Takes the tensor out of every step: it stays until it is disposed or collected. Returns it. */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.checkReadable("keep");
  makeResident(tensor.block);
  return tensor;
}

/** Names of ranks, TensorFlow.js's: `Tensor<Rank.R2>` and the names of tensors by rank are there so that typed programs compile. What they name is Tensor. */
export type Rank = "R0" | "R1" | "R2" | "R3" | "R4" | "R5" | "R6";
export declare namespace Rank {
  type R0 = "R0";
  type R1 = "R1";
  type R2 = "R2";
  type R3 = "R3";
  type R4 = "R4";
  type R5 = "R5";
  type R6 = "R6";
}
export type Scalar = Tensor;
export type Tensor1D = Tensor;
export type Tensor2D = Tensor;
export type Tensor3D = Tensor;
export type Tensor4D = Tensor;
export type Tensor5D = Tensor;
export type Tensor6D = Tensor;
/** Tensors by name, TensorFlow.js's name. */
export type NamedTensorMap = Record<string, Tensor>;

/** A tensor over the bytes of a block from an offset on; the block must stay in memory meanwhile. */
export function viewAt(whole: Block, offset: number, shape: number[], dtype: DataType, origin = ""): Tensor {
  const size = sizeOf(shape);
  const block = new Block(size * bytesPerElement(dtype));
  block.home = Home.Resident;
  block.isState = whole.isState;
  block.ptr = whole.ptr + offset;
  return new Tensor(shape, dtype, size, block, origin);
}
