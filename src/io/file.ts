/** @file Models in folders of a file system: "file://folder", with model.json and weights.bin in it. */
import { fileSystem } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, groupsOf, parseModelJson, toModelJson } from "./modelJson.js";
import type { ModelArtifacts, SaveResult, WeightSpec, WeightsGroup } from "./types.js";
import { storedBytes } from "./weights.js";

type FileSystem = Awaited<ReturnType<typeof fileSystem>>;

/** Times that a load starts over when another process replaces the model meanwhile. */
const LOAD_ATTEMPTS = 20;
/** Files that a killed save left behind are removed by the next one after this many milliseconds. */
const STRAY_AGE = 10 * 60_000;
/** Names that a save gives to files on their way. */
const STRAY_NAME = /^(weights-[0-9a-f]{12}\.bin|model-[0-9a-f]{12}\.json)$/;

const uniquePart = (): string => Array.from({ length: 12 }, () => Math.floor(Math.random() * 16).toString(16)).join("");

/** The path that a file URL means: what follows "file://", relative to the working folder unless it starts with a slash. */
function pathOf(url: string): string {
  const path = url.slice("file://".length).replace(/[/\\]+$/, "");
  if (path === "") throw error("file", 'expected "file://folder"', describe(url));
  // "file:///C:/models" is the folder C:/models.
  return /^\/[A-Za-z]:[/\\]/.test(path) ? path.slice(1) : path;
}

/** Saves a model to the folder of a file URL. */
export async function saveToFolder(url: string, artifacts: ModelArtifacts): Promise<SaveResult> {
  const path = pathOf(url);
  return inTurn(path, () => save(path, artifacts));
}

/** Loads the model in the folder of a file URL, or the URL of its model.json. */
export const loadFromFolder = async (url: string): Promise<ModelArtifacts> => load(pathOf(url));

/** Removes the model in the folder of a file URL. */
export async function removeFolder(url: string): Promise<void> {
  const path = pathOf(url);
  return inTurn(path, () => remove(path));
}

/** Removes the model of a folder, and the folder if nothing else is in it. model.json goes first: without it there is no model. */
async function remove(folder: string): Promise<void> {
  const fs = await fileSystem();
  await fs.rm(`${folder}/model.json`, { force: true });
  for (const name of await fs.readdir(folder).catch(() => []))
    if (name === "weights.bin" || STRAY_NAME.test(name)) await fs.rm(`${folder}/${name}`, { force: true });
  await fs.rmdir(folder).catch(() => {});
}

/** An error that tells a missing model from a damaged one. */
const missing = (failure: Error, cause: Error & { code?: string }): Error => (cause.code === "ENOENT" ? Object.assign(failure, { code: "missing" }) : failure);

const saving = new Map<string, Promise<unknown>>();

/** Two saves to one folder run one after the other. */
async function inTurn<T>(path: string, action: () => Promise<T>): Promise<T> {
  const before = saving.get(path) ?? Promise.resolve();
  const mine = before.then(action, action);
  saving.set(path, mine);
  try {
    return await mine;
  } finally {
    if (saving.get(path) === mine) saving.delete(path);
  }
}

/** Writes a new file and waits until the disk has it. */
async function writeDurably(fs: FileSystem, path: string, content: string | Uint8Array): Promise<void> {
  const file = await fs.open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the disk has a folder's names. Some systems cannot open folders; they need it less. */
async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  try {
    const handle = await fs.open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows.
  }
}

/**
 * A folder cannot be replaced in one step, a file can: model.json, which names the file of the weights. So weights go to a
 * new name first, then model.json changes over to them, then they get their usual name the same way. Whenever it stops,
 * model.json and the file that it names belong together.
 */
async function save(folder: string, artifacts: ModelArtifacts): Promise<SaveResult> {
  if (folder.endsWith(".json")) throw error("save", "expected the URL of a folder, which gets model.json and weights.bin", `file://${folder}`);
  const fs = await fileSystem();
  const unique = uniquePart();
  const jsonPath = `${folder}/model.json`;
  const passing = `weights-${unique}.bin`;
  const commit = async (weightsName: string): Promise<void> => {
    const draft = `${folder}/model-${unique}.json`;
    await writeDurably(fs, draft, JSON.stringify(toModelJson(artifacts, weightsName)));
    await fs.rename(draft, jsonPath);
    await syncFolder(fs, folder);
  };
  await fs.mkdir(folder, { recursive: true }).catch((cause: Error) => {
    throw error("save", `${folder}: expected a folder, or a place for one`, cause.message);
  });
  const old = await fs.readFile(jsonPath, "utf8").catch(() => null);
  try {
    await writeDurably(fs, `${folder}/${passing}`, new Uint8Array(artifacts.weightData ?? new ArrayBuffer(0)));
    if (old === null) {
      await fs.rename(`${folder}/${passing}`, `${folder}/weights.bin`);
      await commit("weights.bin");
    } else {
      await commit(passing);
      // From here on the new model is whole. Where weights.bin cannot be replaced, it stays under the other name.
      await giveUsualName(fs, folder, passing).then(
        () => commit("weights.bin"),
        () => {},
      );
    }
  } finally {
    await removeStrays(fs, folder, [unique, ...namesIn(old)]);
  }
  return { modelArtifactsInfo: artifactsInfo(artifacts) };
}

