/**
 * @file The entry point `engram/trainer`: the program of a worker that trains. A worker of one's own imports it, then what registers layers of
 * one's own, and is named in fit: { worker: () => new Worker(...) }.
 */
import * as engram from "./index.js";
import { serve } from "./train/serve.js";

void serve(engram);
