/** @file The program outside of pages: prints what came of it. */
import { run } from "./program.js";

console.log(JSON.stringify(await run("file://saved")));
