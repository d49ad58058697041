/** @file Removes the folders named on the command line, so that files of an earlier build do not end up in a new one. */
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
for (const folder of process.argv.slice(2)) rmSync(root + folder, { recursive: true, force: true });
