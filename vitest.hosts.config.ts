/** @file The tests of the packed library in other hosts: bundlers, versions of Node, Deno, Bun. They ask the registry for the programs. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/hosts/**/*.test.ts"],
    globalSetup: "test/hosts/setup.ts",
    allowOnly: false,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: ["default", ["json", { outputFile: "build/test-results/hosts.json" }]],
  },
});
