/** @file Models in a browser's database, in the stores and the form that TensorFlow.js uses. */
import { partOfPage } from "../platformFiles.js";
import { describe, error } from "../tensor/errors.js";
import { artifactsInfo, joined } from "./info.js";
import { missing } from "./modelJson.js";
import type { IOHandler, ModelArtifacts, ModelArtifactsInfo } from "./types.js";

const MODELS = "models_store";
/** Sizes and dates beside them, so that a list of models need not read the models. */
const INFOS = "model_info_store";

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Runs one transaction over both stores: all of it happens, or nothing. */
async function transact<T>(mode: IDBTransactionMode, run: (models: IDBObjectStore, infos: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = partOfPage("indexedDB").open("tensorflowjs", 1);
  opening.onupgradeneeded = () => {
    for (const store of [MODELS, INFOS]) opening.result.createObjectStore(store, { keyPath: "modelPath" });
  };
  const database = await settled(opening);
  try {
    const transaction = database.transaction([MODELS, INFOS], mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const request = run(transaction.objectStore(MODELS), transaction.objectStore(INFOS));
    await done;
    return request.result;
  } finally {
    database.close();
  }
}

/** The handler for "indexeddb://name". */
export function open(url: string): Required<IOHandler> {
  const modelPath = url.replace(/^indexeddb:\/\//i, "");
  if (modelPath === "") throw error("indexeddb", 'expected "indexeddb://name"', describe(url));
  return {
    async save(artifacts) {
      const modelArtifactsInfo = artifactsInfo(artifacts);
      const modelArtifacts: ModelArtifacts = { ...artifacts, weightData: joined(artifacts.weightData) };
      await transact("readwrite", (models, infos) => {
        infos.put({ modelPath, modelArtifactsInfo });
        return models.put({ modelPath, modelArtifacts, modelArtifactsInfo });
      }).catch((cause: Error) => {
        throw error("save", `${url}: expected a database that takes the model`, String(cause));
      });
      return { modelArtifactsInfo };
    },
    async load() {
      const found = await transact<{ modelArtifacts: ModelArtifacts } | undefined>("readonly", (models) => models.get(modelPath));
      if (found === undefined) throw missing(error("loadLayersModel", `${url}: expected a model`, "none of this name"));
      return found.modelArtifacts;
    },
    async remove() {
      await transact("readwrite", (models, infos) => {
        infos.delete(modelPath);
        return models.delete(modelPath);
      });
    },
  };
}

/** The models that there are, by address. */
export async function list(): Promise<Record<string, ModelArtifactsInfo>> {
  const found = await transact<{ modelPath: string; modelArtifactsInfo: ModelArtifactsInfo }[]>("readonly", (_, infos) => infos.getAll());
  return Object.fromEntries(found.map(({ modelPath, modelArtifactsInfo }) => [`indexeddb://${modelPath}`, modelArtifactsInfo]));
}
