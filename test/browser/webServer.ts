/** @file Builds the page of web/ and serves it as a plain static server would, under /web/, to frames of the browser tests. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { build, type Plugin } from "vite";

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const folder = "build/web";
let built: Promise<unknown> | undefined;

/** The page as `npm run web:build` writes it, in build/web; once in a process. */
export function builtPage(): Promise<unknown> {
  built ??= build({ configFile: "web/vite.config.ts", logLevel: "error", build: { outDir: `../${folder}` } });
  return built;
}

/** Serves the built page. Nothing but the headers that the tests' own pages have: those that isolate, or none. */
export function webServer(): Plugin {
  return {
    name: "web server",
    async configureServer({ middlewares, config }) {
      await builtPage();
      middlewares.use((request, response, next) => {
        const path = /^\/web\/([^?]*)/.exec(request.url ?? "")?.[1];
        if (path === undefined || path.includes("..")) return next();
        const file = `${folder}/${path === "" ? "index.html" : path}`;
        if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
        response.writeHead(200, { ...config.server.headers, "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
      });
    },
  };
}
