/**
 * @file Makes the worker that fit starts an entry of the page's own build, which shares its files with the page. Bundlers otherwise ship
 * `trainer.worker.js` as a whole beside it, and the library twice.
 */
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** The words with which the library asks for its worker (src/platformTrainer.ts). */
const asked = 'new URL("../trainer.worker.js", import.meta.url)';
const trainer = fileURLToPath(new URL("../src/trainer.ts", import.meta.url));

export function trainerChunk(): Plugin {
  let isBuild = false;
  return {
    name: "trainer chunk",
    enforce: "pre",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    transform(code, id) {
      // The page gives its trainer no modules of its own, for which the library would be shipped whole.
      if (id === trainer) return code.replace(/^import \* as engram .*$/m, "const engram = {};");
      if (!id.endsWith("/src/platformTrainer.ts")) return null;
      if (!code.includes(asked)) this.error(`expected ${id} to ask for its worker by ${asked}`);
      const address = isBuild ? `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: "chunk", id: trainer })}` : 'new URL("./trainer.ts", import.meta.url)';
      return code.replace(asked, address);
    },
  };
}
