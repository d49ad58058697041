/** @file Small models in a browser's local storage, under the keys that TensorFlow.js uses. */
import { partOfPage } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, joined } from "./info.js";
import { missing } from "./modelJson.js";
import type { IOHandler, ModelArtifacts, ModelArtifactsInfo } from "./types.js";

const KEYS = ["info", "model_topology", "weight_specs", "weight_data", "model_metadata"] as const;
const FOLDER = "tensorflowjs_models/";

const keyOf = (path: string, key: (typeof KEYS)[number]): string => `${FOLDER}${path}/${key}`;

function toBase64(data: ArrayBuffer): string {
  const bytes = new Uint8Array(data);
  let text = "";
  // As many arguments as any engine takes.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** The handler for "localstorage://name". */
export function open(url: string): Required<IOHandler> {
  const path = url.replace(/^localstorage:\/\//i, "");
  if (path === "") throw error("localstorage", 'expected "localstorage://name"', describe(url));
  const storage = partOfPage("localStorage");
  const write = (values: readonly (string | null)[]): void => {
    KEYS.forEach((key, i) => {
      const value = values[i];
      if (typeof value === "string") storage.setItem(keyOf(path, key), value);
      else storage.removeItem(keyOf(path, key));
    });
  };
  const read = (): (string | null)[] => KEYS.map((key) => storage.getItem(keyOf(path, key)));
  return {
    async save({ modelTopology, weightSpecs, weightData, ...metadata }) {
      const modelArtifactsInfo = artifactsInfo({ modelTopology, ...(weightSpecs && { weightSpecs }), ...(weightData && { weightData }) });
      const old = read();
      const parts = [modelArtifactsInfo, modelTopology, weightSpecs ?? []].map((part) => JSON.stringify(part) ?? "null");
      try {
        write([...parts, toBase64(joined(weightData)), JSON.stringify(metadata)]);
      } catch (cause) {
        // The old model fitted.
        write(KEYS.map(() => null));
        write(old);
        throw error("save", `${url}: expected room for the model`, String(cause), 'browsers give local storage some MB; "indexeddb://name" takes more.');
      }
      return { modelArtifactsInfo };
    },
    async load() {
      const values = read();
      if (values[0] === null) throw missing(error("loadLayersModel", `${url}: expected a model`, "none of this name"));
      const parsed = (index: number): unknown => {
        try {
          return JSON.parse(values[index] ?? "");
        } catch {
          throw error("loadLayersModel", `${url}: expected ${KEYS[index]} to be JSON`, describe(values[index]));
        }
      };
      let weightData: ArrayBuffer;
      try {
        weightData = Uint8Array.from(atob(values[3] ?? ""), (letter) => letter.charCodeAt(0)).buffer;
      } catch {
        throw error("loadLayersModel", `${url}: expected weight_data to be base64`, "other text");
      }
      const metadata = values[4] === null ? {} : (parsed(4) as object);
      return { ...metadata, modelTopology: parsed(1), weightSpecs: parsed(2) as NonNullable<ModelArtifacts["weightSpecs"]>, weightData };
    },
    async remove() {
      write(KEYS.map(() => null));
    },
  };
}

/** The models that there are, by address. */
export async function list(): Promise<Record<string, ModelArtifactsInfo>> {
  const storage = partOfPage("localStorage");
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) as string).filter((key) => key.startsWith(FOLDER) && key.endsWith("/info"));
  return Object.fromEntries(keys.map((key) => [`localstorage://${key.slice(FOLDER.length, -"/info".length)}`, JSON.parse(storage.getItem(key) as string)]));
}
