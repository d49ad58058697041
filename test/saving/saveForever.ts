/** @file A program that saves one model after another into a folder until it is killed; see io.test.ts. */
import { model } from "./smallModel.js";

const [, , path] = process.argv as [string, string, string];
const models = [1, 2, 3].map((seed) => model(seed));
console.log("saving");
for (let i = 0; ; i++) await models[i % models.length]?.save(`file://${path}`);
