/** @file evaluateDataset; imported on first use. */
import type { Dataset } from "../data/dataset.js";
import { oneOrAll } from "../nn/layer.js";
import type { Tensor } from "../tensor/tensor.js";
import { datasetSource } from "./datasetSource.js";
import { evaluateAll } from "./fitting.js";
import type { Model } from "./model.js";

/** Loss and metrics over a dataset; see Model.evaluateDataset. */
export async function evaluateDataset(model: Model, dataset: Dataset, batches: number | undefined): Promise<Tensor | Tensor[]> {
  const trainer = model.compiled("evaluateDataset");
  const source = datasetSource("evaluateDataset", model, batches === undefined ? dataset : dataset.take(batches), null);
  // An epoch that runs meanwhile goes on with what it has gathered.
  const state = trainer.getState();
  try {
    await evaluateAll(trainer, source);
    return oneOrAll(trainer.results());
  } finally {
    trainer.setState(state);
    await source.close();
  }
}
