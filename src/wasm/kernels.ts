/** @file Kernel families: loads a WebAssembly module over the one memory and the one table, and makes its live and recording kernels. */
import { decodeBase64 } from "../platform.js";
import type { Block } from "./block.js";
import { heap } from "./heap.js";
import { threads } from "./threads.js";
import { unlzma } from "./unlzma.js";

/** Anything that stands for memory: a Tensor or a Block. */
export interface Ref {
  readonly block: Block;
}
/** An address a kernel reads; 0 where the kernel documents an absent one. */
export type Source = Ref | 0;
/** An address a kernel writes, updates or uses as scratch. */
export type Target = Ref;

export type Argument = number | Ref;

/** Where a recording kernel call goes: the tracer of a plan. */
export interface KernelSink {
  /**
   * kinds: i, f, k for an i that work grows with, or an address that is p read, w written, u updated, s scratch.
   * count is -1 for a kernel that is not split.
   */
  emit(opcode: number, name: string, kinds: string, count: number, args: readonly Argument[]): void;
}

export type WasmFunction = (...args: number[]) => void;
export type KernelFunction = (...args: Argument[]) => void;

/** What may be given instead of the embedded module. */
export type WasmSource = WebAssembly.Module | BufferSource;

/** A module as scripts/build-wasm.mjs embeds it: raw LZMA, as base64; `bytes` long once decompressed. */
export interface Embedded {
  bytes: number;
  data: string;
}

export const unpack = ({ bytes, data }: Embedded): Uint8Array<ArrayBuffer> => unlzma(decodeBase64(data), bytes);

/** Length of the function table of every family: it bounds the opcodes. */
export const TABLE_LENGTH = 4096;
let sharedTable: WebAssembly.Table | undefined;

function table(): WebAssembly.Table {
  sharedTable ??= new WebAssembly.Table({ initial: TABLE_LENGTH, element: "anyfunc" });
  return sharedTable;
}

/** The kernel of an opcode, if its module is in use. */
export const kernelOf = (opcode: number): WasmFunction | null => table().get(opcode & 0xffff);

/** What workers are to have, too. */
export interface Loaded {
  readonly module: WebAssembly.Module;
  /** Makes its live kernels anew. */
  remake(): void;
}

/** The modules in use, by family. */
export const loaded = /* @__PURE__ */ new Map<string, Loaded>();

/** Makes a kernel that runs at once from the wasm function of it. */
export type Live = (f: WasmFunction, signature: Signature) => KernelFunction;

/** Missing arguments stay undefined: a wasm call drops those beyond its signature. */
const address = (a: Argument): number => (typeof a === "object" ? a.block.ptr : a);

type A = Argument;

/** Closures of fixed arity, as scripts/generate-kernels.mjs allows it, that resolve handles to addresses and call; rest parameters would allocate on every call. */
export const liveKernel: Live = (f, { letters }) => {
  const [split, arity] = [letters.startsWith("n"), letters.length];
  const p = address;
  if (!split) return ((a: A, b: A, c: A, d: A, e: A, g: A) => f(p(a), p(b), p(c), p(d), p(e), p(g))) as KernelFunction;
  if (arity <= 3) return ((n: number, a: A, b: A) => f(0, n, p(a), p(b))) as KernelFunction;
  if (arity <= 6) return ((n: number, a: A, b: A, c: A, d: A, e: A) => f(0, n, p(a), p(b), p(c), p(d), p(e))) as KernelFunction;
  return ((n: number, a: A, b: A, c: A, d: A, e: A, g: A, h: A, i: A, j: A, k: A, l: A, m: A, o: A, q: A, r: A, s: A, t: A, u: A, v: A, w: A, x: A) =>
    f(0, n, p(a), p(b), p(c), p(d), p(e), p(g), p(h), p(i), p(j), p(k), p(l), p(m), p(o), p(q), p(r), p(s), p(t), p(u), p(v), p(w), p(x))) as KernelFunction;
};

/** A kernel; its letters are n if it is split and then its kinds. */
export interface Signature {
  name: string;
  letters: string;
  opcode: number;
}

/**
 * Names and letters of kernels in opcode order, from "letters name name;...". With letters of two kinds, "npw/nipw add", there is a twin for
 * rows of each, after all of the first: add and addRows.
 */
export const kernelsOf = (signatures: string): [name: string, letters: string][] =>
  signatures.split(";").flatMap((group) => {
    const [kinds, ...names] = group.split(" ") as [string, ...string[]];
    return kinds.split("/").flatMap((letters, i) => names.map((name): [string, string] => [i > 0 ? `${name}Rows` : name, letters]));
  });

/** One WebAssembly module of kernels. `K` is its generated interface. */
export class Family<K> {
  private liveKernels: K | null = null;
  private recording: K | null = null;
  private given: WasmSource | null = null;
  private wasm: WebAssembly.Exports | null = null;
  private parsed: Signature[] = [];

