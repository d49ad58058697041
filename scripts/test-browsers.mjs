/**
 * @file Runs the browser tests. A browser that ends in the midst of them (WebKitGTK's page process, by a fault of its own, about once in a
 * hundred runs) fails no test, and what it had yet to run is lost: then all are run again, once.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const report = `${root}build/test-results/browsers.json`;

/** Whether no test has failed that was run, and some were not. */
function isInterrupted() {
  if (!existsSync(report)) return false;
  const { numFailedTests, numFailedTestSuites, numTotalTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
  return numFailedTests === 0 && numFailedTestSuites === 0 && numPassedTests < numTotalTests;
}

/** Runs them and returns whether everything passed. */
export function testBrowsers(...args) {
  const run = () => {
    rmSync(report, { force: true });
    return (
      spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.browser.config.ts", ...args], { cwd: root, stdio: "inherit" })
        .status === 0
    );
  };
  if (run()) return true;
  if (!isInterrupted()) return false;
  console.log("A browser has ended by itself in the midst of the tests. All of them once more:");
  return run();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = testBrowsers(...process.argv.slice(2)) ? 0 : 1;
