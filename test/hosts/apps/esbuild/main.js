import { report } from "../page.js";

// The build has both workers' files as further entries.
report(new URL("./worker.js", import.meta.url), new URL("./trainer.worker.js", import.meta.url));
