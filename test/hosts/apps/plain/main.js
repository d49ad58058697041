import { report } from "../page.js";

report(import.meta.resolve("engram/worker"));
