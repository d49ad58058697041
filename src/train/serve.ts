/** @file The worker that trains for a page: takes one training after another. */
import { importModule, openPort, type Port } from "../platformTrainer.js";
import type { FromWorker, Start, ToWorker } from "./protocol.js";
import type { Session } from "./session.js";

/** Modules that were imported, by address. */
const modules = new Map<string, Promise<void>>();

/** A module makes classes known when it is imported, or by its default export, which is given the library. */
async function load(address: string, engram: object): Promise<void> {
  const { default: register } = (await importModule(address)) as { default?: unknown };
  if (typeof register === "function") await register(engram);
}

async function loadAll(addresses: readonly string[], engram: object): Promise<void> {
  for (const address of addresses) {
    const loading = modules.get(address) ?? load(address, engram);
    modules.set(address, loading);
    await loading.catch((cause: Error) => {
      modules.delete(address);
      cause.message = `fit: expected the module ${address} to run in the worker. Got ${cause.message}`;
      throw cause;
    });
  }
}

let session: Session | null = null;

async function begin(own: Session, engram: object): Promise<void> {
  session = own;
  await own.train(engram, loadAll);
  if (session === own) session = null;
}

/** Serves the page that started this worker. @param engram the library, for modules of the page's */
export async function serve(engram: object): Promise<void> {
  const say = (port: Port, message: FromWorker): void => port.post(message);
  const loading = import("./session.js");
  let makeSession: (port: Port, start: Start) => Session;
  const port = await openPort(
    (data, line) => {
      const message = data as ToWorker;
      if (message.kind === "probe") say(line, { kind: "ready", shared: message.memory !== null });
      else if (message.kind === "ping") say(line, { kind: "pong" });
      else if (message.kind === "start") void begin(makeSession(line, message), engram);
      else session?.hear(message);
    },
    (line) => say(line, { kind: "ready", shared: false }),
  );
  const { Session } = await loading;
  makeSession = (line, start) => new Session(line, start);
  say(port, { kind: "hello" });
}
