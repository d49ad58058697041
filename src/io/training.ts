/** @file What compile was told, and the optimizer's state, in files: TensorFlow.js's trainingConfig, and Keras's. */
import type { Variable } from "../engine/variable.js";
import { describe, error } from "../tensor/errors.js";
import type { ModelCompileArgs } from "../train/heads.js";
import type { Kit } from "../train/kit.js";
import type { Model } from "../train/model.js";
import type { Training } from "./layersModel.js";
import type { DecodedWeight } from "./weights.js";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => value !== null && typeof value === "object" && !Array.isArray(value);
const snakeCase = (key: string): string => key.replace(/\B[A-Z]/g, "_$&").toLowerCase();
const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const respelt = (config: object, spell: (key: string) => string): Json => Object.fromEntries(Object.entries(config).map(([key, value]) => [spell(key), value]));

/** A setting of compile with each of its losses or metrics changed; by output, it stays by output. */
function mapParts(value: unknown, change: (part: unknown) => unknown, isPart: (value: object) => boolean): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object" || isPart(value)) return change(value);
  if (Array.isArray(value)) return value.map((each) => mapParts(each, change, isPart) ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapParts(each, change, isPart) ?? null]));
}

/** A loss or a metric as files have it: its name, or class and options. */
function partToFile(part: unknown): unknown {
  if (typeof part === "string") return snakeCase(part);
  const { made } = part as { made?: [name: string, options: object] };
  if (made === undefined)
    throw error(
      "save",
      "includeOptimizer needs losses and metrics by name, or from losses and metrics",
      typeof part === "function" ? `the function ${part.name || "without a name"}` : describe(part),
      "save without it, and compile after loading.",
    );
  const [name, options] = made;
  if (Object.keys(options).length === 0) return snakeCase(name);
  return { class_name: (name[0] as string).toUpperCase() + name.slice(1), config: respelt(options, snakeCase) };
}

/** What compile was told, for a file. */
export function trainingConfigOf({ optimizer, args }: Training): Json {
  const isPart = (value: object): boolean => "apply" in value || "updateState" in value;
  const toFile = (value: unknown): unknown => mapParts(value, partToFile, isPart);
  const { loss, metrics, weightedMetrics, lossWeights } = args;
  const config = { loss: toFile(loss), metrics: toFile(metrics), weighted_metrics: toFile(weightedMetrics), loss_weights: lossWeights };
  return { optimizer_config: optimizer, ...Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) };
}

/** Options that Keras writes and that say nothing here. */
const SILENT = ["dtype", "fn"];

/** A loss or metric of a file, from a table of them. */
function partFrom(kit: Kit, table: "losses" | "metrics", part: unknown, where: string): unknown {
  const made = kit[table] as unknown as Record<string, (options: object) => unknown>;
  if (!isObject(part)) return camelCase(String(part));
  const { class_name: className, config } = part;
  const { reduction, name, ...options } = respelt(Object(config), camelCase);
  // Keras 2 wraps functions: their names tell what is meant.
  const isWrapper = /Wrapper$/.test(String(className));
  const key = kit.findKey(made, isWrapper ? (Object(config) as Json).fn : className);
  // Such as accuracy, of which the kind is seen later.
  if (key === undefined && isWrapper) return camelCase(String(name));
  if (key === undefined)
    throw error("loadLayersModel", `${where}: expected ${table} of trainingConfig that are known`, describe(className), "load with { compile: false }.");
  const given = Object.entries(options).filter(([option, value]) => value !== null && !SILENT.includes(option) && !(option === "axis" && value === -1));
  const reduced = reduction === "sum" || reduction === "none" ? { reduction } : {};
  return made[key]?.({ ...Object.fromEntries(given), ...reduced, ...(table === "metrics" && typeof name === "string" ? { name } : {}) });
}

/** The arguments of compile that a file tells. */
export function argsFrom(kit: Kit, config: unknown, where: string): ModelCompileArgs {
  const { optimizer_config: optimizer, loss, metrics, weighted_metrics: weighted, loss_weights: lossWeights } = Object(config) as Json;
  const { class_name: className, config: options } = Object(optimizer) as { class_name?: unknown; config?: unknown };
  if (typeof className !== "string" || !isObject(options ?? {}))
    throw error("loadLayersModel", `${where}: expected trainingConfig.optimizer_config to have class_name and config`, describe(optimizer));
  const parts = (table: "losses" | "metrics", value: unknown): unknown =>
    mapParts(
      value,
      (part) => partFrom(kit, table, part, where),
      (each) => typeof (each as Json).class_name === "string",
    );
  const args = {
    optimizer: kit.getOptimizer({ className, config: kit.fromFile(Object(options)) }),
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
export async function restoreTraining(kit: Kit, model: Model, config: unknown, weights: readonly DecodedWeight[], where: string): Promise<void> {
  try {
    model.compile(argsFrom(kit, config, where));
    if (weights.length === 0) return;
    const { optimizer } = model;
    // Before the first step there are no slots.
    if (weights.length > 1) optimizer.track(variablesOf(model, weights.slice(1)));
    await optimizer.setWeights(weights.map(({ name, shape, dtype, values }) => ({ name, tensor: kit.tensor(values, shape, dtype) })));
  } catch (cause) {
    if (cause instanceof Error && !cause.message.includes(where)) cause.message += ` (${where}: trainingConfig)`;
    throw cause;
  }
}
