/** @file The program of the strict pages: tells its parent how many threads it got, with the worker of the address after "?", or with its own text. */
import { init, layers, randomUniform, sequential } from "../../src/index.js";
import { threads } from "../../src/wasm/threads.js";

const said: string[] = [];
const listen = (text: string): void => void said.push(text);
console.info = listen;
console.warn = listen;
console.error = listen;
addEventListener("error", ({ message }) => said.push(`error: ${message}`));
addEventListener("unhandledrejection", ({ reason }) => said.push(`unhandled: ${reason}`));

async function train(): Promise<number> {
  const workerUrl = location.search.slice(1);
  await init({ threads: 1, ...(workerUrl === "" ? {} : { workerUrl }) });
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  await model.fit([[1]], [[1]], { verbose: 0 });
  await init({ threads: 2 });
  return randomUniform([1 << 20])
    .exp()
    .sum()
    .item();
}

const tell = (isNumber: boolean): void => parent.postMessage({ threads: threads.size, said, isNumber }, "*");
train().then(
  (sum) => tell(Number.isFinite(sum)),
  (error) => {
    said.push(String(error));
    // What else there is to say comes within a few turns of the event loop.
    fetch(location.href).then(() => tell(false));
  },
);
