/**
 * @file Pages for a frame of the browser tests: one whose policy forbids workers made from text, and the worker that the package has for it;
 * one whose policy forbids WebAssembly, too.
 */
import { build } from "esbuild";
import type { Plugin } from "vite";
import { workerText } from "../../scripts/bundle.mjs";

const strict = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const forbidding = "script-src 'self'";
const isolating = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves /strict/page.html, forbidding.html, page.js and worker.js. */
export function strictPage(): Plugin {
  return {
    name: "strict page",
    async configureServer({ middlewares }) {
      const { outputFiles } = await build({ entryPoints: ["test/browser/strictProgram.ts"], bundle: true, format: "esm", write: false, logLevel: "error" });
      const html = '<!doctype html><script type="module" src="/strict/page.js"></script>';
      const files: Record<string, [type: string, text: string, policy: string]> = {
        "/strict/page.html": ["text/html", html, strict],
        "/strict/forbidding.html": ["text/html", html, forbidding],
        "/strict/page.js": ["text/javascript", outputFiles[0]?.text ?? "", strict],
        "/strict/worker.js": ["text/javascript", await workerText(), strict],
      };
      middlewares.use((request, response, next) => {
        const file = files[request.url?.replace(/\?.*/, "") ?? ""];
        if (file === undefined) return next();
        const [type, text, policy] = file;
        const headers = { ...isolating, "Cross-Origin-Resource-Policy": "same-origin", "Content-Security-Policy": policy, "Content-Type": type };
        response.writeHead(200, headers).end(text);
      });
    },
  };
}
