/** @file Models from their serialised forms: sequential and functional, those of TensorFlow.js, Keras 2 and Keras 3. */

import { deserializeLayer, fromFile } from "../nn/deserialize.js";
import type { Layer, OneOrMore } from "../nn/layer.js";
import type { SerializedLayer } from "../nn/serialization.js";
import type { SymbolicTensor } from "../nn/symbolic.js";
import { describe, error } from "../tensor/errors.js";
import { Functional } from "./functional.js";
import type { Model } from "./model.js";
import { Sequential } from "./sequential.js";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => value !== null && typeof value === "object" && !Array.isArray(value);

const isBatchShape = (shape: unknown): boolean => Array.isArray(shape) && shape.every((size) => size === null || (Number.isSafeInteger(size) && size >= 0));

const isModel = (className: string): boolean => ["Sequential", "Functional", "Model"].includes(className);

const named = (config: Json): { name?: string; trainable?: boolean } => ({
  ...(typeof config.name === "string" ? { name: config.name } : {}),
  ...(config.trainable === false ? { trainable: false } : {}),
});

/** A layer's place: its name, which of its calls, which result. */
type PlaceOf = [string, number, number];

/** One call of a layer, its inputs with the options that belong to it. */
interface InboundCall {
  readonly inputs: readonly PlaceOf[];
  readonly isList: boolean;
  readonly options: Json;
}

const isPlace = (place: unknown): place is PlaceOf =>
  Array.isArray(place) && typeof place[0] === "string" && Number.isSafeInteger(place[1]) && Number.isSafeInteger(place[2]);

/** Symbolic tensors of Keras 3's nodes, anywhere in their arguments. */
function kerasTensors(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(kerasTensors);
  if (!isObject(value)) return [];
  return value.class_name === "__keras_tensor__" ? [Object(value.config).keras_history] : [];
}

/** A layer whose call waits for its inputs. */
interface Waiting {
  readonly layer: Layer;
  readonly call: InboundCall;
  readonly path: string;
}

/** Makes the models of one file. */
class Reviver {
  constructor(
    /** The file, for error messages. */
    private readonly where: string,
    private readonly visit: (layer: Layer) => void,
  ) {}

  /** An error that names the file and the place in its JSON. */
  private fail(path: string, expectation: string, value: unknown): Error {
    return error("loadLayersModel", `${this.where}: expected ${path} ${expectation}`, describe(value));
  }

  /** Adds the place to errors that do not name it. */
  private located<T>(path: string, fn: () => T): T {
    try {
      return fn();
    } catch (cause) {
      const places = [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => `, layer ${index}`).join("");
      if (cause instanceof Error && cause.name === "EngramError" && !cause.message.includes(this.where)) cause.message += ` (${this.where}${places})`;
      throw cause;
    }
  }

  /** The model of a topology. */
  topology(topology: unknown): Model {
    // Keras's converter puts the model one level deeper than TensorFlow.js.
    const isDeeper = isObject(topology) && isObject(topology.model_config);
    const path = isDeeper ? "modelTopology.model_config" : "modelTopology";
    const inner = isDeeper ? topology.model_config : topology;
    if (!isObject(inner)) throw this.fail(path, "to be an object", inner);
    const { class_name: className } = inner;
    if (typeof className !== "string") throw this.fail(`${path}.class_name`, "to be text", className);
    // Before 2.2.3, Keras wrote the layers of a sequential model alone.
    const config = Array.isArray(inner.config) ? { layers: inner.config } : inner.config;
    if (!isObject(config)) throw this.fail(`${path}.config`, "to be an object", config);
    return this.layer({ class_name: className, config }, path) as Model;
  }

  /** A layer of a file, checked. */
  private checked(layer: unknown, path: string): SerializedLayer & Json {
    if (!isObject(layer) || typeof layer.class_name !== "string" || !isObject(layer.config)) throw this.fail(path, "to have class_name and config", layer);
    const { batch_shape: kerasShape, batch_input_shape: shape = kerasShape, ...config } = layer.config;
    if (shape !== undefined && shape !== null) {
      if (!isBatchShape(shape)) throw this.fail(path, "to have a batch_input_shape of null and whole numbers", shape);
      config.batch_input_shape = shape;
    }
    if (config.data_format === "channels_first" && layer.class_name !== "Flatten")
      throw this.fail(path, 'to have data_format "channels_last"', "channels_first");
    if (config.name !== undefined && typeof config.name !== "string") throw this.fail(path, "to have a name that is text", config.name);
    return { ...layer, class_name: layer.class_name, config };
  }

  /** The layers of a model's configuration. */
  private layersOf({ layers }: Json, path: string): (SerializedLayer & Json)[] {
    if (!Array.isArray(layers) || layers.length === 0) throw this.fail(`${path}.layers`, "to be an array of layers", layers);
    return layers.map((layer: unknown, i) => this.checked(layer, `${path}.layers[${i}]`));
  }

  /** One layer, a model perhaps. */
  private layer(layer: SerializedLayer, path: string): Layer {
    const { class_name: className, config } = layer;
    // Before the stack of calls is full, which each host tells otherwise.
    if (path.split("layers[").length > 100) throw this.fail("modelTopology", "to hold models in models at most 100 deep", layer);
    if (className === "Sequential") return this.sequential(config, `${path}.config`);
    if (isModel(className)) return this.functional(config, `${path}.config`);
    return this.located(path, () => {
      // Layers that hold others, such as wrappers, may hold models.
      const made = deserializeLayer(layer, (inner) => (isModel(inner.class_name) ? this.layer(inner, `${path}.config`) : null));
      this.visitAll(made);
      return made;
    });
  }

