/** @file Browsers and Node as programs that take orders: a small server hands them out one at a time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { startCommand } from "../../scripts/browsers.mjs";
import { bundle } from "../../scripts/bundle.mjs";
import { openBrowser } from "../../test/browser/openBrowser.js";
import type { Order, Result } from "./protocol.js";

const folder = fileURLToPath(new URL("../../build/bench-browsers", import.meta.url));
/** Milliseconds that an order may take: the first one waits for a browser's start. */
const PATIENCE = 120_000;

/** A program that asks for orders: a page, or a process of Node. */
export class Engine {
  private ask: ((order: Order) => void) | undefined;
  private waiting: Order | undefined;
  private settle: ((result: Result) => void) | undefined;

  constructor(
    readonly name: string,
    /** Starts what ends by itself when it is told to begin again. */
    readonly restart: () => void,
  ) {}

  /** It asks for the next order; `isNew` where it has just begun. */
  next(ask: (order: Order) => void, isNew: boolean): void {
    if (isNew && this.waiting?.kind === "again") this.done({});
    this.ask = ask;
    this.give();
  }

  private give(): void {
    const { ask, waiting } = this;
    if (ask === undefined || waiting === undefined) return;
    this.ask = undefined;
    if (waiting.kind === "again") this.restart();
    ask(waiting);
  }

  done(result: Result): void {
    this.waiting = undefined;
    this.settle?.(result);
  }

  async order(order: Order): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const result = await new Promise<Result>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name}: expected an answer. Got none within ${PATIENCE} ms, to ${JSON.stringify(order)}.`)), PATIENCE);
      this.settle = resolve;
      this.waiting = order;
      this.give();
    });
    clearTimeout(timer);
    if (result.error !== undefined) throw new Error(`${this.name}: ${result.error}`);
    return result;
  }

  /** A new page, or process, in which nothing has run. */
  async again(): Promise<void> {
    await this.order({ kind: "again" });
  }
}

const types: Record<string, string> = { ".js": "text/javascript", ".html": "text/html" };
const isolating = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export interface Server {
  open(name: string): Promise<Engine>;
  close(): Promise<void>;
}

/** Builds the program, the package and an app that is bundled from it, and serves them as a plain static server does, on isolated pages. */
export async function serve(): Promise<Server> {
  await bundle(join(folder, "package"));
  const options: BuildOptions = { bundle: true, splitting: true, format: "esm", target: "es2022", external: ["node:*"], logLevel: "error" };
  await build({ ...options, entryPoints: [fileURLToPath(new URL("program.ts", import.meta.url))], outdir: folder, ignoreAnnotations: true });
  // The op table knows ops by name, which looks as if nobody used them.
  const app = 'export { layers, sequential, zeros } from "./package/index.js";';
  await build({ ...options, stdin: { contents: app, resolveDir: folder, sourcefile: "app.js" }, minify: true, outdir: join(folder, "app") });
  const engines = new Map<string, Engine>();
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "", "http://localhost");
    const engine = engines.get(search.slice(1));
    if ((pathname === "/new" || pathname === "/next") && engine !== undefined) {
      engine.next((order) => response.writeHead(200, isolating).end(JSON.stringify(order)), pathname === "/new");
    } else if (pathname === "/done" && engine !== undefined) {
      let text = "";
      for await (const part of request) text += part;
      response.writeHead(200, isolating).end();
      engine.done(JSON.parse(text));
    } else if (pathname === "/") {
      response.writeHead(200, { ...isolating, "Content-Type": "text/html" }).end('<!doctype html><script type="module" src="/program.js"></script>');
    } else {
      const file = join(folder, pathname);
      if (!existsSync(file)) return response.writeHead(404).end();
      response.writeHead(200, { ...isolating, "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
    }
  });
  // The next order may come late.
  server.keepAliveTimeout = PATIENCE;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const closers: (() => Promise<void>)[] = [];
  return {
    async open(name) {
      if (name !== "node") {
        const engine = new Engine(name, () => {});
        engines.set(name, engine);
        closers.push(await openBrowser(startCommand(name as "chromium"), `${address}/?${name}`));
        return engine;
      }
      let child: ChildProcess | undefined;
      const start = (): void => {
        child = spawn(process.execPath, [join(folder, "program.js"), address, name], { stdio: "inherit" });
      };
      const engine = new Engine(name, () => child?.once("exit", start));
      engines.set(name, engine);
      start();
      closers.push(async () => void child?.kill());
      return engine;
    },
    async close() {
      await Promise.all(closers.map((close) => close()));
      server.closeAllConnections();
      server.close();
    },
  };
}
