/** @file Runs in real browsers: models in the browser's stores, downloads, chosen files, files beside the page. */
import { expect, test } from "vitest";
import { io, loadLayersModel } from "../../src/index.js";
import { input, model } from "../saving/smallModel.js";

const outputs = async (url: Parameters<typeof loadLayersModel>[0]): Promise<unknown> => (await loadLayersModel(url)).predict(input()).dataSync();
const wanted = (seed: number): unknown => model(seed).predict(input()).dataSync();

/** WebKitGTK has no private file system. */
const hasPrivateFiles = navigator.storage !== undefined;

async function expectNoPrivateFiles(): Promise<void> {
  expect(navigator.userAgent).toMatch(/AppleWebKit(?!.*Chrome)/);
  await expect(model(1).save("opfs://test/one")).rejects.toThrow(/^opfs: expected a browser that has it/);
}

test.each(["indexeddb", "localstorage", "opfs"])("%s keeps models, or says that the browser has no such place", async (scheme) => {
  if (scheme === "opfs" && !hasPrivateFiles) return expectNoPrivateFiles();
  await model(1).save(`${scheme}://test/one`);
  await model(2).save(`${scheme}://test/one`);
  expect(await outputs(`${scheme}://test/one`)).toEqual(wanted(2));
  expect((await io.listModels())[`${scheme}://test/one`]).toMatchObject({ weightDataBytes: 4 * model().countParams() });
  await io.moveModel(`${scheme}://test/one`, `${scheme}://test/two`);
  expect(Object.keys(await io.listModels())).toEqual([`${scheme}://test/two`]);
  await io.removeModel(`${scheme}://test/two`);
  expect(await io.listModels()).toEqual({});
  await expect(outputs(`${scheme}://test/one`)).rejects.toThrow(/expected a model\. Got none of this name/);
});

test("a private file that is damaged is told", async () => {
  if (!hasPrivateFiles) return expectNoPrivateFiles();
  await model(1).save("opfs://damaged");
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("engram_models");
  const writer = await (await folder.getFileHandle("damaged")).createWritable();
  await writer.write("not a model");
  await writer.close();
  await expect(outputs("opfs://damaged")).rejects.toThrow(/^loadLayersModel: opfs:\/\/damaged: expected a model\. Got a damaged one/);
  await folder.removeEntry("damaged");
});

test("local storage without room keeps the old model", async () => {
  await model(1).save("localstorage://full");
  const [handler] = io.getSaveHandlers("localstorage://full");
  const artifacts = { modelTopology: {}, weightSpecs: [], weightData: new ArrayBuffer(20_000_000) };
  await expect(handler?.save?.(artifacts)).rejects.toThrow(/expected room for the model/);
  expect(await outputs("localstorage://full")).toEqual(wanted(1));
  localStorage.clear();
});

test("downloads can be loaded as chosen files", async () => {
  const clicked: { name: string; content: Promise<Blob> }[] = [];
  const listen = (event: Event): void => {
    const { download, href } = event.currentTarget as HTMLAnchorElement;
    clicked.push({ name: download, content: fetch(href).then((answer) => answer.blob()) });
    event.preventDefault();
  };
  const create = document.createElement.bind(document);
  document.createElement = ((name: string) => {
    const made = create(name);
    made.addEventListener("click", listen);
    return made;
  }) as typeof document.createElement;
  try {
    await model(3).save("downloads://mine");
  } finally {
    document.createElement = create;
  }
  const files = await Promise.all(clicked.map(async ({ name, content }) => new File([await content], name)));
  expect(files.map(({ name }) => name)).toEqual(["mine.json", "mine.weights.bin"]);
  expect(await outputs(io.browserFiles(files))).toEqual(wanted(3));
});

test("an address without a scheme is one beside the page", async () => {
  await expect(outputs("nothing/model.json")).rejects.toThrow(/nothing\/model\.json: expected/);
});
