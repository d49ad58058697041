/**
 * @file What `npm test` runs: the tests in Node, then the ones in browsers where the browsers are installed. Where they are not,
 * it says how to get them. All of it runs even when a part fails, so that one run shows everything.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { howToInstall, missingPackages } from "./browsers.mjs";
import { testBrowsers } from "./test-browsers.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Runs vitest and returns whether everything passed. */
function vitest(...args) {
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...args], { cwd: root, stdio: "inherit" });
  return status === 0;
}

const chosen = process.argv.slice(2);
const results = [vitest(...chosen)];
const missing = missingPackages();
// Whoever names files or options is at work on some of the tests in Node.
if (chosen.length > 0) console.log("Only the tests asked for were run, and none in browsers.");
else if (missing.length === 0) results.push(testBrowsers());
else console.log(`The browser tests need browsers that are not installed here. To run them too: ${howToInstall(missing)}`);

process.exitCode = results.every(Boolean) ? 0 : 1;
