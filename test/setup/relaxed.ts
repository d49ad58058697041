/** @file Makes the tests of this process run on the relaxed build: fused multiply-add. */
import { readFileSync } from "node:fs";
import { init, ready } from "../../src/index.js";

await init({ core: readFileSync("build/core.relaxed.wasm") });
await ready();
