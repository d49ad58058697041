/** @file Compiles a loaded model as the file says: optimizer with its state, loss, metrics. */
import { describe, error } from "../tensor/errors.js";
import type { ModelCompileArgs } from "../train/heads.js";
import type { Kit } from "../train/kit.js";
import type { Model } from "../train/model.js";
import type { DecodedWeight } from "./weights.js";

/**
 * Compiles a model with a file's training configuration.
 * @throws when the configuration is not one, or the state does not fit the optimizer
 */
export async function restoreTraining(
  { fromFile, getOptimizer, tensor }: Kit,
  model: Model,
  config: unknown,
  weights: readonly DecodedWeight[],
  where: string,
): Promise<void> {
  const { optimizer_config: optimizer, loss, metrics, loss_weights: lossWeights } = Object(config) as Record<string, never>;
  const { class_name: className, config: options } = Object(optimizer) as { class_name?: string; config?: object };
  if (typeof className !== "string")
    throw error("loadLayersModel", `${where}: expected trainingConfig.optimizer_config to have class_name and config`, describe(optimizer));
  const args = { optimizer: getOptimizer({ className, config: fromFile(options ?? {}) }), loss, metrics, lossWeights };
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  model.compile(Object.fromEntries(given) as ModelCompileArgs);
  if (weights.length === 0) return;
  await model.optimizer.setWeights(weights.map(({ name, shape, dtype, values }) => ({ name, tensor: tensor(values, shape, dtype) })));
}
