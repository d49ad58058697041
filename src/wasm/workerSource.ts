/** @file What a worker runs, as text: the same in Node, from a Blob in a page, and as engram/worker for a strict Content-Security-Policy. */

/** Words of the team's control block, of which assembly/threads.ts tells all. */
export const ARRIVALS = 16;
export const PASSED = 17;
export const LOST = 32;
export const READY = 34;
export const FAILED = 35;

/** Milliseconds for which a worker gives its core away where it waits for others in the midst of a job. */
const NAP_MS = 0.05;

/** Instantiates the modules over the shared memory, tells that it is there, and takes its share of jobs until the team is given up. */
const serve = `const serve = ({ memory, modules, tableLength, control, thread }, ready) => {
  const words = new Int32Array(memory.buffer, control, 64);
  const isLost = () => Atomics.load(words, ${LOST}) !== 0;
  const abort = () => { throw new Error("a kernel failed"); };
  const waiting = (passed) => {
    if (isLost()) abort();
    Atomics.wait(words, ${PASSED}, passed, ${NAP_MS});
  };
  const env = { memory, table: new WebAssembly.Table({ initial: tableLength, element: "anyfunc" }), abort, waiting };
  let core;
  for (const module of modules) {
    const { exports } = new WebAssembly.Instance(module, { env });
    if (exports.work) core = exports;
  }
  // Jobs count from here on: the main thread gives none before all are ready.
  let seen = Atomics.load(words, 0);
  Atomics.add(words, ${READY}, 1);
  ready();
  try {
    for (;;) {
      core.look(control, seen);
      Atomics.wait(words, 0, seen);
      if (isLost()) return;
      seen = (seen + 1) | 0;
      core.work(control, thread);
    }
  } catch {
    Atomics.store(words, ${FAILED}, 1);
  }
};`;

export const nodeSource = `${serve}
const { workerData, parentPort } = require("node:worker_threads");
serve(workerData, () => parentPort.postMessage("ready"));`;

export const webSource = `${serve}
onmessage = ({ data }) => serve(data, () => postMessage("ready"));
onmessageerror = () => { throw new Error("the page may not share memory"); };`;
