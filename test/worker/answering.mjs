/** @file Workers that are no trainers, for tests of lost ones: they are told what to do. */
import { parentPort, workerData } from "node:worker_threads";

if (workerData === "throws") throw new Error("it throws");
if (workerData === "ends") process.exit(3);
// One that says nothing goes on for ever.
parentPort.on("message", () => {});
