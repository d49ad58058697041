/** @file A static server of a folder for pages that post what came of them to /report. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };
const isolating = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export interface Pages {
  /** Whether pages are cross-origin isolated. */
  isolated: boolean;
  /** Whether their policy forbids all but scripts and workers of files, and compiling WebAssembly. */
  isStrict: boolean;
}

/** The policy of a page: a script within it, such as an import map, is named by its hash. */
function policy(html: string): string {
  const texts = Array.from(html.matchAll(/<script[^>]*>([^<]+)<\/script>/g), ([, text]) => text as string);
  const hashes = texts.map((text) => ` 'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return `script-src 'self' 'wasm-unsafe-eval'${hashes.join("")}; worker-src 'self'`;
}

export const headersOf = ({ isolated }: Pages): Record<string, string> => (isolated ? isolating : {});

/** What a page posts. */
export class Reports {
  private resolve: (text: string) => void = () => {};
  readonly first = new Promise<string>((resolve) => {
    this.resolve = resolve;
  });

  /** Takes a report; false for any other request. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== "POST" || request.url !== "/report") return false;
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      response.end();
      this.resolve(text);
    });
    return true;
  }
}

/** Serves a folder. */
export async function serve(folder: string, pages: Pages): Promise<{ url: string; report: Promise<string>; close(): void }> {
  const reports = new Reports();
  const server = createServer((request, response) => {
    if (reports.take(request, response)) return;
    const { pathname } = new URL(request.url as string, "http://localhost");
    const path = join(folder, normalize(pathname), pathname.endsWith("/") ? "index.html" : "");
    if (!existsSync(path) || !statSync(path).isFile()) return void response.writeHead(404).end();
    const body = readFileSync(path);
    const type = types[extname(path)] ?? "application/octet-stream";
    const strict = pages.isStrict && type === "text/html" ? { "Content-Security-Policy": policy(body.toString()) } : {};
    response.writeHead(200, { ...headersOf(pages), ...strict, "Content-Type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, report: reports.first, close: () => void server.close() };
}
