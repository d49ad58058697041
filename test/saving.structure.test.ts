/** @file Models of every structure come back: functional, nested, shared layers, classes of one's own; and those of Keras 2 and 3. */
import { describe, expect, test } from "vitest";
import {
  input,
  io,
  Layer,
  type LayerArgs,
  layers,
  loadLayersModel,
  Model,
  type ModelArtifacts,
  model,
  models,
  randomNormal,
  type SymbolicTensor,
  sequential,
  serialization,
  setSeed,
  type Tensor,
  type Variable,
} from "../src/index.js";

async function artifactsOf(from: Model): Promise<ModelArtifacts> {
  let kept: ModelArtifacts = {};
  await from.save(
    io.withSaveHandlerSync((artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const { weightData, ...rest } = kept;
  return { ...JSON.parse(JSON.stringify(rest)), weightData };
}

const flat = (results: unknown): number[][] => [results as Tensor].flat().map((result) => Array.from(result.dataSync()));

class Scaled extends Layer {
  static readonly className: string = "Scaled";
  private factor!: Variable;
  private readonly given: LayerArgs & { times: number };
  constructor(args: LayerArgs & { times: number }) {
    super(args);
    this.given = args;
  }
  override build(): void {
    this.factor = this.addWeight("factor", [1], "float32", "ones");
  }
  override call(x: Tensor): Tensor {
    return x.mul(this.factor).mul(this.given.times);
  }
  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), times: this.given.times };
  }
}

const shared = (): Model => {
  const [a, b] = [input({ shape: [3], name: "a" }), input({ shape: [3], name: "b" })];
  const one = layers.dense({ units: 4, activation: "relu" });
  const joined = layers.concatenate().apply([one.apply(a), one.apply(b)] as SymbolicTensor[]);
  return model({ inputs: [a, b], outputs: [layers.dense({ units: 2 }).apply(joined), layers.add().apply([a, b])], name: "shared" });
};

const nested = (): Model => {
  const inner = sequential({ layers: [layers.dense({ units: 4, inputShape: [3] }), layers.dropout({ rate: 0.5 })], name: "inner" });
  const x = input({ shape: [3] });
  const core = model({ inputs: x, outputs: inner.apply(x), name: "core" });
  const y = input({ shape: [3] });
  // The same model twice.
  const sum = layers.add().apply([core.apply(y), core.apply(layers.reLU().apply(y))] as SymbolicTensor[]);
  return model({ inputs: y, outputs: layers.batchNormalization().apply(sum) });
};

const stacked = (): Model =>
  sequential({ layers: [sequential({ layers: [layers.dense({ units: 4, inputShape: [3] })] }), new Scaled({ times: 3 }), layers.dense({ units: 1 })] });

