/** @file Imports the package outside of pages: prints what that did. */
import { importAll } from "./watch.js";

console.log(JSON.stringify(await importAll()));
