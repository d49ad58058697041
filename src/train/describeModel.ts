/** @file A model as a worker can make it again: by configuration, without its weights. */
import { topologyOf } from "../io/layersModel.js";
import { trainingConfigOf } from "../io/trainingConfig.js";
import type { OptimizerOptions } from "../optim/options.js";
import { error } from "../tensor/errors.js";
import type { Model } from "./model.js";
import type { ModelDescription, Rate } from "./protocol.js";

const HINT =
  "make a class or a function of your own known by name in a module, serialization.registerClass and registerFunction, and name it in modules: [address]; or train without worker.";

const fail = (what: string, got: string): Error => error("fit", `a worker needs ${what} that can be told by name and options`, got, HINT);

/** Finds what cannot be told in a configuration; null where all can. */
function oddPart(value: unknown, path: string): string | null {
  if (typeof value === "function") return `a function at ${path}`;
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return null;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return `a ${value.constructor?.name} at ${path}`;
  for (const [key, each] of Object.entries(value)) {
    const found = oddPart(each, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function told<T>(what: string, make: () => T): T {
  let value: T;
  try {
    value = make();
  } catch (cause) {
    throw fail(what, `'${(cause as Error).message.replace(/ HINT:.*/, "")}'`);
  }
  const odd = oddPart(value, what);
  if (odd !== null) throw fail(what, odd);
  return value;
}

/** The learning rate, or its schedule by name. */
export function rateOf(model: Model): Rate {
  return told("a learning rate", () => model.optimizer.getConfig().learningRate as Rate);
}

/** @throws when a part of it is a function or an object of a class that has no name */
export function describeModel(model: Model): ModelDescription {
  const { args } = model.compiled("fit");
  const { optimizer } = model;
  if (!Object.hasOwn(model.constructor, "className") || Object.hasOwn(model, "trainStep") || Object.hasOwn(model, "testStep"))
    throw fail("a model", "steps of its own without a class that has a className");
  const config = told("an optimizer", () => optimizer.getConfig());
  // Its configuration is silent on what files cannot have.
  const { excludeFromWeightDecay: excluded } = (optimizer as unknown as { options: OptimizerOptions }).options;
  if (![excluded].flat().every((each) => typeof each === "string")) throw fail("an optimizer", "excludeFromWeightDecay of other things than names");
  const { inputShapes, calledOn } = model;
  return {
    topology: told("a model", () => topologyOf(model)),
    compiled: told("losses and metrics", () => trainingConfigOf({ optimizer: {}, args, weights: [] })),
    optimizer: { className: optimizer.getClassName(), config },
    inputShapes: inputShapes === null ? null : [...inputShapes],
    calledOn,
    trainable: model.weights.map(({ trainable }) => trainable),
  };
}