describe("a model comes back with its outputs, weights and configuration", () => {
  serialization.registerClass(Scaled);
  test.each([
    ["shared layers, several inputs and outputs", shared, 2],
    ["models in models", nested, 1],
    ["a class of one's own, a sequential model in another", stacked, 1],
  ])("%s", async (_, make, inputs) => {
    setSeed(3);
    const one = make();
    const xs = Array.from({ length: inputs as number }, () => randomNormal([5, 3]));
    const x = inputs === 1 ? (xs[0] as Tensor) : xs;
    const artifacts = await artifactsOf(one);
    const two = await loadLayersModel(io.fromMemory(artifacts));
    expect(flat(two.predict(x))).toEqual(flat(one.predict(x)));
    expect(two.getConfig()).toEqual(one.getConfig());
    expect(two.weights.map(({ name }) => name)).toEqual(one.weights.map(({ name }) => name));
    expect((await artifactsOf(two)).modelTopology).toEqual(artifacts.modelTopology);
    const three = await models.modelFromJSON(JSON.parse(one.toJSON()));
    three.setWeights(one.getWeights());
    expect(flat(three.predict(x))).toEqual(flat(one.predict(x)));
  });

  test("an input that no output needs", async () => {
    const [a, b] = [input({ shape: [2], name: "needed" }), input({ shape: [3], name: "spare" })];
    const made = model({ inputs: [b, a], outputs: layers.dense({ units: 1 }).apply(a) as SymbolicTensor });
    const loaded = await loadLayersModel(io.fromMemory(await artifactsOf(made)));
    expect([loaded.inputNames, loaded.inputShapes]).toEqual([
      ["spare", "needed"],
      [
        [null, 3],
        [null, 2],
      ],
    ]);
    const values = [randomNormal([4, 3]), randomNormal([4, 2])];
    expect(flat(loaded.predict(values))).toEqual(flat(made.predict(values)));
  });

  test("a class that nobody registered is told", async () => {
    class Unknown extends Scaled {
      static override readonly className: string = "Unknown";
    }
    const artifacts = await artifactsOf(sequential({ layers: [new Unknown({ times: 2, inputShape: [2], name: "mine" })] }));
    await expect(loadLayersModel(io.fromMemory(artifacts))).rejects.toThrow(
      /Got 'Unknown' \(layer 'mine'\)\. HINT: register a class .*\(the handler's model, layer 0\)/,
    );
  });

  test("a model of one's own class", async () => {
    class Own extends Model {
      static readonly className = "Own";
      private readonly dense: Layer;
      private readonly units: number;
      constructor({ units, ...args }: LayerArgs & { units: number }) {
        super(args);
        this.units = units;
        this.dense = layers.dense({ units, name: "own_dense", inputShape: [3] });
      }
      override build(): void {
        this.dense.ensureBuilt([null, 3]);
      }
      override call(x: Tensor): Tensor {
        return this.dense.apply(x) as Tensor;
      }
      override getConfig(): Record<string, unknown> {
        return { name: this.name, units: this.units };
      }
    }
    serialization.registerClass(Own);
    const one = new Own({ units: 2 });
    const x = randomNormal([4, 3]);
    one.predict(x);
    const artifacts = await artifactsOf(one);
    const two = await loadLayersModel(io.fromMemory(artifacts));
    expect(flat(two.predict(x))).toEqual(flat(one.predict(x)));
  });
});

describe("functional models of other programs", () => {
  const weights: Pick<ModelArtifacts, "weightSpecs" | "weightData"> = {
    weightSpecs: [
      { name: "d/kernel", shape: [2, 1], dtype: "float32" },
      { name: "d/bias", shape: [1], dtype: "float32" },
    ],
    weightData: Float32Array.from([1, 10, 0.5]).buffer,
  };
  const predicted = async (modelTopology: unknown): Promise<unknown> =>
    (await loadLayersModel(io.fromMemory({ format: "layers-model", modelTopology, ...weights }))).predict([[1, 2]]).arraySync();
  const dense = { name: "d", trainable: true, units: 1, activation: "linear", use_bias: true };

  test("Keras 2: lists of places", async () => {
    const config = {
      name: "model",
      layers: [
        {
          class_name: "Add",
          config: { name: "add" },
          name: "add",
          inbound_nodes: [
            [
              ["d", 0, 0, {}],
              ["d", 1, 0, {}],
            ],
          ],
        },
        {
          class_name: "InputLayer",
          config: { batch_input_shape: [null, 2], dtype: "float32", sparse: false, ragged: false, name: "x" },
          name: "x",
          inbound_nodes: [],
        },
        { class_name: "Dense", config: { ...dense, dtype: "float32" }, name: "d", inbound_nodes: [[["x", 0, 0, {}]], [["relu", 0, 0, {}]]] },
        { class_name: "Activation", config: { name: "relu", activation: "relu" }, name: "relu", inbound_nodes: [[["x", 0, 0, {}]]] },
      ],
      input_layers: [["x", 0, 0]],
      output_layers: [["add", 0, 0]],
    };
    for (const className of ["Functional", "Model"])
      expect(await predicted({ keras_version: "2.8.0", model_config: { class_name: className, config } })).toEqual([[43]]);
  });

  test("Keras 3: arguments with tensors in them", async () => {
    const value = (layer: string, call = 0) => ({
      class_name: "__keras_tensor__",
      config: { shape: [null, 2], dtype: "float32", keras_history: [layer, call, 0] },
    });
    const config = {
      name: "functional",
      trainable: true,
      layers: [
        {
          module: "keras.layers",
          class_name: "InputLayer",
          config: { batch_shape: [null, 2], dtype: "float32", sparse: false, name: "x" },
          registered_name: null,
          name: "x",
          inbound_nodes: [],
        },
        {
          module: "keras.layers",
          class_name: "Dense",
          config: { ...dense, dtype: { class_name: "DTypePolicy", config: { name: "float32" } } },
          name: "d",
          inbound_nodes: [
            { args: [value("x")], kwargs: {} },
            { args: [value("x")], kwargs: {} },
          ],
        },
        {
          module: "keras.layers",
          class_name: "Add",
          config: { name: "add" },
          name: "add",
          inbound_nodes: [{ args: [[value("d"), value("d", 1)]], kwargs: {} }],
        },
      ],
      input_layers: ["x", 0, 0],
      output_layers: ["add", 0, 0],
    };
    expect(await predicted({ class_name: "Functional", config })).toEqual([[43]]);
  });
});

describe("damaged and hostile structures say where", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a configuration, to be damaged anywhere
  type Json = any;
  const damaged = async (change: (config: Json, topology: Json) => void): Promise<unknown> => {
    const artifacts = await artifactsOf(shared());
    const topology = artifacts.modelTopology as Json;
    change(topology.config, topology);
    return loadLayersModel(io.fromMemory(artifacts));
  };
  const indexOf = (config: Json, className: string): number => config.layers.findIndex((layer: Json) => layer.class_name === className);
  const of = (config: Json, className: string): Json => config.layers[indexOf(config, className)];

  test.each<[string, (config: Json, topology: Json) => void, RegExp]>([
    [
      "an input that there is not",
      (config) => (of(config, "Concatenate").inbound_nodes[0][0][0] = "nobody"),
      /layers\[\d\] to have its inputs among the model's layers/,
    ],
    ["a call that there is not", (config) => (of(config, "Concatenate").inbound_nodes[0][0][1] = 7), /to have its inputs among the model's layers/],
    ["a circle", (config) => (of(config, "Dense").inbound_nodes[0] = [["concatenate", 0, 0, {}]]), /to have its inputs among the model's layers/],
    ["a name twice", (config) => (config.layers[1].name = config.layers[0].name), /layers\[1\] to have a name of its own/],
    ["places that are none", (config) => (of(config, "Dense").inbound_nodes = [[["a", "0", 0]]]), /inbound_nodes\[0\] to be places \[layer, call, index\]/],
    ["nodes that are no list", (config) => (of(config, "Dense").inbound_nodes = 3), /inbound_nodes to be an array\. Got 3/],
    ["nodes of Keras 3 without arguments", (config) => (of(config, "Dense").inbound_nodes = [{}]), /inbound_nodes\[0\] to have args/],
    ["an output that there is not", (config) => (config.output_layers[0][0] = "nobody"), /config\.output_layers to name layers of the model/],
    ["no outputs", (config) => delete config.output_layers, /config\.output_layers to be places/],
    ["a class that is a number", (_, topology) => (topology.class_name = 3), /modelTopology\.class_name to be text\. Got 3/],
    ["a configuration that is text", (_, topology) => (topology.config = "x"), /modelTopology\.config to be an object\. Got "x"/],
    ["the class of a prototype", (config) => (of(config, "Dense").class_name = "constructor"), /layer class must be one of/],
    ["units that are text", (config) => (of(config, "Dense").config.units = "many"), /units.*\(the handler's model, layer \d\)/],
    [
      "an enormous layer",
      (config) => (of(config, "Dense").config.units = 2 ** 40),
      /expected weight '.*kernel' of shape \[3,1099511627776\], as the layers say/,
    ],
  ])("%s", async (_, change, message) => {
    await expect(damaged(change)).rejects.toThrow(message);
  });

  test("models in models in models without end", async () => {
    const open = Array.from({ length: 5000 }, (_, i) => `{"class_name":"Sequential","config":{"name":"m${i}","layers":[`).join("");
    const modelTopology = JSON.parse(`${open}{"class_name":"Dense","config":{"units":1}}${"]}}".repeat(5000)}`);
    await expect(loadLayersModel(io.fromMemory({ modelTopology }))).rejects.toThrow("expected modelTopology to hold models in models at most 100 deep");
  });
});
