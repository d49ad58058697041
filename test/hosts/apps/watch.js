/** @file Makes a realm tell what code does to it: which globals it reads, and what of them it changes. */

/** The own properties of an object, without calling any getter. */
function contents(object) {
  const keys = Reflect.ownKeys(object).map((key) => [key, Reflect.getOwnPropertyDescriptor(object, key)]);
  return new Map(keys.map(([key, { value, get }]) => [key, get ?? value]));
}

/** Keys that are new, gone, or have another value. */
function differences(before, after) {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.filter((key) => before.has(key) !== after.has(key) || !Object.is(before.get(key), after.get(key))).map(String);
}

/**
 * Begins to watch.
 * @returns ends it; gives the names of the globals that were read or set, and of the built-in objects' properties that were changed
 */
export function watch() {
  const globals = contents(globalThis);
  const { defineProperty, getOwnPropertyDescriptor } = Reflect;
  const used = new Set();
  const isObject = (value) => value !== null && (typeof value === "object" || typeof value === "function");
  const objects = new Map();
  for (const [name, value] of globals) {
    if (!isObject(value) || value === globalThis) continue;
    objects.set(String(name), value);
    if (isObject(value.prototype)) objects.set(`${String(name)}.prototype`, value.prototype);
  }
  const before = new Map(Array.from(objects, ([name, object]) => [name, contents(object)]));

  const originals = new Map();
  for (const name of globals.keys()) {
    const original = getOwnPropertyDescriptor(globalThis, name);
    if (!original.configurable) continue;
    originals.set(name, original);
    const text = String(name);
    const get = () => {
      used.add(text);
      return original.get ? original.get.call(globalThis) : original.value;
    };
    const set = () => used.add(`${text} =`);
    defineProperty(globalThis, name, { configurable: true, enumerable: original.enumerable, get, set });
  }
  used.clear();

  return () => {
    const uses = [...used];
    for (const [name, original] of originals) defineProperty(globalThis, name, original);
    const changed = [...before].flatMap(([name, own]) => differences(own, contents(objects.get(name))).map((key) => `${name}.${key}`));
    const added = differences(globals, contents(globalThis));
    return { uses: uses.sort(), changed: [...added, ...changed] };
  };
}

/** What every realm has by the language itself: to read these has no effect. */
const language = new Set(
  (
    "AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error FinalizationRegistry Float32Array Float64Array " +
    "Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set " +
    "SharedArrayBuffer String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet undefined"
  ).split(" "),
);

/** Imports all that the package has; what it did to this realm, and what it used but the language itself. */
export async function importAll() {
  // Some hosts make parts of their objects when they are looked at.
  const { changed: usual } = watch()();
  const end = watch();
  await import("engram");
  await import("engram/core");
  await import("engram/layers");
  await import("engram/models");
  await import("engram/draw");
  const { uses, changed } = end();
  return { uses: uses.filter((name) => !language.has(name)), changed: changed.filter((name) => !usual.includes(name)) };
}
