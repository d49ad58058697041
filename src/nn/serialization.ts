/** @file Classes and functions of one's own, and layers in their serialised forms; from these: deserialize.ts. */
import type { Optimizer } from "../optim/optimizer.js";
import { checkFunction, describe, error } from "../tensor/errors.js";
import type { Layer } from "./layer.js";
import type { SampleFunction } from "./losses/samples.js";
import { snakeCase } from "./names.js";
import { addFunction, ownClasses } from "./own.js";

// biome-ignore lint/suspicious/noExplicitAny: each class has arguments of its own
export type LayerConstructor = (new (args: any) => Layer) & { className?: string; fromConfig?: unknown };

/** A layer in a file: Keras's class name, and its configuration with names in snake_case. */
export interface SerializedLayer {
  class_name: string;
  config: Record<string, unknown>;
}

/** The name of a class in files. */
export const nameOf = (layerClass: { className?: string; name: string }): string => layerClass.className ?? layerClass.name;

/** A class of optimizers. */
// biome-ignore lint/suspicious/noExplicitAny: each class has options of its own
export type OptimizerConstructor = (new (options?: any) => Optimizer) & { className?: string };

/**
 * Makes a class of layers, models or optimizers known to loadLayersModel, fromConfig and workers, under its static `className`.
 * Its constructor takes what its getConfig gives.
 * @throws when it has no name
 */
export function registerClass(layerClass: LayerConstructor | OptimizerConstructor): void {
  const name = nameOf(Object(layerClass));
  if (!name) throw error("registerClass", "expected a class with a static className", describe(layerClass));
  ownClasses.set(name, layerClass);
}

/**
 * Makes a function of targets and predictions known by a name: compile takes it for a loss or a metric by that name, files keep it, and
 * workers know it.
 * @example
 * ```ts
 * import { layers, sequential, serialization } from "engram";
 * serialization.registerFunction("cubic", (targets, predictions) => targets.sub(predictions).abs().pow(3).mean(-1));
 * const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
 * model.compile({ optimizer: "sgd", loss: "cubic" });
 * assert.deepEqual(model.metricsNames, ["loss"]);
 * ```
 */
export function registerFunction(name: string, f: SampleFunction): void {
  checkFunction("registerFunction", f);
  addFunction(name, f);
}

/** What reads and writes layers, under TensorFlow.js's name. */
export const serialization = {
  /** Makes a class of layers, models or optimizers known to loadLayersModel, fromConfig and workers. */
  registerClass,
  /** Makes a function known by a name, for losses and metrics. */
  registerFunction,
};

export const isPlainObject = (value: unknown): value is Record<string, unknown> => Object.prototype.toString.call(value) === "[object Object]";

/** Options of which the values are names that engram writes in camelCase and Keras in snake_case. */
const NAMES = /activation|mode|distribution|format/i;

/** A configuration with its names, and the names among its values, spelt by `spell`. */
export function respelt(value: unknown, spell: (text: string) => string, key = ""): unknown {
  if (typeof value === "string") return NAMES.test(key) ? spell(value) : value;
  if (Array.isArray(value)) return value.map((each) => respelt(each, spell, key));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [spell(name), respelt(each, spell, name)]));
}

/** A layer as files have it. */
export function serializeLayer(layer: Layer): SerializedLayer {
  return { class_name: layer.getClassName(), config: toFile(layer.getConfig()) };
}

/** A configuration as files have it. */
export const toFile = (config: object): Record<string, unknown> => respelt(config, snakeCase) as Record<string, unknown>;
