/** @file Parts of layers and of optimizers by name and by their serialised form: Keras's class name and configuration. */
import { checkOptions, describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { bareName, camelCase, capitalized } from "./names.js";

/** Something made by a function of a table, such as an initializer; it can be saved by class name and configuration. */
export interface Part<A extends (...args: never[]) => unknown> {
  /** Keras's class name. */
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly apply: A;
  /** Options as TensorFlow.js serialises them. */
  getConfig(): Record<string, unknown>;
  /** Whether `apply` is made of ops alone, so that its trace stands for it. */
  readonly traceable?: boolean;
}

export const part = <A extends (...args: never[]) => unknown>(className: string, config: Record<string, unknown>, apply: A): Part<A> => ({
  className,
  config,
  apply,
  getConfig: () => ({ ...config }),
  traceable: true,
});

/** Functions of options by name, from the defaults of their options and what a part of some options does. */
export type PartMakers<X> = <D extends Record<string, object>>(
  definitions: {
    [Name in keyof D]: readonly [defaults: D[Name], make: (options: D[Name]) => ((x: X) => Tensor) | Part<(x: X) => Tensor>];
  },
) => { [Name in keyof D]: (options?: Partial<D[Name]>) => Part<(x: X) => Tensor> };

type Make = (options: never) => ((x: never) => Tensor) | Part<(x: never) => Tensor>;

/**
 * See PartMakers. Keras's class names are the names of the functions with a capital, heUniform makes a HeUniform, where `make` gives no part.
 * Options that are not known are refused, but in files: other versions write other ones.
 */
export const partMakers = (definitions: Record<string, readonly [defaults: object, make: Make]>): unknown =>
  Object.fromEntries(
    Object.entries(definitions).map(([name, [defaults, make]]) => [
      name,
      (options: Record<string, unknown> = {}, isSaved = false) => {
        if (!isSaved) checkOptions(name, options, Object.keys(defaults).join(" "));
        const config = Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, options[key] ?? value]));
        const made = make(config as never);
        return typeof made === "function" ? part(capitalized(name), config, made) : made;
      },
    ]),
  );

/** A part in serialised form: TensorFlow.js's in memory, Keras's in files. */
export type SerializedPart = { className: string; config?: object | null } | { class_name: string; config?: object | null };

/** Options from a serialised configuration: names in camelCase, without null. */
export function optionsOf(config: object | null | undefined): Record<string, unknown> {
  const given = Object.entries(config ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([key, value]) => [camelCase(key), value]));
}

/** A part such as an initializer by class name and options; a copy of a list; anything else as it is. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return [...value];
  const { className, config } = Object(value) as { className?: unknown; config?: unknown };
  return typeof className === "string" ? { className, config } : value;
}

/** Class name and configuration of a serialised part, its texts in camelCase too ("fan_in"); null for anything else. */
export function partOf(value: unknown): { className: string; config: Record<string, unknown> } | null {
  const { class_name: kerasName, className = kerasName, config } = Object(value) as { className?: string; class_name?: string; config?: object };
  if (className === undefined) return null;
  const options = Object.entries(optionsOf(config)).map(([key, value]) => [key, typeof value === "string" ? camelCase(value) : value]);
  return { className, config: Object.fromEntries(options) };
}

/**
 * A part from its name, its serialised form, or itself; null for none.
 * @param table functions of options by name
 * @throws when the name is not in the table
 */
export function getPart<P extends object>(
  kind: string,
  table: Record<string, (options: never) => P>,
  identifier: string | P | SerializedPart | null | undefined,
): P | null {
  if (identifier === null || identifier === undefined) return null;
  if (typeof identifier === "object" && "apply" in identifier) return identifier as P;
  const { className, config } = partOf(identifier) ?? { className: String(identifier), config: {} };
  const name = bareName(className).replace(/regularizer$/, "");
  const key = Object.keys(table).find((known) => known.toLowerCase() === name);
  if (key === undefined) throw error(kind, `expected one of ${Object.keys(table).join(", ")}`, describe(className));
  return (table[key] as unknown as (options: object, isSaved: true) => P)(config, true);
}
