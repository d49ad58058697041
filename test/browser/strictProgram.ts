/** @file The program of the strict page: tells its parent how many threads it got, with the worker of the address after "?", or with its own text. */
import { init, randomUniform } from "../../src/index.js";
import { threads } from "../../src/wasm/threads.js";

const said: string[] = [];
console.info = (text: string) => void said.push(text);
addEventListener("error", ({ message }) => void said.push(`error: ${message}`));
const workerUrl = location.search.slice(1);
await init({ threads: 2, ...(workerUrl === "" ? {} : { workerUrl }) });
const x = randomUniform([1 << 20]);
const sum = x.exp().sum().item();
parent.postMessage({ threads: threads.size, said, isNumber: Number.isFinite(sum) }, "*");
