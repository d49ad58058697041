/** @file Models before they have values: symbolic tensors, the layer calls that connect them, and their order. */
import type { DataType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import type { BatchShape, CallOptions, Layer } from "./layer.js";

let nextId = 0;

/** A value of a model that is being put together: a shape, a type, and the layer call that will give it. */
export class SymbolicTensor {
  readonly id: number = nextId++;

  /** @internal */
  constructor(
    /** Shape with the batch, whose size is null. */
    readonly shape: BatchShape,
    readonly dtype: DataType,
    /** @internal The call that gives it; null for the input of an input layer. */
    readonly call: LayerCall,
    /** @internal Which of the call's results it is. */
    readonly index: number,
    readonly name: string,
  ) {}

  /** Number of axes, the batch included. */
  get rank(): number {
    return this.shape.length;
  }
}

/** One call of a layer; a layer that is called several times shares its weights among the calls. */
export interface LayerCall {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  /** Whether the layer was given a list, be it of one. */
  readonly isList: boolean;
  readonly outputs: SymbolicTensor[];
  /** Position among the layer's calls. */
  readonly index: number;
  /** What the call was given beside its inputs. */
  readonly options: CallOptions;
}

export interface Graph {
  /** Calls in an order in which each comes after those that it needs. */
  calls: LayerCall[];
  /** Layers, those farthest from the outputs first, as Keras orders them: the order of weights. */
  layers: Layer[];
}

/** The graph between inputs and outputs. */
export function graphOf(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[], name: string): Graph {
  const isGiven = (call: LayerCall): boolean => call.outputs.some((tensor) => inputs.includes(tensor));
  const calls = new Set<LayerCall>();
  // In the order of their first visit, as Keras has them.
  const layers = new Set<Layer>();
  // A stack of its own, not recursion: models of thousands of layers are put together in loops.
  const stack: { call: LayerCall; next: number }[] = [];
  const push = (call: LayerCall): void => {
    if (calls.has(call)) return;
    if (stack.some((frame) => frame.call === call)) throw error(name, "layers must not form a cycle", `layer '${call.layer.name}' in one`);
    layers.add(call.layer);
    stack.push({ call, next: 0 });
  };
  // Inputs that no output needs are part of it too, or files would name inputs that they do not have.
  for (const end of [...outputs, ...inputs]) {
    push(end.call);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const { call } = frame;
      const input = isGiven(call) ? undefined : call.inputs[frame.next++];
      if (input !== undefined) push(input.call);
      else {
        if (call.inputs.length === 0 && !isGiven(call))
          throw error(name, "every output must follow from the inputs", `'${call.layer.name}', which is not among them`, "add it to inputs.");
        stack.pop();
        calls.add(call);
      }
    }
  }
  // Distance from the outputs: of a call one more than of the calls that need it, of a layer the greatest of its calls.
  const depths = new Map<LayerCall | Layer, number>();
  const depthOf = (part: LayerCall | Layer): number => depths.get(part) ?? 0;
  for (const call of [...calls].reverse()) {
    const depth = Math.max(depthOf(call), depthOf(call.layer));
    depths.set(call.layer, depth);
    if (!isGiven(call)) for (const { call: needed } of call.inputs) depths.set(needed, Math.max(depth + 1, depthOf(needed)));
  }
  return { calls: [...calls], layers: [...layers].sort((a, b) => depthOf(b) - depthOf(a)) };
}
