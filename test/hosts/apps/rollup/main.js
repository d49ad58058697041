import { report } from "../page.js";

// The build has engram/worker as a second entry.
report(new URL("./worker.js", import.meta.url));
