/** @file What the library writes: in Node to standard output, on a page whole lines to the console. */
import { vi } from "vitest";

/** Keeps what is written, instead of showing it, until `restore`. */
export function captureOutput(): { said: string[]; restore(): void } {
  const said: string[] = [];
  const spy =
    typeof process === "object" && process.stdout
      ? vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0)
      : vi.spyOn(console, "log").mockImplementation((text) => void said.push(`${text}\n`));
  return { said, restore: () => spy.mockRestore() };
}
