import { report } from "../page.js";

report(new URL("engram/worker", import.meta.url));
