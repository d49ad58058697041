/** @file The op table with TensorFlow.js in engram's place: the same calls, by the same names and arguments, on its tensors. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** What this file needs of a TensorFlow.js tensor. */
export interface ForeignTensor {
  shape: number[];
  dtype: string;
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}

/** What this file needs of TensorFlow.js. */
export interface Foreign {
  tensor(values: ArrayLike<number>, shape: readonly number[], dtype: string): ForeignTensor;
  tidy<T>(f: () => T): T;
  dispose(tensors: unknown): void;
  grads(f: (...xs: ForeignTensor[]) => ForeignTensor): (xs: ForeignTensor[], dy?: ForeignTensor) => ForeignTensor[];
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

/** A row's call on TensorFlow.js's tensors. */
// biome-ignore lint/suspicious/noExplicitAny: attributes are each row's own
export type ForeignCall = (inputs: readonly ForeignTensor[], attributes: any) => ForeignTensor;

/** The name of the error of a call that uses a function which TensorFlow.js does not have. */
export const NOT_IN_TFJS = "NotInTensorFlowJs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A CommonJS module that has every name; those that `expression` lacks are functions that throw. They are on its prototype, which
 * a bundle keeps when it copies the names of a CommonJS module.
 */
const shim = (expression: string): string => `
  const missing = (name) => {
    const fail = () => { throw Object.assign(new Error("TensorFlow.js has no " + name), { name: "${NOT_IN_TFJS}" }); };
    return Object.assign(fail, { get: fail });
  };
  const everything = new Proxy({}, { get: (_, name) => (name === "__esModule" ? undefined : missing(String(name))) });
  const completed = (space) => Object.assign(Object.create(everything), space);
  module.exports = completed(${expression});
  module.exports.linalg = completed(module.exports.linalg);
  module.exports.fused = completed(module.exports.fused);`;

/**
 * Bundles test/ops.table.ts so that engram's functions are TensorFlow.js's, and loads it.
 * @param modules packages to load; the first is TensorFlow.js, others register backends
 * @param folder of the bundle: the packages are found from there
 */
export async function tfjsTable(modules: readonly string[], folder: string): Promise<{ tf: Foreign; calls: Record<string, ForeignCall> }> {
  const [tfjs, ...others] = modules.map((name) => JSON.stringify(name));
  const plugin: Plugin = {
    name: "tensorflow-in-engrams-place",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/src\/.*\.js$/ }, ({ path }) => ({ path: path.endsWith("/src/index.js") ? "index" : "inner", namespace: "shim" }));
      onLoad({ filter: /.*/, namespace: "shim" }, ({ path }) => ({
        contents: path === "index" ? `${others.map((name) => `require(${name});`).join("")}${shim(`require(${tfjs})`)}` : shim("{}"),
        loader: "js",
        resolveDir: folder,
      }));
    },
  };
  const outfile = `${folder}/table.tfjs.cjs`;
  await build({
    stdin: { contents: `export { opsTable } from "./test/ops.table.ts"; export * as tf from "./src/index.js";`, resolveDir: root },
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["@tensorflow/*"],
    outfile,
    logLevel: "error",
    plugins: [plugin],
  });
  const require = createRequire(import.meta.url);
  const { opsTable } = require(outfile) as { opsTable: Record<string, { call: ForeignCall }> };
  const tf = createRequire(`${folder}/`)(modules[0] as string) as Foreign;
  return { tf, calls: Object.fromEntries(Object.entries(opsTable).map(([name, { call }]) => [name, call])) };
}
