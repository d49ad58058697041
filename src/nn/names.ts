/** @file Spellings of names: camelCase in programs, snake_case in files; and the names that layers get. */

export const camelCase = (name: string): string => String(name).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A name without what the spellings of programs and of files differ in. */
export const bareName = (name: unknown): string => String(name).toLowerCase().replaceAll("_", "");

export const capitalized = (name: string): string => name.replace(/^./, (letter) => letter.toUpperCase());

/** A name that is not taken yet: name, name_1, name_2, ... `taken` counts how often. */
export function numbered(taken: Map<string, number>, name: string): string {
  const count = taken.get(name) ?? 0;
  taken.set(name, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}

const counters = /* @__PURE__ */ new Map<string, number>();

/** The next name of a layer of a class, as Keras makes it: layer_normalization, layer_normalization_1, ...; ReLU gives re_lu. */
export function nextName(className: string): string {
  const prefix = className
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
  return numbered(counters, prefix);
}
