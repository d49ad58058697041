/** @file Errors of one form: `op: expectation. Got values by name.` */

/** Thrown when an argument is not what a function expects. Nothing has changed when it is thrown. */
export class EngramError extends Error {
  override name = "EngramError";
}

/**
 * An error that states the expectation, then what was received, then what to do.
 * @param op the function's name
 * @param expectation e.g. "axis must be in [-2, 2)"
 * @param got e.g. "axis=3 for x of shape [4,8]"
 * @param hint what to do, when that is not plain from the expectation
 */
export function error(op: string, expectation: string, got: string, hint?: string): EngramError {
  return new EngramError(`${op}: ${expectation}. Got ${got}.${hint === undefined ? "" : ` HINT: ${hint}`}`);
}

/** A short description of any value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return value.length > 8 ? `an array of ${value.length} values` : `[${value.map(describe).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const shape = (value as { shape?: unknown }).shape;
    return Array.isArray(shape) ? `a tensor of shape [${shape}]` : `a ${value.constructor?.name ?? "object"}`;
  }
  return typeof value === "function" ? `function ${value.name}` : String(value);
}

/** Refuses what is no function. */
export function checkFunction(op: string, f: unknown): void {
  if (typeof f !== "function") throw error(op, "expected a function", describe(f));
}

/** Refuses what is no object, and options whose name is none of `names`, which blanks part. */
export function checkOptions(op: string, options: unknown, names: string): void {
  if (typeof options !== "object" || options === null) throw error(op, "expected an object of options", describe(options));
  const known = names.split(" ");
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown !== undefined) throw error(op, `options must be among ${known.join(", ")}`, unknown[0]);
}

/** Refuses what is not in a list. */
export function checkOneOf(op: string, name: string, value: unknown, list: readonly unknown[], hint?: string): void {
  if (!list.includes(value)) throw error(op, `${name} must be one of ${list.join(", ")}`, `${name}=${describe(value)}`, hint);
}

/** Whether it is a whole number of at least so much. */
export const isCount = (value: number, least = 0): boolean => Number.isInteger(value) && value >= least;

/** @throws when an argument is no whole number of at least so much */
export function checkCount(caller: string, name: string, value: number, least = 1): number {
  if (!isCount(value, least)) throw error(caller, `${name} must be a whole number >= ${least}`, `${name}=${describe(value)}`);
  return value;
}

/** Refuses a tensor where a kernel takes a number: it would get an address. */
export function checkNumbers(op: string, values: readonly unknown[]): void {
  for (const value of values) if (value !== undefined && typeof value !== "number") throw error(op, "what follows x must be numbers", describe(value));
}
