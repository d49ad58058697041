/** @file predict over many samples: batch by batch into results that are made once. */
import type { Compiled } from "../engine/compile.js";
import { step } from "../engine/step.js";
import { listOf, type OneOrMore } from "../nn/layer.js";
import { concat } from "../ops/join.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { allocate } from "../wasm/block.js";
import { Batches, rowsView } from "./batches.js";

export interface PredictArgs {
  /** Samples in one step, 512 by default; the result does not depend on it. */
  batchSize?: number;
  /** TensorFlow.js's; predict shows nothing. */
  verbose?: boolean;
}

/** Samples that predict computes in one step unless told otherwise: enough to pack weights once for many rows. */
export const PREDICT_BATCH = 512;

export type Forward = Compiled<(...inputs: Tensor[]) => OneOrMore<Tensor>>;

/** A result of all samples, from the shape of a batch's. */
function emptyResult(part: Tensor, batchRows: number, rows: number): Tensor {
  // Where outputs do not have a row for each sample, there is nothing that batches could be put together to.
  const shape = [part.shape[0] === batchRows ? rows : 0, ...part.shape.slice(1)];
  const size = sizeOf(shape);
  return new Tensor(shape, part.dtype, size, allocate(size * bytesPerElement(part.dtype)), "predict");
}

/** The outputs of a compiled function for samples along the first axis. */
export function predictBatches(forward: Forward, inputs: readonly Tensor[], batchSize: number): OneOrMore<Tensor> {
  const rows = inputs[0]?.shape[0] ?? 0;
  if (rows <= batchSize) return forward(...inputs);
  const batches = new Batches(inputs, batchSize);
  try {
    // The first batch tells the shapes of the results.
    const first = step("predict", () => forward(...batches.batch(0)));
    const results = listOf(first).map((part) => emptyResult(part, batchSize, rows));
    for (let i = 0; i < batches.count; i++) {
      const part = batches.batch(i);
      const count = batches.rowsOf(i);
      forward.plan(...part).run(
        part,
        results.map((result) => rowsView(result, count, i * batchSize)),
      );
    }
    return Array.isArray(first) ? results : (results[0] as Tensor);
  } finally {
    batches.close();
  }
}

/** The outputs of a function that is not compiled. */
export function predictEagerly(forward: (...inputs: Tensor[]) => OneOrMore<Tensor>, inputs: readonly Tensor[], batchSize: number): OneOrMore<Tensor> {
  const rows = inputs[0]?.shape[0] ?? 0;
  if (rows <= batchSize) return step("predict", () => forward(...inputs));
  return step("predict", () => {
    const batches = new Batches(inputs, batchSize);
    try {
      const parts = Array.from({ length: batches.count }, (_, i) => forward(...batches.batch(i)));
      const results = listOf(parts[0] as OneOrMore<Tensor>).map((_, k) =>
        concat(
          parts.map((part) => listOf(part)[k] as Tensor),
          0,
        ),
      );
      return Array.isArray(parts[0]) ? results : (results[0] as Tensor);
    } finally {
      batches.close();
    }
  });
}
