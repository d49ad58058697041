/** @file The browser tests: real Chromium, Firefox and WebKit, each on pages that are cross-origin isolated and on pages that are not. */
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { startCommand } from "./scripts/browsers.mjs";
import { command } from "./test/browser/commandProvider.js";
import { strictPage } from "./test/browser/strictPage.js";
import { trainerFile } from "./test/browser/trainerFile.js";
import { webServer } from "./test/browser/webServer.js";

/** The headers that make a page cross-origin isolated, so that its memory can be shared with workers. */
const isolating = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const browsers = ["chromium", "firefox", "webkit"] as const;
/** Throws when one is not installed, before any of them runs. */
const startCommands = Object.fromEntries(browsers.map((browser) => [browser, startCommand(browser)]));

function project(isolated: boolean): TestProjectInlineConfiguration {
  return {
    server: { headers: isolated ? isolating : {} },
    plugins: [strictPage(), webServer(), trainerFile(isolated ? isolating : {})],
    test: {
      name: isolated ? "isolated" : "not isolated",
      include: ["test/browser/**/*.browser.test.ts"],
      provide: { isolated },
      testTimeout: 60_000,
      browser: {
        enabled: true,
        // The start commands see to it that no window is shown; vitest's own switch is for browsers that it starts itself.
        headless: false,
        ui: false,
        screenshotFailures: false,
        provider: command(startCommands),
        instances: browsers.map((browser) => ({ browser })),
      },
    },
  };
}

export default defineConfig({
  test: {
    allowOnly: false,
    globalSetup: "test/browser/expected.ts",
    fileParallelism: false,
    reporters: ["default", ["json", { outputFile: "build/test-results/browsers.json" }]],
    projects: [project(true), project(false)],
  },
});
