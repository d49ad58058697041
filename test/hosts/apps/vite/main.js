import workerUrl from "engram/worker?url&no-inline";
import { report } from "../page.js";

report(workerUrl);
