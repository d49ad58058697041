/** @file evaluate: loss and metrics over arrays; over a dataset: evaluateDataset.ts. */
import { oneOrAll } from "../nn/layer.js";
import { checkCount, checkOptions } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Arrays } from "./arrays.js";
import type { Model } from "./model.js";
import { ArrayBatches } from "./source.js";

export interface EvaluateArgs {
  /** Samples in one step; 32 by default. */
  batchSize?: number;
  /** One weight a sample. */
  sampleWeight?: Arrays;
  /** TensorFlow.js's; evaluate shows nothing. */
  verbose?: 0 | 1;
}

/** Loss and metrics over arrays; see Model.evaluate. */
export function evaluateArrays(model: Model, x: Arrays, y: Arrays, args: EvaluateArgs): Tensor | Tensor[] {
  checkOptions("evaluate", args, "batchSize sampleWeight verbose");
  const { batchSize = 32, sampleWeight } = args;
  const trainer = model.compiled("evaluate");
  const source = new ArrayBatches(model.samplesOf("evaluate", x, y, sampleWeight), checkCount("evaluate", "batchSize", batchSize));
  try {
    return trainer.apart(() => {
      for (let batch = source.next(); batch !== null; batch = source.next()) trainer.step(false, batch);
      return oneOrAll(trainer.results());
    });
  } finally {
    source.close();
  }
}
