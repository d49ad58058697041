/** @file Models in folders of a file system: "file://folder", with model.json and weights.bin in it. */
import { fileSystem } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, joined } from "./info.js";
import { type GroupFiles, missing, parseModelJson, toModelJson, withWeights } from "./modelJson.js";
import type { IOHandler, ModelArtifacts, SaveResult } from "./types.js";

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

/** The handler for the folder of a file URL; loading takes the URL of its model.json too. */
export function open(url: string): Required<IOHandler> {
  const path = pathOf(url);
  return { save: (artifacts) => inTurn(path, () => save(path, artifacts)), load: () => load(path), remove: () => inTurn(path, () => remove(path)) };
}

/** Removes the model of a folder, and the folder if nothing else is in it. model.json goes first: without it there is no model. */
async function remove(folder: string): Promise<void> {
  const fs = await fileSystem();
  await fs.rm(`${folder}/model.json`, { force: true });
  for (const name of await fs.readdir(folder).catch(() => []))
    if (name === "weights.bin" || STRAY_NAME.test(name)) await fs.rm(`${folder}/${name}`, { force: true });
  await fs.rmdir(folder).catch(() => {});
}

/** The failure of a file, told as a missing model where it is one. */
const failed = (failure: Error, cause: Error & { code?: string }): Error => (cause.code === "ENOENT" ? missing(failure) : failure);

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
    await writeDurably(fs, `${folder}/${passing}`, new Uint8Array(joined(artifacts.weightData)));
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
      throw failed(error("loadLayersModel", `${path}: expected a folder with model.json, or a model.json`, cause.message), cause);
    },
  );
  const jsonPath = isFolder ? `${path}/model.json` : path;
  const readJson = (): Promise<string> =>
    fs.readFile(jsonPath, "utf8").catch((cause: Error) => {
      throw failed(
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

function readWhole(fs: FileSystem, jsonPath: string, text: string): Promise<ModelArtifacts> {
  const folder = jsonPath.replace(/[^/\\]*$/, "") || "./";
  return withWeights(parseModelJson(text, jsonPath), jsonPath, (group) => readGroup(fs, folder, group, jsonPath));
}

/** The files of a group, read once their sizes are known to be those that the weights need. */
async function readGroup(fs: FileSystem, folder: string, { paths, check }: GroupFiles, jsonPath: string): Promise<Uint8Array<ArrayBuffer>[]> {
  let found = 0;
  for (const name of paths) {
    found += await fs.stat(folder + name).then(
      ({ size }) => size,
      (cause: Error) => {
        throw error("loadLayersModel", `${folder + name}: expected a file with weights, as ${jsonPath} says`, cause.message);
      },
    );
  }
  check(found);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const name of paths) parts.push(await fs.readFile(folder + name));
  return parts;
}
