/** @file The program in a page: posts what came of it to the server. */
import { run } from "./program.js";

const post = (result) => fetch("/report", { method: "POST", body: JSON.stringify(result) });

/** Runs the program, with the worker's address if the page is asked to ("?worker"). */
export async function report(workerUrl) {
  addEventListener("error", ({ message }) => post({ error: message }));
  let workers = 0;
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers++;
    }
  };
  try {
    await post({ ...(await run("indexeddb://model", location.search === "?worker" ? String(workerUrl) : undefined)), workers });
  } catch (error) {
    await post({ error: `${error}\n${error.stack}` });
  }
}
