/** @file Builds the fixture apps, each as its bundler's users do: with no setting where none is named here. */
import { cpSync } from "node:fs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";

/** Builds the app in a folder into another. */
type Build = (app: string, out: string) => Promise<unknown>;

const withPage = (app: string, out: string): void => cpSync(`${app}/index.html`, `${out}/index.html`);

export const bundlers: Record<string, Build> = {
  vite: (app, out) => vite({ root: app, configFile: false, logLevel: "error", build: { outDir: out } }),

  async webpack(app, out) {
    const compiler = webpack({ mode: "production", context: app, entry: "./main.js", output: { path: out } });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
      compiler?.run((error, result) => (error ? reject(error) : resolve(result))),
    );
    if (stats?.hasErrors()) throw new Error(stats.toString({ colors: false }));
    withPage(app, out);
  },

  async esbuild(app, out) {
    const entryPoints = { main: "main.js", worker: "engram/worker", "trainer.worker": "engram/trainer.worker.js" };
    await esbuild({ absWorkingDir: app, entryPoints, bundle: true, minify: true, splitting: true, format: "esm", outdir: out, logLevel: "error" });
    withPage(app, out);
  },

  async rollup(app, out) {
    const input = { main: `${app}/main.js`, worker: "engram/worker", "trainer.worker": "engram/trainer.worker.js" };
    const bundle = await rollup({ input, plugins: [nodeResolve({ rootDir: app })] });
    await bundle.write({ dir: out, format: "es" });
    withPage(app, out);
  },
};
