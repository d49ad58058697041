/** @file The page: `npm run web` serves it while it is worked on, `npm run web:build` writes static files to web/dist that any server can serve from any folder. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import packageJson from "../package.json" with { type: "json" };
import { leaveOut } from "./leaveOut.js";
import { mnistFiles } from "./mnistFiles.js";
import { trainerChunk } from "./trainerChunk.js";

/** "engram/draw", which package.json says is made of dist/draw/index.js, is src/draw/index.ts here. */
const aliases = Object.entries(packageJson.exports)
  .flatMap(([name, entry]) => (typeof entry === "object" ? [{ name, path: entry.default.replace("./dist/", "../src/").replace(/js$/, "ts") }] : []))
  .map(({ name, path }) => ({ find: new RegExp(`^engram${name.slice(1)}$`), replacement: fileURLToPath(new URL(path, import.meta.url)) }));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [mnistFiles(), trainerChunk(), leaveOut()],
  resolve: { alias: aliases },
  build: { target: "es2022", emptyOutDir: true, modulePreload: false, chunkSizeWarningLimit: 1000 },
  worker: { format: "es" },
});
