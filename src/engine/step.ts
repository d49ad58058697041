/** @file Steps: callbacks whose intermediates die at their end. tidy, and what the gradient functions use. */
import { checkFunction, error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import { type Block, enter, leave } from "../wasm/block.js";
import { engine } from "./op.js";

/** Tensors in arrays and plain objects. */
// biome-ignore lint/suspicious/noExplicitAny: TensorFlow.js's own type
export type TensorContainer = any;

/** Every tensor in a container, each once. */
export function tensorsIn(container: TensorContainer): Tensor[] {
  const found = new Set<Tensor>();
  const visited = new Set<object>();
  const visit = (value: unknown): void => {
    if (value instanceof Tensor) found.add(value);
    else if (value !== null && typeof value === "object" && !ArrayBuffer.isView(value) && !visited.has(value)) {
      visited.add(value);
      for (const item of Object.values(value)) visit(item);
    }
  };
  visit(container);
  return [...found];
}

/** A copy of arrays and plain objects with all that they hold replaced; `path` says where it is. */
export function mapContainer(value: TensorContainer, replace: (item: unknown, path: string) => unknown, path = ""): TensorContainer {
  if (Array.isArray(value)) return value.map((item, i) => mapContainer(item, replace, `${path}[${i}]`));
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapContainer(item, replace, `${path}.${name}`)]));
  return replace(value, path);
}

/**
 * Runs `fn` as a step: blocks taken inside are given back at its end, but those of the tensors it returns.
 * While gradients are recorded or a plan is traced, the enclosing step owns the memory and `fn` just runs.
 */
export function step<T extends TensorContainer>(name: string, fn: () => T): T {
  checkFunction(name, fn);
  if (engine.recording > 0 || engine.tracer !== null) return checked(name, fn());
  const scope = enter();
  let blocks: Block[] = [];
  try {
    const result = checked(name, fn());
    if (result instanceof Tensor) blocks = [result.block];
    else if (result !== undefined) blocks = tensorsIn(result).map((tensor) => tensor.block);
    return result;
  } finally {
    leave(scope, blocks);
  }
}

function checked<T>(name: string, result: T): T {
  if (result instanceof Promise) {
    result.catch(() => {});
    throw error(name, "the callback must not be asynchronous: its tensors die when it returns", "a Promise", "await outside the step.");
  }
  return result;
}

/**
 * Runs `fn` and frees every tensor it made but those it returns. Never needed; inside, small ops are faster.
 * @param nameOrFn the function, or a name for TensorFlow.js's sake
 * @example
 * ```ts
 * import { tensor, tidy } from "engram";
 * const y = tidy(() => tensor([1, 2]).square().add(1));
 * assert.deepEqual(y.arraySync(), [2, 5]);
 * ```
 */
export function tidy<T extends TensorContainer>(nameOrFn: string | (() => T), fn?: () => T): T {
  return typeof nameOrFn === "function" ? step("tidy", nameOrFn) : step(nameOrFn, fn as () => T);
}

/** Frees every tensor in the container at once. Never needed. */
export function dispose(container: TensorContainer): void {
  for (const tensor of tensorsIn(container)) tensor.dispose();
}
