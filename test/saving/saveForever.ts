/** @file A program that saves one model after another into a folder until it is killed; see io.test.ts. */
import { callbacks } from "../../src/index.js";
import { compiled, input, model, targets } from "./smallModel.js";

const [, , path, way] = process.argv as [string, string, string, string];
const models = [1, 2, 3].map((seed) => (way === "plain" ? model(seed) : compiled(seed)));
console.log("saving");
for (let i = 0; ; i++) {
  const one = models[i % models.length] as (typeof models)[number];
  if (way !== "checkpoint") await one.save(`file://${path}`, { includeOptimizer: way === "optimizer" });
  // A learning rate of 0: the weights stay, so that the test knows them.
  else await one.fit(input(), targets(), { epochs: 1, verbose: 0, callbacks: callbacks.modelCheckpoint({ path: `file://${path}`, includeOptimizer: true }) });
}