  /** Visits a layer and those that it keeps. */
  private visitAll(layer: Layer): void {
    this.visit(layer);
    for (const inner of layer.sublayers) if (!inner.built) this.visitAll(inner);
  }

  private sequential(config: Json, path: string): Sequential {
    const layers = this.layersOf(config, path);
    // Keras 3 tells the shape of a model that was built by its first data beside the layers.
    const [first] = layers;
    if (first && first.config.batch_input_shape === undefined && isBatchShape(config.build_input_shape))
      first.config.batch_input_shape = config.build_input_shape;
    const made = layers.map((layer, i) => this.layer(layer, `${path}.layers[${i}]`));
    const model = new Sequential(named(config));
    made.forEach((layer, i) => {
      this.located(`${path}.layers[${i}]`, () => model.add(layer));
    });
    return model;
  }

  /** The calls that a layer's inbound_nodes tell, of Keras 3 (args and kwargs) or of Keras 2 and TensorFlow.js (lists of places). */
  private callsOf(nodes: unknown, path: string): InboundCall[] {
    if (!Array.isArray(nodes)) throw this.fail(`${path}.inbound_nodes`, "to be an array", nodes);
    return nodes.map((node: unknown, i) => {
      const at = `${path}.inbound_nodes[${i}]`;
      if (isObject(node)) {
        if (!Array.isArray(node.args)) throw this.fail(at, "to have args", node);
        const { mask: _, ...options } = Object(node.kwargs) as Json;
        return { inputs: this.places(kerasTensors(node.args), at), isList: Array.isArray(node.args[0]), options: fromFile(options) };
      }
      const inputs = this.places(node, at);
      const options = (inputs[0] as unknown[] | undefined)?.[3];
      return { inputs, isList: inputs.length > 1, options: isObject(options) ? fromFile(options) : {} };
    });
  }

  /** Places in a list. */
  private places(value: unknown, path: string): PlaceOf[] {
    if (!Array.isArray(value) || !value.every(isPlace)) throw this.fail(path, "to be places [layer, call, index]", value);
    return value;
  }

  private functional(config: Json, path: string): Functional {
    const outputs = new Map<string, SymbolicTensor[][]>();
    const waiting: Waiting[] = [];
    this.layersOf(config, path).forEach((entry, i) => {
      const at = `${path}.layers[${i}]`;
      const name = String(entry.name ?? entry.config.name);
      if (outputs.has(name)) throw this.fail(at, "to have a name of its own", name);
      const layer = this.layer({ class_name: entry.class_name, config: { ...entry.config, name: entry.config.name ?? name } }, at);
      const calls = this.callsOf(entry.inbound_nodes ?? [], at);
      // An input is the result of a call that nobody writes down.
      if (calls.length === 0 && layer.inboundCalls.length === 0) throw this.fail(at, "to have inbound_nodes, as it is no input", entry.inbound_nodes);
      outputs.set(name, calls.length === 0 ? [[layer.output].flat()] : []);
      waiting.push(...calls.map((call) => ({ layer, call, path: at })));
    });
    const find = ([name, call, index]: PlaceOf): SymbolicTensor | undefined => outputs.get(name)?.[call]?.[index];
    this.callInOrder(waiting, find, (layer, made) => outputs.get(layer)?.push(made));
    const tensorsOf = (key: string): SymbolicTensor[] => {
      const value = config[key];
      // Keras 3 writes a place alone, and places by name.
      const list = Array.isArray(value) && typeof value[0] === "string" ? [value] : isObject(value) ? Object.values(value) : value;
      return this.places(list, `${path}.${key}`).map((place) => {
        const tensor = find(place);
        if (tensor === undefined) throw this.fail(`${path}.${key}`, "to name layers of the model", place);
        return tensor;
      });
    };
    const [inputs, results] = [tensorsOf("input_layers"), tensorsOf("output_layers")];
    return this.located(path, () => new Functional({ inputs, outputs: results, ...named(config) }));
  }

  /** A call waits until all that it is given exists; a shared layer's calls keep their order, by which places count them. */
  private callInOrder(
    waiting: Waiting[],
    find: (place: PlaceOf) => SymbolicTensor | undefined,
    give: (layer: string, outputs: SymbolicTensor[]) => void,
  ): void {
    while (waiting.length > 0) {
      const ready = waiting.findIndex(({ layer, call }, i) => call.inputs.every(find) && waiting.findIndex((other) => other.layer === layer) === i);
      const { layer, call, path } = waiting[Math.max(0, ready)] as Waiting;
      if (ready < 0)
        throw this.fail(
          path,
          "to have its inputs among the model's layers",
          call.inputs.map(([name]) => name),
        );
      const inputs = call.inputs.map((place) => find(place) as SymbolicTensor);
      const result = this.located(path, () => layer.apply(call.isList ? inputs : (inputs[0] as SymbolicTensor), call.options) as OneOrMore<SymbolicTensor>);
      give(layer.name, [result].flat());
      waiting.splice(ready, 1);
    }
  }
}

/**
 * The model that a topology describes.
 * @param topology `modelTopology` of a model.json, or what model.toJSON gave
 * @param where the file, for error messages
 * @param visit is called with each layer before it is built
 */
export const reviveModel = (topology: unknown, where: string, visit: (layer: Layer) => void = () => {}): Model => new Reviver(where, visit).topology(topology);
