/** @file What pictures of models show: layer calls with the facts about each, and which follows from which. */
import type { BatchShape, Layer } from "../nn/layer.js";
import type { LayerCall, SymbolicTensor } from "../nn/symbolic.js";
import type { Model } from "../train/model.js";

export interface ModelPictureOptions {
  /** The model's name by default. */
  title?: string;
  /** Whether boxes tell the shapes of the layers' results; true by default, as are the next three. */
  showShapes?: boolean;
  showLayerNames?: boolean;
  showLayerActivations?: boolean;
  /** Whether boxes tell how many parameters layers have. */
  showParams?: boolean;
  /** Whether models in the model are drawn with their layers. */
  expandNested?: boolean;
  /** Top to bottom (default) or left to right. */
  rankdir?: "TB" | "LR";
}

/** What a box stands for, which gives it its colour. */
export type Kind = "input" | "weights" | "merge" | "model" | "plain";

/** One call of a layer. */
export interface GraphNode {
  kind: Kind;
  name: string;
  /** Class, activation, and what is special about it. */
  about: string;
  /** Shapes of the results; empty where they are not known. */
  shapes: string;
  /** Parameters; empty where there are none. */
  params: string;
  /** The layers of a model in the model, where they are drawn. */
  inner: ModelGraph | null;
}

export interface ModelGraph {
  /** In an order in which each comes after those it follows from. */
  nodes: GraphNode[];
  /** Nodes, and which of the one's results is which of the other's inputs. */
  edges: (readonly [from: number, to: number, output: number, input: number])[];
  /** Nodes of the model's inputs and outputs, in their order. */
  inputs: number[];
  outputs: number[];
  /** False for models of a class of their own: only running them tells which layer follows which. */
  isOrderKnown: boolean;
}

const shapeText = (shape: BatchShape): string => `[${shape.map((size) => size ?? "null").join(", ")}]`;

export const isModel = (layer: Layer): layer is Model => "predict" in layer && "layers" in layer;

/** The activation that a layer's options name, if any. */
function activationOf(layer: Layer): string {
  const { activation } = isModel(layer) ? {} : layer.getConfig();
  const name = typeof activation === "string" ? activation : ((activation as { className?: string } | null)?.className ?? "");
  return name === "linear" ? "" : name;
}

interface CallFacts {
  inputs: number;
  outputs: readonly SymbolicTensor[];
  /** Which of how many calls of the layer. */
  call: number;
  calls: number;
  isOutput: boolean;
}

function nodeOf(layer: Layer, { inputs, outputs, call, calls, isOutput }: CallFacts, options: ModelPictureOptions): GraphNode {
  const { showShapes = true, showLayerNames = true, showLayerActivations = true, showParams = true, expandNested = false } = options;
  const count = layer.countParams();
  const type = layer.getClassName();
  const isInput = type === "InputLayer";
  const inner = expandNested && isModel(layer) && call === 0 ? modelGraph(layer, options) : null;
  const facts = [
    showLayerNames ? type : "",
    showLayerActivations ? activationOf(layer) : "",
    isModel(layer) && inner === null ? `${layer.layers.length} layers` : "",
    calls > 1 ? `shared, call ${call + 1} of ${calls}` : "",
    count > 0 && !layer.trainable ? "frozen" : "",
    outputs.some(({ dtype }) => dtype !== "float32") ? (outputs[0] as SymbolicTensor).dtype : "",
    isOutput ? "output" : "",
  ];
  return {
    kind: isModel(layer) ? "model" : inputs > 1 ? "merge" : isInput ? "input" : count > 0 ? "weights" : "plain",
    name: showLayerNames ? layer.name : type,
    about: facts.filter((fact) => fact !== "").join(" · "),
    shapes: showShapes ? outputs.map(({ shape }) => shapeText(shape)).join(" ") : "",
    params: showParams && count > 0 && call === 0 ? `${count.toLocaleString("en")} param${count === 1 ? "" : "s"}` : "",
    inner,
  };
}

/** Layers without known calls: a sequential model before its input is known, or a model of a class of its own. */
function chainOf(layers: readonly Layer[], isOrderKnown: boolean, options: ModelPictureOptions): ModelGraph {
  const facts = { inputs: 1, outputs: [], call: 0, calls: 1, isOutput: false };
  return {
    nodes: layers.map((layer) => nodeOf(layer, facts, options)),
    edges: layers.slice(1).map((_, i) => [i, i + 1, 0, 0] as const),
    inputs: layers.length > 0 ? [0] : [],
    outputs: layers.length > 0 ? [layers.length - 1] : [],
    isOrderKnown,
  };
}

/** The graph of a model. */
export function modelGraph(model: Model, options: ModelPictureOptions = {}): ModelGraph {
  const isConnected = "inputs" in model && model.inputShapes !== null;
  if (!isConnected) return chainOf(model.layers, "inputs" in model, options);
  const { inputs, outputs, calls } = model as unknown as { inputs: SymbolicTensor[]; outputs: SymbolicTensor[]; calls: LayerCall[] };
  const given = new Set(inputs);
  const places = new Map<LayerCall, number>(calls.map((call, i) => [call, i]));
  const place = ({ call }: SymbolicTensor): number => places.get(call) as number;
  const inputsOf = (call: LayerCall): readonly SymbolicTensor[] => (call.outputs.some((output) => given.has(output)) ? [] : call.inputs);
  const edges = calls.flatMap((call, to) => inputsOf(call).map((value, input) => [place(value), to, value.index, input] as const));
  const ends = new Set(outputs.map(place));
  const nodes = calls.map((call, i) => {
    const same = calls.filter(({ layer }) => layer === call.layer);
    const facts = {
      inputs: inputsOf(call).length,
      outputs: call.outputs,
      call: same.indexOf(call),
      calls: same.length,
      // What nothing follows from is an output anyway.
      isOutput: ends.has(i) && edges.some(([from]) => from === i),
    };
    return nodeOf(call.layer, facts, options);
  });
  return { nodes, edges, inputs: inputs.map(place), outputs: outputs.map(place), isOrderKnown: true };
}
