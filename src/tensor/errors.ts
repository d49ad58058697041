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
