/** @file Makes the tests of this process run on the debug build, in which every kernel asserts its preconditions. */
import { readFileSync } from "node:fs";
import { init, ready } from "../../src/index.js";

await init({ core: readFileSync("build/core.debug.wasm") });
await ready();
