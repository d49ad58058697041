/**
 * @file Every public name of TensorFlow.js (functions, classes, namespaces and the methods of a tensor) is had, is listed as due
 * later, or is listed as not planned with its reason. Names that engram has gained must leave the lists.
 */
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import * as engram from "../../src/index.js";
import { later, notPlanned } from "./names.js";

type Namespace = Record<string, unknown>;

/** Names that start in upper case and hold a text are identifiers of kernels. */
const isKernelName = (name: string, value: unknown): boolean => /^(_Fused)?[A-Z]/.test(name) && typeof value === "string";

/** Names of a namespace; namespaces within it whose members are listed one by one as "outer.inner". */
function namesOf(space: Namespace, prefix = ""): string[] {
  return Object.entries(space).flatMap(([name, value]) => {
    if (name === "default" || isKernelName(name, value)) return [];
    const isNamespace = typeof value === "object" && value !== null && prefix === "" && !(name in notPlanned) && !(name in later);
    return isNamespace ? namesOf(value as Namespace, `${name}.`) : [`${prefix}${name}`];
  });
}

function has(name: string): boolean {
  let value: unknown = engram;
  for (const part of name.split(".")) {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || !(part in value)) return false;
    value = (value as Namespace)[part];
  }
  return true;
}

const isListed = (name: string): boolean => name in later || name in notPlanned;
const methodsOf = (tensor: object): string[] => Object.getOwnPropertyNames(Object.getPrototypeOf(tensor)).filter((name) => name !== "constructor");

const names = namesOf(tf as unknown as Namespace);
const methods = methodsOf(tf.tensor([1]));

test("every function, class and namespace of TensorFlow.js is had or listed", () => {
  expect(names.length).toBeGreaterThan(400);
  expect(names.filter((name) => !has(name) && !isListed(name))).toEqual([]);
});

test("every method of a TensorFlow.js tensor is had or listed", () => {
  const own = engram.tensor([1]) as unknown as Namespace;
  expect(methods.length).toBeGreaterThan(120);
  expect(methods.filter((name) => !(name in own) && !isListed(name))).toEqual([]);
});

test("the lists name only what TensorFlow.js has and engram has not", () => {
  const own = engram.tensor([1]) as unknown as Namespace;
  const known = new Set([...names, ...methods, ...Object.keys(tf)]);
  const listed = [...Object.keys(later), ...Object.keys(notPlanned)];
  expect(listed.filter((name) => !known.has(name))).toEqual([]);
  // A name may be a function and a method: it stays listed until engram has all that TensorFlow.js has.
  expect(listed.filter((name) => (!names.includes(name) || has(name)) && (!methods.includes(name) || name in own) && !(name in notPlanned))).toEqual([]);
});
