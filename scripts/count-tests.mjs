/** @file Prints "passed failed", summed over the named test runs' reports. A file that could not be loaded, or a missing report, counts as failed. */
import { existsSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const name of process.argv.slice(2)) {
  const path = `build/test-results/${name}.json`;
  if (!existsSync(path)) {
    console.error(`${path}: expected a report. Got none.`);
    failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(path, "utf8"));
  const before = failed;
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const { name: file, status, assertionResults } of report.testResults) {
    if (status === "failed" && !assertionResults.some((result) => result.status === "failed")) {
      console.error(`${file}: expected it to load. Got an error.`);
      failed++;
    }
    for (const { fullName, status: outcome } of assertionResults) {
      if (outcome !== "passed" && outcome !== "failed") {
        console.error(`${file}: expected every test to run. Got ${outcome}: ${fullName}`);
        failed++;
      }
    }
  }
  if (!report.success && failed === before) {
    console.error(`${path}: expected a successful run. Got an error outside any test.`);
    failed++;
  }
}
console.log(`${passed} ${failed}`);
