/** @file The part of platform.ts that starts threads: Node's worker_threads, and the workers of browsers, Deno and Bun. */
import { isNode, nodeModule } from "./platformFiles.js";

/** A running worker. */
export interface WorkerHandle {
  /** Ends it at once, even within a kernel. */
  terminate(): void;
  /** From now on it does not keep a Node process alive. */
  unref(): void;
}

export interface WorkerEvents {
  ready(): void;
  /** It could not start, or has ended. */
  lost(reason: string): void;
}

/** Cores that this process may use. */
export async function availableCores(): Promise<number> {
  if (isNode()) {
    const { availableParallelism } = await import(/* @vite-ignore */ /* webpackIgnore: true */ nodeModule("os"));
    return availableParallelism();
  }
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/**
 * Starts a worker on `data`.
 * @param sources what it runs in Node and elsewhere; elsewhere `url` instead where it is given
 * @throws where no worker may be started
 */
export async function startWorker(
  sources: { node: string; web: string; url: string | URL | undefined },
  data: object,
  events: WorkerEvents,
): Promise<WorkerHandle> {
  if (isNode()) {
    const { Worker } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ nodeModule("worker_threads"))) as typeof import("node:worker_threads");
    // What the process was started with, such as a loader of TypeScript, is not for the few lines of a worker.
    const worker = new Worker(sources.node, { eval: true, workerData: data, execArgv: [], name: "engram" });
    worker.on("message", () => events.ready());
    worker.on("error", (error) => events.lost(String(error)));
    worker.on("exit", () => events.lost("it has ended"));
    return { terminate: () => void worker.terminate(), unref: () => worker.unref() };
  }
  const blob = sources.url === undefined ? URL.createObjectURL(new Blob([sources.web], { type: "text/javascript" })) : null;
  const worker = new Worker(sources.url ?? (blob as string));
  worker.onmessage = () => {
    if (blob !== null) URL.revokeObjectURL(blob);
    events.ready();
  };
  worker.onerror = (event) => {
    // Otherwise the page has an uncaught error.
    event.preventDefault();
    events.lost(event.message || "a worker could not be started. HINT: a Content-Security-Policy may forbid it; see init({ workerUrl })");
  };
  try {
    worker.postMessage(data);
  } catch (failure) {
    worker.terminate();
    throw new Error(`${(failure as Error).message} HINT: only cross-origin isolated pages share memory with workers`);
  }
  return { terminate: () => worker.terminate(), unref() {} };
}