/** Puts a second name of the weights, or a copy, in the place of weights.bin. */
async function giveUsualName(fs: FileSystem, folder: string, passing: string): Promise<void> {
  const second = `${folder}/weights-${uniquePart()}.bin`;
  await fs.link(`${folder}/${passing}`, second).catch(() => fs.copyFile(`${folder}/${passing}`, second));
  await fs.rename(second, `${folder}/weights.bin`).catch(async (cause) => {
    await fs.rm(second, { force: true });
    throw cause;
  });
}

/** Names of weights files in the text of a model.json, as far as it can be read. */
function namesIn(text: string | null): string[] {
  return text === null ? [] : (text.match(/weights-[0-9a-f]{12}\.bin/g) ?? []);
}

/** Removes files that saves left on their way, but for those that model.json names. */
async function removeStrays(fs: FileSystem, folder: string, ours: readonly string[]): Promise<void> {
  const inUse = namesIn(await fs.readFile(`${folder}/model.json`, "utf8").catch(() => null));
  for (const name of await fs.readdir(folder).catch(() => [])) {
    if (!STRAY_NAME.test(name) || inUse.includes(name)) continue;
    const path = `${folder}/${name}`;
    const isOurs = ours.some((part) => name.includes(part));
    const age = isOurs
      ? Number.POSITIVE_INFINITY
      : Date.now() -
        (await fs.stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => Date.now(),
        ));
    if (age > STRAY_AGE) await fs.rm(path, { force: true });
  }
}

async function load(path: string): Promise<ModelArtifacts> {
  const fs = await fileSystem();
  const isFolder = await fs.stat(path).then(
    (stats) => stats.isDirectory(),
    (cause: Error) => {
      throw missing(error("loadLayersModel", `${path}: expected a folder with model.json, or a model.json`, cause.message), cause);
    },
  );
  const jsonPath = isFolder ? `${path}/model.json` : path;
  const readJson = (): Promise<string> =>
    fs.readFile(jsonPath, "utf8").catch((cause: Error) => {
      throw missing(
        error("loadLayersModel", `${jsonPath}: expected a file`, cause.message, isFolder ? "is it the folder that model.save was given?" : undefined),
        cause,
      );
    });
  for (let attempt = 1; ; attempt++) {
    const text = await readJson();
    let outcome: ModelArtifacts | Error;
    try {
      outcome = await readWhole(fs, jsonPath, text);
    } catch (cause) {
      outcome = cause as Error;
    }
    // A save that ran meanwhile may have taken the weights away, or put others in their place.
    if (attempt < LOAD_ATTEMPTS && (await readJson()) !== text) continue;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }
}

async function readWhole(fs: FileSystem, jsonPath: string, text: string): Promise<ModelArtifacts> {
  const json = parseModelJson(text, jsonPath);
  const folder = jsonPath.replace(/[^/\\]*$/, "") || "./";
  const groups = groupsOf(json, jsonPath);
  const parts: Uint8Array[] = [];
  for (const group of groups) parts.push(...(await readGroup(fs, folder, group, jsonPath)));
  const data = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  const { weightsManifest: _, ...rest } = json;
  return { ...rest, weightSpecs: groups.flatMap(({ weights }) => weights), weightData: data.buffer };
}

/** The files of a group, read once their sizes are known to be those that the weights need. */
async function readGroup(fs: FileSystem, folder: string, { paths, weights }: WeightsGroup, jsonPath: string): Promise<Uint8Array[]> {
  const expected = weights.reduce((sum, spec) => sum + storedBytes(spec, jsonPath), 0);
  const files = paths.map((name) => folder + name);
  let found = 0;
  for (const file of files) {
    found += await fs.stat(file).then(
      ({ size }) => size,
      (cause: Error) => {
        throw error("loadLayersModel", `${file}: expected a file with weights, as ${jsonPath} says`, cause.message);
      },
    );
  }
  const check = (bytes: number): void => {
    if (bytes !== expected)
      throw error(
        "loadLayersModel",
        `${files.join(" + ")}: expected ${expected} bytes for ${listed(weights)}`,
        `${bytes} bytes`,
        bytes < expected ? "the file is truncated, or of another model." : "the file is of another model.",
      );
  };
  check(found);
  const parts: Uint8Array[] = [];
  for (const file of files) parts.push(await fs.readFile(file));
  check(parts.reduce((sum, { length }) => sum + length, 0));
  return parts;
}

const listed = (weights: readonly WeightSpec[]): string => {
  const names = weights.slice(0, 4).map(({ name, shape }) => `${name} [${shape}]`);
  return names.join(", ") + (weights.length > 4 ? ` and ${weights.length - 4} more` : "");
};
