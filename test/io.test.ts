/** @file Saved models: TensorFlow.js's format, files of other programs, damaged and hostile files, saves that are killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type IOHandler, io, layers, loadLayersModel, type ModelArtifacts, randomNormal, type Sequential, sequential, setSeed, tensor } from "../src/index.js";
import { float16 } from "../src/io/weights.js";
import { input, model } from "./saving/smallModel.js";

const scratch = mkdtempSync(join(tmpdir(), "engram-io-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = (name: string): string => {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** The artifacts of a model, and a handler that gives changed ones. */
async function artifactsOf(from: Sequential): Promise<ModelArtifacts> {
  let kept: ModelArtifacts | undefined;
  const handler: IOHandler = io.withSaveHandler(async (artifacts) => {
    kept = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON", modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 } };
  });
  await from.save(handler);
  return kept as ModelArtifacts;
}

describe("saved models", () => {
  test("predict the same to the bit when loaded, and keep their configuration", async () => {
    const saved = model();
    const path = join(scratch, "a", "b");
    const { modelArtifactsInfo } = await saved.save(`file://${path}`);
    expect(modelArtifactsInfo).toMatchObject({ modelTopologyType: "JSON", weightDataBytes: 4 * saved.countParams() });
    expect(readdirSync(path).sort()).toEqual(["model.json", "weights.bin"]);
    expect(statSync(join(path, "weights.bin")).size).toBe(4 * saved.countParams());
    for (const url of [`file://${path}`, `file://${path}/`, `file://${path}/model.json`]) {
      const loaded = await loadLayersModel(url);
      expect(loaded.predict(input()).dataSync()).toEqual(saved.predict(input()).dataSync());
      expect(loaded.getConfig()).toEqual(saved.getConfig());
      expect(loaded.weights.map(({ name }) => name)).toEqual(saved.weights.map(({ name }) => name));
    }
  });

  test("have TensorFlow.js's form", async () => {
    const path = join(scratch, "form");
    await model().save(`file://${path}`);
    const json = JSON.parse(readFileSync(join(path, "model.json"), "utf8"));
    expect(json).toMatchObject({ format: "layers-model", convertedBy: null, modelTopology: { class_name: "Sequential", backend: "tensor_flow.js" } });
    expect(json.modelTopology.config.layers[0]).toMatchObject({ class_name: "Flatten", config: { batch_input_shape: [null, 2, 3] } });
    expect(json.modelTopology.config.layers[1].config).toMatchObject({
      units: 5,
      activation: "relu",
      use_bias: true,
      trainable: true,
      kernel_initializer: { class_name: "HeNormal" },
    });
    expect(json.weightsManifest).toHaveLength(1);
    expect(json.weightsManifest[0].paths).toEqual(["weights.bin"]);
    expect(json.weightsManifest[0].weights[0]).toEqual({ name: expect.stringMatching(/^dense(_\d+)?\/kernel$/), shape: [6, 5], dtype: "float32" });
  });

  test("replace older ones, and leave nothing else behind", async () => {
    const path = join(scratch, "again");
    await model(1).save(`file://${path}`);
    writeFileSync(join(path, "notes.txt"), "mine");
    const [second, third] = [model(2), model(3)];
    await Promise.all([second.save(`file://${path}`), third.save(`file://${path}`)]);
    expect((await loadLayersModel(`file://${path}`)).predict(input()).dataSync()).toEqual(third.predict(input()).dataSync());
    expect(readdirSync(path).sort()).toEqual(["model.json", "notes.txt", "weights.bin"]);
  });

  test("do not disturb the random numbers that follow their loading", async () => {
    const path = join(scratch, "random");
    await model().save(`file://${path}`);
    setSeed(5);
    const expected = randomNormal([3]).arraySync();
    setSeed(5);
    await loadLayersModel(`file://${path}`);
    expect(randomNormal([3]).arraySync()).toEqual(expected);
  });

  test("can stay in memory", async () => {
    const saved = model();
    const artifacts = await artifactsOf(saved);
    expect((await loadLayersModel(io.fromMemory(artifacts))).predict(input()).dataSync()).toEqual(saved.predict(input()).dataSync());
    const cut = { ...artifacts, weightData: artifacts.weightData?.slice(0, 8) as ArrayBuffer };
    await expect(loadLayersModel(io.fromMemory(cut))).rejects.toThrow(/the handler's model: expected \d+ bytes of values for 5 weights\. Got 8 bytes/);
    await expect(loadLayersModel(io.fromMemory({ weightSpecs: [], weightData: new ArrayBuffer(0) }))).rejects.toThrow(
      /expected modelTopology to be an object\. Got undefined/,
    );
  });

  test("can be trained on after loading", async () => {
    const path = join(scratch, "train");
    const first = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
    await first.save(`file://${path}`);
    const loaded = await loadLayersModel(`file://${path}`);
    loaded.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const { history } = await loaded.fit(tensor([[0], [1], [2]]), tensor([[1], [3], [5]]), { epochs: 30, verbose: 0 });
    expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] as number);
  });

  test("go to handlers of one's own by scheme, and to nowhere else", async () => {
    const shelf = new Map<string, ModelArtifacts>();
    io.registerHandler("shelf", (url) => ({
      save: async (artifacts) => {
        shelf.set(url, artifacts);
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON", modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 } };
      },
      load: async () => shelf.get(url) as ModelArtifacts,
    }));
    const saved = model();
    await saved.save("shelf://one");
    expect((await loadLayersModel("shelf://one")).predict(input()).dataSync()).toEqual(saved.predict(input()).dataSync());
    await expect(saved.save("nowhere://x")).rejects.toThrow(/save: expected a URL that starts with file:\/\/, http.*, shelf:\/\/\. Got "nowhere:\/\/x"/);
    await expect(saved.save("folder")).rejects.toThrow(/HINT: for a folder, write "file:\/\/folder"/);
    await expect(saved.save({ load: async () => ({}) })).rejects.toThrow(/save: expected a handler with save\(\)/);
    await expect(loadLayersModel(null as never)).rejects.toThrow(/expected a URL or a handler/);
    await expect(saved.save(`file://${join(scratch, "x.json")}`)).rejects.toThrow(/expected the URL of a folder/);
    writeFileSync(join(scratch, "plain"), "a file");
    await expect(saved.save(`file://${join(scratch, "plain")}`)).rejects.toThrow(/plain: expected a folder/);
  });
});

