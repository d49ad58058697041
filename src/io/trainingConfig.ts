/** @file What compile was told, for files: TensorFlow.js's trainingConfig. */
import { describe, error } from "../tensor/errors.js";
import type { Training } from "./layersModel.js";

export type Json = Record<string, unknown>;

const snakeCase = (key: string): string => key.replace(/\B[A-Z]/g, "_$&").toLowerCase();

/** Options with their names spelt otherwise. */
export const respelt = (config: object, spell: (key: string) => string): Json =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [spell(key), value]));

/** A setting of compile with each of its losses or metrics changed; by output, it stays by output. */
export function mapParts(value: unknown, change: (part: unknown) => unknown, isPart: (value: object) => boolean): unknown {
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
