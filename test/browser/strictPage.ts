/** @file A page for a frame of the browser tests whose policy forbids workers made from text, and the worker that the package has for such pages. */
import { build } from "esbuild";
import type { Plugin } from "vite";
import { workerText } from "../../scripts/bundle.mjs";

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const isolating = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves /strict/page.html, page.js and worker.js. */
export function strictPage(): Plugin {
  return {
    name: "strict page",
    async configureServer({ middlewares }) {
      const { outputFiles } = await build({ entryPoints: ["test/browser/strictProgram.ts"], bundle: true, format: "esm", write: false, logLevel: "error" });
      const files: Record<string, [type: string, text: string]> = {
        "/strict/page.html": ["text/html", '<!doctype html><script type="module" src="/strict/page.js"></script>'],
        "/strict/page.js": ["text/javascript", outputFiles[0]?.text ?? ""],
        "/strict/worker.js": ["text/javascript", await workerText()],
      };
      middlewares.use((request, response, next) => {
        const file = files[request.url?.replace(/\?.*/, "") ?? ""];
        if (file === undefined) return next();
        const headers = { ...isolating, "Cross-Origin-Resource-Policy": "same-origin", "Content-Security-Policy": policy, "Content-Type": file[0] };
        response.writeHead(200, headers).end(file[1]);
      });
    },
  };
}
