/** @file Models as files of a browser's user: downloads, and files that were chosen. */
import { partOfPage } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, joined } from "./info.js";
import { type GroupFiles, parseModelJson, toModelJson, withWeights } from "./modelJson.js";
import type { IOHandler, ModelArtifacts } from "./types.js";

/** Milliseconds after which a browser has begun to save what a link points to. */
const KEPT = 60_000;

/** Makes the browser save a file. */
function download(name: string, content: BlobPart, type: string): void {
  const link = partOfPage("document").createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.dispatchEvent(new MouseEvent("click"));
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

/** The handler for "downloads://name", which gives the user name.json and name.weights.bin. */
export function open(url: string): IOHandler {
  const name = url.replace(/^downloads:\/\//i, "") || "model";
  return {
    async save(artifacts) {
      const weights = `${name}.weights.bin`;
      download(`${name}.json`, JSON.stringify(toModelJson(artifacts, `./${weights}`)), "application/json");
      // Browsers take two at once for one.
      await new Promise((resolve) => setTimeout(resolve, 100));
      download(weights, joined(artifacts.weightData), "application/octet-stream");
      return { modelArtifactsInfo: artifactsInfo(artifacts) };
    },
  };
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The model in files that a user chose: model.json first, then those of the weights. */
export async function readFiles(files: readonly File[]): Promise<ModelArtifacts> {
  const [jsonFile, ...others] = files;
  if (jsonFile === undefined) throw error("browserFiles", "expected a model.json and the files of its weights", describe(files));
  const read = async ({ paths, check }: GroupFiles): Promise<Uint8Array<ArrayBuffer>[]> => {
    const chosen = paths.map((path) => {
      const found = others.filter(({ name }) => name === lastPart(path));
      if (found.length !== 1)
        throw error(
          "browserFiles",
          `${jsonFile.name}: expected a file ${lastPart(path)}`,
          `${found.length} among ${others.map(({ name }) => name).join(", ") || "none"}`,
        );
      return found[0] as File;
    });
    check(chosen.reduce((sum, { size }) => sum + size, 0));
    return Promise.all(chosen.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  };
  return withWeights(parseModelJson(await jsonFile.text(), jsonFile.name), jsonFile.name, read);
}
