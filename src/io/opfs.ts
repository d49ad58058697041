/** @file Models in the private file system of a page's origin: one file a model, which is replaced as a whole. */
import { originFolder } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, joined } from "./info.js";
import { missing } from "./modelJson.js";
import type { IOHandler, ModelArtifacts, ModelArtifactsInfo } from "./types.js";

/** A file is the length of its head in bytes (uint32, little-endian), the head as JSON, and the values of the weights. */
interface Head {
  info: ModelArtifactsInfo;
  artifacts: ModelArtifacts;
}

const folder = async (): Promise<FileSystemDirectoryHandle> => (await originFolder()).getDirectoryHandle("engram_models", { create: true });

async function headOf(file: File): Promise<{ head: Head; weightData: Blob }> {
  const length = new DataView(await file.slice(0, 4).arrayBuffer()).getUint32(0, true);
  const head = JSON.parse(await file.slice(4, 4 + length).text()) as Head;
  return { head: { ...head, info: { ...head.info, dateSaved: new Date(head.info.dateSaved) } }, weightData: file.slice(4 + length) };
}

/** The handler for "opfs://name". */
export function open(url: string): Required<IOHandler> {
  const path = url.replace(/^opfs:\/\//i, "");
  if (path === "") throw error("opfs", 'expected "opfs://name"', describe(url));
  const name = encodeURIComponent(path);
  const absent = (): Error => missing(error("loadLayersModel", `${url}: expected a model`, "none of this name"));
  return {
    async save({ weightData, ...artifacts }) {
      const values = joined(weightData);
      const info = artifactsInfo({ ...artifacts, weightData: values });
      const head = new TextEncoder().encode(JSON.stringify({ info, artifacts } satisfies Head));
      const handle = await (await folder()).getFileHandle(name, { create: true });
      let file: FileSystemWritableFileStream | undefined;
      try {
        file = await handle.createWritable();
        // What is written takes the old file's place when it is closed.
        for (const part of [new Uint32Array([head.length]), head, values]) await file.write(part);
        await file.close();
      } catch (cause) {
        await file?.abort().catch(() => {});
        throw error("save", `${url}: expected room for the model`, String(cause));
      }
      return { modelArtifactsInfo: info };
    },
    async load() {
      const handle = await (await folder()).getFileHandle(name).catch(() => undefined);
      const file = await handle?.getFile();
      // Made, and never written: its first save failed.
      if (!file?.size) throw absent();
      const { head, weightData } = await headOf(file).catch((cause) => {
        throw error("loadLayersModel", `${url}: expected a model`, `a damaged one: ${cause}`);
      });
      return { ...head.artifacts, weightData: await weightData.arrayBuffer() };
    },
    async remove() {
      await (await folder()).removeEntry(name);
    },
  };
}

/** The models that there are, by address. */
export async function list(): Promise<Record<string, ModelArtifactsInfo>> {
  const found: Record<string, ModelArtifactsInfo> = {};
  for await (const handle of (await folder()).values()) {
    const file = await (handle as FileSystemFileHandle).getFile();
    if (file.size > 0) found[`opfs://${decodeURIComponent(handle.name)}`] = (await headOf(file)).head.info;
  }
  return found;
}
