/** @file A model's trainer during a fit: one at a time, and with the plans of the weights that are trained. */
import { error } from "../tensor/errors.js";
import type { Block } from "../wasm/block.js";
import type { BatchSource } from "./source.js";
import type { Trainer } from "./trainer.js";

/** Begins a fit. @throws while another one runs */
export function beginFit(trainer: Trainer): void {
  if (trainer.isFitting) throw error(trainer.model.name, "one fit at a time", "another while one runs", "await the first.");
  trainer.isFitting = true;
  trainer.forgetPlans();
  trainer.reset();
}

/** Ends it. */
export function endFit(trainer: Trainer): void {
  trainer.isFitting = false;
  trainer.isGuarded = false;
  trainer.forgetPlans();
}

/** What a training step changes, but for metrics. */
export function changedBlocks({ model, optimizer }: Trainer): Block[] {
  const { weights, trainableWeights } = model;
  optimizer.track(trainableWeights);
  return [optimizer, ...weights, ...optimizer.allSlots].map(({ block }) => block);
}

/** Evaluates all batches of a source, since the last reset; false where `mayGoOn`, asked after each, says no. */
export async function evaluateAll(trainer: Trainer, source: BatchSource, mayGoOn: () => Promise<boolean> = async () => true): Promise<boolean> {
  trainer.reset();
  await source.begin();
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    trainer.step(false, batch);
    if (!(await mayGoOn())) return false;
  }
  return true;
}
