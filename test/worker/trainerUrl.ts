/** @file The package's trainer.worker.js as a file, for tests that run on the sources. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { trainerText } from "../../scripts/bundle.mjs";

/** Writes it, in one step: other tests may read it meanwhile. @returns its address */
export async function trainerUrl(): Promise<URL> {
  const path = "build/trainer/trainer.worker.js";
  mkdirSync("build/trainer", { recursive: true });
  writeFileSync("build/trainer/package.json", '{ "type": "module" }');
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, await trainerText());
  renameSync(draft, path);
  return pathToFileURL(path);
}
