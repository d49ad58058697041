/** @file The part of platform.ts that is for what fit shows and says while it runs. */

interface Output {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  bytesWritten?: number;
  write(text: string): boolean;
  getColorDepth?(): number;
}

const output = (): Output | undefined => (globalThis as { process?: { stdout?: Output } }).process?.stdout;

/** True where text can be overwritten in place: a terminal. */
export const isTerminal = (): boolean => output()?.isTTY === true;

/** Width of the terminal in columns; 80 where none is known. */
export const terminalColumns = (): number => output()?.columns ?? 80;

/** Height of the terminal in lines; 24 where none is known. */
export const terminalRows = (): number => output()?.rows ?? 24;

/** How much was written to the output so far, by whomever. */
export const bytesWritten = (): number => output()?.bytesWritten ?? 0;

/** Bits of colour that the output shows: 24 or 8 in terminals that have them, 0 in files, pipes and under NO_COLOR. */
export function colorDepth(): number {
  const stdout = output();
  const depth = stdout?.isTTY === true ? (stdout.getColorDepth?.() ?? 0) : 0;
  return depth > 1 ? depth : 0;
}

/** Writes text as it is to a terminal, or whole lines to the console. */
export function writeOut(text: string): void {
  const stdout = output();
  if (stdout) stdout.write(text);
  else if (text.trim() !== "") console.log(text.trimEnd());
}
