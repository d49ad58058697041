/** @file What models are made with, for code that is imported on first use. */
import { Variable } from "../engine/variable.js";
import { findKey, losses } from "../nn/losses/index.js";
import { metrics } from "../nn/metrics/index.js";
import { classOf, deserializeLayer, fromFile } from "../nn/serialization.js";
import { tensor } from "../ops/creation.js";
import { getOptimizer } from "../optim/train.js";
import { Functional } from "./functional.js";
import { Sequential } from "./sequential.js";

/**
 * It is given to such code, not imported there: bundlers make a chunk of what two chunks import, and then all of engram would be
 * in it, with a list of its names on either side.
 */
export const kit = { Functional, Sequential, Variable, classOf, deserializeLayer, fromFile, findKey, getOptimizer, losses, metrics, tensor };

export type Kit = typeof kit;
