/** @file Saving to and loading from servers, a browser's stores, downloads, chosen files, and handlers of one's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { io, loadLayersModel, type ModelArtifacts, models, tensor, type WeightSpec } from "../src/index.js";
import { FakeDatabases, FakeDocument, FakeFolder, FakeStorage } from "./saving/fakes.js";
import { input, model } from "./saving/smallModel.js";

const scratch = mkdtempSync(join(tmpdir(), "engram-places-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => vi.unstubAllGlobals());

const outputs = async (url: Parameters<typeof loadLayersModel>[0], options = {}): Promise<unknown> =>
  (await loadLayersModel(url, options)).predict(input()).dataSync();
const wanted = (seed = 1): unknown => model(seed).predict(input()).dataSync();

async function artifactsOf(
  from = model(),
): Promise<Omit<ModelArtifacts, "weightSpecs" | "weightData"> & { weightSpecs: WeightSpec[]; weightData: ArrayBuffer }> {
  let kept: ModelArtifacts = {};
  await from.save(
    io.withSaveHandler(async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  return kept as never;
}

describe("a server", () => {
  const files = new Map<string, Uint8Array<ArrayBuffer> | string>();
  const requests: string[] = [];
  const fetchFunc = async (url: string, init?: RequestInit): Promise<Response> => {
    requests.push(`${init?.method ?? "GET"} ${url}`);
    if (init?.body) {
      for (const [name, content] of init.body as FormData) files.set(`https://a/${name}`, new Uint8Array(await (content as File).arrayBuffer()));
      return new Response("thanks");
    }
    const found = files.get(url);
    return found === undefined ? new Response(null, { status: 404, statusText: "Not Found" }) : new Response(found);
  };

  test("gets a form, and gives the model back", async () => {
    const { responses, modelArtifactsInfo } = await model().save(io.http("https://a/upload", { fetchFunc }));
    expect(await responses?.[0]?.text()).toBe("thanks");
    expect(modelArtifactsInfo.weightDataBytes).toBe(4 * model().countParams());
    const fractions: number[] = [];
    expect(await outputs("https://a/model.json", { fetchFunc, onProgress: (share: number) => fractions.push(share) })).toEqual(wanted());
    expect(fractions).toEqual([0, 1]);
    expect(requests).toEqual(["POST https://a/upload", "GET https://a/model.json", "GET https://a/model.weights.bin"]);
    await model().save(io.browserHTTPRequest("https://a/upload", { fetchFunc, requestInit: { method: "PUT" } }));
    expect(requests.at(-1)).toBe("PUT https://a/upload");
  });

  test("may have the weights in several files, elsewhere, behind a query", async () => {
    const { weightSpecs, weightData, ...rest } = await artifactsOf();
    const bytes = new Uint8Array(weightData);
    files.set("https://b/model.json?key=1", JSON.stringify({ ...rest, weightsManifest: [{ paths: ["one", "two"], weights: weightSpecs }] }));
    const put = (prefix: string, suffix = ""): void => {
      files.set(`${prefix}one${suffix}`, bytes.slice(0, 50));
      files.set(`${prefix}two${suffix}`, bytes.slice(50));
    };
    put("https://b/", "?key=1");
    expect(await outputs("https://b/model.json?key=1", { fetchFunc })).toEqual(wanted());
    put("https://c/");
    expect(await outputs("https://b/model.json?key=1", { fetchFunc, weightUrlConverter: async (name: string) => `https://c/${name}` })).toEqual(wanted());
    put("https://d/", "?key=1");
    expect(await outputs("https://b/model.json?key=1", { fetchFunc, weightPathPrefix: "https://d/" })).toEqual(wanted());
    put("https://e/");
    expect(await outputs(["https://b/model.json?key=1", "https://e/model.json"], { fetchFunc })).toEqual(wanted());
  });

  test("that fails is told with address and status; an answer without end is not read", async () => {
    await expect(outputs("https://a/none.json", { fetchFunc })).rejects.toThrow(
      "https://a/none.json: expected an answer with success. Got status 404 Not Found.",
    );
    await expect(outputs("https://a/model.json", { fetchFunc: async () => Promise.reject(new Error("offline")) })).rejects.toThrow(
      /expected an answer\. Got offline/,
    );
    await expect(model().save(io.http("https://a/x", { fetchFunc: async () => new Response(null, { status: 500 }) }))).rejects.toThrow(/Got status 500/);
    await expect(model().save(io.http("https://a/x", { requestInit: { body: "x" } }))).rejects.toThrow(/requestInit without a body/);
    let given = 0;
    const endless = async (url: string): Promise<Response> => {
      if (url.endsWith("json")) return fetchFunc("https://a/model.json");
      const body = new ReadableStream({
        pull(controller) {
          given += 1000;
          controller.enqueue(new Uint8Array(1000));
        },
      });
      return new Response(body);
    };
    await expect(outputs("https://z/model.json", { fetchFunc: endless })).rejects.toThrow(/z\/model\.json: .*expected \d+ bytes for .*Got \d+ bytes/);
    expect(given).toBeLessThan(10_000);
    files.set("https://a/model.weights.bin", new Uint8Array(3));
    await expect(outputs("https://a/model.json", { fetchFunc })).rejects.toThrow(/Got 3 bytes\. HINT: the file is truncated/);
  });

  test("of flesh and blood works too", async () => {
    const parts = new Map<string, Buffer>();
    const server = createServer((request, response) => {
      if (request.method === "POST") {
        const chunks: Buffer[] = [];
        request.on("data", (chunk) => chunks.push(chunk));
        request.on("end", async () => {
          const form = await new Response(Buffer.concat(chunks), { headers: { "content-type": request.headers["content-type"] as string } }).formData();
          for (const [name, content] of form) parts.set(`/${name}`, Buffer.from(await (content as File).arrayBuffer()));
          response.end();
        });
      } else response.writeHead(parts.has(request.url as string) ? 200 : 404).end(parts.get(request.url as string));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await model().save(`${url}/upload`);
      expect(await outputs(`${url}/model.json`)).toEqual(wanted());
      await expect(outputs(`${url}/nothing.json`)).rejects.toThrow(/Got status 404/);
    } finally {
      server.close();
    }
  });
});

describe.each([
  ["indexeddb", () => vi.stubGlobal("indexedDB", new FakeDatabases())],
  ["localstorage", () => vi.stubGlobal("localStorage", new FakeStorage(20_000))],
  ["opfs", () => vi.stubGlobal("navigator", new FakeFolder().navigator)],
])("a browser's %s", (scheme, stub) => {
  test("keeps models, lists, copies, moves and removes them", async () => {
    stub();
    await expect(outputs(`${scheme}://one`)).rejects.toThrow(`${scheme}://one: expected a model. Got none of this name.`);
    const labelled = model(1);
    labelled.setUserDefinedMetadata({ labels: ["yes", "no"] });
    await labelled.save(`${scheme}://one`);
    expect((await loadLayersModel(`${scheme}://one`)).getUserDefinedMetadata()).toEqual({ labels: ["yes", "no"] });
    await model(2).save(`${scheme}://folder/two`);
    expect(await outputs(`${scheme}://one`)).toEqual(wanted(1));
    await model(3).save(`${scheme}://one`);
    expect(await outputs(`${scheme}://one`)).toEqual(wanted(3));
    expect(Object.keys(await io.listModels()).sort()).toEqual([`${scheme}://folder/two`, `${scheme}://one`]);
    expect((await io.listModels())[`${scheme}://one`]).toMatchObject({ modelTopologyType: "JSON", weightDataBytes: 4 * model().countParams() });
    await io.copyModel(`${scheme}://one`, `${scheme}://three`);
    await io.moveModel(`${scheme}://three`, `file://${scratch}/${scheme}`);
    expect(await outputs(`file://${scratch}/${scheme}`)).toEqual(wanted(3));
    expect((await io.removeModel(`${scheme}://one`)).weightDataBytes).toBe(4 * model().countParams());
    expect(Object.keys(await io.listModels())).toEqual([`${scheme}://folder/two`]);
    await expect(io.removeModel(`${scheme}://one`)).rejects.toThrow(/none of this name/);
    await expect(io.copyModel(`${scheme}://folder/two`, `${scheme}://folder/two`)).rejects.toThrow(/two different addresses/);
    await expect(model().save(`${scheme}://`)).rejects.toThrow(new RegExp(`expected "${scheme}://name"`));
  });

  test("is told to be missing in Node", async () => {
    await expect(model().save(`${scheme}://one`)).rejects.toThrow(/expected a browser that has it/);
    expect(await io.listModels()).toEqual({});
  });
});

test("a store without room keeps the old model", async () => {
  const databases = new FakeDatabases();
  vi.stubGlobal("indexedDB", databases);
  vi.stubGlobal("localStorage", new FakeStorage(3500));
  const folder = new FakeFolder();
  vi.stubGlobal("navigator", folder.navigator);
  for (const url of ["indexeddb://one", "localstorage://one", "opfs://one"]) await model(1).save(url);
  databases.quota = 10;
  folder.room = 100;
  localStorage.setItem(
    "other",
    "x".repeat(
      3500 - Array.from({ length: localStorage.length }, (_, i) => localStorage.getItem(localStorage.key(i) as string)?.length ?? 0).reduce((a, b) => a + b),
    ),
  );
  await expect(model(2).save("indexeddb://one")).rejects.toThrow(/expected a database that takes the model\. Got .*QuotaExceededError/);
  for (const url of ["opfs://one", "opfs://two"])
    await expect(model(2).save(url)).rejects.toThrow(`${url}: expected room for the model. Got Error: QuotaExceededError`);
  await expect(outputs("opfs://two")).rejects.toThrow("none of this name");
  expect(Object.keys(await io.listModels()).filter((url) => url.startsWith("opfs"))).toEqual(["opfs://one"]);
  const grown = await artifactsOf(model(2));
  const bigger = { ...grown, userDefinedMetadata: "more than before" };
  const [handler] = io.getSaveHandlers("localstorage://one");
  await expect(handler?.save?.(bigger)).rejects.toThrow(/expected room for the model.*HINT: .*indexeddb/);
  for (const url of ["indexeddb://one", "localstorage://one", "opfs://one"]) expect(await outputs(url)).toEqual(wanted(1));
  expect(databases.opened).toBe(0);
});

test("downloads can be loaded as chosen files", async () => {
  const page = new FakeDocument();
  vi.stubGlobal("document", page);
  vi.stubGlobal("MouseEvent", class {});
  vi.useFakeTimers({ toFake: ["setTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 50 });
  await model().save("downloads://mine");
  expect(page.downloads.map(({ name }) => name)).toEqual(["mine.json", "mine.weights.bin"]);
  const files = await Promise.all(page.downloads.map(async ({ name, href }) => new File([await (await fetch(href)).arrayBuffer()], name)));
  vi.useRealTimers();
  expect(await outputs(io.browserFiles(files))).toEqual(wanted());
  const [json, weights] = files as [File, File];
  await expect(outputs(io.browserFiles([json]))).rejects.toThrow(/mine\.json: expected a file mine\.weights\.bin\. Got 0 among none/);
  await expect(outputs(io.browserFiles([json, new File([await weights.slice(8).arrayBuffer()], weights.name)]))).rejects.toThrow(/HINT: the file is truncated/);
  await expect(outputs(io.browserFiles([]))).rejects.toThrow(/expected a model\.json/);
  await expect(outputs("downloads://mine")).rejects.toThrow(/load: expected a place that can\. Got "downloads:\/\/mine"/);
});

test("routers of one's own come first", async () => {
  const shelf = new Map<string, ModelArtifacts>();
  const router = (url: string | string[]) =>
    String(url).startsWith("drawer:")
      ? {
          save: async (artifacts: ModelArtifacts) => {
            shelf.set(String(url), artifacts);
            return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
          },
          load: async () => shelf.get(String(url)) as ModelArtifacts,
        }
      : null;
  io.registerSaveRouter(router);
  io.registerLoadRouter(router);
  expect(io.getLoadHandlers("drawer:1")).toHaveLength(1);
  expect(io.getSaveHandlers("nothing:1")).toEqual([]);
  await model(2).save("drawer:1");
  expect(await outputs("drawer:1")).toEqual(wanted(2));
});

test("artifacts come in every form that TensorFlow.js takes", async () => {
  const artifacts = await artifactsOf();
  const { weightSpecs, weightData, modelTopology } = artifacts;
  const pieces: ArrayBuffer[] = [weightData.slice(0, 40), weightData.slice(40)];
  expect(await outputs(io.fromMemory({ ...artifacts, weightData: pieces }))).toEqual(wanted());
  expect(await outputs(io.fromMemorySync(artifacts))).toEqual(wanted());
  expect(await outputs(io.fromMemory(modelTopology as object, weightSpecs, weightData))).toEqual(wanted());
  expect(new Uint8Array(io.concatenateArrayBuffers(pieces))).toEqual(new Uint8Array(weightData));
  const padded = new Uint8Array([1, ...new Uint8Array(weightData), 2]);
  expect(await outputs(io.fromMemory({ ...artifacts, weightData: padded.subarray(1, -1) as never }))).toEqual(wanted());
  for (const wrong of [[1, 2], "abc"])
    await expect(outputs(io.fromMemory({ ...artifacts, weightData: wrong as never }))).rejects.toThrow(
      "expected weightData to be an ArrayBuffer, or several. Got",
    );
  await expect(outputs({ load: async () => undefined as never })).rejects.toThrow(
    "the handler's model: expected modelTopology to be an object. Got undefined.",
  );
  const json = { ...artifacts, weightsManifest: [{ paths: ["w"], weights: weightSpecs }] };
  expect(io.getWeightSpecs(json.weightsManifest)).toEqual(weightSpecs);
  expect(await outputs(io.fromMemory(await io.getModelArtifactsForJSON(json, async () => [weightSpecs, weightData])))).toEqual(wanted());
  expect(await outputs(io.fromMemorySync(io.getModelArtifactsForJSONSync(json, weightSpecs, weightData)))).toEqual(wanted());
  expect([io.isHTTPScheme("https://x"), io.isHTTPScheme("file://x")]).toEqual([true, false]);
});

test("tensors by name have TensorFlow.js's bytes", async () => {
  const values = { a: [[1, 2]], b: [3] };
  const { data, specs } = await io.encodeWeights({ a: tensor(values.a), b: tensor(values.b, [1], "int32") });
  const theirs = await tf.io.encodeWeights({ a: tf.tensor(values.a), b: tf.tensor(values.b, [1], "int32") });
  expect(specs).toEqual(theirs.specs);
  expect(new Uint8Array(data)).toEqual(new Uint8Array(theirs.data as ArrayBuffer));
  const decoded = await io.decodeWeightsStream(new Response(data).body as never, specs);
  expect(decoded.a?.arraySync()).toEqual(values.a);
  expect(decoded.b?.dtype).toBe("int32");
  await expect(io.decodeWeightsStream(new Response(data.slice(4)).body as never, specs)).rejects.toThrow(/expected 12 bytes.*Got 8/);
  const read = async (urls: string[]): Promise<ArrayBuffer[]> => urls.map((url) => (url === "x/one" ? data.slice(0, 8) : data.slice(8)));
  const manifest = specs.map((spec, i) => ({ paths: [["one", "two"][i] as string], weights: [spec] }));
  const load = io.weightsLoaderFactory(read);
  expect((await load(manifest, "x")).b?.arraySync()).toEqual(values.b);
  expect(Object.keys(await load(manifest, "x", ["a"]))).toEqual(["a"]);
  await expect(load(manifest, "x", ["c"])).rejects.toThrow(/expected names among a, b\. Got "c"/);
});

test("models come back from their configuration", async () => {
  const one = model();
  expect(JSON.parse(one.toJSON())).toEqual(one.toJSON(null, false));
  const two = await models.modelFromJSON(JSON.parse(one.toJSON()));
  expect(two.getConfig()).toEqual(one.getConfig());
  await expect(models.modelFromJSON(null as never)).rejects.toThrow("modelFromJSON: expected modelTopology to be an object. Got null.");
  await expect(models.modelFromJSON({ class_name: "Sequential", config: { layers: [] } })).rejects.toThrow(
    /modelFromJSON: expected modelTopology\.config\.layers/,
  );
});

test("TensorFlow.js loads what engram saves, and the other way round", async () => {
  const artifacts = await artifactsOf();
  const theirs = await tf.loadLayersModel(tf.io.fromMemory(artifacts as never));
  const x = input();
  const ours = model().predict(x).dataSync();
  const output = (theirs.predict(tf.tensor(Array.from(x.dataSync()), x.shape as [number])) as tf.Tensor).dataSync();
  for (const [i, value] of ours.entries()) expect(Math.abs(value - (output[i] as number))).toBeLessThan(1e-6);
  let saved: tf.io.ModelArtifacts | undefined;
  theirs.setUserDefinedMetadata({ labels: ["yes"] });
  theirs.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError", metrics: ["mse"] });
  await theirs.save(
    tf.io.withSaveHandler(async (given) => {
      saved = given;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(given) };
    }),
    { includeOptimizer: true },
  );
  const back = await loadLayersModel(io.fromMemory(saved as never));
  expect(back.predict(x).dataSync()).toEqual(ours);
  expect(back.getUserDefinedMetadata()).toEqual({ labels: ["yes"] });
  expect(back.optimizer.learningRate).toBe(0.01);
});
