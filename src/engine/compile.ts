/** @file compile: traces a function of tensors once for each kind of arguments and runs it as a plan. */
import { bytesPerElement, type DataType } from "../tensor/dtype.js";
import { checkFunction, describe, error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import { allocate, copyBytes, Home } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import { fuse } from "./fuse.js";
import { engine } from "./op.js";
import { Plan } from "./plan.js";
import { getRandomState, setRandomState } from "./random.js";
import { mapContainer, step, type TensorContainer, tensorsIn } from "./step.js";
import { Trace } from "./trace.js";

export interface CompileOptions {
  /** After each run, runs the function eagerly too and compares results and variables; for finding an impure function. */
  check?: boolean;
  /** Fills dead ranges of the arena with NaN, so that a wrong lifetime shows. */
  poison?: boolean;
  /** Anything besides the arguments' shapes and types that the function depends on: another key, another plan. */
  key?: () => string;
}

/** A compiled function: call it as the original. */
export type Compiled<F extends (...args: never[]) => TensorContainer> = ((...args: Parameters<F>) => ReturnType<F>) & {
  /** The plan for arguments like these, traced if need be. */
  plan(...args: Parameters<F>): Plan;
  /** Gives the memory of all its plans back. */
  dispose(): void;
};

/** Plans a compiled function keeps; the least recently used goes. */
const MOST_PLANS = 16;

interface Entry {
  plan: Plan;
  /** What the function returned while traced; its tensors stand for the outputs, in order. */
  result: TensorContainer;
  outputs: { shape: number[]; dtype: DataType; size: number; origin: string }[];
  /** Traced output tensors, to be replaced by real ones in `result`. */
  places: Map<Tensor, number>;
}

/** What an argument adds to the key of a plan; different for arguments that differ in anything a plan could hold. */
function describeArgument(arg: unknown): string {
  if (arg instanceof Tensor) return `${arg.dtype}[${arg.shape}]`;
  if (typeof arg === "string") return JSON.stringify(arg);
  if (arg === null || (typeof arg !== "object" && typeof arg !== "function" && typeof arg !== "symbol"))
    return Object.is(arg, -0) ? "-0" : `${typeof arg} ${String(arg)}`;
  throw error("compile", "arguments must be tensors or plain values", describe(arg), "pass the tensors inside one by one.");
}

/** Runs `fn` on traced stand-ins of its tensor arguments. */
function trace(fn: (...args: never[]) => TensorContainer, args: readonly unknown[], poison: boolean): Entry {
  const recorder = new Trace();
  const draws = getRandomState();
  let slots = 0;
  engine.tracer = recorder;
  try {
    const stand = args.map((arg) => (arg instanceof Tensor ? recorder.input(slots++, arg) : arg));
    const result = fn(...(stand as never[]));
    if (result instanceof Promise) throw error("compile", "the function must not be asynchronous", "a Promise");
    const returned = tensorsIn(result).filter((tensor) => tensor.block.home === Home.Traced);
    returned.forEach((tensor, i) => recorder.output(i, tensor));
    recorder.settle?.();
    fuse(recorder);
    const plan = new Plan(recorder, slots, returned.length, poison);
    return {
      plan,
      result,
      outputs: returned.map(({ shape, dtype, size, origin }) => ({ shape, dtype, size, origin })),
      places: new Map(returned.map((tensor, i) => [tensor, i])),
    };
  } catch (failure) {
    recorder.abandon();
    throw failure;
  } finally {
    engine.tracer = null;
    setRandomState(draws);
  }
}

/** Copies of all outside blocks that the plan writes. */
function snapshot(plan: Plan): { ptr: number; bytes: Uint8Array }[] {
  return plan.written().map((block) => ({ ptr: block.ptr, bytes: copyBytes(block) }));
}

function restore(saved: readonly { ptr: number; bytes: Uint8Array }[]): void {
  for (const { ptr, bytes } of saved) heap.u8.set(bytes, ptr);
}

/** Largest difference of two float32 blocks relative to their size; 0 for equal bytes of another type. */
function difference(a: Uint8Array, b: Uint8Array, dtype: DataType): number {
  if (dtype !== "float32") return a.every((byte, i) => byte === b[i]) ? 0 : Number.POSITIVE_INFINITY;
  const x = new Float32Array(a.slice().buffer);
  const y = new Float32Array(b.slice().buffer);
  let worst = 0;
  for (let i = 0; i < x.length; i++) {
    const p = x[i] as number;
    const q = y[i] as number;
    if (p !== q && !(Number.isNaN(p) && Number.isNaN(q))) worst = Math.max(worst, Math.abs(p - q) / (Math.max(Math.abs(p), Math.abs(q)) + 1e-6));
  }
  return worst;
}

/** What a plan's fusions may change, relative. */
const CHECK_TOLERANCE = 1e-4;

/**
 * Compiles a function of tensors: traced once for each combination of shapes, dtypes and plain arguments, then run as one
 * WebAssembly call over a static memory plan. The function must be pure but for variables: JavaScript in it runs only while
 * tracing, so values it computes are frozen into the plan.
 * @throws inside the function when a traced value is read (`dataSync`, `item`): return it instead
 * @example
 * ```ts
 * import { compile, tensor } from "engram";
 * const f = compile((x, y) => x.mul(y).sum());
 * assert.equal(f(tensor([1, 2]), tensor([3, 4])).item(), 11);
 * assert.match(f.plan(tensor([1, 2]), tensor([3, 4])).toString(), /mul/);
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: with never[] an unannotated callback's parameters would be never
export function compile<F extends (...args: any[]) => TensorContainer>(fn: F, options: CompileOptions = {}): Compiled<F> {
  checkFunction("compile", fn);
  const entries = new Map<string, Entry>();
  /** The key that is last in the map: to move it there once more would leave but one more deleted entry to collect. */
  let latest: string | undefined;

  const entryFor = (args: readonly unknown[]): Entry => {
    const key = `${options.key?.() ?? ""}|${args.map(describeArgument).join("|")}`;
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = trace(fn, args, options.poison ?? false);
      if (entries.size >= MOST_PLANS) {
        const [oldest, old] = entries.entries().next().value as [string, Entry];
        old.plan.dispose();
        entries.delete(oldest);
      }
    } else if (key !== latest) entries.delete(key);
    if (key !== latest) entries.set(key, entry);
    latest = key;
    return entry;
  };

  const run = (entry: Entry, args: readonly unknown[]): TensorContainer => {
    const inputs = args.filter((arg): arg is Tensor => arg instanceof Tensor);
    const outputs = entry.outputs.map(({ shape, dtype, size, origin }) => new Tensor(shape, dtype, size, allocate(size * bytesPerElement(dtype)), origin));
    entry.plan.run(inputs, outputs);
    return mapContainer(entry.result, (item) => outputs[entry.places.get(item as Tensor) ?? -1] ?? item);
  };

  const checked = (entry: Entry, args: readonly unknown[]): TensorContainer => {
    const before = snapshot(entry.plan);
    const draws = getRandomState();
    const result = run(entry, args);
    const after = snapshot(entry.plan);
    const drawn = getRandomState();
    restore(before);
    setRandomState(draws);
    step("compile", () => {
      const eager = tensorsIn(fn(...(args as never[])));
      tensorsIn(result).forEach((tensor, i) => {
        const other = eager[i] as Tensor;
        const worst = difference(copyBytes(tensor.block), copyBytes(other.block), tensor.dtype);
        if (!(worst <= CHECK_TOLERANCE))
          throw error(
            "compile",
            `result ${i} ('${tensor.origin}') must be the same when the function runs eagerly`,
            `a relative difference of ${worst}`,
            "JavaScript values that change from call to call are frozen into a plan: pass them as arguments or keep them in variables.",
          );
      });
      for (const [i, { bytes }] of snapshot(entry.plan).entries()) {
        const worst = difference((after[i] as { bytes: Uint8Array }).bytes, bytes, "float32");
        if (!(worst <= CHECK_TOLERANCE))
          throw error("compile", "variables must change as they do when the function runs eagerly", `a relative difference of ${worst}`);
      }
    });
    restore(after);
    setRandomState(drawn);
    return result;
  };

  const call = (...args: unknown[]): TensorContainer => {
    // Inside another trace or under a gradient its ops join what is being recorded.
    if (engine.tracer !== null || engine.recording > 0) return fn(...(args as never[]));
    const entry = entryFor(args);
    return options.check ? checked(entry, args) : run(entry, args);
  };
  return Object.assign(call, {
    plan: (...args: unknown[]) => entryFor(args).plan,
    dispose: () => {
      for (const { plan } of entries.values()) plan.dispose();
      entries.clear();
      latest = undefined;
    },
  }) as unknown as Compiled<F>;
}