describe("models of other programs", () => {
  const files = "test/saving/files";
  const reference = JSON.parse(readFileSync(join(files, "reference.json"), "utf8"));

  test.each(["abalone-layers", "written-by-tfjs"])("of TensorFlow.js give its outputs: %s", async (name) => {
    const { input: values, inputShape, output, outputShape } = reference[name];
    for (const url of [`file://${files}/${name}`, `file://${files}/${name}/model.json`]) {
      const predicted = (await loadLayersModel(url)).predict(tensor(values, inputShape));
      expect(predicted.shape).toEqual(outputShape);
      predicted.dataSync().forEach((value, i) => {
        expect(Math.abs(value - output[i])).toBeLessThan(2e-6 * Math.abs(output[i]));
      });
    }
  });

  test("of TensorFlow.js that are not supported are refused with the reason", async () => {
    await expect(loadLayersModel(`file://${files}/it-layers`)).rejects.toThrow(
      /layer class must be one of Dense.*Got 'GRU' \(layer 'gru_GRU1'\).*it-layers, layer 1/,
    );
    await expect(loadLayersModel(`file://${files}/rn-graph`)).rejects.toThrow(/expected format "layers-model"\. Got "graph-model"/);
  });

  const kernel = [1, 2, 3, 4, 5, 6];
  const weights = (prefix: string): Pick<ModelArtifacts, "weightSpecs" | "weightData"> => ({
    weightSpecs: [
      { name: `${prefix}/kernel`, shape: [2, 3], dtype: "float32" },
      { name: `${prefix}/bias`, shape: [3], dtype: "float32" },
    ],
    weightData: Float32Array.from([...kernel, 0.5, 0, -0.5]).buffer,
  });
  const dense = { class_name: "Dense", config: { name: "dense", trainable: true, units: 3, activation: "linear", use_bias: true } };
  const expected = [[9.5, 12, 14.5]];

  test("of Keras 2, converted: the model one level deeper, the model's name before the weights'", async () => {
    const layer = {
      class_name: "Dense",
      config: { ...dense.config, batch_input_shape: [null, 2], dtype: "float32", kernel_initializer: { class_name: "GlorotUniform", config: { seed: null } } },
    };
    const modelTopology = {
      keras_version: "2.8.0",
      backend: "tensorflow",
      model_config: { class_name: "Sequential", config: { name: "sequential", layers: [layer] } },
    };
    const loaded = await loadLayersModel(io.fromMemory({ format: "layers-model", modelTopology, ...weights("sequential/dense") }));
    expect(loaded.predict([[1, 2]]).arraySync()).toEqual(expected);
    const oldest = { model_config: { class_name: "Sequential", config: [layer] } };
    expect((await loadLayersModel(io.fromMemory({ modelTopology: oldest, ...weights("dense") }))).predict([[1, 2]]).arraySync()).toEqual(expected);
  });

  test("of Keras 3: an input layer with batch_shape, or the shape beside the layers", async () => {
    const inputLayer = {
      module: "keras.layers",
      class_name: "InputLayer",
      config: { batch_shape: [null, 2], dtype: "float32", sparse: false, name: "input_layer" },
      registered_name: null,
    };
    const policy = { module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null };
    const layer = {
      module: "keras.layers",
      class_name: "Dense",
      config: {
        ...dense.config,
        dtype: policy,
        kernel_initializer: { module: "keras.initializers", class_name: "GlorotUniform", config: { seed: null }, registered_name: null },
        kernel_regularizer: null,
      },
      registered_name: null,
      build_config: { input_shape: [null, 2] },
    };
    for (const config of [
      { name: "sequential", trainable: true, layers: [inputLayer, layer], build_input_shape: [null, 2] },
      { layers: [layer], build_input_shape: [null, 2] },
    ]) {
      const loaded = await loadLayersModel(io.fromMemory({ format: "layers-model", modelTopology: { class_name: "Sequential", config }, ...weights("dense") }));
      expect(loaded.predict([[1, 2]]).arraySync()).toEqual(expected);
    }
  });

  test("with quantised weights, in several files", async () => {
    const path = folder("quantised");
    const layer = { class_name: "Dense", config: { ...dense.config, batch_input_shape: [null, 2] } };
    const json = {
      modelTopology: { class_name: "Sequential", config: { layers: [layer] } },
      weightsManifest: [
        {
          paths: ["group1-shard1of2.bin", "group1-shard2of2.bin"],
          weights: [{ name: "dense/kernel", shape: [2, 3], dtype: "float32", quantization: { dtype: "uint16", scale: 0.5, min: 1 } }],
        },
        {
          paths: ["group2.bin"],
          weights: [{ name: "dense/bias", shape: [3], dtype: "float32", quantization: { dtype: "float16", original_dtype: "float32" } }],
        },
      ],
    };
    writeFileSync(join(path, "model.json"), JSON.stringify(json));
    const stored = new Uint8Array(Uint16Array.from([0, 2, 4, 6, 8, 10]).buffer);
    writeFileSync(join(path, "group1-shard1of2.bin"), stored.subarray(0, 5));
    writeFileSync(join(path, "group1-shard2of2.bin"), stored.subarray(5));
    writeFileSync(join(path, "group2.bin"), new Uint8Array(Uint16Array.from([0x3800, 0, 0xb800]).buffer));
    expect((await loadLayersModel(`file://${path}`)).predict([[1, 2]]).arraySync()).toEqual(expected);
  });

  test("float16 follows IEEE 754", () => {
    expect([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0xfc00].map(float16)).toEqual([
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -24,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(float16(0x7e00)).toBeNaN();
    expect(Object.is(float16(0x8000), -0)).toBe(true);
  });
});

describe("damaged and hostile models", () => {
  let count = 0;
  /** A saved model whose files are then changed. */
  async function damaged(change: (json: Json, path: string) => void): Promise<string> {
    const path = join(scratch, `damaged-${count++}`);
    await model().save(`file://${path}`);
    const json = JSON.parse(readFileSync(join(path, "model.json"), "utf8"));
    change(json, path);
    writeFileSync(join(path, "model.json"), JSON.stringify(json));
    return `file://${path}`;
  }
  // biome-ignore lint/suspicious/noExplicitAny: a file's content, to be damaged anywhere
  type Json = any;
  const bin = (path: string): string => join(path, "weights.bin");

  test("weights cut short, too long or missing are told with both sizes", async () => {
    const size = 4 * model().countParams();
    await expect(loadLayersModel(await damaged((_, path) => writeFileSync(bin(path), readFileSync(bin(path)).subarray(0, 100))))).rejects.toThrow(
      new RegExp(`weights\\.bin: expected ${size} bytes for .*kernel \\[6,5\\].*Got 100 bytes\\. HINT: the file is truncated`),
    );
    await expect(loadLayersModel(await damaged((_, path) => writeFileSync(bin(path), Buffer.alloc(size + 1))))).rejects.toThrow(
      new RegExp(`expected ${size} bytes .*Got ${size + 1} bytes`),
    );
    await expect(loadLayersModel(await damaged((_, path) => rmSync(bin(path))))).rejects.toThrow(/weights\.bin: expected a file with weights, .*Got ENOENT/);
    await expect(loadLayersModel(`file://${join(scratch, "no-model")}`)).rejects.toThrow(/no-model: expected a folder with model\.json.*Got ENOENT/);
    await expect(loadLayersModel(`file://${folder("no-json")}`)).rejects.toThrow(/model\.json: expected a file\. Got ENOENT/);
  });

  test("text that is not JSON, at any length", async () => {
    const path = (await damaged(() => {})).slice("file://".length);
    const text = readFileSync(join(path, "model.json"), "utf8");
    for (let length = 0; length < text.length; length += 37) {
      writeFileSync(join(path, "model.json"), text.slice(0, length));
      await expect(loadLayersModel(`file://${path}`)).rejects.toThrow(/model\.json: expected JSON\. Got text of \d+ characters that is not/);
    }
    writeFileSync(join(path, "model.json"), "PK\u0003\u0004");
    await expect(loadLayersModel(`file://${path}`)).rejects.toThrow("expected JSON. Got a .keras or .h5 file. HINT: convert it with tensorflowjs_converter.");
    writeFileSync(join(path, "model.json"), `\uFEFF${text}`);
    expect((await loadLayersModel(`file://${path}`)).countParams()).toBeGreaterThan(0);
    for (const wrong of ["null", "[]", "3", "{}", '{"modelTopology":3}', '{"modelTopology":{}}']) {
      writeFileSync(join(path, "model.json"), wrong);
      await expect(loadLayersModel(`file://${path}`), wrong).rejects.toThrow(/^loadLayersModel: .*expected .*\. Got /);
    }
  });

  test.each<[string, (json: Json) => void, RegExp]>([
    ["a layer of unknown class", (json) => (json.modelTopology.config.layers[1].class_name = "Nonsense"), /Got 'Nonsense' \(layer '.*'\).*layer 1/],
    [
      "a model of another class",
      (json) => (json.modelTopology.class_name = "Functional"),
      /expected modelTopology\.config\.layers\[0\] to have inbound_nodes, as it is no input\. Got undefined/,
    ],
    ["no layers", (json) => (json.modelTopology.config.layers = []), /config\.layers to be an array of layers/],
    ["a layer that is no object", (json) => (json.modelTopology.config.layers[2] = null), /config\.layers\[2\] to have class_name and config\. Got null/],
    ["an unknown activation", (json) => (json.modelTopology.config.layers[1].config.activation = "magic"), /Got "magic".*layer 1/],
    [
      "a shape that does not fit the layers",
      (json) => (json.weightsManifest[0].weights[0].shape = [5, 6]),
      /expected weight '.*kernel' of shape \[6,5\], as the layers say\. Got .*\[5,6\]/,
    ],
    ["a weight without a layer", (json) => json.modelTopology.config.layers.pop(), /expected a layer for each weight\. Got weights '.*' \[4,3\]/],
    [
      "a layer without a weight",
      (json) => (json.weightsManifest[0].weights[0].name = "other/kernel"),
      /expected a weight '.*\/kernel' of shape \[6,5\]\. Got weights 'other\/kernel'/,
    ],
    ["a name twice", (json) => (json.weightsManifest[0].weights[1].name = json.weightsManifest[0].weights[0].name), /expected each weight once/],
    ["no manifest", (json) => delete json.weightsManifest, /expected weightsManifest to be an array\. Got undefined/],
    ["a group without paths", (json) => delete json.weightsManifest[0].paths, /weightsManifest\[0\] to have arrays paths and weights/],
    ["a path out of the folder", (json) => (json.weightsManifest[0].paths = ["../../secret"]), /paths to name files beside it\. Got "\.\.\/\.\.\/secret"/],
    ["an absolute path", (json) => (json.weightsManifest[0].paths = ["/etc/passwd"]), /paths to name files beside it/],
    ["a negative size", (json) => (json.weightsManifest[0].weights[0].shape = [-6, -5]), /a shape of whole numbers >= 0/],
    ["an enormous size", (json) => (json.weightsManifest[0].weights[0].shape = [2 ** 50, 2 ** 50]), /a shape that a file can hold/],
    ["an unknown dtype", (json) => (json.weightsManifest[0].weights[0].dtype = "string"), /dtype float32, int32 or bool\. Got dtype="string"/],
    [
      "a quantization without scale",
      (json) => (json.weightsManifest[0].weights[0].quantization = { dtype: "uint8" }),
      /quantization with numbers scale and min/,
    ],
    ["channels first", (json) => (json.modelTopology.config.layers[1].config.data_format = "channels_first"), /data_format "channels_last"/],
  ])("%s", async (_, change, message) => {
    await expect(loadLayersModel(await damaged(change))).rejects.toThrow(message);
  });

  test("claims of memory are not believed", async () => {
    const before = process.memoryUsage().rss;
    const url = await damaged((json) => {
      json.modelTopology.config.layers[0].config.batch_input_shape = [null, 60_000, 60_000];
      json.modelTopology.config.layers[1].config.units = 2_000_000_000;
    });
    await expect(loadLayersModel(url)).rejects.toThrow(/expected weight '.*kernel' of shape \[3600000000,2000000000\]/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
  });

  test("a save that cannot give the weights their usual name is whole under another", async () => {
    const path = join(scratch, "in-the-way");
    await model(1).save(`file://${path}`);
    rmSync(join(path, "weights.bin"));
    mkdirSync(join(path, "weights.bin", "in-the-way"), { recursive: true });
    await model(2).save(`file://${path}`);
    expect((await loadLayersModel(`file://${path}`)).predict(input()).dataSync()).toEqual(model(2).predict(input()).dataSync());
  });
});

test.each(["plain", "optimizer", "checkpoint"])("a save killed at any moment leaves a model that loads: %s", { timeout: 120_000 }, async (way) => {
  const path = join(scratch, `killed-${way}`);
  const models = [1, 2, 3].map((seed) => model(seed));
  const wanted = models.map((one) => one.predict(input()).dataSync().join());
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ["--import", "tsx", resolve("test/saving/saveForever.ts"), path, way], { stdio: ["ignore", "pipe", "inherit"] });
    // It tells when it begins to save.
    await new Promise((done) => child.stdout?.once("data", done));
    return child;
  };
  const seen = new Set<string>();
  await models[0]?.save(`file://${path}`);
  for (let round = 0; round < 5; round++) {
    const child = await start();
    const ended = new Promise((done) => child.once("exit", (_, signal) => done(signal)));
    // Reading while it writes must give whole models too.
    const until = performance.now() + 20 + Math.random() * 60;
    while (performance.now() < until) expect(wanted).toContain((await loadLayersModel(`file://${path}`)).predict(input()).dataSync().join());
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    const found = (await loadLayersModel(`file://${path}`)).predict(input()).dataSync().join();
    expect(wanted).toContain(found);
    seen.add(readFileSync(join(path, "model.json"), "utf8").match(/"paths":\["([^"]*)/)?.[1] ?? "");
  }
  await models[2]?.save(`file://${path}`);
  expect((await loadLayersModel(`file://${path}`)).predict(input()).dataSync().join()).toBe(wanted[2]);
  expect(seen.size).toBeGreaterThan(0);
});
