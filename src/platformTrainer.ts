/** @file The part of platform.ts that is for trainings in workers: starts one and is the page's end of the line, or the worker's. */
import { isNode, nodeModule } from "./platformFiles.js";

/** A worker of the user's own making: a page's, or one of Node's worker_threads. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): unknown;
}

/** What runs the trainer: the library's own file, the address of one, or a function that starts it. */
export type TrainerSource = true | string | URL | (() => WorkerLike);

/** The page's end of the line to a worker. */
export interface Line {
  post(message: object, transfer?: ArrayBuffer[]): void;
  terminate(): void;
  /** Whether a Node process goes on for it. */
  hold(isHeld: boolean): void;
}

export interface LineEvents {
  message(data: unknown): void;
  /** It could not be started, or has ended. */
  lost(reason: string): void;
}

/** An address as the worker can use it, too. */
export function absolute(address: string | URL): string {
  const { location, process } = globalThis as { location?: { href: string }; process?: { cwd(): string } };
  return new URL(address, location?.href ?? `file://${process?.cwd()}/`).href;
}

/** The library's own file, as seen from a file in dist/chunks. Not where the file is asked for in the words that bundlers know: they would ship it twice. */
function ownFile(): URL {
  const here = import.meta.url;
  return new URL("../trainer.worker.js", here);
}

type NodeWorker = import("node:worker_threads").Worker;

async function nodeWorker(source: true | string | URL): Promise<NodeWorker> {
  const { Worker } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ nodeModule("worker_threads"))) as typeof import("node:worker_threads");
  return new Worker(source === true ? ownFile() : new URL(absolute(source)), { name: "engram trainer" });
}

/** A worker whose script is of another origin starts with a line that imports it. */
function foreignWorker(address: string): Worker {
  const text = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" }));
  const worker = new Worker(text, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(text), { once: true });
  return worker;
}

const isForeign = (address: string): boolean => /^https?:/.test(address) && new URL(address).origin !== globalThis.location?.origin;

function webWorker(source: true | string | URL): Worker {
  const address = source === true ? ownFile().href : absolute(source);
  if (isForeign(address)) return foreignWorker(address);
  // These very words tell bundlers to ship the file.
  return source === true ? new Worker(new URL("../trainer.worker.js", import.meta.url), { type: "module" }) : new Worker(address, { type: "module" });
}

/** Starts a worker. @throws where none may be started */
export async function openLine(source: TrainerSource, events: LineEvents): Promise<Line> {
  const worker = typeof source === "function" ? source() : isNode() ? await nodeWorker(source) : webWorker(source);
  const line = {
    post: (message: object, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer),
    terminate: () => void worker.terminate(),
    hold() {},
  };
  if ("on" in worker) {
    const node = worker as NodeWorker;
    node.on("message", events.message);
    node.on("messageerror", () => events.lost("a message of its that cannot be read"));
    node.on("error", (error: unknown) => events.lost(error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
    node.on("exit", (code) => events.lost(`it has ended with exit code ${code}`));
    return { ...line, hold: (isHeld) => (isHeld ? node.ref() : node.unref()) };
  }
  const web = worker as Worker;
  let isThere = false;
  web.onmessage = ({ data }) => {
    isThere = true;
    events.message(data);
  };
  web.onmessageerror = () => events.lost("a message of its that cannot be read");
  web.onerror = (event) => {
    // Otherwise the page has an uncaught error.
    event.preventDefault?.();
    // An error in code of the user's own, in a timer perhaps, is not the end.
    if (isThere) console.error(`engram's worker: ${event.message}`);
    else events.lost(event.message || "its script could not be loaded or run");
  };
  return line;
}

/** The worker's end of the line. */
export interface Port {
  post(message: object, transfer?: ArrayBuffer[]): void;
}

interface WorkerScope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onmessageerror: (() => void) | null;
}

/**
 * Listens to the page, at once where that matters: what it sends before is lost in a browser.
 * @throws where this is no worker
 */
export async function openPort(listen: (data: unknown, port: Port) => void, unreadable: (port: Port) => void): Promise<Port> {
  const fail = (): never => {
    throw new Error("engram/trainer: expected to be imported in a worker. Got another thread. HINT: name it in fit: { worker: address }.");
  };
  if (isNode()) {
    const { parentPort } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ nodeModule("worker_threads"))) as typeof import("node:worker_threads");
    if (parentPort === null) return fail();
    const port: Port = { post: (message, transfer = []) => parentPort.postMessage(message, transfer) };
    parentPort.on("messageerror", () => unreadable(port));
    parentPort.on("message", (data) => listen(data, port));
    return port;
  }
  if ("document" in globalThis) return fail();
  const scope = globalThis as unknown as WorkerScope;
  const port: Port = { post: (message, transfer = []) => scope.postMessage(message, transfer) };
  scope.onmessageerror = () => unreadable(port);
  scope.onmessage = ({ data }) => listen(data, port);
  return port;
}

/** Makes what resolves after other messages had their turn: sooner than a timer, which browsers hold back for four milliseconds. */
export function shortTurns(): () => Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  if (setImmediate) return () => new Promise((resolve) => setImmediate(resolve));
  const { port1, port2 } = new MessageChannel();
  return () =>
    new Promise((resolve) => {
      port1.onmessage = () => resolve();
      port2.postMessage(0);
    });
}

/** Imports a module of the user's by its address. */
export const importModule = (address: string): Promise<object> => import(/* @vite-ignore */ /* webpackIgnore: true */ address);

/** Resolves with the next frame of a page, which may be hidden and then has none; after some 16 milliseconds elsewhere. */
export function soon(): Promise<void> {
  const { requestAnimationFrame } = globalThis as { requestAnimationFrame?: (callback: () => void) => number };
  return new Promise((resolve) => {
    setTimeout(resolve, requestAnimationFrame ? 100 : 16);
    requestAnimationFrame?.(() => resolve());
  });
}
