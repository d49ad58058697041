/** @file The program in a page: posts what came of it to the server. */
import { run } from "./program.js";

const post = (result) => fetch("/report", { method: "POST", body: JSON.stringify(result) });

/** Runs the program, with the address of engram/worker if the page is asked to ("?worker"), and that of the trainer where the bundler leaves it to us. */
export async function report(workerUrl, trainerUrl) {
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
    const urls = { ...(location.search === "?worker" && { workerUrl }), ...(trainerUrl && { trainerUrl }) };
    await post({ ...(await run("indexeddb://model", urls)), workers });
  } catch (error) {
    await post({ error: `${error}\n${error.stack}` });
  }
}
