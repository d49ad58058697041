/** @file What compile is told, and the optimizer's state, from files: TensorFlow.js's trainingConfig, and Keras's. */
import type { Variable } from "../engine/variable.js";
import { fromFile } from "../nn/deserialize.js";
import { findKey, losses } from "../nn/losses/index.js";
import { metrics } from "../nn/metrics/index.js";
import { tensor } from "../ops/creation.js";
import { getOptimizer } from "../optim/train.js";
import { describe, error } from "../tensor/errors.js";
import type { ModelCompileArgs } from "../train/heads.js";
import type { Model } from "../train/model.js";
import { type Json, mapParts, respelt } from "./trainingConfig.js";
import type { DecodedWeight } from "./weights.js";

const isObject = (value: unknown): value is Json => value !== null && typeof value === "object" && !Array.isArray(value);
const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Options that Keras writes and that say nothing here. */
const SILENT = ["dtype", "fn"];

/** A loss or metric of a file, from a table of them. */
function partFrom(table: "losses" | "metrics", part: unknown, where: string): unknown {
  const made = { losses, metrics }[table] as unknown as Record<string, (options: object) => unknown>;
  if (!isObject(part)) return camelCase(String(part));
  const { class_name: className, config } = part;
  const { reduction, name, ...options } = respelt(Object(config), camelCase);
  // Keras 2 wraps functions: their names tell what is meant.
  const isWrapper = /Wrapper$/.test(String(className));
  const key = findKey(made, isWrapper ? (Object(config) as Json).fn : className);
  // Such as accuracy, of which the kind is seen later.
  if (key === undefined && isWrapper) return camelCase(String(name));
  if (key === undefined)
    throw error("loadLayersModel", `${where}: expected ${table} of trainingConfig that are known`, describe(className), "load with { compile: false }.");
  const given = Object.entries(options).filter(([option, value]) => value !== null && !SILENT.includes(option) && !(option === "axis" && value === -1));
  const reduced = reduction === "sum" || reduction === "none" ? { reduction } : {};
  return made[key]?.({ ...Object.fromEntries(given), ...reduced, ...(table === "metrics" && typeof name === "string" ? { name } : {}) });
}

/** The arguments of compile that a file tells. */
export function argsFrom(config: unknown, where: string): ModelCompileArgs {
  const { optimizer_config: optimizer, loss, metrics, weighted_metrics: weighted, loss_weights: lossWeights } = Object(config) as Json;
  const { class_name: className, config: options } = Object(optimizer) as { class_name?: unknown; config?: unknown };
  if (typeof className !== "string" || !isObject(options ?? {}))
    throw error("loadLayersModel", `${where}: expected trainingConfig.optimizer_config to have class_name and config`, describe(optimizer));
  const parts = (table: "losses" | "metrics", value: unknown): unknown =>
    mapParts(
      value,
      (part) => partFrom(table, part, where),
      (each) => typeof (each as Json).class_name === "string",
    );
  const args = {
    optimizer: getOptimizer({ className, config: fromFile(Object(options)) }),
    loss: parts("losses", loss),
    metrics: parts("metrics", metrics),
    weightedMetrics: parts("metrics", weighted),
    lossWeights,
  };
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined && value !== null)) as ModelCompileArgs;
}

/** The variables whose slots a file has, in its order: by the names before the slots' own, or else all that are trained. */
function variablesOf(model: Model, weights: readonly DecodedWeight[]): readonly Variable[] {
  const byName = new Map(model.weights.map((weight) => [weight.name, weight]));
  const named = weights.map(({ name }) => byName.get(name.slice(0, name.lastIndexOf("/"))));
  return named.length > 0 && named.every((variable) => variable !== undefined) ? [...new Set(named as Variable[])] : model.trainableWeights;
}

/**
 * Compiles a model with a file's training configuration.
 * @throws when the configuration is not one, or the state does not fit the optimizer
 */
export async function restoreTraining(model: Model, config: unknown, weights: readonly DecodedWeight[], where: string): Promise<void> {
  try {
    model.compile(argsFrom(config, where));
    if (weights.length === 0) return;
    const { optimizer } = model;
    // Before the first step there are no slots.
    if (weights.length > 1) optimizer.track(variablesOf(model, weights.slice(1)));
    await optimizer.setWeights(weights.map(({ name, shape, dtype, values }) => ({ name, tensor: tensor(values, shape, dtype) })));
  } catch (cause) {
    if (cause instanceof Error && !cause.message.includes(where)) cause.message += ` (${where}: trainingConfig)`;
    throw cause;
  }
}