  /**
   * @param signatures kinds and names in opcode order, as the generator writes them and `kernelsOf` reads them
   * @param embedded the module
   */
  constructor(
    readonly name: string,
    private readonly signatures: string,
    private readonly tableBase: number,
    private readonly embedded: () => Embedded,
  ) {}

  /** True once the module has been instantiated. */
  get loaded(): boolean {
    return this.wasm !== null;
  }

  /** Uses this module, null for the embedded one, at once if the family is already in use. */
  use(source: WasmSource | null): void {
    if (source === this.given) return;
    this.given = source;
    if (this.loaded) this.load();
  }

  /** What begins a kernel's records: its table index, and 2^16 times the number of its shape of parameters. */
  opcode(kernel: string): number {
    return this.signed.find(({ name }) => name === kernel)?.opcode as number;
  }

  /** A kernel by name, as the module has it: of addresses, with a range where it is split. */
  kernel(name: string): WasmFunction {
    if (this.wasm === null) this.load();
    return kernelOf(this.opcode(name)) as WasmFunction;
  }

  /** Exported functions that are not kernels: the executor, pure size functions. */
  get exports(): Record<string, (...args: number[]) => number> {
    if (this.wasm === null) this.load();
    return this.wasm as unknown as Record<string, (...args: number[]) => number>;
  }

  /** Kernels that run at once. */
  get live(): K {
    if (this.liveKernels === null) this.load();
    return this.liveKernels as K;
  }

  /** The same kernels, handing every call to the sink instead. */
  record(sink: () => KernelSink): K {
    this.recording ??= this.each(({ opcode, name, letters }) => {
      const split = letters.startsWith("n");
      const kinds = split ? letters.slice(1) : letters;
      return (...args) => sink().emit(opcode, name, kinds, split ? (args[0] as number) : -1, split ? args.slice(1) : args);
    });
    return this.recording;
  }

  private load(): void {
    heap.open();
    let module: WebAssembly.Module;
    try {
      module = this.module();
      this.wasm = new WebAssembly.Instance(module, { env: { memory: heap.memory, table: table(), abort, waiting: () => threads.waiting() } }).exports;
    } catch (error) {
      // A policy shows itself when a module is compiled, or only when it is instantiated.
      throw new Error(
        `${this.name}: expected a host that may run WebAssembly. Got ${String(error)}. HINT: a Content-Security-Policy needs script-src 'wasm-unsafe-eval'.`,
        { cause: error },
      );
    }
    const entries = Math.max(...this.signed.map(({ opcode }) => opcode >> 16)) + 1 - this.tableBase;
    if (this.exports.entryCount?.() !== entries) throw new Error(`${this.name}: expected a module built from these sources. Got another.`);
    const remake = (): void => {
      this.liveKernels = this.each((signature) => (threads.live ?? liveKernel)(this.kernel(signature.name), signature));
    };
    loaded.set(this.name, { module, remake });
    remake();
    threads.changed();
  }

  private module(): WebAssembly.Module {
    if (this.given instanceof WebAssembly.Module) return this.given;
    return new WebAssembly.Module(this.given ?? unpack(this.embedded()));
  }

  private each(make: (signature: Signature) => KernelFunction): K {
    // An object used as a prototype keeps fast property access however many it has.
    return Object.create(Object.fromEntries(this.signed.map((signature) => [signature.name, make(signature)]))) as K;
  }

  /** The table holds the kernels in order; the shapes of their parameters are numbered on from there, as they first occur. */
  private get signed(): Signature[] {
    if (this.parsed.length > 0) return this.parsed;
    const kernels = kernelsOf(this.signatures);
    const shapes = [...new Set(kernels.map(([, letters]) => shapeOf(letters)))];
    this.parsed = kernels.map(([name, letters], i) => {
      const shape = this.tableBase + kernels.length + shapes.indexOf(shapeOf(letters));
      return { name, letters, opcode: (shape << 16) | (this.tableBase + i) };
    });
    return this.parsed;
  }
}

/** What the call of a record depends on, as scripts/generate-kernels.mjs has it: n where the kernel is split, then i or f for each argument. */
const shapeOf = (letters: string): string => letters.replace(/[^nf]/g, "i");

/** The debug build's failed assertion. AssemblyScript strings are UTF-16 with their byte length four bytes before. */
function abort(message: number, file: number, line: number, column: number): never {
  const text = (ptr: number): string =>
    ptr === 0 ? "" : String.fromCharCode(...new Uint16Array(heap.memory.buffer.slice(ptr, ptr + (heap.i32[(ptr >>> 2) - 1] ?? 0))));
  throw new Error(`kernel: assertion failed: ${text(message)} at ${text(file)}:${line}:${column}`);
}
