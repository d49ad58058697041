/** @file Serves the package's trainer.worker.js where the sources look for it: beside src, as in the package beside the chunks. */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { trainerText } from "../../scripts/bundle.mjs";

export function trainerFile(headers: Record<string, string>): Plugin {
  return {
    name: "trainer file",
    async configureServer({ middlewares }) {
      const text = await trainerText();
      const files: Record<string, () => string> = {
        "/trainer.worker.js": () => text,
        // As a page's own, without a bundler between.
        "/modules/scale.mjs": () => readFileSync("test/worker/scale.mjs", "utf8"),
      };
      middlewares.use((request, response, next) => {
        const file = files[request.url?.replace(/\?.*/, "") ?? ""];
        if (file === undefined) return next();
        response.writeHead(200, { ...headers, "Cross-Origin-Resource-Policy": "same-origin", "Content-Type": "text/javascript" }).end(file());
      });
    },
  };
}
