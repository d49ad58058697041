/** @file The tests in Node. The same files run on three builds of the kernels: strict (all of them), relaxed and debug (the engine's). */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What depends on the kernels' build. The other files are about the tree, the package or slow training, and run once. */
const engineTests = ["test/ops.test.ts", "test/fixtures.test.ts", "test/compile.test.ts", "test/plan.test.ts", "test/optim.test.ts", "test/engine*.test.ts"];

/** Node 20 has relaxed SIMD behind a flag, later versions without one. */
const relaxedFlags = Number(process.versions.node.split(".")[0]) < 21 ? ["--experimental-wasm-relaxed-simd"] : [];

const everywhere = {
  environment: "node",
  pool: "forks",
  testTimeout: 60_000,
  hookTimeout: 120_000,
} as const;

export default defineConfig({
  test: {
    // Two processes: what a small machine has cores for; a third would only make the timings of the slowest tests wander.
    maxWorkers: 2,
    allowOnly: false,
    reporters: ["default", ["json", { outputFile: "build/test-results/node.json" }]],
    projects: [
      // The parts of web/ that need no page are tested in Node: there "engram" is what it will be.
      {
        resolve: { alias: [{ find: /^engram$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) }] },
        test: { ...everywhere, name: "node", include: ["test/**/*.test.ts"], exclude: ["test/browser/**", "test/hosts/**"] },
      },
      {
        test: {
          ...everywhere,
          name: "relaxed",
          include: engineTests,
          setupFiles: ["test/setup/relaxed.ts"],
          execArgv: relaxedFlags,
        },
      },
      { test: { ...everywhere, name: "debug", include: engineTests, setupFiles: ["test/setup/debug.ts"] } },
    ],
  },
});
